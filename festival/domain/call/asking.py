"""Whom the team asks to offer sessions: new organisations, and those that are known already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain import accounts, audit, clock, outbox
from festival.domain.errors import N_
from festival.domain.providers import invitations
from festival.domain.words import fold
from festival.extensions import db
from festival.models import (
    CallAsk,
    Edition,
    FestivalSession,
    Invitation,
    Membership,
    MembershipRole,
    Provider,
    ProviderState,
    User,
)


@dataclass(frozen=True)
class Wanted:
    """One line of the team's list."""

    line: int
    organisation: str  # may be empty, for somebody who is known
    email: str
    name: str = ""


class What(StrEnum):
    """What becomes of a line."""

    invite = "invite"  # a person brings a new organisation
    ask = "ask"  # an organisation that is known: whoever leads it is asked
    lead = "lead"  # one that nobody leads: this person is invited to
    skip = "skip"  # nothing, and why


@dataclass(frozen=True)
class Planned:
    """One line, and what would become of it. ``why`` is a sentence to be translated."""

    what: What
    organisation: str
    email: str = ""
    name: str = ""
    line: int = 0  # none, where it is in nobody's list
    provider: Provider | None = None
    leads: Sequence[User] = ()  # of a known organisation: whom we write to
    why: str = ""


def plan(edition: Edition, wanted: Sequence[Wanted], *, earlier: bool = False) -> list[Planned]:
    """What would become of these lines; ``earlier``: and of everybody who had something in public
    at an earlier festival."""
    known = _Known.of(edition, wanted)
    found = [known.planned(one) for one in wanted]
    if earlier:
        found += [known.again(one) for one in _of_earlier(edition) if known.is_to_ask(one)]
    return found


def ask_all(
    edition: Edition, wanted: Sequence[Wanted], *, earlier: bool = False, actor: User
) -> list[Planned]:
    """Write to all of them; what was done. What another of the team did meanwhile is skipped."""
    db.session.refresh(edition, with_for_update={"key_share": True})
    found = plan(edition, wanted, earlier=earlier)
    for one in found:
        _do(edition, one, actor)
    asked = sum(one.what != What.skip for one in found)
    if asked:
        audit.record("call.asked", edition, actor=actor, organisations=asked)
    return found


def _do(edition: Edition, one: Planned, actor: User) -> None:
    if one.what == What.skip:
        return
    if one.provider is not None:
        ask = CallAsk(edition_id=edition.id, provider_id=one.provider.id)
        ask.asked_at, ask.asked_by_id = clock.now(), actor.id
        db.session.add(ask)
        db.session.flush()
    if one.what == What.ask:
        assert one.provider is not None
        for person in one.leads:
            outbox.queue("asked_again", person.email, provider=one.provider.id, name=person.name)
        return
    invitations.invite(
        edition,
        one.email,
        organisation=one.organisation,
        provider=one.provider,
        name=one.name,
        inviter=actor,
    )


