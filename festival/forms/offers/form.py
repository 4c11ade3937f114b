"""What a provider types to offer a session: all of it; each page of the wizard asks a part."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import ValidationError

from festival.domain import words
from festival.domain.offers import DATES, access_field, numbered
from festival.forms.base import Form, pairs
from festival.forms.offers.choices import (
    CHILDREN,
    FORMATS,
    HELP,
    KNOWN,
    LANGUAGES,
    MODES,
    TOGETHER,
    YES,
)
from festival.forms.offers.fields import (
    NOTHING,
    DayPick,
    Hour,
    Number,
    Pick,
    after_start,
    counted,
    line,
    radios,
    when_sent,
)
from festival.models import Edition, Room, Theme

OF_DATE = ("day", "starts", "ends")
OF_FESTIVAL, LIKE_START, LIKE_END = _("A day of the festival"), _("Like 10:30am"), _("Like midday")
DO_NOT_KNOW = _("I don’t know yet")


class OfferForm(Form):
    """A whole offer. A draft keeps it as typed; sending it in checks all of it."""

    sending = False  # whether what is missing is told
    adds_dates = False  # to a session that has some already, so none is needed
    rows = 1  # how many dates are asked for
    edition: Edition
    kept: Mapping[str, Any]

    version = HiddenField()  # of the draft that the page shows, not part of it
    title = line(
        _("Title"),
        when_sent(_("Give your session a title.")),
        hint=_("Up to 60 characters, so that it fits in print. For example: Mend a sock with Nani"),
        limit=60,
    )
    summary = counted(
        _("In one sentence"),
        when_sent(_("Say in one sentence what happens.")),
        hint=_("This is what people see in the list."),
        limit=150,
        rows=3,
    )
    theme = Pick(_("Theme"), wrong=_("Choose a theme."))
    format = radios(_("How does it happen?"), FORMATS, default="in person")
    description = counted(
        _("What will people do?"),
        when_sent(_("Say what people will do.")),
        hint=_("Short sentences and everyday words. Say if no experience is needed."),
        limit=600,
        rows=9,
    )
    what_to_bring = line(
        _("What should people bring?"), hint=_("Leave empty if they need nothing."), limit=300
    )
    what_next = line(_("What will they be able to do afterwards?"), limit=300)
    room = Pick(
        _("Venue and room"), wrong=_("Choose a room from the list. Call us if yours is not there.")
    )
    meeting_point = line(
        _("Where do they go when they arrive?"),
        hint=_("For example: ask at the front desk."),
        limit=200,
    )
    day = DayPick(_("Day"), wrong=_("Choose a day of the festival."), description=OF_FESTIVAL)
    starts = Hour(_("Start time"), description=LIKE_START)
    ends = Hour(_("End time"), description=LIKE_END, validators=[after_start])
    together = radios(_("If there are several dates"), TOGETHER, default="each")
    setup_minutes = Number(
        _("Minutes to set up"),
        least=0,
        most=600,
        needed=False,
        description=_("Nobody else gets the room meanwhile. Leave empty for what is usual there."),
    )
    cleardown_minutes = Number(
        _("Minutes to clear away"),
        least=0,
        most=600,
        needed=False,
        description=_("Leave empty for what is usual there."),
    )
    age_min = Number(
        _("Youngest age"),
        least=0,
        most=100,
        needed=False,
        description=_("Leave empty if there is none."),
    )
    age_max = Number(
        _("Oldest age"),
        least=0,
        most=120,
        needed=False,
        description=_("Leave empty if there is none."),
    )
    accompaniment = radios(_("Do children need an adult?"), CHILDREN, default="none")
    adults_take_places = radios(
        _("Do adults who come with children take a place?"),
        [("yes", _("Yes")), ("no", _("No"))],
        default="yes",
    )
    children_per_adult = Number(
        _("Most children for each adult"),
        least=1,
        most=50,
        needed=False,
        description=_("Leave empty if it does not matter."),
    )
    delivery_languages = SelectMultipleField(
        _("Which languages is it in?"),
        choices=pairs(LANGUAGES),
        default=["en"],
        widget=GovCheckboxesInput(),
    )
    access_note = counted(
        _("What else should disabled people know?"),
        hint=_(
            "For example how far it is to walk, or how noisy it gets. Say so if you do not know."
        ),
        limit=300,
        rows=4,
    )
    capacity = Number(
        _("How many places are there?"),
        least=1,
        most=100_000,
        description=_("Not more than the room can hold by law."),
    )
    booking_mode = radios(_("Do people book?"), MODES, default="required")
    most_places = Number(
        _("Most places in one booking"),
        least=1,
        most=50,
        needed=False,
        description=_("Leave empty for the festival's usual number."),
    )
    charge = line(
        _("Does anything cost money on the day?"),
        hint=_("Sessions are free. Materials may cost a little, for example 3.00 for materials."),
        limit=120,
    )

    @classmethod
    def of(
        cls,
        edition: Edition,
        rooms: Sequence[Room],
        themes: Sequence[Theme],
        days: Sequence[date],
        kept: Mapping[str, Any],
        **options: Any,
    ) -> "OfferForm":
        """The form for this edition, filled with what a draft has kept."""
        form = _asking(edition)(data=_filled(kept), **options)
        form.edition, form.kept = edition, kept
        form.theme.choices = pairs([(theme.id, theme.name) for theme in themes], DO_NOT_KNOW)
        form.room.choices = pairs([(room.id, said_room(room)) for room in rooms], DO_NOT_KNOW)
        named = pairs([(one.isoformat(), words.day(one)) for one in days], DO_NOT_KNOW)
        for row in range(DATES):
            form.of_row("day", row).choices = named
        filled = [row + 1 for row in range(DATES) if not form.is_empty(row)]
        form.rows = min(DATES, max([1, *filled]))
        return form

    def of_row(self, name: str, row: int) -> Any:
        """The field of this name of one of the dates."""
        return self._fields[numbered(name, row)]

    def is_empty(self, row: int) -> bool:
        """Whether nothing is said of this date."""
        return all(self.of_row(name, row).data in NOTHING for name in OF_DATE)

    def may_lack(self, row: int) -> bool:
        """Whether an empty answer in this date is right."""
        if not self.sending:
            return True
        if not self.is_empty(row):
            return False
        others = any(not self.is_empty(other) for other in range(DATES))
        return row > 0 or others or self.adds_dates

    def find_faults(self, *, sending: bool = False) -> bool:
        """Check what the form holds, typed just now or kept before; whether anything is wrong.
        Missing answers and long words are only wrong where it is being sent in."""
        self.sending = sending
        for name, field in self._fields.items():
            if name not in ("csrf_token", "version"):
                own = getattr(type(self), f"validate_{name}", None)
                field.validate(self, [own] if own else [])
        return any(field.errors for field in self._fields.values())

    def typed(self) -> dict[str, Any]:
        """Every answer as it was typed, to be kept in a draft."""
        return {name: typed for name, typed in super().typed().items() if name != "version"}

    def validate_age_max(self, field: Number) -> None:
        if (
            field.number is not None
            and self.age_min.number is not None
            and field.number < self.age_min.number
        ):
            raise ValidationError(gettext("The oldest age must not be below the youngest."))


def said_room(room: Room) -> str:
    """A room in the list of them."""
    return gettext(
        "%(venue)s: %(room)s (up to %(people)s people)",
        venue=room.venue.name,
        room=room.name,
        people=room.legal_capacity,
    )


def _filled(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was kept, with the help that a list names as answers to its questions."""
    named = kept.get("access") or []
    return {access_field(name): YES for name in named if name in HELP} | dict(kept)


