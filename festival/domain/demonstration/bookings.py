"""Who has booked in the demonstration: so many that some sessions are full and some are empty.

Most are written as rows, which is quick, keeps every rule, and sends no mail for bookings that
nobody made. A few are made by the real verbs, so that the outbox has something to deliver.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from festival.domain import bookings, capacity, clock, references, tickets, words
from festival.domain.bookings import Contact, Rules, parts_of
from festival.domain.demonstration.names import FIRST_NAMES, LAST_NAMES
from festival.domain.demonstration.parties import invent_party
from festival.domain.parties import Person, count_places, takes_place
from festival.extensions import db
from festival.models import (
    Allocation,
    AllocationKind,
    Attendee,
    Booking,
    Channel,
    Edition,
    FestivalSession,
    Occurrence,
    Reservation,
    ReservationState,
)

# Places taken from the public share of each run, in the order of the runs; a single number for
# all runs of a series. Sessions that are not here are drop-in or have no bookings yet.
TAKEN: dict[str, Sequence[int]] = {
    "E02": [20],  # full
    "E03": [12],
    "E04": [5],
    "E05": [9],
    "E06": [41],
    "E07": [4],
    "E08": [9],
    "E09": [14],
    "E10": [13],
    "E11": [28],
    "E12": [11],
    "E13": [7],
    "E14": [12],  # full
    "E15": [7],
    "E16": [8],
    "E17": [10],
    "E18": [15],
    "E19": [6],
    "E21": [3],
    "E22": [3, 3, 2, 3, 1, 0, 2, 3, 0, 0, 1, 0],
    "E23": [74],
    "E24": [10],
    "E25": [5],
    "E27": [9],  # of 40
    "E28": [22],
    "E29": [16],
    "E30": [20],
    "E31": [9],
    "E32": [6],
    "E34": [4],
    "E35": [61],
    "E36": [12],
    "E37": [16],
    "E38": [8],
    "E39": [58],
}
WAITING = {"E02": 4, "E14": 9}  # parties in line for what is full
BY_PHONE = {"E04": 1}  # from the share that is kept for the phone line
REAL = ("E12", "E23", "E27", "E29", "E38")  # one more place each, by the real verbs


def load_bookings(
    edition: Edition, sessions: dict[str, FestivalSession], opened_at: datetime, rules: Rules
) -> None:
    """Fill the sessions as the table says."""
    writer = Writer(edition, opened_at, rules)
    with db.session.no_autoflush:
        for code, runs in TAKEN.items():
            # one less for what the real verbs will add
            spare = 1 if code in REAL else 0
            _fill(writer, sessions[code], [max(0, places - spare) for places in runs])
        for code, places in BY_PHONE.items():
            writer.fill([sessions[code].occurrences[0]], places, AllocationKind.phone)
        for code, parties in WAITING.items():
            writer.wait(sessions[code].occurrences[0], parties)
    db.session.flush()


def _fill(writer: "Writer", session: FestivalSession, taken: Sequence[int]) -> None:
    if session.occurrences[0].series_part is not None:
        writer.fill(parts_of(session.occurrences[0]), taken[0])
        return
    for occurrence, places in zip(session.occurrences, taken, strict=True):
        writer.fill([occurrence], places)


def make_real_bookings(
    edition: Edition, sessions: dict[str, FestivalSession], rules: Rules
) -> Booking | None:
    """Book one place in some sessions as a resident does, with mail; the first booking."""
    chance = random.Random(1)  # noqa: S311 - invents people, guards nothing
    made = []
    for number, code in enumerate(REAL):
        occurrence = sessions[code].occurrences[0]
        if not capacity.availability(occurrence, clock.now()).is_open:
            continue
        name = f"{FIRST_NAMES[number]} {LAST_NAMES[number]}"
        party = invent_party(occurrence.session, name, 1, chance)
        secret = bookings.new_secret()
        basket = bookings.hold(
            edition=edition, secret=secret, occurrence=occurrence, party=party, rules=rules
        )
        contact = Contact(name, email=f"resident{number + 1}@example.org")
        made.append(bookings.confirm(basket, contact, bookings.new_secret(), rules))
    return made[0] if made else None


class Writer:
    """Writes confirmed bookings as rows, with the counters that go with them."""

    def __init__(self, edition: Edition, opened_at: datetime, rules: Rules) -> None:
        self.edition = edition
        self.opened_at = opened_at
        self.now = clock.now()
        self.calendar_domain = rules.calendar_domain
        # The same people and parties on every machine.
        self.random = random.Random(2027)  # noqa: S311 - invents people, guards nothing

    def fill(
        self,
        occurrences: Sequence[Occurrence],
        places: int,
        kind: AllocationKind = AllocationKind.public,
    ) -> None:
        """Book until so many places of this share are taken, in all parts of a series alike."""
        while places > 0:
            name = f"{self.random.choice(FIRST_NAMES)} {self.random.choice(LAST_NAMES)}"
            party = invent_party(occurrences[0].session, name, places, self.random)
            self._book(occurrences, party, name, kind)
            places -= count_places(occurrences[0].session, party)

    def wait(self, occurrence: Occurrence, parties: int) -> None:
        """So many parties wait for places of a full run, in the order of their turns."""
        turns = sorted(self._moment() for _ in range(parties))
        for since in turns:
            name = f"{self.random.choice(FIRST_NAMES)} {self.random.choice(LAST_NAMES)}"
            party = invent_party(occurrence.session, name, 3, self.random)
            places = count_places(occurrence.session, party)
            share = next(one for one in occurrence.allocations if one.kind == AllocationKind.public)
            claim = self._reservation(occurrence, share, party, since)
            claim.state, claim.waiting_since = ReservationState.waiting, since
            claim.least_places = max(1, places - 1) if places > 1 else None
            booking = self._booking(name, AllocationKind.public, since)
            booking.reservations.append(claim)
            db.session.add(booking)

    def _moment(self) -> datetime:
        """Some time since booking opened."""
        return self.opened_at + (self.now - self.opened_at) * self.random.random()

    def _book(
        self,
        occurrences: Sequence[Occurrence],
        party: Sequence[Person],
        name: str,
        kind: AllocationKind,
    ) -> None:
        at = self._moment()
        booking = self._booking(name, kind, at)
        series = str(uuid.uuid4()) if len(occurrences) > 1 else None
        for occurrence in occurrences:
            share = next(one for one in occurrence.allocations if one.kind == kind)
            claim = self._claim(occurrence, share, party, at)
            claim.series_claim = series
            booking.reservations.append(claim)
            tickets.issue(claim)
        db.session.add(booking)

    def _booking(self, name: str, kind: AllocationKind, at: datetime) -> Booking:
        return Booking(
            edition_id=self.edition.id,
            reference=references.make_reference(self.edition),
            secret_hash=bookings.hash_secret(bookings.new_secret()),
            channel=Channel.phone if kind == AllocationKind.phone else Channel.web,
            name=name,
            name_folded=words.fold(name),
            email=(email := self._email(name)),
            email_folded=email,
            mobile=f"07700 900{self.random.randrange(1000):03d}",
            created_at=at - timedelta(minutes=4),
            confirmed_at=at,
            confirm_key=bookings.new_secret(),
        )

    def _email(self, name: str) -> str:
        if self.random.random() < 0.1:  # some people have none
            return ""
        return f"{words.fold(name).replace(' ', '.')}@example.org"

    def _claim(
        self, occurrence: Occurrence, share: Allocation, party: Sequence[Person], at: datetime
    ) -> Reservation:
        claim = self._reservation(occurrence, share, party, at)
        claim.confirmed_at, claim.own_places = at, claim.places
        occurrence.places_taken += claim.places
        occurrence.people_expected += claim.people
        share.places_taken += claim.places
        return claim

    def _reservation(
        self, occurrence: Occurrence, share: Allocation, party: Sequence[Person], at: datetime
    ) -> Reservation:
        places, people = count_places(occurrence.session, party), len(party)
        return Reservation(
            occurrence=occurrence,
            allocation=share,
            state=ReservationState.confirmed,
            places=places,
            people=people,
            created_at=at - timedelta(minutes=4),
            calendar_uid=f"{uuid.uuid4()}@{self.calendar_domain}",
            revised_at=at,
            attendees=list(_attendees(occurrence, party)),
        )


def _attendees(occurrence: Occurrence, party: Sequence[Person]) -> Iterator[Attendee]:
    for person in party:
        yield Attendee(
            kind=person.kind,
            name=person.name,
            age=person.age,
            takes_place=takes_place(occurrence.session, person, party),
        )
