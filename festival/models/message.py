"""What is to be told to people, and what was done by whom."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.booking import Booking
from festival.models.columns import choice
from festival.models.people import User


class MessageState(enum.StrEnum):
    queued = "queued"
    leased = "leased"
    sent = "sent"
    failed = "failed"
    bounced = "bounced"
    dropped = "dropped"


# What somebody waits for, or must know before they set out, leaves before thanks and reminders.
# Text, so that the query says the very words of the index.
URGENT = sa.text(
    "kind IN ('withdrawn', 'changed_by_us', 'reinstated', 'access_changed', 'offered',"
    " 'place_free', 'bookings_code', 'password_reset', 'announcement')"
)


class Message(Base):
    """Something to be told to one person by one channel; delivered after its transaction."""

    __tablename__ = "message"
    __table_args__ = (
        sa.Index("ix_message_due", "state", "next_attempt_at"),
        sa.Index(
            "ix_message_urgent",
            "state",
            "next_attempt_at",
            sqlite_where=URGENT,
            postgresql_where=URGENT,
        ),
        sa.Index("ix_message_attempted_at_domain", "attempted_at", "domain"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    channel: Mapped[str] = mapped_column(sa.String(12), default="email")  # or sms, or call
    recipient: Mapped[str] = mapped_column(sa.String(254))
    domain: Mapped[str] = mapped_column(sa.String(190), default="")  # what takes the mail
    booking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    state: Mapped[MessageState] = mapped_column(
        choice(MessageState, "message_state"), default=MessageState.queued
    )
    message_id: Mapped[str] = mapped_column(sa.String(160), unique=True)  # the header, set once
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]  # the last time somebody took it in hand
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(sa.String(36))
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(sa.String(400), default="")
    outcome: Mapped[str] = mapped_column(sa.String(24), default="")  # of a call
    # What it is sent instead of: that did not get through.
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("message.id"), index=True)

    # What it tells of: taken back with it, while it has not left.
    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("change_notice.id"), index=True)
    announcement_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("announcement.id"), index=True
    )

    booking: Mapped[Booking | None] = relationship()


class Wording(Base):
    """The team's own words for one kind of message, where they are not the shipped ones."""

    __tablename__ = "wording"
    __table_args__ = (sa.UniqueConstraint("kind", "channel", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    channel: Mapped[str] = mapped_column(sa.String(12))
    language: Mapped[str] = mapped_column(sa.String(12), default="en")
    subject: Mapped[str] = mapped_column(sa.String(200), default="")
    body: Mapped[str] = mapped_column(sa.Text)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_thing", "thing", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    action: Mapped[str] = mapped_column(sa.String(60))
    thing: Mapped[str] = mapped_column(sa.String(40))
    thing_id: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    actor: Mapped[User | None] = relationship(lazy="joined")


class Attempt(Base):
    """Counts of tries in a window, kept across workers and restarts."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[float]  # seconds since 1970
