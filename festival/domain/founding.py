"""The first rows of a real festival, put in by whoever runs the installation: before there is
somebody who could sign in and do it on the pages."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from festival.domain import accounts, audit, clock, slugs, words
from festival.domain.errors import N_, DomainError
from festival.domain.providers import invitations, organisations
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Edition,
    Invitation,
    MembershipRole,
    Office,
    Provider,
    ProviderState,
    Room,
    Theme,
    User,
    Venue,
)

COLOURS = 10  # themes have one each, and share them when there are more


class HereAlready(DomainError):
    """There is one of this name."""

    reason = "here_already"


@dataclass(frozen=True)
class NewRoom:
    """A room of a new venue: its name, and how many people it holds by law."""

    name: str
    legal_capacity: int


def check_real() -> None:
    """Raise HereAlready where the database has the demonstration."""
    if db.session.scalar(sa.select(Edition.id).where(Edition.is_demonstration).limit(1)):
        raise HereAlready(
            N_("This database has the demonstration. Begin a real festival in another one.")
        )


def office_person(*, email: str, name: str, offices: Sequence[Office]) -> User:
    """Somebody of the festival team with these roles; who is known gets them besides."""
    user = accounts.by_email(email) or accounts.add_user(email=email, name=name)
    for office in offices:
        if not user.holds(office):
            accounts.grant_office(user, office)
            audit.record("user.office", user, actor=None, office=office.value)
    return user


def theme(name: str) -> Theme:
    """A theme that sessions can have, after the others. Raises HereAlready."""
    known = list(db.session.scalars(sa.select(Theme)))
    _check_name(name, [one.name for one in known])
    made = Theme(
        slug=slugs.unused(Theme, name, "theme")[:60],
        name=name,
        position=max((one.position for one in known), default=0) + 1,
        palette=len(known) % COLOURS,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("theme.added", made, actor=None)
    return made


def venue(
    name: str,
    *,
    address: str,
    postcode: str,
    rooms: Sequence[NewRoom],
    is_online: bool = False,
) -> Venue:
    """A listed venue with its rooms, of whose access nothing is known yet. Raises HereAlready."""
    _check_name(name, list(db.session.scalars(sa.select(Venue.name))))
    made = Venue(
        slug=slugs.unused(Venue, name, "venue"),
        name=name,
        address=address,
        postcode=postcode,
        is_online=is_online,
        rooms=[Room(name=one.name, legal_capacity=one.legal_capacity) for one in rooms],
    )
    db.session.add(made)
    db.session.flush()
    audit.record("venue.added", made, actor=None)
    return made


def organisation(
    name: str, *, email: str, lead: str, edition: Edition | None
) -> tuple[Provider, Invitation]:
    """An organisation that the team knows, and the invitation of who leads it.

    Raises HereAlready, and NotAllowed for an address whose account is closed.
    """
    _check_name(name, list(db.session.scalars(sa.select(Provider.name))))
    made = organisations.begin(name, actor=None)
    move(made, ProviderState.checked)
    made.checked_at = clock.now()
    audit.record("provider.checked", made, actor=None)
    invitation = invitations.invite(
        edition,
        email,
        provider=made,
        role=MembershipRole.lead,
        inviter=None,
        name=lead,
    )
    return made, invitation


def _check_name(name: str, known: Sequence[str]) -> None:
    if words.fold(name) in {words.fold(one) for one in known}:
        raise HereAlready(N_("There is “%(name)s” already."), name=name)
