"""Places and rooms, with what is known of their access."""

import enum
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.columns import choice
from festival.models.edition import Ward

NOT_KNOWN = "not known"


class VenueState(enum.StrEnum):
    listed = "listed"
    proposed = "proposed"  # by a provider; the team has not looked at it yet
    closed = "closed"  # for good


class Venue(Base):
    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(160))
    address: Mapped[str] = mapped_column(sa.String(240), default="")
    postcode: Mapped[str] = mapped_column(sa.String(8), default="")
    ward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ward.id"), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    is_online: Mapped[bool] = mapped_column(default=False)
    accessible_toilet: Mapped[str] = mapped_column(sa.String(40), default=NOT_KNOWN)
    parking: Mapped[str] = mapped_column(sa.String(80), default=NOT_KNOWN)
    transport: Mapped[str] = mapped_column(sa.String(160), default=NOT_KNOWN)
    # Other facts by their name, each "yes", "no" or in words; what is not there is not known.
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    state: Mapped[VenueState] = mapped_column(
        choice(VenueState, "venue_state"), default=VenueState.listed, index=True
    )
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("provider.id"), index=True)

    ward: Mapped[Ward | None] = relationship()
    rooms: Mapped[list["Room"]] = relationship(back_populates="venue", order_by="Room.name")
    closures: Mapped[list["Closure"]] = relationship(
        cascade="all, delete-orphan", order_by="Closure.starts_on"
    )


class Closure(Base):
    """Days on which a venue is closed, both included."""

    __tablename__ = "closure"
    __table_args__ = (sa.CheckConstraint("ends_on >= starts_on", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(sa.ForeignKey("venue.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(160), default="")


class Room(Base):
    __tablename__ = "room"
    __table_args__ = (
        sa.UniqueConstraint("venue_id", "name"),
        sa.CheckConstraint("legal_capacity > 0", name="legal_capacity_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(sa.ForeignKey("venue.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    legal_capacity: Mapped[int]
    outdoors: Mapped[bool] = mapped_column(default=False)
    level: Mapped[str] = mapped_column(sa.String(60), default=NOT_KNOWN)
    step_free: Mapped[str] = mapped_column(sa.String(40), default=NOT_KNOWN)
    hearing_loop: Mapped[str] = mapped_column(sa.String(40), default=NOT_KNOWN)
    doors: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    setup_minutes: Mapped[int] = mapped_column(default=10)
    cleardown_minutes: Mapped[int] = mapped_column(default=10)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # as of the venue

    venue: Mapped[Venue] = relationship(back_populates="rooms", lazy="joined")
