"""The list for the door: story P5, on paper, on a phone without network, as PDF."""

import io
import sys
from collections.abc import Callable
from datetime import timedelta

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules, printed
from festival.delivery.addresses import address
from festival.domain import attendance, bookings, clock, door, links
from festival.domain.exports import AFTER, BEFORE
from festival.extensions import db
from festival.models import (
    AccessRequest,
    AuditEntry,
    Booking,
    BookingMode,
    MembershipRole,
    Occurrence,
    OccurrenceState,
    Provider,
    Reservation,
)
from tests import factories as make
from tests.cast import Somebody
from tests.support.client import PageResponse
from tests.support.printing import codes_on, needs_pango, sheets
from tests.support.statements import recorded
from tests.views.test_day import token_of

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]
OPEN, KEEP, PDF = "Open it, to print", "Keep it on this phone, for no signal", "PDF to print"


@pytest.fixture
def run(provider: Provider, at: At) -> Occurrence:
    made = make.occurrence_of(make.session(title="Sing Together", provider=provider, capacity=9))
    make.booking(made, 2, ages=(7,), name="Zoe Adams", email="zoe@example.org")
    first = make.booking(made, name="Jan van Dijk", email="jan@example.org", mobile="07700 900123")
    make.booking(made, name="Ed Evans", email="ed@example.org")
    make.booking(made, name="نادية", email="nadia@example.org")
    make.waiting(made, 4, name="Wanda Waits", email="wanda@example.org")
    needs = AccessRequest(
        reservation_id=make.reservation_of(first).id,
        adjustments=["step-free"],
        note="I come on a <scooter>.",
        consented_at=clock.now(),
        changed_at=clock.now(),
    )
    db.session.add(needs)
    db.session.commit()
    at(made.starts_at - timedelta(minutes=30))
    return made


def path(run: Occurrence) -> str:
    return f"/provider/sessions/{run.session.code}/runs/{run.id}/door-sheet"


def taken(who: Somebody, run: Occurrence, how: str = OPEN) -> PageResponse:
    return who.client.submit(who.client.get(path(run)), how)


def test_by_surname_with_boxes_and_nothing_to_reach_anybody_by(
    lead: Somebody, run: Occurrence
) -> None:
    """P5: door sheet, by surname, printable."""
    page = taken(lead, run)
    assert page.headers["Cache-Control"] == "no-store"
    rows = page.page.table(0)
    assert rows[0] == ["Name", "Who comes", "Reference", "Here", "How many came"]
    (foot,) = [row for row in rows if len(row) == 1]
    assert foot[0].startswith(f"{run.session.code}, Sing Together, ")
    assert foot[0].endswith("Please destroy after the session.")
    people = [row for row in rows[1:] if len(row) == 5]
    assert [(row[0].split(" Note")[0], row[1]) for row in people] == [
        ("Adams, Zoe", "2 adults, 1 child"),
        ("Evans, Ed", "1 adult"),
        ("van Dijk, Jan", "1 adult"),
        ("نادية", "1 adult"),
    ]
    directions = [one.get("dir") for one in page.page.all("bdi") if one.get("dir")]
    assert directions[:4] == ["ltr", "ltr", "ltr", "rtl"]
    assert "4 bookings, 6 people." in page.words
    assert len(page.page.with_class("door__box")) == 6
    for wanted in ("Without a booking", "People in the room", "signature", run.session.code):
        assert wanted in page.words
    for secret in ("example.org", "07700", "Wanda"):
        assert secret not in page.words.replace("help@example.org", "")
    (entry,) = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "door_sheet.taken")
    )
    assert lead.user is not None
    assert (entry.actor_id, entry.facts) == (lead.user.id, {"run": run.id, "parties": 4})


def test_the_audit_log_says_who_took_it(
    lead: Somebody, administrator: Somebody, run: Occurrence
) -> None:
    taken(lead, run, KEEP)
    log = administrator.client.get("/office/audit").words
    assert f"Took the list for the door: session {run.session.code}" in log


