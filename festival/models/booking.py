"""What residents hold: bookings, reservations, the people of a party, tickets."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.columns import choice
from festival.models.programme import Allocation, Occurrence


class Channel(enum.StrEnum):
    web = "web"
    phone = "phone"
    counter = "counter"
    partner = "partner"
    door = "door"


class ReservationState(enum.StrEnum):
    held = "held"
    confirmed = "confirmed"
    lapsed = "lapsed"
    waiting = "waiting"
    offered = "offered"
    declined = "declined"
    closed = "closed"
    cancelled = "cancelled"
    withdrawn = "withdrawn"


TAKES_PLACES = (ReservationState.held, ReservationState.offered, ReservationState.confirmed)


class AttendeeKind(enum.StrEnum):
    adult = "adult"
    child = "child"
    companion = "companion"
    unnamed = "unnamed"


class Booking(Base):
    """What one booker did; until it is confirmed it is the basket."""

    __tablename__ = "booking"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    reference: Mapped[str | None] = mapped_column(sa.String(12), unique=True)
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)  # of the basket's cookie
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"), default=Channel.web)
    language: Mapped[str] = mapped_column(sa.String(12), default="en")
    # Who pressed the buttons, where it was not the booker: one of the team, or a program.
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    token_id: Mapped[int | None] = mapped_column(sa.ForeignKey("api_token.id"), index=True)
    proxy_name: Mapped[str] = mapped_column(sa.String(120), default="")  # books for the booker
    answers: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # as typed so far
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    name_folded: Mapped[str] = mapped_column(sa.String(160), default="", index=True)
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    email_folded: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    mobile: Mapped[str] = mapped_column(sa.String(40), default="")
    created_at: Mapped[datetime]
    extensions: Mapped[int] = mapped_column(default=0)  # how often the hold was extended
    confirmed_at: Mapped[datetime | None]
    link_version: Mapped[int] = mapped_column(default=1)  # rises to end links that were given out
    # Idempotency key of the confirming form; a repeat finds the first answer.
    confirm_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)

    reservations: Mapped[list["Reservation"]] = relationship(
        back_populates="booking", order_by="Reservation.id"
    )


class Reservation(Base):
    """A booking's claim on one occurrence: the only thing that uses capacity."""

    __tablename__ = "reservation"
    __table_args__ = (
        sa.CheckConstraint("places >= 0", name="places_not_negative"),
        sa.CheckConstraint("people >= places", name="people_cover_places"),
        sa.CheckConstraint(
            "state NOT IN ('held', 'offered', 'confirmed') OR allocation_id IS NOT NULL",
            name="places_from_a_share",
        ),
        sa.CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name="hold_ends"),
        sa.CheckConstraint("state <> 'offered' OR offer_until IS NOT NULL", name="offer_ends"),
        sa.CheckConstraint("own_places >= 0 AND own_places <= places", name="own_within_places"),
        sa.CheckConstraint(
            "companions >= 0 AND companions <= people", name="companions_are_people"
        ),
        sa.CheckConstraint(
            "least_places IS NULL OR least_places >= 1", name="least_places_positive"
        ),
        sa.Index("ix_reservation_occurrence_state", "occurrence_id", "state"),
        sa.Index("ix_reservation_state_held_until", "state", "held_until"),
        sa.Index("ix_reservation_state_offer_until", "state", "offer_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    occurrence_id: Mapped[int] = mapped_column(sa.ForeignKey("occurrence.id"))
    allocation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("allocation.id"), index=True)
    state: Mapped[ReservationState] = mapped_column(
        choice(ReservationState, "reservation_state"), default=ReservationState.held
    )
    series_claim: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    places: Mapped[int]  # counted against the occurrence's capacity and the shares
    # Of these, so many from its allocation; the rest from the public share.
    own_places: Mapped[int] = mapped_column(default=0)
    people: Mapped[int]  # expected in the room: the whole party
    companions: Mapped[int] = mapped_column(default=0)  # of these, who may use the access reserve
    held_until: Mapped[datetime | None]
    # The waiting list. The turn is kept through offers that were not answered; none: the basket
    # asks for a turn, but is not confirmed yet.
    waiting_since: Mapped[datetime | None]
    least_places: Mapped[int | None]  # fewer than all that would do; none: all together
    offer_until: Mapped[datetime | None]
    passed_over: Mapped[bool] = mapped_column(default=False)  # an offer was not answered
    told_free_at: Mapped[datetime | None]  # of places that are first come, close to the start
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # What it was when the organiser called the run off: that it is again if it takes place.
    withdrawn_from: Mapped[ReservationState | None] = mapped_column(
        choice(ReservationState, "withdrawn_from")
    )
    calendar_uid: Mapped[str] = mapped_column(sa.String(120), unique=True)
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    revised_at: Mapped[datetime]
    # The last of what time brings that was written: see domain/reminders.py.
    reminded: Mapped[int] = mapped_column(default=0)
    joined_at: Mapped[datetime | None]  # they said that they are coming in, online

    booking: Mapped[Booking] = relationship(back_populates="reservations")
    occurrence: Mapped[Occurrence] = relationship()
    allocation: Mapped[Allocation | None] = relationship()
    attendees: Mapped[list["Attendee"]] = relationship(
        cascade="all, delete-orphan", order_by="Attendee.id", lazy="selectin"
    )
    ticket: Mapped["Ticket | None"] = relationship(back_populates="reservation", lazy="joined")
    access_request: Mapped["AccessRequest | None"] = relationship(
        back_populates="reservation", cascade="all, delete-orphan"
    )


