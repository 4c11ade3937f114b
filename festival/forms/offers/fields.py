"""Fields of an offer, which may be unfinished while it is a draft: missing answers and words that
are too long are told when it is sent in, wrong ones at once."""

from typing import Any

from flask_babel import gettext
from govuk_frontend_wtf.wtforms_widgets import GovCharacterCount, GovRadioInput, GovTextInput
from wtforms import RadioField, StringField
from wtforms.validators import StopValidation, ValidationError

from festival.forms.base import (
    Choice,
    TimeOfDay,
    WholeNumber,
    at_most,
    needed,
    no_control_characters,
    pairs,
    strip,
)

NOTHING: tuple[Any, ...] = (None, "", [])


class Unfinished:
    """Nothing is asked of an empty answer before the offer is sent in."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        if not form.sending and self.data in NOTHING:
            raise StopValidation
        super().pre_validate(form)  # type: ignore[misc]


class Number(Unfinished, WholeNumber):
    """A whole number of an offer."""


class Pick(Unfinished, Choice):
    """One of a list, or not known yet."""


class OfDate:
    """A field of one of the dates. A date that is empty is left out."""

    data: Any
    row = 0

    def pre_validate(self, form: Any) -> None:
        if self.data in NOTHING and form.may_lack(self.row):
            raise StopValidation
        super().pre_validate(form)  # type: ignore[misc]


class DayPick(OfDate, Choice):
    """The day of one date."""

    def __init__(self, label: Any, *, row: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.row = row


class Hour(OfDate, TimeOfDay):
    """When one date begins or ends."""

    def __init__(self, label: Any, *, row: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.row = row


class Words(StringField):
    """Words with a length for print. A draft keeps all of them, however many."""

    def __init__(self, label: Any, checks: Any, *, limit: int, **kwargs: Any) -> None:
        super().__init__(label, [*checks, no_control_characters], filters=[strip], **kwargs)
        self.limit = limit

    @property
    def length(self) -> int:
        return len((self.data or "").replace("\r\n", "\n"))

    def post_validate(self, form: Any, _stopped: bool) -> None:
        if form.sending:
            at_most(self.limit)(form, self)


def when_sent(message: Any) -> Any:
    """Refuse an empty answer when the offer is sent in."""
    check = needed(message)

    def asked(form: Any, field: Any) -> None:
        if form.sending:
            check(form, field)

    return asked


def line(label: Any, *checks: Any, hint: Any = "", limit: int) -> Words:
    """Words of one line."""
    return Words(label, checks, limit=limit, description=hint, widget=GovTextInput())


def counted(label: Any, *checks: Any, hint: Any = "", limit: int, rows: int) -> Words:
    """Longer words whose characters are counted while one types."""
    return Words(
        label,
        checks,
        limit=limit,
        description=hint,
        widget=GovCharacterCount(),
        render_kw={"params": {"rows": rows, "maxlength": limit}},
    )


def radios(label: Any, choices: Any, *, default: str | None = None, hint: Any = "") -> RadioField:
    """One of a few, all of them seen."""
    return RadioField(
        label,
        choices=pairs(choices),
        default=default,
        description=hint,
        widget=GovRadioInput(),
        validate_choice=False,
        validators=[_known],
    )


def _known(_form: Any, field: Any) -> None:
    chosen = {value for value, *_ in field.iter_choices()}
    if field.data not in NOTHING and field.data not in chosen:
        raise ValidationError(gettext("Choose one from the list."))


def after_start(form: Any, field: Hour) -> None:
    """A date ends after it has begun."""
    starts = form.of_row("starts", field.row)
    if field.time and starts.time and field.time <= starts.time:
        raise ValidationError(gettext("The end must be after the start."))
