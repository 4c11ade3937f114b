"""The one error family of the domain."""


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a sentence for translation where it is written; it is translated where it is shown."""
    return text


class DomainError(Exception):
    """Something may not happen, said in a sentence that may be shown to a person.

    ``text`` is the translatable sentence with ``%(name)s`` places, ``facts`` fill them;
    ``field`` names the form field it belongs to; ``reason`` is a stable machine-readable name.
    """

    reason = "refused"

    def __init__(self, text: str, *, field: str | None = None, **facts: object) -> None:
        self.text = text
        self.field = field
        self.facts = facts
        super().__init__(str(self))

    def __str__(self) -> str:
        return self.text % self.facts if self.facts else self.text


class NotAllowed(DomainError):
    """This move is not in the table of moves."""

    reason = "not_allowed"


class NotFound(DomainError):
    """There is no such thing, or not for this person."""

    reason = "not_found"
