"""What two people have typed, put together field by field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.domain.offers.merging import merge

drafts = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y", "z"]))


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "kept", "both"),
    [
        ({}, {}, {"a": "x"}, {"a": "x"}, {}),
        ({"a": "x"}, {"a": "y"}, {"a": "x"}, {"a": "y"}, {}),
        ({"a": "x"}, {"a": "x"}, {"a": "y"}, {"a": "y"}, {}),
        ({"a": "x"}, {"a": "y"}, {"a": "y"}, {"a": "y"}, {}),
        ({"a": "x"}, {"a": "y"}, {"a": "z"}, {"a": "y"}, {"a": "y"}),
        ({"a": "x"}, {"a": ""}, {"a": "z"}, {"a": ""}, {"a": ""}),
        ({"a": "one\ntwo"}, {"a": "three"}, {"a": "one\r\ntwo"}, {"a": "three"}, {}),
        (None, {"a": "y"}, {"a": "z"}, {"a": "y"}, {"a": "y"}),
        (None, {"a": ""}, {"a": "z"}, {"a": "z"}, {}),
    ],
)
def test_field_by_field(base: Any, theirs: Any, mine: Any, kept: Any, both: Any) -> None:
    merged = merge(base, theirs, mine)
    assert (merged.proposal, merged.theirs) == (kept, both)


@given(base=drafts, theirs=drafts, mine=drafts)
def test_nothing_is_lost(
    base: dict[str, str], theirs: dict[str, str], mine: dict[str, str]
) -> None:
    """Each field is theirs or mine; whose change is not in it is told."""
    merged = merge(base, theirs, mine)
    for name, typed in mine.items():
        was, there = base.get(name, ""), theirs.get(name, "")
        if typed != was and there not in (was, typed):
            assert (merged.theirs[name] or "") == there
        elif typed != was:
            assert merged.proposal[name] == typed
        else:
            assert merged.proposal.get(name, "") == there
