"""What residents do with a basket: each test says which line of the stories it stands for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check, clock
from festival.extensions import db
from festival.models import (
    AccessRequest,
    Accompaniment,
    Attendee,
    AttendeeKind,
    Booking,
    Edition,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
)
from tests import factories
from tests.factories import at_hour, occurrence_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.statements import recorded

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

BOOKED = "Your places are booked"
CHEMISTRY = {
    "age_min": 7,
    "age_max": 11,
    "accompaniment": Accompaniment.adult_stays,
    "accompanying_adults_take_places": False,
    "children_per_adult": 3,
    "most_accompanying_adults": 1,
}


def start(client: FestivalClient, run: Occurrence, query: str = "") -> PageResponse:
    return client.get(f"/sessions/{run.session.code}/book/{run.id}{query}")  # type: ignore[return-value]


def go(client: FestivalClient, run: Occurrence, **people: object) -> PageResponse:
    """The first step, to wherever it leads."""
    return client.submit(start(client, run), "Continue", **people)


def to_check(client: FestivalClient, run: Occurrence, **contact: object) -> PageResponse:
    typed = {"name": "Ada Lovelace", "email": "ada@example.org"} | contact
    return client.submit(go(client, run, adults="1"), "Continue", **typed)


def family(client: FestivalClient, run: Occurrence, *ages: int) -> PageResponse:
    """An adult and children of these ages, as far as the page after their names."""
    page = go(client, run, adults="1", children=str(len(ages)))
    page = client.submit(page, "Continue", name="Priya Kaur")
    typed = {f"age_{number}": str(age) for number, age in enumerate(ages, 2)}
    return client.submit(page, "Continue", **typed)


def a_run(title: str = "Sing Together", **facts: object) -> Occurrence:
    return occurrence_of(factories.session(title=title, **facts))  # type: ignore[arg-type]


def states() -> list[ReservationState]:
    query = sa.select(Reservation.state).order_by(Reservation.id)
    return list(db.session.scalars(query))


def links(page: PageResponse, words: str) -> list[str]:
    return [
        one.get("href", "")
        for one in page.page.all("a")
        if words in " ".join("".join(one.itertext()).split())
    ]


# --- R1: an adult books one taster


def test_r1_the_last_place_taken_between_check_and_submit(
    client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    """Kept answers, offered the waiting list and similar sessions."""
    run = a_run(capacity=1)
    other_day = factories.occurrence(run.session, starts_at=at_hour(edition, hour=10, day=3))
    page = to_check(client, run)
    at(clock.now() + timedelta(minutes=16))
    factories.booking(run, name="Somebody Quicker")
    page = client.submit(page, "Book 1 place")
    assert page.page.error_summary == ["Sorry, all the places have just been taken."]
    assert "Ada Lovelace" in page.words
    assert links(page, "Sing Together, ") == [f"/sessions/{run.session.code}/book/{other_day.id}"]
    page = client.submit(page, "Continue", instead_0="wait")
    claim = db.session.scalars(
        sa.select(Reservation).where(Reservation.state == ReservationState.waiting)
    ).one()
    assert claim.booking.name == "Ada Lovelace"
    assert claim.waiting_since is not None
    assert check.broken_rules() == []


def test_r1_nothing_is_booked_while_a_line_has_a_problem_and_the_rest_as_chosen(
    client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    gone, there = a_run("Gone", capacity=1), a_run("There")
    to_check(client, gone)
    page = go(client, there)
    assert page.h1 == "Check your answers"
    at(clock.now() + timedelta(minutes=16))
    factories.booking(gone, name="Somebody Quicker")
    page = client.submit(page, "Book 2 places")
    assert there.places_taken == 1  # of the hold that nobody has settled
    basket = db.session.scalars(sa.select(Booking).where(Booking.name != "Somebody Quicker")).one()
    assert basket.reference is None
    page = client.submit(page, "Book the rest")
    assert page.page.error_summary == ["Sorry, all the places have just been taken."]
    page = client.submit(page, "Book the rest", instead_0="leave")
    assert page.h1 == BOOKED
    assert there.places_taken == 1
    assert "Gone" not in page.words
    assert check.broken_rules() == []


def test_r1_a_double_tap_is_one_booking(client: FestivalClient, edition: Edition) -> None:
    run = a_run()
    page = to_check(client, run)
    first, second = client.submit(page, "Book 1 place"), client.submit(page, "Book 1 place")
    assert first.request.url == second.request.url
    assert run.places_taken == 1


def test_r1_the_back_button_to_the_first_page(client: FestivalClient, edition: Edition) -> None:
    """The page that the browser kept knows nothing of the basket yet: sent again, it replaces."""
    run = a_run()
    kept = start(client, run)
    client.submit(kept, "Continue", adults="1")
    client.submit(kept, "Continue", adults="2")
    assert run.places_taken == 2
    assert len(states()) == 1


def test_r1_a_hold_that_ran_out_is_said_and_taken_again(
    client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    run = a_run()
    to_check(client, run)
    at(clock.now() + timedelta(minutes=16))
    page = client.get("/basket/check")
    assert "We are not holding these places any more." in page.words
    assert client.submit(page, "Book 1 place").h1 == BOOKED  # type: ignore[arg-type]


def test_r1_the_same_session_again(
    client: FestivalClient, new_client: Callable[[], FestivalClient], edition: Edition
) -> None:
    """ "You already have 1 place; add more?": said in the browser that booked, and no other."""
    run = a_run()
    client.submit(to_check(client, run), "Book 1 place")
    said = "You already have 1 place for “Sing Together”. You can book more."
    assert said in start(client, run).words
    page = to_check(client, run)
    assert said in page.words
    assert client.submit(page, "Book 1 place").h1 == BOOKED
    assert run.places_taken == 2
    stranger = to_check(new_client(), run)
    assert "ada@example.org" in stranger.words
    assert "You already have" not in stranger.words


def test_r1_an_overlap_warns_and_allows(client: FestivalClient, edition: Edition) -> None:
    one, other = a_run("Morning Song"), a_run("Morning Paint")
    to_check(client, one)
    page = go(client, other)
    assert "“Morning Song” and “Morning Paint” are at the same time." in page.words
    assert client.submit(page, "Book 2 places").h1 == BOOKED
    assert (one.places_taken, other.places_taken) == (1, 1)


def test_r1_a_session_that_starts_in_ten_minutes(
    client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    """Booking closes at the start; then it is said that one can come and ask at the door."""
    run = a_run()
    at(run.starts_at - timedelta(minutes=10))
    page = to_check(client, run)
    at(run.starts_at)
    page = client.submit(page, "Book 1 place")
    assert "You can still come and ask at the door." in page.page.error_summary[0]
    assert page.page.form("Continue").controls["instead_0"].options == ["leave"]
    assert "You can still come and ask at the door." in start(client, run).words
    assert "at the door." in client.get(f"/sessions/{run.session.code}").words


def test_r1_booked_ten_minutes_before(
    client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    run = a_run()
    at(run.starts_at - timedelta(minutes=10))
    assert client.submit(to_check(client, run), "Book 1 place").h1 == BOOKED


@pytest.mark.parametrize("name", ["Zoë 🎈 Ó’Brien", "O'Neill", "Sukarno", "ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "N" * 100])
def test_r1_names(client: FestivalClient, edition: Edition, name: str) -> None:
    """Emoji, apostrophes, a mononym, another script, 100 characters."""
    page = to_check(client, a_run(), name=name)
    assert name in page.words
    assert client.submit(page, "Book 1 place").h1 == BOOKED
    assert db.session.scalars(sa.select(Booking.name)).all() == [name]


def test_r1_four_pages_in_60_kilobytes(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    """At most four pages for one adult with an email address, and few questions each."""
    run = a_run()
    with recorded(app) as asked:
        pages = [start(client, run)]
        pages.append(client.submit(pages[-1], "Continue", adults="1"))
        pages.append(client.submit(pages[-1], "Continue", name="Ada", email="ada@example.org"))
        pages.append(client.submit(pages[-1], "Book 1 place"))
    assert [page.h1 for page in pages] == [
        "How many people are coming?",
        "Who is booking?",
        "Check your answers",
        BOOKED,
    ]
    assert sum(len(page.get_data()) for page in pages) <= 60_000
    assert asked.count <= 85


@pytest.mark.parametrize("path", ["/basket/contact", "/basket/people", "/basket/check"])
def test_the_questions_of_a_page_do_not_grow_with_the_basket(
    app: Flask, client: FestivalClient, edition: Edition, path: str
) -> None:
    counts = []
    go(client, a_run("First"), adults="2")
    client.submit(client.get("/basket/contact"), "Continue", name="Ada")  # type: ignore[arg-type]
    for number in range(4):
        if number:
            day = at_hour(edition, hour=10, day=number)
            go(client, a_run(f"No {number}", starts_at=day), people=["1", "2"])
        with recorded(app) as asked:
            client.get(path)
        counts.append(asked.count)
    assert counts[1] == counts[3]


# --- R2: a parent with two children


def test_r2_children_take_places_the_adult_does_not(
    client: FestivalClient, edition: Edition
) -> None:
    run = a_run("Kitchen Chemistry", **CHEMISTRY, learning_hours="1.5")
    page = family(client, run, 7, 10)
    assert "Counts 1.5 hours for the learning passport." in page.words
    assert client.submit(page, "Book 2 places").h1 == BOOKED
    assert (run.places_taken, run.people_expected) == (2, 3)


def test_r2_the_ratio_is_checked(client: FestivalClient, edition: Edition) -> None:
    page = go(client, a_run(**CHEMISTRY, most_places=8), adults="1", children="4")
    assert "Each adult can bring 3 children at most." in page.page.error_summary[0]


def test_r2_two_adults_where_one_may_stay(client: FestivalClient, edition: Edition) -> None:
    page = go(client, a_run(**CHEMISTRY), adults="2", children="2")
    assert "Only 1 adult can stay with your children" in page.page.error_summary[0]
    assert page.page.form("Continue").controls["children"].values() == ["2"]


@pytest.mark.parametrize("ages", [(6,), (6, 10)])
def test_r2_a_child_of_six_is_told_the_rule_and_of_bug_safari(
    client: FestivalClient, edition: Edition, ages: tuple[int, ...]
) -> None:
    """E30 is for 7 to 11: its provider's E29, for 5 to 8, is named."""
    provider = factories.provider()
    run = a_run("Kitchen Chemistry", provider=provider, **CHEMISTRY)
    safari = a_run(
        "Bug Safari",
        provider=provider,
        **CHEMISTRY | {"age_min": 5, "age_max": 8},
    )
    page = family(client, run, *ages)
    assert page.page.error_summary == ["This session is for people aged 7 and over."]
    assert "“Kitchen Chemistry” is for: Ages 7 to 11, an adult must stay." in page.words
    assert links(page, "Bug Safari") == [f"/sessions/{safari.session.code}/book/{safari.id}"]


