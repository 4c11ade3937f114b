"""What the live board says: how much time, which phone, what somebody should look at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext, ngettext

from festival.domain import words
from festival.domain.door import KINDS, Board, Flag, PhoneNow, RunNow, VenueNow
from festival.models import BookingMode, Edition
from festival.views import said, shown

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MOST_ON_WALL = 12
Words = tuple[str, list[str]]


@dataclass(frozen=True)
class Told:
    """One flag in words; ``id`` is the same at the next look, so that the focus stays."""

    id: str
    is_at_once: bool
    title: str
    lines: list[str]
    href: str
    link: str


def flags(board: Board, edition: Edition) -> list[Told]:
    """What somebody should look at, the worst first, for people who see names and follow links."""
    return [_told(one, board.at, edition) for one in board.flags]


def _told(flag: Flag, now: datetime, edition: Edition) -> Told:
    title, lines = WORDS[flag.kind](flag, now, edition.zone)
    href, link = _leads_to(flag)
    about = flag.one.run.id if flag.one else flag.phone.id if flag.phone else "all"
    return Told(f"{flag.kind}-{about}", flag.is_at_once, title, lines, href, link)


def short(flag: Flag) -> str:
    """A flag of a run in a word or two."""
    return {
        "over_legal": gettext("Over the legal limit"),
        "cancelled": gettext("People are coming"),
        "nobody": gettext("Nobody at the door"),
        "no_scans": gettext("No scans yet"),
        "full": gettext("Full"),
    }.get(flag.kind, "")


def _leads_to(flag: Flag) -> tuple[str, str]:
    if flag.kind == "conflicts":
        return url_for("office.conflicts"), gettext("Say who they were")
    if flag.kind == "nobody":
        return url_for("office.shifts"), gettext("Shifts")
    if flag.one is None:
        return url_for("office.door_passes"), gettext("Door passes")
    run = flag.one.run
    day = url_for("provider.day", code=run.session.code, occurrence_id=run.id)
    return day, gettext("Look at this session")


def _over_legal(flag: Flag, _now: datetime, _zone: ZoneInfo) -> Words:
    people, legal = shown.people(flag.number), _run(flag).run.legal_capacity
    return gettext("More people than the law allows"), [
        gettext("%(people)s in, %(legal)s allowed.", people=people, legal=legal),
        where(_run(flag)),
    ]


def _cancelled(flag: Flag, _now: datetime, _zone: ZoneInfo) -> Words:
    return gettext("Cancelled, but people are coming"), [
        ngettext(
            "Somebody came to the door %(num)s time since it was cancelled.",
            "Somebody came to the door %(num)s times since it was cancelled.",
            flag.number,
        ),
        where(_run(flag)),
    ]


def _nobody(flag: Flag, now: datetime, zone: ZoneInfo) -> Words:
    begins = _starts(_run(flag), now, zone)
    lines = [f"{begins} {_awaited(flag)}" if flag.number else begins, where(_run(flag))]
    if flag.names:
        lines.append(gettext("Asked to be there: %(names)s", names=", ".join(flag.names)))
    return gettext("No volunteer has signed in"), lines


def _no_scans(flag: Flag, now: datetime, zone: ZoneInfo) -> Words:
    begins = _starts(_run(flag), now, zone)
    return gettext("No scans yet"), [f"{begins} {_awaited(flag)}", where(_run(flag))]


def _awaited(flag: Flag) -> str:
    return ngettext(
        "Nobody was let in yet, %(num)s person is expected.",
        "Nobody was let in yet, %(num)s people are expected.",
        flag.number,
    )


def _unsent(flag: Flag, now: datetime, _zone: ZoneInfo) -> Words:
    still = ngettext(
        "This phone still has %(num)s scan to send.",
        "This phone still has %(num)s scans to send.",
        flag.number,
    )
    return gettext("Scans that have not come"), [f"{still} {_quiet_for(flag, now)}", phone_at(flag)]


def _full(flag: Flag, _now: datetime, _zone: ZoneInfo) -> Words:
    people, most = shown.people(flag.number), _run(flag).most
    return gettext("Full, or nearly"), [
        gettext("%(people)s in, there is room for %(most)s.", people=people, most=most),
        where(_run(flag)),
    ]


def _quiet(flag: Flag, now: datetime, _zone: ZoneInfo) -> Words:
    may = gettext("It may have scans that have not come.")
    return gettext("A phone is quiet while people arrive"), [
        f"{_quiet_for(flag, now)} {may}",
        phone_at(flag),
    ]


def _conflicts(flag: Flag, _now: datetime, _zone: ZoneInfo) -> Words:
    return gettext("The same ticket at two doors"), [
        ngettext(
            "%(num)s ticket: the same people, or more of them?",
            "%(num)s tickets: the same people, or more of them?",
            flag.number,
        )
    ]


WORDS: dict[str, Callable[[Flag, datetime, ZoneInfo], Words]] = {
    "over_legal": _over_legal,
    "cancelled": _cancelled,
    "nobody": _nobody,
    "no_scans": _no_scans,
    "unsent": _unsent,
    "full": _full,
    "quiet": _quiet,
    "conflicts": _conflicts,
}


def _run(flag: Flag) -> RunNow:
    assert flag.one is not None  # these flags are of a run
    return flag.one


def _phone(flag: Flag) -> PhoneNow:
    assert flag.phone is not None  # these flags are of a phone
    return flag.phone


def title(one: RunNow) -> str:
    return said.title(one.run.session)


def where(one: RunNow) -> str:
    """Which session, and in which room."""
    room = one.run.room
    return f"{title(one)} · {room.name}, {room.venue.name}"


def _starts(one: RunNow, now: datetime, zone: ZoneInfo) -> str:
    starts_at = one.run.starts_at
    hour, time = words.hour(starts_at, zone), length(abs(starts_at - now))
    if starts_at > now:
        return gettext("It starts at %(hour)s, in %(time)s.", hour=hour, time=time)
    return gettext("It started at %(hour)s, %(time)s ago.", hour=hour, time=time)


def expected(one: RunNow) -> str:
    """Beside the number of who is in."""
    if not one.expected and one.run.booking_mode == BookingMode.none:
        return gettext("in, no booking needed")
    return gettext("in, %(number)s expected", number=one.expected)


def hours(one: RunNow, zone: ZoneInfo) -> str:
    return words.range_of_hours(one.run.starts_at, one.run.ends_at, zone)


def phone_at(flag: Flag) -> str:
    """Which phone: its letter, its door, its venue, and whose turn it is."""
    phone, venue = _phone(flag), flag.venue.name if flag.venue else ""
    letter = gettext("Phone %(letter)s", letter=phone.letter)
    return " · ".join(filter(None, (letter, whose(phone), venue)))


def whose(phone: PhoneNow) -> str:
    """The volunteer and the door; a shift's pass is called after its volunteer."""
    return ", ".join(dict.fromkeys(filter(None, (phone.volunteer, phone.label))))


