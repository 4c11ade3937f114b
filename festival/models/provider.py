"""An organisation that offers sessions, and what it declares."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.extensions import Base
from festival.models.columns import choice


class ProviderState(enum.StrEnum):
    unchecked = "unchecked"  # registered; nothing of theirs is public before the team has looked
    checked = "checked"
    refused = "refused"


class DeclarationKind(enum.StrEnum):
    insurance = "insurance"
    safeguarding = "safeguarding"
    risk_assessment = "risk_assessment"


class Provider(Base):
    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(160))
    kind: Mapped[str] = mapped_column(sa.String(60), default="")
    state: Mapped[ProviderState] = mapped_column(
        choice(ProviderState, "provider_state"), default=ProviderState.unchecked, index=True
    )
    about: Mapped[str] = mapped_column(sa.String(600), default="")
    website: Mapped[str] = mapped_column(sa.String(300), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    phone_is_public: Mapped[bool] = mapped_column(default=False)
    charity_number: Mapped[str] = mapped_column(sa.String(20), default="")
    created_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    comment: Mapped[str] = mapped_column(sa.Text, default="")  # what the team says to them

    declarations: Mapped[list["Declaration"]] = relationship(
        cascade="all, delete-orphan", order_by="Declaration.kind", back_populates="provider"
    )


class Declaration(Base):
    """What an organisation declares to have: insurance, a safeguarding lead, a risk assessment."""

    __tablename__ = "declaration"
    __table_args__ = (sa.UniqueConstraint("provider_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("provider.id"))
    kind: Mapped[DeclarationKind] = mapped_column(choice(DeclarationKind, "declaration_kind"))
    holder: Mapped[str] = mapped_column(sa.String(160), default="")  # insurer, or named lead
    phone: Mapped[str] = mapped_column(sa.String(40), default="")  # of the named lead
    reference: Mapped[str] = mapped_column(sa.String(80), default="")  # of the policy
    expires_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    not_held: Mapped[bool] = mapped_column(default=False)  # they have none: the team talks to them
    declared_at: Mapped[datetime]
    declared_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    checked_at: Mapped[datetime | None]  # by the festival team; a new declaration ends it
    checked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    provider: Mapped[Provider] = relationship(back_populates="declarations")
