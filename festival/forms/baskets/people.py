"""Who is coming: a name for each who wants to give one, an age for each child."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_babel import lazy_gettext as _

from festival.domain.parties import Person
from festival.forms.base import Form, WholeNumber, text
from festival.models import AttendeeKind


def _name(person: Person, number: int) -> Any:
    label = {
        AttendeeKind.child: lazy_gettext("Child %(number)s: first name or initials", number=number),
        AttendeeKind.companion: lazy_gettext("Companion %(number)s: name", number=number),
    }.get(person.kind, lazy_gettext("Adult %(number)s: name", number=number))
    return text(label, limit=100)


def _age(number: int, needed: bool) -> WholeNumber:
    return WholeNumber(
        lazy_gettext("Child %(number)s: age on the day", number=number),
        least=0,
        most=17,
        needed=needed,
        description=_("In whole years. For a baby under one, type 0."),
    )


class PeopleForm(Form):
    """Two fields a person at most, called by the person's number in the household."""

    household: Sequence[Person]

    @classmethod
    def of(
        cls,
        household: Sequence[Person],
        *,
        ages_for: set[int | None],
        booker: str,
        answers: dict[str, Any],
    ) -> "PeopleForm":
        """``ages_for``: whose age must be known, by their numbers. The first adult is whoever
        books, unless they say otherwise."""
        fields: dict[str, Any] = {}
        counts: dict[AttendeeKind, int] = {}
        data: dict[str, Any] = {}
        for person in household:
            number = counts[person.kind] = counts.get(person.kind, 0) + 1
            first = person.kind == AttendeeKind.adult and number == 1
            fields[f"name_{person.number}"] = _name(person, number)
            data[f"name_{person.number}"] = person.name or (booker if first else "")
            if person.kind == AttendeeKind.child:
                fields[f"age_{person.number}"] = _age(number, person.number in ages_for)
                data[f"age_{person.number}"] = "" if person.age is None else str(person.age)
        form = type("PeopleFormOfHousehold", (cls,), fields)(data=data | answers)
        form.household = household
        return form

    @property
    def answers(self) -> dict[str, Any]:
        """What the basket keeps."""
        return {"people": self.typed()}

    @property
    def first_age(self) -> str | None:
        """Where a refusal about ages goes."""
        return next((name for name in self._fields if name.startswith("age_")), None)

    @property
    def people(self) -> list[Person]:
        """Everybody of the household, as they were told of."""
        return [
            Person(
                person.kind,
                self._fields[f"name_{person.number}"].data or "",
                getattr(self._fields.get(f"age_{person.number}"), "number", None),
                person.number,
            )
            for person in self.household
        ]
