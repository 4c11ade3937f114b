"""What an order says of one run, as rows: the reservation, its people, its ticket."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from festival.domain.demonstration.synthetic.chance import Chance
from festival.domain.demonstration.synthetic.kinds import Party
from festival.domain.demonstration.synthetic.rows import Rows
from festival.domain.demonstration.synthetic.sessions import Run
from festival.models import AccessRequest, Attendee, Reservation, ReservationState, Ticket

ASKS = 0.07  # of all parties ask for something, so that they can take part
NOTES = (
    "A seat near the door, please.",
    "I read lips, so I sit where I can see who is speaking.",
    "Please send the handout before, in large print.",
    "We come with a wide wheelchair.",
    "Somewhere quiet to go out to, if it gets loud.",
)


@dataclass(frozen=True)
class Claim:
    """What a party has of a run."""

    run: Run
    party: Party
    share_id: int
    state: ReservationState
    own: int = 0  # places from its own share
    least: int | None = None
    ended_at: datetime | None = None

    @property
    def was_booked(self) -> bool:
        return self.state != ReservationState.waiting


def write_claim(
    rows: Rows, chance: Chance, claim: Claim, booking_id: int, at: datetime, calendar_domain: str
) -> int:
    """Its rows; the reservation's id."""
    party, ended = claim.party, claim.ended_at
    reservation_id = rows.add(
        Reservation,
        booking_id=booking_id,
        occurrence_id=claim.run.occurrence_id,
        allocation_id=claim.share_id,
        state=claim.state,
        places=party.places,
        own_places=claim.own,
        people=len(party.people),
        companions=party.companions,
        waiting_since=None if claim.was_booked else at,
        least_places=claim.least,
        created_at=at - timedelta(minutes=4),
        confirmed_at=at if claim.was_booked else None,
        ended_at=ended,
        calendar_uid=f"{chance.uuid()}@{calendar_domain}",
        calendar_sequence=int(ended is not None),
        revised_at=ended or at,
    )
    for number, (person, takes_place) in enumerate(
        zip(party.people, party.takes, strict=True), start=1
    ):
        rows.add(
            Attendee,
            reservation_id=reservation_id,
            kind=person.kind,
            person=number,
            name=person.name,
            age=person.age,
            takes_place=takes_place,
        )
    if claim.was_booked:
        rows.add(
            Ticket,
            reservation_id=reservation_id,
            number=chance.ticket_number(),
            people=len(party.people),
            issued_at=at,
        )
    if chance.happens(ASKS):
        rows.add(
            AccessRequest,
            reservation_id=reservation_id,
            adjustments=[],
            note=chance.one_of(NOTES),
            consented_at=at,
            changed_at=at,
        )
    return reservation_id
