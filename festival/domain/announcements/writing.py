"""Writing an announcement: it goes at once, or waits until the team has looked."""

from collections.abc import Sequence
from datetime import date, time, timedelta

import sqlalchemy as sa

from festival.domain import audit, capacity, clock
from festival.domain.announcements.hearing import (
    booked,
    bookings_of,
    bounds,
    comes,
    is_too_many,
    runs_between,
    told,
)
from festival.domain.announcements.words import KIND, TEMPLATES, Words
from festival.domain.errors import N_, NotAllowed
from festival.domain.running.telling import tell_each, told_of
from festival.extensions import db
from festival.models import Announcement, AnnouncementState, Edition, Occurrence, User, Venue

MOST_A_DAY = 3  # by an organisation, about one date


def announce(
    occurrence_id: int, said: Words, *, key: str, actor: User, limited: bool = True
) -> Announcement:
    """Say this to everybody who has booked this date: at once, or once the team has looked. With
    the same ``key`` again it is the first one. ``limited``: no more than MOST_A_DAY in a day.

    Raises NotToSend, NotAllowed where it is over, called off, or was enough for today.
    """
    said.check()
    (run,) = [one for one in capacity.lock([occurrence_id]) if one.id == occurrence_id]
    if (written := _with_key(key, said, occurrence_id=occurrence_id)) is not None:
        return written
    if not comes(run):
        raise NotAllowed(N_("This date is over, or it is cancelled. There is nobody to tell."))
    if limited and _today(run) >= MOST_A_DAY:
        raise NotAllowed(
            N_("You wrote %(most)s times about this date today. Please call us."),
            most=str(MOST_A_DAY),
        )
    made = _write(said, key, actor, edition_id=run.session.edition_id, occurrence_id=run.id)
    if not said.waits:
        send(made, [run], actor)
    return made


def broadcast(
    edition: Edition,
    day: date,
    venue: Venue | None,
    said: Words,
    *,
    key: str,
    actor: User,
    first: time | None = None,
    last: time | None = None,
) -> Announcement:
    """The team says this to everybody who has booked something on this day, at one venue or
    everywhere: see ``runs_between``. To more than SECOND_LOOK bookings it goes once somebody else
    of the team has looked. With the same ``key`` again it is the first one.

    Raises NotToSend, NotAllowed where nothing takes place.
    """
    said.check()
    db.session.refresh(edition, with_for_update={"key_share": True})
    from_at, until_at = bounds(edition, day, first, last)
    about = {"venue_id": venue.id if venue else None, "from_at": from_at, "until_at": until_at}
    if (written := _with_key(key, said, **about)) is not None:
        return written
    runs = runs_between(edition, day, venue, first, last)
    if not runs:
        raise NotAllowed(N_("Nothing takes place there on this day any more."))
    made = _write(said, key, actor, edition_id=edition.id, **about)
    if not is_too_many(told(runs)):
        send(made, runs, actor)
    return made


def _with_key(key: str, said: Words, **about: object) -> Announcement | None:
    """What was written with this key. Raises NotAllowed where it said something else: whoever went
    back to change it must not believe that the change was sent."""
    found = db.session.scalar(sa.select(Announcement).where(Announcement.key == key))
    if found is None:
        return None
    asked = {"template": said.template, **about}
    if found.minutes is not None:
        asked["minutes"] = said.minutes
    if found.state == AnnouncementState.proposed or not said.own.strip():
        asked["words"] = said.own.strip()  # the team may have put others right
    if any(getattr(found, name) != value for name, value in asked.items()):
        raise NotAllowed(
            N_("You sent something from this page already. Open it again to write more.")
        )
    return found


def _today(run: Occurrence) -> int:
    """How many were written about it in the last 24 hours, but for those that were declined."""
    query = sa.select(sa.func.count()).where(
        Announcement.occurrence_id == run.id,
        Announcement.state != AnnouncementState.declined,
        Announcement.created_at > clock.now() - timedelta(days=1),
    )
    return db.session.scalar(query) or 0


def _write(said: Words, key: str, actor: User, **about: object) -> Announcement:
    made = Announcement(
        template=said.template,
        minutes=said.minutes if TEMPLATES[said.template].in_minutes else None,
        words=said.own.strip(),
        key=key,
        created_at=clock.now(),
        created_by_id=actor.id,
        told={},
        **about,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("announcement.written", made, actor=actor, template=said.template)
    return made


def send(made: Announcement, runs: Sequence[Occurrence], actor: User) -> None:
    """Hand it to the outbox, for everybody who has places on these dates."""
    claims = booked(runs)
    who = told_of(claims, KIND)
    made.state = AnnouncementState.sent
    made.decided_at, made.decided_by_id = clock.now(), actor.id
    made.told = {name: getattr(who, name) for name in ("email", "sms", "call", "nobody", "booked")}
    tell_each(
        claims,
        KIND,
        announcement=made,
        template=made.template,
        minutes=made.minutes,
        words=made.words,
    )
    db.session.flush()
    audit.record("announcement.sent", made, actor=actor, told=bookings_of(who))
