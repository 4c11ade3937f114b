"""Booking, step by step: how many, who books, who comes, check, confirm.

The basket is a row that a secret in the visitor's cookie owns; what was typed is kept in it, so
that nothing is lost when the time runs out.
"""

from festival.views.baskets import check, party, people  # noqa: F401 - they add their pages
from festival.views.baskets.opened import blueprint

__all__ = ["blueprint"]
