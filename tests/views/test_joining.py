"""Online sessions: who is let in to the meeting, when, and who knows its address: R11."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from festival.delivery.addresses import join_address, manage_path
from festival.domain import bookings, clock, joining, running
from festival.domain.reminders import Step
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Booking,
    MembershipRole,
    Message,
    Occurrence,
    Provider,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.mine import enter

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

MEETING = "https://meet.example/j/123?pwd=s3cret"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
At = Callable[..., None]


@pytest.fixture
def run(provider: Provider) -> Occurrence:
    """An online session with an address, 10am on the festival's second day."""
    room = factories.room(200, venue=factories.venue("Online", is_online=True))
    starts = factories.at_hour(factories.the_edition(), hour=10, day=1)
    session = factories.session(
        title="Family trees", provider=provider, room=room, starts_at=starts, capacity=50
    )
    occurrence_of(session).joining_url = MEETING
    return occurrence_of(session)


@pytest.fixture
def booked(run: Occurrence) -> Booking:
    return factories.booking(run, 2)


def path_of(booked: Booking) -> str:
    parts = urlsplit(join_address(reservation_of(booked)))
    return f"{parts.path}?{parts.query}"


def press(client: FestivalClient, address: str, **typed: str) -> PageResponse:
    """A POST there by somebody who has some page of ours open."""
    form = client.get("/bookings/").page.form("Find my booking")
    token = dict(form.filled({}, "Find my booking")[1])["csrf_token"]
    return client.post(address, data={"csrf_token": token, **typed})  # type: ignore[return-value]


def theirs(run: Occurrence) -> str:
    return f"/provider/sessions/{run.session.code}/runs/{run.id}"


# --- the way in


