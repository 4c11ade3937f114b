"""The door: opening a pass, every verdict, letting people in once, taking it back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import ticket_keys
from festival.domain import bookings, check, clock, door, words
from festival.domain.states import move
from festival.domain.tickets import TicketFacts, code_of
from festival.extensions import db
from festival.models import (
    Booking,
    Occurrence,
    OccurrenceState,
    Scan,
    ScanKind,
)
from tests import factories
from tests.cast import Somebody, Volunteer
from tests.support.client import FestivalClient, PageResponse
from tests.support.statements import recorded

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")


def open_door(volunteer: Volunteer, **pin: str) -> PageResponse:
    """With the PIN, and on to the plain page where it is right."""
    page = volunteer.client.get(f"/scan/open/{volunteer.secret}")
    opened = volunteer.client.submit(page, "Open", pin=pin.get("pin", volunteer.pin))
    return volunteer.client.get("/scan/plain") if opened.request.path == "/scan/" else opened


def run_at(
    volunteer: Volunteer, title: str = "Sing Together", name: str = "Studio", **facts: object
) -> Occurrence:
    """A session at the volunteer's venue in half an hour."""
    room = factories.room(legal_capacity=10, venue=volunteer.venue, name=name)
    starts_at = clock.now() + timedelta(minutes=30)
    made = factories.session(title=title, room=room, starts_at=starts_at, **facts)  # type: ignore[arg-type]
    return factories.occurrence_of(made)


def scan(volunteer: Volunteer, typed: str) -> PageResponse:
    page = volunteer.client.get("/scan/plain")
    return volunteer.client.submit(page, "Check", code=typed)


def let_in(volunteer: Volunteer, page: PageResponse, **typed: str) -> PageResponse:
    return volunteer.client.submit(page, "Let them in", **typed)


def verdict(page: PageResponse) -> tuple[str, str]:
    """The answer (yes, look or no) and its sentence."""
    (card,) = page.page.with_class("verdict")
    (kind,) = {"yes", "look", "no"} & {
        name.rpartition("--")[2] for name in card.get("class", "").split()
    }
    return kind, page.h1.split(": ", 1)[1]


def scans() -> list[Scan]:
    return list(db.session.scalars(sa.select(Scan).order_by(Scan.id)))


def kinds() -> list[tuple[ScanKind, int, str]]:
    return [(one.kind, one.people, one.verdict) for one in scans()]


@pytest.fixture
def at_door(volunteer: Volunteer) -> Volunteer:
    """The volunteer, whose phone has opened the pass."""
    open_door(volunteer)
    return volunteer


# --- opening the door


def test_a_link_and_its_pin_open_the_door(volunteer: Volunteer) -> None:
    run_at(volunteer)
    page = volunteer.client.get(f"/scan/open/{volunteer.secret}")
    assert page.h1 == "Open the door"
    assert "Central Library" not in page.words
    scanner = volunteer.client.submit(page, "Open", pin=volunteer.pin)
    assert scanner.request.path == "/scan/"
    opened = volunteer.client.get(scanner.page.link("The plain page, without a camera"))
    assert opened.h1 == "Central Library, Front door"
    assert "Sing Together" in opened.words
    assert "0 in, 0 expected" in opened.words


def test_a_pin_with_spaces_is_the_same_pin(volunteer: Volunteer) -> None:
    assert open_door(volunteer, pin=" ".join(volunteer.pin)).h1 == "Central Library, Front door"


def test_a_wrong_pin_is_told(volunteer: Volunteer) -> None:
    wrong = open_door(volunteer, pin="0000" if volunteer.pin != "0000" else "1111")
    assert wrong.page.error_summary == ["This is not the PIN. Ask the venue lead."]
    assert volunteer.client.get("/scan/plain").status_code == 404
    assert open_door(volunteer, pin="").page.error_summary == ["Type the PIN you were given."]


