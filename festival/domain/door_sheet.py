"""The list for a door, on paper or kept on a phone: who comes to one run, by surname.

It has names, never an address or a number to reach anybody. What parties need to take part stands
in it on the day alone. Who took one is recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from festival.domain import access_requests, audit, clock, sheets
from festival.domain.access_requests import RunRequests
from festival.domain.attendance import PaperLine, paper_list
from festival.domain.errors import N_, DomainError
from festival.domain.exports import NotInTime, window
from festival.models import Occurrence, OccurrenceState, User

LEAST_BLANK, MOST_BLANK = 6, 20


class NobodyComes(DomainError):
    """The run does not take place."""

    reason = "nobody_comes"


@dataclass(frozen=True)
class DoorSheet:
    """Everything that is printed. ``needs`` is None on any other day, and for who is not told."""

    run: Occurrence
    lines: Sequence[PaperLine]
    made_at: datetime  # aware, UTC
    asks: int  # parties that need something, told on the day
    needs: RunRequests | None
    people: int  # that are expected
    blank: int  # empty lines for people without a booking: for as many as there may be room


def take(run: Occurrence, *, actor: User) -> DoorSheet:
    """The list of this run as it stands now. Raises NobodyComes, NotInTime."""
    now = clock.now()
    if run.state != OccurrenceState.scheduled:
        raise NobodyComes(N_("This date is cancelled. There is no list for the door."))
    first, last = window(run)
    if not first <= now < last:
        raise NotInTime(
            N_("You can have the list from 7 days before the session until 5 days after it.")
        )
    lines = paper_list(run)
    audit.record("door_sheet.taken", run.session, actor=actor, run=run.id, parties=len(lines))
    needs = None
    if sheets.shows_needs(actor, run, now):
        needs = access_requests.look_at_run(run, actor=actor)
    people = sum(line.people for line in lines)
    blank = min(MOST_BLANK, max(LEAST_BLANK, run.legal_capacity - people))
    return DoorSheet(run, lines, now, access_requests.count_of_run(run), needs, people, blank)