def test_r2_a_toddler_in_a_pram(client: FestivalClient, edition: Edition) -> None:
    """Where under-twos take no place, the toddler is expected but takes none."""
    run = a_run(under_twos_take_places=False)
    page = family(client, run, 1)
    assert client.submit(page, "Book 1 place").h1 == BOOKED
    assert (run.places_taken, run.people_expected) == (1, 2)


def test_r2_two_sessions_at_once_with_one_adult(client: FestivalClient, edition: Edition) -> None:
    """Two children in two venues: the warning names the adult, and allows."""
    one, other = a_run("Chemistry", **CHEMISTRY), a_run("Drums", **CHEMISTRY)
    family(client, one, 7, 10)
    client.submit(start(client, one), "Continue", people=["1", "2"])
    page = go(client, other, people=["1"], children="1")
    page = client.submit(page, "Continue", age_3="10")
    assert "“Chemistry” and “Drums” are at the same time." in page.words
    assert "It is about: Priya Kaur." in page.words
    assert client.submit(page, "Book 2 places").h1 == BOOKED


def test_r2_people_are_entered_once_and_ticked(client: FestivalClient, edition: Edition) -> None:
    family(client, a_run("Chemistry", **CHEMISTRY), 7, 10)
    grown_up = a_run("Budgeting", age_min=18, starts_at=at_hour(edition, hour=9, day=4))
    page = start(client, grown_up)
    people = page.page.form("Continue").controls["people"]
    assert people.values() == ["1"]  # the children are not ticked for what is for adults
    assert "Child 1, 7 years old" in page.words
    page = client.submit(page, "Continue")
    assert page.h1 == "Check your answers"
    page = client.submit(page, "Book 3 places")
    numbers = db.session.scalars(sa.select(Attendee.person).order_by(Attendee.id)).all()
    assert numbers == [1, 2, 3, 1]


