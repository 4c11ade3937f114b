"""A provider's own pages: what they offer, the places of their runs, what people asked for."""

from festival.views.provider import home, offers, requests, revising, runs  # noqa: F401 - they add their pages
from festival.views.provider.blueprint import blueprint

__all__ = ["blueprint"]
