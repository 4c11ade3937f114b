"""A provider offers sessions: drafts, sending in, what may be wrong, who may see what."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, offers
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Edition,
    FestivalSession,
    MembershipRole,
    Occurrence,
    Office,
    Provider,
    ReviewComment,
    Revision,
    RevisionState,
    SessionState,
)
from festival.views.office.audit import ACTIONS
from tests import factories
from tests.cast import Somebody
from tests.support.client import FestivalClient
from tests.support.offering import (
    CONTINUE,
    STOP,
    begin,
    code_of,
    fill_in,
    go_to,
    kept,
    offer,
    send,
    typed_in,
)
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

Answers = dict[str, Any]


@pytest.fixture
def answers(edition: Edition) -> Answers:
    """A whole and correct offer, as it is typed."""
    room = factories.room(12, venue=factories.venue("Central Library"), name="Studio")
    theme = factories.theme("Making")
    db.session.commit()
    return {
        "title": "Bread from nothing",
        "summary": "Bake a loaf and take it home.",
        "description": "You need no oven of your own.\r\n\r\nEverything is there.",
        "what_to_bring": "An apron",
        "theme": str(theme.id),
        "age_min": "12",
        "room": str(room.id),
        "day": edition.starts_on.isoformat(),
        "starts": "10:30am",
        "ends": "midday",
        "capacity": "12",
    }


def the_revision() -> Revision:
    return db.session.scalars(sa.select(Revision)).one()


# --- from nothing to sent in


def test_a_session_is_offered_kept_and_sent_in(lead: Somebody, answers: Answers) -> None:
    page = begin(lead)
    assert page.h1 == "What it is"
    stopped = lead.client.submit(page, STOP, title="Bread from nothing")
    assert "Your draft is kept." in stopped.words
    assert stopped.h1 == "Bread from nothing"
    code = code_of(stopped)
    assert "Draft" in lead.client.get(f"/provider/sessions/{code}").words
    back = lead.client.get(stopped.page.link("What it is"))
    assert typed_in(back)["title"] == ["Bread from nothing"]
    assert [one.page.error_summary for one in fill_in(lead, code, answers)] == [[]] * 6
    sent = send(lead, code)
    assert "Thank you. The festival team looks at it next." in sent.words
    assert "Sent in" in sent.words
    revision = the_revision()
    assert revision.state == RevisionState.submitted
    assert revision.text().title == "Bread from nothing"
    assert revision.session.age_min == 12
    run = factories.occurrence_of(revision.session)
    assert (run.capacity, run.room.name) == (12, "Studio")
    assert run.starts_at == factories.at_hour(revision.session.edition, hour=10) + timedelta(
        minutes=30
    )
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["session.started", "session.submitted"]


def test_a_session_that_was_sent_in_shows_what_it_says(lead: Somebody, answers: Answers) -> None:
    shown = offer(lead, answers)
    for words in (
        "Studio, Central Library",
        "10:30am to midday",
        "12 places",
        "Ages 12 and over",
        "People must book",
        "Bake a loaf and take it home.",
        "You need no oven of your own.",
        "An apron",
        "Making",
    ):
        assert words in shown.words


def test_a_draft_shows_what_was_typed(lead: Somebody, answers: Answers) -> None:
    wrong = answers | {"title": "", "ends": "half past never", "capacity": "many"}
    code = code_of(begin(lead))
    fill_in(lead, code, wrong)
    shown = lead.client.get(f"/provider/sessions/{code}")
    assert shown.h1 == "No title yet"
    assert "half past never" in shown.words
    assert "many" in shown.words
    assert "Central Library: Studio" in shown.words


def test_home_lists_sessions_with_where_they_stand(
    lead: Somebody, provider: Provider, edition: Edition
) -> None:
    published = factories.session(title="Sing Together", provider=provider, capacity=10)
    factories.booking(factories.occurrence_of(published), adults=3)
    later = clock.now() + timedelta(days=1)
    factories.session(title="Mend a Bike", provider=provider, publish_at=later)
    factories.session(title="Paint a Wall", provider=provider, published=False)
    for title, state in (
        ("Knit a Hat", RevisionState.returned),
        ("Juggle Knives", RevisionState.declined),
        ("Bake Bread", RevisionState.withdrawn),
    ):
        made = factories.session(title=title, provider=provider, published=False)
        made.revisions[0].state = state
    assert lead.user is not None
    factories.draft(provider, lead.user, title="A half-made idea")
    table = lead.client.get("/provider/").page.table()
    stands = {row[0]: (row[2], row[3]) for row in table[1:]}
    approved = stands.pop("Mend a Bike")
    assert approved[0].startswith("Approved: people see it from ")
    assert stands == {
        "Sing Together": ("Published", "3 of 10 places taken"),
        "Paint a Wall": ("Sent in", ""),
        "Knit a Hat": ("Please change", ""),
        "Juggle Knives": ("Declined", ""),
        "Bake Bread": ("Taken back", ""),
        "A half-made idea": ("Draft", ""),
    }


def test_who_writes_for_two_organisations_chooses(
    client: FestivalClient, provider: Provider, other_provider: Provider
) -> None:
    both = [(provider, MembershipRole.lead), (other_provider, MembershipRole.editor)]
    client.sign_in(factories.user(memberships=both))
    home = client.get("/provider/")
    client.submit(home, "Offer a session for Tettenhall Wood Choir")
    assert the_revision().session.provider_id == other_provider.id


def test_a_published_session_links_to_its_page(lead: Somebody, provider: Provider) -> None:
    made = factories.session(title="Sing Together", provider=provider)
    shown = lead.client.get(f"/provider/sessions/{made.code.lower()}")
    link = shown.page.link("See the page people see")
    assert link == f"/sessions/{made.code}"
    assert lead.client.get(link).h1 == "Sing Together"
    assert "Change this session" not in shown.page.links
    assert "Take it back" not in shown.words


# --- returned, taken back, too late


def test_a_returned_session_is_changed_and_sent_in_again(
    lead: Somebody, reviewer: Somebody, answers: Answers
) -> None:
    """P1: moderator returns with a comment on one field -> fixes."""
    offer(lead, answers)
    assert reviewer.user is not None
    revision = the_revision()
    code = revision.session.code
    offers.give_back(revision, "Please say what an apron is.", reviewer=reviewer.user)
    words = "Not everybody has one. What else can they wear?"
    revision.comments.append(
        ReviewComment(field="what_to_bring", words=words, created_at=clock.now())
    )
    shown = lead.client.get(f"/provider/sessions/{code}")
    assert "Please change" in shown.words
    assert "Please say what an apron is." in shown.words
    assert f"What should people bring?: {words}" in shown.words
    whole = lead.client.get(shown.page.link("Change this session"))
    assert "Please say what an apron is." in whole.words
    page = lead.client.get(shown.page.link("Change this: What should people bring?"))
    assert words in page.words
    assert typed_in(page)["what_to_bring"] == ["An apron"]
    lead.client.submit(page, CONTINUE, what_to_bring="Something to keep clothes clean")
    assert "Thank you." in send(lead, code).words
    assert the_revision().state == RevisionState.submitted
    assert the_revision().text().what_to_bring == "Something to keep clothes clean"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Occurrence)) == 1


def test_what_was_sent_in_is_not_changed(lead: Somebody, answers: Answers) -> None:
    page = begin(lead)
    code = code_of(page)
    fill_in(lead, code, answers)
    check = lead.client.get(f"/provider/sessions/{code}/check")
    send(lead, code)
    for address in ("edit", "edit/what", "check"):
        opened = lead.client.get(f"/provider/sessions/{code}/{address}", follow_redirects=True)
        assert opened.request.path == f"/provider/sessions/{code}"
        assert "It can be changed when it is returned to you." in opened.words
    stale = lead.client.submit(page, CONTINUE, title="Something else")
    assert "It can be changed when it is returned to you." in stale.words
    twice = lead.client.submit(check, "Send in")
    assert "It can be changed when it is returned to you." in twice.words
    assert the_revision().text().title == "Bread from nothing"


def test_an_offer_is_taken_back(lead: Somebody, answers: Answers) -> None:
    sent = offer(lead, answers)
    taken = lead.client.submit(sent, "Take it back")
    assert "You have taken this session back." in taken.words
    assert the_revision().state == RevisionState.withdrawn
    twice = lead.client.submit(sent, "Take it back")
    assert "This has been taken back, so that cannot be done any more." in twice.words


def test_after_the_closing_day_nothing_is_sent_in(
    lead: Somebody, edition: Edition, answers: Answers
) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    check = lead.client.get(f"/provider/sessions/{code}/check")
    edition.submissions_close_at = clock.now() - timedelta(minutes=1)
    late = lead.client.submit(check, "Send in")
    assert late.page.error_summary == [
        "The time to send in sessions is over. Your draft is kept: call the festival team."
    ]
    assert the_revision().state == RevisionState.draft
    assert the_revision().proposal["title"] == "Bread from nothing"
    home = lead.client.get("/provider/")
    assert "The time to send in sessions is over." in home.words
    assert "Offer a session" not in home.words
    check = lead.client.get(f"/provider/sessions/{code}/check")
    assert "Send in" not in [button for form in check.page.forms for button in form.buttons]


def test_the_team_lets_one_come_late(
    lead: Somebody, reviewer: Somebody, edition: Edition, answers: Answers
) -> None:
    """P1 edge: past deadline -> logged exception by team only."""
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    edition.submissions_close_at = clock.now() - timedelta(minutes=1)
    assert reviewer.user is not None
    offers.allow_late(the_revision(), actor=reviewer.user, reason="A flood")
    assert "Thank you." in send(lead, code).words
    assert "Let a session come late" in [
        str(ACTIONS[one]) for one in db.session.scalars(sa.select(AuditEntry.action))
    ]


def test_before_the_opening_day_it_says_when(lead: Somebody, edition: Edition) -> None:
    edition.submissions_open_at = clock.now() + timedelta(days=1)
    home = lead.client.get("/provider/")
    assert "You can send in sessions from " in home.words
    assert "Offer a session" not in home.words


def test_a_returned_offer_may_come_back_after_the_closing_day(
    lead: Somebody, reviewer: Somebody, edition: Edition, answers: Answers
) -> None:
    offer(lead, answers)
    assert reviewer.user is not None
    offers.give_back(the_revision(), "One more thing.", reviewer=reviewer.user)
    edition.submissions_close_at = clock.now() - timedelta(minutes=1)
    code = the_revision().session.code
    assert "Thank you." in send(lead, code).words


# --- bad input: told at its field, with everything typed still there


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("ends", "10am", "The end must be after the start."),
        ("ends", "10:30", "The end must be after the start."),
        ("starts", "half past never", "Type a time, like 10:30am or 2pm."),
        ("capacity", "0", "Type a number from 1 to 100000."),
        ("capacity", "-3", "Type a number from 1 to 100000."),
        ("capacity", "a dozen", "Type a whole number, like 2."),
        ("capacity", "99999999999999", "Type a whole number, like 2."),
        (
            "capacity",
            "13",
            "Studio can hold 12 people by law. Choose 12 places or fewer.",
        ),
        ("title", "x" * 500, "This is 500 characters long. Make it 60 or fewer."),
        ("title", "", "Give your session a title."),
        ("description", "x" * 601, "This is 601 characters long. Make it 600 or fewer."),
        ("age_max", "11", "The oldest age must not be below the youngest."),
        ("age_min", "200", "Type a number from 0 to 100."),
    ],
)
def test_bad_input_is_told_at_its_field(
    lead: Somebody, answers: Answers, field: str, typed: str, told: str
) -> None:
    wrong = answers | {field: typed}
    code = code_of(begin(lead))
    fill_in(lead, code, wrong)
    answer = send(lead, code)
    assert answer.page.error_summary == [told]
    assert answer.page.title.startswith("Error: ")
    page = lead.client.get(answer.page.link(told).split("#")[0])
    assert page.page.error_summary == [told]
    message = page.page.by_id(f"{field}-error")
    assert message is not None
    assert told in "".join(message.itertext())
    still_there = kept(lead, code)
    assert {name: still_there[name] for name in wrong} == {
        name: [value.replace("\r\n", "\n")] for name, value in wrong.items()
    }
    assert the_revision().state == RevisionState.draft
    assert the_revision().proposal[field] == typed


@pytest.mark.parametrize(
    ("part", "field", "typed", "told"),
    [
        ("dates", "starts", "half past never", "Type a time, like 10:30am or 2pm."),
        ("dates", "ends", "10am", "The end must be after the start."),
        ("booking", "capacity", "a dozen", "Type a whole number, like 2."),
        ("booking", "capacity", "13", "Studio can hold 12 people by law."),
        ("people", "age_max", "11", "The oldest age must not be below the youngest."),
    ],
)
def test_what_is_wrong_is_told_before_the_next_page(
    lead: Somebody, answers: Answers, part: str, field: str, typed: str, told: str
) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    answer = lead.client.submit(go_to(lead, code, part), CONTINUE, **{field: typed})
    (said,) = answer.page.error_summary
    assert said.startswith(told)
    assert typed_in(answer)[field] == [typed]
    stopped = lead.client.submit(answer, STOP)
    assert "Your draft is kept." in stopped.words
    assert the_revision().proposal[field] == typed


@pytest.mark.parametrize(
    ("field", "starts", "ends"), [("starts", "1:30am", "2:15am"), ("ends", "12:30am", "1:30am")]
)
def test_a_time_that_the_clocks_leave_out_is_told_at_its_field(
    lead: Somebody, edition: Edition, answers: Answers, field: str, starts: str, ends: str
) -> None:
    edition.starts_on, edition.ends_on = date(2027, 3, 27), date(2027, 4, 3)
    wrong = answers | {"day": "2027-03-28", "starts": starts, "ends": ends}
    code = code_of(begin(lead))
    dates = fill_in(lead, code, wrong)[2]
    told = "There is no such time on that day: the clocks go forward. Choose another time."
    for answer in (dates, send(lead, code)):
        assert answer.page.error_summary == [told]
    assert dates.page.by_id(f"{field}-error") is not None
    assert typed_in(dates)["starts"] == [starts]
    assert the_revision().state == RevisionState.draft


@pytest.mark.parametrize(
    ("part", "field", "forged", "told"),
    [
        ("dates", "room", "999999", "Choose a room from the list. Call us if yours is not there."),
        ("dates", "room", "; drop", "Choose a room from the list. Call us if yours is not there."),
        ("dates", "day", "2031-01-01", "Choose a day of the festival."),
        ("dates", "day", "soon", "Choose a day of the festival."),
        ("what", "theme", "0", "Choose a theme."),
        ("what", "format", "nonsense", "Choose one from the list."),
        ("booking", "booking_mode", "nonsense", "Choose one from the list."),
        ("people", "accompaniment", "nonsense", "Choose one from the list."),
        ("people", "delivery_languages", "xx", ""),
    ],
)
def test_a_forged_choice_is_told_at_its_field(
    lead: Somebody, answers: Answers, part: str, field: str, forged: str, told: str
) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    address, pairs = go_to(lead, code, part).page.form(CONTINUE).filled({}, CONTINUE)
    data = dict(pairs) | {field: forged}
    answer = lead.client.post(address, data=data, follow_redirects=True)
    assert len(answer.page.error_summary) == 1
    assert answer.page.error_summary == [told] or not told
    assert len(send(lead, code).page.error_summary) == 1
    assert the_revision().state == RevisionState.draft


def test_everything_wrong_is_told_at_once(lead: Somebody) -> None:
    """P1: "I don't know yet" allowed until it is sent in."""
    code = code_of(begin(lead))
    for page in fill_in(lead, code, {}):
        assert page.page.error_summary == []
    answer = send(lead, code)
    assert set(answer.page.error_summary) == {
        "Give your session a title.",
        "Say in one sentence what happens.",
        "Say what people will do.",
        "Choose a theme.",
        "Choose a room from the list. Call us if yours is not there.",
        "Choose a day of the festival.",
        "Type a time, like 10:30am or 2pm.",
        "Type a whole number, like 2.",
    }


@pytest.mark.parametrize("hidden", ["Bre\x07ad", "Bread\x00", "\x1b[31mBread"])
def test_control_characters_are_taken_out(lead: Somebody, hidden: str) -> None:
    answer = lead.client.submit(begin(lead), STOP, title=hidden, summary=f"One\r\n{hidden}")
    assert "Your draft is kept." in answer.words
    left = the_revision().proposal["title"]
    assert left.isprintable()
    assert "ad" in left


@pytest.mark.parametrize("title", ["ਰੋਟੀ ਬਣਾਓ", "Bread 🍞 for all 👩‍🍳", "D'Arcy’s <b>bread</b>"])
def test_every_script_is_welcome(lead: Somebody, answers: Answers, title: str) -> None:
    answer = offer(lead, answers | {"title": title})
    assert answer.h1 == title
    assert the_revision().text().title == title


# --- who may


def test_the_editor_works_on_the_leads_sessions(
    lead: Somebody, editor: Somebody, answers: Answers
) -> None:
    code = code_of(begin(lead))
    fill_in(editor, code, answers)
    assert "Thank you." in send(editor, code).words


def test_the_same_window_goes_on_after_a_mistake(lead: Somebody, answers: Answers) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    wrong = lead.client.submit(go_to(lead, code, "dates"), CONTINUE, ends="9am")
    assert wrong.page.error_summary == ["The end must be after the start."]
    assert "Somebody else" not in wrong.words
    right = lead.client.submit(wrong, CONTINUE, ends="2pm")
    assert right.h1 == "Who it is for"
    assert "Thank you." in send(lead, code).words
    assert "version" not in the_revision().proposal


def test_another_providers_session_is_not_there(
    lead: Somebody, other_lead: Somebody, answers: Answers
) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers | {"title": "A secret recipe"})
    for path in ("", "/edit", "/edit/what", "/check", "/place"):
        answer = other_lead.client.get(f"/provider/sessions/{code}{path}")
        assert answer.status_code == 404
        assert "secret recipe" not in answer.words
    assert "secret recipe" not in other_lead.client.get("/provider/").words
    token = typed_in(begin(other_lead))["csrf_token"][0]
    for path in ("/edit/what", "/check", "/place", "/withdraw"):
        posted = other_lead.client.post(
            f"/provider/sessions/{code}{path}", data={"csrf_token": token, "title": "Mine now"}
        )
        assert posted.status_code == 404
    assert (
        db.session.scalars(
            sa.select(Revision.state).join(Revision.session).where(FestivalSession.code == code)
        ).one()
        == RevisionState.draft
    )


def test_nobody_begins_a_session_for_others(
    lead: Somebody, other_provider: Provider, provider: Provider
) -> None:
    token = lead.client.get("/provider/").page.form("Offer a session").controls["csrf_token"]
    for wanted in (str(other_provider.id), "", "x", "9" * 30):
        answer = lead.client.post(
            "/provider/sessions", data={"csrf_token": token.values()[0], "provider": wanted}
        )
        assert answer.status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FestivalSession)) == 0


def test_the_door_role_sees_but_does_not_write(client: FestivalClient, provider: Provider) -> None:
    client.sign_in(factories.user(memberships=[(provider, MembershipRole.door)]))
    made = factories.session(title="Sing Together", provider=provider)
    home = client.get("/provider/")
    assert "Sing Together" in home.words
    assert "Offer a session" not in home.words
    shown = client.get(f"/provider/sessions/{made.code}")
    assert shown.h1 == "Sing Together"
    assert "Change this session" not in shown.page.links
    assert client.get(f"/provider/sessions/{made.code}/edit").status_code == 404


def test_while_a_change_is_written_others_see_what_is_public(
    lead: Somebody, reviewer: Somebody, client: FestivalClient, provider: Provider
) -> None:
    client.sign_in(factories.user(memberships=[(provider, MembershipRole.door)]))
    made = factories.session(title="Sing Together", provider=provider)
    assert lead.user is not None
    change = offers.revise(made, author=lead.user)
    change.text().title = "Secret Plans"
    db.session.commit()
    address = f"/provider/sessions/{made.code}"
    assert lead.client.get(address).h1 == "Secret Plans"
    for other in (client, reviewer.client):
        page = other.get(address)
        assert page.h1 == "Sing Together"
        assert "Secret Plans" not in page.words
    home = client.get("/provider/")
    assert "Sing Together" in home.words
    assert "Secret Plans" not in home.words


def test_a_reviewer_sees_but_does_not_write(reviewer: Somebody, provider: Provider) -> None:
    made = factories.session(title="Sing Together", provider=provider, published=False)
    assert reviewer.client.get(f"/provider/sessions/{made.code}").h1 == "Sing Together"
    assert reviewer.client.get(f"/provider/sessions/{made.code}/edit").status_code == 404
    assert reviewer.client.get("/provider/").status_code == 404


def test_other_roles_of_the_team_see_nothing_of_it(
    client: FestivalClient, provider: Provider
) -> None:
    made = factories.session(title="Sing Together", provider=provider, published=False)
    client.sign_in(factories.user(offices=[Office.phone_line]))
    assert client.get(f"/provider/sessions/{made.code}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/provider/", "/provider/sessions/E01", "/provider/sessions/E01/edit"]
)
def test_a_stranger_is_asked_to_sign_in(stranger: Somebody, path: str) -> None:
    factories.session(code="E01")
    answer = stranger.client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=%2Fprovider") or answer.location.startswith(
        "/sign-in?next=/provider"
    )


@pytest.mark.parametrize("code", ["E99", "%00", "E01%20", "'", "ß"])
def test_a_session_that_is_not_there(lead: Somebody, code: str) -> None:
    factories.session(code="E01")
    assert lead.client.get(f"/provider/sessions/{code}").status_code == 404


# --- costs


def test_the_list_asks_the_same_for_one_and_for_three(
    app: Flask, lead: Somebody, provider: Provider
) -> None:
    def cost() -> int:
        with recorded(app) as statements:
            lead.client.get("/provider/")
        return statements.count

    factories.session(provider=provider, theme=factories.theme())
    lead.client.get("/provider/")
    one = cost()
    for published in (True, False):
        factories.session(provider=provider, theme=factories.theme(), published=published)
    assert cost() == one


def test_a_withdrawn_session_is_not_called_published(lead: Somebody, provider: Provider) -> None:
    made = factories.session(title="Sing Together", provider=provider)
    made.state = SessionState.withdrawn
    shown = lead.client.get(f"/provider/sessions/{made.code}")
    assert "Withdrawn" in shown.words
    assert "See the page people see" not in shown.words


def test_a_later_publication_is_told(
    lead: Somebody, provider: Provider, at: Callable[..., None]
) -> None:
    at(clock.now())
    publish_at = clock.now() + timedelta(days=1)
    made = factories.session(provider=provider, publish_at=publish_at)
    assert (
        "Approved: people see it from" in lead.client.get(f"/provider/sessions/{made.code}").words
    )
    at(publish_at)
    lead.client.sign_in(lead.user)  # the evening before, their sign-in ran out
    assert "Published" in lead.client.get(f"/provider/sessions/{made.code}").words