def test_a_line_is_taken_out(client: FestivalClient, edition: Edition) -> None:
    one, other = a_run("Song"), a_run("Paint")
    to_check(client, one)
    page = go(client, other)
    page = client.submit(page, "Take out: Song")
    assert (one.places_taken, other.places_taken) == (0, 1)
    assert "We took this session out." in page.words
    assert client.submit(page, "Book 1 place").h1 == BOOKED


def test_the_header_says_what_is_in_the_basket(
    app: Flask, client: FestivalClient, new_client: Callable[[], FestivalClient], edition: Edition
) -> None:
    """With one question more, and with none for who has no basket."""
    with recorded(app) as before:
        new_client().get("/privacy")
    client.submit(start(client, a_run("Song")), "Continue", adults="1")
    page = client.get("/privacy")
    assert links(page, "Your basket: 1 session.") == ["/basket"]  # type: ignore[arg-type]
    with recorded(app) as with_basket:
        client.get("/privacy")
    assert with_basket.count == before.count + 1
    page = client.submit(client.get("/basket/contact"), "Continue", name="Ada")  # type: ignore[arg-type]
    client.submit(page, "Book 1 place")
    assert "Your basket" not in client.get("/privacy").words


# --- R3: a carer and the person they support


def test_r3_a_companion_is_outside_the_places_and_inside_the_law(
    client: FestivalClient, edition: Edition
) -> None:
    run = a_run()
    page = go(client, run, adults="1", companions="1")
    page = client.submit(page, "Continue", name="Ada")
    page = client.submit(page, "Continue", name_2="Carer Kim")
    assert "1 adult, 1 companion" in page.words
    assert client.submit(page, "Book 1 place").h1 == BOOKED
    assert (run.places_taken, run.people_expected) == (1, 2)


