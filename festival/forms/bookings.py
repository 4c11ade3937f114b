"""What a resident types to find a booking and to change it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from wtforms import SelectMultipleField
from wtforms.validators import ValidationError

from festival.forms.base import Form, needed, text
from festival.forms.emails import looks_like_email


class FindForm(Form):
    reference = text(
        _("Booking reference"),
        needed(_("Type your booking reference.")),
        hint=_("It looks like WLF-7K4-92M. Capital letters and dashes do not matter."),
        limit=40,
        autocomplete="off",
        spellcheck="false",
    )
    name = text(
        _("Any one word of the name on the booking"),
        needed(_("Type a word of the name on the booking.")),
        hint=_("Your first name or your last name will do."),
        limit=100,
        autocomplete="off",
        spellcheck="false",
    )


class LostForm(Form):
    email = text(
        _("Email address"),
        needed(_("Type the email address you booked with.")),
        looks_like_email,
        limit=254,
        type="email",
        autocomplete="email",
    )


class CancelForm(Form):
    people = SelectMultipleField(
        _("Who cannot come?"),
        coerce=int,
        description=_("Tick everyone who cannot come. Their places go to somebody else."),
        widget=GovCheckboxesInput(),
        validate_choice=False,
    )

    def validate_people(self, field: Any) -> None:
        known = {value for value, _words in field.choices}
        if not field.data:
            raise ValidationError(gettext("Tick at least one person who cannot come."))
        if not set(field.data) <= known:
            raise ValidationError(gettext("Your booking has changed. Look at the list again."))
