"""A provider's own pages: what they offer, the places of their runs, what people asked for."""

from festival.views.provider import (  # noqa: F401 - they add their pages
    home,
    offers,
    places,
    requests,
    revising,
    runs,
    wizard,
)
from festival.views.provider.blueprint import blueprint

__all__ = ["blueprint"]
