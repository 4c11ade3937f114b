"""The call for sessions: whom the team asked, how far they are, who is reminded, when it ends.

Who is new is invited by mail and brings an organisation; who is known is asked to offer something
again. Nobody is written to twice within PAUSE.
"""

from festival.domain.call.asking import Planned, Wanted, What, ask_all, plan
from festival.domain.call.chasing import PAUSE, chase, to_chase
from festival.domain.call.deadline import STEPS, due_to_remind, remind
from festival.domain.call.ending import close, late_entries
from festival.domain.call.progress import Counts, Row, Stage, counts, rows

__all__ = [
    "PAUSE",
    "STEPS",
    "Counts",
    "Planned",
    "Row",
    "Stage",
    "Wanted",
    "What",
    "ask_all",
    "chase",
    "close",
    "counts",
    "due_to_remind",
    "late_entries",
    "plan",
    "remind",
    "rows",
    "to_chase",
]
