"""Fields of requests: exactly what the description says, and nothing that only looks like it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from marshmallow import ValidationError, fields, validate
from wtforms.validators import ValidationError as FormError

from festival.domain import words
from festival.forms.base import visible
from festival.forms.emails import looks_like_email

HIGHEST_ID = 2**31 - 1
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,1}$"


class Whole(fields.Integer):
    """A whole number as JSON has it: 2 and 2.0, which many languages cannot tell apart, but not
    "2", not 2.5, not true."""

    def _deserialize(self, value: Any, *others: Any, **more: Any) -> int:
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return super()._deserialize(whole, *others, **more)


def number(least: int, most: int, **more: Any) -> fields.Integer:
    """A whole number within bounds."""
    return Whole(strict=True, validate=validate.Range(least, most), **more)


def an_id(**more: Any) -> fields.Integer:
    """The id of a thing."""
    return number(1, HIGHEST_ID, **more)


class Yes(fields.Boolean):
    """true or false, and no word that means so."""

    def _deserialize(self, value: Any, *_others: Any, **_more: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Words(fields.String):
    """Something a person wrote: stripped, without control characters, not too long."""

    def __init__(self, *checks: Callable[[str], None], most: int, **more: Any) -> None:
        super().__init__(validate=[validate.Length(max=most), *checks], **more)

    def _deserialize(self, value: Any, *others: Any, **more: Any) -> str:
        written = super()._deserialize(value, *others, **more)
        if CONTROLS.search(written):
            raise ValidationError("There is a control character in this.")
        return visible(written, lines=False).strip()


def is_a_name(written: str) -> None:
    """Refuse what has no letters: nobody could find the booking by it."""
    if not words.fold(written):
        raise ValidationError("Give a name with letters.")


def is_an_email(written: str) -> None:
    """Refuse what no mail can be sent to, by the rule of the site's own forms."""
    try:
        looks_like_email(None, _Typed(written))
    except FormError as error:
        raise ValidationError(str(error)) from error


class _Typed:
    """As much of a form's field as its rule looks at."""

    def __init__(self, data: str) -> None:
        self.data = data


def is_a_phone(written: str) -> None:
    """Refuse what cannot be rung."""
    digits = re.sub(r"\D", "", written)
    if written and (not 7 <= len(digits) <= 15 or re.search(r"[^\d\s()+.\-]", written)):
        raise ValidationError("Give a phone number, like 07700 900 982.")


class Count(fields.Integer):
    """A whole number in an address: digits and nothing else."""

    def _deserialize(self, value: Any, *_others: Any, **_more: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", str(value)):
            raise self.make_error("invalid", input=value)
        return int(value)


class Flag(fields.Boolean):
    """true or false in an address."""

    truthy = {"true"}  # noqa: RUF012 - marshmallow's name for it
    falsy = {"false"}  # noqa: RUF012


class Moment(fields.Field[datetime | date]):
    """A moment with its zone, or a day."""

    def _deserialize(self, value: Any, *_others: Any, **_more: Any) -> datetime | date:
        # A plus in an address that nobody escaped arrives as a space.
        typed = re.sub(r" (?=\d\d:?\d\d$)", "+", str(value))
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", typed):
                return date.fromisoformat(typed)
            found = datetime.fromisoformat(typed)
            if found.tzinfo is not None and re.match(r"\d{4}-\d\d-\d\d[Tt ]", typed):
                return found
        except ValueError:
            pass
        raise ValidationError("Give a day like 2027-06-05, or a moment like 2027-06-05T09:00Z.")


def as_moment(given: datetime | date | None, zone: Any, *, end: bool = False) -> datetime | None:
    """The moment that is meant: of a day its beginning, or its end."""
    if given is None or isinstance(given, datetime):
        return _within_time(given)
    local = datetime.combine(given, time.max if end else time.min, zone)
    return _within_time(local)


def _within_time(moment: datetime | None) -> datetime | None:
    """The moment as UTC; the first and the last hours there are have none in some zones."""
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)
