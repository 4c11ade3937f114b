"""The programme and a session's page, as anybody sees them."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta

import icalendar
import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock
from festival.extensions import db
from festival.models import (
    BookingMode,
    Counter,
    Edition,
    EmptySearch,
    OccurrenceState,
    Postcode,
    Theme,
)
from tests import factories
from tests.support.client import FestivalClient
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")


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
    answer = client.get("/", query_string=query, follow_redirects=True)
    assert answer.status_code == 200
    assert "Sing Together" in answer.words


def test_a_script_gets_the_list_alone(client: FestivalClient, edition: Edition) -> None:
    factories.session(title="Sing Together")
    answer = client.get("/", headers={"HX-Request": "true"})
    assert answer.get_data(as_text=True).lstrip().startswith('<div id="results"')
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


def test_r10_a_search_in_vain_is_counted_and_leads_to_a_wish(
    client: FestivalClient, edition: Edition
) -> None:
    """R10: zero results lead to "tell us", and count toward unmet demand: once a day for one."""
    music = factories.theme("Music", slug="music")
    factories.ward(name="Low Hill", latitude=52.61, longitude=-2.11)
    factories.session(title="Sing Together", theme=music)
    query = {"q": "zeppelin", "theme": "music"}
    answer = client.get("/", query_string=query)
    assert 'href="/wishes?q=zeppelin&amp;theme=music"' in answer.text
    client.get("/", query_string=query)
    (empty,) = db.session.query(EmptySearch).all()
    assert (empty.words, empty.times, empty.theme_id, empty.ward_id) == (
        "zeppelin",
        1,
        music.id,
        None,
    )
    client.get("/", query_string={"q": "airship", "near": "low-hill"})
    assert {(one.words, one.ward_id is None) for one in db.session.query(EmptySearch)} == {
        ("zeppelin", True),
        ("airship", False),
    }


def test_what_finds_nothing_says_what_would(client: FestivalClient, edition: Edition) -> None:
    """R10: what was understood, and the nearest alternatives."""
    music = factories.theme("Music", slug="music")
    factories.session(title="Sing Together", theme=music)
    factories.session(title="Fly a Kite", theme=factories.theme("Food", slug="food"))
    answer = client.get("/", query_string={"q": "kites", "theme": "music"})
    assert "You would find something without one of your choices" in answer.words
    assert "Without “kites”: 1 session" in answer.words
    assert "Without Music: 1 session" in answer.words


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("q=&day=&theme=", "/"),
        ("theme=food&theme=music", "/?theme=food,music"),
        ("theme=music,food", "/?theme=food,music"),
        ("places=on", "/"),
        ("near=Low+Hill&miles=2", "/?near=low-hill"),
        ("miles=5&near=Low+Hill", "/?near=low-hill&miles=5"),
        ("q=bread+WV10+9JJ", "/?q=bread&near=52.61,-2.11"),
        ("ages=9+and+4", "/?ages=4,9"),
        ("utm_source=elsewhere&q=bread", "/?q=bread"),
        # The field says the name of a point: while it stands, somebody is still there.
        ("near=Low+Hill&at=52.62,-2.12", "/?near=52.62,-2.12"),
        ("near=WV10+9JJ&at=52.62,-2.12", "/?near=52.61,-2.11"),
        ("near=low-hill&at=nowhere", "/?near=low-hill"),
        ("unsure=yes", "/"),
    ],
)
def test_every_search_has_one_address(
    client: FestivalClient, edition: Edition, typed: str, clean: str
) -> None:
    factories.ward(name="Low Hill", latitude=52.608, longitude=-2.116)
    db.session.add(Postcode(postcode="WV10 9JJ", latitude=52.6101, longitude=-2.1143))
    for slug in ("food", "music"):
        factories.session(theme=factories.theme(slug.title(), slug=slug))
    answer = client.get(f"/?{typed}")
    assert answer.status_code == 302
    assert answer.location.replace("%2C", ",") == clean
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"ages": "four"}, "ages", "Type ages as numbers"),
        ({"near": "Atlantis"}, "near", "We do not know this place"),
    ],
)
def test_what_is_not_understood_is_said_on_its_field(
    client: FestivalClient, edition: Edition, query: dict[str, str], field: str, words: str
) -> None:
    factories.session(title="Sing Together")
    answer = client.get("/", query_string=query)
    assert answer.status_code == 200
    assert words in answer.words
    assert [line.startswith(words) for line in answer.page.error_summary] == [True]
    drawer = answer.page.by_id({"ages": "drawer-who", "near": "drawer-where"}[field])
    assert drawer is not None
    assert drawer.get("open") is not None  # what is wrong can be seen
    assert f'value="{query[field]}"' in answer.text  # nothing typed is lost
    assert answer.page.title.startswith("Error: ")
    fragment = client.get("/", query_string=query, headers={"HX-Request": "true"})
    assert fragment.text.count(words) == 2  # above the list, and on its field
    assert "Sing Together" in answer.words


def test_a_week_and_a_day(client: FestivalClient, edition: Edition) -> None:
    first = edition.starts_on
    factories.session(title="Sing Together", starts_at=factories.at_hour(edition, hour=10))
    later = factories.at_hour(edition, hour=10, day=1)
    factories.session(title="Mend a Bike", starts_at=later)
    address = {"view": "day", "from": first.isoformat()}
    day = client.get("/", query_string=address)
    assert "Sing Together" in day.words
    assert "Mend a Bike" not in day.words
    week = client.get("/", query_string={**address, "view": "week"})
    assert "Sing Together" in week.words
    for number in range(13):
        factories.session(title=f"Song {number}", starts_at=factories.at_hour(edition, hour=10))
    full = client.get("/", query_string={**address, "view": "week"})
    assert "and 2 more" in full.words
    far = {"view": "week", "from": "9999-12-31"}
    assert client.get("/", query_string=far).status_code == 200


def test_pages_of_a_long_list(client: FestivalClient, edition: Edition) -> None:
    for number in range(50):
        factories.session(title=f"Song {number}")
    first = client.get("/")
    assert first.text.count('class="card ') == 48
    assert "Page 1 of 2" in first.words
    second = client.get("/?page=2")
    assert second.text.count('class="card ') == 2
    assert client.get("/?page=999").text.count('class="card ') == 2


def test_suggestions_while_typing(client: FestivalClient, edition: Edition) -> None:
    factories.session(title="Sing Together")

    def suggested(typed: str) -> bool:
        answer = client.get("/suggest", query_string={"q": typed}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return "Sing Together" in answer.text

    assert suggested("sin")
    assert suggested("signing togther")
    assert not any(suggested(nothing) for nothing in ("", "s", "zzzz", "\0", '"'))
    assert client.get("/suggest?q=sing").location == "/?q=sing"  # without a script: the search


# --- the time of year


def test_while_organisations_offer(client: FestivalClient, edition: Edition) -> None:
    now = clock.now()
    edition.submissions_open_at = now - timedelta(days=1)
    edition.submissions_close_at = now + timedelta(days=10)
    edition.bookings_open_at = now + timedelta(days=20)
    page = client.get("/")
    assert "What could you show people?" in page.words
    assert "Narrow down" not in page.text


def test_before_there_is_a_programme(client: FestivalClient, edition: Edition) -> None:
    edition.submissions_close_at = clock.now() - timedelta(days=1)
    edition.bookings_open_at = clock.now() + timedelta(days=20)
    assert "The programme is on its way" in client.get("/").words


def test_what_begins_within_two_hours_stands_first(
    client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    ten = factories.at_hour(edition, hour=10)
    factories.session(title="Sing Together", starts_at=ten)
    factories.session(title="Mend a Bike", starts_at=ten + timedelta(hours=4))
    drop_in = factories.session(
        title="Look Around",
        starts_at=ten - timedelta(hours=1),
        ends_at=ten + timedelta(hours=3),
        booking_mode=BookingMode.none,
    )
    at(ten - timedelta(minutes=90))
    soon = client.get("/").text.split('id="results"')[0]
    assert "Today, within two hours" in soon
    assert "Sing Together" in soon
    assert drop_in.published_revision is not None
    assert "Look Around" in soon
    assert "Mend a Bike" not in soon
    factories.ward(name="Penn", latitude=52.56, longitude=-2.15)
    there = factories.venue(latitude=52.561, longitude=-2.151)
    factories.session(title="Fly a Kite", starts_at=ten, room=factories.room(venue=there))
    near = client.get("/?near=penn&miles=1").text.split('id="results"')[0]
    assert "Today, within two hours, near Penn" in near
    assert "Fly a Kite" in near
    assert "Sing Together" not in near


def test_when_it_is_over(client: FestivalClient, edition: Edition, at: Callable[..., None]) -> None:
    factories.session(title="Sing Together")
    called_off = factories.session(title="Mend a Bike")
    called_off.occurrences[0].state = OccurrenceState.cancelled
    at(factories.at_hour(edition, hour=12) + (edition.ends_on - edition.starts_on) * 2)
    page = client.get("/")
    assert "Thank you to everyone" in page.words
    assert "This is what we did together" in page.words
    assert "1 session" in page.words


# --- how long the same answer is given


def test_the_same_page_is_given_again_smaller_until_something_changes(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    session = factories.session(title="Sing Together")
    files, kept = app.extensions["kept_files"], app.extensions["programme"]
    files.seconds = kept.seconds = 20
    try:
        first = client.get("/", headers={"Accept-Encoding": "gzip"})
        assert first.headers["Content-Encoding"] == "gzip"
        assert "Sing Together" in gzip.decompress(first.data).decode()
        with recorded(app) as asked:
            again = client.get("/")
        assert asked.count == 1, asked.all
        assert "Content-Encoding" not in again.headers
        assert "Accept-Encoding" in again.headers["Vary"]
        unchanged = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
        assert unchanged.status_code == 304
        session.published_revision.text().title = "Sing Louder"  # type: ignore[union-attr]
        db.session.execute(
            sa.update(Counter).where(Counter.name == "programme").values(value=Counter.value + 1)
        )
        changed = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200
        assert "Sing Louder" in changed.words
    finally:
        files.seconds = kept.seconds = 0
        files.forget()
        kept.forget()


def test_who_has_a_list_or_a_basket_gets_their_own_page(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    factories.session(code="E01", title="Sing Together")
    files, kept = app.extensions["kept_files"], app.extensions["programme"]
    files.seconds = kept.seconds = 20
    try:
        assert "My list" not in client.get("/").words
        with client.session_transaction() as cookie:
            cookie["saved"] = ["E01"]
        mine = client.get("/", headers={"Accept-Encoding": "gzip"})
        assert "My list (1)" in mine.words
        assert "Content-Encoding" not in mine.headers
        client.sign_out()
        assert "My list" not in client.get("/").words
    finally:
        files.seconds = kept.seconds = 0
        files.forget()
        kept.forget()
