"""How large a festival is made: the tiers that the product is designed for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much there is in all, the small demonstration's own among it."""

    sessions: int
    venues: int
    providers: int
    places: int
    orders: int


SHOWN = "shown"  # the small demonstration alone, made by hand
SIZES = {
    "city": Size(sessions=350, venues=80, providers=100, places=14_000, orders=5_500),
    "cork": Size(sessions=600, venues=120, providers=150, places=30_000, orders=11_400),
    "stress": Size(sessions=5_500, venues=2_400, providers=2_400, places=200_000, orders=68_000),
}
