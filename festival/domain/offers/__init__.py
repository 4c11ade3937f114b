"""What a provider offers, and what the festival team says to it."""

from festival.domain.children import children_come_alone
from festival.domain.offers.deciding import (
    approve,
    decline,
    due_to_publish,
    give_back,
    publish_if_due,
)
from festival.domain.offers.drafting import save_draft, start, withdraw
from festival.domain.offers.finding import (
    offers_of,
    people_of,
    review_queue,
    revision_of,
    rooms,
    waiting,
)
from festival.domain.offers.offer import (
    CHANGED_SINCE,
    OPEN_STATES,
    SAVED_SINCE,
    WORDING,
    Offer,
    SubmissionClosed,
    submissions_open,
    version,
)
from festival.domain.offers.submitting import submit

__all__ = [
    "CHANGED_SINCE",
    "OPEN_STATES",
    "SAVED_SINCE",
    "WORDING",
    "Offer",
    "SubmissionClosed",
    "approve",
    "children_come_alone",
    "decline",
    "due_to_publish",
    "give_back",
    "offers_of",
    "people_of",
    "publish_if_due",
    "review_queue",
    "revision_of",
    "rooms",
    "save_draft",
    "start",
    "submissions_open",
    "submit",
    "version",
    "waiting",
    "withdraw",
]
