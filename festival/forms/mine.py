"""What a resident types to see everything that is booked under their email address."""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.validators import ValidationError

from festival.domain import words
from festival.forms.base import Choice, Form, needed, pairs, text
from festival.forms.emails import looks_like_email
from festival.models import Contact, Prefers, Reminders

PREFERS = (
    (Prefers.any, _("As it suits best")),
    (Prefers.email, _("By email")),
    (Prefers.sms, _("By text message, and by email")),
    (Prefers.call, _("By phone call, and by email")),
)
REMINDERS = (
    (Reminders.all, _("Three days before, the day before, and just before it begins")),
    (Reminders.day_before, _("Only the day before")),
    (Reminders.none, _("No reminders")),
)
EACH_ITS_OWN = _("As each booking was made")
OWN = "own"  # the value of that choice


class AskForm(Form):
    email = text(
        _("Your email address"),
        needed(_("Type the email address you booked with.")),
        looks_like_email,
        hint=_("The one you gave us when you booked."),
        limit=254,
        type="email",
        autocomplete="email",
        spellcheck="false",
    )


class CodeForm(Form):
    code = text(
        _("Code from our email"),
        needed(_("Type the 6 numbers from our email.")),
        hint=_("6 numbers, like 042 917."),
        limit=20,
        autocomplete="one-time-code",
        inputmode="numeric",
        spellcheck="false",
    )

    def validate_code(self, field: Any) -> None:
        if field.data and not re.fullmatch(r"[0-9]{6}", self.digits):
            raise ValidationError(gettext("The code has 6 numbers. Look at our email again."))

    @property
    def digits(self) -> str:
        """What was typed, without what people put between numbers; any script's digits."""
        typed = re.sub(r"[\s.\-]", "", self.code.data or "")
        return "".join(str(int(one)) if one.isdecimal() else one for one in typed)


class PreferencesForm(Form):
    """How somebody wants to hear of us."""

    language = Choice(
        _("Which language do you read best?"),
        description=_("Where we have the words in it, we write to you in this language."),
        choices=pairs([(OWN, EACH_ITS_OWN), *words.LANGUAGES.items()]),
    )
    prefers = RadioField(
        _("If something changes, how shall we tell you?"),
        description=_("Text messages and calls need a phone number on your booking."),
        choices=pairs(PREFERS),
        widget=GovRadioInput(),
        validate_choice=False,
    )
    reminders = RadioField(
        _("When shall we remind you of a session?"),
        description=_("How to join online we tell you in any case."),
        choices=pairs(REMINDERS),
        widget=GovRadioInput(),
        validate_choice=False,
    )

    @classmethod
    def of(cls, contact: Contact) -> "PreferencesForm":
        known = {
            "language": contact.language or OWN,
            "prefers": contact.prefers.value,
            "reminders": contact.reminders.value,
        }
        return cls(data=known)

    @property
    def chosen_language(self) -> str:
        return "" if self.language.data == OWN else str(self.language.data)

    def validate_prefers(self, field: Any) -> None:
        if field.data not in {one.value for one in Prefers}:
            raise ValidationError(gettext("Choose one of these."))

    def validate_reminders(self, field: Any) -> None:
        if field.data not in {one.value for one in Reminders}:
            raise ValidationError(gettext("Choose one of these."))
