"""What an organiser does with a run that people have booked: more or fewer places, closed, moved,
called off, on again; who hears of it, and how it is taken back."""

from festival.domain.running.access import AccessAtRisk, may_agree
from festival.domain.running.calling_off import (
    at_venue,
    cancel_occurrence,
    cancel_runs,
    coming_of,
    reinstate,
    who_is_told_again,
)
from festival.domain.running.lost_access import access_changed, who_is_told_of_access
from festival.domain.running.moving import before_of, reschedule
from festival.domain.running.overlaps import overlaps
from festival.domain.running.places import (
    AboveLegal,
    BelowBooked,
    close_booking,
    open_booking,
    set_capacity,
)
from festival.domain.running.telling import Told, who_is_told, who_is_told_of_all
from festival.domain.running.undoing import undo

__all__ = [
    "AboveLegal",
    "AccessAtRisk",
    "BelowBooked",
    "Told",
    "access_changed",
    "at_venue",
    "before_of",
    "cancel_occurrence",
    "cancel_runs",
    "close_booking",
    "coming_of",
    "may_agree",
    "open_booking",
    "overlaps",
    "reinstate",
    "reschedule",
    "set_capacity",
    "undo",
    "who_is_told",
    "who_is_told_again",
    "who_is_told_of_access",
    "who_is_told_of_all",
]
