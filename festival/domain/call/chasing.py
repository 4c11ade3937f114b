"""Whoever was asked and has sent nothing in is reminded, when the team says so."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from festival.domain import audit, clock, outbox
from festival.domain.call.progress import Row, Stage, rows
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.offers import submissions_open
from festival.domain.providers import invitations, people
from festival.extensions import db
from festival.models import CallAsk, Edition, Provider, User

PAUSE = timedelta(days=3)  # between two mails of the team to the same people


def to_chase(found: Sequence[Row], now: datetime) -> list[Row]:
    """Those of these who were asked, have sent nothing in, and heard nothing within PAUSE."""
    return [
        one
        for one in found
        if one.was_asked
        and one.stage != Stage.submitted
        and not one.is_refused
        and (one.last_word is None or one.last_word <= now - PAUSE)
    ]


def chase(edition: Edition, *, actor: User) -> tuple[list[Row], list[Row]]:
    """Remind all of them; who was, and who cannot be: their account is closed, say. Raises
    NotAllowed while nothing can be sent in."""
    db.session.refresh(edition, with_for_update={"key_share": True})
    now = clock.now()
    if not submissions_open(edition, now):
        raise NotAllowed(N_("Nothing can be sent in now. Open the call first."))
    done: list[Row] = []
    left: list[Row] = []
    for one in to_chase(rows(edition), now):
        try:
            with db.session.begin_nested():
                _write_to(one, edition, now, actor)
        except DomainError:
            left.append(one)
        else:
            done.append(one)
    if done:
        audit.record("call.chased", edition, actor=actor, organisations=len(done))
    return done, left


def _write_to(one: Row, edition: Edition, now: datetime, actor: User) -> None:
    if one.provider is not None:
        _remind(one, one.provider, edition, now, actor=actor)
        return
    assert one.invitation is not None  # a row is one or the other
    invitations.send_again(one.invitation, actor=actor)


def _remind(one: Row, provider: Provider, edition: Edition, now: datetime, *, actor: User) -> None:
    ask = one.ask
    if ask is None:  # who came by an invitation
        ask = CallAsk(edition_id=edition.id, provider_id=provider.id, asked_at=now)
        db.session.add(ask)
    ask.chased_at = now
    db.session.flush()
    writers = people.writers(provider)
    for person in writers:
        outbox.queue("call_chased", person.email, provider=provider.id, name=person.name)
    if writers:
        return
    waiting = invitations.open_ones(provider)  # who was invited to lead it has not come yet
    if not waiting:
        raise NotAllowed(N_("Nobody works there who could be written to."))
    for invitation in waiting:
        invitations.send_again(invitation, actor=actor)
