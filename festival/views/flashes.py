"""Words shown once at the top of the next page."""

from flask import flash


def say(text: str, *, kind: str = "information") -> None:
    """Show this on the next page; kind is information, success or warning."""
    flash(text, kind)
