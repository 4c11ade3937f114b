"""What is forgotten, and when: the promises of the privacy page, kept by upkeep.

Thirty days after a session what a party asked for is gone, with its answer to the session's
question; of children only the band of their age is kept, of companions only that they came; what
people without a booking said of themselves is gone. Addresses under which nothing is booked any
more are forgotten, with what was preferred there. Who asked for something in another way is
forgotten thirty days after it was done, or after the festival. How to reach who told us what they
would like to learn goes thirty days after the festival, if it was not answered before; their words,
and what was typed into searches that found nothing, after a year.
"""

from collections import Counter as Sums
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from festival.domain import wishes
from festival.domain.contacts import fold_phone
from festival.domain.observations import empty_search_key
from festival.extensions import db
from festival.models import (
    AccessRequest,
    Attendee,
    AttendeeKind,
    Booking,
    Contact,
    ContactKind,
    Counter,
    DoorPass,
    Edition,
    EmptySearch,
    Feedback,
    FormRequest,
    IdempotencyKey,
    Invitation,
    Occurrence,
    Reservation,
    Shift,
    User,
    WalkUp,
    Wish,
)

AFTER_SESSION = timedelta(days=30)
AFTER_FESTIVAL = timedelta(days=30)
OTHER_FORM_KEPT = timedelta(days=30)
FIRST_ANSWERS_KEPT = timedelta(days=7)  # longer than anybody tries again
CONTACT_KEPT = timedelta(days=30)  # without a booking
INVITED_KEPT = timedelta(days=90)  # who did not come, after the link's time
WORDS_KEPT = timedelta(days=365)  # of what people said; the numbers stay
BANDS = ((4, "0-4"), (10, "5-10"), (15, "11-15"), (17, "16-17"))


def age_band(age: int) -> str:
    """The band of a child's age in whole years: 0-4, 5-10, 11-15, 16-17."""
    return next((band for last, band in BANDS if age <= last), "")


def forget(now: datetime) -> dict[str, int]:
    """Forget what need not be known any more at ``now`` (aware); how many rows of each kind."""
    over = (
        sa.select(Reservation.id)
        .join(Occurrence, Reservation.occurrence_id == Occurrence.id)
        .where(Occurrence.ends_at < now - AFTER_SESSION)
    )
    asked = sa.delete(AccessRequest).where(AccessRequest.reservation_id.in_(over))
    answers = sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < now - FIRST_ANSWERS_KEPT)
    wished = sa.select(Wish.id).where(Wish.created_at < now - FIRST_ANSWERS_KEPT)
    forms = sa.delete(Counter).where(
        Counter.name.startswith(wishes.FORM), Counter.value.in_(wished)
    )
    return {
        "access requests": _run(asked),
        "children and companions": _run(_forget_people(over)),
        "walk-ups": _run(sa.delete(WalkUp).where(WalkUp.created_at < now - AFTER_SESSION)),
        "volunteers": _forget_volunteers(now),
        "first answers": _run(answers) + _run(forms),
        "codes": _run(_forget_codes(now)),
        "addresses": _forget_contacts(now),
        "invitations": _run(_forget_invited(now)),
        "feedback in words": _run(_forget_words(now)),
        "contacts of wishes": _run(_forget_who_wished(now)),
        "wishes in words": _run(_forget_wishes(now)),
        "searches in words": _forget_searches(now),
        "requests for another form": _run(_forget_other_forms(now)),
    }


def _forget_volunteers(now: datetime) -> int:
    """How volunteers were called; that somebody was on stays, for the scan log."""
    over = sa.and_(Shift.until_at < now - AFTER_SESSION, Shift.volunteer != "")
    passes = sa.select(Shift.door_pass_id).where(over)
    _run(sa.update(DoorPass).where(DoorPass.id.in_(passes)).values(label=""))
    return _run(sa.update(Shift).where(over).values(volunteer=""))


def _forget_codes(now: datetime) -> sa.Update:
    """Codes whose time is over."""
    over = Contact.code_until <= now
    return sa.update(Contact).where(over).values(code_nonce="", code_until=None, code_tries=0)


