"""What lets a phone scan, whose turn it is, and what happened at a door."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.columns import choice
from festival.models.venue import Venue


class ScanKind(enum.StrEnum):
    admit = "admit"
    undo = "undo"
    walk_up = "walk_up"
    headcount = "headcount"  # so many heads are in the room now
    heads = "heads"  # so many more or fewer than before: what several phones count adds up
    queue = "queue"  # somebody waits at the door for a place that nobody claims
    note = "note"


class ShiftRole(enum.StrEnum):
    door = "door"  # lets people in
    lead = "lead"  # has the PIN, and is asked when something is wrong
    floor = "floor"  # shows the way and counts heads


class DoorPass(Base):
    __tablename__ = "door_pass"
    __table_args__ = (sa.CheckConstraint("until_at > from_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(sa.ForeignKey("venue.id"), index=True)
    label: Mapped[str] = mapped_column(sa.String(80), default="")  # which door, e.g. "Front"
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)  # of the link's secret
    pin_hash: Mapped[str] = mapped_column(sa.String(200))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    venue: Mapped[Venue] = relationship(lazy="joined")


class DoorDevice(Base):
    """One phone that opened a pass: what it may send and fetch, and when it was heard of last."""

    __tablename__ = "door_device"
    __table_args__ = (
        sa.CheckConstraint("unsent >= 0", name="unsent_not_negative"),
        sa.UniqueConstraint("door_pass_id", "letter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    door_pass_id: Mapped[int] = mapped_column(sa.ForeignKey("door_pass.id"), index=True)
    letter: Mapped[str] = mapped_column(sa.String(4))  # its name: phone A, B, ... of this pass
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    paired_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    signed_out_at: Mapped[datetime | None]  # from afar: it wipes its list, and may still send
    wiped_at: Mapped[datetime | None]  # since when it has no names any more, as it says
    unsent: Mapped[int] = mapped_column(default=0)  # scans it still had, as it said last
    # How far its clock is behind ours, as it was when it last sent something.
    clock_offset_ms: Mapped[int | None] = mapped_column(sa.BigInteger)

    door_pass: Mapped[DoorPass] = relationship(lazy="joined")


class Shift(Base):
    """A volunteer's turn at a venue, which grants a door pass of its own. The name is how they are
    called there; no address or number is kept."""

    __tablename__ = "shift"
    __table_args__ = (sa.CheckConstraint("until_at > from_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(sa.ForeignKey("venue.id"), index=True)
    door_pass_id: Mapped[int] = mapped_column(sa.ForeignKey("door_pass.id"), unique=True)
    volunteer: Mapped[str] = mapped_column(sa.String(80))
    role: Mapped[ShiftRole] = mapped_column(choice(ShiftRole, "shift_role"))
    from_at: Mapped[datetime] = mapped_column(index=True)
    until_at: Mapped[datetime]
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    venue: Mapped[Venue] = relationship(lazy="joined")
    door_pass: Mapped[DoorPass] = relationship(lazy="joined")


class Scan(Base):
    """One thing that happened at a door: append-only, without personal data."""

    __tablename__ = "scan"
    __table_args__ = (
        sa.CheckConstraint("people >= 0 OR kind = 'heads'", name="people_not_negative"),
        sa.CheckConstraint(
            "door_pass_id IS NOT NULL OR recorded_by_id IS NOT NULL", name="by_somebody"
        ),
        sa.CheckConstraint("happened_at <= received_at", name="happened_before_received"),
        sa.Index("ix_scan_ticket_number", "ticket_number"),
        sa.Index("ix_scan_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[str] = mapped_column(sa.String(36), unique=True)  # the device's own
    door_pass_id: Mapped[int | None] = mapped_column(sa.ForeignKey("door_pass.id"), index=True)
    # Of what was on paper at the door, and typed in by somebody who signs in.
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("door_device.id"), index=True)
    seq: Mapped[int | None]  # the device's own count
    kind: Mapped[ScanKind] = mapped_column(choice(ScanKind, "scan_kind"))
    ticket_number: Mapped[int | None] = mapped_column(sa.BigInteger)
    occurrence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("occurrence.id"), index=True)
    people: Mapped[int] = mapped_column(default=0)
    generation: Mapped[int | None]  # of the ticket that was shown
    undoes: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    # The scan that this one came of: who waited and is let in, what a settled conflict was about.
    follows: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    label: Mapped[str] = mapped_column(sa.String(12), default="")  # the number of who waits: A7
    device_at: Mapped[datetime]
    happened_at: Mapped[datetime]  # by our clock, as far as we can tell; never after received_at
    received_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(sa.String(12), default="typed")
    verdict: Mapped[str] = mapped_column(sa.String(24), default="")
    list_version: Mapped[str] = mapped_column(sa.String(16), default="")  # what the phone knew
    flags: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    door_pass: Mapped[DoorPass | None] = relationship(lazy="joined")
    device: Mapped[DoorDevice | None] = relationship(lazy="joined")


class WalkUp(Base):
    """What somebody who came without a booking said of themselves, if they liked; can be erased
    while the scan stays."""

    __tablename__ = "walk_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(sa.ForeignKey("scan.id"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80), default="")
    age_band: Mapped[str] = mapped_column(sa.String(12), default="")
    mobile: Mapped[str] = mapped_column(sa.String(40), default="")
    created_at: Mapped[datetime]


class Attendance(Base):
    """How many came, as the people who ran it say afterwards: where nothing was scanned, this is
    the number."""

    __tablename__ = "attendance"
    __table_args__ = (
        sa.CheckConstraint("people >= 0 AND children >= 0", name="not_negative"),
        sa.CheckConstraint("children <= people", name="children_are_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(sa.ForeignKey("occurrence.id"), unique=True)
    people: Mapped[int]
    children: Mapped[int] = mapped_column(default=0)  # of these
    note: Mapped[str] = mapped_column(sa.String(600), default="")
    returned_at: Mapped[datetime]
    returned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
