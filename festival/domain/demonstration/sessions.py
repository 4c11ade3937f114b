"""The demonstration's sessions: approved, published, with their runs and their wording."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from festival.domain import references
from festival.domain.demonstration import files
from festival.domain.demonstration.files import Days, Row
from festival.domain.occurrences import Share, propose
from festival.domain.offers import WORDING
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Accompaniment,
    AllocationKind,
    BookingMode,
    Edition,
    FestivalSession,
    OccurrenceState,
    Provider,
    Revision,
    RevisionState,
    RevisionText,
    Room,
    SessionFormat,
    SessionState,
    Theme,
    User,
)

MEETING = "https://example.org/meeting"  # where online sessions lead: a domain for examples


@dataclass(frozen=True)
class World:
    """What sessions are made of, by the ids of the files."""

    edition: Edition
    themes: Mapping[str, Theme]
    providers: Mapping[str, Provider]
    rooms: Mapping[tuple[str, str], Room]
    reviewer: User
    days: Days
    calendar_domain: str


@dataclass(frozen=True)
class Run:
    """One dated run as the files say it."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    series_part: int | None = None


def load_sessions(world: World, approved_at: datetime) -> dict[str, FestivalSession]:
    """Every session of the files by its code."""
    wording = _wording()
    sessions = {}
    for row in files.table("sessions"):
        session = _session(world, row, approved_at)
        _revision(world, session, wording[row["id"]], approved_at)
        _runs(world, session, row)
        sessions[session.code] = session
    for code in sessions:
        references.note_session_code(code)
    db.session.flush()
    return sessions


def _wording() -> dict[str, list[Row]]:
    texts: dict[str, list[Row]] = defaultdict(list)
    for row in files.table("wording"):
        texts[row["session"]].append(row)
    return texts


def _session(world: World, row: Row, approved_at: datetime) -> FestivalSession:
    session = FestivalSession(
        code=row["id"],
        edition=world.edition,
        provider=world.providers[row["provider"]],
        state=SessionState.published,
        published_at=approved_at,
        theme=world.themes[row["theme"]],
        priority=row["priority"],
        format=SessionFormat(row["format"]),
        delivery_languages=row["delivery_languages"].split(),
        access=[one.strip() for one in row["access"].split(";") if one.strip()],
        charge=row["charge"],
        learning_hours=row["learning_hours"],
        facilitator=row["facilitator"],
        audience=row["audience"],
        age_min=files.number(row["age_min"]),
        age_max=files.number(row["age_max"]),
        accompaniment=Accompaniment(row["accompaniment"]),
        accompanying_adults_take_places=row["accompanying_adults_take_places"] == "yes",
        most_accompanying_adults=files.number(row["most_accompanying_adults"]),
        children_per_adult=files.number(row["children_per_adult"]),
        under_twos_take_places=row["under_twos_take_places"] == "yes",
        most_places=files.number(row["most_places"]),
        question=row["question"],
    )
    db.session.add(session)
    return session


def _revision(
    world: World, session: FestivalSession, texts: list[Row], approved_at: datetime
) -> None:
    revision = Revision(
        session=session,
        state=RevisionState.approved,
        created_at=approved_at - timedelta(days=9),
        submitted_at=approved_at - timedelta(days=5),
        decided_at=approved_at,
        decided_by_id=world.reviewer.id,
        texts=[
            RevisionText(language=row["language"], **{name: row[name] for name in WORDING})
            for row in texts
        ],
    )
    session.published_revision = revision
    db.session.flush()


def _runs(world: World, session: FestivalSession, row: Row) -> None:
    room = world.rooms[row["venue"], row["room"]]
    made = [
        propose(
            session=session,
            room=room,
            starts_at=run.starts_at,
            ends_at=run.ends_at,
            capacity=run.capacity,
            booking_mode=BookingMode(row["booking"]),
            calendar_domain=world.calendar_domain,
            shares=list(_shares(row, run.starts_at)),
            series_part=run.series_part,
        )
        for run in _dated(world.days, row)
    ]
    for occurrence in made:
        move(occurrence, OccurrenceState.scheduled)
        if occurrence.room.venue.is_online:
            occurrence.joining_url = MEETING
    if row["slots"]:  # the room is made ready once for the whole block
        for occurrence in made[1:]:
            occurrence.setup_minutes = 0
        for occurrence in made[:-1]:
            occurrence.cleardown_minutes = 0


def _dated(days: Days, row: Row) -> list[Run]:
    length, capacity = timedelta(minutes=int(row["minutes"])), int(row["capacity"])
    if row["series_dates"]:
        starts = [days.at(day, row["start"]) for day in row["series_dates"].split()]
        return [
            Run(start, start + length, capacity, part) for part, start in enumerate(starts, start=1)
        ]
    first = days.at(row["date"], row["start"])
    if row["slots"]:  # 12x10x3: twelve of ten minutes for three
        count, minutes, places = (int(one) for one in row["slots"].split("x"))
        slot = timedelta(minutes=minutes)
        starts = [first + slot * place for place in range(count)]
        return [Run(start, start + slot, places) for start in starts]
    return [Run(first, first + length, capacity)]


def _shares(row: Row, starts_at: datetime) -> Iterator[Share]:
    """``phone=3; partner=3``: kept back. ``100@open;50@-7d``: the later phases open by time."""
    for kept in filter(None, re.split(r"\s*;\s*", row["allocations"])):
        kind, places = kept.split("=")
        yield Share(AllocationKind(kind), int(places))
    for phase in filter(None, row["releases"].split(";")):
        places, moment = phase.split("@")
        if moment != "open":
            before = timedelta(days=int(moment.removeprefix("-").removesuffix("d")))
            yield Share(AllocationKind.phase, int(places), releases_at=starts_at - before)
