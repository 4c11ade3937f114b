"""A provider's own pages: what they offer, the places of their runs, what people asked for."""

from festival.views.provider import (  # noqa: F401 - they add their pages
    announce,
    attendance,
    day,
    door_sheet,
    export,
    home,
    images,
    inviting,
    layout,
    offers,
    organisation,
    people,
    places,
    register,
    report,
    requests,
    revising,
    rollover,
    runs,
    sheets,
    wizard,
)
from festival.views.provider.blueprint import blueprint

__all__ = ["blueprint"]
