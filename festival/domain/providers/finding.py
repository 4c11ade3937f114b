"""Organisations as the festival team looks for them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain.providers.declarations import Caution, Trouble, warnings
from festival.domain.words import fold
from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Membership,
    MembershipRole,
    Provider,
    ProviderState,
    User,
)

TO_DO = (Trouble.not_checked, Trouble.not_held, Trouble.over, Trouble.ends_soon)


@dataclass(frozen=True)
class Entry:
    """An organisation in the team's list."""

    provider: Provider
    leads: list[str]
    sessions: int  # in this edition
    cautions: list[Caution]  # only what somebody has to do something about


def waiting() -> int:
    """How many organisations wait to be checked."""
    query = sa.select(sa.func.count()).where(Provider.state == ProviderState.unchecked)
    return db.session.scalar(query) or 0


def entries(edition: Edition, on: date) -> list[Entry]:
    """Every organisation, those that wait to be checked first (the oldest of them first), then by
    name; what is said of declarations is as of this day."""
    query = sa.select(Provider).options(selectinload(Provider.declarations))
    leads, sessions = _leads(), _sessions(edition)
    found = [
        Entry(
            one,
            leads.get(one.id, []),
            sessions[one.id],
            [caution for caution in warnings(one, on) if caution.trouble in TO_DO],
        )
        for one in db.session.scalars(query)
    ]
    return sorted(found, key=_order)


def _order(entry: Entry) -> tuple[bool, float, str]:
    provider = entry.provider
    waits = provider.state == ProviderState.unchecked
    since = provider.created_at.timestamp() if waits and provider.created_at else 0.0
    return not waits, since, fold(provider.name)


def _leads() -> dict[int, list[str]]:
    query = (
        sa.select(Membership.provider_id, User.name)
        .join(User)
        .where(Membership.role == MembershipRole.lead, User.is_active)
        .order_by(User.name)
    )
    found: dict[int, list[str]] = {}
    for provider_id, name in db.session.execute(query):
        found.setdefault(provider_id, []).append(name)
    return found


def _sessions(edition: Edition) -> Counter[int]:
    query = (
        sa.select(FestivalSession.provider_id, sa.func.count())
        .where(FestivalSession.edition_id == edition.id)
        .group_by(FestivalSession.provider_id)
    )
    return Counter(dict(db.session.execute(query).all()))


def of_the_same_name(provider: Provider) -> list[Provider]:
    """Other organisations whose name reads the same, however it is typed."""
    others = db.session.scalars(sa.select(Provider).where(Provider.id != provider.id))
    return [one for one in others if fold(one.name) == fold(provider.name)]
