"""What is counted on the day, read from a paper list, and said afterwards."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from festival.domain.attendance import BAND_NAMES, PaperLine
from festival.domain.errors import N_, DomainError
from festival.forms.base import Choice, Form, TimeOfDay, WholeNumber, pairs, strip, text, visible
from festival.forms.door import its_own_key

MOST_AT_ONCE = 255
MOST_HEADS = 9999
AGES = {
    "0-4": _("0 to 4"),
    "5-10": _("5 to 10"),
    "11-15": _("11 to 15"),
    "16-17": _("16 or 17"),
    "18+": _("18 or older"),
}


def new_key() -> str:
    """What makes a second press of one button harmless."""
    return str(uuid.uuid4())


class WalkUpForm(Form):
    """People who came without a booking."""

    people = WholeNumber(_("How many people?"), least=1, most=MOST_AT_ONCE)
    name = text(
        _("First name (you can leave this out)"),
        hint=_("Only if they like. We delete it after 30 days."),
        limit=40,
        autocomplete="off",
    )
    age_band = Choice(
        _("Age (you can leave this out)"), choices=pairs([(one, AGES[one]) for one in BAND_NAMES])
    )
    scan_id = HiddenField(validators=[its_own_key])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bands = [(one, AGES[one]) for one in BAND_NAMES]
        self.age_band.choices = pairs([("none", gettext("Not said")), *bands])

    @property
    def band(self) -> str:
        return "" if self.age_band.data == "none" else str(self.age_band.data)


class HeadsForm(Form):
    """How many are in the room."""

    heads = WholeNumber(_("How many people are in the room now?"), least=0, most=MOST_HEADS)
    scan_id = HiddenField(validators=[its_own_key])


class KeyForm(Form):
    """A button that counts once: its own key, and what it takes back, if anything."""

    scan_id = HiddenField(validators=[its_own_key])


class ReturnForm(Form):
    """How many came, as those say who ran it."""

    people = WholeNumber(
        _("How many people came?"),
        least=0,
        most=MOST_HEADS,
        description=_(
            "Count everybody: children, parents and helpers who came along. Not your own team."
        ),
    )
    children = WholeNumber(
        _("How many of them were children? (you can leave this out)"),
        least=0,
        most=MOST_HEADS,
        needed=False,
        empty=0,
        description=_("Younger than 18. If you do not know, leave it empty."),
    )
    note = text(
        _("Is there anything we should know? (you can leave this out)"),
        hint=_("For example: the heating was broken. Please do not write names."),
        limit=600,
        area=True,
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        good: bool = super().validate(*args, **kwargs)
        if good and (self.children.number or 0) > (self.people.number or 0):
            error = N_("There cannot be more children than people. Check both numbers.")
            self.refuse(DomainError(error, field="children"))
            return False
        return good


class MaybeTime(TimeOfDay):
    """A time that can be left out."""

    def pre_validate(self, form: Any) -> None:
        if strip(visible(self.data or "", lines=False)):
            super().pre_validate(form)
        else:
            self.data = ""


class PaperForm(Form):
    """The paper list: a number and a time for each party. Made by ``of``."""

    key = HiddenField(validators=[its_own_key])

    @classmethod
    def of(cls, lines: Sequence[PaperLine], starts: str, **kwargs: Any) -> "PaperForm":
        """A form with two fields for each of these parties, and for those without a booking;
        times stand at ``starts`` (as it is typed) until somebody knows better."""
        fields: dict[str, Any] = {}
        for line in lines:
            if line.remaining:
                fields |= _pair(line.reservation.id, line.remaining)
        fields |= _pair(0, MOST_AT_ONCE)
        made = type("OnePaperForm", (cls,), fields)
        times = {name: starts for name in fields if name.startswith("time_")}
        form: PaperForm = made(data={**times, **kwargs})
        return form

    def has_line(self, number: int) -> bool:
        return f"people_{number}" in self._fields

    def came(self, default: time) -> Mapping[int, tuple[int, time]]:
        """How many came of whom, and when; who did not come is left out."""
        found = {}
        for name, field in self._fields.items():
            kind, _line, number = name.partition("_")
            if kind == "people" and field.number:
                found[int(number)] = (field.number, self[f"time_{number}"].time or default)
        return found


def _pair(number: int, most: int) -> dict[str, Any]:
    return {
        f"people_{number}": WholeNumber(_("How many came?"), least=0, most=most, needed=False),
        f"time_{number}": MaybeTime(_("At what time?")),
    }
