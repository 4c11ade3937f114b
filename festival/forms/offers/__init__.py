"""What providers type to offer a session, and what reviewers answer."""

from festival.forms.offers.form import LANGUAGES, MODES, OfferForm
from festival.forms.offers.review import ReviewForm

__all__ = ["LANGUAGES", "MODES", "OfferForm", "ReviewForm"]
