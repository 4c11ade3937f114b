"""Where the endpoints of version 1 are."""

from typing import Any

from festival.views.api.reading import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

ID = "<int(min=1, max=2147483647):{}>"  # as large as an id can be: a larger one is nobody's
RUN = ID.format("occurrence_id")
BOOKING = "/bookings/<reference>"
RESERVATION = f"{BOOKING}/reservations/{ID.format('reservation_id')}"


def filed(group: str) -> dict[str, Any]:
    """Under which heading the description has an endpoint."""
    return {"tags": [group]}
