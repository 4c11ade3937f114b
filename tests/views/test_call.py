"""F1, the call for sessions: whom the team asks, how far they are, who is reminded, its end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, offers
from festival.extensions import db
from festival.models import (
    AuditEntry,
    CallAsk,
    Edition,
    Invitation,
    MembershipRole,
    Message,
    Provider,
    ProviderState,
    Revision,
)
from festival.tasks import upkeep
from tests import factories as make
from tests.cast import Somebody
from tests.support.client import FestivalClient, PageResponse
from tests.support.statements import recorded

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]
NOW = datetime(2027, 2, 1, 10, tzinfo=ZoneInfo("Europe/London"))
END = NOW + timedelta(days=40)
PAGE, ASK, CHASE = "/office/call", "/office/call/ask", "/office/call/chase"
CONTINUE = "Continue: see who is asked"


@pytest.fixture(autouse=True)
def _the_call_is_open(edition: Edition, at: At) -> None:
    at(NOW)
    edition.submissions_open_at, edition.submissions_close_at = NOW - timedelta(days=9), END
    edition.starts_on = (NOW + timedelta(days=120)).date()
    edition.ends_on = (NOW + timedelta(days=129)).date()
    db.session.commit()


def asked(who: Somebody, lines: str, **typed: object) -> PageResponse:
    return who.client.submit(who.client.get(ASK), CONTINUE, lines=lines, **typed)


def write_to(who: Somebody, lines: str, number: int, **typed: object) -> PageResponse:
    plural = "" if number == 1 else "s"
    return who.client.submit(asked(who, lines, **typed), f"Write to {number} organisation{plural}")


def mailed(*kinds: str) -> list[tuple[str, str]]:
    db.session.rollback()
    query = sa.select(Message.kind, Message.recipient).order_by(Message.id)
    if kinds:
        query = query.where(Message.kind.in_(kinds))
    return [(kind, to) for kind, to in db.session.execute(query)]


def on(at: At, moment: datetime, who: Somebody) -> None:
    """This person comes back another day, and signs in again."""
    at(moment)
    assert who.user is not None
    who.client.sign_in(who.user)


def numbers(page: PageResponse) -> list[str]:
    """What the tiles say: asked, come, begun, sent in, by themselves."""
    return [part.text or "" for part in page.page.with_class("tiles__number")]


def again(edition: Edition) -> Edition:
    db.session.rollback()
    return db.session.get_one(Edition, edition.id)


def test_the_list_is_asked_when_it_was_seen_what_becomes_of_each_line(
    reviewer: Somebody, lead: Somebody, provider: Provider, other_provider: Provider
) -> None:
    """F1: invite list. New ones are invited, known ones asked through who leads them."""
    lines = (
        "New Choir, cora@example.org, Cora Singer\n"
        f"{provider.name.upper()}\tsomebody@example.org\n"
        "\n"
        f"{other_provider.name};olga@example.org;Olga"
    )
    page = asked(reviewer, lines)
    assert "Nothing has been sent yet." in page.words
    assert "New: we invite them" in page.words
    assert "Known: we ask who leads it" in page.words
    assert "Known, but nobody leads it: we invite this person to" in page.words
    assert mailed() == []
    done = reviewer.client.submit(page, "Write to 3 organisations")
    assert "We have written to 3 organisations." in done.words
    assert mailed() == [
        ("invitation", "cora@example.org"),
        ("asked_again", "lead@example.org"),
        ("invitation", "olga@example.org"),
    ]
    (entry,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "call.asked"))
    assert entry.facts == {"organisations": 3}


def test_who_was_asked_is_not_asked_twice(
    reviewer: Somebody, lead: Somebody, provider: Provider
) -> None:
    lines = f"New Choir, cora@example.org\n{provider.name}, lead@example.org"
    write_to(reviewer, lines, 2)
    before = mailed()
    page = asked(reviewer, f"{lines}\nNew Choir, cora@example.org")
    assert "They were invited already, and have not come yet." in page.words
    assert "They were asked already." in page.words
    assert "It is in the list twice." in page.words
    assert "There is nobody to write to." in page.words
    assert mailed() == before


def test_another_of_the_team_was_quicker(
    reviewer: Somebody, administrator: Somebody, provider: Provider, lead: Somebody
) -> None:
    page = asked(reviewer, f"{provider.name}, lead@example.org")
    write_to(administrator, f"{provider.name}, lead@example.org", 1)
    page = reviewer.client.submit(page, "Write to 1 organisation")
    assert "Something has changed since you looked." in page.words
    assert len(mailed("asked_again")) == 1


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("", "Write at least one line."),
        ("New Choir", "Line 1 has no email address."),
        ("A, a@example.org\nB, b@@example.org", "Line 2: b@@example.org is not right."),
        ("A, a@example.org, b@example.org", "Line 1 has two email addresses."),
        (f"{'a' * 161}, a@example.org", "Line 1 has a name that is too long."),
        ("A, a@example.org\n" * 301, "These are more than 300 lines. Ask in several goes."),
        ("a" * 30_001, "Make it 30000 or fewer."),
    ],
)
def test_a_line_that_is_wrong_is_told_by_its_number_and_nothing_is_lost(
    reviewer: Somebody, lines: str, why: str
) -> None:
    """Bad input: what is wrong stands at the field, and what was typed stays."""
    page = asked(reviewer, lines)
    assert why in page.words
    kept = page.page.form(CONTINUE).controls["lines"].values()[0]
    assert kept.split() == lines.split()
    assert mailed() == []


def test_a_person_alone_is_known_by_the_address(
    reviewer: Somebody, lead: Somebody, provider: Provider
) -> None:
    page = asked(reviewer, "LEAD@example.org\nnobody@example.org")
    assert provider.name in page.words
    assert "We do not know this address. Write the name of the organisation" in page.words


def test_where_nobody_leads_who_works_there_is_not_invited_again(
    reviewer: Somebody, editor: Somebody, provider: Provider
) -> None:
    page = asked(reviewer, f"{provider.name}, {editor.email}\nNew, new@example.org")
    assert "They work there already, but nobody leads it." in page.words
    done = reviewer.client.submit(page, "Write to 1 organisation")
    assert "We have written to 1 organisation." in done.words


def test_a_known_organisation_is_asked_by_who_leads_it_and_the_page_says_no_other(
    reviewer: Somebody, lead: Somebody, provider: Provider
) -> None:
    page = asked(reviewer, f"{provider.name}, stranger@example.org")
    assert "stranger@example.org" not in page.words
    assert "lead@example.org" in page.words
    assert mailed() == []


def test_a_long_list_asks_as_little_of_the_database_as_a_short_one(
    reviewer: Somebody, edition: Edition, app: Flask
) -> None:
    for number in range(6):
        member = (make.provider(f"Group {number}"), MembershipRole.lead)
        make.user(f"lead{number}@example.org", memberships=[member])
    db.session.commit()
    page = reviewer.client.get(ASK)

    def cost(number: int) -> int:
        lines = "\n".join(f"Group {one}, lead{one}@example.org" for one in range(number))
        with recorded(app) as statements:
            reviewer.client.submit(page, CONTINUE, lines=lines)
        return statements.count

    assert cost(6) == cost(2)


def test_what_stands_in_quotation_marks_is_one_name(reviewer: Somebody) -> None:
    page = asked(reviewer, '"Arts, Crafts and Co",mia@example.org,Mia')
    assert "Arts, Crafts and Co" in page.words


def test_whom_the_team_said_no_to_is_left_out(
    reviewer: Somebody, provider: Provider, lead: Somebody
) -> None:
    provider.state = ProviderState.refused
    gone = make.user("gone@example.org")
    gone.is_active = False
    db.session.commit()
    page = asked(reviewer, f"{provider.name}, lead@example.org\nNew, gone@example.org")
    assert "The team has said no to this organisation." in page.words
    assert "The account of this address is closed." in page.words
    assert "There is nobody to write to." in page.words


def test_everybody_of_an_earlier_festival_is_invited_to_repeat(
    reviewer: Somebody, lead: Somebody, provider: Provider, edition: Edition
) -> None:
    """P6: an invitation to repeat."""
    before = make.edition(starts_on=edition.starts_on - timedelta(days=365), is_current=False)
    make.session(title="Sing Together", provider=provider, edition=before)
    db.session.commit()
    page = asked(reviewer, "", earlier=True)
    assert provider.name in page.words
    reviewer.client.submit(page, "Write to 1 organisation")
    assert mailed("asked_again") == [("asked_again", "lead@example.org")]
    assert "There is nobody to write to." in asked(reviewer, "", earlier=True).words


def test_the_team_sees_how_far_everybody_is(
    reviewer: Somebody, lead: Somebody, provider: Provider, edition: Edition
) -> None:
    """F1: progress by provider: so many invited, so many started, so many submitted."""
    write_to(reviewer, f"New Choir, cora@example.org\n{provider.name}, lead@example.org", 2)
    itself = make.provider("Came Alone")
    make.session(provider=itself, title="By Themselves")
    assert lead.user is not None
    make.draft(provider, lead.user)
    db.session.commit()
    page = reviewer.client.get(PAGE)
    assert numbers(page) == ["2", "2", "2", "1", "1"]
    assert "Has not come yet" in page.words
    shown = reviewer.client.get(f"{PAGE}?show=started")
    assert provider.name in shown.words
    assert "New Choir" not in shown.words


def test_the_page_costs_the_same_however_many(
    reviewer: Somebody, edition: Edition, app: Flask
) -> None:
    def cost() -> int:
        with recorded(app) as statements:
            reviewer.client.get(PAGE)
        return statements.count

    for number in range(2):
        make.session(provider=make.provider(f"Group {number}"))
    write_to(reviewer, "New 1, new1@example.org", 1)
    few = cost()
    for number in range(2, 9):
        make.session(provider=make.provider(f"Group {number}"))
    write_to(reviewer, "\n".join(f"New {one}, new{one}@example.org" for one in range(2, 9)), 7)
    assert cost() == few


class TestChasing:
    def test_who_sent_nothing_in_is_reminded_but_not_within_three_days(
        self, reviewer: Somebody, lead: Somebody, provider: Provider, at: At
    ) -> None:
        """F1: chase."""
        write_to(reviewer, f"New Choir, cora@example.org\n{provider.name}, lead@example.org", 2)
        assert "There is nobody to remind just now." in reviewer.client.get(CHASE).words
        on(at, NOW + timedelta(days=3, minutes=1), reviewer)
        page = reviewer.client.get(CHASE)
        before = len(mailed())
        done = reviewer.client.submit(page, "Remind 2 organisations")
        assert "We have reminded 2 organisations." in done.words
        assert sorted(mailed()[before:]) == [
            ("call_chased", "lead@example.org"),
            ("invitation", "cora@example.org"),
        ]
        done = reviewer.client.submit(page, "Remind 2 organisations")
        assert "There is nobody to remind just now." in done.words
        assert len(mailed()) == before + 2

    def test_where_nobody_works_any_more_nobody_is_said_to_be_reminded(
        self, reviewer: Somebody, lead: Somebody, provider: Provider, at: At
    ) -> None:
        write_to(reviewer, f"{provider.name}, lead@example.org", 1)
        assert lead.user is not None
        lead.user.is_active = False
        db.session.commit()
        on(at, NOW + timedelta(days=4), reviewer)
        done = reviewer.client.submit(reviewer.client.get(CHASE), "Remind 1 organisation")
        assert f"We could not write to: {provider.name}." in done.words
        assert mailed("call_chased") == []

    def test_one_who_cannot_be_written_to_stands_in_nobodys_way(
        self, reviewer: Somebody, lead: Somebody, provider: Provider, at: At
    ) -> None:
        write_to(reviewer, f"New Choir, cora@example.org\n{provider.name}, lead@example.org", 2)
        make.user("cora@example.org").is_active = False
        db.session.commit()
        on(at, NOW + timedelta(days=4), reviewer)
        done = reviewer.client.submit(reviewer.client.get(CHASE), "Remind 2 organisations")
        assert "We have reminded 1 organisation." in done.words
        assert "We could not write to: New Choir." in done.words
        assert mailed("call_chased") == [("call_chased", "lead@example.org")]

    def test_whom_the_team_said_no_to_is_not_courted(
        self, reviewer: Somebody, lead: Somebody, provider: Provider, at: At
    ) -> None:
        write_to(reviewer, f"{provider.name}, lead@example.org", 1)
        assert lead.user is not None
        make.draft(provider, lead.user)
        provider.state = ProviderState.refused
        db.session.commit()
        on(at, END - timedelta(days=3), reviewer)
        assert "There is nobody to remind just now." in reviewer.client.get(CHASE).words
        assert upkeep.remind_of_deadline() == 0

    def test_who_has_sent_something_in_is_left_alone(
        self, reviewer: Somebody, lead: Somebody, provider: Provider, at: At
    ) -> None:
        write_to(reviewer, f"{provider.name}, lead@example.org", 1)
        make.session(provider=provider, published=False)
        db.session.commit()
        on(at, NOW + timedelta(days=4), reviewer)
        assert "There is nobody to remind just now." in reviewer.client.get(CHASE).words

    def test_once_the_call_is_closed_nobody_is(
        self,
        reviewer: Somebody,
        lead: Somebody,
        provider: Provider,
        edition: Edition,
        at: At,
    ) -> None:
        write_to(reviewer, f"{provider.name}, lead@example.org", 1)
        on(at, NOW + timedelta(days=4), reviewer)
        page = reviewer.client.get(CHASE)
        edition.submissions_close_at = clock.now()
        db.session.commit()
        done = reviewer.client.submit(page, "Remind 1 organisation")
        assert "Nothing can be sent in now. Open the call first." in done.words
        assert mailed("call_chased") == []


class TestTheEnd:
    def test_an_administrator_closes_it_and_drafts_stay(
        self,
        administrator: Somebody,
        reviewer: Somebody,
        lead: Somebody,
        provider: Provider,
        edition: Edition,
    ) -> None:
        """F1: close. P1: past the deadline only the team lets a draft in, and it is logged."""
        assert lead.user is not None
        draft = make.draft(provider, lead.user)
        db.session.commit()
        assert "Close the call now" not in reviewer.client.get(PAGE).words
        done = administrator.client.submit(administrator.client.get(PAGE), "Close the call now")
        assert "The call is closed. Drafts are kept." in done.words
        assert "The call is closed since" in done.words
        assert not offers.submissions_open(again(edition), clock.now())
        page = reviewer.client.get("/office/offers/late")
        code = draft.session.code
        reviewer.client.submit(page, code=code, reason="Their computer broke.")
        page = reviewer.client.get(PAGE)
        assert "Their computer broke." in page.words
        assert code in page.words

    def test_pressed_twice_it_is_closed_once(
        self, administrator: Somebody, edition: Edition
    ) -> None:
        page = administrator.client.get(PAGE)
        administrator.client.submit(page, "Close the call now")
        done = administrator.client.submit(page, "Close the call now")
        assert "The call is not open." in done.words


class TestTheDeadlineComesNearer:
    @pytest.fixture
    def draft(self, lead: Somebody, provider: Provider) -> Revision:
        assert lead.user is not None
        made = make.draft(provider, lead.user)
        make.draft(provider, lead.user)
        db.session.commit()
        return made

    def told(self) -> int:
        upkeep.remind_of_deadline()
        return len(mailed("deadline"))

    def test_reminders_to_unfinished_drafts_at_14_and_3_days(self, draft: Revision, at: At) -> None:
        """P1: deadline reminders; one mail for all drafts of an organisation."""
        second = timedelta(seconds=1)
        at(END - timedelta(days=14) - second)
        assert self.told() == 0
        at(END - timedelta(days=14))
        assert self.told() == 1
        assert self.told() == 1
        at(END - timedelta(days=3) - second)
        assert self.told() == 1
        at(END - timedelta(days=3))
        assert self.told() == 2
        assert self.told() == 2
        at(END)
        assert self.told() == 2

    def test_what_was_begun_yesterday_is_not_overdue(
        self, lead: Somebody, provider: Provider, at: At
    ) -> None:
        at(END - timedelta(days=13))
        assert lead.user is not None
        make.draft(provider, lead.user)
        db.session.commit()
        assert self.told() == 0
        at(END - timedelta(days=3))
        assert self.told() == 1

    def test_a_later_end_is_told_of_again(
        self, draft: Revision, administrator: Somebody, edition: Edition, at: At
    ) -> None:
        on(at, END - timedelta(days=3), administrator)
        assert self.told() == 1
        page = administrator.client.get(f"/office/editions/{edition.slug}/call")
        later = (END + timedelta(days=30)).strftime("%d/%m/%Y %H:%M")
        administrator.client.submit(page, submissions_close_at=later)
        assert self.told() == 1
        at(END + timedelta(days=16))
        assert self.told() == 2


def test_it_is_the_teams_alone(
    lead: Somebody, operator: Somebody, manager: Somebody, client: FestivalClient
) -> None:
    for who in (lead, operator, manager):
        for path in (PAGE, ASK, CHASE):
            assert who.client.get(path).status_code == 404
    assert client.get(PAGE).status_code == 302
    assert db.session.scalar(sa.select(sa.func.count(CallAsk.id))) == 0
    assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 0
