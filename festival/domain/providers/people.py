"""Who works in an organisation: roles, a handover, somebody who leaves.

Each person signs in for themselves. An organisation always has somebody who leads it; only the
festival team may take the last one out, and puts another in their place.
"""

import sqlalchemy as sa

from festival.domain import accounts, audit
from festival.domain.errors import N_, NotAllowed, NotFound
from festival.extensions import db
from festival.models import Membership, MembershipRole, Provider, User

RANK = {MembershipRole.lead: 0, MembershipRole.editor: 1, MembershipRole.door: 2}


class OnlyLead(NotAllowed):
    """They are the only one who leads the organisation."""

    reason = "only_lead"


def members(provider: Provider) -> list[Membership]:
    """Everybody with a role in this organisation: who leads first, then by name."""
    query = sa.select(Membership).join(User).where(Membership.provider_id == provider.id)
    found = db.session.scalars(query)
    return sorted(found, key=lambda one: (RANK[one.role], one.user.name.lower(), one.user_id))


def leads(provider: Provider) -> list[User]:
    """Who leads it and can still sign in."""
    return [one.user for one in members(provider) if _leads(one)]


def writers(provider: Provider) -> list[User]:
    """Who writes for it and can still sign in: whom the team's mail reaches."""
    return [
        one.user
        for one in members(provider)
        if one.role != MembershipRole.door and one.user.is_active
    ]


def member(provider: Provider, user_id: int) -> Membership:
    """This person's role in this organisation. Raises NotFound."""
    query = sa.select(Membership).where(
        Membership.provider_id == provider.id, Membership.user_id == user_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(N_("This person does not work in this organisation any more."))
    return found


def set_role(provider: Provider, user_id: int, role: MembershipRole, *, actor: User) -> None:
    """Give somebody another role. Raises NotFound, and OnlyLead where nobody would lead."""
    _lock(provider)
    membership = member(provider, user_id)
    if membership.role == role:
        return
    if role != MembershipRole.lead:
        _check_not_only_lead(provider, membership)
    membership.role = role
    db.session.flush()
    audit.record("provider.role", provider, actor=actor, user=user_id, role=role.value)


def remove(provider: Provider, user_id: int, *, actor: User) -> None:
    """Take somebody out; what they wrote stays. Raises NotFound, and OnlyLead where nobody would
    lead."""
    _lock(provider)
    membership = member(provider, user_id)
    _check_not_only_lead(provider, membership)
    _take_out(membership)
    audit.record("provider.removed", provider, actor=actor, user=user_id)


def hand_over(provider: Provider, *, giver: User, taker_id: int, leaves: bool) -> None:
    """Who leads passes it on to somebody who works there, and stays as an editor, or leaves.

    Raises NotFound, and NotAllowed for oneself or whose account is closed.
    """
    _lock(provider)
    mine, theirs = member(provider, giver.id), member(provider, taker_id)
    if theirs.user_id == giver.id or not theirs.user.is_active:
        raise NotAllowed(N_("Choose somebody else."), field="taker")
    theirs.role = MembershipRole.lead
    if leaves:
        _take_out(mine)
    else:
        mine.role = MembershipRole.editor
    db.session.flush()
    audit.record("provider.handed_over", provider, actor=giver, user=taker_id)


def reassign(provider: Provider, taker_id: int, *, gone_id: int | None = None, actor: User) -> None:
    """The team puts somebody who works there at the head of it; who is gone is taken out.

    Raises NotFound, and NotAllowed for whose account is closed.
    """
    _lock(provider)
    taker = member(provider, taker_id)
    if not taker.user.is_active or taker_id == gone_id:
        raise NotAllowed(N_("Choose somebody else."), field="taker")
    taker.role = MembershipRole.lead
    if gone_id is not None:
        _take_out(member(provider, gone_id))
    db.session.flush()
    audit.record("provider.reassigned", provider, actor=actor, user=taker_id, gone=gone_id)


def close_account(user: User, *, actor: User) -> None:
    """Nobody signs in as this person any more: they have left. What they wrote stays.

    Raises NotAllowed for people of the festival team: an administrator sees to those.
    """
    if user.offices:
        raise NotAllowed(N_("This person belongs to the festival team. Ask an administrator."))
    user.is_active = False
    db.session.flush()
    audit.record("user.closed", user, actor=actor)


def may_manage(user: User, provider: Provider) -> bool:
    """Who leads an organisation."""
    return accounts.member_of(user, provider.id) == MembershipRole.lead


def may_see(user: User, provider: Provider) -> bool:
    """Who writes for an organisation."""
    role = accounts.member_of(user, provider.id)
    return role in (MembershipRole.lead, MembershipRole.editor)


def _lock(provider: Provider) -> None:
    """Two who lead and leave at once leave one after the other."""
    db.session.refresh(provider, with_for_update=True)


def _leads(membership: Membership) -> bool:
    return membership.role == MembershipRole.lead and membership.user.is_active


def _check_not_only_lead(provider: Provider, membership: Membership) -> None:
    if not _leads(membership):
        return
    if [user for user in leads(provider) if user.id != membership.user_id]:
        return
    raise OnlyLead(
        N_(
            "%(name)s is the only one who leads this organisation. "
            "Hand it over to somebody else first."
        ),
        name=membership.user.name,
    )


def _take_out(membership: Membership) -> None:
    membership.user.memberships.remove(membership)
    db.session.flush()
