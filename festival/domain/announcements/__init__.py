"""Service words to everybody who booked: written by who runs a session, looked at by the team, and
sent at once where they cannot wait.

What comes from a template alone goes at once: somebody who is late cannot wait for the team. Words
of one's own are looked at first. Nobody hears of one announcement twice, however many of its dates
they have booked, and nobody hears but for what they have booked.
"""

from festival.domain.announcements.deciding import approve, decline
from festival.domain.announcements.hearing import (
    SECOND_LOOK,
    bookings_of,
    is_about,
    is_too_many,
    runs_between,
    runs_of,
    told,
)
from festival.domain.announcements.reading import every, get, heard_by, of_run, waiting
from festival.domain.announcements.words import (
    MOST_LETTERS,
    MOST_MINUTES,
    TEMPLATES,
    NotToSend,
    Template,
    Words,
    doubts,
)
from festival.domain.announcements.writing import MOST_A_DAY, announce, broadcast

__all__ = [
    "MOST_A_DAY",
    "MOST_LETTERS",
    "MOST_MINUTES",
    "SECOND_LOOK",
    "TEMPLATES",
    "NotToSend",
    "Template",
    "Words",
    "announce",
    "approve",
    "bookings_of",
    "broadcast",
    "decline",
    "doubts",
    "every",
    "get",
    "heard_by",
    "is_about",
    "is_too_many",
    "of_run",
    "runs_between",
    "runs_of",
    "told",
    "waiting",
]
