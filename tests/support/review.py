"""Changes of public sessions, and offers that wait, as tests of the review need them."""

from typing import Any

from festival.domain import offers
from festival.domain.offers.submitting import FACTS
from festival.extensions import db
from festival.models import Accompaniment, BookingMode, FestivalSession, Revision, User
from tests import factories

ALONE = {"age_min": 7, "age_max": 11, "accompaniment": Accompaniment.none}


def offer_like(session: FestivalSession, **changes: Any) -> offers.Offer:
    """The offer that would leave this public session as it is, but for these changes."""
    assert session.published_revision is not None
    text = session.published_revision.text()
    words = {name: getattr(text, name) for name in offers.WORDING}
    words |= {name: changes.pop(name) for name in offers.WORDING if name in changes}
    facts = {name: getattr(session, name) for name in FACTS}
    wanted = {"wording": words, "runs": (), "booking_mode": BookingMode.required} | facts
    return offers.Offer(**wanted | {"answers": dict(session.answers)} | changes)


def change(session: FestivalSession, author: User, **changes: Any) -> Revision:
    """A change of this public session, sent in."""
    revision = offers.revise(session, author=author)
    offers.submit(
        revision,
        offer_like(session, **changes),
        author=author,
        calendar_domain=factories.CALENDAR_DOMAIN,
    )
    db.session.flush()
    return revision


def newest(session: FestivalSession) -> Revision:
    """The newest version of this session."""
    return offers.newest_of(session)
