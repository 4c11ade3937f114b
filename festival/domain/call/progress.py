"""How far everybody is: "40 invited, 22 started, 9 submitted"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain.call.asking import invited
from festival.domain.words import fold
from festival.extensions import db
from festival.models import (
    CallAsk,
    Edition,
    FestivalSession,
    Invitation,
    Provider,
    ProviderState,
    Revision,
    SessionState,
)


class Stage(StrEnum):
    """How far an organisation is."""

    asked = "asked"  # and nobody has come yet
    joined = "joined"
    started = "started"  # there is a draft
    submitted = "submitted"  # the team has at least one session


@dataclass(frozen=True)
class Row:
    """One organisation in the call."""

    name: str
    stage: Stage
    sessions: int  # in this edition, drafts too
    sent_in: int
    provider: Provider | None = None
    invitation: Invitation | None = None
    ask: CallAsk | None = None

    @property
    def was_asked(self) -> bool:
        """Whether the team asked; else they came by themselves."""
        return self.ask is not None or self.invitation is not None

    @property
    def is_refused(self) -> bool:
        """Whether the team has said no to this organisation."""
        return self.provider is not None and self.provider.state == ProviderState.refused

    @property
    def last_word(self) -> datetime | None:
        """When the team last wrote to them (aware); None where it never did."""
        asked = [self.ask.asked_at, self.ask.chased_at] if self.ask else []
        if self.invitation is not None:
            asked += [self.invitation.created_at, self.invitation.chased_at]
        return max((one for one in asked if one is not None), default=None)


@dataclass(frozen=True)
class Counts:
    """How many organisations were asked, and how many of all have come so far."""

    asked: int
    joined: int  # or further
    started: int  # or further
    submitted: int
    by_themselves: int


def rows(edition: Edition) -> list[Row]:
    """Every organisation that was asked or offers something in this edition, by name."""
    sessions = _sessions(edition)
    asks = {one.provider_id: one for one in _asks(edition)}
    of_invitations = list(invited(edition))
    by_provider = {one.provider_id: one for one in of_invitations if one.provider_id}
    waiting = [one for one in of_invitations if one.provider_id is None]
    ids = {*asks, *by_provider, *sessions}
    providers = db.session.scalars(sa.select(Provider).where(Provider.id.in_(ids)))
    found = [
        _row(one, sessions.get(one.id, (0, 0)), asks.get(one.id), by_provider.get(one.id))
        for one in providers
    ]
    found += [Row(one.organisation, Stage.asked, 0, 0, invitation=one) for one in waiting]
    return sorted(found, key=lambda one: (fold(one.name), one.provider.id if one.provider else 0))


def counts(found: Sequence[Row]) -> Counts:
    """How many of these are how far."""
    order = list(Stage)

    def at_least(stage: Stage) -> int:
        return sum(order.index(one.stage) >= order.index(stage) for one in found)

    asked = sum(one.was_asked for one in found)
    return Counts(
        asked,
        at_least(Stage.joined),
        at_least(Stage.started),
        at_least(Stage.submitted),
        len(found) - asked,
    )


def _row(
    provider: Provider, sessions: tuple[int, int], ask: CallAsk | None, came: Invitation | None
) -> Row:
    number, sent_in = sessions
    stage = Stage.submitted if sent_in else Stage.started if number else Stage.joined
    return Row(provider.name, stage, number, sent_in, provider, came, ask)


def _asks(edition: Edition) -> Sequence[CallAsk]:
    query = sa.select(CallAsk).where(CallAsk.edition_id == edition.id)
    return db.session.scalars(query.options(joinedload(CallAsk.provider))).all()


def _sessions(edition: Edition) -> Mapping[int, tuple[int, int]]:
    """Of each organisation: how many sessions it has in this edition, and how many of them were
    sent in."""
    was_sent = sa.exists().where(
        Revision.session_id == FestivalSession.id, Revision.submitted_at.is_not(None)
    )
    query = (
        sa.select(
            FestivalSession.provider_id,
            sa.func.count(),
            sa.func.sum(sa.case((was_sent, 1), else_=0)),
        )
        .where(
            FestivalSession.edition_id == edition.id,
            FestivalSession.state != SessionState.withdrawn,
        )
        .group_by(FestivalSession.provider_id)
    )
    return {provider: (number, sent or 0) for provider, number, sent in db.session.execute(query)}