def _asking(edition: Edition) -> type[OfferForm]:
    """The form with what this edition asks besides."""
    if not edition.questions:
        return OfferForm
    return type("OfferForm", (OfferForm,), {key: question(one) for key, one in asked(edition)})


def asked(edition: Edition) -> list[tuple[str, Mapping[str, Any]]]:
    """The edition's own questions, each with the name of its field."""
    return [("answer_" + re.sub(r"\W", "_", one["key"]), one) for one in edition.questions]


def question(one: Mapping[str, Any]) -> Any:
    checks = [when_sent(_("Answer this question."))] if one.get("needed") else []
    return line(one["label"], *checks, hint=one.get("hint", ""), limit=300)


for _name, _label in HELP.items():
    setattr(OfferForm, access_field(_name), radios(_label, KNOWN))
for _row in range(1, DATES):
    setattr(
        OfferForm,
        numbered("day", _row),
        DayPick(
            _("Day"),
            row=_row,
            wrong=_("Choose a day of the festival."),
            description=OF_FESTIVAL,
        ),
    )
    setattr(
        OfferForm,
        numbered("starts", _row),
        Hour(_("Start time"), row=_row, description=LIKE_START),
    )
    setattr(
        OfferForm,
        numbered("ends", _row),
        Hour(_("End time"), row=_row, description=LIKE_END, validators=[after_start]),
    )
