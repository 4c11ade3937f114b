"""What a resident types to find a booking and to change it."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
)
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.validators import ValidationError

from festival.domain.parties import Person, adults_may_come, children_may_come, party_of
from festival.forms.base import Form, WholeNumber, needed, pairs, text
from festival.forms.baskets import ContactForm
from festival.forms.emails import looks_like_email
from festival.models import AttendeeKind, FestivalSession


class FindForm(Form):
    reference = text(
        _("Booking reference"),
        needed(_("Type your booking reference.")),
        hint=_("It looks like WLF-7K4-92M. Capital letters and dashes do not matter."),
        limit=40,
        autocomplete="off",
        spellcheck="false",
    )
    name = text(
        _("Any one word of the name on the booking"),
        needed(_("Type a word of the name on the booking.")),
        hint=_("Your first name or your last name will do."),
        limit=100,
        autocomplete="off",
        spellcheck="false",
    )


class LostForm(Form):
    email = text(
        _("Email address"),
        needed(_("Type the email address you booked with.")),
        looks_like_email,
        limit=254,
        type="email",
        autocomplete="email",
    )


class CancelForm(Form):
    people = SelectMultipleField(
        _("Who cannot come?"),
        coerce=int,
        description=_("Tick everyone who cannot come. Their places go to somebody else."),
        widget=GovCheckboxesInput(),
        validate_choice=False,
    )
    nobody = _("Tick at least one person who cannot come.")

    def validate_people(self, field: Any) -> None:
        known = {value for value, _words in field.choices}
        if not field.data:
            raise ValidationError(str(self.nobody))
        if not set(field.data) <= known:
            raise ValidationError(gettext("Your booking has changed. Look at the list again."))


class SeriesCancelForm(CancelForm):
    """A series is booked as a whole: missing one of its dates gives no place to anybody else."""

    dates = RadioField(
        _("Which dates?"),
        choices=pairs(
            [
                ("one", _("Only one of the dates. We come to the others")),
                ("all", _("All the dates that are still to come")),
            ]
        ),
        widget=GovRadioInput(),
        validate_choice=False,
    )

    def validate_dates(self, field: Any) -> None:
        if field.data not in ("one", "all"):
            raise ValidationError(gettext("Say if it is one date, or all of them."))

    @property
    def only_one(self) -> bool:
        return bool(self.dates.data == "one")


class SplitForm(CancelForm):
    people = SelectMultipleField(
        _("Who gets a ticket of their own?"),
        coerce=int,
        description=_("The others keep the first ticket."),
        widget=GovCheckboxesInput(),
        validate_choice=False,
    )
    nobody = _("Tick at least one person who gets a ticket of their own.")


class AnswerForm(CancelForm):
    """The answer to an offer; who comes is asked where fewer places are free than were wanted."""

    people = SelectMultipleField(
        _("Who comes?"), coerce=int, widget=GovCheckboxesInput(), validate_choice=False
    )
    keep_waiting = BooleanField(
        _("The others stay on the waiting list"), default=True, widget=GovCheckboxInput()
    )
    nobody = _("Tick who comes.")
    asks = True

    @classmethod
    def of(cls, people: Sequence[tuple[int, str]], places: int) -> "AnswerForm":
        """For these people and so many places; without people there is nothing to choose."""
        form = cls()
        form.asks = bool(people)
        if people:
            form.people.choices = list(people)
            form.people.description = ngettext(
                "There is %(num)s place.", "There are %(num)s places.", places
            )
        else:
            del form.people
            del form.keep_waiting
        return form

    @property
    def chosen(self) -> list[int] | None:
        return (self.people.data or []) if self.asks else None

    @property
    def others_wait(self) -> bool:
        return self.asks and bool(self.keep_waiting.data)


class AddForm(Form):
    """More people. Children are told by their ages, so that one field will do for any number."""

    adults = WholeNumber(_("How many more adults?"), least=0, most=255, empty=0, needed=False)
    ages = text(
        _("How old is each child who joins you?"),
        hint=_("In whole years, with a comma between them. For example: 7, 10"),
        limit=200,
        autocomplete="off",
        inputmode="text",
    )
    companions = WholeNumber(
        _("How many people come to support somebody?"),
        least=0,
        most=255,
        empty=0,
        needed=False,
        description=_("They come free and do not take a place."),
    )
    unnamed = WholeNumber(
        _("How many more people of your group?"), least=0, most=255, empty=0, needed=False
    )

    @classmethod
    def of(cls, session: FestivalSession, *, group: bool) -> "AddForm":
        form = cls()
        if not children_may_come(session):
            del form.ages
        if not adults_may_come(session):
            del form.adults
        if not group:
            del form.unnamed
        return form

    def validate_ages(self, field: Any) -> None:
        ages = re.split(r"[\s,;]+", (field.data or "").strip(" ,;"))
        if any(age and not re.fullmatch(r"\d{1,2}", age) for age in ages):
            raise ValidationError(gettext("Type each age as a number, like this: 7, 10"))

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not self.party:
            first = self._fields[self.first_field]
            first.errors = [gettext("Say how many more people are coming.")]
        return bool(self.party)

    @property
    def party(self) -> list[Person]:
        found = self._fields.get("ages")
        ages = [int(age) for age in re.findall(r"\d+", found.data or "")] if found else []
        known = party_of(
            self._number("adults"), 0, self._number("companions"), self._number("unnamed")
        )
        return [*known, *(Person(AttendeeKind.child, age=age) for age in ages)]

    @property
    def first_field(self) -> str:
        """Where a refusal goes that belongs to no field of this form."""
        return "adults" if "adults" in self._fields else "ages"

    def _number(self, name: str) -> int:
        field = self._fields.get(name)
        return (field.number or 0) if field is not None else 0


class NamesForm(Form):
    """One name a person; a group's may be written in later."""

    @classmethod
    def of(cls, people: Sequence[tuple[int, str, str]]) -> "NamesForm":
        """``people``: each one's id, what they are called on the page, and their name."""
        fields = {f"name_{one}": text(label, limit=100) for one, label, _name in people}
        made = type("NamesFormOfParty", (cls,), fields)
        form: NamesForm = made(data={f"name_{one}": name for one, _label, name in people})
        return form

    @property
    def names(self) -> dict[int, str]:
        return {
            int(name.removeprefix("name_")): field.data or ""
            for name, field in self._fields.items()
            if name.startswith("name_")
        }


class SwapForm(Form):
    target = RadioField(
        _("Which one would you like?"),
        coerce=str,
        widget=GovRadioInput(),
        validate_choice=False,
    )

    def validate_target(self, field: Any) -> None:
        if not re.fullmatch(r"\d{1,9}", field.data or ""):
            raise ValidationError(gettext("Choose one from the list."))


class SearchForm(Form):
    """Another session by its code; asked by GET, so it has no token and changes nothing."""

    class Meta(Form.Meta):
        csrf = False

    code = text(
        _("Do you know the code of another session?"),
        hint=_("It stands in the programme and looks like E02."),
        limit=12,
        autocomplete="off",
        spellcheck="false",
    )


class PassOnForm(ContactForm):
    """Who gets the places."""

    name = text(_("Their full name"), needed(_("Type their name.")), limit=100, autocomplete="off")
    email = text(
        _("Their email address (if they have one)"),
        looks_like_email,
        hint=_("We send the new ticket there."),
        limit=254,
        type="email",
        autocomplete="off",
        spellcheck="false",
    )
    mobile = text(
        _("Their mobile number (if they have one)"), limit=40, type="tel", autocomplete="off"
    )
