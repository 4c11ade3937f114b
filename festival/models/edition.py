"""One year's festival, its themes and its city's wards."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from festival.extensions import Base


class Edition(Base):
    __tablename__ = "edition"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        sa.Index(
            "uq_edition_current",
            "is_current",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    city: Mapped[str] = mapped_column(sa.String(80))
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="Europe/London")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    submissions_open_at: Mapped[datetime | None]
    submissions_close_at: Mapped[datetime | None]
    bookings_open_at: Mapped[datetime | None]
    help_phone: Mapped[str] = mapped_column(sa.String(40), default="")
    help_hours: Mapped[str] = mapped_column(sa.String(120), default="")
    help_email: Mapped[str] = mapped_column(sa.String(254), default="")
    reference_prefix: Mapped[str] = mapped_column(sa.String(4), default="WLF")
    code_prefix: Mapped[str] = mapped_column(sa.String(2), default="E")
    # Defaults of sessions that say nothing of their own.
    most_places: Mapped[int] = mapped_column(default=4)
    most_in_group: Mapped[int] = mapped_column(default=15)  # or half the places, if that is less
    access_reserve: Mapped[int] = mapped_column(default=2)  # beside the capacity, within the law
    # [{"kind": "phone", "percent": 10, "released_days_before": 3}, ...]; "places" for a number
    default_shares: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    sends_texts: Mapped[bool] = mapped_column(default=False)  # SMS, where there is only a mobile
    # What is asked of every offer besides: [{"key": "...", "label": "...", "hint": "...",
    # "needed": true}, ...]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    most_sessions: Mapped[int | None]  # that one provider may send in; none: as many as they like
    small_edits_at_once: Mapped[bool] = mapped_column(default=True)  # typos need no approval
    # What the duty manager may do to the whole of it, with a reason in public words.
    booking_paused_at: Mapped[datetime | None]
    paused_because: Mapped[str] = mapped_column(sa.String(300), default="")
    read_only_at: Mapped[datetime | None]
    read_only_because: Mapped[str] = mapped_column(sa.String(300), default="")
    is_current: Mapped[bool] = mapped_column(default=False)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def stands_still(self) -> bool:
        """Whether nobody can book just now, so that no time to book or to answer runs out."""
        return self.is_current and (self.booking_paused_at or self.read_only_at) is not None


class Theme(Base):
    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    palette: Mapped[int] = mapped_column(default=0)  # which of the theme colours, 0 to 9


class Ward(Base):
    __tablename__ = "ward"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    tile_column: Mapped[int | None]
    tile_row: Mapped[int | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Postcode(Base):
    __tablename__ = "postcode"

    postcode: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    ward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ward.id"), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Counter(Base):
    """A number that only rises: session codes are never reused, even when one is withdrawn."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