def test_r3_two_carers(client: FestivalClient, edition: Edition) -> None:
    run = a_run()
    assert go(client, run, adults="1", companions="2").h1 == "Who is booking?"
    assert (run.places_taken, run.people_expected) == (1, 3)


def test_r3_a_companion_without_anybody(client: FestivalClient, edition: Edition) -> None:
    page = go(client, a_run(), companions="1")
    assert "Say who they come with." in page.page.error_summary[0]


def test_r3_the_room_is_full_but_for_the_reserve(client: FestivalClient, edition: Edition) -> None:
    """A companion comes all the same: the access reserve is theirs."""
    run = a_run(capacity=10, room=factories.room(12))
    factories.booking(run, adults=4)
    factories.booking(run, adults=4)
    factories.booking(run, adults=1)
    page = go(client, run, adults="1", companions="1")
    assert page.h1 == "Who is booking?"
    assert (run.places_taken, run.people_expected) == (10, 11)


def test_r3_a_carer_books_for_somebody_who_must_have_agreed(
    client: FestivalClient, edition: Edition
) -> None:
    page = go(client, a_run(), adults="1")
    page = client.submit(page, "Continue", name="Ada", proxy_name="Carer Kim")
    assert page.page.error_summary == [
        "Ask them first, then tick this box. Or empty your own name."
    ]
    page = client.submit(page, "Continue", agreed=True)
    assert "Carer Kim" in page.words
    client.submit(page, "Book 1 place")
    assert db.session.scalars(sa.select(Booking.proxy_name)).all() == ["Carer Kim"]


def test_r3_what_helps_is_asked_with_consent_and_kept_with_the_reservation(
    client: FestivalClient, edition: Edition
) -> None:
    run = a_run(question="Any allergies?")
    page = go(client, run, adults="1")
    assert "Only the people who run this session and our access lead see it." in page.words
    assert "Any allergies?" in page.words
    question = f"question_{run.session.code}"
    helps = {"adjustments": ["hearing loop"], "note": "A quiet table"}
    page = client.submit(page, "Continue", name="Ada", **helps, **{question: "Nuts"})
    assert page.page.error_summary == [
        "Tick this box, so that we may keep it. Or empty what you asked for."
    ]
    page = client.submit(page, "Continue", consent=True)
    assert "A hearing loop; A quiet table" in page.words
    assert "Nuts" in page.words
    client.submit(page, "Book 1 place")
    asked = db.session.scalars(sa.select(AccessRequest)).one()
    assert (asked.adjustments, asked.note, asked.answer) == (
        ["hearing loop"],
        "A quiet table",
        "Nuts",
    )
    assert asked.consented_at is not None


