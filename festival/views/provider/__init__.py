"""A provider's own pages: what they offer, the places of their runs, what people asked for."""

from festival.views.provider import (  # noqa: F401 - they add their pages
    home,
    images,
    inviting,
    offers,
    organisation,
    people,
    places,
    register,
    requests,
    revising,
    runs,
    sheets,
    wizard,
)
from festival.views.provider.blueprint import blueprint

__all__ = ["blueprint"]
