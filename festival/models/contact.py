"""An address people are written to, and what is known of it beyond any one booking."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from festival.extensions import Base
from festival.models.columns import choice


class ContactKind(enum.StrEnum):
    email = "email"
    phone = "phone"


class Prefers(enum.StrEnum):
    """How somebody wants to be told, where there is a choice."""

    any = "any"
    email = "email"
    sms = "sms"
    call = "call"


class Reminders(enum.StrEnum):
    all = "all"
    day_before = "day_before"
    none = "none"


class Contact(Base):
    """One email address or phone number under which bookings stand. There is a row only where
    there is something to remember; email is not identity, so it names nobody."""

    __tablename__ = "contact"
    __table_args__ = (
        sa.UniqueConstraint("kind", "address"),
        sa.CheckConstraint("code_tries >= 0", name="tries_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ContactKind] = mapped_column(choice(ContactKind, "contact_kind"))
    address: Mapped[str] = mapped_column(sa.String(254))  # folded: lower case, or digits with +
    created_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(sa.String(12), default="")  # none: each booking's own
    prefers: Mapped[Prefers] = mapped_column(choice(Prefers, "prefers"), default=Prefers.any)
    reminders: Mapped[Reminders] = mapped_column(
        choice(Reminders, "reminders"), default=Reminders.all
    )
    # Several households use it (a library's own address); none: it shows in the names.
    is_shared: Mapped[bool | None]
    feed_version: Mapped[int] = mapped_column(default=1)  # rises to end the calendar's address
    refused_at: Mapped[datetime | None]  # mail to it came back, or was refused for good
    refused_why: Mapped[str] = mapped_column(sa.String(400), default="")
    # The code that was mailed to see everything under this address is made from this.
    code_nonce: Mapped[str] = mapped_column(sa.String(36), default="")
    code_until: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)


class Feedback(Base):
    """What somebody said after a session, without a word of who."""

    __tablename__ = "feedback"
    __table_args__ = (sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating_from_1_to_5"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(sa.ForeignKey("occurrence.id"), index=True)
    rating: Mapped[int]
    is_first_time: Mapped[bool | None]  # has not learned anything since school
    words: Mapped[str] = mapped_column(sa.Text, default="")
    form_key: Mapped[str] = mapped_column(sa.String(36), unique=True)  # pressed twice, it is one
    created_at: Mapped[datetime]
