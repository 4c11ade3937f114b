"""What people looked for and did not find, and what they asked to have in another way."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.columns import choice
from festival.models.edition import Theme, Ward


class Wish(Base):
    """What somebody would like to learn. The contact is theirs to give, and goes when the team has
    answered, or 30 days after the festival."""

    __tablename__ = "wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    ward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ward.id"), index=True)
    words: Mapped[str] = mapped_column(sa.String(300), default="")
    suits: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # "weekday mornings", ...
    contact: Mapped[str] = mapped_column(sa.String(254), default="")
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    theme: Mapped[Theme | None] = relationship()
    ward: Mapped[Ward | None] = relationship()


class EmptySearch(Base):
    """How often a search found nothing, by day: numbers, and the words where many typed them."""

    __tablename__ = "empty_search"
    __table_args__ = (sa.CheckConstraint("times >= 1", name="times_positive"),)

    key: Mapped[str] = mapped_column(sa.String(160), primary_key=True)  # of all that follows
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    day: Mapped[date]
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    ward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ward.id"))
    words: Mapped[str] = mapped_column(sa.String(60), default="")
    times: Mapped[int]

    theme: Mapped[Theme | None] = relationship()
    ward: Mapped[Ward | None] = relationship()


class OtherForm(enum.StrEnum):
    large_print = "large print"
    easy_read = "easy read"
    audio = "audio"
    bsl = "British Sign Language"
    braille = "braille"
    language = "another language"
    other = "something else"


class FormRequest(Base):
    """Somebody asks for what a page says in another way; a task of the team, with a day."""

    __tablename__ = "form_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    form: Mapped[OtherForm] = mapped_column(choice(OtherForm, "other_form"))
    language: Mapped[str] = mapped_column(sa.String(60), default="")
    about: Mapped[str] = mapped_column(sa.String(200), default="")  # the page's path
    words: Mapped[str] = mapped_column(sa.String(1000), default="")
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    contact: Mapped[str] = mapped_column(sa.String(300), default="")  # however they can be reached
    created_at: Mapped[datetime]
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    outcome: Mapped[str] = mapped_column(sa.String(300), default="")
