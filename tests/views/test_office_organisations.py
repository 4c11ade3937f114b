"""The festival team looks at organisations, what they declare, and who works in them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import accounts, clock
from festival.domain.providers import declarations, organisations
from festival.extensions import db, write
from festival.models import (
    AuditEntry,
    DeclarationKind,
    MembershipRole,
    Provider,
    ProviderState,
    User,
)
from tests import factories
from tests.cast import Somebody
from tests.support.client import FestivalClient, PageResponse
from tests.support.invited import mailed_link, mails, newest_mail
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

INSURANCE, SAFEGUARDING, RISK = DeclarationKind


def address(provider: Provider, rest: str = "") -> str:
    return f"/office/organisations/{provider.slug}{rest}"


def unchecked(provider: Provider) -> Provider:
    with write():
        provider.state, provider.created_at = ProviderState.unchecked, clock.now()
    return provider


def answer(person: Somebody, provider: Provider, decision: str, comment: str = "") -> PageResponse:
    page = person.client.get(address(provider))
    return person.client.submit(page, "Send the answer", decision=decision, comment=comment)


# --- the list


def test_those_to_check_come_first(reviewer: Somebody, lead: Somebody, provider: Provider) -> None:
    factories.session(provider=provider)
    new = factories.provider("Zumba for All", state="unchecked", created_at=clock.now())
    page = reviewer.client.get("/office/organisations")
    assert [row[:4] for row in page.page.table()[1:]] == [
        ["Zumba for All", "Not checked yet", "Nobody", "0"],
        ["Penn Fields Makers", "Checked", "Leah Lead", "1"],
    ]
    assert page.page.link("To check (1)") == "/office/organisations?show=waiting"
    only = reviewer.client.get("/office/organisations?show=waiting")
    assert [row[0] for row in only.page.table()[1:]] == ["Zumba for All"]
    assert reviewer.client.get(page.page.link("Zumba for All")).h1 == new.name
    home = reviewer.client.get("/office/")
    assert "1 waits to be checked" in home.words


def test_what_to_look_at_is_said(reviewer: Somebody, lead: Somebody, provider: Provider) -> None:
    insurance, _lead, risk = factories.declarations(provider)
    insurance.expires_on = (clock.now() + timedelta(days=10)).date()
    risk.checked_at = None
    page = reviewer.client.get("/office/organisations?show=declarations")
    (row,) = page.page.table()[1:]
    assert "Public liability insurance: Ends on" in row[4]
    assert "Risk assessment: Not checked yet" in row[4]
    found = reviewer.client.get("/office/organisations?q=leah")
    assert [one[0] for one in found.page.table()[1:]] == ["Penn Fields Makers"]
    assert "There is none like this." in reviewer.client.get("/office/organisations?q=xyz").words


def test_the_list_asks_no_more_for_more(app: Flask, reviewer: Somebody) -> None:
    def cost() -> int:
        with recorded(app) as statements:
            reviewer.client.get("/office/organisations")
        return len(statements.all)

    def some() -> None:
        made = factories.provider()
        factories.declarations(made)
        factories.user(memberships=[(made, MembershipRole.lead)])
        factories.session(provider=made)

    some()
    cost()  # what is read once, of the process and of the person
    one = cost()
    some()
    some()
    assert cost() == one


# --- are they who they say


def test_a_new_organisation_is_checked_and_hears_of_it(
    reviewer: Somebody, lead: Somebody, editor: Somebody, provider: Provider
) -> None:
    unchecked(provider)
    done = answer(reviewer, provider, "check")
    assert "Done. We tell them by email." in done.words
    assert "Do we take them?" not in done.words
    db.session.refresh(provider)
    assert provider.state == ProviderState.checked
    assert provider.checked_by_id == reviewer.user.id  # type: ignore[union-attr]
    assert mails("provider_checked") == 2
    assert "The festival team has checked Penn Fields Makers." in newest_mail("provider_checked")


def test_a_no_needs_a_word_of_why(reviewer: Somebody, lead: Somebody, provider: Provider) -> None:
    unchecked(provider)
    nothing = reviewer.client.submit(reviewer.client.get(address(provider)), "Send the answer")
    assert nothing.page.error_summary == ["Choose what you say."]
    silent = answer(reviewer, provider, "refuse")
    assert silent.page.error_summary == ["Say why, in a sentence or two they can read."]
    assert mails("provider_refused") == 0
    said = answer(reviewer, provider, "refuse", "You sell things, and the festival is free.")
    assert "You sell things, and the festival is free." in said.words
    assert "You sell things" in newest_mail("provider_refused")
    # They talked, and it is a yes after all.
    assert "Done." in answer(reviewer, provider, "check").words


def test_two_of_the_team_answer_once(
    reviewer: Somebody, administrator: Somebody, lead: Somebody, provider: Provider
) -> None:
    unchecked(provider)
    page = administrator.client.get(address(provider))
    answer(reviewer, provider, "check")
    late = administrator.client.submit(page, "Send the answer", decision="refuse", comment="No.")
    assert late.page.error_summary == ["The team has checked this already, so that cannot be done."]
    assert mails("provider_refused") == 0


def test_the_same_name_is_pointed_out(reviewer: Somebody, provider: Provider) -> None:
    other = factories.provider("PENN  fields Makers", state="unchecked")
    page = reviewer.client.get(address(provider))
    assert "There is another organisation of this name." in page.words
    assert page.page.link("Look at the other one") == address(other)


# --- what they declare


def test_a_declaration_is_checked_as_it_was_read(
    reviewer: Somebody, lead: Somebody, provider: Provider, at: Callable[..., None]
) -> None:
    factories.declaration(provider, INSURANCE, checked_at=None)
    page = reviewer.client.get(address(provider))
    button = "I have checked this: Public liability insurance"
    done = reviewer.client.submit(page, button)
    assert "Checked." in done.words
    found = declarations.declaration_of(provider, INSURANCE)
    assert found is not None
    assert found.checked_by_id == reviewer.user.id  # type: ignore[union-attr]
    # Meanwhile they declare something else: what the old page shows is not what is checked.
    at(clock.now() + timedelta(minutes=1))
    with write():
        organisations.declare(
            provider,
            INSURANCE,
            {"holder": "Nobody", "expires_on": clock.now().date()},
            actor=lead.user,  # type: ignore[arg-type]
        )
    late = reviewer.client.submit(page, button)
    assert "They have changed this since you opened it." in late.words
    db.session.refresh(found)
    assert found.checked_at is None


def test_who_has_no_insurance_is_to_be_called(
    reviewer: Somebody, lead: Somebody, provider: Provider
) -> None:
    provider.phone = "01632 960 215"
    db.session.commit()
    with write():
        organisations.declare(provider, INSURANCE, {"not_held": True}, actor=lead.user)  # type: ignore[arg-type]
    page = reviewer.client.get(address(provider))
    assert "Call them: there is often a way. 01632 960 215" in page.words
    assert not [one for one in page.page.forms if "I have checked" in " ".join(one.buttons)]


# --- who works there


def test_a_leader_left_and_somebody_else_takes_over(
    reviewer: Somebody, lead: Somebody, editor: Somebody, provider: Provider
) -> None:
    """P1 edge: leader leaves mid-season -> team reassigns."""
    page = reviewer.client.get(address(provider, "/people"))
    closed = reviewer.client.submit(page, "Close the account of Leah Lead")
    assert "The account is closed. What they wrote stays." in closed.words
    assert "Nobody leads this organisation." in closed.words
    headless = reviewer.client.get("/office/organisations?show=headless")
    assert [row[0] for row in headless.page.table()[1:]] == ["Penn Fields Makers"]
    assert lead.client.get("/provider/").status_code == 302  # signed out
    wrong = reviewer.client.submit(closed, "Put them at the head")
    assert wrong.page.error_summary == ["Choose who leads from now on."]
    assert editor.user is not None
    assert lead.user is not None
    done = reviewer.client.submit(
        closed, "Put them at the head", taker=str(editor.user.id), gone=str(lead.user.id)
    )
    assert "Leah Lead" not in done.words
    db.session.refresh(editor.user)
    assert accounts.member_of(editor.user, provider.id) == MembershipRole.lead
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["user.closed", "provider.reassigned"]


def test_where_nobody_is_left_somebody_is_invited_to_lead(
    client: FestivalClient, reviewer: Somebody, provider: Provider
) -> None:
    page = reviewer.client.get(address(provider, "/people"))
    sent = reviewer.client.submit(page, "Send the invitation", email="new@example.org")
    assert "new@example.org" in sent.words
    came = client.get(mailed_link())
    assert "You are asked to lead the sessions of Penn Fields Makers." in came.words
    client.submit(came, "Begin", name="Nadia New", password="teapot umbrella seven")
    new: User | None = accounts.by_email("new@example.org")
    assert new is not None
    assert accounts.member_of(new, provider.id) == MembershipRole.lead


def test_only_reviewers_see_organisations(
    operator: Somebody, manager: Somebody, lead: Somebody, provider: Provider
) -> None:
    for person in (operator, manager, lead):
        assert person.client.get("/office/organisations").status_code == 404
        assert person.client.get(address(provider)).status_code == 404
        assert person.client.get(address(provider, "/people")).status_code == 404