def test_pins_cannot_be_guessed(
    volunteer: Volunteer, new_client: Callable[[], FestivalClient]
) -> None:
    guesses = [f"{number:04d}" for number in range(20) if f"{number:04d}" != volunteer.pin]
    for guess in guesses[:8]:
        assert "This is not the PIN." in open_door(volunteer, pin=guess).words
    too_many = open_door(volunteer)
    assert too_many.status_code == 429
    assert "too many tries" in too_many.words
    elsewhere = new_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    page = elsewhere.get(f"/scan/open/{volunteer.secret}")
    assert elsewhere.submit(page, "Open", pin=volunteer.pin).status_code == 429


def test_guesses_at_many_links_from_one_place_are_too_many(
    volunteer: Volunteer, new_client: Callable[[], FestivalClient]
) -> None:
    assert volunteer.venue is not None
    for number in range(8):
        _, secret, pin = factories.door_pass(volunteer.venue, label=f"Door {number}")
        wrong = "0000" if pin != "0000" else "1111"
        page = volunteer.client.get(f"/scan/open/{secret}")
        assert "This is not the PIN." in volunteer.client.submit(page, "Open", pin=wrong).words
    assert open_door(volunteer).status_code == 429
    elsewhere = new_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    page = elsewhere.get(f"/scan/open/{volunteer.secret}")
    assert elsewhere.submit(page, "Open", pin=volunteer.pin).status_code == 200


def test_many_phones_of_one_venue_open_the_same_pass(
    volunteer: Volunteer, new_client: Callable[[], FestivalClient]
) -> None:
    for _ in range(10):
        phone = new_client()
        page = phone.get(f"/scan/open/{volunteer.secret}")
        assert phone.submit(page, "Open", pin=volunteer.pin).status_code == 200


def test_opening_begins_a_new_session(volunteer: Volunteer) -> None:
    with volunteer.client.session_transaction() as session:
        session["basket"] = "what they hold"
        session["planted"] = "by somebody else"
    open_door(volunteer)
    with volunteer.client.session_transaction() as session:
        assert session["basket"] == "what they hold"
        assert "planted" not in session
        assert volunteer.secret not in str(dict(session))


@pytest.mark.parametrize("secret", ["x", "%00", "a" * 500])
def test_an_unknown_link_is_not_there(stranger: Somebody, secret: str) -> None:
    assert stranger.client.get(f"/scan/open/{secret}").status_code == 404


def test_a_pass_before_its_hours(volunteer: Volunteer, at: Callable[..., None]) -> None:
    assert volunteer.door_pass is not None
    at(volunteer.door_pass.from_at - timedelta(minutes=1))
    early = volunteer.client.get(f"/scan/open/{volunteer.secret}")
    assert early.status_code == 409
    assert "This door pass does not work yet." in early.words


def test_a_pass_that_ran_out(at_door: Volunteer, at: Callable[..., None]) -> None:
    run = run_at(at_door)
    code = factories.code_of(factories.booking(run))
    page = at_door.client.get("/scan/plain")
    assert at_door.door_pass is not None
    at(at_door.door_pass.until_at)
    for late in (
        at_door.client.get("/scan/plain"),
        at_door.client.submit(page, "Check", code=code),
        at_door.client.get(f"/scan/open/{at_door.secret}"),
    ):
        assert late.status_code == 410
        assert "This door pass has run out." in late.words
        assert "Sing Together" not in late.words
    assert scans() == []


def test_a_pass_that_was_switched_off(at_door: Volunteer) -> None:
    assert at_door.door_pass is not None
    page = scan(at_door, factories.code_of(factories.booking(run_at(at_door))))
    door.revoke(at_door.door_pass, actor=None)
    for late in (let_in(at_door, page), at_door.client.get("/scan/plain")):
        assert late.status_code == 410
        assert "This door pass has been switched off." in late.words
    assert scans() == []


@pytest.mark.parametrize("path", ["/scan/plain"])
def test_without_a_pass_nothing_is_shown(
    stranger: Somebody, volunteer: Volunteer, path: str
) -> None:
    run_at(volunteer)
    page = stranger.client.get(path, follow_redirects=True)
    assert page.status_code == 404
    assert page.h1 == "Open your door pass first"
    assert "Sing Together" not in page.words


