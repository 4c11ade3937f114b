"""How many came: counted at the door, typed in from paper, or said afterwards."""

from festival.domain.attendance.chasing import chase, due_to_chase
from festival.domain.attendance.counting import (
    BAND_NAMES,
    EARLY,
    LATEST,
    OVER_LEGAL,
    Counts,
    NotNow,
    change_heads,
    count_heads,
    counts_of,
    is_door_time,
    latest_records,
    undo,
    walk_up,
)
from festival.domain.attendance.paper import PaperLine, key_in, paper_list
from festival.domain.attendance.returning import (
    RETURN_WITHIN,
    attendance_of,
    give_back_numbers,
    lacks_return,
    unreturned,
)
from festival.domain.scans import people_by_run

__all__ = [
    "BAND_NAMES",
    "EARLY",
    "LATEST",
    "OVER_LEGAL",
    "RETURN_WITHIN",
    "Counts",
    "NotNow",
    "PaperLine",
    "attendance_of",
    "change_heads",
    "chase",
    "count_heads",
    "counts_of",
    "due_to_chase",
    "give_back_numbers",
    "is_door_time",
    "key_in",
    "lacks_return",
    "latest_records",
    "paper_list",
    "people_by_run",
    "undo",
    "unreturned",
    "walk_up",
]
