"""What is printed for a session: a poster, one that says that a date is cancelled, the list for the
door. Who may have them, and from when to when."""

from datetime import datetime

from festival.domain.accounts import may_know_needs, member_of
from festival.models import (
    FestivalSession,
    Occurrence,
    Office,
    User,
)


def may_print(user: User, session: FestivalSession) -> bool:
    """Who may have what hangs where everybody reads it: the organisation's people, and of the team
    who reviews and who helps on the day."""
    ours = member_of(user, session.provider_id) is not None
    return ours or user.holds(Office.reviewer, Office.duty_manager, Office.administrator)


def shows_needs(user: User, occurrence: Occurrence, now: datetime) -> bool:
    """Whether the list says what parties need to take part: it is told to the organisation in
    confidence, so to no others; and on the day of the run, not weeks before."""
    if not may_know_needs(user, occurrence.session):
        return False
    return is_its_day(occurrence, now)


def is_its_day(occurrence: Occurrence, now: datetime) -> bool:
    """Whether this is the day it takes place, where the festival is."""
    zone = occurrence.session.edition.zone
    return occurrence.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
