"""What providers type to offer a session, and what reviewers answer."""

from festival.forms.offers.form import LANGUAGES, MODES, OfferForm
from festival.forms.offers.review import CommentForm, LateForm, ReviewForm

__all__ = ["LANGUAGES", "MODES", "CommentForm", "LateForm", "OfferForm", "ReviewForm"]