def _quiet_for(flag: Flag, now: datetime) -> str:
    return gettext("Quiet for %(time)s.", time=length(_phone(flag).age(now)))


def heard(phone: PhoneNow, now: datetime) -> str:
    """How long ago a phone was heard of, short."""
    time = length(phone.age(now))
    if phone.is_quiet(now):
        return gettext("quiet for %(time)s", time=time)
    return gettext("%(time)s ago", time=time)


def length(time: timedelta) -> str:
    """``12 seconds``, ``5 minutes``, ``2 hours``: rounded down."""
    if time < MINUTE:
        seconds = int(time.total_seconds())
        return str(ngettext("%(num)s second", "%(num)s seconds", seconds))
    if time < HOUR:
        return str(ngettext("%(num)s minute", "%(num)s minutes", time // MINUTE))
    return str(ngettext("%(num)s hour", "%(num)s hours", time // HOUR))


def moment(value: datetime, zone: ZoneInfo) -> str:
    """``1:05:09pm``: to the second, as nothing else is."""
    local = value.astimezone(zone)
    half = "am" if local.hour < 12 else "pm"
    return f"{local.hour % 12 or 12}:{local:%M:%S}{half}"


def part(number: int, whole: int) -> int:
    """So many hundredths, 100 at most: how far a bar reaches."""
    return min(100, number * 100 // whole)


def on_wall(board: Board) -> list[tuple[VenueNow, RunNow]]:
    """What a large screen shows: what somebody should look at, then what begins or began first;
    as many as can be read from afar."""
    return _for_wall(board)[:MOST_ON_WALL]


def off_wall(board: Board) -> int:
    """How many runs have no room on it."""
    return max(0, len(_for_wall(board)) - MOST_ON_WALL)


def _for_wall(board: Board) -> list[tuple[VenueNow, RunNow]]:
    def order(pair: tuple[VenueNow, RunNow]) -> tuple[int, bool, datetime, int]:
        kinds = [KINDS.index(flag.kind) for flag in board.flags_of(pair[1])]
        run = pair[1].run
        return min(kinds, default=len(KINDS)), pair[1].is_cancelled, run.starts_at, run.id

    return sorted(((at, one) for at in board.venues for one in at.runs), key=order)
