"""The festival team's pages."""

from festival.views.office import audit, doors, offers, outbox  # noqa: F401 - they add their pages
from festival.views.office.desk import blueprint

__all__ = ["blueprint"]
