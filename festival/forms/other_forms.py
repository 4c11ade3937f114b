"""Ask for this in another way; and what came of it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from festival.domain.other_forms import LONGEST
from festival.forms.base import Form, needed, pairs, text
from festival.models import OtherForm

FORMS = {
    OtherForm.large_print: _("In large print"),
    OtherForm.easy_read: _("In easy words, with pictures (easy read)"),
    OtherForm.audio: _("To listen to"),
    OtherForm.bsl: _("In British Sign Language (BSL)"),
    OtherForm.braille: _("In braille"),
    OtherForm.language: _("In another language"),
    OtherForm.other: _("Something else"),
}


class OtherWayForm(Form):
    """What somebody asks for. Only how we reach them must be there: nothing can be sent without."""

    about = HiddenField()  # the path of the page it is about
    way = RadioField(
        _("How would you like it?"),
        choices=pairs(list(FORMS.items())),
        widget=GovRadioInput(),
        validate_choice=False,
    )
    language = text(
        _("Which language?"),
        hint=_("Only if you want another language."),
        limit=LONGEST["language"],
    )
    words = text(
        _("What do you need?"),
        hint=_("For example: the whole programme, or one session. You need not say why."),
        limit=LONGEST["words"],
        area=True,
    )
    name = text(_("Your name (you can leave this out)"), limit=LONGEST["name"], autocomplete="name")
    contact = text(
        _("How do we reach you?"),
        needed(
            _("Type a phone number, an email address, or where you live, so that we can reach you.")
        ),
        hint=_("A phone number, an email address, or your address for the post."),
        limit=LONGEST["contact"],
        area=True,
    )

    def validate_way(self, field: Any) -> None:
        if field.data not in {str(one) for one in OtherForm}:
            raise ValidationError(gettext("Choose how you would like it."))

    def validate_language(self, field: Any) -> None:
        if self.way.data == OtherForm.language and not field.data:
            raise ValidationError(gettext("Type the name of the language."))

    def validate_words(self, field: Any) -> None:
        if self.way.data == OtherForm.other and not field.data:
            raise ValidationError(gettext("Tell us what you need."))

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for, as the domain takes it."""
        lines = {
            name: (self[name].data or "").replace("\r\n", "\n") for name in ("words", "contact")
        }
        return {
            "form": OtherForm(self.way.data),
            "language": self.language.data or "",
            "name": self.name.data or "",
            **lines,
        }


class DoneForm(Form):
    """What came of a request."""

    outcome = text(
        _("What did you do?"),
        needed(_("Say in a few words what you did.")),
        hint=_(
            "For example: posted in large print. Without names, numbers or addresses: it is kept."
        ),
        limit=LONGEST["outcome"],
    )
