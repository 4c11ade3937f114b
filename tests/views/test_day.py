"""A provider's day: story P5."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, door
from festival.extensions import db
from festival.forms.attendance import new_key
from festival.models import (
    AccessRequest,
    AuditEntry,
    Booking,
    MembershipRole,
    Occurrence,
    Provider,
    ProviderState,
    Reservation,
    Scan,
    ScanKind,
    WalkUp,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.page import words
from tests.support.statements import recorded

At = Callable[..., None]


@pytest.fixture
def run(provider: Provider) -> Occurrence:
    room = factories.room(5, venue=factories.venue("Central Library"))
    made = factories.session(title="Sing Together", provider=provider, room=room, capacity=4)
    db.session.commit()
    return occurrence_of(made)


@pytest.fixture
def booking(run: Occurrence) -> Booking:
    made = factories.booking(run, adults=2, name="Ada Lovelace")
    db.session.commit()
    return made


@pytest.fixture
def doorkeeper(stage: Flask, provider: Provider) -> Somebody:
    """Stands at the organisation's own door."""
    role = (provider, MembershipRole.door)
    user = factories.user("door@example.org", "Dee Door", memberships=[role])
    db.session.commit()
    return Somebody(stage, "Dee Door", "door@example.org", user)


def path(run: Occurrence, page: str = "today") -> str:
    return f"/provider/sessions/{run.session.code}/runs/{run.id}/{page}"


def tiles(page: PageResponse) -> dict[str, str]:
    labels = [words(one) for one in page.page.with_class("tiles__label")]
    numbers = [words(one) for one in page.page.with_class("tiles__number")]
    return dict(zip(labels, numbers, strict=True))


def scans(kind: ScanKind) -> list[Scan]:
    return list(db.session.scalars(sa.select(Scan).where(Scan.kind == kind).order_by(Scan.id)))


def refuses(client: FestivalClient, address: str, **data: Any) -> bool:
    found: int = client.post(address, data={"csrf_token": token_of(client), **data}).status_code
    return found == 404


def token_of(client: FestivalClient) -> str:
    token: str = client.get("/").page.form("Sign out").controls["csrf_token"].values()[0]
    return token


def take_back(client: FestivalClient, page: PageResponse, what: str) -> PageResponse:
    """Press the button behind this line of what was counted."""
    (button,) = [
        one
        for form in page.page.forms
        for one in form.buttons
        if isinstance(one, str) and one.startswith(f"Take back: {what},")
    ]
    return client.submit(page, button)


def test_live_count(
    lead: Somebody, run: Occurrence, booking: Booking, at: At, volunteer: Somebody
) -> None:
    """P5: live count."""
    at(run.starts_at - timedelta(minutes=20))
    page = lead.client.get(path(run))
    assert tiles(page) == {
        "In now": "0",
        "With a ticket": "0",
        "Without a booking": "0",
        "Booked, not in yet": "2",
        "The room may hold by law": "5",
    }
    door_pass, _secret, _pin = factories.door_pass(run.room.venue)
    door.admit(
        door_pass=door_pass,
        reservation_id=reservation_of(booking).id,
        people=1,
        scan_id="0" * 36,
        source="typed",
    )
    db.session.commit()
    page = lead.client.get(path(run))
    assert (tiles(page)["In now"], tiles(page)["Booked, not in yet"]) == ("1", "1")
    assert "1 person with a ticket" in page.words


def test_walk_up_add(lead: Somebody, run: Occurrence, at: At) -> None:
    """P5: walk-up add."""
    at(run.starts_at)
    page = lead.client.get(path(run))
    page = lead.client.submit(page, "Let them in", people="2", name="Bo", age_band="18+")
    assert "2 people are in." in page.words
    assert tiles(page)["Without a booking"] == "2"
    (scan,) = scans(ScanKind.walk_up)
    assert lead.user is not None
    assert (scan.people, scan.recorded_by_id, scan.door_pass_id) == (2, lead.user.id, None)
    (said,) = db.session.scalars(sa.select(WalkUp))
    assert (said.scan_id, said.name, said.age_band) == (scan.id, "Bo", "18+")


def test_who_says_nothing_of_themselves_leaves_nothing(
    lead: Somebody, run: Occurrence, at: At
) -> None:
    at(run.starts_at)
    lead.client.submit(lead.client.get(path(run)), "Let them in", people="1")
    assert len(scans(ScanKind.walk_up)) == 1
    assert db.session.scalars(sa.select(WalkUp)).all() == []


def test_a_button_pressed_twice_lets_in_once(lead: Somebody, run: Occurrence, at: At) -> None:
    at(run.starts_at)
    page = lead.client.get(path(run))
    for _again in range(2):
        lead.client.submit(page, "Let them in", people="1")
    assert [one.people for one in scans(ScanKind.walk_up)] == [1]


