"""The programme and a session's page, as anybody sees them."""

import json
from datetime import timedelta

import icalendar
import pytest
from flask import Flask

from festival.domain import clock
from festival.extensions import db
from festival.models import BookingMode, Edition, OccurrenceState, Theme
from tests import factories
from tests.support.client import FestivalClient
from tests.support.statements import recorded


def test_the_programme_lists_sessions_by_day(client: FestivalClient, edition: Edition) -> None:
    factories.session(title="Sing Together")
    factories.session(title="Mend a Bike")
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Sing Together" in answer.words
    assert "Mend a Bike" in answer.words
    assert "2 sessions" in answer.words


@pytest.mark.parametrize("words", ["sing", "SING", "together sing", "sång"])
def test_search_finds_by_word(client: FestivalClient, edition: Edition, words: str) -> None:
    factories.session(title="Sing Together, sång")
    factories.session(title="Mend a Bike")
    answer = client.get("/", query_string={"q": words})
    assert "Sing Together" in answer.words
    assert "Mend a Bike" not in answer.words


def test_nothing_found_says_what_to_do(client: FestivalClient, edition: Edition) -> None:
    factories.session(title="Sing Together")
    answer = client.get("/", query_string={"q": "zeppelin"})
    assert "Nothing matches yet" in answer.words
    assert edition.help_phone in answer.words


def test_filters_by_day_theme_and_places(client: FestivalClient, edition: Edition) -> None:
    first = factories.session(title="Sing Together", theme=factories.theme(name="Music"))
    other_day = first.occurrences[0].starts_at + timedelta(days=1)
    factories.session(
        title="Mend a Bike",
        theme=factories.theme(name="Repair"),
        starts_at=other_day,
        ends_at=other_day + timedelta(hours=1),
        capacity=1,
    )
    full = factories.session(title="Bake Bread", theme=factories.theme(name="Food"), capacity=1)
    factories.booking(full.occurrences[0])
    day = other_day.astimezone(edition.zone).date().isoformat()
    by_day = client.get("/", query_string={"day": day}).words
    assert "Mend a Bike" in by_day
    assert "Sing Together" not in by_day
    music = db.session.query(Theme).filter_by(name="Music").one().slug
    by_theme = client.get("/", query_string={"theme": music}).words
    assert "Sing Together" in by_theme
    assert "Bake Bread" not in by_theme
    with_places = client.get("/", query_string={"places": "yes"}).words
    assert "Sing Together" in with_places
    assert "Bake Bread" not in with_places
    assert "Bake Bread" in client.get("/").words


@pytest.mark.parametrize(
    "query",
    [
        {"day": "yesterday"},
        {"day": "9999-12-31"},
        {"day": "0001-01-01"},
        {"day": "20270605"},
        {"theme": "nonsense"},
        {"q": "\0"},
    ],
)
def test_a_filter_we_do_not_know_shows_everything(
    client: FestivalClient, edition: Edition, query: dict[str, str]
) -> None:
    factories.session(title="Sing Together")
    answer = client.get("/", query_string=query)
    assert answer.status_code == 200
    assert "Sing Together" in answer.words


def test_a_script_gets_the_list_alone(client: FestivalClient, edition: Edition) -> None:
    factories.session(title="Sing Together")
    answer = client.get("/", headers={"HX-Request": "true"})
    assert answer.get_data(as_text=True).lstrip().startswith('<div id="results">')
    assert "HX-Request" in answer.headers["Vary"]
    assert "HX-Request" in client.get("/").headers["Vary"]


def test_the_list_asks_as_much_for_three_as_for_one(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    factories.session(title="One")
    with recorded(app) as one:
        client.get("/")
    factories.session(title="Two")
    factories.session(title="Three")
    with recorded(app) as three:
        client.get("/")
    assert three.count == one.count


def test_a_session_page_says_what_one_needs(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(title="Sing Together", capacity=12, age_min=14)
    answer = client.get(f"/sessions/{session.code.lower()}")
    assert answer.h1 == "Sing Together"
    assert "12 places left" in answer.words
    assert "Ages 14 and over" in answer.words
    assert session.code in answer.words
    assert session.occurrences[0].room.venue.name in answer.words


def test_when_booking_opens(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(title="Sing Together")
    edition.bookings_open_at = clock.now() + timedelta(days=2)
    for address in ("/", f"/sessions/{session.code}"):
        assert "Booking opens" in client.get(address).words
    occurrence = session.occurrences[0]
    answer = client.get(f"/sessions/{session.code}/book/{occurrence.id}")
    assert "Booking opens" in answer.words
    assert answer.page.all("form") == []


def test_structured_data(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(title="Sing </script> Together", capacity=1)
    occurrence = session.occurrences[0]
    event = _event(client, session.code)
    assert event["name"] == "Sing </script> Together"
    assert event["startDate"] == occurrence.starts_at.astimezone(edition.zone).isoformat()
    assert event["offers"]["availability"] == "https://schema.org/InStock"
    assert event["offers"]["price"] == "0"
    assert event["image"][0].startswith("http")
    factories.booking(occurrence)
    assert _event(client, session.code)["offers"]["availability"] == "https://schema.org/SoldOut"
    occurrence.state = OccurrenceState.cancelled
    event = _event(client, session.code)
    assert event["eventStatus"] == "https://schema.org/EventCancelled"
    assert event["offers"]["availability"] == "https://schema.org/SoldOut"


def _event(client: FestivalClient, code: str) -> dict[str, object]:
    page = client.get(f"/sessions/{code}").page
    script = next(one for one in page.all("script") if one.get("type") == "application/ld+json")
    return json.loads(script.text or "")["@graph"][0]  # type: ignore[no-any-return]


def test_the_public_calendar(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(title="Sing Together")
    answer = client.get(f"/sessions/{session.code}.ics")
    assert answer.mimetype == "text/calendar"
    event = icalendar.Calendar.from_ical(answer.data).events[0]
    assert event["UID"] == session.occurrences[0].calendar_uid
    assert event["SUMMARY"] == "Sing Together"


def test_a_hidden_session_is_not_there(client: FestivalClient, edition: Edition) -> None:
    hidden = factories.session(title="Secret Plan", published=False)
    later = factories.session(title="Later Plan", publish_at=clock.now() + timedelta(days=1))
    for session in (hidden, later):
        occurrence = session.occurrences[0]
        for address in (
            f"/sessions/{session.code}",
            f"/sessions/{session.code}.ics",
            f"/sessions/{session.code}/book/{occurrence.id}",
        ):
            answer = client.get(address)
            assert answer.status_code == 404
            assert "Plan" not in answer.words
    assert "Plan" not in client.get("/").words


def test_drop_in_sessions_need_no_booking(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(title="Fair", booking_mode=BookingMode.none)
    assert "just come along" in client.get(f"/sessions/{session.code}").words
    answer = client.get(f"/sessions/{session.code}/book/{session.occurrences[0].id}")
    assert answer.page.all("form") == []


def test_no_festival_yet(client: FestivalClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.h1 == "The programme is on its way"


def test_standing_pages(client: FestivalClient, edition: Edition) -> None:
    for address in ("/privacy", "/accessibility", "/cookies"):
        assert client.get(address).status_code == 200


def test_a_page_that_is_not_there(client: FestivalClient, edition: Edition) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert answer.h1 == "We cannot find that page"
