"""What a reviewer answers to an offer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import ValidationError

from festival.domain.review import WHOLE, Start
from festival.forms.base import (
    Choice,
    Form,
    needed,
    pairs,
    read_time,
    text,
)
from festival.forms.office import read_day, read_publication

ALL_OF_IT = "whole"  # in a list, where an empty value stands for no choice


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
    start = SelectField(
        _("Start with kind words"), widget=GovSelect(), validate_choice=False, default=""
    )
    reason = text(
        _("Why does it change?"),
        hint=_("Everybody who has booked reads this. Say it in a sentence or two."),
        limit=300,
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

    @classmethod
    def of(cls, starts: Mapping[str, Start], version: str | None = None) -> "ReviewForm":
        """The form, with kind words to start from; filled with what was typed, if anything was."""
        form = cls(**({} if version is None else {"version": version}))
        names = [(name, str(gettext(one.name))) for name, one in starts.items()]
        form.start.choices = pairs(names, _("Choose an answer"))
        return form

    def insert(self, starts: Mapping[str, Start]) -> None:
        """Put the chosen words after what was typed, which stays; choose the answer they go with
        where none was chosen."""
        chosen = starts.get(self.start.data or "")
        if chosen is None:
            self.start.errors = [gettext("Choose an answer from the list.")]
            return
        typed = (self.comment.data or "").rstrip()
        words = str(gettext(chosen.words))
        self.comment.data = f"{typed}\n\n{words}" if typed else words
        self.decision.data = self.decision.data or chosen.answer
        self.start.data = ""

    def validate_decision(self, field: Any) -> None:
        if field.data not in ("approve", "return", "decline"):
            raise ValidationError(gettext("Choose what to do."))

    def validate_comment(self, field: Any) -> None:
        if self.decision.data == "decline" and not field.data:
            raise ValidationError(gettext("Say why, so that they understand your answer."))

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


class CommentForm(Form):
    """What a reviewer says to one part of an offer."""

    field = Choice(_("What do you write about?"), wrong=_("Choose what you write about."))
    words = text(
        _("Your comment"),
        needed(_("Type your comment.")),
        hint=_("They read it when you return the offer. Say kindly what to change."),
        limit=1000,
        area=True,
    )

    @classmethod
    def of(cls, fields: Sequence[tuple[str, str]], chosen: str = WHOLE) -> "CommentForm":
        """The form for these parts (name, words); an offer as a whole is one of them."""
        form = cls(prefix="comment", data={"field": chosen or ALL_OF_IT})
        form.field.choices = pairs([(name or ALL_OF_IT, words) for name, words in fields])
        return form

    @property
    def about(self) -> str:
        """The part, as the domain calls it."""
        return WHOLE if self.field.data == ALL_OF_IT else self.field.data or WHOLE


class LateForm(Form):
    """Which draft may come after the closing day, and why."""

    code = text(
        _("Session code"), needed(_("Type the code, like E16.")), hint=_("For example E16"), limit=8
    )
    reason = text(
        _("Why may it come late?"),
        needed(_("Say why. It is kept in the audit log.")),
        hint=_("Do not write about people's health or family."),
        limit=300,
    )