@dataclass
class _Known:
    """What the lines are compared with."""

    providers: dict[str, Provider]  # by folded name
    people: dict[str, User]  # by folded address
    asked: set[int]  # organisations
    invited: set[str]  # folded names of organisations that are not there yet
    leads: dict[int, list[User]]  # by organisation; nobody who cannot sign in
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, edition: Edition, wanted: Sequence[Wanted]) -> "_Known":
        addresses = {accounts.fold_email(one.email) for one in wanted}
        users = sa.select(User).where(User.email_folded.in_(addresses))
        asks = sa.select(CallAsk.provider_id).where(CallAsk.edition_id == edition.id)
        return cls(
            providers={fold(one.name): one for one in db.session.scalars(sa.select(Provider))},
            people={one.email_folded: one for one in db.session.scalars(users)},
            asked=set(db.session.scalars(asks)),
            invited={fold(one.organisation) for one in invited(edition) if one.used_at is None},
            leads=_leads(),
        )

    def planned(self, one: Wanted) -> Planned:
        provider = self._provider_of(one)
        about: dict[str, Any] = {
            "email": one.email,
            "name": one.name,
            "line": one.line,
            "provider": provider,
        }
        organisation = provider.name if provider else one.organisation
        why = self._why_not(one, provider)
        self.seen.add(fold(organisation))
        if why:
            return Planned(What.skip, organisation, why=why, **about)
        if provider is None:
            return Planned(What.invite, organisation, **about)
        leads = self.leads.get(provider.id, ())
        what = What.ask if leads else What.lead
        return Planned(what, organisation, leads=leads, **about)

    def again(self, provider: Provider) -> Planned:
        leads = self.leads[provider.id]
        return Planned(What.ask, provider.name, provider=provider, leads=leads)

    def is_to_ask(self, provider: Provider) -> bool:
        """Whether this one of an earlier festival is still to be asked, and can be."""
        return (
            provider.id not in self.asked
            and provider.id in self.leads
            and fold(provider.name) not in self.seen
        )

    def _provider_of(self, one: Wanted) -> Provider | None:
        if one.organisation:
            return self.providers.get(fold(one.organisation))
        user = self.people.get(accounts.fold_email(one.email))
        works = [
            member.provider
            for member in (user.memberships if user else ())
            if member.role != MembershipRole.door
        ]
        return works[0] if len(works) == 1 else None

    def _why_not(self, one: Wanted, provider: Provider | None) -> str:
        return self._why_never(one, provider) or self._why_not_again(one, provider)

    def _why_never(self, one: Wanted, provider: Provider | None) -> str:
        user = self.people.get(accounts.fold_email(one.email))
        if user is not None and not user.is_active:
            return N_("The account of this address is closed.")
        if provider is None and not one.organisation:
            return N_("We do not know this address. Write the name of the organisation before it.")
        if provider is not None and provider.state == ProviderState.refused:
            return N_("The team has said no to this organisation.")
        if provider is not None and provider.id not in self.leads and _works_in(user, provider):
            return N_("They work there already, but nobody leads it. Choose who does on its page.")
        return ""

    def _why_not_again(self, one: Wanted, provider: Provider | None) -> str:
        name = fold(provider.name if provider else one.organisation)
        if name in self.seen:
            return N_("It is in the list twice.")
        if provider is not None and provider.id in self.asked:
            return N_("They were asked already.")
        if provider is None and name in self.invited:
            return N_("They were invited already, and have not come yet.")
        return ""


def _leads() -> dict[int, list[User]]:
    query = (
        sa.select(Membership.provider_id, User)
        .join(User)
        .where(Membership.role == MembershipRole.lead, User.is_active)
        .order_by(User.id)
    )
    found: dict[int, list[User]] = {}
    for provider_id, user in db.session.execute(query):
        found.setdefault(provider_id, []).append(user)
    return found


def _works_in(user: User | None, provider: Provider) -> bool:
    return user is not None and accounts.member_of(user, provider.id) is not None


def invited(edition: Edition) -> Iterable[Invitation]:
    """The invitations of this edition by which the team asked for a new organisation, and which
    nobody took back; who registers by themselves is not among them."""
    query = (
        sa.select(Invitation)
        .where(
            Invitation.edition_id == edition.id,
            Invitation.organisation != "",
            Invitation.created_by_id.is_not(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id)
        .options(selectinload(Invitation.provider))
    )
    return db.session.scalars(query).all()


def _of_earlier(edition: Edition) -> list[Provider]:
    """Organisations that had something in public before this edition and offer nothing in it yet,
    by name."""
    before = (
        sa.select(FestivalSession.provider_id)
        .join(FestivalSession.edition)
        .where(
            FestivalSession.published_revision_id.is_not(None),
            Edition.ends_on < edition.starts_on,
        )
    )
    now = sa.select(FestivalSession.provider_id).where(FestivalSession.edition_id == edition.id)
    query = sa.select(Provider).where(
        Provider.id.in_(before), Provider.id.not_in(now), Provider.state != ProviderState.refused
    )
    return list(db.session.scalars(query.order_by(Provider.name, Provider.id)))