def test_one_file_that_needs_no_network(lead: Somebody, run: Occurrence) -> None:
    """P5: works offline: nothing in it is loaded from anywhere."""
    answer = taken(lead, run, KEEP)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    html = answer.get_data(as_text=True)
    assert "http" not in html.replace("http-equiv", "")
    assert "<script" not in html
    assert "default-src 'none'; style-src data:; img-src data:" in html
    loaded = [one.get("href") or one.get("src", "") for one in answer.page.all("link", "img")]
    assert [one.partition(":")[0] for one in loaded] == ["data", "data"]
    assert "data:text/css;base64," in html
    assert "Adams" in html


@needs_pango
def test_as_pdf_with_the_way_to_say_how_it_was(lead: Somebody, run: Occurrence, app: Flask) -> None:
    """P5: door sheet as PDF; feedback link and paper pack."""
    answer = taken(lead, run, PDF)
    assert answer.mimetype == "application/pdf"
    data = answer.get_data()
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    assert "Adams" in text
    assert "Without a booking" in text
    link = address("feedback.give", token=links.of_occurrence(app.config["SECRET_KEY"], run))
    assert codes_on(sheets(data)) == [link]
    assert link.removeprefix("http://") in text.replace("\n", "")
    assert lead.client.get(link).status_code == 200
    for secret in ("example.org", "07700", "Wanda"):
        assert secret not in text


@needs_pango
def test_each_sheet_of_a_long_list_has_its_number_and_says_what_it_is(
    lead: Somebody, provider: Provider, at: At
) -> None:
    session = make.session(title="Sing Together", provider=provider, capacity=70)
    long = make.occurrence_of(session)
    for number in range(35):
        make.booking(long, 2, name=f"Sam Number{number:02}")
    db.session.commit()
    at(long.starts_at)
    pages = [
        " ".join(page.extract_text().split())
        for page in pypdf.PdfReader(io.BytesIO(taken(lead, long, PDF).get_data())).pages
    ]
    for number, page in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in page
    named = [page for page in pages if "Number" in page]
    assert len(named) > 1
    for page in named:
        assert f"{session.code}, Sing Together" in page
        assert "Please destroy after the session." in page
        assert "Reference" in page


def test_where_no_pdf_can_be_made_it_says_so(
    lead: Somebody, run: Occurrence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # as where it is not installed
    printed._weasyprint.cache_clear()
    try:
        page = lead.client.get(path(run))
        data = {"csrf_token": token_of(lead.client), "as": "pdf"}
        instead = lead.client.post(path(run), data=data)
    finally:
        monkeypatch.undo()
        printed._weasyprint.cache_clear()
    assert PDF not in page.words
    assert "We cannot make PDFs here." in page.words
    assert "Adams, Zoe" in instead.words


def test_access_notes_on_the_day_only(lead: Somebody, run: Occurrence, at: At) -> None:
    """P5: access notes for today only."""
    page = taken(lead, run)
    assert page.words.count("I come on a <scooter>.") == 1
    (noted,) = [row for row in page.page.table(0) if "Note" in row[0]]
    assert noted[0] == "van Dijk, Jan Note 1"
    needs = page.page.table(2)
    assert needs[0][:4] == ["Note", "Reference", "Who comes", "What they need"]
    wanted = "A way in without steps. I come on a <scooter>."
    assert ["Note 1", noted[2], "1 adult", wanted] in needs
    seen = sa.select(AuditEntry).where(AuditEntry.action == "access_requests.seen")
    assert [one.facts for one in db.session.scalars(seen)] == [{"requests": 1}]
    at(run.starts_at - timedelta(days=1))
    assert lead.user is not None
    lead.client.sign_in(lead.user)
    page = taken(lead, run)
    assert "scooter" not in page.words
    assert "Note 1" not in page.words
    assert "1 party needs something to take part." in page.words
    assert len(db.session.scalars(seen).all()) == 1


def test_each_part_of_a_split_party_has_its_own_note(lead: Somebody, run: Occurrence) -> None:
    claim = db.session.scalars(
        sa.select(Reservation).join(Booking).where(Booking.name == "Zoe Adams")
    ).one()
    line = bookings.split(claim.booking, claim, [claim.attendees[0].id], booking_rules())
    for one, note in ((claim, "One chair"), (line.first, "Two mats")):
        one.access_request = AccessRequest(note=note, changed_at=clock.now())
    db.session.commit()
    page = taken(lead, run)
    noted = [row[0] for row in page.page.table(0) if "Adams" in row[0]]
    assert noted == ["Adams, Zoe Note 1", "Adams, Zoe Note 2"]
    assert [row[3] for row in page.page.table(2)[1:] if len(row) > 1][:2] == [
        "One chair",
        "Two mats",
    ]


def test_who_is_in_already_is_marked(lead: Somebody, run: Occurrence, at: At) -> None:
    assert "in already" not in taken(lead, run).words
    at(run.starts_at)
    (adams, *_others) = attendance.paper_list(run)
    at_door, _secret, _pin = make.door_pass(run.room.venue)
    door.admit(
        door_pass=at_door,
        reservation_id=adams.reservation.id,
        people=2,
        scan_id="0" * 36,
        source="typed",
    )
    db.session.commit()
    rows = [row for row in taken(lead, run).page.table(0) if len(row) == 5]
    assert [row[4] for row in rows[1:]] == ["2 in already", "", "", ""]


def test_a_cancelled_date_has_none(lead: Somebody, run: Occurrence) -> None:
    form = {"csrf_token": token_of(lead.client), "as": "page"}
    run.state = OccurrenceState.cancelled
    page = lead.client.get(path(run))
    assert "This date is cancelled. There is no list for the door." in page.words
    assert OPEN not in page.words
    assert lead.client.get(page.page.link("Print a poster for the door instead")).h1 == "Cancelled"
    assert "Adams" not in lead.client.post(path(run), data=form).words
    assert not db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "door_sheet.taken")
    ).all()


