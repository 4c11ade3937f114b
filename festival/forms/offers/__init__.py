"""What providers type to offer a session, and what reviewers answer."""

from festival.forms.offers.choices import HELP, LANGUAGES, MODES, UNKNOWN, YES
from festival.forms.offers.clean import dense, offer_of, runs_of
from festival.forms.offers.fields import Words
from festival.forms.offers.form import OF_DATE, OfferForm
from festival.forms.offers.parts import (
    BEGUN,
    DONE,
    NOT_YET,
    Part,
    part_with,
    parts_of,
    progress,
)
from festival.forms.offers.place import PlaceForm
from festival.forms.offers.plain import has_codes, plain
from festival.forms.offers.review import CommentForm, LateForm, ReviewForm

__all__ = [
    "BEGUN",
    "DONE",
    "HELP",
    "LANGUAGES",
    "MODES",
    "NOT_YET",
    "OF_DATE",
    "UNKNOWN",
    "YES",
    "CommentForm",
    "LateForm",
    "OfferForm",
    "Part",
    "PlaceForm",
    "ReviewForm",
    "Words",
    "dense",
    "has_codes",
    "offer_of",
    "part_with",
    "parts_of",
    "plain",
    "progress",
    "runs_of",
]
