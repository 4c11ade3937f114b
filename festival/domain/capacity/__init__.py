"""Places: how many are free, who takes them, giving them back, and who is next in line.

Rule 1 (never more than the capacity, a share or the room's legal capacity) is kept by conditional
updates and by named CHECKs in the database. Rule 2 (a freed place belongs to the waiting list
first) and rule 12 (time does its work without timers) by two functions that do the same sums:
``availability`` reads, ``settle`` makes it so under the lock. Locks are taken in one order:
occurrences by id, then allocations, then reservations.
"""

from festival.domain.capacity.free import Free, Turn, Want, free_of, plan, public_share, share_for
from festival.domain.capacity.gates import (
    LAST_CALL,
    SENTENCES,
    BookingClosed,
    check_open,
    closes_at,
    is_last_call,
    list_is_over,
    list_is_served,
    offer_deadline,
    opens_at,
    why_not,
)
from festival.domain.capacity.reading import Availability, availabilities, availability, ran_out
from festival.domain.capacity.settling import (
    back_in_line,
    could_be_offered,
    due_to_settle,
    forget_unmet,
    lock,
    lock_and_settle,
    offer_what_is_free,
    record_unmet,
    settle,
)
from festival.domain.capacity.taking import (
    NoPlacesLeft,
    RoomFull,
    check_fits,
    give_all_back,
    give_back,
    take,
    want,
)

__all__ = [
    "LAST_CALL",
    "SENTENCES",
    "Availability",
    "BookingClosed",
    "Free",
    "NoPlacesLeft",
    "RoomFull",
    "Turn",
    "Want",
    "availabilities",
    "availability",
    "back_in_line",
    "check_fits",
    "check_open",
    "closes_at",
    "could_be_offered",
    "due_to_settle",
    "forget_unmet",
    "free_of",
    "give_all_back",
    "give_back",
    "is_last_call",
    "list_is_over",
    "list_is_served",
    "lock",
    "lock_and_settle",
    "offer_deadline",
    "offer_what_is_free",
    "opens_at",
    "plan",
    "public_share",
    "ran_out",
    "record_unmet",
    "settle",
    "share_for",
    "take",
    "want",
    "why_not",
]
