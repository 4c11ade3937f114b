"""What is printed for a session: a poster, one that says that a date is cancelled, the list for the
door. Who may have them, and from when to when."""

from datetime import datetime, timedelta

from festival.domain.accounts import may_edit_session, member_of
from festival.models import (
    FestivalSession,
    MembershipRole,
    Occurrence,
    Office,
    User,
)

BEFORE, AFTER = timedelta(days=7), timedelta(days=5)


def may_print(user: User, session: FestivalSession) -> bool:
    """Who may have what hangs where everybody reads it: the organisation's people, and of the team
    who reviews and who helps on the day."""
    ours = member_of(user, session.provider_id) is not None
    return ours or user.holds(Office.reviewer, Office.duty_manager, Office.administrator)


def may_have_list(user: User, session: FestivalSession) -> bool:
    """Who may ever have the list of who comes: the organisation's people, whoever helps on the
    day. Reviewers need no names."""
    ours = member_of(user, session.provider_id) is not None
    return ours or user.holds(Office.duty_manager, Office.administrator)


def opens(occurrence: Occurrence) -> tuple[datetime, datetime]:
    """From when to when who only stands at the door may have the list of a run."""
    return occurrence.starts_at - BEFORE, occurrence.ends_at + AFTER


def has_list_now(user: User, occurrence: Occurrence, now: datetime) -> bool:
    """Whether the time is right for this person: always, but for who only stands at the door."""
    at_door = member_of(user, occurrence.session.provider_id) == MembershipRole.door
    if not at_door or user.holds(Office.duty_manager, Office.administrator):
        return True
    begins, ends = opens(occurrence)
    return begins <= now <= ends


def shows_needs(user: User, occurrence: Occurrence, now: datetime) -> bool:
    """Whether the list says what parties need to take part: it is told to the organisation in
    confidence, so to no others; and from the day before to the end of the run, not weeks before."""
    if member_of(user, occurrence.session.provider_id) is None:
        return False
    from_ = timedelta(days=1) if may_edit_session(user, occurrence.session) else timedelta(hours=12)
    return occurrence.starts_at - from_ <= now <= occurrence.ends_at + timedelta(hours=1)