def test_r11_pressing_the_button_notes_it_once_and_leads_to_the_meeting(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    at(run.starts_at - timedelta(minutes=5))
    page = client.get(path_of(booked))
    assert page.h1 == "Join online"
    assert "meet.example" not in page.get_data(as_text=True)
    assert page.page.form("I’m joining").method == "post"
    answer = press(client, path_of(booked))
    assert (answer.status_code, answer.location) == (303, MEETING)
    first = reservation_of(booked).joined_at
    assert first == clock.now()
    at(run.starts_at + timedelta(minutes=20))  # dropped out, and back in
    answer = press(client, path_of(booked))
    assert answer.location == MEETING
    assert reservation_of(booked).joined_at == first
    assert joining.joined(run) == joining.Joined(parties=1, people=2)


def test_looking_at_the_page_is_not_joining(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    at(run.starts_at)
    client.get(path_of(booked))
    assert reservation_of(booked).joined_at is None


def test_the_browser_lets_the_button_lead_elsewhere_and_nobody_keeps_the_page(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    at(run.starts_at)
    page = client.get(path_of(booked))
    assert "form-action 'self' https:;" in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "https:" not in client.get(manage_path(booked)).headers["Content-Security-Policy"]


def test_it_opens_as_the_day_before_begins(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    opens = joining.opens_at(run)
    zone = run.session.edition.zone
    assert (opens.astimezone(zone).hour, opens.astimezone(zone).minute) == (0, 0)
    at(opens - timedelta(minutes=1))
    page = client.get(path_of(booked))
    assert page.h1.startswith("You can join from ")
    assert page.page.forms == []
    assert "Join online" not in client.get(manage_path(booked)).page.links
    at(opens)
    assert client.get(path_of(booked)).h1 == "Join online"
    assert client.get(manage_path(booked)).page.link("Join online") == path_of(booked)
    assert client.get(enter(client).page.link("Join online")).h1 == "Join online"


def test_a_press_before_its_time_leads_nowhere(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    at(joining.opens_at(run) - timedelta(minutes=1))
    answer = press(client, path_of(booked))
    assert answer.status_code == 200
    assert "It is too early to join." in answer.page.error_summary[0]
    assert reservation_of(booked).joined_at is None


def test_without_an_address_they_are_asked_to_come_back(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    run.joining_url = ""
    at(run.starts_at - HOUR)
    page = client.get(path_of(booked))
    assert page.h1 == "Please come back a little later"
    assert "01902 550000" in page.words


def test_when_it_is_over_it_is_over(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    at(run.starts_at)
    page = client.get(path_of(booked))
    at(run.ends_at)
    assert client.submit(page, "I’m joining").h1 == "This session is over"


def test_who_has_no_place_any_more_gets_no_way_in(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    at(run.starts_at - HOUR)
    page = client.get(path_of(booked))
    bookings.cancel_reservation(booked, reservation_of(booked))
    answer = client.submit(page, "I’m joining")
    assert answer.h1 == "You cannot join with this booking"
    assert "meet.example" not in answer.get_data(as_text=True)


def test_called_off_there_is_no_way_in(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    at(run.starts_at - HOUR)
    running.cancel_occurrence(run.id, "The teacher is ill.", actor=None)
    assert client.get(path_of(booked)).h1 == "You cannot join with this booking"


def test_who_waits_has_no_way_in(client: FestivalClient, run: Occurrence, at: At) -> None:
    factories.booking(run, 4)
    run.capacity = run.places_taken
    db.session.flush()
    run.allocations[0].places = run.allocations[0].places_taken
    waits = factories.waiting(run)
    at(run.starts_at - HOUR)
    page = client.get(path_of(waits))
    assert page.h1 == "You cannot join with this booking"
    assert "These places are not booked yet." in page.words


def test_only_the_booker_of_this_online_session_finds_the_page(
    client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    in_a_room = factories.booking(occurrence_of(factories.session()))
    other = factories.booking(run, email="grace@example.org")
    at(run.starts_at)
    path, query = path_of(booked).split("?")
    share = client.get(manage_path(booked)).page.link("Tickets only").partition("?")[2]
    wrong = path.rpartition("/")[0] + f"/{reservation_of(other).id}?{query}"
    for address in (path, f"{path}?t=x", f"{path}?{share}", wrong, path_of(in_a_room)):
        assert client.get(address).status_code == 404, address
        assert press(client, address).status_code == 404, address


def test_the_address_stands_on_no_page_in_no_feed_and_in_no_log(
    client: FestivalClient, lead: Somebody, booked: Booking, run: Occurrence, at: At
) -> None:
    lead.client.submit(
        lead.client.get(theirs(run)), "Save the address", joining_url=MEETING + "&x=2"
    )
    at(run.starts_at - HOUR)
    code = run.session.code
    for address in (
        f"/sessions/{code}",
        f"/sessions/{code}.ics",
        "/programme.ics",
        "/programme.json",
        "/programme.atom",
        "/",
        manage_path(booked),
        manage_path(booked, "bookings.show_tickets"),
        path_of(booked),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "meet.example" not in answer.get_data(as_text=True), address
    written = db.session.scalars(sa.select(AuditEntry)).all()
    assert "meet.example" not in str([one.facts for one in written])
    assert "meet.example" not in str(list(db.session.scalars(sa.select(Message.facts))))


# --- where it meets


@pytest.mark.parametrize("who", ["lead", "editor", "manager"])
def test_provider_and_team_say_where_it_meets(
    request: pytest.FixtureRequest, run: Occurrence, who: str
) -> None:
    person: Somebody = request.getfixturevalue(who)
    run.joining_url = ""
    address = f"/office/runs/{run.id}" if who == "manager" else theirs(run)
    page = person.client.get(address)
    assert "We do not have its address yet." in page.words
    page = person.client.submit(page, "Save the address", joining_url=f"  {MEETING}  ")
    assert "Saved." in page.words
    assert run.joining_url == MEETING
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.facts) == ("occurrence.joining", {"had": False, "has": True})
    assert entry.actor == person.user
    page = person.client.submit(page, "Save the address", joining_url="")
    assert "The address is gone." in page.words


@pytest.mark.parametrize(
    "typed",
    [
        "meet.example/j/1",
        "http://meet.example/j/1",
        "ftp://meet.example/j/1",
        "https://",
        "https://meet",
        "https://ada:pw@meet.example/",
        "https://meet.example/a b",
        "https://meet.example\\@evil.example",
        "https://[::1/",
        "https://meet.example:99999999/",
        "https://meet.example/" + "x" * 500,
        "//meet.example/j",
    ],
)
def test_what_is_no_address_is_refused_at_its_field(
    lead: Somebody, run: Occurrence, typed: str
) -> None:
    page = lead.client.submit(lead.client.get(theirs(run)), "Save the address", joining_url=typed)
    assert len(page.page.error_summary) == 1
    assert run.joining_url == MEETING
    field = page.page.by_id("joining_url")
    assert field is not None
    assert field.get("value") == typed


def test_nobody_else_says_where_it_meets(
    provider: Provider, other_lead: Somebody, run: Occurrence, client: FestivalClient
) -> None:
    member = factories.user(memberships=[(provider, MembershipRole.door)])
    db.session.commit()
    client.sign_in(member)
    for person in (other_lead.client, client):
        assert person.get(theirs(run)).status_code == 404
        assert press(person, f"{theirs(run)}/meeting").status_code == 404


def test_in_a_room_there_is_no_meeting_to_set(lead: Somebody, provider: Provider) -> None:
    run = occurrence_of(factories.session(provider=provider))
    page = lead.client.get(theirs(run))
    assert "The online meeting" not in page.words
    assert press(lead.client, f"{theirs(run)}/meeting").status_code == 404


def told(booking: Booking) -> list[str]:
    query = sa.select(Message.kind).where(Message.booking_id == booking.id).order_by(Message.id)
    return list(db.session.scalars(query))


def test_when_strangers_have_the_address_those_who_were_told_are_told_again(
    lead: Somebody, booked: Booking, run: Occurrence, at: At
) -> None:
    late = factories.booking(run, email="late@example.org")  # is told in time anyway
    gone = factories.booking(run, email="gone@example.org")
    for one in (booked, gone):
        reservation_of(one).reminded = Step.day_before
    bookings.cancel_reservation(gone, reservation_of(gone))
    at(run.starts_at - 20 * HOUR)
    page = lead.client.submit(
        lead.client.get(theirs(run)), "Save the address", joining_url="https://new.example/1"
    )
    assert "1 party that was told before is told again now." in page.words
    assert told(booked) == ["booked", "joining"]
    assert told(late) == ["booked"]
    assert told(gone) == ["booked", "cancelled"]
    # What has not left yet leads to the newest address: no second one.
    lead.client.submit(page, "Save the address", joining_url="https://new.example/2")
    assert told(booked) == ["booked", "joining"]
    # The same address again is no change.
    page = lead.client.submit(page, "Save the address", joining_url="https://new.example/2")
    assert "The address is as it was." in page.words


@pytest.mark.parametrize("before", [-25 * HOUR, timedelta(minutes=1)])
def test_days_before_and_afterwards_nobody_is_told_again(
    lead: Somebody, booked: Booking, run: Occurrence, at: At, before: timedelta
) -> None:
    reservation_of(booked).reminded = Step.day_before
    at(run.starts_at + before)
    lead.client.submit(
        lead.client.get(theirs(run)), "Save the address", joining_url="https://new.example/1"
    )
    assert told(booked) == ["booked"]


def test_who_runs_it_sees_how_many_have_joined(
    lead: Somebody, client: FestivalClient, booked: Booking, run: Occurrence, at: At
) -> None:
    at(run.starts_at)
    assert "0 bookings, 0 people" in lead.client.get(theirs(run)).words
    press(client, path_of(booked))
    page = lead.client.get(theirs(run))
    assert "Pressed “I’m joining” 1 booking, 2 people" in page.words
