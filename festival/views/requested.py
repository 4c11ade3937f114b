"""What parties asked for so that they can take part, in words."""

from collections.abc import Sequence
from typing import Any

from festival.domain.access_requests import RunRequests
from festival.forms.access import ADJUSTMENTS
from festival.models import AccessRequest
from festival.views import said, shown


def rows_of(runs: Sequence[RunRequests]) -> list[dict[str, Any]]:
    """Each run with the requests of its parties."""
    return [
        {
            "run": one.occurrence,
            "title": said.title(one.occurrence.session),
            "code": one.occurrence.session.code,
            "question": one.occurrence.session.question,
            "requests": [_request(request) for request in one.requests],
        }
        for one in runs
    ]


def _request(request: AccessRequest) -> dict[str, Any]:
    return {
        "reference": request.reservation.booking.reference,
        "party": shown.party(request.reservation),
        "adjustments": [str(ADJUSTMENTS.get(one, one)) for one in request.adjustments],
        "note": request.note,
        "answer": request.answer,
    }
