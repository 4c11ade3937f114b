"""After a run: stories P5 (no scanner at all) and P6 (attendance within five days)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from festival.delivery import mail, ticket_keys
from festival.domain import attendance
from festival.domain.attendance import NotNow
from festival.extensions import db
from festival.models import (
    Attendance,
    AuditEntry,
    Booking,
    Message,
    Occurrence,
    Provider,
    Scan,
    ScanKind,
)
from festival.tasks import upkeep
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of
from tests.support.client import PageResponse

At = Callable[..., None]
PAPER = "Save the list"
SEND = "Send the numbers"


@pytest.fixture
def run(provider: Provider) -> Occurrence:
    room = factories.room(5, venue=factories.venue("Central Library"))
    made = factories.session(title="Sing Together", provider=provider, room=room, capacity=5)
    db.session.commit()
    return occurrence_of(made)


@pytest.fixture
def party(run: Occurrence) -> Booking:
    made = factories.booking(run, adults=2, name="Zoe Adams")
    db.session.commit()
    return made


@pytest.fixture
def alone(run: Occurrence) -> Booking:
    made = factories.booking(run, adults=1, name="Ada Lovelace", email="al@example.org")
    db.session.commit()
    return made


def path(run: Occurrence, page: str) -> str:
    return f"/provider/sessions/{run.session.code}/runs/{run.id}/{page}"


def admissions() -> list[Scan]:
    query = sa.select(Scan).where(Scan.kind.in_((ScanKind.admit, ScanKind.walk_up)))
    return list(db.session.scalars(query.order_by(Scan.id)))


def legends(page: PageResponse) -> list[str]:
    from_page = page.page.all("legend")
    return ["".join(one.itertext()).strip() for one in from_page]


def local(run: Occurrence, hour: int, minute: int) -> datetime:
    zone = run.session.edition.zone
    day = run.starts_at.astimezone(zone).date()
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def test_paper_list_keyed_in_later(
    lead: Somebody, run: Occurrence, party: Booking, alone: Booking, at: At
) -> None:
    """P5 edge: no scanner at all -> paper list -> key in later with actual times."""
    at(run.ends_at + timedelta(hours=20))
    page = lead.client.get(path(run, "paper"))
    assert legends(page) == ["Zoe Adams", "Ada Lovelace", "People without a booking"]
    assert "ada" not in page.words.replace("Ada Lovelace", "")  # no email address
    one, two = reservation_of(party).id, reservation_of(alone).id
    page = lead.client.submit(
        page,
        PAPER,
        **{f"people_{one}": "1", f"time_{one}": "1.05pm", f"people_{two}": "", "people_0": "2"},
    )
    assert "3 people were counted." in page.words
    by_ticket, walked = admissions() if admissions()[0].ticket_number else admissions()[::-1]
    ticket = reservation_of(party).ticket
    assert ticket is not None
    assert lead.user is not None
    assert (by_ticket.ticket_number, by_ticket.people, by_ticket.source) == (
        ticket.number,
        1,
        "paper",
    )
    assert (by_ticket.recorded_by_id, by_ticket.door_pass_id) == (lead.user.id, None)
    assert by_ticket.device_at == local(run, 13, 5)
    assert by_ticket.received_at > run.ends_at
    assert (walked.kind, walked.people, walked.device_at) == (
        ScanKind.walk_up,
        2,
        local(run, 13, 0),
    )


def test_the_same_list_sent_twice_counts_once(
    lead: Somebody, run: Occurrence, party: Booking, at: At
) -> None:
    at(run.ends_at)
    page = lead.client.get(path(run, "paper"))
    number = reservation_of(party).id
    for _again in range(2):
        lead.client.submit(page, PAPER, **{f"people_{number}": "1"})
    assert [one.people for one in admissions()] == [1]


def test_not_more_of_a_party_than_were_booked(
    lead: Somebody, run: Occurrence, party: Booking, at: At
) -> None:
    at(run.ends_at)
    number = reservation_of(party).id
    page = lead.client.get(path(run, "paper"))
    page = lead.client.submit(page, PAPER, **{f"people_{number}": "3", "people_0": "1"})
    assert page.page.error_summary == ["Type a number from 0 to 2."]
    assert admissions() == []
    page = lead.client.submit(page, PAPER, **{f"people_{number}": "2"})
    assert [one.people for one in admissions()] == [1, 2]
    assert "2 are counted already." in lead.client.get(path(run, "paper")).words


@pytest.mark.parametrize("typed", ["3am", "half past", "11pm"])
def test_a_time_that_cannot_be_is_asked_again(
    lead: Somebody, run: Occurrence, party: Booking, at: At, typed: str
) -> None:
    at(run.ends_at)
    number = reservation_of(party).id
    page = lead.client.get(path(run, "paper"))
    values = {f"people_{number}": "2", f"time_{number}": typed}
    page = lead.client.submit(page, PAPER, **values)
    (problem,) = page.page.error_summary
    assert problem.startswith("Type ")
    assert f'value="{typed}"' in page.get_data(as_text=True)
    assert admissions() == []


def test_what_happened_although_the_room_was_full_is_flagged(
    lead: Somebody, run: Occurrence, party: Booking, at: At
) -> None:
    at(run.ends_at)
    number = reservation_of(party).id
    page = lead.client.get(path(run, "paper"))
    lead.client.submit(page, PAPER, **{f"people_{number}": "2", "people_0": "4"})
    assert sorted((one.people, tuple(one.flags)) for one in admissions()) == [
        (2, ("over_legal",)),
        (4, ()),
    ]


def test_a_list_is_not_typed_in_before_it_starts(
    lead: Somebody, run: Occurrence, party: Booking, at: At
) -> None:
    page = lead.client.get(path(run, "paper"))
    assert page.h1 == "You can do this later"
    assert lead.user is not None
    key = "11111111-1111-4111-8111-111111111111"
    with pytest.raises(NotNow):
        attendance.key_in(run, {}, key=key, actor=lead.user)


def test_attendance_return(lead: Somebody, run: Occurrence, at: At) -> None:
    """P6: returns attendance within 5 days."""
    at(run.ends_at + timedelta(hours=2))
    home = lead.client.get("/provider/")
    link = home.page.link(f"Say how many people came to Sing Together on {day_of(run)}")
    page = lead.client.submit(
        lead.client.get(link), SEND, people="12", children="3", note="Cold room"
    )
    assert "Thank you. The numbers are with the festival team." in page.words
    (said,) = db.session.scalars(sa.select(Attendance))
    assert lead.user is not None
    assert (said.people, said.children, said.note) == (12, 3, "Cold room")
    assert (said.occurrence_id, said.returned_by_id) == (run.id, lead.user.id)
    assert "Say how many people came" not in lead.client.get("/provider/").words
    lead.client.submit(lead.client.get(path(run, "attendance")), SEND, people="11")
    (said,) = db.session.scalars(sa.select(Attendance))
    assert said.people == 11


def day_of(run: Occurrence) -> str:
    from_zone = run.starts_at.astimezone(run.session.edition.zone)
    return f"{from_zone:%A} {from_zone.day} {from_zone:%B} {from_zone:%Y}"


@pytest.mark.parametrize(
    ("people", "children", "problem"),
    [
        ("", "", "Type a whole number, like 2."),
        ("2", "3", "There cannot be more children than people. Check both numbers."),
        ("-1", "", "Type a number from 0 to 9999."),
    ],
)
def test_numbers_that_cannot_be_are_asked_again(
    lead: Somebody, run: Occurrence, at: At, people: str, children: str, problem: str
) -> None:
    at(run.ends_at)
    page = lead.client.get(path(run, "attendance"))
    page = lead.client.submit(page, SEND, people=people, children=children, note="Cold")
    assert page.page.error_summary == [problem]
    assert "Cold" in page.get_data(as_text=True)
    assert db.session.scalars(sa.select(Attendance)).all() == []


def test_where_people_were_counted_nothing_is_to_be_returned(
    lead: Somebody, run: Occurrence, at: At
) -> None:
    at(run.starts_at)
    lead.client.submit(lead.client.get(path(run, "today")), "Let them in", people="2")
    at(run.ends_at + timedelta(hours=1))
    assert "Say how many people came to" not in lead.client.get("/provider/").words
    assert "You need not do anything." in lead.client.get(path(run, "attendance")).words


def mails() -> list[Message]:
    query = sa.select(Message).where(Message.kind == "attendance_due").order_by(Message.id)
    return list(db.session.scalars(query))


def test_missing_numbers_are_asked_for_after_two_days_and_after_five(
    lead: Somebody, editor: Somebody, run: Occurrence, at: At
) -> None:
    """P6: attendance that is not returned is chased after 2 and after 5 days, and no more."""
    steps = [(1, 0), (2, 1), (3, 1), (5, 2), (6, 2), (20, 2)]
    for days, expected in steps:
        at(run.ends_at + timedelta(days=days, minutes=1))
        upkeep.chase_attendance()
        upkeep.chase_attendance()
        assert len(mails()) == expected, days
    assert {one.recipient for one in mails()} == {"lead@example.org"}
    actions = db.session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.action.startswith("attendance."))
    ).all()
    assert sorted(actions) == ["attendance.chased", "attendance.chased_again"]


def test_after_a_long_pause_of_the_worker_it_is_asked_once(
    lead: Somebody, run: Occurrence, at: At
) -> None:
    at(run.ends_at + timedelta(days=6))
    for _again in range(3):
        upkeep.chase_attendance()
    assert len(mails()) == 1


def test_who_has_answered_is_not_asked(lead: Somebody, run: Occurrence, at: At) -> None:
    at(run.ends_at + timedelta(days=2))
    upkeep.chase_attendance()
    (message,) = mails()
    letter = mail.render(message, ticket_keys())
    body = letter.get_body(("plain",))
    assert body is not None
    assert letter["Subject"] == "How many people came? Sing Together"
    assert path(run, "attendance") in body.get_content()
    assert lead.user is not None
    attendance.give_back_numbers(run, people=0, children=0, note="", actor=lead.user)
    db.session.commit()
    with pytest.raises(mail.NoLongerTrue):
        mail.render(message, ticket_keys())
    at(run.ends_at + timedelta(days=5))
    upkeep.chase_attendance()
    assert len(mails()) == 1
