"""What people must hear of: changes to published sessions, and words to those who booked."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.columns import choice
from festival.models.edition import Edition
from festival.models.people import User
from festival.models.programme import Occurrence
from festival.models.venue import Venue


class NoticeKind(enum.StrEnum):
    moved = "moved"  # another time, or another place
    cancelled = "cancelled"
    reinstated = "reinstated"
    fewer_places = "fewer_places"
    access = "access"  # something that was said about access is not so any more


class ChangeNotice(Base):
    """A material change to a published run and who was told."""

    __tablename__ = "change_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(sa.ForeignKey("occurrence.id"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(choice(NoticeKind, "notice_kind"))
    reason: Mapped[str] = mapped_column(sa.String(300), default="")  # in public words
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    # Told with it: where else people could go.
    alternative_id: Mapped[int | None] = mapped_column(sa.ForeignKey("occurrence.id"))
    # Notices of one decision: a venue for a day, all dates of a session.
    batch: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    undo_until: Mapped[datetime]  # nothing leaves before it
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    told: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)  # by channel

    occurrence: Mapped[Occurrence] = relationship(foreign_keys=[occurrence_id])
    alternative: Mapped[Occurrence | None] = relationship(foreign_keys=[alternative_id])
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])


class AnnouncementState(enum.StrEnum):
    proposed = "proposed"
    sent = "sent"  # handed to the outbox
    declined = "declined"


class Announcement(Base):
    """Service words to everybody who booked a run, or a venue's runs of one day: written by who
    runs it, looked at by the team."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    occurrence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("occurrence.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("venue.id"), index=True)
    from_at: Mapped[datetime | None]  # of a venue's, or the whole festival's: runs that
    until_at: Mapped[datetime | None]  # start between these
    template: Mapped[str] = mapped_column(sa.String(40), default="")
    minutes: Mapped[int | None]  # of a template that has some
    words: Mapped[str] = mapped_column(sa.String(600))
    key: Mapped[str] = mapped_column(sa.String(36), unique=True)  # pressed twice, it is one
    state: Mapped[AnnouncementState] = mapped_column(
        choice(AnnouncementState, "announcement_state"), default=AnnouncementState.proposed
    )
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    comment: Mapped[str] = mapped_column(sa.String(300), default="")
    told: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)

    occurrence: Mapped[Occurrence | None] = relationship()
    edition: Mapped[Edition] = relationship()
    venue: Mapped[Venue | None] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
