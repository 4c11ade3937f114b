"""Made-up orders: who books, for whom, by which channel, and what becomes of it.

Nothing is ever given back here: what is cancelled in the end never took a place. So what is free
only gets less, and whoever had to wait for want of places still does at the end, as it must be.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from festival.domain import clock, words
from festival.domain.capacity.free import Want
from festival.domain.demonstration.names import FIRST_NAMES, LAST_NAMES
from festival.domain.demonstration.synthetic.chance import Chance
from festival.domain.demonstration.synthetic.claims import Claim, write_claim
from festival.domain.demonstration.synthetic.kinds import Party, invent_party
from festival.domain.demonstration.synthetic.rows import Rows
from festival.domain.demonstration.synthetic.sessions import Run
from festival.domain.slugs import slug
from festival.models import (
    AllocationKind,
    Booking,
    Channel,
    Edition,
    Message,
    MessageState,
    ReservationState,
)

CANCELLED = 0.125  # of who gets places: a tenth of all orders
TWICE, ANOTHER, WAITS = 0.02, 0.04, 0.38
SHORTER = 0.3  # of who waits would take a place less
GROUPS, LARGEST_GROUP = 0.4, 9  # of what partners book
UNDELIVERED = 0.01
NO_EMAIL = {Channel.web: 0.02, Channel.phone: 0.6, Channel.counter: 0.6, Channel.partner: 0.2}
# Channel and who pressed the buttons: nobody of the team, the phone line, other staff.
CHANNELS = (
    (Channel.web, ""),
    (Channel.phone, "phone@example.org"),
    (Channel.counter, "phone@example.org"),
    (Channel.partner, ""),
    (Channel.counter, "duty@example.org"),
)
CHANNEL_WEIGHTS = (0.78, 0.09, 0.03, 0.07, 0.03)
SHARES = {
    Channel.phone: AllocationKind.phone,
    Channel.counter: AllocationKind.phone,
    Channel.partner: AllocationKind.partner,
}


@dataclass(frozen=True)
class Booker:
    """Somebody who books, and through whom."""

    name: str
    email: str
    mobile: str
    channel: Channel
    made_by: str


class Orders:
    """Makes orders, one after the other in time."""

    def __init__(
        self, rows: Rows, chance: Chance, edition: Edition, staff: Mapping[str, int]
    ) -> None:
        self.rows = rows
        self.chance = chance
        self.edition = edition
        self.staff = staff
        self.now = clock.now()
        self.again: tuple[Booker, Claim] | None = None

    def make(self, times: list[datetime], asks: Iterator[Run], calendar_domain: str) -> None:
        """One order at each of these times."""
        for at in times:
            booker, claims = self._again(at) or self._next(at, asks)
            self._write(booker, claims, at, calendar_domain)
            self.rows.store_if_many()

    def _next(self, at: datetime, asks: Iterator[Run]) -> tuple[Booker, list[Claim]]:
        """Who asks next and gets something; who finds nothing and goes away leaves no trace."""
        while True:
            booker, run = self._booker(), next(asks)
            claim = self._claim(run, self._party(run, booker), booker, at)
            if claim is not None:
                break
        claims = [claim]
        if self.chance.happens(TWICE):
            self.again = booker, claim
        elif self.chance.happens(ANOTHER) and (other := next(asks)) is not run:
            more = self._claim(other, self._party(other, booker), booker, at)
            claims += [more] if more else []
        return booker, claims

    def _again(self, at: datetime) -> tuple[Booker, list[Claim]] | None:
        """Somebody who did not trust the first time books the same once more."""
        if self.again is None:
            return None
        (booker, first), self.again = self.again, None
        claim = self._claim(first.run, first.party, booker, at)
        return (booker, [claim]) if claim else None

    def _booker(self) -> Booker:
        name = f"{self.chance.one_of(FIRST_NAMES)} {self.chance.one_of(LAST_NAMES)}"
        channel, made_by = self.chance.one_of(CHANNELS, CHANNEL_WEIGHTS)
        number = self.chance.random.randrange(100_000)
        email = f"{slug(name)}.{number}@example.org"
        return Booker(
            name=name,
            email="" if self.chance.happens(NO_EMAIL[channel]) else email,
            mobile=f"07700 900{self.chance.random.randrange(1000):03d}",
            channel=channel,
            made_by=made_by,
        )

    def _party(self, run: Run, booker: Booker) -> Party:
        group = 0
        if booker.channel == Channel.partner and self.chance.happens(GROUPS):
            group = self.chance.random.randint(3, LARGEST_GROUP)
            group = min(group, self.edition.most_in_group, run.capacity // 2)
        return invent_party(run.kind, self.chance, booker.name, group)

    def _claim(self, run: Run, party: Party, booker: Booker, at: datetime) -> Claim | None:
        """What this party gets of this run: places, a turn in the line, or nothing."""
        if at >= run.starts_at:
            return None
        kind = SHARES.get(booker.channel, AllocationKind.public)
        share_id = run.shares.get(kind, run.shares[AllocationKind.public])
        want = Want(share_id, party.places, len(party.people), party.companions)
        if not run.free.fits(want):
            return self._waiting(run, party, want)
        if self.chance.happens(CANCELLED):
            until = min(self.now, run.starts_at)
            ended_at = at + (until - at) * self.chance.random.random()
            return Claim(run, party, share_id, ReservationState.cancelled, ended_at=ended_at)
        own = run.free.own(want)
        run.free.take(want)
        if run.cancelled:
            state = ReservationState.withdrawn
            return Claim(run, party, share_id, state, ended_at=self.now)
        return Claim(run, party, share_id, ReservationState.confirmed, own=own)

    def _waiting(self, run: Run, party: Party, want: Want) -> Claim | None:
        over = run.starts_at <= self.now or run.cancelled
        if over or not self.chance.happens(WAITS):
            return None
        least = want.places - 1
        if least < 1 or run.free.fits(want.of(least)) or not self.chance.happens(SHORTER):
            least = 0
        state = ReservationState.waiting
        return Claim(run, party, want.share_id, state, least=least or None)

    def _write(
        self, booker: Booker, claims: list[Claim], at: datetime, calendar_domain: str
    ) -> None:
        booking_id = self.rows.add(
            Booking,
            edition_id=self.edition.id,
            reference=self.chance.reference(self.edition.reference_prefix),
            secret_hash=self.chance.secret_hash(),
            channel=booker.channel,
            made_by_id=self.staff.get(booker.made_by),
            name=booker.name,
            name_folded=words.fold(booker.name),
            email=booker.email,
            email_folded=booker.email,
            mobile=booker.mobile,
            created_at=at - timedelta(minutes=4),
            confirmed_at=at,
        )
        ids = [
            write_claim(self.rows, self.chance, claim, booking_id, at, calendar_domain)
            for claim in claims
        ]
        if booker.email:
            self._write_message(booker, booking_id, claims, ids, at)

    def _write_message(
        self, booker: Booker, booking_id: int, claims: list[Claim], ids: list[int], at: datetime
    ) -> None:
        """What told them, long since on its way."""
        booked = any(claim.was_booked for claim in claims)
        lost = self.chance.happens(UNDELIVERED)
        self.rows.add(
            Message,
            kind="booked" if booked else "waiting",
            channel="email",
            recipient=booker.email,
            booking_id=booking_id,
            facts={"reservations": ids},
            state=MessageState.bounced if lost else MessageState.sent,
            message_id=self.chance.uuid(),
            attempts=1,
            created_at=at,
            next_attempt_at=at,
            sent_at=at + timedelta(seconds=3),
            last_error="550 no such mailbox" if lost else "",
        )
