"""The ways into a calendar that pages show: which, to whom, and what they give away."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from festival.delivery.addresses import manage_path
from festival.domain import bookings, links, running
from festival.models import Booking, Edition, FestivalSession
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.readers import read

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

TITLE = "Tea & cake; 50% off, 🎈?"


@pytest.fixture
def session(edition: Edition) -> FestivalSession:
    return factories.session(title=TITLE)


@pytest.fixture
def booked(session: FestivalSession) -> Booking:
    return factories.booking(occurrence_of(session), name="Ada Lovelace", mobile="07700 900982")


def tickets_only(app: Flask, booking: Booking) -> str:
    token = links.token(app.config["SECRET_KEY"], booking, links.TICKETS)
    return f"/bookings/{booking.reference}/tickets?t={token}"


def hrefs(answer: PageResponse, start: str) -> list[str]:
    found = [one.get("href", "") for one in answer.page.all("a")]
    return [one for one in found if one.startswith(start)]


def test_the_booking_page_has_them_all(client: FestivalClient, booked: Booking) -> None:
    page = client.get(manage_path(booked))
    (webcal,) = hrefs(page, "webcal://")
    (address,) = (
        one.get("value", "") for one in page.page.all("input") if one.get("type") == "text"
    )
    assert webcal.partition("://")[2] == address.partition("://")[2]
    followed = client.get(urlsplit(address).path)
    assert [one.uid for one in read(followed.data)] == [reservation_of(booked).calendar_uid]
    answer = client.get(page.page.link("Save to my calendar"))
    assert answer.status_code == 303
    file = client.get(answer.location)
    assert file.headers["Content-Disposition"] == f'attachment; filename="{booked.reference}.ics"'
    assert read(file.data) == read(followed.data)
    assert len(hrefs(page, "https://calendar.google.com/")) == 1
    assert len(hrefs(page, "https://outlook.live.com/")) == 1


def test_links_to_others_carry_what_is_public_and_no_more(
    client: FestivalClient, booked: Booking, session: FestivalSession
) -> None:
    run = occurrence_of(session)
    page = client.get(manage_path(booked))
    (google,), (outlook,) = (
        hrefs(page, f"https://{host}") for host in ("calendar.google.com", "outlook.live.com")
    )
    asked = {name: value[0] for name, value in parse_qs(urlsplit(google).query).items()}
    here = f"http://127.0.0.1:5000/sessions/{session.code}"
    place = f"{run.room.name}, {run.room.venue.name}, {run.room.venue.address}, WV1 3AX"
    times = [f"{one:%Y%m%dT%H%M%SZ}" for one in (run.starts_at, run.ends_at)]
    assert asked == {
        "action": "TEMPLATE",
        "text": TITLE,
        "dates": "/".join(times),
        "details": here,
        "location": place,
    }
    asked = {name: value[0] for name, value in parse_qs(urlsplit(outlook).query).items()}
    told = {name: datetime.fromisoformat(asked.pop(name)) for name in ("startdt", "enddt")}
    assert told == {"startdt": run.starts_at, "enddt": run.ends_at}
    assert told["startdt"].tzinfo == UTC
    assert asked == {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": TITLE,
        "body": here,
        "location": place,
    }
    assert "+" not in outlook  # Outlook shows it
    for link in page.page.all("a"):
        if "https://" in link.get("href", ""):
            assert link.get("rel") == "external noreferrer"


def test_who_only_shows_tickets_is_not_told_where_to_follow(
    app: Flask, client: FestivalClient, booked: Booking
) -> None:
    managing = client.get(manage_path(booked, "bookings.show_tickets"))
    assert hrefs(managing, "webcal://")
    page = client.get(tickets_only(app, booked))
    assert hrefs(page, "webcal://") == []
    assert "/calendar/b" not in page.text
    assert client.get(client.get(page.page.link("Save to my calendar")).location).status_code == 200


def test_the_file_of_who_only_shows_tickets_does_not_let_them_join(
    app: Flask, client: FestivalClient, booked: Booking, at: object
) -> None:
    claim = reservation_of(booked)
    claim.occurrence.room.venue.is_online = True
    claim.occurrence.joining_url = "https://meet.example/j/123"
    at(claim.occurrence.starts_at.replace(hour=1))  # type: ignore[operator]
    for path, may_join in (
        (manage_path(booked, "bookings.calendar"), True),
        (tickets_only(app, booked).replace("/tickets?", "/calendar.ics?"), False),
    ):
        file = client.get(path)
        assert file.status_code == 200
        assert ("meet.example" in file.text) == may_join


def test_each_date_of_a_series_has_its_own_links(client: FestivalClient, edition: Edition) -> None:
    runs = factories.series(3, title="Maths for Mums")
    booked = factories.booking(runs[0])
    page = client.get(manage_path(booked))
    assert len(hrefs(page, "https://calendar.google.com/")) == 3
    assert len(set(hrefs(page, "https://outlook.live.com/"))) == 3
    names = [one for one in page.page.links if one.startswith("Google Calendar: Maths for Mums")]
    assert len(set(names)) == 3  # each says which date it is of
    file = client.get(client.get(page.page.link("Save to my calendar")).location)
    assert len(read(file.data)) == 3


def test_who_waits_can_follow_and_has_nothing_to_save(
    client: FestivalClient, session: FestivalSession
) -> None:
    factories.booking(occurrence_of(session), adults=4)
    factories.booking(occurrence_of(session), adults=4)
    factories.booking(occurrence_of(session), adults=2)
    page = client.get(manage_path(factories.waiting(occurrence_of(session))))
    assert len(hrefs(page, "webcal://")) == 1
    assert "Save to my calendar" not in page.words
    assert hrefs(page, "https://") == []


def test_what_is_cancelled_or_over_is_not_offered(
    client: FestivalClient, booked: Booking, at: object
) -> None:
    over = factories.booking(occurrence_of(factories.session()))
    bookings.cancel_all(booked)
    assert "Add to your calendar" not in client.get(manage_path(booked)).words
    at(reservation_of(over).occurrence.ends_at)  # type: ignore[operator]
    assert "Add to your calendar" not in client.get(manage_path(over)).words


@pytest.mark.parametrize("token", ["", "wrong"])
def test_the_way_to_the_file_is_not_for_everybody(
    client: FestivalClient, booked: Booking, token: str
) -> None:
    for end in ("calendar", "calendar.ics"):
        assert client.get(f"/bookings/{booked.reference}/{end}?t={token}").status_code == 404


def test_a_session_can_be_followed(client: FestivalClient, session: FestivalSession) -> None:
    page = client.get(f"/sessions/{session.code}")
    answer = client.get(page.page.link("Save to my calendar"))
    assert (answer.status_code, answer.location) == (303, f"/sessions/{session.code}.ics")
    assert len(hrefs(page, "https://calendar.google.com/")) == 1
    followed = [urlsplit(one).path for one in hrefs(page, "webcal://")]
    assert followed == [
        f"/sessions/{session.code}.ics",
        f"/venues/{occurrence_of(session).room.venue.slug}.ics",
        f"/providers/{session.provider.slug}.ics",
        f"/themes/{session.theme.slug}.ics",  # type: ignore[union-attr]
        "/programme.ics",
    ]
    for path in followed:
        assert TITLE in [one.summary for one in read(client.get(path).data)]


def test_a_cancelled_run_is_not_offered_elsewhere(
    client: FestivalClient, session: FestivalSession
) -> None:
    running.cancel_occurrence(occurrence_of(session).id, "The roof leaks", actor=None)
    page = client.get(f"/sessions/{session.code}")
    assert hrefs(page, "https://calendar.google.com/") == []
    assert hrefs(page, "https://outlook.live.com/") == []
    assert "Save to my calendar" not in page.words
    assert hrefs(page, "webcal://")


def test_the_programme_is_followed_as_it_is_filtered(
    client: FestivalClient, session: FestivalSession
) -> None:
    factories.session(title="Mend a Bike")
    page = client.get("/?q=tea&places=yes&day=nonsense")
    (webcal,) = hrefs(page, "webcal://")
    parts = urlsplit(webcal)
    assert (parts.path, parse_qs(parts.query)) == (
        "/programme.ics",
        {"q": ["tea"], "places": ["yes"]},
    )
    feed = client.get(f"{parts.path}?{parts.query}")
    assert [one.summary for one in read(feed.data)] == [TITLE]
    for name in ("For feed readers (Atom)", "For other programs (JSON)"):
        assert "Mend" not in client.get(page.page.link(name)).text
    kinds = {one.get("type") for one in page.page.all("link") if one.get("rel") == "alternate"}
    assert kinds == {"application/atom+xml", "text/calendar"}
