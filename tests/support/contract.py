"""What schemathesis is told beside the description: how names and addresses look, and which rows
there are. It loads this module by itself; the rows come in its environment."""

import json
import os
import re
import uuid
from typing import Any

import schemathesis
from hypothesis import strategies as st

ROWS = "CONTRACT_ROWS"
KEY = "Idempotency-Key"
HIGHEST_ID = 2**31 - 1
rows = json.loads(
    os.environ.get(ROWS, '{"occurrences": [1], "reservations": [["WLF-AAA-AAA", 1]]}')
)

letters = st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"])
schemathesis.openapi.format(
    "person-name", st.text(letters, max_size=40).map(lambda rest: f"Ada {rest}".strip())
)
schemathesis.openapi.format("email", st.from_regex(r"[a-z]{1,20}@[a-z]{1,20}\.org", fullmatch=True))
schemathesis.openapi.format("phone", st.from_regex(r"\+?[0-9]{7,15}", fullmatch=True))


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= HIGHEST_ID


def _real(things: list[Any], value: int) -> Any:
    return things[value % len(things)]


@schemathesis.hook
def before_call(_context: Any, case: schemathesis.Case, _kwargs: Any) -> None:
    """Let most requests be about what is there (what is not is the same 404 for all), and each
    proper key be a new one. What is wrong in a request stays wrong."""
    _lead_somewhere(case.path_parameters)
    if isinstance(case.body, dict):
        for one in [case.body, *_listed(case.body.get("reservations"))]:
            if isinstance(one, dict) and _is_id(number := one.get("occurrence")) and number % 8:
                one["occurrence"] = _real(rows["occurrences"], number)
    if re.fullmatch(r"[!-~]{1,200}", str((case.headers or {}).get(KEY, ""))):
        case.headers[KEY] = uuid.uuid4().hex


def _lead_somewhere(found: dict[str, Any] | None) -> None:
    if not found:
        return
    if _is_id(number := found.get("reservation_id")):
        found["reference"], found["reservation_id"] = _real(rows["reservations"], number)
    elif _is_id(number := found.get("occurrence_id")):
        found["occurrence_id"] = _real(rows["occurrences"], number)
    elif (length := len(str(found.get("reference", "")))) % 3:
        found["reference"], _reservation_id = _real(rows["reservations"], length)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
