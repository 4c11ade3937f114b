"""Roles in an organisation, a handover, somebody who leaves."""

import pytest
from flask import Flask

from festival.domain import accounts
from festival.domain.errors import NotAllowed, NotFound
from festival.domain.providers import people
from festival.domain.providers.people import OnlyLead
from festival.extensions import db
from festival.models import MembershipRole, Office, Provider, User
from tests import factories
from tests.cast import Somebody

LEAD, EDITOR, DOOR = MembershipRole


@pytest.fixture
def leah(lead: Somebody) -> User:
    assert lead.user is not None
    return lead.user


@pytest.fixture
def eddie(editor: Somebody) -> User:
    assert editor.user is not None
    return editor.user


def roles(provider: Provider) -> list[tuple[str, MembershipRole]]:
    db.session.expire_all()
    return [(one.user.name, one.role) for one in people.members(provider)]


def test_who_leads_comes_first(app: Flask, provider: Provider, leah: User, eddie: User) -> None:
    factories.user("b@example.org", "Abby Arrived", memberships=[(provider, DOOR)])
    assert [name for name, _role in roles(provider)] == [
        "Leah Lead",
        "Eddie Editor",
        "Abby Arrived",
    ]


def test_the_only_lead_cannot_leave_or_be_lowered(
    app: Flask, provider: Provider, leah: User, eddie: User
) -> None:
    with pytest.raises(OnlyLead, match="Leah Lead is the only one who leads"):
        people.remove(provider, leah.id, actor=leah)
    with pytest.raises(OnlyLead):
        people.set_role(provider, leah.id, EDITOR, actor=leah)
    people.set_role(provider, leah.id, LEAD, actor=leah)  # as it was
    people.set_role(provider, eddie.id, LEAD, actor=leah)
    people.remove(provider, leah.id, actor=leah)
    assert roles(provider) == [("Eddie Editor", LEAD)]


def test_whose_account_is_closed_leads_no_more(
    app: Flask, provider: Provider, leah: User, eddie: User
) -> None:
    people.set_role(provider, eddie.id, LEAD, actor=leah)
    eddie.is_active = False
    with pytest.raises(OnlyLead):
        people.remove(provider, leah.id, actor=leah)
    people.remove(provider, eddie.id, actor=leah)  # who is gone can be taken out
    assert people.leads(provider) == [leah]


@pytest.mark.parametrize(
    ("leaves", "left"),
    [
        (False, [("Eddie Editor", LEAD), ("Leah Lead", EDITOR)]),
        (True, [("Eddie Editor", LEAD)]),
    ],
)
def test_a_handover(
    app: Flask,
    provider: Provider,
    leah: User,
    eddie: User,
    leaves: bool,
    left: list[tuple[str, MembershipRole]],
) -> None:
    people.hand_over(provider, giver=leah, taker_id=eddie.id, leaves=leaves)
    assert roles(provider) == left


def test_nobody_hands_over_to_who_cannot_take_it(
    app: Flask, provider: Provider, leah: User, eddie: User, other_lead: Somebody
) -> None:
    assert other_lead.user is not None
    with pytest.raises(NotFound):
        people.hand_over(provider, giver=leah, taker_id=other_lead.user.id, leaves=True)
    with pytest.raises(NotAllowed):
        people.hand_over(provider, giver=leah, taker_id=leah.id, leaves=True)
    eddie.is_active = False
    with pytest.raises(NotAllowed):
        people.hand_over(provider, giver=leah, taker_id=eddie.id, leaves=True)
    assert people.leads(provider) == [leah]


def test_the_team_puts_somebody_else_at_the_head(
    app: Flask, provider: Provider, leah: User, eddie: User, administrator: Somebody
) -> None:
    """P1 edge: leader leaves mid-season -> team reassigns."""
    actor = administrator.user
    assert actor is not None
    people.close_account(leah, actor=actor)
    people.reassign(provider, eddie.id, gone_id=leah.id, actor=actor)
    assert roles(provider) == [("Eddie Editor", LEAD)]
    with pytest.raises(NotAllowed):
        people.reassign(provider, eddie.id, gone_id=eddie.id, actor=actor)


def test_accounts_of_the_team_are_not_closed_so(app: Flask, administrator: Somebody) -> None:
    reviewer = factories.user(offices=[Office.reviewer])
    assert administrator.user is not None
    with pytest.raises(NotAllowed, match="belongs to the festival team"):
        people.close_account(reviewer, actor=administrator.user)
    assert reviewer.is_active


def test_who_may(
    app: Flask, provider: Provider, leah: User, eddie: User, other_lead: Somebody
) -> None:
    door = factories.user("b@example.org", "Abby Arrived", memberships=[(provider, DOOR)])
    assert other_lead.user is not None
    rules = (people.may_manage, people.may_see)
    assert [[rule(user, provider) for rule in rules] for user in (leah, eddie, door)] == [
        [True, True],
        [False, True],
        [False, False],
    ]
    assert not people.may_see(other_lead.user, provider)
    assert accounts.member_of(door, provider.id) == DOOR
