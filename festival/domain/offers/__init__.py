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
from festival.domain.offers.runs import (
    DATES,
    Clash,
    check_dates,
    check_runs,
    clashes,
    clashes_of,
    numbered,
)
from festival.domain.offers.submitting import (
    TooManySessions,
    allow_late,
    apply_offer,
    is_first_time,
    submit,
)
from festival.domain.venues import check_open

__all__ = [
    "CHANGED_SINCE",
    "DATES",
    "HELP",
    "OPEN_STATES",
    "SAVED_SINCE",
    "WORDING",
    "Clash",
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
    "check_dates",
    "check_open",
    "check_runs",
    "children_come_alone",
    "clashes",
    "clashes_of",
    "decline",
    "due_to_publish",
    "give_back",
    "is_first_time",
    "numbered",
    "offers_of",
    "people_of",
    "proposal_of",
    "propose_place",
    "publish_if_due",
    "reading_of",
    "review_queue",
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
