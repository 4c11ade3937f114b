"""What providers offer: sessions, their wording, their dated runs, the shares of places."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.columns import choice
from festival.models.edition import Edition, Theme
from festival.models.people import User
from festival.models.provider import Provider
from festival.models.venue import Room


class SessionState(enum.StrEnum):
    unpublished = "unpublished"
    published = "published"
    withdrawn = "withdrawn"


class RevisionState(enum.StrEnum):
    draft = "draft"
    submitted = "submitted"
    returned = "returned"
    approved = "approved"
    declined = "declined"
    withdrawn = "withdrawn"
    superseded = "superseded"


class OccurrenceState(enum.StrEnum):
    proposed = "proposed"
    scheduled = "scheduled"
    cancelled = "cancelled"


class BookingMode(enum.StrEnum):
    none = "none"
    preferred = "preferred"
    required = "required"


class Accompaniment(enum.StrEnum):
    none = "none"
    adult_stays = "adult-stays"
    with_adult = "with-adult"
    under_16_with_adult = "under-16-with-adult"
    babes_in_arms = "babes-in-arms"


class SessionFormat(enum.StrEnum):
    in_person = "in person"
    online = "online"
    outdoors = "outdoors"


class AllocationKind(enum.StrEnum):
    public = "public"
    phone = "phone"
    partner = "partner"
    access = "access"
    walk_up = "walk_up"
    phase = "phase"  # public places that open later


class FestivalSession(Base):
    __tablename__ = "festival_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("provider.id"), index=True)
    state: Mapped[SessionState] = mapped_column(
        choice(SessionState, "session_state"), default=SessionState.unpublished, index=True
    )
    published_revision_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("revision.id", use_alter=True), unique=True
    )
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    priority: Mapped[str] = mapped_column(sa.String(24), default="")
    format: Mapped[SessionFormat] = mapped_column(
        choice(SessionFormat, "session_format"), default=SessionFormat.in_person
    )
    delivery_languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    access: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # e.g. "BSL interpreter"
    access_not_known: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    charge: Mapped[str] = mapped_column(sa.String(120), default="")
    learning_hours: Mapped[str] = mapped_column(sa.String(8), default="")
    facilitator: Mapped[str] = mapped_column(sa.String(120), default="")
    audience: Mapped[str] = mapped_column(sa.String(120), default="")

    # The booking rules that are enforced. No places at all: ask the edition for its default.
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    accompaniment: Mapped[Accompaniment] = mapped_column(
        choice(Accompaniment, "accompaniment"), default=Accompaniment.none
    )
    accompanying_adults_take_places: Mapped[bool] = mapped_column(default=True)
    most_accompanying_adults: Mapped[int | None]
    children_per_adult: Mapped[int | None]
    under_twos_take_places: Mapped[bool] = mapped_column(default=True)
    most_places: Mapped[int | None]
    most_in_group: Mapped[int | None]
    question: Mapped[str] = mapped_column(sa.String(160), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # to the edition's own
    rolled_from_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("festival_session.id"), index=True
    )  # last year's, that this one was made of

    edition: Mapped[Edition] = relationship()
    provider: Mapped[Provider] = relationship(lazy="joined")
    theme: Mapped[Theme | None] = relationship(lazy="joined")
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="session", foreign_keys="Revision.session_id", order_by="Revision.number"
    )
    published_revision: Mapped["Revision | None"] = relationship(
        foreign_keys=[published_revision_id], post_update=True
    )
    occurrences: Mapped[list["Occurrence"]] = relationship(
        back_populates="session", order_by="Occurrence.starts_at"
    )


class Revision(Base):
    """One wording of a session and, until it is approved, all else its provider proposes."""

    __tablename__ = "revision"
    __table_args__ = (sa.UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("festival_session.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[RevisionState] = mapped_column(
        choice(RevisionState, "revision_state"), default=RevisionState.draft, index=True
    )
    # What was typed, field by field as typed, so that a draft may be unfinished or wrong.
    proposal: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    saved_at: Mapped[datetime | None]  # the draft, last
    saved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    reminded: Mapped[int] = mapped_column(default=0)  # of the deadline: see domain/call
    late_allowed_at: Mapped[datetime | None]  # the team lets it come after the closing day
    based_on_id: Mapped[int | None] = mapped_column(sa.ForeignKey("revision.id"), index=True)
    is_small: Mapped[bool] = mapped_column(default=False)  # an edit that needed no approval
    reviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    # A second person of the team has looked at a session with children who come alone.
    second_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    second_at: Mapped[datetime | None]
    # People of the team who have an interest in it, and so do not decide.
    conflicts: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    image_id: Mapped[int | None] = mapped_column(sa.ForeignKey("image.id"), index=True)

    session: Mapped[FestivalSession] = relationship(
        back_populates="revisions", foreign_keys=[session_id]
    )
    image: Mapped["Image | None"] = relationship()
    reviewer: Mapped[User | None] = relationship(foreign_keys=[reviewer_id])
    comments: Mapped[list["ReviewComment"]] = relationship(
        order_by="ReviewComment.id", back_populates="revision"
    )
    saves: Mapped[list["DraftSave"]] = relationship(order_by="DraftSave.id")
    texts: Mapped[list["RevisionText"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="RevisionText.language"
    )

    def text(self, language: str = "en") -> "RevisionText":
        """The wording in this language, else in English, else whatever there is."""
        by_language = {text.language: text for text in self.texts}
        return by_language.get(language) or by_language.get("en") or self.texts[0]


class RevisionText(Base):
    __tablename__ = "revision_text"
    __table_args__ = (sa.UniqueConstraint("revision_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revision.id"), index=True)
    language: Mapped[str] = mapped_column(sa.String(12), default="en")
    title: Mapped[str] = mapped_column(sa.String(120), default="")
    summary: Mapped[str] = mapped_column(sa.String(200), default="")
    description: Mapped[str] = mapped_column(sa.Text, default="")
    what_to_bring: Mapped[str] = mapped_column(sa.Text, default="")
    what_next: Mapped[str] = mapped_column(sa.Text, default="")
    meeting_point: Mapped[str] = mapped_column(sa.String(240), default="")
    access_note: Mapped[str] = mapped_column(sa.Text, default="")
    image_alt: Mapped[str] = mapped_column(sa.String(200), default="")


class DraftSave(Base):
    """A draft as it stood after one save: what two people typed at once can be told apart, and
    nothing that was saved is lost."""

    __tablename__ = "draft_save"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revision.id"), index=True)
    version: Mapped[str] = mapped_column(sa.String(32))
    proposal: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class ReviewComment(Base):
    """What the team says to one field of an offer."""

    __tablename__ = "review_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revision.id"), index=True)
    field: Mapped[str] = mapped_column(sa.String(40))  # of the form; empty: the whole of it
    words: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]  # nothing is left to do about it

    revision: Mapped[Revision] = relationship(back_populates="comments")
    author: Mapped[User | None] = relationship()


class Image(Base):
    """A picture as it is shown: made smaller, without what cameras write into it."""

    __tablename__ = "image"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("provider.id"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), index=True)  # of the bytes; its address
    content_type: Mapped[str] = mapped_column(sa.String(40))
    data: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class Occurrence(Base):
    """One dated run of a session, with the counters that no booking can push too far."""

    __tablename__ = "occurrence"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("capacity >= 1", name="capacity_positive"),
        sa.CheckConstraint("capacity <= legal_capacity", name="capacity_within_legal"),
        sa.CheckConstraint("places_taken >= 0", name="places_not_negative"),
        sa.CheckConstraint("places_taken <= capacity", name="places_within_capacity"),
        sa.CheckConstraint("people_expected >= 0", name="people_not_negative"),
        sa.CheckConstraint("people_expected <= legal_capacity", name="people_within_legal"),
        sa.CheckConstraint(
            "companions_expected >= 0 AND companions_expected <= people_expected",
            name="companions_are_people",
        ),
        sa.Index("ix_occurrence_room_time", "room_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("festival_session.id"), index=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id"))
    state: Mapped[OccurrenceState] = mapped_column(
        choice(OccurrenceState, "occurrence_state"), default=OccurrenceState.proposed, index=True
    )
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    setup_minutes: Mapped[int] = mapped_column(default=10)
    cleardown_minutes: Mapped[int] = mapped_column(default=10)
    series_part: Mapped[int | None]  # 1, 2, ... of a series with one booking for all parts
    booking_mode: Mapped[BookingMode] = mapped_column(choice(BookingMode, "booking_mode"))
    bookings_open_at: Mapped[datetime | None]  # none: the edition's
    bookings_close_at: Mapped[datetime | None]  # none: at the start
    is_closed: Mapped[bool] = mapped_column(default=False)  # the provider takes nobody more now
    capacity: Mapped[int]
    places_taken: Mapped[int] = mapped_column(default=0)
    legal_capacity: Mapped[int]
    people_expected: Mapped[int] = mapped_column(default=0)
    companions_expected: Mapped[int] = mapped_column(default=0)  # of these; the reserve is theirs
    calendar_uid: Mapped[str] = mapped_column(sa.String(120), unique=True)
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    revised_at: Mapped[datetime]
    joining_url: Mapped[str] = mapped_column(sa.String(500), default="")  # told to who has places

    session: Mapped[FestivalSession] = relationship(back_populates="occurrences")
    room: Mapped[Room] = relationship(lazy="joined")
    allocations: Mapped[list["Allocation"]] = relationship(
        back_populates="occurrence", order_by="Allocation.id", lazy="selectin"
    )


class Allocation(Base):
    """A named share of an occurrence's places. Every occurrence has one public share; the access
    reserve stands beside its capacity, within what the room holds by law."""

    __tablename__ = "allocation"
    __table_args__ = (
        sa.CheckConstraint("places >= 0", name="places_not_negative"),
        sa.CheckConstraint("places_taken >= 0", name="taken_not_negative"),
        sa.CheckConstraint("places_taken <= places", name="taken_within_places"),
        sa.Index(
            "uq_allocation_public",
            "occurrence_id",
            unique=True,
            sqlite_where=sa.text("kind = 'public'"),
            postgresql_where=sa.text("kind = 'public'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(sa.ForeignKey("occurrence.id"), index=True)
    kind: Mapped[AllocationKind] = mapped_column(choice(AllocationKind, "allocation_kind"))
    places: Mapped[int]
    places_taken: Mapped[int] = mapped_column(default=0)
    releases_at: Mapped[datetime | None]  # when its free places join the public share

    occurrence: Mapped[Occurrence] = relationship(back_populates="allocations")
