"""What is typed to tell everybody who has booked something."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from festival.domain import words
from festival.domain.announcements import MOST_LETTERS, MOST_MINUTES, TEMPLATES, NotToSend, Words
from festival.forms.base import Choice, Form, TimeOfDay, WholeNumber, needed, pairs, text
from festival.forms.door import its_own_key
from festival.models import Venue

EVERYWHERE = "all"


def own_words(label: Any, hint: Any) -> Any:
    """Words of one's own, for everybody who booked."""
    return text(label, hint=hint, limit=MOST_LETTERS, area=True)


class AnnounceForm(Form):
    """What to say, the key that makes a second press harmless, and what the page has shown."""

    template = RadioField(
        _("What do you want to say?"), widget=GovRadioInput(), validate_choice=False
    )
    minutes = WholeNumber(
        _("How many minutes late?"),
        least=1,
        most=MOST_MINUTES,
        needed=False,
        description=_("Only where you start late. For example 15"),
    )
    words = own_words(
        _("Your own words"),
        _("Only about what they have booked. With a template you can leave this out."),
    )
    key = HiddenField(validators=[its_own_key])
    seen = HiddenField()
    NAMES: Sequence[str] = ("template", "minutes", "words", "key")

    def offer(self) -> None:
        """The templates to choose from, in the reader's language."""
        labels = [(name, gettext(one.label)) for name, one in TEMPLATES.items()]
        self.template.choices = pairs(labels)

    @property
    def said(self) -> Words:
        return Words(self.template.data or "", self.minutes.number, self.words.data or "")

    def is_sayable(self) -> bool:
        """Whether it can be said; else the field says what is missing."""
        if not self.validate_on_submit():
            return False
        try:
            self.said.check()
        except NotToSend as error:
            self.refuse(error)
        return not self.refused

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was typed, to be carried by the page that shows who is told."""
        return [(name, str(self._fields[name].data or "")) for name in self.NAMES]


class BroadcastForm(AnnounceForm):
    """What the team says to everybody of a day."""

    venue = Choice(_("Where?"), wrong=_("Choose a venue from the list."))
    day = Choice(_("Day"), wrong=_("Choose a day of the festival."))
    first = TimeOfDay(
        _("Only what starts from (you can leave this out)"),
        needed=False,
        description=_("For example 10:30am or 2pm"),
    )
    last = TimeOfDay(
        _("Only what starts before (you can leave this out)"),
        needed=False,
        description=_("For example 12:30pm or 4pm"),
    )
    NAMES = ("venue", "day", "first", "last", *AnnounceForm.NAMES)

    def offer_days(self, venues: Sequence[Venue], days: Sequence[date], today: date) -> None:
        """The venues and days to choose from."""
        self.offer()
        places = [(EVERYWHERE, gettext("The whole festival")), *((v.id, v.name) for v in venues)]
        self.venue.choices = pairs(places, _("Choose a venue"))
        all_days = sorted({*days, today})
        self.day.choices = pairs([(one.isoformat(), words.day(one)) for one in all_days])
        if not self.is_submitted():
            self.day.data = today.isoformat()

    def validate_last(self, field: TimeOfDay) -> None:
        if field.time and self.first.time and field.time <= self.first.time:
            raise ValidationError(gettext("The second time must be after the first."))


class ApproveForm(Form):
    """The words as they go out, and as they were when the page was shown."""

    words = own_words(_("Words of their own"), _("Put right what must be put right."))
    seen = HiddenField()


class DeclineForm(Form):
    """Why it is not sent."""

    comment = text(
        _("Why do you not send it?"),
        needed(_("Say why, so that they can write it anew.")),
        hint=_("Who wrote it reads this by email."),
        limit=300,
        area=True,
    )
