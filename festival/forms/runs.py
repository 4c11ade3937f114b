"""What an organiser types to change or cancel what people have booked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import ValidationError

from festival.domain import clock, words
from festival.forms.base import Choice, Form, TimeOfDay, WholeNumber, needed, pairs, text
from festival.models import Occurrence, Room, Venue

ALL, ONE = "all", "one"


def reason_field(question: Any) -> Any:
    """Why, in words for everybody who booked."""
    return text(
        question,
        needed(_("Say why, in words that everybody may read.")),
        hint=_("Everybody who booked reads this. For example: The teacher is ill."),
        limit=300,
        area=True,
    )


class CancelRunForm(Form):
    """Why a run is called off, which dates, what people could come to instead, and what the page
    has shown of who hears of it."""

    dates = RadioField(
        _("Which dates?"), default=ONE, widget=GovRadioInput(), validate_choice=False
    )
    reason = reason_field(_("Why is it cancelled?"))
    alternative = RadioField(
        _("What could people come to instead?"),
        default="",
        widget=GovRadioInput(),
        validate_choice=False,
    )
    seen = HiddenField()

    @classmethod
    def of(
        cls, dates: int, others: Sequence[tuple[Occurrence, str]], **kept: Any
    ) -> "CancelRunForm":
        """For a session with so many coming ``dates``; ``others`` can be suggested instead."""
        form = cls(**kept)
        if dates > 1:
            form.dates.choices = pairs(
                [(ONE, gettext("This date only")), (ALL, gettext("All %(num)s dates", num=dates))]
            )
        else:
            del form.dates
        if others:
            suggested = [(one.id, words) for one, words in others]
            form.alternative.choices = pairs([*suggested, ("", gettext("Nothing"))])
        else:
            del form.alternative
        return form

    @property
    def all_dates(self) -> bool:
        return "dates" in self._fields and self.dates.data == ALL

    @property
    def alternative_id(self) -> int | None:
        """The run that was chosen from those that were offered; else none."""
        if "alternative" not in self._fields:
            return None
        known = {str(value) for value, *_rest in self.alternative.iter_choices() if value}
        return int(self.alternative.data) if self.alternative.data in known else None

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was typed, to be carried by the page that shows who is told."""
        names = [name for name in ("dates", "reason", "alternative") if name in self._fields]
        return [(name, str(self._fields[name].data or "")) for name in names]


class MoveRunForm(Form):
    """Another time, place or number of places."""

    day = Choice(_("Day"), wrong=_("Choose a day of the festival."))
    starts = TimeOfDay(_("Start time"), description=_("For example 10:30am or 2pm"))
    ends = TimeOfDay(_("End time"), description=_("For example 12:30pm or 4pm"))
    room = Choice(_("Venue and room"), wrong=_("Choose a room from the list."))
    places = WholeNumber(_("How many places are there in all?"), least=1, most=100_000)
    reason = reason_field(_("Why does it change?"))
    access_agreed = BooleanField(
        _("I have spoken with everybody who asked for access, and this room will do"),
        widget=GovCheckboxInput(),
    )
    seen = HiddenField()
    NAMES = ("day", "starts", "ends", "room", "places", "reason", "access_agreed")

    @classmethod
    def of(
        cls, run: Occurrence, days: Sequence[date], rooms: Sequence[Room], *, may_agree: bool
    ) -> "MoveRunForm":
        """As the run stands."""
        zone = run.session.edition.zone
        start, end = run.starts_at.astimezone(zone), run.ends_at.astimezone(zone)
        form = cls(
            data={
                "day": start.date().isoformat(),
                "starts": f"{start:%H:%M}",
                "ends": f"{end:%H:%M}",
                "room": str(run.room_id),
                "places": str(run.capacity),
            }
        )
        all_days = sorted({*days, start.date()})
        form.day.choices = pairs([(one.isoformat(), words.day(one)) for one in all_days])
        form.room.choices = pairs([(one.id, _room_words(one)) for one in rooms])
        if not may_agree:
            del form.access_agreed
        return form

    def validate_ends(self, field: TimeOfDay) -> None:
        if field.time and self.starts.time and field.time <= self.starts.time:
            raise ValidationError(gettext("The end must be after the start."))

    def times(self, run: Occurrence) -> tuple[datetime, datetime]:
        """The new start and end (aware); only after validation. Raises NoSuchTime."""
        day, zone = date.fromisoformat(self.day.data), run.session.edition.zone
        assert self.starts.time is not None
        assert self.ends.time is not None
        return (
            clock.local_moment(day, self.starts.time, zone, field="starts"),
            clock.local_moment(day, self.ends.time, zone, field="ends"),
        )

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was typed, to be carried by the page that shows who is told."""
        found = []
        for name in self.NAMES:
            if name in self._fields and self._fields[name].data:
                typed = self._fields[name].data
                found.append((name, "y" if typed is True else str(typed)))
        return found


def _room_words(room: Room) -> str:
    return gettext(
        "%(venue)s: %(room)s (up to %(people)s people)",
        venue=room.venue.name,
        room=room.name,
        people=room.legal_capacity,
    )


class CloseVenueForm(Form):
    """A venue that cannot be used on a day: everything there is called off."""

    venue = Choice(_("Venue"), wrong=_("Choose a venue from the list."))
    day = Choice(_("Day"), wrong=_("Choose a day of the festival."))
    reason = reason_field(_("Why is everything there cancelled?"))
    seen = HiddenField()

    @classmethod
    def of(cls, venues: Sequence[Venue], days: Sequence[date], today: date) -> "CloseVenueForm":
        form = cls()
        form.venue.choices = pairs([(one.id, one.name) for one in venues], _("Choose a venue"))
        all_days = sorted({*days, today})
        form.day.choices = pairs([(one.isoformat(), words.day(one)) for one in all_days])
        if not form.is_submitted():
            form.day.data = today.isoformat()
        return form

    @property
    def hidden(self) -> list[tuple[str, str]]:
        return [(name, str(self._fields[name].data)) for name in ("venue", "day", "reason")]
