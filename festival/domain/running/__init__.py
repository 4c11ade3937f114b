"""What an organiser does with a run that people have booked: more or fewer places, closed, moved,
called off, on again."""

from festival.domain.running.calling_off import cancel_occurrence, reinstate, who_is_told_again
from festival.domain.running.moving import before_of, reschedule
from festival.domain.running.places import (
    AboveLegal,
    BelowBooked,
    close_booking,
    open_booking,
    set_capacity,
)
from festival.domain.running.telling import Told, who_is_told

__all__ = [
    "AboveLegal",
    "BelowBooked",
    "Told",
    "before_of",
    "cancel_occurrence",
    "close_booking",
    "open_booking",
    "reinstate",
    "reschedule",
    "set_capacity",
    "who_is_told",
    "who_is_told_again",
]
