"""How it was: what somebody says after a session."""

import uuid
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from festival.domain.feedback import LONGEST
from festival.forms.base import Form, pairs, text
from festival.forms.door import KEY

RATINGS = (
    (5, _("Very good")),
    (4, _("Good")),
    (3, _("All right")),
    (2, _("Not so good")),
    (1, _("Bad")),
)
YES, NO, UNSAID = "yes", "no", "unsaid"


class FeedbackForm(Form):
    key = HiddenField()  # makes a second press harmless
    rating = RadioField(
        _("How was it?"), choices=pairs(RATINGS), widget=GovRadioInput(), validate_choice=False
    )
    first_time = RadioField(
        _("Was this your first time learning since school?"),
        description=_("You can leave this out."),
        choices=pairs([(YES, _("Yes")), (NO, _("No")), (UNSAID, _("I would rather not say"))]),
        widget=GovRadioInput(),
        validate_choice=False,
    )
    words = text(
        _("Do you want to say more?"),
        hint=_(
            "You can leave this out. The people who ran the session read it. "
            "Please write no names, and nothing that tells who you are."
        ),
        limit=LONGEST,
        area=True,
    )

    @classmethod
    def fresh(cls) -> "FeedbackForm":
        return cls(data={"key": str(uuid.uuid4())})

    def validate_rating(self, field: Any) -> None:
        if field.data not in {str(value) for value, _words in RATINGS}:
            raise ValidationError(gettext("Choose one of the five faces."))

    def validate_key(self, field: Any) -> None:
        if not KEY.fullmatch(field.data or ""):
            field.data = str(uuid.uuid4())

    @property
    def is_first_time(self) -> bool | None:
        return {YES: True, NO: False}.get(self.first_time.data or "")
