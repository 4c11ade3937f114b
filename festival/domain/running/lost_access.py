"""What was promised about access is not so any more: who counted on it hears of it."""

from collections.abc import Sequence

from festival.domain import audit, clock
from festival.domain.running import notices
from festival.domain.running.calling_off import coming_of
from festival.domain.running.telling import Told, claims_on, tell_each, told_of
from festival.models import ChangeNotice, FestivalSession, NoticeKind, User

KIND = "access_changed"


def who_is_told_of_access(session: FestivalSession) -> Told:
    """Who would hear that something promised about access is not so any more."""
    return told_of(claims_on(*coming_of(session, clock.now())), KIND)


def access_changed(
    session: FestivalSession, *, lost: Sequence[str], reason: str, actor: User | None
) -> list[ChangeNotice]:
    """Tell everybody who has places, or waits, on the coming dates of this session that these
    provisions (``lost``, in words) are not there any more, and why. A notice for each date."""
    now = clock.now()
    runs = coming_of(session, now)
    made = []
    for run in runs:
        claims = claims_on(run)
        notice = notices.post(
            run,
            NoticeKind.access,
            now=now,
            actor=actor,
            reason=reason,
            before={"access": list(lost)},
        )
        notices.keep_told(notice, told_of(claims, KIND))
        made.append(notice)
    if made:
        tell_each(claims_on(*runs), KIND, notice=made[0], lost=list(lost), reason=made[0].reason)
    audit.record("session.access_lost", session, actor=actor, lost=list(lost))
    return made
