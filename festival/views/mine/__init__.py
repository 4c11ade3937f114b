"""My bookings: everything under one email address, for whoever reads its mail."""

from festival.views.mine import asking, preferring, showing  # noqa: F401 - they add their pages
from festival.views.mine.opened import blueprint

__all__ = ["blueprint"]
