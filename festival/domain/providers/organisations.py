"""An organisation: begun, described, looked at by the festival team."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock, outbox, slugs
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.providers import people
from festival.domain.states import move
from festival.extensions import db
from festival.models import Declaration, DeclarationKind, Provider, ProviderState, User

DESCRIBED = ("name", "kind", "about", "website", "phone", "phone_is_public", "charity_number")


class CommentNeeded(DomainError):
    """A no without a word of why helps nobody."""

    reason = "comment_needed"


def by_slug(slug: str) -> Provider | None:
    """The organisation that has this address."""
    return db.session.scalar(sa.select(Provider).where(Provider.slug == slug))


def begin(name: str, *, actor: User | None) -> Provider:
    """A new organisation that the team has not looked at yet; it can write drafts at once."""
    provider = Provider(
        slug=slugs.unused(Provider, name, "organisation"),
        name=name,
        state=ProviderState.unchecked,
        created_at=clock.now(),
    )
    db.session.add(provider)
    db.session.flush()
    audit.record("provider.began", provider, actor=actor)
    return provider


def describe(provider: Provider, facts: Mapping[str, Any], *, actor: User) -> None:
    """Keep what is said of the organisation: any of DESCRIBED.

    Raises NotAllowed where a name that the team has checked is to be another: people know it.
    """
    new_name = facts.get("name", provider.name)
    if new_name != provider.name and provider.state == ProviderState.checked:
        raise NotAllowed(
            N_("The team has checked this name. Call the festival team to change it."),
            field="name",
        )
    for name in DESCRIBED:
        if name in facts:
            setattr(provider, name, facts[name])
    db.session.flush()
    audit.record("provider.described", provider, actor=actor)


def declare(
    provider: Provider, kind: DeclarationKind, facts: Mapping[str, Any], *, actor: User
) -> Declaration:
    """Keep what the organisation declares; the team checks it anew.

    ``facts`` are any of holder, phone, reference, expires_on, note, not_held.
    """
    db.session.refresh(provider, with_for_update=True)
    query = sa.select(Declaration).where(
        Declaration.provider_id == provider.id, Declaration.kind == kind
    )
    declaration = db.session.scalar(query)
    if declaration is None:
        declaration = Declaration(provider_id=provider.id, kind=kind, declared_at=clock.now())
        db.session.add(declaration)
    for name in ("holder", "phone", "reference", "note"):
        setattr(declaration, name, facts.get(name, ""))
    declaration.expires_on = facts.get("expires_on")
    declaration.not_held = facts.get("not_held", False)
    declaration.declared_at, declaration.declared_by_id = clock.now(), actor.id
    declaration.checked_at = declaration.checked_by_id = None
    db.session.flush()
    db.session.expire(provider, ["declarations"])
    audit.record("provider.declared", provider, actor=actor, declaration=kind.value)
    return declaration


def check_declaration(declaration: Declaration, *, actor: User, seen: str) -> None:
    """The team has looked at a declaration. ``seen`` is the ``stamp`` of what it looked at.

    Raises NotAllowed where they declared something else meanwhile, or have nothing.
    """
    db.session.refresh(declaration, with_for_update=True)
    if stamp(declaration) != seen:
        raise NotAllowed(N_("They have changed this since you opened it. Read it again."))
    if declaration.not_held:
        raise NotAllowed(N_("They have told us that they do not have this."))
    declaration.checked_at, declaration.checked_by_id = clock.now(), actor.id
    kind = declaration.kind.value
    audit.record("provider.declaration_checked", declaration.provider, actor=actor, kind=kind)


def stamp(declaration: Declaration) -> str:
    """What tells one declaring from the next."""
    return declaration.declared_at.isoformat()


def check(provider: Provider, *, actor: User) -> None:
    """The team knows this organisation: what it offers may be published. Its people hear of it.

    Raises NotAllowed where somebody has said so already.
    """
    _decide(provider, ProviderState.checked, "", actor)
    _tell(provider, "provider_checked")


def refuse(provider: Provider, comment: str, *, actor: User) -> None:
    """The festival does not take this organisation, and says why. Its people hear of it.

    Raises CommentNeeded, and NotAllowed where it was checked or refused before.
    """
    if not comment.strip():
        raise CommentNeeded(N_("Say why, in a sentence or two they can read."), field="comment")
    _decide(provider, ProviderState.refused, comment.strip(), actor)
    _tell(provider, "provider_refused")


def _decide(provider: Provider, state: ProviderState, comment: str, actor: User) -> None:
    db.session.refresh(provider, with_for_update=True)
    move(provider, state)
    provider.comment = comment
    provider.checked_at, provider.checked_by_id = clock.now(), actor.id
    audit.record(f"provider.{state.value}", provider, actor=actor)


def _tell(provider: Provider, kind: str) -> None:
    for user in people.writers(provider):
        outbox.queue(kind, user.email, provider=provider.id, name=user.name)