@pytest.mark.parametrize("path", ["/scan/plain", "/scan/admit", "/scan/undo"])
def test_without_a_pass_nothing_is_done(
    stranger: Somebody, volunteer: Volunteer, path: str
) -> None:
    booked = factories.booking(run_at(volunteer))
    page = stranger.client.get("/sign-in")
    token = page.page.form("Sign in").controls["csrf_token"].values()[0]
    data = {
        "csrf_token": token,
        "code": booked.reference,
        "reservation": factories.reservation_of(booked).id,
        "people": "1",
        "scan_id": "00000000-0000-4000-8000-000000000000",
        "target": "00000000-0000-4000-8000-000000000000",
    }
    assert stranger.client.post(path, data=data).status_code == 404
    assert scans() == []


def test_an_account_is_no_pass(administrator: Somebody) -> None:
    assert administrator.client.get("/scan/plain").status_code == 404


# --- the verdicts, one by one


def test_welcome_and_in(at_door: Volunteer) -> None:
    booked = factories.booking(run_at(at_door), adults=3, name="Ada Lovelace")
    page = scan(at_door, factories.code_of(booked))
    assert verdict(page) == ("yes", "Welcome: 3 people")
    assert "Sing Together" in page.words
    assert "Studio, Central Library" in page.words
    assert "Ada Lovelace" not in page.page.html
    assert "ada@example.org" not in page.page.html
    assert page.page.form("Let them in").controls["people"].values() == ["3"]
    assert scans() == []
    done = let_in(at_door, page)
    assert verdict(done) == ("yes", "3 people let in")
    assert booked.reference is not None
    assert booked.reference in done.words
    assert "3 in, 3 expected" in done.words
    assert kinds() == [(ScanKind.admit, 3, "welcome")]
    assert check.broken_rules() == []


def code(booked: Booking) -> str:
    return factories.code_of(booked)


def reference(booked: Booking) -> str:
    return booked.reference or ""


@pytest.mark.parametrize(
    "typed",
    [
        lambda booked: code(booked).lower(),
        lambda booked: " ".join(code(booked)[at : at + 6] for at in range(0, 120, 6)),
        lambda booked: f"https://festival.example/t/{code(booked)}?from=paper",
        reference,
        lambda booked: reference(booked).lower(),
        lambda booked: reference(booked).replace("-", " "),
        lambda booked: f"  {reference(booked).replace('-', '')}  ",
    ],
    ids=["lower case", "in groups", "in an address", "reference", "lower", "spaces", "bare"],
)
def test_codes_and_references_in_any_shape(
    at_door: Volunteer, typed: Callable[[Booking], str]
) -> None:
    booked = factories.booking(run_at(at_door), adults=2)
    assert verdict(scan(at_door, typed(booked))) == ("yes", "Welcome: 2 people")


def test_a_part_of_a_party_comes_first(at_door: Volunteer) -> None:
    booked = factories.booking(run_at(at_door), adults=3)
    let_in(at_door, scan(at_door, code(booked)), people="2")
    later = scan(at_door, code(booked))
    assert verdict(later) == ("yes", "Welcome: 1 person")
    assert "2 of 3 already in" in later.words
    assert later.page.form("Let them in").controls["people"].values() == ["1"]
    let_in(at_door, later)
    assert "3 in, 3 expected" in at_door.client.get("/scan/plain").words


def test_already_in_says_when_and_where(
    at_door: Volunteer, new_client: Callable[[], FestivalClient]
) -> None:
    booked = factories.booking(run_at(at_door), adults=2)
    assert at_door.venue is not None
    _, secret, pin = factories.door_pass(at_door.venue, label="Garden door")
    garden = new_client()
    garden.submit(garden.get(f"/scan/open/{secret}"), "Open", pin=pin)
    opened = garden.get("/scan/plain")
    checked = garden.submit(opened, "Check", code=code(booked))
    garden.submit(checked, "Let them in")
    hour = words.hour(scans()[0].received_at, factories.the_edition().zone)
    page = scan(at_door, code(booked))
    assert verdict(page) == ("look", "2 of 2 already in")
    assert f"Garden door at {hour}" in page.words
    assert "Are they coming back in? Then they are welcome." in page.words
    assert "Let them in" not in page.words
    assert kinds()[1:] == [(ScanKind.note, 0, "already_in")]


