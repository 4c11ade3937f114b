"""What the team says of venues and rooms."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms import BooleanField
from wtforms.validators import ValidationError

from festival.domain.venues import ROOM_FACTS, VENUE_FACTS, facts_of
from festival.forms.base import Choice, Form, WholeNumber, needed, pairs, text
from festival.forms.office import read_day
from festival.models import NOT_KNOWN, Room, Venue, Ward

LIMITS = {"parking": 80, "transport": 160, "level": 60}
OF_OWN_COLUMN = 40  # the others that have a column of their own
IN_WORDS = 160
SHORT = ("accessible_toilet", "step_free", "hearing_loop")
NOT_KNOWN_WARD = _("Not known")


def _fact(name: str, words: str) -> Any:
    limit = LIMITS.get(name, OF_OWN_COLUMN if name in SHORT else IN_WORDS)
    return text(lazy_gettext(words), limit=limit)


def _with_facts(form: type[Form], facts: Mapping[str, str]) -> type[Any]:
    """The form with a field for each fact: yes, no, or a few words; empty is not known."""
    fields = {f"fact_{name}": _fact(name, words) for name, words in facts.items()}
    return type(form.__name__, (form,), fields)


class Described(Form):
    """A form about something with facts."""

    names: Mapping[str, str] = {}

    @property
    def fact_fields(self) -> list[Any]:
        return [self[f"fact_{name}"] for name in self.names]

    def facts(self) -> dict[str, str]:
        """The facts as they were said; only after validation."""
        return {name: self[f"fact_{name}"].data or "" for name in self.names}


def _kept(thing: Venue | Room) -> dict[str, str]:
    facts = facts_of(thing)
    return {f"fact_{name}": "" if told == NOT_KNOWN else told for name, told in facts.items()}


class VenueForm(Described):
    """A venue and what is known of it."""

    names = VENUE_FACTS
    name = text(_("Name"), needed(_("Type the name of the venue.")), limit=160)
    address = text(_("Address"), hint=_("Street and town"), limit=240)
    postcode = text(_("Postcode"), hint=_("For example WV1 3AX"), limit=40)
    ward = Choice(_("Ward"))
    is_online = BooleanField(_("It is no place: people join online"), widget=GovCheckboxInput())

    @classmethod
    def of(cls, wards: Sequence[Ward], venue: Venue | None = None) -> "VenueForm":
        """The form, filled with what is known of this venue."""
        kept: dict[str, Any] = {}
        if venue is not None:
            kept = {name: getattr(venue, name) for name in ("name", "address", "postcode")}
            kept |= {"is_online": venue.is_online, "ward": str(venue.ward_id or 0)} | _kept(venue)
        form: VenueForm = _with_facts(cls, VENUE_FACTS)(data=kept)
        form.ward.choices = pairs([(0, NOT_KNOWN_WARD), *((one.id, one.name) for one in wards)])
        return form

    def validate_postcode(self, field: Any) -> None:
        field.data = as_postcode(field.data or "")
        if len(field.data) > 8:
            raise ValidationError(gettext("Type a postcode like WV1 3AX, or leave it empty."))

    def told(self) -> dict[str, Any]:
        """What was said of it, but for its facts; only after validation."""
        return {
            "name": self.name.data,
            "address": self.address.data,
            "postcode": self.postcode.data,
            "ward_id": int(self.ward.data) or None,
            "is_online": bool(self.is_online.data),
        }


def as_postcode(typed: str) -> str:
    """``wv13ax`` as ``WV1 3AX``."""
    bare = "".join(letter for letter in typed.upper() if letter.isalnum())
    return f"{bare[:-3]} {bare[-3:]}" if len(bare) > 4 else bare


class RoomForm(Described):
    """A room and what is known of it."""

    names = ROOM_FACTS
    name = text(_("Name of the room"), needed(_("Type the name of the room.")), limit=120)
    legal_capacity = WholeNumber(
        _("How many people may be in it by law?"),
        least=1,
        most=100_000,
        description=_("The fire limit, everybody counted: also companions, babies and helpers."),
    )
    outdoors = BooleanField(_("It is outdoors"), widget=GovCheckboxInput())
    doors = text(
        _("Doors where people are let in"),
        hint=_("One word each, with spaces between. Leave empty if there is only one."),
        limit=120,
    )
    setup_minutes = WholeNumber(_("Minutes to set up"), least=0, most=600, empty=10, needed=False)
    cleardown_minutes = WholeNumber(
        _("Minutes to clear away"), least=0, most=600, empty=10, needed=False
    )

    @classmethod
    def of(cls, room: Room | None = None) -> "RoomForm":
        """The form, filled with what is known of this room."""
        kept: dict[str, Any] = {"setup_minutes": "10", "cleardown_minutes": "10"}
        if room is not None:
            numbers = ("legal_capacity", "setup_minutes", "cleardown_minutes")
            kept = {name: str(getattr(room, name)) for name in numbers}
            kept |= _kept(room)
            kept |= {"name": room.name, "outdoors": room.outdoors, "doors": " ".join(room.doors)}
        form: RoomForm = _with_facts(cls, ROOM_FACTS)(data=kept)
        return form

    def told(self) -> dict[str, Any]:
        """What was said of it, but for its facts; only after validation."""
        return {
            "name": self.name.data,
            "legal_capacity": self.legal_capacity.number,
            "outdoors": bool(self.outdoors.data),
            "doors": (self.doors.data or "").split(),
            "setup_minutes": self.setup_minutes.number,
            "cleardown_minutes": self.cleardown_minutes.number,
        }


def _day(label: Any, hint: Any, wrong: Any) -> Any:
    return text(label, needed(wrong), hint=hint, limit=12)


class ClosureForm(Form):
    """Days on which a venue is closed."""

    starts_on = _day(_("First day"), _("For example 7/6/2027"), _("Type a day, like 7/6/2027."))
    ends_on = text(_("Last day"), hint=_("Leave empty if it is only one day."), limit=12)
    reason = text(
        _("Why?"), hint=_("In a few words that everybody may read. You can leave this empty.")
    )

    def validate_starts_on(self, field: Any) -> None:
        _check_day(field)

    def validate_ends_on(self, field: Any) -> None:
        _check_day(field)

    def days(self) -> tuple[date, date]:
        """The first and the last; only after validation."""
        first = read_day(self.starts_on.data or "")
        assert first is not None
        return first, read_day(self.ends_on.data or "") or first


def _check_day(field: Any) -> None:
    if field.data and read_day(field.data) is None:
        raise ValidationError(gettext("Type a day, like 7/6/2027."))


class MergeForm(Form):
    """Which room of the register a proposed place is."""

    room = Choice(_("Which room is it?"), wrong=_("Choose a room from the list."))

    @classmethod
    def of(cls, rooms: Sequence[Room]) -> "MergeForm":
        form = cls()
        form.room.choices = pairs(
            [(one.id, f"{one.venue.name}, {one.name} ({one.legal_capacity})") for one in rooms],
            _("Choose a room"),
        )
        return form