def _forget_contacts(now: datetime) -> int:
    """Addresses nobody books with and nobody signs in with. Numbers stand in bookings as they were
    typed, so those are compared here."""
    old = Contact.created_at < now - CONTACT_KEPT
    booked = sa.exists().where(Booking.email_folded == Contact.address)
    staff = sa.exists().where(sa.func.lower(User.email) == Contact.address)
    emails = sa.delete(Contact).where(old, Contact.kind == ContactKind.email, ~booked, ~staff)
    query = sa.select(Contact.id, Contact.address).where(old, Contact.kind == ContactKind.phone)
    phones = dict(db.session.execute(query).all())
    if phones:
        typed = db.session.scalars(sa.select(Booking.mobile).where(Booking.mobile != "").distinct())
        known = {fold_phone(one) for one in typed}
        phones = {number: one for number, one in phones.items() if one not in known}
    gone = sa.delete(Contact).where(Contact.id.in_(phones))
    return _run(emails) + (_run(gone) if phones else 0)


def _forget_invited(now: datetime) -> sa.Delete:
    """Who was asked to bring an organisation, or registered one, and never came."""
    over = Invitation.until_at < now - INVITED_KEPT
    return sa.delete(Invitation).where(over, Invitation.used_at.is_(None))


def _forget_words(now: datetime) -> sa.Update:
    """What was said in words a year ago; how many found it good stays."""
    old = sa.and_(Feedback.created_at < now - WORDS_KEPT, Feedback.words != "")
    return sa.update(Feedback).where(old).values(words="")


def _forget_who_wished(now: datetime) -> sa.Update:
    """How to reach those who told us what they would like to learn, after their festival."""
    last = (now - AFTER_FESTIVAL).date()
    over = sa.select(Edition.id).where(Edition.ends_on < last)
    kept = sa.and_(Wish.edition_id.in_(over), Wish.contact != "")
    return sa.update(Wish).where(kept).values(contact="")


def _forget_wishes(now: datetime) -> sa.Update:
    """What was wished for in words a year ago; that somebody wished for it stays."""
    old = sa.and_(Wish.created_at < now - WORDS_KEPT, Wish.words != "")
    return sa.update(Wish).where(old).values(words="")


def _forget_searches(now: datetime) -> int:
    """What was typed into searches of a year ago; how many there were on a day stays. The words are
    part of what a row is known by, so those of a day, a theme and a ward become one."""
    old = sa.and_(EmptySearch.day < (now - WORDS_KEPT).date(), EmptySearch.words != "")
    rows = list(db.session.scalars(sa.select(EmptySearch).where(old)))
    sums: Sums[tuple[Any, ...]] = Sums()
    for one in rows:
        sums[one.edition_id, one.day, one.theme_id, one.ward_id] += one.times
        db.session.delete(one)
    db.session.flush()
    for (edition, day, theme, ward), times in sums.items():
        key = empty_search_key(edition, day, theme, ward, "")
        kept = db.session.get(EmptySearch, key)
        if kept is None:
            kept = EmptySearch(
                key=key,
                edition_id=edition,
                day=day,
                theme_id=theme,
                ward_id=ward,
                words="",
                times=0,
            )
            db.session.add(kept)
        kept.times += times
    db.session.flush()
    return len(rows)


def _forget_other_forms(now: datetime) -> sa.Update:
    """Who asked for something in another way, and their words: thirty days after it was done. What
    nobody did goes thirty days after the festival, or after it was asked if that was later."""
    last = now - OTHER_FORM_KEPT
    over = sa.select(Edition.id).where(Edition.ends_on < last.date())
    given_up = sa.and_(FormRequest.edition_id.in_(over), FormRequest.created_at < last)
    told = sa.or_(FormRequest.name != "", FormRequest.contact != "", FormRequest.words != "")
    update = sa.update(FormRequest).where(sa.or_(FormRequest.done_at < last, given_up), told)
    return update.values(name="", contact="", words="")


def _forget_people(over: "sa.Select[int]") -> sa.Update:
    """Of children the band of their age stays, and no name; of companions that they came."""
    band = sa.case(*((Attendee.age <= last, band) for last, band in BANDS), else_=Attendee.age_band)
    return (
        sa.update(Attendee)
        .where(
            Attendee.reservation_id.in_(over),
            Attendee.kind.in_((AttendeeKind.child, AttendeeKind.companion)),
            sa.or_(Attendee.age.is_not(None), Attendee.name != ""),
        )
        .values(age_band=band, age=None, name="")
    )


def _run(statement: sa.Update | sa.Delete) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", done).rowcount