def test_a_ticket_for_another_venue_says_where_to_go(at_door: Volunteer) -> None:
    venue = factories.venue(
        "Low Hill Hub", address="Kempthorne Avenue", postcode="WV10 9JJ", transport="Bus 25"
    )
    starts_at = factories.at_hour(factories.the_edition(), hour=13, day=1)
    made = factories.session(
        title="Mend a Bike", room=factories.room(venue=venue, name="Shed"), starts_at=starts_at
    )
    page = scan(at_door, code(factories.booking(factories.occurrence_of(made))))
    assert verdict(page) == ("look", "This ticket is for another session")
    for said in ("Mend a Bike", "1pm to 2:30pm", "Shed, Low Hill Hub", "WV10 9JJ", "Bus 25"):
        assert said in page.words
    assert "Let them in" not in page.words
    assert kinds() == [(ScanKind.note, 0, "other_session")]


def test_a_ticket_for_another_day_at_this_venue(at_door: Volunteer) -> None:
    room = factories.room(venue=at_door.venue)
    made = factories.session(title="Next week", room=room)
    page = scan(at_door, code(factories.booking(factories.occurrence_of(made))))
    assert verdict(page) == ("look", "This ticket is for another session")


def test_places_that_were_given_back(at_door: Volunteer) -> None:
    booked = factories.booking(run_at(at_door))
    ticket = code(booked)
    claim = factories.reservation_of(booked)
    bookings.give_up(booked, claim, [one.id for one in claim.attendees])
    page = scan(at_door, ticket)
    assert verdict(page) == ("no", "These places were given back")
    assert "Let them in" not in page.words
    assert kinds() == [(ScanKind.note, 0, "cancelled")]


def test_a_cancelled_session(at_door: Volunteer) -> None:
    run = run_at(at_door)
    booked = factories.booking(run)
    move(run, OccurrenceState.cancelled)
    page = scan(at_door, code(booked))
    assert verdict(page) == ("no", "This session is cancelled")
    assert "Cancelled" in at_door.client.get("/scan/plain").words


def test_an_older_ticket(at_door: Volunteer) -> None:
    booked = factories.booking(run_at(at_door), adults=3)
    older = code(booked)
    claim = factories.reservation_of(booked)
    bookings.give_up(booked, claim, [claim.attendees[0].id])
    page = scan(at_door, older)
    assert verdict(page) == ("look", "There is a newer ticket")
    assert verdict(scan(at_door, code(booked))) == ("yes", "Welcome: 2 people")
    assert verdict(scan(at_door, reference(booked))) == ("yes", "Welcome: 2 people")


def test_a_genuine_ticket_that_is_not_on_the_list(at_door: Volunteer) -> None:
    run = run_at(at_door)
    unknown = ticket_keys().sign(TicketFacts(4_000_000_000, run.id, 3, 0))
    page = scan(at_door, unknown)
    assert verdict(page) == ("look", "We cannot check this ticket: let them in")
    assert "It is a real ticket for 3 people, but it is not on our list." in page.words
    assert "Sing Together" in page.words
    assert scans() == []
    too_many = let_in(at_door, page, people="4")
    assert too_many.page.error_summary == ["0 of 3 are already in. Check the ticket again."]
    assert verdict(too_many)[0] == "look"
    done = let_in(at_door, too_many, people="2")
    assert verdict(done) == ("yes", "2 people let in by a ticket not on the list")
    assert "2 in, 0 expected" in done.words
    rest = scan(at_door, unknown)
    assert "2 of 3 already in" in rest.words
    let_in(at_door, rest)
    copy = scan(at_door, unknown)
    assert verdict(copy) == ("look", "3 of 3 already in")
    assert "Let them in" not in copy.words
    assert kinds() == [
        (ScanKind.admit, 2, "cannot_check"),
        (ScanKind.admit, 1, "cannot_check"),
        (ScanKind.note, 0, "already_in"),
    ]
    assert {one.ticket_number for one in scans()} == {4_000_000_000}
    assert check.broken_rules() == []


