"""A booking afterwards: find it, see it, its tickets and calendar, change one's mind about it,
answer offers. All of it by signed link."""

from festival.views.bookings import (  # noqa: F401 - they add their pages
    calendar,
    cancelling,
    changing,
    contact,
    finding,
    instead,
    joining,
    moving,
    offers,
    showing,
    tickets,
)
from festival.views.bookings.opened import blueprint

__all__ = ["blueprint"]
