"""What a provider offers, and what the festival team says to it."""

from festival.domain.children import children_come_alone
from festival.domain.offers.deciding import (
    approve,
    decline,
    due_to_publish,
    give_back,
    publish_if_due,
)
from festival.domain.offers.drafting import save_draft, save_page, start, withdraw
from festival.domain.offers.finding import (
    offers_of,
    people_of,
    review_queue,
    revision_of,
    rooms,
    waiting,
)
from festival.domain.offers.merging import Merged
from festival.domain.offers.obstacles import (
    CannotApprove,
    InConflict,
    check_conflict,
    in_conflict,
    is_for_children_alone,
    looked_at_by,
    needs_second,
    obstacles,
    offer_of,
    places_and_days,
    proposed,
)
from festival.domain.offers.offer import (
    CHANGED_SINCE,
    HELP,
    OPEN_STATES,
    SAVED_SINCE,
    WORDING,
    Offer,
    OfferedRun,
    SubmissionClosed,
    submissions_open,
    version,
)
from festival.domain.offers.places import propose_place, rooms_for
from festival.domain.offers.proposing import access_field, proposal_of
from festival.domain.offers.reading import Reading, reading_of
from festival.domain.offers.revising import may_revise, newest_of, revise
from festival.domain.offers.runs import (
    DATES,
    Clash,
    check_dates,
    check_runs,
    clashes,
    clashes_of,
    numbered,
)
from festival.domain.offers.small import is_small, only_typos, submit
from festival.domain.offers.submitting import (
    TooManySessions,
    allow_late,
    apply_offer,
    is_first_time,
)
from festival.domain.venues import check_open

__all__ = [
    "CHANGED_SINCE",
    "DATES",
    "HELP",
    "OPEN_STATES",
    "SAVED_SINCE",
    "WORDING",
    "CannotApprove",
    "Clash",
    "InConflict",
    "Merged",
    "Offer",
    "OfferedRun",
    "Reading",
    "SubmissionClosed",
    "TooManySessions",
    "access_field",
    "allow_late",
    "apply_offer",
    "approve",
    "check_conflict",
    "check_dates",
    "check_open",
    "check_runs",
    "children_come_alone",
    "clashes",
    "clashes_of",
    "decline",
    "due_to_publish",
    "give_back",
    "in_conflict",
    "is_first_time",
    "is_for_children_alone",
    "is_small",
    "looked_at_by",
    "may_revise",
    "needs_second",
    "newest_of",
    "numbered",
    "obstacles",
    "offer_of",
    "offers_of",
    "only_typos",
    "people_of",
    "places_and_days",
    "proposal_of",
    "propose_place",
    "proposed",
    "publish_if_due",
    "reading_of",
    "review_queue",
    "revise",
    "revision_of",
    "rooms",
    "rooms_for",
    "save_draft",
    "save_page",
    "start",
    "submissions_open",
    "submit",
    "version",
    "waiting",
    "withdraw",
]