def test_where_nobody_books_it_says_so_and_has_empty_lines(
    lead: Somebody, provider: Provider, at: At
) -> None:
    session = make.session(provider=provider, booking_mode=BookingMode.none)
    db.session.commit()
    at(make.occurrence_of(session).starts_at)
    page = taken(lead, make.occurrence_of(session))
    assert "No booking: people just come along." in page.words
    assert len(page.page.table(1)) == 21


def test_the_team_that_helps_is_not_told_what_people_need(
    manager: Somebody, run: Occurrence
) -> None:
    page = taken(manager, run)
    assert "Adams, Zoe" in page.words
    assert "scooter" not in page.words


@pytest.mark.parametrize(
    ("side", "words"),
    [("early", "You can have it from"), ("late", "It could be had until")],
)
def test_outside_its_window_it_says_when(
    lead: Somebody, run: Occurrence, at: At, side: str, words: str
) -> None:
    page = lead.client.get(path(run))
    second = timedelta(seconds=1)
    at(run.starts_at - BEFORE - second if side == "early" else run.ends_at + AFTER)
    assert lead.user is not None
    lead.client.sign_in(lead.user)
    assert words in lead.client.get(path(run)).words
    data = {"csrf_token": token_of(lead.client), "as": "page"}
    refused = lead.client.post(path(run), data=data)
    assert "You can have the list from 7 days before the session" in refused.words
    assert "Adams" not in refused.words
    assert OPEN in page.words


def test_who_stands_at_the_door_has_it_and_others_do_not(
    lead: Somebody, other_lead: Somebody, reviewer: Somebody, run: Occurrence
) -> None:
    door = make.user("dee@example.org", memberships=[(run.session.provider, MembershipRole.door)])
    at_door = Somebody(lead.app, "Dee", "dee@example.org", door)
    assert "Adams, Zoe" in taken(at_door, run).words
    for who in (other_lead, reviewer):
        assert who.client.get(path(run)).status_code == 404
        data = {"csrf_token": token_of(who.client), "as": "page"}
        assert who.client.post(path(run), data=data).status_code == 404


def test_it_asks_the_database_as_often_for_many(
    lead: Somebody, run: Occurrence, app: Flask
) -> None:
    data = {"csrf_token": token_of(lead.client), "as": "page"}

    def cost() -> int:
        with recorded(app) as statements:
            assert lead.client.post(path(run), data=data).status_code == 200
        return statements.count

    few = cost()
    for number in range(3):
        made = make.booking(run, name=f"Sam Number{number}")
        needs = AccessRequest(
            reservation_id=make.reservation_of(made).id,
            adjustments=["step-free"],
            consented_at=clock.now(),
            changed_at=clock.now(),
        )
        db.session.add(needs)
    db.session.commit()
    assert cost() == few
