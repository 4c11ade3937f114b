"""The festival team's pages."""

from festival.views.office import (  # noqa: F401 - they add their pages
    addresses,
    announcements,
    audit,
    board,
    booking,
    call,
    callers,
    calls,
    closing,
    doors,
    duty,
    edition,
    late,
    offers,
    other_forms,
    outbox,
    providers,
    questions,
    requests,
    review_history,
    review_many,
    review_work,
    rooms,
    runs,
    shares,
    sharing,
    shifts,
    staffing,
    texting,
    venues,
    wishes,
    wordings,
)
from festival.views.office.desk import blueprint

__all__ = ["blueprint"]