def test_nobody_more_than_the_law_allows(lead: Somebody, run: Occurrence, at: At) -> None:
    """P5: walk-ups stop at what the room holds by law, with the number said."""
    at(run.starts_at)
    page = lead.client.submit(lead.client.get(path(run)), "Let them in", people="4")
    page = lead.client.submit(page, "Let them in", people="2", name="Bo")
    assert page.page.error_summary == [
        "The room is full: 5 people is the most the law allows. Ask for help."
    ]
    assert 'value="Bo"' in page.get_data(as_text=True)
    page = lead.client.submit(page, "Let them in", people="1")
    assert "Nobody more can come in." in page.words
    assert [one.people for one in scans(ScanKind.walk_up)] == [4, 1]


def test_what_was_counted_can_be_taken_back(lead: Somebody, run: Occurrence, at: At) -> None:
    at(run.starts_at)
    page = lead.client.submit(lead.client.get(path(run)), "Let them in", people="3")
    (scan,) = scans(ScanKind.walk_up)
    assert (scan.people, scan.source) == (3, "hand")
    page = take_back(lead.client, page, "3 people without a booking")
    assert tiles(page)["In now"] == "0"
    assert "Nobody was let in or counted yet." in page.words


def test_what_a_volunteer_scanned_is_not_taken_back_here(
    lead: Somebody, run: Occurrence, booking: Booking, at: At
) -> None:
    at(run.starts_at)
    door_pass, _secret, _pin = factories.door_pass(run.room.venue)
    scan, _verdict = door.admit(
        door_pass=door_pass,
        reservation_id=reservation_of(booking).id,
        people=2,
        scan_id="11111111-1111-4111-8111-111111111111",
        source="typed",
    )
    data = {"csrf_token": token_of(lead.client), "target": scan.scan_id}
    assert lead.client.post(path(run, "undo"), data=data).status_code == 409
    assert tiles(lead.client.get(path(run)))["In now"] == "2"


def test_enter_headcount_if_not_scanned(lead: Somebody, run: Occurrence, at: At) -> None:
    """P5: enter headcount if not scanned."""
    at(run.starts_at)
    page = lead.client.submit(lead.client.get(path(run)), "Save the headcount", heads="7")
    assert tiles(page)["Last headcount"] == "7"
    assert "more than the law allows" in page.words
    page = lead.client.submit(page, "One more")
    page = lead.client.submit(page, "One more")
    page = lead.client.submit(page, "One fewer")
    assert tiles(page)["Last headcount"] == "8"
    assert tiles(page)["In now"] == "0"


def test_a_wrong_headcount_is_kept_as_typed(lead: Somebody, run: Occurrence, at: At) -> None:
    at(run.starts_at)
    page = lead.client.submit(lead.client.get(path(run)), "Save the headcount", heads="lots")
    assert page.page.error_summary == ["Type a whole number, like 2."]
    assert 'value="lots"' in page.get_data(as_text=True)
    assert scans(ScanKind.headcount) == []


def test_nobody_is_counted_long_before_or_long_after(
    lead: Somebody, run: Occurrence, at: At
) -> None:
    page = lead.client.get(path(run))
    assert "Let somebody in without a booking" not in page.words
    for moment in (run.starts_at - timedelta(hours=3), run.ends_at + timedelta(days=31)):
        at(moment)
        assert lead.user is not None
        lead.client.sign_in(lead.user)  # it is days later
        form = {"people": "1", "age_band": "none", "scan_id": new_key()}
        data = {"csrf_token": token_of(lead.client), **form}
        answer = lead.client.post(path(run, "walk-ups"), data=data)
        assert "You can count people from 2 hours before the start" in answer.words
    assert scans(ScanKind.walk_up) == []


def test_access_notes_for_today_only(
    lead: Somebody, run: Occurrence, booking: Booking, at: At
) -> None:
    """P5: access notes for today only."""
    other = factories.occurrence(run.session, starts_at=run.starts_at + timedelta(days=1))
    factories.booking(other)
    for claim, note in ((reservation_of(booking), "A chair with arms"), (None, "A dark room")):
        one = (
            claim
            or db.session.scalars(
                sa.select(Reservation).where(Reservation.occurrence_id == other.id)
            ).one()
        )
        db.session.add(AccessRequest(reservation=one, note=note, changed_at=run.starts_at))
    db.session.commit()
    page = lead.client.get(path(run))
    assert "You can read here on the day what it is." in page.words
    assert "chair" not in page.words
    at(run.starts_at)
    assert lead.user is not None
    lead.client.sign_in(lead.user)  # it is days later
    page = lead.client.submit(lead.client.get(path(run)), "Show what people need")
    assert "A chair with arms" in page.words
    assert "A dark room" not in page.words
    assert page.headers["Cache-Control"] == "no-store"
    (entry,) = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "access_requests.seen")
    )
    assert (entry.actor_id, entry.facts) == (lead.user.id, {"requests": 1})


