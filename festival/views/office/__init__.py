"""The festival team's pages."""

from festival.views.office import (  # noqa: F401 - they add their pages
    addresses,
    audit,
    booking,
    callers,
    calls,
    closing,
    doors,
    edition,
    late,
    offers,
    outbox,
    questions,
    requests,
    review_history,
    review_many,
    review_work,
    runs,
    shares,
    sharing,
    texting,
    wordings,
)
from festival.views.office.desk import blueprint

__all__ = ["blueprint"]
