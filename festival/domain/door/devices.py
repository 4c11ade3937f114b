"""The phones at the doors: each that opens a pass gets a key of its own, and a letter."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from festival.domain import audit, bookings, clock
from festival.domain.door.opening import check_pass
from festival.extensions import db
from festival.models import DoorDevice, DoorPass, User

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which are taken for numbers


def pair(door_pass: DoorPass) -> tuple[DoorDevice, str]:
    """One more phone of this pass, and the key it sends and fetches with; only the key's hash is
    kept. Raises PassRefused."""
    now = clock.now()
    db.session.refresh(door_pass, with_for_update={"of": DoorPass})
    check_pass(door_pass, now)
    before = db.session.scalar(
        sa.select(sa.func.count()).where(DoorDevice.door_pass_id == door_pass.id)
    )
    token = secrets.token_urlsafe(24)
    device = DoorDevice(
        door_pass_id=door_pass.id,
        letter=_letter(before or 0),
        token_hash=bookings.hash_secret(token),
        paired_at=now,
        seen_at=now,
    )
    db.session.add(device)
    db.session.flush()
    return device, token


def _letter(number: int) -> str:
    """A to Z, then AA, AB and so on; the first has number 0."""
    more, last = divmod(number, len(LETTERS))
    return (_letter(more - 1) if more else "") + LETTERS[last]


def phones_of(passes: Sequence[DoorPass]) -> dict[int, list[DoorDevice]]:
    """The phones of each of these passes (by id), in the order they came. One query."""
    found: dict[int, list[DoorDevice]] = {one.id: [] for one in passes}
    query = sa.select(DoorDevice).where(DoorDevice.door_pass_id.in_(found)).order_by(DoorDevice.id)
    for device in db.session.scalars(query):
        found[device.door_pass_id].append(device)
    return found


def sign_out(device: DoorDevice, *, actor: User | None) -> None:
    """Sign one phone out from afar: at its next contact it wipes its list. What it has scanned it
    may still send. Again changes nothing."""
    if device.signed_out_at is None:
        device.signed_out_at = clock.now()
        audit.record("door_device.signed_out", device, actor=actor, letter=device.letter)
