"""The version of the programme: whatever the public reads raises it, and nothing else does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from festival.domain import clock
from festival.domain.finding import Shelf
from festival.domain.finding.shelf import version
from festival.extensions import db, rehearse, write
from festival.models import (
    Edition,
    FestivalSession,
    Image,
    Occurrence,
    OccurrenceState,
    Revision,
    RevisionState,
    RevisionText,
    SessionState,
    Theme,
    Venue,
    Ward,
)
from tests import factories as make
from tests.support.finding import current

pytestmark = pytest.mark.usefixtures("committed_app")


@pytest.fixture
def session(committed_app: object) -> FestivalSession:
    with write():
        make.edition()
        found = make.session(code="E01", theme=make.theme("Music"), capacity=10)
        make.ward()
        db.session.flush()
    return found


def raised_by(change: Callable[[], object]) -> bool:
    before = version()
    with write():
        change()
    return version() != before


def updating(model: Any, **values: Any) -> Callable[[], object]:
    return lambda: db.session.execute(sa.update(model).values(**values))


CHANGES = {
    "a title": updating(RevisionText, title="Louder"),
    "a word": updating(RevisionText, description="Sing louder."),
    "withdrawn": updating(FestivalSession, state=SessionState.withdrawn),
    "for other ages": updating(FestivalSession, age_min=12),
    "off": updating(Occurrence, state=OccurrenceState.cancelled),
    "closed": updating(Occurrence, is_closed=True),
    "fewer places": updating(Occurrence, capacity=9),
    "a venue": updating(Venue, name="Town Hall"),
    "access": updating(Venue, accessible_toilet="yes"),
    "a theme": updating(Theme, name="Singing"),
    "a ward": updating(Ward, latitude=52.6),
    "booking opens": updating(Edition, bookings_open_at=None),
    "booking stops": updating(Edition, booking_paused_at=sa.func.now()),
    "a new date": lambda: make.occurrence(db.session.scalars(sa.select(FestivalSession)).one()),
    "a new session": lambda: make.session(code="E02"),
    "nothing of it is left": lambda: db.session.execute(sa.delete(RevisionText)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_public_reads_raises_it(session: FestivalSession, change: str) -> None:
    assert raised_by(CHANGES[change])


def test_many_changes_at_once(session: FestivalSession) -> None:
    def both() -> None:
        CHANGES["a title"]()
        CHANGES["a venue"]()

    assert raised_by(both)


def draft() -> None:
    made = Revision(
        session_id=db.session.scalars(sa.select(FestivalSession.id)).one(),
        number=2,
        state=RevisionState.draft,
        created_at=clock.now(),
    )
    made.texts = [RevisionText(language="en", title="Not yet")]
    db.session.add(made)
    db.session.flush()
    made.texts[0].title = "Not quite yet"
    db.session.flush()


def test_what_nobody_reads_does_not(session: FestivalSession) -> None:
    assert not raised_by(lambda: make.booking(session.occurrences[0]))
    assert not raised_by(draft)
    assert not raised_by(make.user)


def test_a_change_that_is_taken_back_leaves_it(session: FestivalSession) -> None:
    before = version()
    with rehearse():
        CHANGES["a title"]()
    assert version() == before


def test_a_kept_programme_is_made_anew_after_a_change(session: FestivalSession) -> None:
    shelf = Shelf(30)

    def titles() -> list[str]:
        shown = shelf.take(current, clock.now())
        assert shown is not None
        return [offer.title for offer in shown.index.stock.offers]

    first = shelf.take(current, clock.now())
    again = shelf.take(current, clock.now())
    assert first is not None
    assert again is not None
    assert again.index is first.index
    assert again.mark == first.mark
    with write():
        CHANGES["a title"]()
    assert titles() == ["Louder"]
    with write():
        CHANGES["withdrawn"]()
    assert titles() == []


def test_places_are_said_again_for_some_seconds(session: FestivalSession) -> None:
    run = session.occurrences[0].id

    def places(shelf: Shelf) -> int:
        shown = shelf.take(current, clock.now())
        assert shown is not None
        return shown.standing.free[run].places

    kept, fresh = Shelf(30), Shelf(0)
    before = places(kept)
    assert places(fresh) == before
    with write():
        make.booking(db.session.get_one(Occurrence, run), adults=2)
    assert places(kept) == before
    assert places(fresh) == before - 2


def test_time_alone_makes_a_session_public(
    session: FestivalSession, at: Callable[..., None]
) -> None:
    later = clock.now().replace(microsecond=0) + timedelta(hours=1)
    with write():
        make.session(code="E02", publish_at=later)
    shelf = Shelf(30)

    def count() -> int:
        shown = shelf.take(current, clock.now())
        assert shown is not None
        return len(shown.index.stock.offers)

    assert count() == 1
    at(later)
    assert count() == 2


def test_every_watch_is_there() -> None:
    """A migration that makes a table of SQLite anew loses its triggers, and has to set them."""
    if db.engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    names = set(db.session.scalars(sa.text(query)))
    tables = ("edition", "theme", "ward", "venue", "room", "provider", "festival_session")
    wanted = {
        f"programme_{table}_{event}"
        for table in (*tables, "revision_text", "occurrence")
        for event in ("insert", "update", "delete")
    }
    assert names == {*wanted, "programme_revision_update"}


def test_a_picture(session: FestivalSession) -> None:
    def give() -> None:
        revision = db.session.get_one(Revision, session.published_revision_id)
        revision.image = Image(
            provider_id=session.provider_id,
            digest="0" * 64,
            content_type="image/jpeg",
            data=b"",
            width=1,
            height=1,
            created_at=clock.now(),
        )
        db.session.flush()

    assert raised_by(give)
