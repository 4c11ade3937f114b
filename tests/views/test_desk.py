"""Booking for somebody, and finding a booking: stories R3, R4 and R5."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.domain import clock
from festival.domain.occurrences import Share
from festival.extensions import db
from festival.models import (
    Accompaniment,
    AllocationKind,
    AttendeeKind,
    AuditEntry,
    Booking,
    Channel,
    FestivalSession,
    Occurrence,
    Reservation,
    ReservationState,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import PageResponse

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

PHONE = [Share(AllocationKind.phone, 3)]


def made() -> list[Booking]:
    return list(db.session.scalars(sa.select(Booking).order_by(Booking.id)))


def take_down(person: Somebody, code: str, **typed: object) -> PageResponse:
    """What the page says when the form was filled in and read back."""
    fields: dict[str, object] = {"code_0": code, "adults_0": "1", "name": "Edna Byrne"} | typed
    return person.client.submit(person.client.get("/office/book"), "Read it back", **fields)


def book(person: Somebody, code: str, **typed: object) -> PageResponse:
    return person.client.submit(take_down(person, code, **typed), "Book it")


def actions() -> list[tuple[str, str, object]]:
    found = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    return [(one.action, one.thing, one.actor.name if one.actor else None) for one in found]


# --- R5: no email, no mobile; phones the festival line


def test_r5_a_caller_without_email_or_mobile_is_booked_in_three_pages(operator: Somebody) -> None:
    session = factories.session(title="Bread from nothing", code="E04")
    check = take_down(operator, "e04")
    assert check.h1 == "Read this back"
    for words in ("Bread from nothing", "1 adult", "Edna Byrne", "Nothing is booked yet."):
        assert words in check.words
    assert "We cannot reach this person." in check.words
    assert made() == []
    done = operator.client.submit(check, "Book it")
    (booking,) = made()
    assert done.h1 == "It is booked"
    assert (booking.channel, booking.made_by_id) == (Channel.phone, operator.user.id)  # type: ignore[union-attr]
    assert (booking.name, booking.email, booking.mobile) == ("Edna Byrne", "", "")
    claim = factories.reservation_of(booking)
    assert (claim.state, claim.occurrence.session) == (ReservationState.confirmed, session)
    assert claim.attendees[0].name == "Edna Byrne"


def test_r5_the_reference_is_spelled_and_the_tickets_can_be_printed(operator: Somebody) -> None:
    factories.session(code="E04")
    done = book(operator, "E04")
    (booking,) = made()
    assert booking.reference is not None
    first, second, third = booking.reference.split("-")
    assert re.search(rf"{first} Whiskey, Lima, Foxtrot\b", done.words)
    assert second in done.words
    assert third in done.words
    tickets = operator.client.get(done.page.link("See and print the tickets"))
    assert tickets.status_code == 200
    assert booking.reference in tickets.words


def test_r5_the_audit_log_says_who_booked_for_whom_by_number_not_by_name(
    operator: Somebody,
) -> None:
    factories.session(code="E04")
    book(operator, "E04")
    (booking,) = made()
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.thing_id, entry.actor) == (
        "booking.made",
        booking.id,
        operator.user,
    )
    assert "Edna" not in str(entry.facts)


def test_r5_places_held_for_the_phone_are_used_when_public_places_are_gone(
    operator: Somebody,
) -> None:
    session = factories.session(code="E04", capacity=5, shares=PHONE)
    run = occurrence_of(session)
    factories.booking(run, adults=2)
    dates = operator.client.submit(
        operator.client.get("/office/book?code=E04"), "Show dates and places"
    )
    assert "3 places by phone or counter" in dates.words
    assert "0 online" in dates.words
    book(operator, "E04", adults_0="2")
    claim = factories.reservation_of(made()[-1])
    assert claim.allocation is not None
    assert (claim.allocation.kind, claim.own_places) == (AllocationKind.phone, 2)


def test_r5_pressed_twice_it_is_one_booking(operator: Somebody) -> None:
    factories.session(code="E04")
    check = take_down(operator, "E04")
    operator.client.submit(check, "Book it")
    again = operator.client.submit(check, "Book it")
    assert again.h1 == "It is booked"
    assert len(made()) == 1


def test_r5_a_full_session_waits_only_where_the_caller_wants_to(operator: Somebody) -> None:
    run = occurrence_of(factories.session(code="E04", capacity=1))
    factories.booking(run)
    refused = take_down(operator, "E04", mobile="01902 555 123")
    assert any("places have just been taken" in line for line in refused.page.error_summary)
    check = operator.client.submit(refused, "Read it back", wait_0=True)
    assert "They go on the waiting list." in check.words
    done = operator.client.submit(check, "Book it")
    assert done.h1 == "They are on the waiting list"
    assert factories.reservation_of(made()[-1]).state == ReservationState.waiting


def test_a_full_session_names_another_with_places(operator: Somebody) -> None:
    session = factories.session(code="E04", capacity=1, title="Bread from nothing")
    factories.booking(occurrence_of(session))
    factories.session(code="E05", theme=session.theme, title="Soup from nothing")
    refused = take_down(operator, "E04")
    assert "There are places here" in refused.words
    assert "Soup from nothing (E05)" in refused.words


def test_several_sessions_in_one_booking_and_an_overlap_warns_and_is_allowed(
    operator: Somebody,
) -> None:
    factories.session(code="E04", title="Bread from nothing")
    factories.session(code="E05", title="Soup from nothing")
    page = operator.client.submit(
        operator.client.get("/office/book?code=E04"),
        "Add another session",
        adults_0="1",
        name="Edna Byrne",
    )
    check = operator.client.submit(page, "Read it back", code_1="E05")
    assert "Bread from nothing and Soup from nothing overlap." in check.words
    operator.client.submit(check, "Book it")
    (booking,) = made()
    assert {one.occurrence.session.code for one in booking.reservations} == {"E04", "E05"}
    assert len({one.attendees[0].person for one in booking.reservations}) == 1


def test_a_caller_who_has_booked_the_session_before_is_told(operator: Somebody) -> None:
    session = factories.session(code="E04", title="Bread from nothing")
    factories.booking(occurrence_of(session), email="", mobile="+44 1902 555123")
    check = take_down(operator, "E04", mobile="01902 555 123")
    assert "They have booked Bread from nothing before." in check.words


def test_of_several_dates_one_is_chosen(operator: Somebody) -> None:
    session = factories.session(code="E04")
    later = factories.occurrence(
        session, starts_at=occurrence_of(session).starts_at + timedelta(days=1)
    )
    asked = take_down(operator, "E04")
    assert asked.page.error_summary == ["Choose a date."]
    check = operator.client.submit(asked, "Read it back", run_0=later.id)
    operator.client.submit(check, "Book it")
    assert factories.reservation_of(made()[0]).occurrence_id == later.id


def test_nothing_typed_is_lost_when_something_is_changed(operator: Somebody) -> None:
    factories.session(code="E04", age_min=7, accompaniment=Accompaniment.adult_stays)
    check = take_down(
        operator, "E04", ages_0="7, 10", mobile="01902 555123", proxy_name="Hal Helper"
    )
    form = operator.client.submit(check, "Change something").page.form("Read it back")
    values = {name: control.values() for name, control in form.controls.items()}
    assert values["ages_0"] == ["7, 10"]
    assert values["mobile"] == ["01902 555123"]
    assert values["proxy_name"] == ["Hal Helper"]
    assert values["name"] == ["Edna Byrne"]


def test_r3_a_helper_books_for_the_person_they_help(operator: Somebody) -> None:
    factories.session(code="E04")
    book(operator, "E04", companions_0="1", proxy_name="Hal Helper")
    (booking,) = made()
    assert (booking.name, booking.proxy_name) == ("Edna Byrne", "Hal Helper")
    kinds = {one.kind for one in factories.reservation_of(booking).attendees}
    assert kinds == {AttendeeKind.adult, AttendeeKind.companion}


def test_r3_what_helps_is_kept_with_consent_only(operator: Somebody) -> None:
    factories.session(code="E04")
    refused = take_down(operator, "E04", note="A seat near the front")
    assert any("Ask if they agree" in line for line in refused.page.error_summary)
    operator.client.submit(operator.client.submit(refused, "Read it back", consent=True), "Book it")
    request = factories.reservation_of(made()[0]).access_request
    assert request is not None
    assert request.note == "A seat near the front"
    assert request.consented_at is not None


def test_r3_the_access_lead_books_from_the_reserve_of_a_full_session(
    access_lead: Somebody, operator: Somebody
) -> None:
    run = occurrence_of(
        factories.session(code="E04", capacity=2, shares=[Share(AllocationKind.access, 2)])
    )
    factories.booking(run, adults=2)
    book(access_lead, "E04", access_place=True)
    claim = factories.reservation_of(made()[-1])
    assert claim.allocation is not None
    assert (claim.state, claim.allocation.kind) == (
        ReservationState.confirmed,
        AllocationKind.access,
    )
    form = operator.client.get("/office/book").page.form("Read it back")
    assert "access_place" not in form.names


def test_r4_the_team_books_a_group_larger_than_groups_may_book(operator: Somebody) -> None:
    factories.session(code="E09", capacity=30, room=factories.room(40))
    book(operator, "E09", adults_0="", unnamed_0="22")
    claim = factories.reservation_of(made()[0])
    assert (claim.places, claim.state) == (22, ReservationState.confirmed)


# --- bad input


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"adults_0": "0"}, "Say how many people are coming."),
        ({"adults_0": "300"}, "Type a number from 0 to 255."),
        ({"adults_0": "200", "unnamed_0": "100"}, "One booking can be for 255 people at most."),
        ({"adults_0": "0", "ages_0": "8"}, "An adult must come with the children. Add an adult."),
        ({"adults_0": "", "companions_0": "1"}, "Say who they come with."),
        ({"ages_0": "130"}, "A child's age is 0 to 17."),
        ({"ages_0": "-1"}, "A child's age is 0 to 17."),
        ({"ages_0": "seven"}, "Type the age of each child in whole years"),
        ({"code_0": "X99"}, "There is no session with this code."),
        ({"name": ""}, "Type their name."),
        ({"name": "☺"}, "Type your name with letters"),
        ({"email": "edna"}, "Type an email address like name@example.org."),
    ],
)
def test_bad_input_lands_on_its_field_and_books_nothing(
    operator: Somebody, typed: dict[str, object], told: str
) -> None:
    factories.session(
        code="E30", accompaniment=Accompaniment.adult_stays, capacity=10, children_per_adult=3
    )
    refused = take_down(operator, "E30", **typed)
    assert any(told in line for line in refused.page.error_summary), refused.page.error_summary
    assert refused.page.form("Read it back").controls["code_0"].values() == [
        typed.get("code_0", "E30")
    ]
    assert made() == []


def test_a_session_that_started_cannot_be_booked(operator: Somebody) -> None:
    started = clock.now() - timedelta(minutes=10)
    factories.session(code="E04", starts_at=started)
    refused = take_down(operator, "E04")
    assert refused.page.error_summary == ["This session has no dates that can be booked any more."]


def test_a_run_that_was_read_back_and_then_fills_up_is_said_and_nothing_is_lost(
    operator: Somebody,
) -> None:
    run = occurrence_of(factories.session(code="E04", capacity=1))
    check = take_down(operator, "E04", mobile="01902 555123")
    factories.booking(run)
    refused = operator.client.submit(check, "Book it")
    assert any("places have just been taken" in line for line in refused.page.error_summary)
    assert refused.page.form("Read it back").controls["mobile"].values() == ["01902 555123"]


def test_made_up_fields_are_no_fault(operator: Somebody) -> None:
    factories.session(code="E04")
    page = operator.client.get("/office/book").page
    token = page.form("Read it back").controls["csrf_token"].values()[0]
    for lines in ("-1", "99999", "x", "²"):
        answer = operator.client.post(
            "/office/book",
            data={"csrf_token": token, "lines": lines, "run_0": "7", "channel": "web", "key": "1"},
        )
        assert answer.status_code == 200
        assert answer.page.error_summary
    assert made() == []


# --- finding a booking


def look_up(person: Somebody, typed: str) -> PageResponse:
    return person.client.submit(person.client.get("/office/bookings"), "Find it", words=typed)


@pytest.fixture
def known(operator: Somebody) -> Booking:
    session: FestivalSession = factories.session(code="E04", title="Bread from nothing")
    return factories.booking(
        occurrence_of(session),
        name="Gurpreet Kaur",
        email="gurpreet@example.org",
        mobile="+44 7700 900982",
    )


@pytest.mark.parametrize(
    "typed", ["gurpreet", "KAUR gurp", "07700 900 982", "900982", "Gurpreet@Example.org", "ref"]
)
def test_r5_a_different_operator_finds_the_caller(
    operator: Somebody, known: Booking, typed: str
) -> None:
    factories.booking(known.reservations[0].occurrence, name="Somebody Else", email="s@e.org")
    reference = str(known.reference)
    page = look_up(operator, reference.lower().replace("-", " ") if typed == "ref" else typed)
    assert [row[0] for row in page.page.table()[1:]] == [reference]
    assert "E04, Bread from nothing" in page.words
    opened = operator.client.get(page.page.link(reference))
    assert opened.status_code == 200


def test_r5_three_spellings_of_a_name_find_the_same_caller(
    operator: Somebody, known: Booking
) -> None:
    for spelling in ("Gurpret Kaur", "Gurprit Kour"):
        assert str(known.reference) in look_up(operator, spelling).words
    assert "We found no booking." in look_up(operator, "Zebedee").words


def test_r5_every_booking_that_was_seen_is_recorded_and_no_name_is(
    operator: Somebody, known: Booking
) -> None:
    db.session.execute(sa.delete(AuditEntry))
    page = look_up(operator, "gurpreet")
    assert page.request.query_string == b""
    assert actions() == [("booking.looked_up", "booking", "Phil Phone")]
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert entry.facts == {}


def test_r5_staff_see_no_access_notes_and_no_whole_phone_number(
    operator: Somebody,
) -> None:
    factories.session(code="E04")
    book(operator, "E04", note="Reads lips", consent=True, mobile="01902 555123")
    page = look_up(operator, "Edna")
    assert "Phone ends in 123" in page.words
    assert "Reads lips" not in page.words
    assert "555123" not in page.words.replace(" ", "")


def test_results_are_capped(operator: Somebody) -> None:
    run: Occurrence = occurrence_of(factories.session(capacity=30, room=factories.room(40)))
    for _number in range(21):
        factories.booking(run, name="Same Name")
    page = look_up(operator, "same name")
    assert len(page.page.table()) == 21
    assert "There are more." in page.words


def test_few_digits_are_of_too_many_people(operator: Somebody, known: Booking) -> None:
    assert "We found no booking." in look_up(operator, "982").words
    assert "We found no booking." in look_up(operator, "%%%").words


def test_only_the_desk_books_and_finds(reviewer: Somebody, lead: Somebody) -> None:
    for person in (reviewer, lead):
        for address in ("/office/book", "/office/bookings", "/office/calls"):
            assert person.client.get(address).status_code == 404


def test_a_booking_that_somebody_else_made_is_not_shown_by_its_reference(
    operator: Somebody, access_lead: Somebody
) -> None:
    factories.session(code="E04")
    book(operator, "E04")
    reference = made()[0].reference
    assert operator.client.get(f"/office/booked/{reference}").status_code == 200
    assert access_lead.client.get(f"/office/booked/{reference}").status_code == 404
    claim = db.session.scalars(sa.select(Reservation)).one()
    assert claim.state == ReservationState.confirmed
