"""The register of venues, as the team keeps it."""

from datetime import timedelta

import pytest
from flask import Flask

from festival.domain import clock, door, offers, venues
from festival.extensions import db, write
from festival.models import (
    NOT_KNOWN,
    Edition,
    Provider,
    Revision,
    Room,
    ShiftRole,
    Venue,
    VenueState,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import PageResponse
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")


def address(venue: Venue, rest: str = "") -> str:
    return f"/office/venues/{venue.slug}{rest}"


def proposed(provider: Provider, author: Somebody, name: str = "The Scout Hut") -> Room:
    assert author.user is not None
    return offers.propose_place(
        provider=provider,
        author=author.user,
        name=name,
        address="1 Penn Road",
        postcode="WV3 0EB",
        room="Hall",
        people=30,
    )


def test_a_venue_is_added_with_a_room(reviewer: Somebody, edition: Edition) -> None:
    ward = factories.ward(name="Penn")
    page = reviewer.client.get("/office/venues/new")
    wrong = reviewer.client.submit(page, "Save", name="", postcode="nowhere at all")
    assert wrong.page.error_summary == [
        "Type the name of the venue.",
        "Type a postcode like WV1 3AX, or leave it empty.",
    ]
    made = reviewer.client.submit(
        page,
        "Save",
        name="Penn Library",
        address="Coalway Avenue",
        postcode="wv37ly",
        ward=str(ward.id),
        fact_lift="Yes",
        fact_accessible_toilet="no",
    )
    assert made.h1 == "Penn Library"
    assert "Coalway Avenue, WV3 7LY Ward: Penn" in made.words
    assert "There is no room yet." in made.words
    venue = venues.by_slug("penn-library")
    assert venue is not None
    facts = venues.facts_of(venue)
    assert (facts["lift"], facts["accessible_toilet"]) == ("yes", "no")
    assert facts["changing_places"] == NOT_KNOWN
    room = reviewer.client.get(made.page.link("Add a room"))
    bad = reviewer.client.submit(room, "Save", name="", legal_capacity="many")
    assert bad.page.error_summary == ["Type the name of the room.", "Type a whole number, like 2."]
    done = reviewer.client.submit(
        room, "Save", name="Story Corner", legal_capacity="25", fact_hearing_loop="yes"
    )
    assert "25 people by law" in done.words


def test_what_is_not_known_can_be_seen(reviewer: Somebody) -> None:
    venue = factories.venue()
    page = reviewer.client.get(address(venue))
    assert "Changing Places toilet not known" in page.words


def test_a_venue_is_changed_and_keeps_its_address(reviewer: Somebody) -> None:
    with write():
        venue = factories.venue("Central Library", facts={"lift": "out of order", "old": "kept"})
    page = reviewer.client.get(address(venue, "/change"))
    assert page.page.form("Save").controls["fact_lift"].values() == ["out of order"]
    reviewer.client.submit(page, "Save", name="City Library", fact_lift="", fact_quiet_space="No.")
    db.session.refresh(venue)
    assert (venue.name, venue.facts) == ("City Library", {"old": "kept", "quiet_space": "no"})
    assert reviewer.client.get(address(venue)).h1 == "City Library"


def test_two_rooms_have_two_names(reviewer: Somebody) -> None:
    room = factories.room(name="Hall")
    page = reviewer.client.get(address(room.venue, "/rooms/new"))
    refused = reviewer.client.submit(page, "Save", name="HALL", legal_capacity="10")
    assert refused.page.error_summary == ["This venue has a room of this name already."]


# --- the number of people by law


def save_room(person: Somebody, room: Room, legal: int) -> PageResponse:
    page = person.client.get(address(room.venue, f"/rooms/{room.id}"))
    return person.client.submit(page, "Save", legal_capacity=str(legal))


def test_fewer_people_by_law_than_are_planned_is_refused(reviewer: Somebody) -> None:
    room = factories.room(30)
    made = factories.session(title="Sing Together", room=room, capacity=20)
    refused = save_room(reviewer, room, 21)  # two are kept for access
    (told,) = refused.page.error_summary
    assert told == (
        f"More than 21 people may come to sessions that are planned here: {made.code}. "
        "Give those fewer places or another room first."
    )
    assert refused.page.link("Sing Together") == f"/office/runs/{occurrence_of(made).id}"
    db.session.refresh(room)
    assert room.legal_capacity == 30
    kept = save_room(reviewer, room, 22)
    assert "Kept." in kept.words
    db.session.expire_all()
    assert (room.legal_capacity, occurrence_of(made).legal_capacity) == (22, 22)


def test_more_people_by_law_is_known_to_what_is_planned(reviewer: Somebody) -> None:
    room = factories.room(30)
    made = factories.session(room=room)
    over = factories.session(room=room, starts_at=clock.now() - timedelta(days=2))
    save_room(reviewer, room, 45)
    db.session.expire_all()
    assert occurrence_of(made).legal_capacity == 45
    assert occurrence_of(over).legal_capacity == 30  # as it was


# --- proposed places


def test_a_proposed_place_is_put_on_the_list(
    reviewer: Somebody, lead: Somebody, other_lead: Somebody, provider: Provider
) -> None:
    """P1 edge: venue not on list -> proposes one."""
    with write():
        room = proposed(provider, lead)
    home = reviewer.client.get("/office/")
    assert "1 proposed place" in home.words
    row = reviewer.client.get("/office/venues").page.table()[1]
    assert row[:2] == ["The Scout Hut", "Proposed: look at it"]
    page = reviewer.client.get(address(room.venue))
    done = reviewer.client.submit(page, "Put it on the list")
    assert "On the list" in done.words
    assert room.venue.state == VenueState.listed
    again = reviewer.client.submit(page, "Put it on the list")
    assert "This place is on the list already." in again.words


def test_a_proposed_place_that_is_there_already_becomes_one_with_it(
    reviewer: Somebody, lead: Somebody, provider: Provider
) -> None:
    assert lead.user is not None
    with write():
        room = proposed(provider, lead)
        right = factories.room(40, venue=factories.venue("1st Penn Scouts"), name="Main Hall")
        small = factories.room(5, venue=right.venue, name="Kitchen")
        made = factories.session(provider=provider, published=False, room=room, capacity=20)
        made.revisions[0].proposal = {"room": str(room.id), "title": "Knots"}
        draft = factories.draft(provider, lead.user, room=str(room.id))
        shift = door.make_shift(
            venue=room.venue,
            volunteer="Sam",
            role=ShiftRole.door,
            from_at=clock.now(),
            until_at=clock.now() + timedelta(hours=4),
            actor=lead.user,
        ).shift
    page = reviewer.client.get(address(room.venue, "/merge"))
    nothing = reviewer.client.submit(page, "Make them one")
    assert nothing.page.error_summary == ["Choose a room from the list."]
    too_small = reviewer.client.submit(page, "Make them one", room=str(small.id))
    assert made.code in too_small.page.error_summary[0]
    done = reviewer.client.submit(page, "Make them one", room=str(right.id))
    assert done.h1 == "1st Penn Scouts"
    db.session.expire_all()
    run = occurrence_of(made)
    assert (run.room, run.legal_capacity) == (right, 40)
    assert made.revisions[0].proposal == {"room": str(right.id), "title": "Knots"}
    assert db.session.get_one(Revision, draft.id).proposal["room"] == str(right.id)
    assert (shift.venue, shift.door_pass.venue) == (right.venue, right.venue)
    assert venues.by_slug("the-scout-hut") is None
    assert reviewer.client.get(page.request.path).status_code == 404


def test_only_a_proposed_place_is_merged(reviewer: Somebody) -> None:
    assert reviewer.client.get(address(factories.venue(), "/merge")).status_code == 404


# --- closed


def test_closing_for_a_day_names_what_is_planned(reviewer: Somebody, edition: Edition) -> None:
    """Bad input: a venue that closed."""
    room = factories.room()
    made = factories.session(title="Sing Together", room=room)
    day = occurrence_of(made).starts_at.date()
    page = reviewer.client.get(address(room.venue))
    wrong = reviewer.client.submit(page, "Close it on these days", starts_on="soon")
    assert wrong.page.error_summary == ["Type a day, like 7/6/2027."]
    before = day - timedelta(days=3)
    backwards = reviewer.client.submit(
        page,
        "Close it on these days",
        starts_on=f"{day:%d/%m/%Y}",
        ends_on=f"{before:%d/%m/%Y}",
    )
    assert backwards.page.error_summary == ["The last day must not be before the first."]
    closed = reviewer.client.submit(
        page, "Close it on these days", starts_on=f"{day:%d/%m/%Y}", reason="water damage"
    )
    assert "1 session is planned there on these days." in closed.words
    assert "Closed: water damage" in closed.words
    assert closed.page.link("Sing Together") == f"/office/runs/{occurrence_of(made).id}"
    assert venues.is_open(room.venue, day) == "water damage"
    assert venues.is_open(room.venue, day + timedelta(days=1)) is None
    (button,) = [one for form in closed.page.forms for one in form.buttons if "after all" in one]
    reviewer.client.submit(closed, button)
    assert venues.is_open(room.venue, day) is None


def test_closing_for_good_and_opening_again(reviewer: Somebody, edition: Edition) -> None:
    room = factories.room()
    factories.session(room=room)
    page = reviewer.client.get(address(room.venue))
    closed = reviewer.client.submit(page, "Close it for good")
    assert "1 session is still planned there." in closed.words
    assert room not in offers.rooms_for(factories.provider())
    opened = reviewer.client.submit(closed, "Open it again")
    assert "On the list" in opened.words
    assert room in offers.rooms_for(factories.provider())


def test_who_keeps_the_register(
    access_lead: Somebody, operator: Somebody, manager: Somebody, lead: Somebody
) -> None:
    room = factories.room()
    other = factories.room()
    assert access_lead.client.get("/office/venues").status_code == 200
    for person in (operator, manager, lead):
        assert person.client.get("/office/venues").status_code == 404
        assert person.client.get(address(room.venue)).status_code == 404
    assert access_lead.client.get("/office/venues/nowhere").status_code == 404
    there = address(room.venue, f"/rooms/{other.id}")
    assert access_lead.client.get(there).status_code == 404


def test_the_list_asks_no_more_for_more(app: Flask, reviewer: Somebody) -> None:
    def cost() -> int:
        with recorded(app) as statements:
            reviewer.client.get("/office/venues")
        return len(statements.all)

    factories.session()
    cost()  # what is read once, of the process and of the person
    one = cost()
    factories.session()
    factories.session()
    assert cost() == one