def test_a_genuine_ticket_on_no_list_for_another_session(at_door: Volunteer) -> None:
    run_at(at_door)
    other = factories.occurrence_of(factories.session(title="Mend a Bike"))
    page = scan(at_door, ticket_keys().sign(TicketFacts(4_000_000_000, other.id, 3, 0)))
    assert verdict(page) == ("look", "This ticket is for another session")
    assert "Mend a Bike" in page.words
    assert "Let them in" not in page.words
    page = scan(at_door, ticket_keys().sign(TicketFacts(4_000_000_000, 4_000_000_000, 3, 0)))
    assert verdict(page) == ("look", "This ticket is for another session")
    assert "We do not know which one." in page.words
    assert kinds() == [(ScanKind.note, 0, "other_session")] * 2


def test_a_forged_ticket_lets_nobody_in(at_door: Volunteer) -> None:
    run = run_at(at_door)
    page = scan(at_door, ticket_keys().sign(TicketFacts(4_000_000_000, run.id, 3, 0)))
    address, pairs = page.page.form("Let them in").filled({}, "Let them in")
    for forged in ("hello", "0" * 120):
        answer = at_door.client.post(address, data=dict(pairs) | {"ticket": forged})
        assert verdict(answer)[0] == "no"  # type: ignore[arg-type]
    assert scans() == []


@pytest.mark.parametrize("typed", ["hello", "https://example.org/", "0" * 119, "ਟਿਕਟ", "🎟️" * 60])
def test_what_is_none_of_our_tickets(at_door: Volunteer, typed: str) -> None:
    page = scan(at_door, typed)
    assert verdict(page) == ("no", "This is not one of our tickets")
    assert kinds() == [(ScanKind.note, 0, "not_ours")]


def test_a_truncated_ticket(at_door: Volunteer) -> None:
    ticket = code(factories.booking(run_at(at_door)))
    assert verdict(scan(at_door, ticket[:-1]))[0] == "no"
    assert verdict(scan(at_door, ticket[1:]))[1] == "This is not one of our tickets"


@pytest.mark.parametrize("place", [4, 20, 60, 119])
def test_a_forged_ticket(at_door: Volunteer, place: int) -> None:
    ticket = code(factories.booking(run_at(at_door)))
    letter = "0" if ticket[place] != "0" else "1"
    page = scan(at_door, ticket[:place] + letter + ticket[place + 1 :])
    assert verdict(page) == ("no", "This ticket was not made by this festival")
    assert kinds() == [(ScanKind.note, 0, "not_genuine")]


def test_another_instances_ticket(at_door: Volunteer) -> None:
    claim = factories.reservation_of(factories.booking(run_at(at_door)))
    assert claim.ticket is not None
    elsewhere = replace(ticket_keys(), instance="another-festival")
    page = scan(at_door, code_of(claim.ticket, elsewhere))
    assert verdict(page) == ("no", "This ticket was not made by this festival")


def test_a_reference_nobody_has(at_door: Volunteer) -> None:
    page = scan(at_door, "WLF-7K4-92M")
    assert verdict(page) == ("no", "We do not find this reference")
    assert kinds() == [(ScanKind.note, 0, "not_found")]


def test_nothing_typed_is_told(at_door: Volunteer) -> None:
    assert scan(at_door, "  ").page.error_summary == ["Scan a ticket, or type a booking reference."]
    assert scans() == []


# --- once, and no more than the law allows


def test_the_same_press_twice_is_once(at_door: Volunteer) -> None:
    booked = factories.booking(run_at(at_door), adults=2)
    page = scan(at_door, code(booked))
    let_in(at_door, page)
    again = let_in(at_door, page)
    assert verdict(again) == ("yes", "2 people let in")
    assert kinds() == [(ScanKind.admit, 2, "welcome")]