def test_who_only_helps_on_the_day_does_not_read_what_people_need(
    run: Occurrence, booking: Booking, manager: Somebody, administrator: Somebody, at: At
) -> None:
    """R3: the access confirmation says who will see it: who runs the session, the access lead."""
    claim = reservation_of(booking)
    note = AccessRequest(reservation=claim, note="A chair with arms", changed_at=run.starts_at)
    db.session.add(note)
    db.session.commit()
    at(run.starts_at)
    for person in (manager, administrator):
        page = person.client.get(path(run))
        assert "1 party needs something. Only who runs the session reads" in page.words
        assert "Show what people need" not in page.words
        assert refuses(person.client, path(run, "access-today"))
    seen = sa.select(AuditEntry).where(AuditEntry.action == "access_requests.seen")
    assert db.session.scalars(seen).all() == []


def test_who_may_run_the_day(
    run: Occurrence,
    doorkeeper: Somebody,
    editor: Somebody,
    manager: Somebody,
    administrator: Somebody,
    other_lead: Somebody,
    reviewer: Somebody,
    operator: Somebody,
    at: At,
) -> None:
    at(run.starts_at)
    for person in (doorkeeper, editor, manager, administrator):
        page = person.client.submit(person.client.get(path(run)), "One more")
        assert "Last headcount" in page.words, person.name
    for person in (other_lead, reviewer, operator):
        assert person.client.get(path(run)).status_code == 404, person.name
        assert refuses(person.client, path(run, "walk-ups"), people="1"), person.name
    assert scans(ScanKind.walk_up) == []


def test_who_stands_at_the_door_sees_no_way_to_change_places(
    run: Occurrence, doorkeeper: Somebody, lead: Somebody
) -> None:
    link = "Change the number of places, close or open booking"
    assert link in lead.client.get(path(run)).words
    assert link not in doorkeeper.client.get(path(run)).words


def test_the_week_at_a_glance(
    lead: Somebody, run: Occurrence, booking: Booking, provider: Provider, at: At
) -> None:
    """P5: what is on today and this week stands on the first page."""
    later = factories.session(
        title="Knots", provider=provider, starts_at=run.starts_at + timedelta(days=2)
    )
    factories.session(title="Not ours", starts_at=run.starts_at)
    db.session.commit()
    at(run.starts_at - timedelta(hours=1))
    page = lead.client.get("/provider/")
    today, _, week = page.words.partition("The next 7 days")
    assert "Sing Together" in today
    assert "2 people booked" in today
    assert "Knots" not in today
    assert later.published_revision is not None
    assert "Knots" in week
    assert "Not ours" not in page.words


def test_what_people_need_and_answered_at_a_glance(
    lead: Somebody, run: Occurrence, booking: Booking, provider: Provider, at: At
) -> None:
    """P5: their sessions at a glance: booked, waiting, access asks, questions."""
    run.session.question = "Which jumper do you bring?"
    for adjustments, answer in ((["step-free"], ""), ([], "A red one")):
        made = factories.booking(run)
        kept = AccessRequest(
            reservation_id=factories.reservation_of(made).id,
            adjustments=adjustments,
            answer=answer,
            consented_at=clock.now() if adjustments else None,
            changed_at=clock.now(),
        )
        db.session.add(kept)
    provider.state = ProviderState.unchecked
    db.session.commit()
    at(run.starts_at - timedelta(hours=1))
    page = lead.client.get("/provider/")
    assert "1 party needs something to take part" in page.words
    assert "1 answer to your question" in page.words
    assert f"The festival team has not checked {provider.name} yet." in page.words


def test_the_first_page_asks_as_much_of_the_database_for_one_run_as_for_many(
    stage: Flask, lead: Somebody, run: Occurrence, provider: Provider, at: At
) -> None:
    at(run.starts_at - timedelta(hours=1))
    lead.client.get("/provider/")

    def questions() -> int:
        with recorded(stage) as statements:
            assert lead.client.get("/provider/").status_code == 200
        return statements.count

    one = questions()
    for number in range(3):
        made = factories.occurrence(
            factories.session(provider=provider, run=False),
            starts_at=run.starts_at + timedelta(hours=number),
        )
        factories.booking(made)
    db.session.commit()
    assert questions() == one


def test_the_day_is_reached_from_the_session(lead: Somebody, run: Occurrence) -> None:
    page = lead.client.get(f"/provider/sessions/{run.session.code}")
    assert f'href="{path(run)}"' in page.get_data(as_text=True)


def test_a_cancelled_day_says_so(lead: Somebody, run: Occurrence, at: At) -> None:
    run.state = "cancelled"  # type: ignore[assignment]
    db.session.commit()
    at(run.starts_at)
    page = lead.client.get(path(run))
    assert "This date is cancelled." in page.words
    assert "Let somebody in without a booking" not in page.words
