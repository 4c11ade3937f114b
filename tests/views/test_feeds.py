"""Feeds over HTTP: what they hold, whom they answer, and that they stay the same."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import icalendar
import pytest
from flask import Flask

from festival.domain import clock, contacts, feeds, links, running
from festival.domain.feeds import CANCELLED_STAYS
from festival.extensions import db
from festival.models import Booking, Contact, ContactKind, Edition, FestivalSession
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.readers import check_bytes, read, unfolded
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

A = "{http://www.w3.org/2005/Atom}"
PUBLIC = ("/programme.ics", "/programme.atom", "/programme.json")


@pytest.fixture
def sing(edition: Edition) -> FestivalSession:
    return factories.session(
        title="Sing Together",
        theme=factories.theme("Music", slug="music"),
        provider=factories.provider("Penn Choir", slug="penn-choir"),
        room=factories.room(venue=factories.venue("Central Library", slug="central-library")),
    )


@pytest.fixture
def mend(edition: Edition) -> FestivalSession:
    return factories.session(
        title="Mend a Bike",
        capacity=1,
        starts_at=factories.at_hour(edition, hour=10, day=3),
        theme=factories.theme("Repair", slug="repair"),
    )


def titles(answer: PageResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one.summary for one in read(answer.data)]


def day_of(session: FestivalSession) -> str:
    zone = session.edition.zone
    return occurrence_of(session).starts_at.astimezone(zone).date().isoformat()


@pytest.mark.usefixtures("sing", "mend")
@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/programme.ics", ["Sing Together", "Mend a Bike"]),
        ("/programme.ics?q=bike", ["Mend a Bike"]),
        ("/programme.ics?theme=music", ["Sing Together"]),
        ("/programme.ics?theme=music&q=bike", []),
        ("/programme.ics?utm_source=poster&theme=music", ["Sing Together"]),
        ("/venues/central-library.ics", ["Sing Together"]),
        ("/venues/central-library.ics?q=bike", []),
        ("/providers/penn-choir.ics", ["Sing Together"]),
        ("/themes/repair.ics", ["Mend a Bike"]),
    ],
)
def test_feeds_and_their_filters(client: FestivalClient, address: str, found: list[str]) -> None:
    answer = client.get(address)
    assert titles(answer) == found
    check_bytes(answer.data)


def test_filters_by_day_and_places(
    client: FestivalClient, sing: FestivalSession, mend: FestivalSession
) -> None:
    factories.booking(occurrence_of(mend))  # its only place
    address = "/programme.ics"
    assert titles(client.get(address, query_string={"day": day_of(mend)})) == ["Mend a Bike"]
    assert titles(client.get(address, query_string={"places": "yes"})) == ["Sing Together"]


def test_a_feed_is_named_and_says_where_it_stands(
    client: FestivalClient, sing: FestivalSession, edition: Edition
) -> None:
    query = {"x": "1", "places": "yes", "q": "sing, dance", "day": day_of(sing), "theme": "music"}
    lines = unfolded(client.get("/venues/central-library.ics", query_string=query).data)
    name = next(line for line in lines if line.startswith("X-WR-CALNAME:"))
    assert name.startswith(f"X-WR-CALNAME:{edition.name}: Central Library\\, “sing\\, dance”\\, ")
    assert name.endswith("\\, Music\\, Has places")
    source = "SOURCE;VALUE=URI:http://127.0.0.1:5000/venues/central-library.ics"
    chosen = f"?q=sing,+dance&day={day_of(sing)}&theme=music&places=yes"
    assert source + chosen in lines or source + chosen.replace(",", "%2C") in lines
    plain = unfolded(client.get("/programme.ics").data)
    assert f"X-WR-CALNAME:{edition.name}" in plain


@pytest.mark.usefixtures("sing")
@pytest.mark.parametrize("query", ["theme=nonsense", "day=yesterday", "day=9999-12-31"])
@pytest.mark.parametrize("address", [*PUBLIC, "/venues/central-library.ics"])
def test_an_unknown_filter_is_refused_in_words(
    client: FestivalClient, address: str, query: str
) -> None:
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("There is no such feed: it asks for something")


def test_what_is_not_there(client: FestivalClient, edition: Edition) -> None:
    hidden = factories.session(title="Secret Plan", published=False)
    slug = hidden.provider.slug
    for address in (
        "/venues/nowhere.ics",
        "/providers/nobody.ics",
        f"/providers/{slug}.ics",  # it only applied
        "/themes/nothing.ics",
        "/sessions/X99.ics",
        "/sessions/X99/calendar",
        f"/sessions/{hidden.code}.ics",
    ):
        assert client.get(address).status_code == 404, address
    assert titles(client.get("/programme.ics")) == []
    assert "Secret" not in client.get("/programme.json").text


def test_before_the_first_festival(client: FestivalClient) -> None:
    for address in PUBLIC:
        assert client.get(address).status_code == 404


@pytest.mark.usefixtures("sing")
@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/programme.ics", "text/calendar; charset=utf-8"),
        ("/venues/central-library.ics", "text/calendar; charset=utf-8"),
        ("/providers/penn-choir.ics", "text/calendar; charset=utf-8"),
        ("/themes/music.ics", "text/calendar; charset=utf-8"),
        ("/programme.atom", "application/atom+xml; charset=utf-8"),
        ("/programme.json", "application/json"),
    ],
)
def test_an_answer_anybody_may_keep(client: FestivalClient, address: str, kind: str) -> None:
    first = client.get(address)
    assert first.headers["Content-Type"] == kind
    assert first.headers["Cache-Control"] == "public, max-age=30"
    for name in ("Set-Cookie", "Vary", "Location"):
        assert name not in first.headers
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.data))
    assert head.headers["ETag"] == first.headers["ETag"]


def test_who_has_a_basket_gets_the_same(client: FestivalClient, sing: FestivalSession) -> None:
    before = client.get("/programme.ics")
    page = client.get(f"/sessions/{sing.code}/book/{occurrence_of(sing).id}")
    client.submit(page, "Continue", adults="1")
    after = client.get("/programme.ics")
    assert after.data == before.data
    assert "Vary" not in after.headers
    assert "Set-Cookie" not in after.headers


@pytest.mark.parametrize("address", PUBLIC)
def test_the_bytes_change_with_what_they_tell_and_at_no_other_time(
    client: FestivalClient,
    sing: FestivalSession,
    at: Callable[..., None],
    address: str,
) -> None:
    began = clock.now()
    at(began)
    first = client.get(address)
    at(began + timedelta(minutes=1))
    assert client.get(address).data == first.data
    factories.booking(occurrence_of(sing))  # how many places are left is told on the pages
    assert client.get(address).data == first.data
    running.cancel_occurrence(occurrence_of(sing).id, "The roof leaks", actor=None)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Cancelled: Sing Together" in changed.text or '"cancelled"' in changed.text


def test_a_cancelled_run_stays_and_says_so(client: FestivalClient, sing: FestivalSession) -> None:
    running.cancel_occurrence(occurrence_of(sing).id, "The roof leaks", actor=None)
    for address in ("/programme.ics", f"/sessions/{sing.code}.ics", "/themes/music.ics"):
        (entry,) = read(client.get(address).data)
        assert (entry.status, entry.summary) == ("CANCELLED", "Cancelled: Sing Together")
        assert entry.sequence == 1


def test_the_stamp_is_of_the_last_change(client: FestivalClient, sing: FestivalSession) -> None:
    run, revision = occurrence_of(sing), sing.published_revision
    assert revision is not None
    run.revised_at = clock.now() - timedelta(days=2)
    revision.decided_at = clock.now() - timedelta(days=3)
    (entry,) = read(client.get("/programme.ics").data)
    assert entry.stamp == run.revised_at.replace(microsecond=0)
    revision.decided_at = clock.now() - timedelta(days=1)
    (entry,) = read(client.get("/programme.ics").data)
    assert entry.stamp == revision.decided_at.replace(microsecond=0)


def test_public_entries_are_nobodys_own(client: FestivalClient, sing: FestivalSession) -> None:
    occurrence_of(sing).joining_url = "https://meet.example/j/123"
    for address in (*PUBLIC, f"/sessions/{sing.code}.ics"):
        text = client.get(address).text
        assert "meet.example" not in text
        assert "VALARM" not in text
    event = icalendar.Calendar.from_ical(client.get("/programme.ics").data).events[0]
    assert event["TRANSP"] == "TRANSPARENT"
    assert "ATTENDEE" not in event
    assert event["URL"] == f"http://127.0.0.1:5000/sessions/{sing.code}"


@pytest.mark.parametrize("address", [*PUBLIC, "/programme.ics?places=yes"])
def test_feeds_ask_as_much_for_three_as_for_one(
    app: Flask, client: FestivalClient, edition: Edition, address: str
) -> None:
    factories.session(title="One")
    with recorded(app) as one:
        client.get(address)
    factories.session(title="Two")
    factories.session(title="Three")
    with recorded(app) as three:
        client.get(address)
    # A filter asks for the programme as well, which is kept where it is served for real.
    assert three.count == one.count <= (16 if "?" in address else 10)


def test_a_feed_is_repeated_for_some_seconds(
    app: Flask, client: FestivalClient, sing: FestivalSession
) -> None:
    kept = app.extensions["kept_files"]
    kept.seconds = 20
    try:
        first = client.get("/programme.ics")
        sing.published_revision.text().title = "Sing Louder"  # type: ignore[union-attr]
        db.session.flush()
        with recorded(app) as asked:
            assert client.get("/programme.ics").data == first.data
            repeated = client.head("/programme.ics")
        assert repeated.headers["ETag"] == first.headers["ETag"]
        assert asked.count == 0
        assert titles(client.get("/programme.ics?q=sing")) == ["Sing Louder"]
        kept.seconds = 0
        assert titles(client.get("/programme.ics")) == ["Sing Louder"]
    finally:
        kept.seconds = 0
        kept.forget()


def test_download_of_a_session_is_behind_a_redirect(
    client: FestivalClient, sing: FestivalSession
) -> None:
    answer = client.get(f"/sessions/{sing.code.lower()}/calendar")
    assert (answer.status_code, answer.location) == (303, f"/sessions/{sing.code}.ics")
    file = client.get(answer.location)
    assert file.headers["Content-Disposition"] == f'attachment; filename="{sing.code}.ics"'
    assert titles(file) == ["Sing Together"]


def test_wordings_fall_back(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(title="Gaao")
    revision = session.published_revision
    assert revision is not None
    revision.texts[0].language = "pa"
    assert titles(client.get("/programme.ics")) == ["Gaao"]
    db.session.add(
        factories.RevisionText(revision_id=revision.id, language="en", title="Sing", summary="x")
    )
    assert titles(client.get("/programme.ics")) == ["Sing"]


# --- for readers and programs


def test_the_atom_feed_is_valid(
    client: FestivalClient, sing: FestivalSession, mend: FestivalSession
) -> None:
    occurrence_of(mend).revised_at = clock.now() + timedelta(minutes=5)
    wording = sing.published_revision.text()  # type: ignore[union-attr]
    wording.title, wording.summary = "Sing <&> 🎈\x0b", "a\x01b \uffff"
    feed = ET.fromstring(client.get("/programme.atom?q=").data)
    assert feed.tag == f"{A}feed"
    entries = feed.findall(f"{A}entry")
    assert [one.findtext(f"{A}title") for one in entries] == ["Mend a Bike", "Sing <&> 🎈"]
    for part in (feed, *entries):
        for name in ("id", "title", "updated"):  # exactly one of each
            assert len(part.findall(f"{A}{name}")) == 1
            assert part.findtext(f"{A}{name}")
        updated = datetime.fromisoformat(str(part.findtext(f"{A}updated")))
        assert updated.tzinfo is not None
        rels = [link.get("rel") for link in part.findall(f"{A}link")]
        assert rels.count("alternate") == 1
    assert feed.findtext(f"{A}updated") == entries[0].findtext(f"{A}updated")
    (own,) = (one.get("href") for one in feed.findall(f"{A}link") if one.get("rel") == "self")
    assert own == "http://127.0.0.1:5000/programme.atom" == feed.findtext(f"{A}id")
    ids = [str(one.findtext(f"{A}id")) for one in entries]
    assert len(set(ids)) == 2
    assert all(one.startswith("tag:festival.example,") for one in ids)
    assert [one.findtext(f"{A}author/{A}name") for one in entries][1] == "Penn Choir"
    category = entries[1].find(f"{A}category")
    assert category is not None
    assert dict(category.attrib) == {"term": "music", "label": "Music"}


def test_an_empty_atom_feed_has_a_date(client: FestivalClient, edition: Edition) -> None:
    feed = ET.fromstring(client.get("/programme.atom").data)
    assert datetime.fromisoformat(str(feed.findtext(f"{A}updated"))).tzinfo is not None
    assert feed.findall(f"{A}entry") == []


def test_the_programme_as_data(
    client: FestivalClient, sing: FestivalSession, edition: Edition
) -> None:
    run = occurrence_of(sing)
    told = json.loads(client.get("/programme.json").data)
    assert told["name"] == edition.name
    assert told["url"] == "http://127.0.0.1:5000/programme.json"
    (session,) = told["sessions"]
    assert (session["code"], session["title"]) == (sing.code, "Sing Together")
    assert session["url"] == f"http://127.0.0.1:5000/sessions/{sing.code}"
    assert session["theme"] == {"slug": "music", "name": "Music"}
    assert session["provider"] == {"slug": "penn-choir", "name": "Penn Choir"}
    (one,) = session["runs"]
    assert datetime.fromisoformat(one["starts_at"]) == run.starts_at
    assert one["starts_at"] == run.starts_at.astimezone(edition.zone).isoformat()
    assert (one["status"], one["uid"]) == ("scheduled", run.calendar_uid)
    assert one["venue"]["slug"] == "central-library"
    assert "places" not in json.dumps(told)


# --- one person's


def of_contact(app: Flask, contact: Contact) -> str:
    token = links.of_contact(app.config["SECRET_KEY"], contact, links.FEED)
    return f"/calendar/{token}.ics"


def of_booking(app: Flask, booking: Booking) -> str:
    return f"/calendar/{links.of_calendar(app.config['SECRET_KEY'], booking)}.ics"


@pytest.fixture
def ada(edition: Edition) -> Contact:
    return contacts.remember(ContactKind.email, "ada@example.org")


def test_everything_under_an_address(
    app: Flask, client: FestivalClient, ada: Contact, sing: FestivalSession, mend: FestivalSession
) -> None:
    factories.booking(occurrence_of(mend), email="grace@example.org")
    factories.booking(occurrence_of(sing), email="Ada@Example.org ".strip())
    waits = factories.waiting(occurrence_of(mend), email="ada@example.org", name="Ada Lovelace")
    given_up = factories.booking(occurrence_of(factories.session(title="Dance")))
    factories.bookings.cancel_all(given_up)
    factories.held(occurrence_of(factories.session(title="Only held")))
    answer = client.get(of_contact(app, ada))
    entries = {one.summary: one.status for one in read(answer.data)}
    assert entries == {
        "Sing Together": "CONFIRMED",
        "Waiting list: Mend a Bike": "TENTATIVE",
        "Cancelled: Dance": "CANCELLED",
    }
    assert len({one.uid for one in read(answer.data)}) == 3
    mine = client.get(of_booking(app, waits))
    assert titles(mine) == ["Waiting list: Mend a Bike"]
    for one in (answer, mine):
        check_bytes(one.data)
        assert one.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert one.headers["Cache-Control"] == "private, no-cache"
        assert one.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in one.headers
        assert "SOURCE" not in one.text  # its address is a secret
        again = client.get(one.request.path, headers={"If-None-Match": one.headers["ETag"]})
        assert again.status_code == 304
        assert client.head(one.request.path).headers["ETag"] == one.headers["ETag"]


def test_cancelled_places_stay_for_weeks(
    app: Flask,
    client: FestivalClient,
    ada: Contact,
    sing: FestivalSession,
    at: Callable[..., None],
) -> None:
    booked = factories.booking(occurrence_of(sing))
    factories.bookings.cancel_all(booked)
    began = clock.now()
    at(began + CANCELLED_STAYS - timedelta(hours=1))
    assert titles(client.get(of_contact(app, ada))) == ["Cancelled: Sing Together"]
    at(began + CANCELLED_STAYS + timedelta(hours=1))
    assert titles(client.get(of_contact(app, ada))) == []


def test_a_feed_has_what_mail_and_download_have(
    app: Flask, client: FestivalClient, sing: FestivalSession
) -> None:
    booked = factories.booking(occurrence_of(sing))
    token = links.token(app.config["SECRET_KEY"], booked)
    download = client.get(f"/bookings/{booked.reference}/calendar.ics?t={token}")
    assert read(client.get(of_booking(app, booked)).data) == read(download.data)


def test_one_letter_off_leads_nowhere(app: Flask, client: FestivalClient, ada: Contact) -> None:
    booked = factories.booking(occurrence_of(factories.session()))
    other = factories.booking(occurrence_of(factories.session()), email="grace@example.org")
    for address in (of_contact(app, ada), of_booking(app, booked)):
        assert client.get(address).status_code == 200
        last = address.removesuffix(".ics")[-1]
        wrong = address.removesuffix(f"{last}.ics") + ("B" if last != "B" else "C") + ".ics"
        assert client.get(wrong).status_code == 404
    manage = links.token(app.config["SECRET_KEY"], booked)
    mine = links.of_contact(app.config["SECRET_KEY"], ada, links.MINE)
    elses = links.of_calendar(app.config["SECRET_KEY"], other).partition(".")[2]
    for token in (
        f"b{booked.id}.{manage}",
        f"b{booked.id}.{elses}",
        mine,
        "b",
        "x",
        "99.a",
        "b9.a",
    ):
        assert client.get(f"/calendar/{token}.ics").status_code == 404, token


def test_an_address_can_be_ended(app: Flask, client: FestivalClient, ada: Contact) -> None:
    booked = factories.booking(occurrence_of(factories.session()))
    everything, mine = of_contact(app, ada), of_booking(app, booked)
    ada.feed_version += 1
    assert client.get(everything).status_code == 404
    assert client.get(of_contact(app, ada)).status_code == 200
    assert client.get(mine).status_code == 200
    booked.link_version += 1
    assert client.get(mine).status_code == 404


def test_a_shared_address_has_no_calendar_but_each_booking_has(
    app: Flask, client: FestivalClient, ada: Contact, sing: FestivalSession
) -> None:
    booked = factories.booking(occurrence_of(sing))
    assert client.get(of_contact(app, ada)).status_code == 200
    ada.is_shared = True
    assert client.get(of_contact(app, ada)).status_code == 404
    assert titles(client.get(of_booking(app, booked))) == ["Sing Together"]
    ada.is_shared = None
    for name in ("Mo", "Lee", "Kim"):
        factories.booking(occurrence_of(sing), name=name)
    assert client.get(of_contact(app, ada)).status_code == 404


def test_a_personal_feed_asks_as_much_for_three_as_for_one(
    app: Flask, client: FestivalClient, ada: Contact
) -> None:
    asked, address = [], of_contact(app, ada)
    for sessions in (1, 2):
        for _ in range(sessions):
            factories.booking(occurrence_of(factories.session()))
        db.session.commit()
        with recorded(app) as statements:
            assert len(titles(client.get(address))) == len(asked) * 2 + 1
        asked.append(statements.count)
    assert asked[0] == asked[1] <= 6


def test_held_under_asks_for_nothing_where_nothing_is_held(app: Flask) -> None:
    assert feeds.held_under([], clock.now()) == []
