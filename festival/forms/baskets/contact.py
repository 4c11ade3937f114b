"""Who books and how they are reached; and what else they may tell us."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovCheckboxInput
from wtforms import BooleanField, SelectMultipleField
from wtforms.validators import ValidationError

from festival.domain import words
from festival.forms.access import ADJUSTMENTS
from festival.forms.base import Form, needed, pairs, text
from festival.forms.emails import better_email, did_you_mean, looks_like_email


def looks_like_phone(typed: str) -> bool:
    """Whether this can be rung up: digits, and what people write between them."""
    digits = re.sub(r"\D", "", typed)
    return 7 <= len(digits) <= 15 and not re.search(r"[^\d\s()+.\-]", typed)


class ReachForm(Form):
    """Who it is, and how they are reached: by email, by phone, or by neither."""

    name = text(
        _("Your full name"),
        needed(_("Type your name.")),
        limit=100,
        autocomplete="name",
        spellcheck="false",
    )
    email = text(
        _("Email address (if you have one)"),
        looks_like_email,
        hint=_("We send your ticket here, and tell you if anything changes."),
        limit=254,
        type="email",
        autocomplete="email",
        spellcheck="false",
    )
    mobile = text(
        _("Mobile number (if you have one)"),
        hint=_("So that we can call you if the session is cancelled at the last minute."),
        limit=40,
        type="tel",
        autocomplete="tel",
    )
    email_is_right = BooleanField(_("Yes, this email address is right"), widget=GovCheckboxInput())

    asks = False  # whether the email address is right

    def validate_name(self, field: Any) -> None:
        if field.data and not words.fold(field.data):
            raise ValidationError(gettext("Type your name with letters, so that we can find it."))

    def validate_mobile(self, field: Any) -> None:
        if field.data and not looks_like_phone(field.data):
            raise ValidationError(gettext("Type a phone number, like 07700 900 982."))

    def validate_email(self, field: Any) -> None:
        better = better_email(field.data or "")
        self.asks = better is not None and not field.errors
        if better is not None and not self.email_is_right.data:
            raise ValidationError(did_you_mean(better))


class ContactForm(ReachForm):
    """Who books, and all that may be said beside: for whom, what helps, answers to questions."""

    proxy_name = text(
        _("Your own name"),
        hint=_("Type the name of the person who is coming in the first box, and yours here."),
        limit=100,
    )
    agreed = BooleanField(_("They agreed that I book for them"), widget=GovCheckboxInput())
    adjustments = SelectMultipleField(
        _("Tick all that you need"),
        widget=GovCheckboxesInput(),
        choices=pairs(list(ADJUSTMENTS.items())),
    )
    note = text(
        _("Anything else that would help?"),
        hint=_("Tell us what to do. You need not say why."),
        limit=1000,
        area=True,
    )
    consent = BooleanField(
        _("Yes, keep this and show it to the people who run the session"),
        widget=GovCheckboxInput(),
    )

    questions: dict[str, str]  # field by the code of the session that asks

    @classmethod
    def of(cls, asked: Mapping[str, str], answers: Mapping[str, Any]) -> "ContactForm":
        """``asked``: the sessions' own questions by their codes."""
        fields = {f"question_{code}": text(words, limit=500) for code, words in asked.items()}
        given = {f"question_{code}": said for code, said in answers.get("questions", {}).items()}
        form = type("ContactFormWithQuestions", (cls,), fields)(data={**answers, **given})
        form.questions = {code: f"question_{code}" for code in asked}
        return form

    def validate_agreed(self, field: Any) -> None:
        if self.proxy_name.data and not field.data:
            raise ValidationError(
                gettext("Ask them first, then tick this box. Or empty your own name.")
            )

    def validate_proxy_name(self, field: Any) -> None:
        if self.agreed.data and not field.data:
            raise ValidationError(gettext("Type your own name, or take the tick away below."))

    def validate_consent(self, field: Any) -> None:
        if (self.adjustments.data or self.note.data) and not field.data:
            raise ValidationError(
                gettext("Tick this box, so that we may keep it. Or empty what you asked for.")
            )

    def is_open(self, *names: str) -> bool:
        """Whether a part that is folded away has something to show."""
        return any(self._fields[name].data or self._fields[name].errors for name in names)

    @property
    def answers(self) -> dict[str, Any]:
        """What the basket keeps."""
        return {
            "name": self.name.data or "",
            "email": self.email.data or "",
            "mobile": self.mobile.data or "",
            "email_is_right": bool(self.email_is_right.data),
            "proxy_name": self.proxy_name.data or "",
            "agreed": bool(self.agreed.data),
            "adjustments": list(self.adjustments.data or ()),
            "note": self.note.data or "",
            "consent": bool(self.consent.data),
            "questions": {
                code: self._fields[name].data or "" for code, name in self.questions.items()
            },
        }
