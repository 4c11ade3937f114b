"""What helps people take part: the adjustment, never the reason for it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovCheckboxInput
from wtforms import BooleanField, SelectMultipleField
from wtforms.validators import ValidationError

from festival.domain.bookings import Asked
from festival.forms.base import Form, pairs, text
from festival.models import AccessRequest, FestivalSession

ADJUSTMENTS = {
    "step-free": _("A way in without steps"),
    "seat near the front": _("A seat near the front"),
    "seat near the door": _("A seat near the door"),
    "space for a wheelchair": _("Space for a wheelchair"),
    "hearing loop": _("A hearing loop"),
    "BSL interpreter": _("A British Sign Language interpreter"),
    "language interpreter": _("Somebody who speaks my language"),
    "large print": _("Handouts in large print"),
    "quiet space": _("A quiet place to go to"),
    "assistance dog": _("Room for my assistance dog"),
}


class AccessForm(Form):
    """What a party asks for, with its consent, and the session's own question where it has one."""

    adjustments = SelectMultipleField(
        _("What would help? Tick all that you need."),
        widget=GovCheckboxesInput(),
        validate_choice=False,
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
    answer = text("", limit=500, area=True)

    @classmethod
    def of(cls, session: FestivalSession, kept: AccessRequest | None) -> "AccessForm":
        """Filled in with what was asked for before."""
        before: dict[str, Any] = {}
        if kept is not None:
            before = {"adjustments": kept.adjustments, "note": kept.note, "answer": kept.answer}
            before["consent"] = kept.consented_at is not None
        form = cls(data=before)
        others = [one for one in before.get("adjustments", ()) if one not in ADJUSTMENTS]
        form.adjustments.choices = pairs([*ADJUSTMENTS.items(), *((one, one) for one in others)])
        if session.question:
            form.answer.label.text = session.question
        else:
            del form.answer
        return form

    def validate_adjustments(self, field: Any) -> None:
        if not set(field.data or ()) <= {one.value for one in field.choices}:
            raise ValidationError(gettext("Choose from the list, or write it below."))

    def validate_consent(self, field: Any) -> None:
        if (self.adjustments.data or self.note.data) and not field.data:
            raise ValidationError(
                gettext("Tick this box, so that we may keep it. Or empty what you asked for.")
            )

    @property
    def asked(self) -> Asked:
        return Asked(
            adjustments=tuple(self.adjustments.data or ()),
            note=self.note.data or "",
            consent=bool(self.consent.data),
        )

    @property
    def given_answer(self) -> str:
        field = self._fields.get("answer")
        return (field.data or "") if field is not None else ""
