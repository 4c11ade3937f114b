"""Somebody asks for what a page says in another way: large print, easy read, their language. A task
of the team, with a day by which they hear from us."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from festival.domain import audit, clock
from festival.domain.errors import N_, NotAllowed, NotFound
from festival.extensions import db
from festival.models import Edition, FormRequest, OtherForm, User

WORKING_DAYS = 5
SATURDAY = 5
MOST = 200  # that are shown at once
MOST_DONE = 50
TWICE = timedelta(hours=1)  # the same words again so soon are the same request
LONGEST = {"language": 60, "words": 1000, "name": 120, "contact": 300, "outcome": 300}


def due_on(asked_at: datetime, edition: Edition) -> date:
    """The day by which somebody who asks at this moment hears from us: the fifth working day after
    the day it is in the festival's own zone. Working days are Monday to Friday; bank holidays count
    as working days, because we know of none. The team then has a little less time, and the promise
    stands."""
    day, left = asked_at.astimezone(edition.zone).date(), WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def ask(
    edition: Edition,
    *,
    form: OtherForm,
    language: str,
    about: str,
    words: str,
    name: str,
    contact: str,
) -> FormRequest:
    """Keep what somebody asks for, with its day. The same once more within the hour, as a second
    press of the button sends it, is the first one."""
    now = clock.now()
    db.session.refresh(edition, with_for_update=True)  # two presses at once come one by one
    facts = {
        "edition_id": edition.id,
        "form": form,
        "language": language if form == OtherForm.language else "",
        "about": about,
        "words": words,
        "name": name,
        "contact": contact,
    }
    same = sa.select(FormRequest).filter_by(**facts, done_at=None)
    before = db.session.scalar(same.where(FormRequest.created_at > now - TWICE).limit(1))
    if before is not None:
        return before
    made = FormRequest(**facts, created_at=now, due_on=due_on(now, edition))
    db.session.add(made)
    db.session.flush()
    audit.record("other_form.asked", made, actor=None)
    return made


def open_requests() -> Sequence[FormRequest]:
    """What is to be done, what is due first at the top; of every edition, so that nothing that was
    promised is lost when the next one begins."""
    query = sa.select(FormRequest).where(FormRequest.done_at.is_(None))
    return list(db.session.scalars(query.order_by(FormRequest.due_on, FormRequest.id).limit(MOST)))


def done_requests() -> Sequence[FormRequest]:
    """What was done last, the newest first."""
    query = sa.select(FormRequest).where(FormRequest.done_at.is_not(None))
    newest = query.order_by(FormRequest.done_at.desc(), FormRequest.id.desc())
    return list(db.session.scalars(newest.limit(MOST_DONE)))


def get(request_id: int) -> FormRequest | None:
    """One of them, done or not."""
    return db.session.get(FormRequest, request_id)


def count_open(now: datetime, edition: Edition | None) -> tuple[int, int]:
    """How many there are to do, and how many of them are overdue."""
    is_open = FormRequest.done_at.is_(None)
    number = sa.func.count(FormRequest.id)
    if edition is None:
        return db.session.scalar(sa.select(number).where(is_open)) or 0, 0
    late = sa.func.sum(sa.case((FormRequest.due_on < today(now, edition), 1), else_=0))
    found, overdue = db.session.execute(sa.select(number, late).where(is_open)).one()
    return found, overdue or 0


def today(now: datetime, edition: Edition) -> date:
    """The day it is where the festival is."""
    return now.astimezone(edition.zone).date()


def finish(request_id: int, outcome: str, *, actor: User) -> FormRequest:
    """It is done, and this came of it. Raises NotFound, and NotAllowed where somebody was first."""
    request = db.session.get(FormRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotFound(N_("There is no such request."))
    if request.done_at is not None:
        raise NotAllowed(N_("Somebody has marked this as done already."))
    request.done_at, request.done_by_id, request.outcome = clock.now(), actor.id, outcome
    db.session.flush()
    audit.record("other_form.done", request, actor=actor)
    return request
