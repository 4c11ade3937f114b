"""The festival team: review, outbox, audit log, door passes, scan log; who may open what."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import mail, ticket_keys
from festival.domain import clock, door, offers, outbox
from festival.extensions import db
from festival.models import (
    AuditEntry,
    DoorPass,
    Edition,
    MembershipRole,
    Message,
    MessageState,
    Office,
    Revision,
    RevisionState,
)
from tests import factories
from tests.cast import Somebody, Volunteer
from tests.support.client import FestivalClient, PageResponse
from tests.support.page import words as words_of
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def duty_manager(client: FestivalClient, edition: Edition) -> FestivalClient:
    client.sign_in(factories.user(offices=[Office.duty_manager]))
    return client


def the_revision() -> Revision:
    return db.session.scalars(sa.select(Revision)).one()


def the_message() -> Message:
    return db.session.scalars(sa.select(Message)).one()


def mailed_words(message: Message) -> str:
    body = mail.render(message, ticket_keys()).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def answer(person: Somebody, code: str, decision: str, **typed: str) -> PageResponse:
    page = person.client.get(f"/office/offers/{code}")
    return person.client.submit(page, "Send the answer", decision=decision, **typed)


# --- review


def test_the_queue_shows_the_longest_waiting_first(reviewer: Somebody) -> None:
    newer = factories.session(title="Sing Together", published=False)
    older = factories.session(title="Mend a Bike", published=False)
    older.revisions[0].submitted_at = clock.now() - timedelta(days=2)
    factories.session(title="Bake Bread")
    page = reviewer.client.get("/office/offers")
    assert [words_of(one) for one in page.page.with_class("queue__title")] == [
        "Mend a Bike",
        "Sing Together",
    ]
    assert older.code in page.words
    assert newer.code in page.words


def test_an_empty_queue_says_so(reviewer: Somebody) -> None:
    assert "No offers wait." in reviewer.client.get("/office/offers").words


def test_review_shows_everything_proposed(reviewer: Somebody) -> None:
    venue = factories.venue("Central Library")
    made = factories.session(
        title="Sing Together",
        published=False,
        capacity=8,
        room=factories.room(12, venue=venue, name="Studio"),
        theme=factories.theme("Music"),
        age_min=7,
        age_max=11,
        charge="3.00 for materials",
    )
    page = reviewer.client.get(f"/office/offers/{made.code.lower()}")
    assert page.h1 == "Sing Together"
    for words in (
        "Studio, Central Library",
        "8 places (the room holds 12 by law)",
        "Ages 7 to 11",
        "3.00 for materials",
        "Music",
        "Bake a loaf and take it home.",
        "Everything is there.",
        made.provider.name,
    ):
        assert words in page.words


def test_an_approved_offer_is_public_at_once(
    reviewer: Somebody, lead: Somebody, resident: Somebody
) -> None:
    assert lead.user is not None
    provider = lead.user.memberships[0].provider
    made = factories.session(title="Sing Together", provider=provider, published=False)
    assert resident.client.get(f"/sessions/{made.code}").status_code == 404
    told = answer(reviewer, made.code, "approve", comment="Lovely.")
    assert "Done. We tell the provider by email." in told.words
    assert resident.client.get(f"/sessions/{made.code}").h1 == "Sing Together"
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.actor) == ("session.approved", reviewer.user)
    message = the_message()
    assert (message.kind, message.recipient) == ("session_approved", lead.email)
    words = mailed_words(message)
    assert 'your session "Sing Together"' in words
    assert "Lovely." in words
    assert "People can see it now." in words
    assert f"/sessions/{made.code}" in words


def test_a_later_publication_is_not_seen_before(
    reviewer: Somebody, resident: Somebody, at: Callable[..., None]
) -> None:
    at("2027-03-20T12:00+00:00")
    made = factories.session(title="Sing Together", published=False)
    assert reviewer.user is not None
    reviewer.client.sign_in(reviewer.user)
    answer(reviewer, made.code, "approve", publish_day="10/5/2027", publish_time="10am")
    at("2027-05-10T09:59+01:00")
    assert resident.client.get(f"/sessions/{made.code}").status_code == 404
    assert "Sing Together" not in resident.client.get("/").words
    at("2027-05-10T10:00+01:00")
    assert resident.client.get(f"/sessions/{made.code}").h1 == "Sing Together"


def test_a_publication_in_the_past_is_at_once(reviewer: Somebody, resident: Somebody) -> None:
    made = factories.session(published=False)
    answer(reviewer, made.code, "approve", publish_day="1/1/2020")
    assert resident.client.get(f"/sessions/{made.code}").status_code == 200
    assert the_revision().session.publish_at is None


def test_a_returned_offer_goes_back_with_its_comment(reviewer: Somebody, lead: Somebody) -> None:
    assert lead.user is not None
    provider = lead.user.memberships[0].provider
    made = factories.session(title="Sing Together", provider=provider, published=False)
    answer(reviewer, made.code, "return", comment="Say which songs.\r\nAnd in which key.")
    assert the_revision().state == RevisionState.returned
    shown = lead.client.get(f"/provider/sessions/{made.code}")
    assert "Say which songs." in shown.words
    words = mailed_words(the_message())
    assert "Say which songs. And in which key." in words
    assert f"/provider/sessions/{made.code}" in words
    assert reviewer.client.get("/office/offers").page.with_class("queue__title") == []


def test_a_declined_offer_is_told_kindly(reviewer: Somebody, lead: Somebody) -> None:
    assert lead.user is not None
    provider = lead.user.memberships[0].provider
    made = factories.session(title="Juggle Knives", provider=provider, published=False)
    answer(reviewer, made.code, "decline", comment="Our rooms are too low.")
    assert the_revision().state == RevisionState.declined
    words = mailed_words(the_message())
    assert "We are sorry" in words
    assert "Our rooms are too low." in words
    html = mail.render(the_message(), ticket_keys()).get_body(("html",))
    assert html is not None
    assert "Our rooms are too low." in html.get_content()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "Choose what to do."),
        ({"decision": "return"}, "Say what to change, so that they can put it right."),
        ({"decision": "decline"}, "Say why, so that they understand your answer."),
        (
            {"decision": "approve", "publish_day": "June the 5th"},
            "Type a day, like 10/5/2027.",
        ),
        ({"decision": "approve", "publish_day": "31/2/2027"}, "Type a day, like 10/5/2027."),
        ({"decision": "approve", "publish_day": "5/13/2027"}, "Type a day, like 10/5/2027."),
        (
            {"decision": "approve", "publish_day": "10/5/2027", "publish_time": "noonish"},
            "Type a time, like 10:30am or 2pm.",
        ),
        ({"decision": "approve", "publish_time": "10am"}, "Type the day as well as the time."),
        (
            {"decision": "approve", "publish_day": "28/3/2027", "publish_time": "1:30am"},
            "There is no such time on that day: the clocks go forward. Choose another time.",
        ),
        (
            {"decision": "return", "comment": "x" * 2001},
            "This is 2001 characters long. Make it 2000 or fewer.",
        ),
    ],
)
def test_a_wrong_answer_is_told_at_its_field(
    reviewer: Somebody, typed: dict[str, str], told: str
) -> None:
    made = factories.session(published=False)
    page = reviewer.client.get(f"/office/offers/{made.code}")
    again = reviewer.client.submit(page, "Send the answer", **typed)
    assert again.page.error_summary == [told]
    assert the_revision().state == RevisionState.submitted
    form = again.page.form("Send the answer")
    assert {name: form.controls[name].values() for name in typed} == {
        name: [value] for name, value in typed.items()
    }


def test_what_somebody_else_decided_is_not_decided_again(
    reviewer: Somebody, administrator: Somebody
) -> None:
    made = factories.session(title="Sing Together", published=False)
    page = reviewer.client.get(f"/office/offers/{made.code}")
    answer(administrator, made.code, "decline", comment="No.")
    late = reviewer.client.submit(page, "Send the answer", decision="approve")
    assert late.page.error_summary == [
        "The answer to this was no, so that cannot be done any more."
    ]
    assert the_revision().state == RevisionState.declined


def test_words_that_nobody_read_are_not_published(
    reviewer: Somebody, administrator: Somebody, lead: Somebody, resident: Somebody
) -> None:
    assert lead.user is not None
    provider = lead.user.memberships[0].provider
    made = factories.session(title="Sing Together", provider=provider, published=False)
    page = reviewer.client.get(f"/office/offers/{made.code}")
    answer(administrator, made.code, "return", comment="Which songs?")
    offer = factories.offer(wording={"title": "Buy my records"})
    revision = the_revision()
    offers.save_draft(revision, {"title": "Buy my records"})
    offers.submit(revision, offer, author=lead.user, calendar_domain="festival.example")
    late = reviewer.client.submit(page, "Send the answer", decision="approve", comment="Lovely.")
    assert late.page.error_summary == ["This offer has changed. Read it again."]
    assert late.h1 == "Buy my records"
    assert late.page.form("Send the answer").controls["comment"].values() == ["Lovely."]
    assert the_revision().state == RevisionState.submitted
    assert resident.client.get(f"/sessions/{made.code}").status_code == 404
    told = reviewer.client.submit(late, "Send the answer")
    assert "Done. We tell the provider by email." in told.words


@pytest.mark.races
def test_two_reviewers_at_once_give_one_answer(
    committed_app: Flask, reviewer: Somebody, administrator: Somebody, lead: Somebody
) -> None:
    assert lead.user is not None
    provider = lead.user.memberships[0].provider
    codes = [factories.session(provider=provider, published=False).code for _ in range(12)]
    db.session.commit()
    answers = {reviewer.name: "approve", administrator.name: "decline"}
    pages = {
        (person.name, code): person.client.get(f"/office/offers/{code}")
        for person in (reviewer, administrator)
        for code in codes
    }

    def press(person: Somebody, code: str) -> None:
        together.wait(timeout=30)
        person.client.submit(
            pages[person.name, code],
            "Send the answer",
            decision=answers[person.name],
            comment="This is why.",
        )

    for code in codes:
        together = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(press, (reviewer, administrator), (code, code)))
    told = db.session.scalars(sa.select(Message.kind)).all()
    states = db.session.scalars(sa.select(Revision.state)).all()
    assert sorted(told) == sorted(f"session_{state.value}" for state in states)
    assert len(told) == len(codes)


def test_a_draft_is_its_providers_own_business(reviewer: Somebody, lead: Somebody) -> None:
    assert lead.user is not None
    provider = lead.user.memberships[0].provider
    draft = factories.draft(provider, lead.user, title="A secret recipe")
    page = reviewer.client.get(f"/office/offers/{draft.session.code}")
    assert page.status_code == 404
    assert "secret recipe" not in reviewer.client.get("/office/offers").words


@pytest.mark.parametrize(
    ("state", "seen_by"),
    [
        (RevisionState.draft, set()),
        (RevisionState.returned, set()),
        (RevisionState.withdrawn, set()),
        (RevisionState.submitted, {"reviewer"}),
        (RevisionState.declined, {"reviewer"}),
        (RevisionState.approved, {"reviewer", "door"}),
    ],
)
def test_each_state_of_an_offer_is_seen_by_whom_it_concerns(
    reviewer: Somebody,
    lead: Somebody,
    editor: Somebody,
    new_client: Callable[[], FestivalClient],
    state: RevisionState,
    seen_by: set[str],
) -> None:
    assert lead.user is not None
    provider = lead.user.memberships[0].provider
    made = factories.session(title="A secret recipe", provider=provider, published=False)
    revision = the_revision()
    revision.state, revision.comment = state, "Too much salt."
    if state == RevisionState.approved:
        made.published_revision = revision
    at_door = new_client()
    at_door.sign_in(factories.user(memberships=[(provider, MembershipRole.door)]))
    path = f"/provider/sessions/{made.code}"
    for person in (lead, editor):
        assert "Too much salt." in person.client.get(path).words
    assert (reviewer.client.get(path).status_code == 200) is ("reviewer" in seen_by)
    team = reviewer.client.get(f"/office/offers/{made.code}")
    assert (team.status_code == 200) is ("reviewer" in seen_by)
    volunteer = at_door.get(path)
    assert (volunteer.status_code == 200) is ("door" in seen_by)
    assert "Too much salt." not in volunteer.words
    assert ("A secret recipe" in at_door.get("/provider/").words) is ("door" in seen_by)


# --- the outbox


def test_the_outbox_shows_every_state(duty_manager: FestivalClient) -> None:
    for number, state in enumerate(MessageState):
        message = outbox.queue("booked", f"person{number}@example.org")
        message.state = state
        message.attempts = number
        message.last_error = "550 no such mailbox" if state == MessageState.failed else ""
    page = duty_manager.get("/office/outbox")
    rows = {row[2]: row for row in page.page.table()[1:]}
    assert [rows[f"person{number}@example.org"][3] for number in range(6)] == [
        "Waiting",
        "Being sent",
        "Sent",
        "Failed",
        "Came back",
        "Not needed any more",
    ]
    failed = rows["person3@example.org"]
    assert failed[1] == "Booking with ticket"
    assert failed[4] == "3"
    assert failed[6] == "550 no such mailbox"
    assert "All (6)" in page.words
    only = duty_manager.get(page.page.link("Failed (1)"))
    assert [row[2] for row in only.page.table()[1:]] == ["person3@example.org"]
    assert "1 waiting" not in duty_manager.get("/office/").words
    assert "2 waiting to be sent, 1 failed" in duty_manager.get("/office/").words


def test_a_failed_message_is_tried_again(duty_manager: FestivalClient) -> None:
    message = outbox.queue("password_reset", "leah@example.org", user=1)
    message.state, message.attempts = MessageState.failed, 10
    db.session.flush()
    page = duty_manager.get("/office/outbox")
    button = f"Try again: number {message.id}"
    told = duty_manager.submit(page, button)
    assert "We try to send it again." in told.words
    assert (the_message().state, the_message().attempts) == (MessageState.queued, 0)
    twice = duty_manager.submit(page, button)
    assert "We try to send it again." not in twice.words
    assert "This message is waiting to be sent, so that cannot be done." in twice.words


def test_the_outbox_is_paged(duty_manager: FestivalClient) -> None:
    for number in range(51):
        outbox.queue("booked", f"person{number}@example.org")
    first = duty_manager.get("/office/outbox")
    assert len(first.page.table()) == 51
    assert "person50@example.org" in first.words
    assert "Newer messages" not in first.words
    second = duty_manager.get(first.page.link("Older messages"))
    assert [row[2] for row in second.page.table()[1:]] == ["person0@example.org"]
    assert "Older messages" not in second.words
    assert second.page.link("Newer messages") == "/office/outbox"


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=9" + "9" * 30, "state=x"])
def test_the_outbox_takes_any_address(duty_manager: FestivalClient, query: str) -> None:
    outbox.queue("booked", "ada@example.org")
    assert duty_manager.get(f"/office/outbox?{query}").status_code == 200


def test_there_is_no_such_message(duty_manager: FestivalClient) -> None:
    token = duty_manager.get("/office/").page.form("Sign out").controls["csrf_token"].values()
    for number in ("1", "9" * 30):
        answer_ = duty_manager.post(f"/office/outbox/{number}/again", data={"csrf_token": token[0]})
        assert answer_.status_code == 404


# --- the audit log


def test_the_audit_log_tells_who_did_what(administrator: Somebody, reviewer: Somebody) -> None:
    made = factories.session(title="Sing Together", published=False)
    answer(reviewer, made.code, "return", comment="Say which songs.")
    booked = factories.booking(factories.occurrence_of(factories.session()))
    page = administrator.client.get("/office/audit")
    entries = [
        " ".join("".join(item.itertext()).split()) for item in page.page.with_class("audit__entry")
    ]
    assert entries[0].startswith(f"A booking was made: booking number {booked.id} ")
    assert "Nobody who had signed in" in entries[0]
    assert entries[1].startswith(f"Returned a session with a comment: session {made.code} ")
    assert entries[1].endswith("Rita Reviewer")
    assert "Ada Lovelace" not in page.words


# --- door passes and the scan log


def test_a_door_pass_is_made_and_shown_once(
    duty_manager: FestivalClient, new_client: Callable[[], FestivalClient]
) -> None:
    factories.venue("Central Library", slug="central-library")
    page = duty_manager.get("/office/door-passes")
    made = duty_manager.submit(
        page,
        "Make the pass",
        venue="central-library",
        label="Front door",
        day=f"{clock.now():%d/%m/%Y}",
        starts="midnight",
        ends="23:59",
    )
    assert made.h1 == "Your new door pass"
    assert made.headers["Cache-Control"] == "no-store"
    link = next(one for one in made.page.links if "/scan/open/" in one)
    pin = made.words.split("PIN ", 1)[1].split("PIN ", 1)[-1][:4]
    assert pin.isdecimal()
    listed = duty_manager.get("/office/door-passes")
    row = listed.page.table()[1]
    assert row[1:3] == ["Central Library", "Front door"]
    assert pin not in row
    assert link.rpartition("/")[2] not in listed.page.html
    phone = new_client()
    phone.submit(phone.get("/" + link.split("/", 3)[3]), "Open", pin=pin)
    opened = phone.get("/scan/plain")
    assert opened.h1 == "Central Library, Front door"
    actions = db.session.scalars(sa.select(AuditEntry.action)).all()
    assert actions == ["door_pass.made"]


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("venue", "", "Choose a venue."),
        ("day", "tomorrow", "Type a day, like 5/6/2027."),
        ("starts", "", "Type a time, like 10:30am or 2pm."),
        ("ends", "8am", "The end must be after the start."),
        ("label", "x" * 61, "This is 61 characters long. Make it 60 or fewer."),
    ],
)
def test_a_wrong_door_pass_is_told_at_its_field(
    duty_manager: FestivalClient, field: str, typed: str, told: str
) -> None:
    factories.venue("Central Library", slug="central-library")
    right = {"venue": "central-library", "day": "5/6/2027", "starts": "9am", "ends": "5pm"}
    page = duty_manager.get("/office/door-passes")
    again = duty_manager.submit(page, "Make the pass", **right | {field: typed})
    assert again.page.error_summary == [told]
    assert again.page.form("Make the pass").controls[field].values() == [typed]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorPass)) == 0


@pytest.mark.parametrize("field", ["starts", "ends"])
def test_a_door_pass_at_a_time_that_the_clocks_leave_out(
    duty_manager: FestivalClient, field: str
) -> None:
    factories.venue("Central Library", slug="central-library")
    typed = {"venue": "central-library", "day": "28/3/2027", "starts": "12:30am", "ends": "3am"}
    typed |= {field: "1:30am"}
    page = duty_manager.get("/office/door-passes")
    again = duty_manager.submit(page, "Make the pass", **typed)
    assert again.page.error_summary == [
        "There is no such time on that day: the clocks go forward. Choose another time."
    ]
    assert again.page.by_id(f"{field}-error") is not None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorPass)) == 0


def test_a_door_pass_is_switched_off(duty_manager: FestivalClient, volunteer: Volunteer) -> None:
    assert volunteer.door_pass is not None
    page = duty_manager.get("/office/door-passes")
    assert "Works now" in page.words
    told = duty_manager.submit(page, f"Switch off number {volunteer.door_pass.id}")
    assert "The door pass is switched off." in told.words
    assert "Switched off" in told.words
    assert volunteer.client.get(f"/scan/open/{volunteer.secret}").status_code == 410


def test_door_passes_say_how_they_stand(duty_manager: FestivalClient) -> None:
    venue, now, hour = factories.venue(), clock.now(), timedelta(hours=1)
    factories.door_pass(venue, label="Early", from_at=now + hour, until_at=now + 2 * hour)
    factories.door_pass(venue, label="Late", from_at=now - 2 * hour, until_at=now - hour)
    states = {row[2]: row[4] for row in duty_manager.get("/office/door-passes").page.table()[1:]}
    assert states == {"Early": "Not yet", "Late": "Over"}


def test_the_scan_log_has_every_door(duty_manager: FestivalClient) -> None:
    venue = factories.venue("Central Library")
    door_pass, _, _ = factories.door_pass(venue)
    door.note(door_pass, door.Verdict("not_ours"), scan_id="a" * 36, source="typed")
    (row,) = duty_manager.get("/office/scans").page.table()[1:]
    assert row[1:4] == ["Central Library, Front door", "", "Not one of our tickets"]


# --- who may open what

OPENS = {
    "/office/offers": {Office.reviewer},
    "/office/outbox": {Office.phone_line, Office.duty_manager},
    "/office/audit": {Office.data_protection},
    "/office/door-passes": {Office.duty_manager},
    "/office/scans": {Office.duty_manager},
    "/office/other-forms": {Office.phone_line, Office.access_lead},
}


@pytest.mark.parametrize("role", Office)
def test_each_role_opens_its_own_pages(
    client: FestivalClient, edition: Edition, role: Office
) -> None:
    client.sign_in(factories.user(offices=[role]))
    home = client.get("/office/")
    assert home.status_code == 200
    shown = {element.get("href") for element in home.page.all("a")} & set(OPENS)
    may = {path for path, roles in OPENS.items() if role in {Office.administrator, *roles}}
    assert shown == may
    assert {path for path in OPENS if client.get(path).status_code == 200} == may
    assert {path for path in OPENS if client.get(path).status_code == 404} == set(OPENS) - may


def test_a_provider_finds_no_office(lead: Somebody) -> None:
    made = factories.session(title="Another's offer", published=False)
    for path in ("/office/", *OPENS, f"/office/offers/{made.code}"):
        page = lead.client.get(path)
        assert page.status_code == 404
        assert "Another's offer" not in page.words
    token = lead.client.get("/provider/").page.form("Sign out").controls["csrf_token"].values()
    posted = lead.client.post(
        f"/office/offers/{made.code}", data={"csrf_token": token[0], "decision": "approve"}
    )
    assert posted.status_code == 404
    assert made.revisions[0].state == RevisionState.submitted


@pytest.mark.parametrize("path", ["/office/", *OPENS, "/office/offers/E01"])
def test_a_stranger_is_asked_to_sign_in(stranger: Somebody, path: str) -> None:
    factories.session(code="E01", published=False)
    page = stranger.client.get(path)
    assert page.status_code == 302
    assert page.location.startswith("/sign-in")


# --- costs


@pytest.mark.parametrize("path", ["/office/offers", "/office/outbox", "/office/audit"])
def test_lists_ask_the_same_for_one_and_for_three(
    app: Flask, administrator: Somebody, path: str
) -> None:
    def one_more() -> None:
        factories.session(published=False)
        factories.booking(factories.occurrence_of(factories.session()))
        db.session.commit()  # what waits to be written is not the page's cost

    def cost() -> int:
        with recorded(app) as statements:
            assert administrator.client.get(path).status_code == 200
        return statements.count

    one_more()
    administrator.client.get(path)
    one = cost()
    one_more()
    one_more()
    assert cost() == one


@pytest.mark.parametrize("path", ["/office/door-passes", "/office/scans"])
def test_door_lists_ask_the_same_for_one_and_for_three(
    app: Flask, administrator: Somebody, path: str
) -> None:
    def one_more(number: int) -> None:
        door_pass, _, _ = factories.door_pass(factories.venue())
        verdict = door.Verdict("not_ours")
        door.note(door_pass, verdict, scan_id=f"{number:036d}", source="typed")

    def cost() -> int:
        with recorded(app) as statements:
            assert administrator.client.get(path).status_code == 200
        return statements.count

    one_more(1)
    administrator.client.get(path)
    one = cost()
    one_more(2)
    one_more(3)
    assert cost() == one
