"""A whole city's festival around the small demonstration: for measuring, and for seeing how pages
look when there is much on them.

Everything is drawn from one seed, so that the same rows come out on every machine and both
databases can be compared. Places are counted by the very arithmetic that bookings use, so a
festival made here keeps every rule. What has no table yet is left out: who did not come, walk-ups
and late arrivals, answers about equality and earlier learning, where residents live, and
announcements to all.
"""

from festival.domain.demonstration.synthetic.loading import add
from festival.domain.demonstration.synthetic.sizes import SHOWN, SIZES, Size

__all__ = ["SHOWN", "SIZES", "Size", "add"]
