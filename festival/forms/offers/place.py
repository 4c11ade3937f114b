"""What a provider tells of a place that is not on the list."""

from flask_babel import lazy_gettext as _

from festival.forms.base import Form, WholeNumber, needed, text
from festival.forms.offers.choices import KNOWN, UNKNOWN
from festival.forms.offers.fields import radios
from festival.models import NOT_KNOWN


class PlaceForm(Form):
    """A place, its one room, and what is known of getting in."""

    sending = True
    name = text(_("Name of the place"), needed(_("Type the name of the place.")), limit=160)
    address = text(_("Street and number"), needed(_("Type the street.")), limit=240)
    postcode = text(_("Postcode"), hint=_("Leave empty if you do not know it."), limit=8)
    room = text(
        _("Which room?"),
        needed(_("Say which room, or where in the place.")),
        hint=_("For example: upstairs, hall, garden"),
        limit=120,
    )
    people = WholeNumber(
        _("How many people may be in it?"),
        least=1,
        most=100_000,
        description=_("Ask who owns it. It is the number the fire rules allow."),
    )
    step_free = radios(_("Can people get in without steps?"), KNOWN, default=UNKNOWN)
    accessible_toilet = radios(_("Is there a toilet for disabled people?"), KNOWN, default=UNKNOWN)

    def said(self, name: str) -> str:
        """An access fact as the register keeps it."""
        answer: str = self._fields[name].data or UNKNOWN
        return NOT_KNOWN if answer == UNKNOWN else answer
