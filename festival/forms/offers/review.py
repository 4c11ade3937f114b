"""What a reviewer answers to an offer."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from festival.forms.base import (
    Form,
    needed,
    pairs,
    read_time,
    text,
)
from festival.forms.office import read_day, read_publication


class ReviewForm(Form):
    """What a reviewer answers to the version of an offer that they have read."""

    version = HiddenField()
    decision = RadioField(
        _("What do you want to do?"),
        choices=pairs(
            [
                ("approve", _("Approve: publish it")),
                ("return", _("Return it with a comment")),
                ("decline", _("Decline it with a reason")),
            ]
        ),
        widget=GovRadioInput(),
        validators=[needed(_("Choose what to do."))],
        validate_choice=False,
    )
    comment = text(
        _("Comment for the provider"),
        hint=_("Say kindly what to change and why. They get this by email."),
        limit=2000,
        area=True,
    )
    publish_day = text(
        _("Publish on (if not at once)"),
        hint=_("For example 10/5/2027. Leave empty to publish now."),
        limit=20,
    )
    publish_time = text(
        _("Publish at"), hint=_("For example 10am. Leave empty for the start of the day."), limit=20
    )

    def validate_decision(self, field: Any) -> None:
        if field.data not in ("approve", "return", "decline"):
            raise ValidationError(gettext("Choose what to do."))

    def validate_comment(self, field: Any) -> None:
        if self.decision.data in ("return", "decline") and not field.data:
            raise ValidationError(gettext("Say what to change, so that they can put it right."))

    def validate_publish_day(self, field: Any) -> None:
        if self.decision.data != "approve":
            return
        if field.data and read_day(field.data) is None:
            raise ValidationError(gettext("Type a day, like 10/5/2027."))
        if self.publish_time.data and not field.data:
            raise ValidationError(gettext("Type the day as well as the time."))

    def validate_publish_time(self, field: Any) -> None:
        if self.decision.data == "approve" and field.data and read_time(field.data) is None:
            raise ValidationError(gettext("Type a time, like 10:30am or 2pm."))

    def publish_at(self, zone: ZoneInfo, now: datetime) -> datetime | None:
        """When to publish (aware); None for at once. Only after validation.

        Raises NoSuchTime on its field.
        """
        wanted = read_publication(self.publish_day.data, self.publish_time.data, zone)
        return wanted if wanted and wanted > now else None