def test_a_second_session_with_a_question_asks_it(client: FestivalClient, edition: Edition) -> None:
    to_check(client, a_run("Song"))
    page = go(client, a_run("Bread", question="Any allergies?"))
    assert page.h1 == "Who is booking?"
    assert "“Bread” asks this." in page.words
    assert client.submit(page, "Continue").h1 == "Check your answers"


# --- R4: a group


def test_r4_a_group_says_a_number_and_books_one_ticket(
    client: FestivalClient, edition: Edition
) -> None:
    run = a_run("Chair Yoga", capacity=24)
    page = start(client, run)
    (href,) = links(page, "Booking for a group?")
    page = client.get(href)  # type: ignore[assignment]
    assert "A group can book up to 12 places here." in page.words
    page = client.submit(page, "Continue", unnamed="12")
    page = client.submit(page, "Continue", name="Leader Lin", mobile="07700 900 982")
    assert "a group of 12 people" in page.words or "12 people" in page.words
    assert client.submit(page, "Book 12 places").h1 == BOOKED
    kinds = db.session.scalars(sa.select(Attendee.kind)).all()
    assert kinds == [AttendeeKind.unnamed] * 12
    assert run.places_taken == 12


def test_r4_more_than_a_group_may_is_for_the_team(client: FestivalClient, edition: Edition) -> None:
    page = start(client, a_run(capacity=24), "?for=group")
    page = client.submit(page, "Continue", unnamed="13")
    assert page.page.error_summary == [
        "A group can book 12 places here. Call us, and we will look at it."
    ]


# --- R9: joining the waiting list


def test_r9_a_full_session_leads_to_the_waiting_list(
    client: FestivalClient, edition: Edition
) -> None:
    run = a_run(capacity=2)
    factories.booking(run, adults=2)
    page = client.get(f"/sessions/{run.session.code}")
    (href,) = links(page, "Join the waiting list")  # type: ignore[arg-type]
    page = client.get(href)
    typed = {"adults": "3", "together": "fewer", "least": "2"}
    page = client.submit(page, "Join the waiting list", **typed)  # type: ignore[arg-type]
    page = client.submit(page, "Continue", name="Ada", email="ada@example.org")
    page = client.submit(page, "Continue")
    assert "at least 2 of your places must come free together." in page.words
    page = client.submit(page, "Join the waiting list")
    claim = db.session.scalars(
        sa.select(Reservation).where(Reservation.state == ReservationState.waiting)
    ).one()
    assert (claim.places, claim.least_places) == (3, 2)
    assert claim.booking.reference is not None
    assert check.broken_rules() == []


def test_r9_too_few_places_offers_the_list_and_keeps_what_was_typed(
    client: FestivalClient, edition: Edition
) -> None:
    run = a_run(capacity=4)
    factories.booking(run, adults=2)
    other_day = factories.occurrence(run.session, starts_at=at_hour(edition, hour=10, day=3))
    page = go(client, run, adults="3", children="")
    assert page.page.error_summary == ["Only 2 places are left. You can book up to 2."]
    assert page.page.form("Continue").controls["adults"].values() == ["3"]
    assert links(page, "Sing Together, ")[-1].endswith(f"/book/{other_day.id}")
    page = client.submit(page, "Join the waiting list", together="fewer")
    assert page.page.error_summary == ["Say how many of you it must be at least."]
    page = client.submit(page, "Join the waiting list", together="all")
    assert page.h1 == "Who is booking?"
    assert states()[-1] == ReservationState.waiting


def test_r9_books_some_and_joins_some(client: FestivalClient, edition: Edition) -> None:
    full, there = a_run("Full", capacity=1), a_run("There")
    factories.booking(full)
    to_check(client, there)
    page = client.submit(start(client, full), "Join the waiting list")
    page = client.submit(page, "Book 1 place and join 1 waiting list")
    assert page.h1 == BOOKED
    assert states()[1:] == [ReservationState.confirmed, ReservationState.waiting]


def test_a_session_cancelled_while_it_was_in_the_basket(
    client: FestivalClient, edition: Edition
) -> None:
    run = a_run()
    page = to_check(client, run)
    run.state = OccurrenceState.cancelled
    page = client.submit(page, "Book 1 place")
    assert page.page.error_summary == ["This session has been cancelled."]