def test_the_same_check_twice_is_noted_once(at_door: Volunteer) -> None:
    page = at_door.client.get("/scan/plain")
    for _ in range(2):
        assert verdict(at_door.client.submit(page, "Check", code="hello"))[0] == "no"
    assert len(scans()) == 1


def test_two_doors_do_not_let_the_same_people_in(
    at_door: Volunteer, new_client: Callable[[], FestivalClient]
) -> None:
    booked = factories.booking(run_at(at_door), adults=2)
    front = scan(at_door, code(booked))
    phone = new_client()
    phone.submit(phone.get(f"/scan/open/{at_door.secret}"), "Open", pin=at_door.pin)
    opened = phone.get("/scan/plain")
    side = phone.submit(opened, "Check", code=code(booked))
    let_in(at_door, front, people="1")
    refused = phone.submit(side, "Let them in", people="2")
    assert refused.page.error_summary == ["1 of 2 are already in. Check the ticket again."]
    assert verdict(refused) == ("yes", "Welcome: 1 person")
    assert phone.submit(refused, "Let them in", people="1").status_code == 200
    late = at_door.client.submit(front, "Let them in")
    assert verdict(late) == ("yes", "1 person let in")
    assert sum(people for kind, people, _ in kinds() if kind == ScanKind.admit) == 2


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ("0", "Type a number from 1 to 255."),
        ("many", "Type a whole number, like 2."),
        ("3", "0 of 2 are already in. Check the ticket again."),
    ],
)
def test_a_wrong_number_is_told(at_door: Volunteer, people: str, told: str) -> None:
    page = scan(at_door, code(factories.booking(run_at(at_door), adults=2)))
    again = let_in(at_door, page, people=people)
    assert again.page.error_summary == [told]
    assert verdict(again) == ("yes", "Welcome: 2 people")
    assert again.page.form("Let them in").controls["people"].values() == [people]
    assert scans() == []


def test_the_room_holds_no_more_than_the_law_allows(at_door: Volunteer) -> None:
    run = run_at(at_door)
    booked = factories.booking(run, adults=4)
    assert at_door.door_pass is not None
    db.session.add(
        Scan(
            scan_id="w" * 36,
            door_pass_id=at_door.door_pass.id,
            kind=ScanKind.walk_up,
            occurrence_id=run.id,
            people=7,
            device_at=clock.now(),
            happened_at=clock.now(),
            received_at=clock.now(),
        )
    )
    full = let_in(at_door, scan(at_door, code(booked)))
    assert full.page.error_summary == [
        "The room is full: 10 people is the most the law allows. Ask for help."
    ]
    assert verdict(let_in(at_door, full, people="3")) == ("yes", "3 people let in")


@pytest.mark.parametrize("forged", ["0", "999999999", "9" * 30, "", "x"])
def test_a_forged_reservation_lets_nobody_in(at_door: Volunteer, forged: str) -> None:
    page = scan(at_door, code(factories.booking(run_at(at_door))))
    address, pairs = page.page.form("Let them in").filled({}, "Let them in")
    data = dict(pairs) | {"reservation": forged}
    answer = at_door.client.post(address, data=data)
    assert verdict(answer)[0] == "no"  # type: ignore[arg-type]
    assert scans() == []


def test_another_venues_reservation_lets_nobody_in(at_door: Volunteer) -> None:
    other = factories.booking(factories.occurrence_of(factories.session()))
    page = scan(at_door, code(factories.booking(run_at(at_door))))
    address, pairs = page.page.form("Let them in").filled({}, "Let them in")
    data = dict(pairs) | {"reservation": str(factories.reservation_of(other).id)}
    answer = at_door.client.post(address, data=data)
    assert verdict(answer) == ("look", "This ticket is for another session")  # type: ignore[arg-type]
    assert scans() == []


