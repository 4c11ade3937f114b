"""The festivals of all years: what holds in them, their questions, which one is on show."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, editions
from festival.domain.occurrences import propose
from festival.extensions import db
from festival.models import AuditEntry, BookingMode, Edition, OccurrenceState, Office, RevisionState
from tests import factories as make
from tests.cast import Somebody
from tests.support import offering
from tests.support.client import PageResponse
from tests.support.page import words

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

LIST = "/office/editions"


def the_one() -> Edition:
    db.session.expire_all()
    return db.session.scalars(sa.select(Edition).where(Edition.is_current)).one()


def go_to(person: Somebody, part: str = "") -> PageResponse:
    address = f"{LIST}/{the_one().slug}" + (f"/{part}" if part else "")
    answer: PageResponse = person.client.get(address)
    return answer


def error_of(page: PageResponse, field: str) -> str:
    """What stands at this field."""
    found = page.page.by_id(f"{field}-error")
    assert found is not None, page.words
    return words(found)


def has_button(page: PageResponse, text: str) -> bool:
    return text in [words(one) for one in page.page.all("button")]


def did(action: str) -> int:
    query = sa.select(sa.func.count()).where(AuditEntry.action == action)
    return db.session.scalar(query) or 0


def test_dates_of_the_call_are_kept_in_the_festivals_own_time(administrator: Somebody) -> None:
    """F1: set dates, form questions, caps."""
    edition = the_one()
    edition.starts_on = clock.now().date() + timedelta(days=200)
    edition.ends_on = edition.starts_on + timedelta(days=15)
    edition.time_zone = "Europe/Dublin"
    last_day = edition.starts_on - timedelta(days=80)
    db.session.commit()
    page = administrator.client.submit(
        go_to(administrator, "call"),
        "Save",
        submissions_open_at="",
        submissions_close_at=f"{last_day:%d/%m/%Y} 11:59pm",
        most_sessions="6",
        small_edits_at_once=False,
    )
    assert "Saved." in page.words
    assert "They wait for the team" in page.words
    found = the_one()
    assert found.submissions_close_at is not None
    local = found.submissions_close_at.astimezone(found.zone)
    assert (local.date(), local.hour, local.minute) == (last_day, 23, 59)
    assert (found.most_sessions, found.small_edits_at_once) == (6, False)
    assert found.submissions_open_at is None
    assert did("edition.changed") == 1


@pytest.mark.parametrize(
    ("part", "typed", "field", "says"),
    [
        ("call", {"submissions_close_at": "soon"}, "submissions_close_at", "Type a day and a time"),
        (
            "call",
            {"submissions_open_at": "2/2/2027 9am", "submissions_close_at": "1/2/2027 9am"},
            "submissions_close_at",
            "The call cannot close before it opens.",
        ),
        ("call", {"most_sessions": "0"}, "most_sessions", "Type a number from 1 to 500."),
        ("dates", {"ends_on": "31/2/2027"}, "ends_on", "Type a day, like 5/6/2027."),
        ("dates", {"ends_on": "1/1/2020"}, "ends_on", "The last day cannot be before the first."),
        ("dates", {"ends_on": "1/1/2090"}, "ends_on", "Look at the year."),
        ("dates", {"time_zone": "Wolverhampton"}, "time_zone", "Type a time zone"),
        ("dates", {"name": ""}, "name", "Type the name of the festival."),
        ("booking", {"share_phone": "lots"}, "share_phone", "Type a number of places"),
        ("booking", {"most_in_group": "2"}, "most_in_group", "fewer places than one booking"),
        ("booking", {"bookings_open_at": "28/3/2027 1:30am"}, "bookings_open_at", "Type a day"),
        ("help", {"help_phone": ""}, "help_phone", "Type a phone number."),
        ("help", {"help_email": "help at home"}, "help_email", "Type an email address"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    administrator: Somebody, part: str, typed: dict[str, str], field: str, says: str
) -> None:
    before = editions.stamp(the_one())
    page = administrator.client.submit(go_to(administrator, part), "Save", **typed)
    assert says in error_of(page, field)
    shown = page.page.form("Save").controls
    for name, said in typed.items():
        assert shown[name].values() == [said]
    assert editions.stamp(the_one()) == before


def test_dates_that_leave_sessions_outside_are_refused_with_their_names(
    administrator: Somebody,
) -> None:
    edition = the_one()
    late = make.session(starts_at=make.at_hour(edition, hour=13, day=6), title="Late one")
    cancelled = make.session(starts_at=make.at_hour(edition, hour=13, day=7))
    make.occurrence_of(cancelled).state = OccurrenceState.cancelled
    declined = make.session(published=False, starts_at=make.at_hour(edition, hour=9, day=7))
    declined.revisions[0].state = RevisionState.declined
    waits = make.session(published=False, starts_at=make.at_hour(edition, hour=9, day=5))
    db.session.commit()
    ends_on = edition.starts_on + timedelta(days=4)
    page = administrator.client.submit(
        go_to(administrator, "dates"), "Save", ends_on=f"{ends_on:%d/%m/%Y}"
    )
    said = error_of(page, "ends_on")
    assert late.code in said
    assert waits.code in said
    assert cancelled.code not in page.words
    assert declined.code not in page.words
    assert the_one().ends_on != ends_on
    number = make.occurrence_of(late).id
    assert administrator.client.get(f"/office/runs/{number}").status_code == 200
    assert f'href="/office/runs/{number}"' in page.get_data(as_text=True)


def test_shares_and_numbers_hold_for_sessions_that_say_nothing(administrator: Somebody) -> None:
    page = administrator.client.submit(
        go_to(administrator, "booking"),
        "Save",
        most_places="6",
        most_in_group="30",
        access_reserve="3",
        share_phone="10%",
        days_phone="3",
        share_partner="2",
        share_walk_up="",
    )
    assert "10% of the places, for everybody 3 days before" in page.words
    edition = the_one()
    assert edition.default_shares == [
        {"kind": "phone", "percent": 10, "released_days_before": 3},
        {"kind": "partner", "places": 2},
    ]
    assert (edition.most_places, edition.most_in_group, edition.access_reserve) == (6, 30, 3)
    again = go_to(administrator, "booking").page.form("Save").controls
    assert again["share_phone"].values() == ["10%"]
    assert again["days_phone"].values() == ["3"]
    run = propose(
        session=make.session(run=False),
        room=make.room(30),
        starts_at=make.at_hour(edition, hour=13),
        ends_at=make.at_hour(edition, hour=14),
        capacity=20,
        booking_mode=BookingMode.required,
        calendar_domain=make.CALENDAR_DOMAIN,
    )
    places = {one.kind.value: one.places for one in run.allocations}
    assert places == {"public": 16, "phone": 2, "partner": 2, "access": 3}


def test_who_changes_what_another_has_changed_sees_both(
    administrator: Somebody, app: Flask
) -> None:
    user = make.user("second@example.org", "Sue Second", offices=[Office.administrator])
    db.session.commit()
    second = Somebody(app, "Sue Second", "second@example.org", user)
    page = go_to(administrator, "help")
    second.client.submit(go_to(second, "help"), "Save", help_phone="01902 111111")
    page = administrator.client.submit(page, "Save", help_phone="01902 222222")
    assert "Somebody else has changed this festival" in page.words
    assert "01902 111111" in page.words
    assert the_one().help_phone == "01902 111111"
    assert page.page.form("Save").controls["help_phone"].values() == ["01902 222222"]
    administrator.client.submit(page, "Save")
    assert the_one().help_phone == "01902 222222"


def test_questions_are_asked_reworded_ordered_and_taken_away(
    administrator: Somebody, lead: Somebody
) -> None:
    """F1: form questions."""
    client = administrator.client
    page = go_to(administrator, "questions")
    page = client.submit(page, "Ask this", label="Do you need a projector?", needed=True)
    page = client.submit(page, "Ask this", label="Who brings the tea?", hint="A name")
    assert "Every new session is asked this now." in page.words
    page = client.submit(page, "Move question 2 up")
    assert [one["label"] for one in the_one().questions] == [
        "Who brings the tea?",
        "Do you need a projector?",
    ]
    key = the_one().questions[0]["key"]
    page = client.get(f"{LIST}/{the_one().slug}/questions/{key}")
    page = client.submit(page, "Save", label="Who brings tea?", needed=True)
    assert the_one().questions[0] == {
        "key": key,
        "label": "Who brings tea?",
        "hint": "A name",
        "needed": True,
    }
    code = offering.code_of(offering.begin(lead))
    asked = offering.go_to(lead, code, "questions").words
    assert "Who brings tea?" in asked
    page = client.get(f"{LIST}/{the_one().slug}/questions/{key}")
    page = client.submit(page, "Take this question away")
    assert [one["label"] for one in the_one().questions] == ["Do you need a projector?"]
    assert client.get(f"{LIST}/{the_one().slug}/questions/{key}").status_code == 404


def test_a_question_twice_or_without_words_is_refused(administrator: Somebody) -> None:
    client = administrator.client
    page = client.submit(go_to(administrator, "questions"), "Ask this", label=" ", hint="Why")
    assert "Type the question." in error_of(page, "label")
    assert page.page.form("Ask this").controls["hint"].values() == ["Why"]
    page = client.submit(page, "Ask this", label="A projector?")
    page = client.submit(page, "Ask this", label="a Projector?")
    assert "You ask this already." in error_of(page, "label")


def test_an_old_answer_never_stands_under_a_new_question(administrator: Somebody) -> None:
    client = administrator.client
    client.submit(go_to(administrator, "questions"), "Ask this", label="Tea")
    session = make.session()
    session.answers = {"tea": "Green"}
    db.session.commit()
    client.submit(client.get(f"{LIST}/{the_one().slug}/questions/tea"), "Take this question away")
    client.submit(go_to(administrator, "questions"), "Ask this", label="Tea")
    assert [one["key"] for one in the_one().questions] == ["tea_2"]


def test_next_years_festival_takes_over_what_holds(administrator: Somebody) -> None:
    last = the_one()
    last.questions = [{"key": "tea", "label": "Tea?", "hint": "", "needed": False}]
    last.most_places = 7
    last_days = (last.starts_on, last.submissions_close_at)
    db.session.commit()
    client = administrator.client
    starts_on = last_days[0] + timedelta(days=364)
    page = client.get(client.get(LIST).page.link("Begin the next festival"))
    page = client.submit(
        page,
        "Begin this festival",
        name="Wolverhampton Learning Festival 2031",
        starts_on=f"{starts_on:%d/%m/%Y}",
        ends_on=f"{starts_on + timedelta(days=10):%d/%m/%Y}",
    )
    assert page.h1 == "Wolverhampton Learning Festival 2031"
    assert "Not on show" in page.words
    made = editions.by_slug("wolverhampton-learning-festival-2031")
    assert made is not None
    assert (made.most_places, made.questions[0]["label"]) == (7, "Tea?")
    assert made.help_phone == the_one().help_phone
    assert last_days[1] is not None
    assert made.submissions_close_at is not None
    then = made.submissions_close_at.astimezone(made.zone).replace(tzinfo=None)
    was = last_days[1].astimezone(made.zone).replace(tzinfo=None)
    assert then - was == timedelta(days=364)
    assert not made.is_current


def test_a_festival_is_put_on_show_when_the_one_before_is_over(administrator: Somebody) -> None:
    run = make.occurrence_of(make.session())
    make.booking(run, adults=2)
    old = the_one()
    starts_on = old.starts_on + timedelta(days=364)
    new = make.edition(name="The next one", is_current=False, starts_on=starts_on)
    db.session.commit()
    client = administrator.client
    address = f"{LIST}/{new.slug}/show"
    page = client.get(address)
    assert "2 people are booked for what is still to come." in page.words
    assert not has_button(page, "Put it on show")
    run.starts_at -= timedelta(days=30)
    run.ends_at -= timedelta(days=30)
    db.session.commit()
    page = client.get(address)
    run.starts_at += timedelta(days=30)
    run.ends_at += timedelta(days=30)
    db.session.commit()
    stale = client.submit(page, "Put it on show")  # somebody was faster with a booking
    assert "is not over: 2 people are booked" in stale.words
    assert the_one().name != "The next one"
    run.state = OccurrenceState.cancelled
    db.session.commit()
    page = client.submit(client.get(address), "Put it on show")
    assert "People see The next one from now on." in page.words
    assert the_one().name == "The next one"
    assert did("edition.shown") == 1
    assert "The next one" in client.get("/").words


def test_what_is_not_there_is_a_404(administrator: Somebody, reviewer: Somebody) -> None:
    slug = the_one().slug
    for path in (f"{LIST}/nothing", f"{LIST}/{slug}/nothing", f"{LIST}/{slug}/questions/nothing"):
        assert administrator.client.get(path).status_code == 404
    assert reviewer.client.get(LIST).status_code == 404