class Attendee(Base):
    __tablename__ = "attendee"
    __table_args__ = (
        sa.CheckConstraint("age IS NULL OR age BETWEEN 0 AND 120", name="age_possible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(sa.ForeignKey("reservation.id"), index=True)
    kind: Mapped[AttendeeKind] = mapped_column(choice(AttendeeKind, "attendee_kind"))
    person: Mapped[int | None]  # the same person in all reservations of a booking
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    age: Mapped[int | None]
    age_band: Mapped[str] = mapped_column(sa.String(12), default="")
    takes_place: Mapped[bool] = mapped_column(default=True)


class Ticket(Base):
    """The signed code of one reservation; the code itself is made from these numbers."""

    __tablename__ = "ticket"
    __table_args__ = (
        sa.CheckConstraint("number BETWEEN 1 AND 4294967295", name="number_is_u32"),
        sa.CheckConstraint("generation BETWEEN 0 AND 255", name="generation_is_u8"),
        sa.CheckConstraint("people BETWEEN 1 AND 255", name="people_is_u8"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(sa.ForeignKey("reservation.id"), unique=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, unique=True)  # random, not sequential
    generation: Mapped[int] = mapped_column(default=0)
    people: Mapped[int]
    issued_at: Mapped[datetime]

    reservation: Mapped[Reservation] = relationship(back_populates="ticket")


class AccessRequest(Base):
    """What a party asked to be done so that they can take part, and its answer to the session's
    own question: seen by that session's provider and the access lead, gone after 30 days."""

    __tablename__ = "access_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("reservation.id", ondelete="CASCADE"), unique=True
    )
    adjustments: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # from the list of them
    note: Mapped[str] = mapped_column(sa.Text, default="")
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    consented_at: Mapped[datetime | None]  # to the adjustments and the note being kept and seen
    changed_at: Mapped[datetime]

    reservation: Mapped[Reservation] = relationship(back_populates="access_request")


class UnmetDemand(Base):
    """What a waiting list came to in the end: numbers, which outlive the people's rows."""

    __tablename__ = "unmet_demand"
    __table_args__ = (sa.CheckConstraint("parties >= 0 AND places >= 0", name="not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(sa.ForeignKey("occurrence.id"), unique=True)
    parties: Mapped[int]
    places: Mapped[int]
    recorded_at: Mapped[datetime]
