"""Who can sign in and what they may do."""

import enum
import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.columns import choice
from festival.models.provider import Provider


class Office(enum.StrEnum):
    administrator = "administrator"
    reviewer = "reviewer"
    phone_line = "phone_line"
    duty_manager = "duty_manager"
    access_lead = "access_lead"
    data_protection = "data_protection"


class MembershipRole(enum.StrEnum):
    lead = "lead"
    editor = "editor"
    door = "door"


class User(Base):
    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    email_folded: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    password_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    offices: Mapped[list["OfficeRole"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", back_populates="user"
    )

    # What flask-login asks of a user.
    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """Changes with the password, so that a new password signs every other browser out; of the
        hash itself nothing can be read in it."""
        trace = hashlib.sha256(f"signed-in\0{self.password_hash}".encode()).hexdigest()
        return f"{self.id}:{trace[:16]}"

    def holds(self, *offices: Office) -> bool:
        return any(role.office in offices for role in self.offices)


class OfficeRole(Base):
    __tablename__ = "office_role"
    __table_args__ = (sa.UniqueConstraint("user_id", "office"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    office: Mapped[Office] = mapped_column(choice(Office, "office"))


class Membership(Base):
    __tablename__ = "membership"
    __table_args__ = (sa.UniqueConstraint("provider_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("provider.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    role: Mapped[MembershipRole] = mapped_column(choice(MembershipRole, "membership_role"))

    user: Mapped[User] = relationship(back_populates="memberships")
    provider: Mapped[Provider] = relationship(lazy="joined")


class Invitation(Base):
    """The way in for one person who was asked to join an organisation, or to bring a new one."""

    __tablename__ = "invitation"
    __table_args__ = (sa.CheckConstraint("until_at > created_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int | None] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("provider.id"), index=True)
    organisation: Mapped[str] = mapped_column(sa.String(160), default="")  # where it is new
    email: Mapped[str] = mapped_column(sa.String(254))
    email_folded: Mapped[str] = mapped_column(sa.String(254), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    role: Mapped[MembershipRole] = mapped_column(choice(MembershipRole, "invitation_role"))
    secret_hash: Mapped[str] = mapped_column(
        sa.String(64), unique=True
    )  # the link is signed upon it
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    until_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    chased_at: Mapped[datetime | None]  # when they were last reminded

    provider: Mapped[Provider | None] = relationship()


class CallAsk(Base):
    """An organisation that the team asked to offer something at this festival."""

    __tablename__ = "call_ask"
    __table_args__ = (sa.UniqueConstraint("edition_id", "provider_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("provider.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    chased_at: Mapped[datetime | None]  # when they were last reminded by the team

    provider: Mapped[Provider] = relationship()
