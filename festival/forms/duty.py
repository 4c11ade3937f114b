"""What the duty manager types to stop something for the whole festival, or to give more time."""

from flask_babel import lazy_gettext as _

from festival.domain.duty import MOST_MINUTES
from festival.forms.base import Form, WholeNumber, needed, text


class StopForm(Form):
    """Why it is stopped, for everybody to read."""

    because = text(
        _("Why?"),
        needed(_("Say why, in words that everybody may read.")),
        hint=_("Everybody reads this on every page. For example: We are mending something."),
        limit=300,
        area=True,
    )


class MoreTimeForm(Form):
    """How much longer places are held for who is booking just now."""

    minutes = WholeNumber(
        _("How many more minutes?"),
        least=1,
        most=MOST_MINUTES,
        description=_("For example 15"),
        default="15",
    )
