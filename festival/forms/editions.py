"""What the team types about a festival: its days, its call, its booking, its help line."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovTextInput
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import ValidationError

from festival.domain import editions
from festival.domain.questions import MOST_HINT, MOST_LABEL
from festival.forms.base import Form, WholeNumber, needed, strip, text, visible
from festival.forms.emails import looks_like_email
from festival.forms.office import read_day
from festival.forms.shares import MOST_DAYS, Moment, Part
from festival.models import Edition

ZONE = "Europe/London"


class Day(StringField):
    """A day as people here write it; ``day`` is what it means."""

    data: str | None
    widget = GovTextInput()
    day: date | None = None

    def pre_validate(self, _form: Any) -> None:
        self.data = strip(visible(self.data or "", lines=False))
        self.day = read_day(self.data)
        if self.day is None:
            raise ValidationError(gettext("Type a day, like 5/6/2027."))


class EditionForm(Form):
    """One part of what is said of a festival. ``seen`` is the state it was typed upon."""

    seen = HiddenField()

    @classmethod
    def of(cls, edition: Edition) -> "EditionForm":
        """Filled in with how it is now."""
        return cls(data=cls.told(edition) | {"seen": editions.stamp(edition)})

    @classmethod
    def told(cls, edition: Edition) -> dict[str, Any]:
        """What stands in the fields before anybody has typed."""
        raise NotImplementedError

    def facts(self) -> dict[str, Any]:
        """What was typed; only after ``read``."""
        raise NotImplementedError

    def read(self, _zone: ZoneInfo) -> bool:
        """Whether all of it can be read, in this zone; what is wrong stands at its field."""
        return self.validate_on_submit()


def _moment(label: Any, hint: Any) -> Moment:
    return Moment(label, description=hint)


class MomentsForm(EditionForm):
    """A part that has days with a time."""

    moments: tuple[str, ...] = ()

    def read(self, zone: ZoneInfo) -> bool:
        valid = self.validate_on_submit()
        for name in self.moments:
            self[name].in_zone(zone)
        return valid and not any(self[name].errors for name in self.moments)

    @classmethod
    def told(cls, edition: Edition) -> dict[str, Any]:
        return {name: told_moment(getattr(edition, name), edition.zone) for name in cls.moments}

    def facts(self) -> dict[str, Any]:
        return {name: self[name].moment for name in self.moments}


def told_moment(moment: datetime | None, zone: ZoneInfo) -> str:
    """The moment as it is typed: ``10/05/2027 10:00``."""
    return f"{moment.astimezone(zone):%d/%m/%Y %H:%M}" if moment else ""


class DatesForm(EditionForm):
    """What it is called, and when it is."""

    name = text(
        _("Name"),
        needed(_("Type the name of the festival.")),
        hint=_("For example Wolverhampton Learning Festival 2028"),
        limit=120,
    )
    city = text(_("City"), needed(_("Type the name of the city.")), limit=80)
    starts_on = Day(_("First day"), description=_("For example 5/6/2028"))
    ends_on = Day(_("Last day"), description=_("For example 20/6/2028"))
    time_zone = text(
        _("Time zone"),
        hint=_("Europe/London for the United Kingdom"),
        limit=60,
    )

    def validate_time_zone(self, field: Any) -> None:
        field.data = field.data or ZONE
        if field.data not in available_timezones():
            raise ValidationError(gettext("Type a time zone, like Europe/London."))

    @classmethod
    def told(cls, edition: Edition) -> dict[str, Any]:
        days = {name: f"{getattr(edition, name):%d/%m/%Y}" for name in ("starts_on", "ends_on")}
        plain = ("name", "city", "time_zone")
        return days | {name: getattr(edition, name) for name in plain}

    def facts(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "city": self.city.data,
            "time_zone": self.time_zone.data,
            "starts_on": self.starts_on.day,
            "ends_on": self.ends_on.day,
        }


class NewEditionForm(DatesForm):
    """A festival to begin; the rest is taken over from the last one."""

    reference_prefix = text(
        _("Letters before booking numbers"),
        hint=_("2 to 4 letters, such as WLF in WLF-7K4-92M. They cannot be changed later."),
        limit=4,
    )
    code_prefix = text(
        _("Letter before session numbers"),
        hint=_("1 or 2 letters, such as E in E41. It cannot be changed later."),
        limit=2,
    )

    @classmethod
    def after(cls, last: Edition | None) -> "NewEditionForm":
        """Filled in with what stays from the last one."""
        if last is None:
            kept = {"time_zone": ZONE, "reference_prefix": "WLF", "code_prefix": "E"}
        else:
            names = ("city", "time_zone", "reference_prefix", "code_prefix")
            kept = {name: getattr(last, name) for name in names}
        return cls(data=kept)

    def validate_reference_prefix(self, field: Any) -> None:
        field.data = (field.data or "").upper()
        if not re.fullmatch("[A-Z]{2,4}", field.data):
            raise ValidationError(gettext("Type 2 to 4 letters, like WLF."))

    def validate_code_prefix(self, field: Any) -> None:
        field.data = (field.data or "").upper()
        if not re.fullmatch("[A-Z]{1,2}", field.data):
            raise ValidationError(gettext("Type 1 or 2 letters, like E."))

    def facts(self) -> dict[str, Any]:
        prefixes = ("reference_prefix", "code_prefix")
        return super().facts() | {name: self[name].data for name in prefixes}


class CallForm(MomentsForm):
    """When sessions can be sent in, and how many."""

    moments = ("submissions_open_at", "submissions_close_at")

    submissions_open_at = _moment(
        _("The call opens"), _("Like 11/01/2028 9am. Leave it empty to open at once.")
    )
    submissions_close_at = _moment(
        _("The call closes"),
        _("Like 12/03/2028 11:59pm. After it only the festival team lets a session in."),
    )
    most_sessions = WholeNumber(
        _("How many sessions can one organisation send in?"),
        least=1,
        most=500,
        needed=False,
        description=_("Leave it empty if they can send in as many as they like."),
    )
    small_edits_at_once = BooleanField(
        _("Small changes of words, such as typing mistakes, show at once"),
        description=_("Others wait until the team has looked at them."),
        widget=GovCheckboxInput(),
    )

    @classmethod
    def told(cls, edition: Edition) -> dict[str, Any]:
        return super().told(edition) | {
            "most_sessions": str(edition.most_sessions or ""),
            "small_edits_at_once": edition.small_edits_at_once,
        }

    def facts(self) -> dict[str, Any]:
        return super().facts() | {
            "most_sessions": self.most_sessions.number,
            "small_edits_at_once": self.small_edits_at_once.data,
        }


KEPT = ("phone", "partner", "walk_up")


def _days(label: Any) -> WholeNumber:
    return WholeNumber(label, least=0, most=MOST_DAYS, needed=False)


class BookingForm(MomentsForm):
    """When booking opens, and what holds for sessions that say nothing of their own."""

    moments = ("bookings_open_at",)

    bookings_open_at = _moment(
        _("Booking opens"),
        _("Like 10/05/2028 10am, on the web and on the phone at the same minute."),
    )
    most_places = WholeNumber(
        _("Most places in one booking"),
        least=1,
        most=50,
        description=_("A group, such as a school class, can have more."),
    )
    most_in_group = WholeNumber(_("Most places for a group"), least=1, most=200)
    access_reserve = WholeNumber(
        _("Places kept for companions and access"),
        least=0,
        most=20,
        description=_("Beside the places, as far as the room allows by law."),
    )
    share_phone = Part(_("Kept for the phone line and counters"))
    days_phone = _days(_("Phone line: days before the session when the rest is for everybody"))
    share_partner = Part(_("Kept for partners and groups"))
    days_partner = _days(_("Partners: days before the session when the rest is for everybody"))
    share_walk_up = Part(_("Kept for people who just come"))

    def validate_most_in_group(self, field: Any) -> None:
        least, typed = self.most_places.number, field.number
        if least is not None and typed is not None and typed < least:
            raise ValidationError(gettext("A group cannot have fewer places than one booking."))

    @classmethod
    def told(cls, edition: Edition) -> dict[str, Any]:
        numbers = ("most_places", "most_in_group", "access_reserve")
        found = super().told(edition) | {name: str(getattr(edition, name)) for name in numbers}
        for share in edition.default_shares:
            percent, days = share.get("percent"), share.get("released_days_before")
            part = f"{percent}%" if percent else str(share.get("places", 0))
            found[f"share_{share['kind']}"] = part
            found[f"days_{share['kind']}"] = "" if days is None else str(days)
        return found

    def facts(self) -> dict[str, Any]:
        numbers = ("most_places", "most_in_group", "access_reserve")
        found = super().facts() | {name: self[name].number for name in numbers}
        shares = (self._share(kind) for kind in KEPT)
        return found | {"default_shares": [share for share in shares if share]}

    def _share(self, kind: str) -> dict[str, Any]:
        part, days = self[f"share_{kind}"], self._fields.get(f"days_{kind}")
        if not (part.places or part.percent):
            return {}
        told: dict[str, Any] = {"kind": kind}
        told |= {"percent": part.percent} if part.percent else {"places": part.places}
        number = days.number if days is not None else None
        return told if number is None else told | {"released_days_before": number}


class HelpForm(EditionForm):
    """Whom people can ask."""

    help_phone = text(_("Phone number"), hint=_("It stands on every page."), limit=40, type="tel")
    help_hours = text(
        _("When does somebody answer?"),
        hint=_("For example Monday to Friday, 9am to 5pm"),
        limit=120,
    )
    help_email = text(
        _("Email address"),
        looks_like_email,
        hint=_("Answers to our messages go here."),
        limit=254,
        type="email",
        spellcheck="false",
    )

    def validate_help_phone(self, field: Any) -> None:
        if sum(letter.isdigit() for letter in field.data or "") < 3:
            raise ValidationError(
                gettext("Type a phone number. Some people cannot book in any other way.")
            )

    @classmethod
    def told(cls, edition: Edition) -> dict[str, Any]:
        return {name: getattr(edition, name) for name in HELP}

    def facts(self) -> dict[str, Any]:
        return {name: self[name].data for name in HELP}


HELP = ("help_phone", "help_hours", "help_email")
PARTS: Mapping[str, type[EditionForm]] = {
    "dates": DatesForm,
    "call": CallForm,
    "booking": BookingForm,
    "help": HelpForm,
}


class QuestionForm(Form):
    """One question that every offer is asked."""

    label = text(
        _("Question"),
        needed(_("Type the question.")),
        hint=_("For example: Do you need a projector?"),
        limit=MOST_LABEL,
    )
    hint = text(
        _("A hint"),
        hint=_("A few words that help to answer it. You can leave this empty."),
        limit=MOST_HINT,
    )
    needed = BooleanField(
        _("They must answer it before they send the session in"), widget=GovCheckboxInput()
    )

    def facts(self) -> dict[str, Any]:
        """What was typed; only after validation."""
        return {"label": self.label.data, "hint": self.hint.data, "needed": self.needed.data}
