"""How many people come, and who of those that are known already."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput
from wtforms import BooleanField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import ValidationError

from festival.domain.parties import (
    Person,
    adults_may_come,
    children_may_come,
    party_of,
    suits,
)
from festival.forms.base import Form, WholeNumber, pairs
from festival.models import AttendeeKind, FestivalSession

KINDS = {
    AttendeeKind.adult: _("Adult %(number)s"),
    AttendeeKind.child: _("Child %(number)s"),
    AttendeeKind.companion: _("Companion %(number)s"),
    AttendeeKind.unnamed: _("Person %(number)s"),
}


def called(people: Sequence[Person]) -> list[str]:
    """What to call each of these people: by name, else which adult or child they are; and how old
    a child is."""
    counts: dict[AttendeeKind, int] = {}
    found = []
    for person in people:
        counts[person.kind] = counts.get(person.kind, 0) + 1
        name = person.name or str(KINDS[person.kind] % {"number": counts[person.kind]})
        if person.age is not None:
            age = ngettext("%(num)s year old", "%(num)s years old", person.age)
            name = gettext("%(name)s, %(age)s", name=name, age=age)
        found.append(name)
    return found


def how_many(label: Any, hint: Any = "", least: int = 0) -> WholeNumber:
    return WholeNumber(
        label, least=least, most=300, empty=0, needed=False, description=hint, validators=[]
    )


class PartyForm(Form):
    """How many people come. Fields the session has no use for are taken out."""

    people = SelectMultipleField(
        _("Who is coming?"), widget=GovCheckboxesInput(), validate_choice=False
    )
    adults = how_many(_("How many adults are coming?"))
    children = how_many(_("How many children and young people under 18 are coming?"))
    unnamed = how_many(
        _("How many places does your group need?"),
        _("You need no names now. You get one ticket for all of you."),
    )
    companions = how_many(
        _("Someone is coming to support me: how many people?"),
        _("A carer, a friend, an interpreter. It is free, and you need no proof."),
    )
    wait = BooleanField()  # the second button
    together = RadioField(
        _("If only some places come free"),
        choices=[
            SelectChoice("all", _("All of us together: wait until we all fit")),
            SelectChoice("fewer", _("Fewer of us would do")),
        ],
        default="all",
        widget=GovRadioInput(),
    )
    least = how_many(_("At least how many of you?"), least=1)

    household: Sequence[Person] = ()

    @classmethod
    def of(
        cls,
        session: FestivalSession,
        household: Sequence[Person] = (),
        coming: Sequence[Person] | None = None,
        *,
        group: bool = False,
    ) -> "PartyForm":
        """``household``: who is in the basket already; ``coming``: who of them is in it for this
        very session. A ``group`` says a number of places only."""
        known = [person for person in household if not group]
        before = [one for one in known if suits(session, one)] if coming is None else coming
        unnamed = [one for one in coming or () if one.kind == AttendeeKind.unnamed]
        form = cls(
            data={
                "people": [str(one.number) for one in before if one.number is not None],
                "unnamed": str(len(unnamed)) if unnamed else "",
                "together": "all",
            }
        )
        form.household = known
        form._fit(session, group)
        return form

    def _fit(self, session: FestivalSession, group: bool) -> None:
        numbers = [str(person.number) for person in self.household]
        self.people.choices = pairs(list(zip(numbers, called(self.household), strict=True)))
        if not self.household:
            del self.people
        else:
            self.adults.label.text = gettext("How many more adults are coming?")
            self.children.label.text = gettext(
                "How many more children and young people under 18 are coming?"
            )
        if group or not children_may_come(session):
            del self.children
        if group or not adults_may_come(session):
            del self.adults
        if not group:
            del self.unnamed

    def validate_people(self, field: Any) -> None:
        if not set(field.data or ()) <= {str(person.number) for person in self.household}:
            raise ValidationError(
                gettext("Your booking was changed in another window. Say again who is coming.")
            )

    def validate_least(self, field: Any) -> None:
        if self.wait.data and self.together.data == "fewer" and not field.number:
            raise ValidationError(gettext("Say how many of you it must be at least."))

    @property
    def first_field(self) -> str:
        """Where a refusal goes whose own field the session has no use for."""
        names = ("adults", "unnamed", "children")
        return next(name for name in names if name in self._fields)

    @property
    def party(self) -> list[Person]:
        """Who comes: those who were ticked, and as many more."""
        ticked = set(self.people.data or ()) if "people" in self._fields else set()
        known = [person for person in self.household if str(person.number) in ticked]
        names = ("adults", "children", "companions", "unnamed")
        return known + party_of(*(self._number(name) for name in names))

    @property
    def least_places(self) -> int | None:
        """Fewer places that would do; None: all together."""
        return self.least.number if self.together.data == "fewer" else None

    def _number(self, name: str) -> int:
        field = self._fields.get(name)
        return (field.number or 0) if field is not None else 0
