"""What a resident types to book: how many come, who books, who comes, and that it is right."""

from festival.forms.baskets.confirm import ConfirmForm
from festival.forms.baskets.contact import ContactForm
from festival.forms.baskets.party import PartyForm
from festival.forms.baskets.people import PeopleForm

__all__ = ["ConfirmForm", "ContactForm", "PartyForm", "PeopleForm"]
