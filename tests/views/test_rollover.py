"""Sessions of an earlier festival are offered again."""

from datetime import date, timedelta

import pytest
from flask import Flask

from festival.domain import offers, rollover
from festival.extensions import db
from festival.models import (
    Closure,
    Edition,
    FestivalSession,
    Provider,
    RevisionState,
    VenueState,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import at_hour, occurrence_of
from tests.support.client import PageResponse

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def last_year(edition: Edition) -> Edition:
    """From a Saturday, for sixteen days; this year's begins on a Saturday too and has nine."""
    edition.starts_on, edition.ends_on = date(2031, 6, 7), date(2031, 6, 15)
    made = factories.edition(
        name="Last year", starts_on=date(2030, 6, 1), ends_on=date(2030, 6, 16), is_current=False
    )
    db.session.commit()
    return made


def of_last_year(
    edition: Edition, provider: Provider, *, day: int = 4, **facts: object
) -> FestivalSession:
    starts_at = at_hour(edition, hour=14, day=day)
    return factories.session(edition=edition, provider=provider, starts_at=starts_at, **facts)  # type: ignore[arg-type]


def again(person: Somebody, *codes: str) -> PageResponse:
    page = person.client.get("/provider/again")
    token = page.page.form("Begin these drafts").controls["csrf_token"].values()[0]
    data = {"csrf_token": token, "session": list(codes)}
    return person.client.post("/provider/again", data=data, follow_redirects=True)  # type: ignore[return-value]


def the_draft(old: FestivalSession) -> dict[str, object]:
    db.session.expire_all()
    new = db.session.query(FestivalSession).filter_by(rolled_from_id=old.id).one()
    revision = offers.revision_of(new.code)
    assert revision is not None
    assert revision.state == RevisionState.draft
    return revision.proposal


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (date(2030, 6, 1), date(2031, 6, 7)),  # the first Saturday
        (date(2030, 6, 5), date(2031, 6, 11)),  # the first Wednesday
        (date(2030, 6, 8), date(2031, 6, 14)),  # the second Saturday
        (date(2030, 6, 12), date(2031, 6, 11)),  # there is no second Wednesday any more
    ],
)
def test_days_move_to_the_same_weekday(
    app: Flask, edition: Edition, last_year: Edition, old: date, new: date
) -> None:
    assert rollover.same_day(old, last_year, edition) == new
    assert old.weekday() == new.weekday()


def test_a_festival_of_one_day_has_no_other(app: Flask, edition: Edition) -> None:
    edition.ends_on = edition.starts_on
    other = edition.starts_on + timedelta(days=1)
    longer = Edition(starts_on=edition.starts_on, ends_on=edition.starts_on + timedelta(days=9))
    assert rollover.same_day(other, longer, edition) is None


def test_last_years_session_becomes_a_draft(
    lead: Somebody, provider: Provider, edition: Edition, last_year: Edition
) -> None:
    room = factories.room()
    old = of_last_year(
        last_year, provider, title="Darn a Sock", room=room, age_min=12, access=["seated"]
    )
    home = lead.client.get("/provider/")
    assert home.page.link("Offer a session of an earlier festival again") == "/provider/again"
    page = lead.client.get("/provider/again")
    assert "Darn a Sock" in page.words
    done = again(lead, old.code)
    assert done.request.path == "/provider/"
    assert "1 draft is begun. Look at each of them, then send it in." in done.words
    draft = the_draft(old)
    assert draft["title"] == "Darn a Sock"
    assert draft["description"] == "You need no oven of your own.\n\nEverything is there."
    assert draft["room"] == str(room.id)
    assert (draft["day"], draft["starts"], draft["ends"]) == ("2031-06-11", "14:00", "15:30")
    assert (draft["age_min"], draft["access_seated"]) == ("12", "yes")
    new = db.session.query(FestivalSession).filter_by(rolled_from_id=old.id).one()
    assert new.edition_id == edition.id
    assert new.code != old.code
    edited = lead.client.get(f"/provider/sessions/{new.code}/edit/dates")
    assert edited.page.form(None, ["day"]).controls["day"].values() == ["2031-06-11"]


def test_what_was_begun_is_not_begun_again(
    lead: Somebody, provider: Provider, last_year: Edition
) -> None:
    old = of_last_year(last_year, provider, title="Darn a Sock")
    other = of_last_year(last_year, provider, title="Knit a Hat")
    again(lead, old.code)
    twice = again(lead, old.code)
    assert twice.page.error_summary == ["Choose at least one session."]
    assert "Darn a Sock Begun already" in twice.words
    both = again(lead, old.code, other.code)
    assert "1 draft is begun." in both.words
    assert db.session.query(FestivalSession).filter_by(rolled_from_id=old.id).count() == 1


def test_several_dates_move_together(
    lead: Somebody, provider: Provider, last_year: Edition
) -> None:
    old = of_last_year(last_year, provider)
    first = occurrence_of(old)
    factories.occurrence(old, starts_at=first.starts_at + timedelta(days=1), room=first.room)
    again(lead, old.code)
    draft = the_draft(old)
    assert (draft["day"], draft[offers.numbered("day", 1)]) == ("2031-06-11", "2031-06-12")


def test_a_place_that_is_closed_is_left_out_and_told(
    lead: Somebody, provider: Provider, last_year: Edition
) -> None:
    """Bad input: a venue that closed."""
    gone, shut = factories.venue("Old Baths"), factories.venue("Town Hall")
    one = of_last_year(last_year, provider, title="Swim", room=factories.room(venue=gone))
    two = of_last_year(last_year, provider, title="Sing", room=factories.room(venue=shut))
    gone.state, day = VenueState.closed, date(2031, 6, 11)
    shut.closures.append(Closure(starts_on=day, ends_on=day, reason="painters are in"))
    done = again(lead, one.code, two.code)
    assert "Swim: Old Baths is closed for good. Choose another place." in done.words
    assert "Sing: Town Hall is closed on Wednesday 11 June 2031 (painters are in)." in done.words
    assert the_draft(one)["room"] == the_draft(two)["room"] == ""
    assert the_draft(two)["day"] == "2031-06-11"


def test_only_ones_own_and_only_what_was_public(
    lead: Somebody,
    other_lead: Somebody,
    provider: Provider,
    other_provider: Provider,
    last_year: Edition,
    edition: Edition,
) -> None:
    theirs = of_last_year(last_year, other_provider, title="Sing Together")
    own = of_last_year(last_year, provider, title="Darn a Sock")
    of_last_year(last_year, provider, title="Never shown", published=False)
    factories.session(provider=provider, title="This year")
    page = lead.client.get("/provider/again")
    for words in ("Sing Together", "Never shown", "This year"):
        assert words not in page.words
    assert again(lead, theirs.code).page.error_summary == ["Choose at least one session."]
    assert "Darn a Sock" not in other_lead.client.get("/provider/again").words
    assert own.edition_id != edition.id


def test_who_offered_nothing_is_told_so(lead: Somebody, edition: Edition, app: Flask) -> None:
    assert "You have offered nothing at an earlier festival." in (
        lead.client.get("/provider/again").words
    )
    assert "Offer a session of an earlier" not in lead.client.get("/provider/").words
    reader = factories.user("r@example.org")
    assert Somebody(app, "R", reader.email, reader).client.get("/provider/again").status_code == 404
