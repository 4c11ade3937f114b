"""Door passes: who may let people in at a venue, between which hours, and what runs there."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain import audit, bookings, clock, references
from festival.domain.door.refusing import PassRefused
from festival.domain.errors import N_
from festival.extensions import db
from festival.models import (
    DoorPass,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    Room,
    User,
    Venue,
)

EARLY = timedelta(hours=2)  # a session is a pass's that starts so long after its end, or earlier


def make_pass(
    *, venue: Venue, from_at: datetime, until_at: datetime, label: str, actor: User | None
) -> tuple[DoorPass, str, str]:
    """A pass for one venue between two aware times: the pass, its code and its PIN.

    The code stands in the pass's link, and can be typed. Code and PIN are shown once: only their
    hashes are kept. Raises PassRefused.
    """
    if until_at <= from_at:
        raise PassRefused(N_("The end must be after the start."), field="until")
    secret, pin = references.make_code(), f"{secrets.randbelow(10_000):04d}"
    door_pass = DoorPass(
        venue_id=venue.id,
        label=label,
        secret_hash=bookings.hash_secret(secret),
        pin_hash=_hash_pin(secret, pin),
        from_at=from_at,
        until_at=until_at,
        created_at=clock.now(),
    )
    db.session.add(door_pass)
    db.session.flush()
    audit.record("door_pass.made", door_pass, actor=actor, venue=venue.slug)
    return door_pass, secret, pin


def renew_pass(door_pass: DoorPass, *, actor: User | None) -> tuple[str, str]:
    """A new code and PIN, told once; the old ones open no phone any more. Phones that are open stay
    so. Raises PassRefused where the pass is over or switched off."""
    if door_pass.revoked_at is not None or clock.now() >= door_pass.until_at:
        check_pass(door_pass, clock.now())
    code, pin = references.make_code(), f"{secrets.randbelow(10_000):04d}"
    door_pass.secret_hash = bookings.hash_secret(code)
    door_pass.pin_hash = _hash_pin(code, pin)
    audit.record("door_pass.renewed", door_pass, actor=actor)
    return code, pin


def _hash_pin(secret: str, pin: str) -> str:
    """The PIN's hash needs the code, which is not stored: four digits alone could be
    guessed from the database."""
    return hmac.new(secret.encode(), b"door-pin\0" + pin.encode(), hashlib.sha256).hexdigest()


def pass_of(secret: str) -> DoorPass | None:
    """The pass of this code, from a link or typed in any way, whatever its hours."""
    code = references.read_code(secret)
    if code is None:
        return None
    return db.session.scalar(
        sa.select(DoorPass).where(DoorPass.secret_hash == bookings.hash_secret(code))
    )


def pin_fits(door_pass: DoorPass, secret: str, pin: str) -> bool:
    """Whether this is the PIN of the pass that this code opens, however both are spaced."""
    typed = "".join(digit for digit in pin if digit.isalnum())
    code = references.read_code(secret) or ""
    return hmac.compare_digest(door_pass.pin_hash, _hash_pin(code, typed))


def check_pass(door_pass: DoorPass, now: datetime) -> None:
    """Raise PassRefused unless the pass opens its door at ``now`` (aware)."""
    if door_pass.revoked_at is not None:
        raise PassRefused(
            N_("This door pass has been switched off. Ask the festival team for a new one.")
        )
    if now >= door_pass.until_at:
        raise PassRefused(N_("This door pass has run out. Ask the festival team for a new one."))
    if now < door_pass.from_at:
        raise PassRefused(N_("This door pass does not work yet. Try again when your shift starts."))


def revoke(door_pass: DoorPass, *, actor: User | None) -> None:
    """Switch a pass off; again changes nothing."""
    if door_pass.revoked_at is None:
        door_pass.revoked_at = clock.now()
        audit.record("door_pass.revoked", door_pass, actor=actor)


def sessions_at(door_pass: DoorPass) -> list[Occurrence]:
    """What runs at the pass's venue in its hours, with its wording."""
    wording = (
        selectinload(Occurrence.session)
        .selectinload(FestivalSession.published_revision)
        .selectinload(Revision.texts)
    )
    return list(db.session.scalars(running_at(door_pass).options(wording)))


def ids_at(door_pass: DoorPass) -> set[int]:
    """The runs (ids) at the pass's venue in its hours."""
    return set(db.session.scalars(running_at(door_pass).with_only_columns(Occurrence.id)))


def running_at(door_pass: DoorPass) -> sa.Select[Occurrence]:
    return (
        sa.select(Occurrence)
        .join(Occurrence.room)
        .where(
            Room.venue_id == door_pass.venue_id,
            Occurrence.state.in_((OccurrenceState.scheduled, OccurrenceState.cancelled)),
            Occurrence.ends_at >= door_pass.from_at,
            Occurrence.starts_at <= door_pass.until_at + EARLY,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )


def passes(limit: int = 100) -> list[DoorPass]:
    """The passes that were made last, newest first."""
    return list(db.session.scalars(sa.select(DoorPass).order_by(DoorPass.id.desc()).limit(limit)))


def venues() -> list[Venue]:
    """Every venue people go to, by name."""
    return list(db.session.scalars(sa.select(Venue).where(~Venue.is_online).order_by(Venue.name)))


def venue_by_slug(slug: str) -> Venue | None:
    """The venue of this short name."""
    return db.session.scalar(sa.select(Venue).where(Venue.slug == slug))
