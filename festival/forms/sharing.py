"""What the festival team says of an email address: who uses it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.validators import ValidationError

from festival.forms.base import Form, pairs
from festival.models import Contact

USES = {"unknown": None, "one": False, "several": True}


class SharingForm(Form):
    """Who uses an email address."""

    use = RadioField(
        _("Who reads mail to it?"),
        choices=pairs(
            [
                ("unknown", _("We do not know. Go by the names: up to three are one household")),
                ("one", _("One person or one household")),
                ("several", _("Several households, like a library’s or a group’s own address")),
            ]
        ),
        widget=GovRadioInput(),
        validate_choice=False,
    )

    @classmethod
    def of(cls, contact: Contact | None) -> "SharingForm":
        known = contact.is_shared if contact is not None else None
        return cls(data={"use": {None: "unknown", False: "one", True: "several"}[known]})

    def validate_use(self, field: Any) -> None:
        if field.data not in USES:
            raise ValidationError(gettext("Choose one of these."))

    @property
    def shared(self) -> bool | None:
        return USES[self.use.data]
