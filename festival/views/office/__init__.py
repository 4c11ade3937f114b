"""The festival team's pages."""

from festival.views.office import (  # noqa: F401 - they add their pages
    addresses,
    audit,
    booking,
    callers,
    calls,
    closing,
    doors,
    duty,
    edition,
    late,
    offers,
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
    staffing,
    texting,
    venues,
    wordings,
)
from festival.views.office.desk import blueprint

__all__ = ["blueprint"]
