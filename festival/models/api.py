"""Programs that book: their tokens, and the answers they were given."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from festival.extensions import Base
from festival.models.columns import choice


class TokenRole(enum.StrEnum):
    reader = "reader"  # sees what the public sees
    web = "web"  # books from the public share: another site, an app, a kiosk
    partner = "partner"  # books from the partners' share too
    desk = "desk"  # the phone line's own software: its share, and everybody's bookings


class ApiToken(Base):
    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    role: Mapped[TokenRole] = mapped_column(choice(TokenRole, "token_role"))
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The first answer to a write, for those who ask again because they did not hear it."""

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(sa.ForeignKey("api_token.id"))
    key: Mapped[str] = mapped_column(sa.String(200))
    request_hash: Mapped[str] = mapped_column(sa.String(64))  # of method, address and body
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
