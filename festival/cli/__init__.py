"""``python -m festival``: the operators' commands."""

from collections.abc import Callable

from flask import Flask

from festival.cli.commands import commands


def main(create_app: Callable[[], Flask]) -> None:
    """Run the command that was typed. The application is made only when one needs it."""
    commands(obj=create_app, prog_name="python -m festival")
