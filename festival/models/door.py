"""What lets a phone scan, and what happened at a door."""

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
    headcount = "headcount"
    note = "note"


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


class Scan(Base):
    """One thing that happened at a door: append-only, without personal data."""

    __tablename__ = "scan"
    __table_args__ = (
        sa.CheckConstraint("people >= 0", name="people_not_negative"),
        sa.CheckConstraint(
            "door_pass_id IS NOT NULL OR recorded_by_id IS NOT NULL", name="by_somebody"
        ),
        sa.Index("ix_scan_ticket_number", "ticket_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[str] = mapped_column(sa.String(36), unique=True)  # the device's own
    door_pass_id: Mapped[int | None] = mapped_column(sa.ForeignKey("door_pass.id"), index=True)
    # Of what was on paper at the door, and typed in by somebody who signs in.
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    seq: Mapped[int | None]
    kind: Mapped[ScanKind] = mapped_column(choice(ScanKind, "scan_kind"))
    ticket_number: Mapped[int | None] = mapped_column(sa.BigInteger)
    occurrence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("occurrence.id"), index=True)
    people: Mapped[int] = mapped_column(default=0)
    undoes: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    device_at: Mapped[datetime]
    received_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(sa.String(12), default="typed")
    verdict: Mapped[str] = mapped_column(sa.String(24), default="")
    flags: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    door_pass: Mapped[DoorPass | None] = relationship(lazy="joined")


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
