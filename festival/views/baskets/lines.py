"""How a basket's lines are said: one session with who comes; what may go wrong between them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext, ngettext

from festival.domain.bookings import Caution, Line
from festival.domain.parties import Person
from festival.forms.baskets.party import called
from festival.models import AttendeeKind, Occurrence, Reservation, ReservationState


def title_of(occurrence: Occurrence) -> str:
    """What its session is called in public."""
    revision = occurrence.session.published_revision
    assert revision is not None  # only such sessions are public
    return revision.text().title


class LineShown:
    """One line of the basket as its pages show it."""

    def __init__(self, line: Line, now: datetime) -> None:
        self.line = line
        self.uid = line.uid
        self.occurrences = line.occurrences
        self.session = line.first.occurrence.session
        self.places = line.first.places
        self.waits = line.state == ReservationState.waiting
        self.ran_out = line.ran_out(now)
        self.title = title_of(line.first.occurrence)
        self.change = url_for(
            "baskets.party", code=self.session.code, occurrence_id=line.first.occurrence_id
        )

    @property
    def venue(self) -> str:
        room = self.line.first.occurrence.room
        return gettext("Online") if room.venue.is_online else f"{room.name}, {room.venue.name}"

    @property
    def learning_hours(self) -> str:
        """For the children's passports, where children come."""
        children = any(one.kind == AttendeeKind.child for one in self.line.party)
        return self.session.learning_hours if children else ""

    @property
    def waiting_words(self) -> str:
        """What would do, of a line that asks for a turn."""
        least = self.line.first.least_places
        if least is not None and least < self.places:
            return ngettext(
                "Waiting list: at least %(num)s of your places must come free.",
                "Waiting list: at least %(num)s of your places must come free together.",
                least,
            )
        return gettext("Waiting list: we write to you when there is room for all of you.")

    def who(self, names: dict[int | None, str]) -> list[str]:
        """Who comes: the people of the household, and how many of a group."""
        party = self.line.party
        found = [names[one.number] for one in party if one.number in names]
        unnamed = len(party) - len(found)
        group = ngettext("a group of %(num)s person", "a group of %(num)s people", unnamed)
        return [*found, group] if unnamed else found


def names_of(household: Sequence[Person]) -> dict[int | None, str]:
    """What to call everybody, by number."""
    return dict(zip((one.number for one in household), called(household), strict=True))


def warn(
    cautions: Sequence[Caution], names: dict[int | None, str], booked: Collection[Reservation]
) -> list[str]:
    """What may go wrong, in sentences; nothing of it is forbidden. Each is said once."""
    return list(dict.fromkeys(_sentence(one, names, booked) for one in cautions))


def _sentence(
    caution: Caution, names: dict[int | None, str], booked: Collection[Reservation]
) -> str:
    if caution.kind == "twice":
        return had_already(caution.first, booked)
    first, second = title_of(caution.first), title_of(caution.second)
    who = [names[one.number] for one in caution.people if one.number in names]
    about = gettext("It is about: %(who)s.", who="; ".join(who)) if who and len(names) > 1 else ""
    if caution.kind == "overlap":
        said = gettext(
            "“%(first)s” and “%(second)s” are at the same time. You can still book both.",
            first=first,
            second=second,
        )
    else:
        said = gettext(
            "There are %(minutes)s minutes between “%(first)s” and “%(second)s”. The way takes "
            "about %(needed)s minutes. You can still book both.",
            minutes=caution.minutes,
            needed=caution.needed,
            first=first,
            second=second,
        )
    return f"{said} {about}".strip()


def had_already(occurrence: Occurrence, booked: Collection[Reservation]) -> str:
    """How many places of this session were booked in this browser before; empty: none."""
    places = sum(
        max(1, one.places)
        for one in booked
        if one.occurrence.session_id == occurrence.session_id
        and one.occurrence.series_part in (None, 1)
    )
    if not places:
        return ""
    title = title_of(occurrence)
    return str(
        ngettext(
            "You already have %(num)s place for “%(title)s”. You can book more.",
            "You already have %(num)s places for “%(title)s”. You can book more.",
            places,
            title=title,
        )
    )
