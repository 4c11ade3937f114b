"""To which sessions children come without a parent."""

from types import SimpleNamespace

import pytest

from festival.domain.offers import children_come_alone
from festival.models import Accompaniment


@pytest.mark.parametrize(
    ("age_min", "age_max", "accompaniment", "alone"),
    [
        (12, None, "none", True),
        (14, 17, "none", True),
        (None, 11, "none", True),
        (16, 18, "none", False),
        (18, None, "none", False),
        (None, None, "none", False),
        (8, 11, "adult-stays", False),
        (8, None, "with-adult", False),
        (None, 11, "under-16-with-adult", False),
    ],
)
def test_children_come_alone(
    age_min: int | None, age_max: int | None, accompaniment: str, alone: bool
) -> None:
    thing = SimpleNamespace(
        age_min=age_min, age_max=age_max, accompaniment=Accompaniment(accompaniment)
    )
    assert children_come_alone(thing) is alone