@pytest.mark.parametrize("scan_id", ["", "x" * 300, "not-a-key"])
def test_a_forged_key_is_refused(at_door: Volunteer, scan_id: str) -> None:
    page = scan(at_door, code(factories.booking(run_at(at_door))))
    for button, typed in (("Let them in", {}), ("Check", {"code": "hello"})):
        address, pairs = page.page.form(button).filled(typed, button)
        answer = at_door.client.post(address, data=dict(pairs) | {"scan_id": scan_id})
        assert "This page is out of date." in answer.words  # type: ignore[attr-defined]
    assert scans() == []


# --- undo and the log


def test_undo_counts_nobody(at_door: Volunteer) -> None:
    booked = factories.booking(run_at(at_door), adults=2)
    done = let_in(at_door, scan(at_door, code(booked)))
    undone = at_door.client.submit(done, "Undo this")
    assert "Undone. Nobody is counted for that scan." in undone.words
    assert "0 in, 2 expected" in undone.words
    assert "2 people let in, then undone" in undone.words
    assert verdict(scan(at_door, code(booked))) == ("yes", "Welcome: 2 people")
    at_door.client.submit(done, "Undo this")
    assert [kind for kind, *_ in kinds()] == [ScanKind.admit, ScanKind.undo]
    assert check.broken_rules() == []


def test_undo_from_the_list(at_door: Volunteer) -> None:
    let_in(at_door, scan(at_door, code(factories.booking(run_at(at_door), adults=2))))
    page = at_door.client.get("/scan/plain")
    (button,) = [one for form in page.page.forms for one in form.buttons if "Undo" in one]
    assert "2 people let in" in button
    assert "0 in, 2 expected" in at_door.client.submit(page, button).words


def test_another_venues_scan_is_not_undone(
    at_door: Volunteer, new_client: Callable[[], FestivalClient]
) -> None:
    done = let_in(at_door, scan(at_door, code(factories.booking(run_at(at_door)))))
    _, secret, pin = factories.door_pass(factories.venue("Low Hill Hub"))
    other = new_client()
    other.submit(other.get(f"/scan/open/{secret}"), "Open", pin=pin)
    page = other.get("/scan/plain")
    token = page.page.form("Check").controls["csrf_token"].values()[0]
    target = done.page.form("Undo this").filled({}, "Undo this")[1][-1][1]
    for wanted, told in ((target, "There is nothing to undo."), ("x", None)):
        answer = other.post(
            "/scan/undo", data={"csrf_token": token, "target": wanted}, follow_redirects=True
        )
        assert (told or "") in answer.words  # type: ignore[attr-defined]
    assert [kind for kind, *_ in kinds()] == [ScanKind.admit]
    assert "let in" not in other.get("/scan/plain").words  # type: ignore[attr-defined]


def test_the_page_shows_the_last_twenty(at_door: Volunteer) -> None:
    for number in range(21):
        scan(at_door, f"hello {number}")
    page = at_door.client.get("/scan/plain")
    assert len(page.page.with_class("audit__entry")) == 20


def test_a_wedge_scanner_needs_no_hands(at_door: Volunteer) -> None:
    """One field has the focus, and Enter sends it: the next ticket, or the party to let in."""
    welcome = scan(at_door, code(factories.booking(run_at(at_door))))
    for page, field in (
        (at_door.client.get("/scan/plain"), "code"),
        (scan(at_door, "hello"), "code"),
        (welcome, "people"),
        (let_in(at_door, welcome), "code"),
    ):
        focused = [one for one in page.page.all() if "autofocus" in one.attrib]
        assert [one.get("name") for one in focused] == [field]
        form = page.page.form("Check")
        assert form.buttons == ["Check"]
        assert form.controls["code"].values() == [""]


# --- costs


def test_the_page_asks_the_same_for_one_and_for_three(app: Flask, at_door: Volunteer) -> None:
    def one_more(name: str) -> None:
        run = run_at(at_door, name=name, theme=factories.theme())
        let_in(at_door, scan(at_door, code(factories.booking(run))))

    def cost() -> int:
        with recorded(app) as statements:
            assert at_door.client.get("/scan/plain").status_code == 200
        return statements.count

    one_more("Studio")
    one = cost()
    one_more("Garden")
    one_more("Attic")
    assert cost() == one
