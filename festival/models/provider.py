"""An organisation that offers sessions."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from festival.extensions import Base


class Provider(Base):
    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(160))
    kind: Mapped[str] = mapped_column(sa.String(60), default="")
