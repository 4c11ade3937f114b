"""A phone that sends, and what it sends: as it came, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from festival.domain import bookings
from festival.extensions import db
from festival.models import DoorDevice, DoorPass, ScanKind

_device, _pass = DoorDevice.__table__, DoorPass.__table__
# Written once: it is asked with every scan, and to build a statement costs more than to ask it.
PHONE = (
    sa.select(
        _device.c.id,
        _pass.c.id,
        _pass.c.venue_id,
        _pass.c.from_at,
        _pass.c.until_at,
        _pass.c.revoked_at,
        _device.c.signed_out_at,
        _device.c.clock_offset_ms,
    )
    .join(_pass, _pass.c.id == _device.c.door_pass_id)
    .where(_device.c.token_hash == sa.bindparam("key"))
)


@dataclass(frozen=True)
class Phone:
    """The phone that sends, as it was before this batch."""

    id: int
    pass_id: int
    venue_id: int
    from_at: datetime
    until_at: datetime
    is_open: bool  # neither revoked nor signed out
    offset_ms: int | None

    @classmethod
    def by(cls, token: str) -> "Phone | None":
        """The phone that has this key. One query."""
        key = bookings.hash_secret(token)
        row = db.session.connection().execute(PHONE, {"key": key}).one_or_none()
        if row is None:
            return None
        device, held, venue, begins, ends, revoked, signed_out, offset = row
        is_open = revoked is None and signed_out is None
        return cls(device, held, venue, begins, ends, is_open, offset)

    def may_fetch(self, now: datetime) -> bool:
        """Whether it may have names: neither before nor after its hours, nor when it is signed
        out. What it scanned it may send in any case."""
        return self.is_open and self.from_at <= now < self.until_at


@dataclass(frozen=True)
class Event:
    """One thing a phone wrote down. ``at`` is aware, by the phone's own clock."""

    id: str
    seq: int
    kind: ScanKind
    at: datetime
    ticket: int | None = None
    occurrence: int | None = None
    people: int = 0
    generation: int | None = None
    undoes: str | None = None
    follows: str | None = None
    label: str = ""
    source: str = ""
    verdict: str = ""
    list_version: str = ""
    walk_up: Mapping[str, str] = field(default_factory=dict)  # name, age_band, mobile
