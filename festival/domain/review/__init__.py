"""The festival team's work on what is offered: sharing it out, commenting, comparing, answering."""

from festival.domain.review.answering import (
    ADULT,
    AGES,
    NeedsReason,
    approve,
    give_back,
    losses,
    who_is_told,
)
from festival.domain.review.commenting import BadComment, comment, open_comments, settle
from festival.domain.review.comparing import Difference, Mark, compare, compare_words
from festival.domain.review.fields import FIELDS, WHOLE
from festival.domain.review.history import before, names_of, versions
from festival.domain.review.kind_words import STARTS, Start
from festival.domain.review.queue import (
    ORDERS,
    PARTS,
    USEFUL,
    Waiting,
    counts,
    missing,
    part_of,
    waiting_for,
)
from festival.domain.review.sharing_out import (
    NotAReviewer,
    assign,
    keep_away,
    look_first,
    reviewers,
    take_back_conflict,
)

__all__ = [
    "ADULT",
    "AGES",
    "FIELDS",
    "ORDERS",
    "PARTS",
    "STARTS",
    "USEFUL",
    "WHOLE",
    "BadComment",
    "Difference",
    "Mark",
    "NeedsReason",
    "NotAReviewer",
    "Start",
    "Waiting",
    "approve",
    "assign",
    "before",
    "comment",
    "compare",
    "compare_words",
    "counts",
    "give_back",
    "keep_away",
    "look_first",
    "losses",
    "missing",
    "names_of",
    "open_comments",
    "part_of",
    "reviewers",
    "settle",
    "take_back_conflict",
    "versions",
    "waiting_for",
    "who_is_told",
]
