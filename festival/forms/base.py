"""The base of all forms: messages in our words, and refusals that land on their field."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import time
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto, _is_submitted
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea, GovTextInput
from wtforms import Field, SelectChoice, SelectField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import TextArea

from festival.domain.errors import DomainError

HIDDEN = ("Cc", "Cs", "Co", "Cn")  # control characters, halves of characters, nobody's


def in_words(error: DomainError) -> str:
    """The sentence of a refusal in the reader's language."""
    return str(gettext(error.text, **error.facts))


class Form(FlaskForm):
    """A form whose fields take the domain's refusals."""

    form_errors: list[str]  # above the form, of no single field

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """What was typed; no form of ours takes files, which would come among the words."""
            if formdata is not _Auto:
                return formdata
            return request.form if _is_submitted() else None

    refused = False  # by the domain, after the fields themselves were in order
    refusal: DomainError | None = None  # and why

    def refuse(self, error: DomainError, otherwise: str | None = None) -> None:
        """Put the refusal at the field it belongs to, else at ``otherwise`` or above the form."""
        self.refused, self.refusal = True, error
        name = error.field if error.field in self._fields else otherwise
        if name is not None and name in self._fields:
            self._fields[name].errors = [*self._fields[name].errors, in_words(error)]
        else:
            self.say_above(in_words(error))

    def say_above(self, sentence: str) -> None:
        """Put this sentence above the form: it belongs to no field, or must not tell which."""
        self.form_errors = [*self.form_errors, sentence]

    def typed(self) -> dict[str, Any]:
        """Every field as it was typed, to be kept in a draft."""
        return {
            name: visible(field._value()) if hasattr(field, "_value") else field.data
            for name, field in self._fields.items()
            if name != "csrf_token"
        }


def strip(value: str | None) -> str:
    return value.strip() if value else ""


def visible(typed: str, *, lines: bool = True) -> str:
    """The text without characters nobody can see; line breaks stay where lines are asked for."""
    kept = "\r\n\t" if lines else ""
    return "".join(
        letter for letter in typed if letter in kept or unicodedata.category(letter) not in HIDDEN
    )


def no_control_characters(_form: FlaskForm, field: Field) -> None:
    """Take characters out that cannot be seen, and ask to look at what is left."""
    typed = field.data or ""
    field.data = visible(typed, lines=isinstance(field.widget, TextArea))
    if field.data != typed:
        raise ValidationError(
            gettext("We took a hidden character out of this. Look at it, then send it again.")
        )


def at_most(limit: int) -> Callable[[FlaskForm, Field], None]:
    """Refuse text longer than this, saying by how much."""

    def check(_form: FlaskForm, field: Field) -> None:
        length = len((field.data or "").replace("\r\n", "\n"))
        if length > limit:
            raise ValidationError(
                gettext(
                    "This is %(length)s characters long. Make it %(limit)s or fewer.",
                    length=length,
                    limit=limit,
                )
            )

    return check


def needed(message: Any) -> Callable[[FlaskForm, Field], None]:
    """Refuse an empty answer with this message."""

    def check(_form: FlaskForm, field: Field) -> None:
        if field.data in (None, "", []):
            raise ValidationError(str(message))

    return check


def text(
    label: Any, *checks: Any, hint: Any = "", limit: int = 120, area: bool = False, **render: Any
) -> StringField:
    """A field for words: stripped, within its length, without hidden characters."""
    return StringField(
        label,
        [*checks, no_control_characters, at_most(limit)],
        filters=[strip],
        description=hint,
        widget=GovTextArea() if area else GovTextInput(),
        render_kw=render or None,
    )


class WholeNumber(StringField):
    """A whole number within bounds; what was typed stays, right or wrong."""

    data: str | None
    widget = GovTextInput()

    def __init__(
        self,
        label: Any,
        *,
        least: int,
        most: int,
        empty: int | None = None,
        needed: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "numeric"})
        super().__init__(label, **kwargs)
        self.least, self.most, self.empty, self.needed = least, most, empty, needed
        self.number: int | None = None

    def pre_validate(self, _form: Any) -> None:
        self.data = typed = strip(visible(self.data or "", lines=False))
        if not typed and not self.needed:
            self.number = self.empty
            return
        if not re.fullmatch(r"-?\d{1,9}", typed):
            raise ValidationError(gettext("Type a whole number, like 2."))
        self.number = int(typed)
        if not self.least <= self.number <= self.most:
            raise ValidationError(
                gettext(
                    "Type a number from %(least)s to %(most)s.", least=self.least, most=self.most
                )
            )


class TimeOfDay(StringField):
    """A time as people write it: 10:30, 10.30, 2pm, 2:30 pm, midday."""

    data: str | None
    widget = GovTextInput()

    def __init__(self, label: Any, *, needed: bool = True, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.needed = needed
        self.time: time | None = None

    def pre_validate(self, _form: Any) -> None:
        self.data = strip(visible(self.data or "", lines=False))
        self.time = read_time(self.data)
        if self.time is None and (self.data or self.needed):
            raise ValidationError(gettext("Type a time, like 10:30am or 2pm."))


def read_time(typed: str) -> time | None:
    """The time of day in these words; None when it is none. Without am or pm: 24 hours."""
    words = typed.lower().replace(" ", "").replace("noon", "midday")
    if words in ("midday", "midnight"):
        return time(12 if words == "midday" else 0)
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm|a\.m\.|p\.m\.)?", words)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


CHOOSE_ONE = lazy_gettext("Choose one from the list.")


class Choice(SelectField):
    """A choice from a list; one that is not on it is refused in words that say what to do."""

    widget = GovSelect()

    def __init__(self, label: Any, *, wrong: Any = CHOOSE_ONE, **kwargs: Any) -> None:
        kwargs.setdefault("validate_choice", True)
        super().__init__(label, **kwargs)
        self.wrong = wrong

    def pre_validate(self, _form: Any) -> None:
        if (
            str(self.data) not in {str(value) for value, *_ in self.iter_choices()}
            or self.data == ""
        ):
            raise ValidationError(str(self.wrong))


def pairs(values: Sequence[Any], first: Any = None) -> list[SelectChoice]:
    """Choices of (value, words), with an empty one before them where ``first`` has words for it."""
    all_of_them = ([("", first)] if first is not None else []) + list(values)
    return [SelectChoice(str(value), words) for value, words in all_of_them]
