"""Who is invited, by what rules."""

import pytest
from flask import Flask

from festival.domain import clock
from festival.domain.errors import NotAllowed
from festival.domain.providers import invitations
from festival.domain.providers.invitations import AlreadyIn, ForSomebodyElse, How, InvitationOver
from festival.extensions import db
from festival.models import Edition, MembershipRole, Provider
from tests import factories
from tests.cast import Somebody
from tests.support.invited import mails


def test_who_works_there_is_not_invited(
    app: Flask, lead: Somebody, editor: Somebody, provider: Provider, other_provider: Provider
) -> None:
    with pytest.raises(AlreadyIn, match=r"Eddie Editor works here already\."):
        invitations.invite(None, "EDITOR@example.org", provider=provider, inviter=lead.user)
    invitations.invite(None, editor.email, provider=other_provider, inviter=None)
    assert mails("invitation") == 1


def test_a_closed_account_is_not_invited(app: Flask, provider: Provider) -> None:
    gone = factories.user(is_active=False)
    with pytest.raises(NotAllowed, match="This account is closed"):
        invitations.invite(None, gone.email, provider=provider, inviter=None)


def test_it_is_sent_again_until_it_was_used(
    app: Flask, edition: Edition, administrator: Somebody
) -> None:
    actor = administrator.user
    assert actor is not None
    made = invitations.invite(
        edition, "new@example.org", organisation="Bilston Bakers", inviter=actor
    )
    assert made.edition_id == edition.id
    before = made.secret_hash
    invitations.send_again(made, actor=actor)
    assert made.secret_hash != before
    assert made.chased_at is not None
    assert mails("invitation") == 2
    new = factories.user("new@example.org", "Nadia New")
    provider = invitations.accept(made, new)
    assert (provider.name, made.provider, made.used_by_id) == ("Bilston Bakers", provider, new.id)
    assert invitations.how(made, clock.now()) == How.used
    for verb in (invitations.send_again, invitations.withdraw):
        with pytest.raises(InvitationOver):
            verb(made, actor=actor)
    with pytest.raises(InvitationOver):
        invitations.accept(made, new)


def test_only_whom_it_was_sent_to_comes_in(
    app: Flask, provider: Provider, other_lead: Somebody
) -> None:
    made = invitations.invite(None, "new@example.org", provider=provider, inviter=None)
    assert other_lead.user is not None
    with pytest.raises(ForSomebodyElse):
        invitations.accept(made, other_lead.user)
    assert made.used_at is None


def test_who_came_in_another_way_keeps_their_role(
    app: Flask, provider: Provider, lead: Somebody
) -> None:
    made = invitations.invite(
        None, "new@example.org", provider=provider, role=MembershipRole.door, inviter=None
    )
    role = (provider, MembershipRole.lead)
    new = factories.user("new@example.org", "Nadia New", memberships=[role])
    db.session.flush()
    invitations.accept(made, new)
    assert [one.role for one in new.memberships] == [MembershipRole.lead]


def test_open_ones_are_those_who_have_not_come(app: Flask, provider: Provider) -> None:
    first = invitations.invite(None, "a@example.org", provider=provider, inviter=None)
    second = invitations.invite(None, "b@example.org", provider=provider, inviter=None)
    actor = factories.user()
    assert invitations.open_ones(provider) == [second, first]
    invitations.withdraw(second, actor=actor)
    invitations.accept(first, factories.user("a@example.org"))
    assert invitations.open_ones(provider) == []
