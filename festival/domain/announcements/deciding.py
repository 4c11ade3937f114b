"""The team's look at an announcement before it goes."""

import sqlalchemy as sa

from festival.domain import audit, clock, outbox
from festival.domain.announcements.hearing import runs_of
from festival.domain.announcements.words import NotToSend, Words
from festival.domain.announcements.writing import send
from festival.domain.errors import N_, NotAllowed, NotFound
from festival.extensions import db
from festival.models import Announcement, AnnouncementState, User


def approve(announcement_id: int, *, own: str, seen: str, actor: User) -> Announcement:
    """Send it, with these words of its own (put right where need be). ``seen`` are the words that
    were looked at.

    Raises NotFound, NotToSend, and NotAllowed where it was decided already, was changed meanwhile,
    is over, or is the actor's own.
    """
    found = _to_decide(announcement_id, actor)
    if found.words.splitlines() != seen.splitlines():  # browsers end lines as they like
        raise NotAllowed(N_("Somebody has changed these words since you looked. Look again."))
    Words(found.template, found.minutes, own).check()
    runs = runs_of(found)
    if not runs:
        raise NotAllowed(N_("This date is over, or it is cancelled. There is nobody to tell."))
    if own.strip() != found.words:
        found.words = own.strip()
        audit.record("announcement.reworded", found, actor=actor)
    send(found, runs, actor)
    return found


def decline(announcement_id: int, comment: str, *, actor: User) -> Announcement:
    """Do not send it, and say why to who wrote it. Raises NotFound, NotToSend, NotAllowed."""
    if not comment.strip():
        raise NotToSend(N_("Say why, so that they can write it anew."), field="comment")
    found = _to_decide(announcement_id, actor)
    found.state = AnnouncementState.declined
    found.comment = comment.strip()
    found.decided_at, found.decided_by_id = clock.now(), actor.id
    db.session.flush()
    if found.created_by is not None:
        outbox.queue(
            "announcement_declined",
            found.created_by.email,
            announcement=found.id,
            name=found.created_by.name,
        )
    audit.record("announcement.declined", found, actor=actor)
    return found


def _to_decide(announcement_id: int, actor: User) -> Announcement:
    query = (
        sa.select(Announcement)
        .where(Announcement.id == announcement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(N_("There is no such message."))
    if found.state != AnnouncementState.proposed:
        raise NotAllowed(N_("Somebody else has decided on this already."))
    if found.created_by_id == actor.id:
        raise NotAllowed(N_("You wrote this. Somebody else must look at it."))
    return found
