"""What is kept back of a run's places, and when booking opens and closes."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField
from wtforms.validators import ValidationError

from festival.domain import clock
from festival.domain.clock import NoSuchTime
from festival.domain.occurrences import Share
from festival.forms.base import Form, WholeNumber, read_time, strip, visible
from festival.models import Allocation, AllocationKind, Occurrence

KEPT = (
    AllocationKind.phone,
    AllocationKind.partner,
    AllocationKind.walk_up,
    AllocationKind.access,
)
MOST_DAYS = 400


class Part(StringField):
    """So many places, or a part of all of them: ``3`` or ``10%``; empty is none."""

    data: str | None
    widget = GovTextInput()
    places = percent = 0

    def pre_validate(self, _form: Any) -> None:
        self.data = strip(visible(self.data or "", lines=False))
        if not self.data:
            return
        found = re.fullmatch(r"(\d{1,4})\s*(%?)", self.data)
        if found is None or (found[2] and int(found[1]) > 100):
            raise ValidationError(gettext("Type a number of places, like 3, or a part, like 10%."))
        self.percent = int(found[1]) if found[2] else 0
        self.places = 0 if found[2] else int(found[1])


class Moment(StringField):
    """A day and a time: ``10/05/2027 10am``; empty is none."""

    data: str | None
    widget = GovTextInput()
    moment: datetime | None = None

    def of(self, occurrence: Occurrence) -> None:
        """Read it in the festival's own zone, or say what to type."""
        self.in_zone(occurrence.session.edition.zone)

    def in_zone(self, zone: ZoneInfo) -> None:
        """Read it in this zone, or say what to type."""
        self.data = strip(visible(self.data or "", lines=False))
        self.moment = None
        if not self.data:
            return
        day, _space, hour = self.data.partition(" ")
        found, at = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", day), read_time(hour)
        try:
            if found is None or at is None:
                raise ValueError
            date = datetime(int(found[3]), int(found[2]), int(found[1])).date()  # noqa: DTZ001
            self.moment = clock.local_moment(date, at, zone)
        except (ValueError, NoSuchTime):
            self.errors = [gettext("Type a day and a time, like 10/05/2027 10am.")]


def _days(label: Any) -> WholeNumber:
    return WholeNumber(label, least=0, most=MOST_DAYS, needed=False)


class SharesForm(Form):
    """Shares as numbers or parts, each with the day on which what is left of it is for everybody;
    places that open later; when booking opens and closes."""

    share_phone = Part(_("For the phone line and counters"))
    days_phone = _days(_("Phone line: days before the session when the rest is for everybody"))
    share_partner = Part(_("For partners and groups"))
    days_partner = _days(_("Partners: days before the session when the rest is for everybody"))
    share_walk_up = Part(_("For people who just come"))
    share_access = Part(
        _("Kept for companions and access"),
        description=_("Beside the places, as far as the room allows by law."),
    )
    share_phase = Part(_("Places that open later"))
    days_phase = _days(_("Open so many days before the session"))
    opens_at = Moment(
        _("Booking opens"),
        description=_("Like 10/05/2027 10am. Leave it empty to open with the festival."),
    )
    closes_at = Moment(
        _("Booking closes"), description=_("Leave it empty to close when the session starts.")
    )

    @classmethod
    def of(cls, occurrence: Occurrence) -> "SharesForm":
        """Filled in with how it is now."""
        zone = occurrence.session.edition.zone
        now: dict[str, Any] = {}
        for share in occurrence.allocations:
            if share.kind != AllocationKind.public and share.places:
                now[f"share_{share.kind.value}"] = str(share.places)
                now[f"days_{share.kind.value}"] = _days_before(occurrence, share)
        for name, moment in (
            ("opens_at", occurrence.bookings_open_at),
            ("closes_at", occurrence.bookings_close_at),
        ):
            now[name] = f"{moment.astimezone(zone):%d/%m/%Y %H:%M}" if moment else ""
        return cls(data=now)

    def read_moments(self, occurrence: Occurrence) -> bool:
        """Whether both times can be read; what is wrong stands at its field."""
        for field in (self.opens_at, self.closes_at):
            field.of(occurrence)
        return not (self.opens_at.errors or self.closes_at.errors)

    def shares(self, occurrence: Occurrence) -> list[Share]:
        """What was typed, with the time at which each is released."""
        found = []
        for kind in (*KEPT, AllocationKind.phase):
            part, days = self[f"share_{kind.value}"], self._fields.get(f"days_{kind.value}")
            number = days.number if days is not None else None
            released = None if number is None else occurrence.starts_at - timedelta(days=number)
            if part.places or part.percent:
                found.append(Share(kind, part.places, released, part.percent))
        return found


def _days_before(occurrence: Occurrence, share: Allocation) -> str:
    if share.releases_at is None:
        return ""
    return str((occurrence.starts_at - share.releases_at).days)
