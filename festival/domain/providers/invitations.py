"""The way in: somebody is invited, or registers an organisation of their own.

Both end in a mailed link that is for one address, works once and ends by time. The link is signed
upon a secret of its row that is new whenever it is sent again, so that an older link is over.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from festival.domain import accounts, audit, clock, links, outbox
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.providers import organisations
from festival.extensions import db
from festival.models import Edition, Invitation, Membership, MembershipRole, Provider, User

GOOD_FOR = timedelta(days=30)
REGISTERS_WITHIN = timedelta(days=7)


class How(StrEnum):
    """How an invitation stands."""

    open = "open"
    used = "used"
    over = "over"  # its time
    withdrawn = "withdrawn"


class AlreadyIn(DomainError):
    """They work there already."""

    reason = "already_in"


class InvitationOver(DomainError):
    """It was used, taken back, or its time is over."""

    reason = "invitation_over"


class ForSomebodyElse(DomainError):
    """It was mailed to another address than the one this person signs in with."""

    reason = "for_somebody_else"


def invite(
    edition: Edition | None,
    email: str,
    *,
    organisation: str = "",
    provider: Provider | None = None,
    role: MembershipRole = MembershipRole.lead,
    inviter: User | None,
    name: str = "",
) -> Invitation:
    """Invite one person, by mail: into this organisation, or to bring a new one of this name.

    Who is invited to the same already gets a new link, and the older one is over. Raises
    AlreadyIn, and NotAllowed for an address whose account is closed.
    """
    _check_address(email, provider)
    invitation = _open_one(email, organisation, provider) or Invitation(
        email=email.strip(), email_folded=accounts.fold_email(email), provider=provider
    )
    invitation.edition_id = edition.id if edition else None
    invitation.organisation = "" if provider else organisation
    invitation.name, invitation.role = name or invitation.name or "", role
    invitation.created_by_id = inviter.id if inviter else None
    _send(invitation, GOOD_FOR, "invitation")
    audit.record("invitation.sent", invitation, actor=inviter, role=role.value)
    return invitation


def register(edition: Edition | None, *, organisation: str, name: str, email: str) -> None:
    """Somebody wants to offer sessions: mail them the link that makes it so.

    Nothing is made before they open it, and nobody learns whether the address is known. An account
    that the team has closed gets no link.
    """
    known = accounts.by_email(email)
    if known is not None and not known.is_active:
        return
    invitation = _open_one(email, organisation, None) or Invitation(
        email=email.strip(), email_folded=accounts.fold_email(email), organisation=organisation
    )
    invitation.edition_id = edition.id if edition else None
    invitation.name, invitation.role = name, MembershipRole.lead
    _send(invitation, REGISTERS_WITHIN, "welcome")


def send_again(invitation: Invitation, *, actor: User) -> None:
    """Mail a new link; the older one is over. Raises InvitationOver once it was used or taken
    back."""
    db.session.refresh(invitation, with_for_update=True)
    if how(invitation, clock.now()) in (How.used, How.withdrawn):
        raise InvitationOver(N_("This invitation is not open any more."))
    _check_address(invitation.email, invitation.provider)
    _send(invitation, GOOD_FOR, "invitation")
    invitation.chased_at = clock.now()
    audit.record("invitation.sent", invitation, actor=actor, role=invitation.role.value)


def withdraw(invitation: Invitation, *, actor: User) -> None:
    """Take an invitation back. Raises InvitationOver once it was used."""
    db.session.refresh(invitation, with_for_update=True)
    if invitation.used_at is not None:
        raise InvitationOver(N_("This invitation was used already."))
    invitation.withdrawn_at = clock.now()
    audit.record("invitation.withdrawn", invitation, actor=actor)


def how(invitation: Invitation, now: datetime) -> How:
    """How it stands at ``now`` (aware)."""
    if invitation.used_at is not None:
        return How.used
    if invitation.withdrawn_at is not None:
        return How.withdrawn
    return How.open if now < invitation.until_at else How.over


def of_link(secret: str, token: str) -> Invitation | None:
    """The invitation this link speaks of; None where it did not come from us, or a newer one was
    sent. Whether it still lets in is for ``how``."""
    number = links.row_id(token)
    invitation = db.session.get(Invitation, number) if number is not None else None
    if invitation is None or not links.opens_invitation(secret, invitation, token):
        return None
    return invitation


def accept(invitation: Invitation, user: User) -> Provider:
    """Whom it was sent to is let in, once: into the organisation, or with a new one of their own
    that the team has not checked yet. Who works there already keeps their role.

    Raises InvitationOver, ForSomebodyElse.
    """
    db.session.refresh(invitation, with_for_update=True)
    if how(invitation, clock.now()) != How.open:
        raise InvitationOver(N_("This invitation is not open any more."))
    if user.email_folded != invitation.email_folded:
        raise ForSomebodyElse(N_("This invitation is for another email address."))
    provider = invitation.provider or organisations.begin(invitation.organisation, actor=user)
    if accounts.member_of(user, provider.id) is None:
        accounts.join_provider(user, provider, invitation.role)
        db.session.refresh(user, ["memberships"])
    invitation.used_at, invitation.used_by_id = clock.now(), user.id
    invitation.provider = provider
    db.session.flush()
    audit.record("invitation.accepted", provider, actor=user, role=invitation.role.value)
    return provider


def accept_anew(invitation: Invitation, *, name: str, password_hash: str) -> User:
    """The same for who has no account: it is made, with this password.

    Raises InvitationOver, and NotAllowed where an account was made meanwhile.
    """
    db.session.refresh(invitation, with_for_update=True)
    if how(invitation, clock.now()) != How.open:
        raise InvitationOver(N_("This invitation is not open any more."))
    if accounts.by_email(invitation.email) is not None:
        raise NotAllowed(N_("You have an account already. Sign in with it."))
    try:
        with db.session.begin_nested():
            user = accounts.add_user(email=invitation.email, name=name)
    except sa.exc.IntegrityError as error:  # by another invitation, at the same moment
        raise NotAllowed(N_("You have an account already. Sign in with it.")) from error
    user.password_hash = password_hash
    accept(invitation, user)
    return user


def open_ones(provider: Provider) -> list[Invitation]:
    """Who was invited into this organisation and has not come, the newest first; also those whose
    time is over, to be sent again."""
    query = (
        sa.select(Invitation)
        .where(
            Invitation.provider_id == provider.id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id.desc())
    )
    return list(db.session.scalars(query))


def _check_address(email: str, provider: Provider | None) -> None:
    user = accounts.by_email(email)
    if user is None:
        return
    if not user.is_active:
        raise NotAllowed(
            N_("This account is closed. Ask the festival team to open it again."), field="email"
        )
    inside = sa.select(Membership.id).where(Membership.user_id == user.id)
    if provider and db.session.scalar(inside.where(Membership.provider_id == provider.id)):
        raise AlreadyIn(N_("%(name)s works here already."), field="email", name=user.name)


def _open_one(email: str, organisation: str, provider: Provider | None) -> Invitation | None:
    """What was sent to this address for the same before, and is neither used nor withdrawn."""
    query = sa.select(Invitation).where(
        Invitation.email_folded == accounts.fold_email(email),
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.provider_id == provider.id
        if provider
        else sa.and_(
            Invitation.provider_id.is_(None),
            sa.func.lower(Invitation.organisation) == organisation.lower(),
        ),
    )
    return db.session.scalars(query.order_by(Invitation.id).with_for_update()).first()


def _send(invitation: Invitation, good_for: timedelta, kind: str) -> None:
    now = clock.now()
    invitation.secret_hash = secrets.token_hex(32)
    invitation.created_at, invitation.until_at = now, now + good_for
    db.session.add(invitation)
    db.session.flush()
    outbox.queue(kind, invitation.email, invitation=invitation.id)
