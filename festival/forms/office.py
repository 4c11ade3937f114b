"""What the festival team types."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms.validators import ValidationError

from festival.domain import clock
from festival.forms.base import Choice, Form, TimeOfDay, needed, pairs, read_time, text
from festival.models import Venue

FIRST_YEAR, LAST_YEAR = 1900, 2999


def read_day(typed: str) -> date | None:
    """A day as people here write it: day, month, year; never month first. A year far away is a slip
    of the hand: None, as for what is no day."""
    found = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{2}|\d{4})", typed.strip())
    if found is None:
        return None
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, int(found[2]), int(found[1]))
    except ValueError:
        return None


def read_publication(day: str, hour: str, zone: ZoneInfo) -> datetime | None:
    """When to publish (aware); None for at once.

    Raises ValueError for what is no day or time, NoSuchTime for one that the clocks leave out.
    """
    if not day:
        return None
    on, at = read_day(day), read_time(hour) if hour else time()
    if on is None or at is None:
        raise ValueError
    return clock.local_moment(on, at, zone, field="publish_time")


class DoorPassForm(Form):
    """For which door a pass is, and when."""

    venue = Choice(_("Venue"), wrong=_("Choose a venue."))
    label = text(_("Which door?"), hint=_("For example Front. You can leave this empty."), limit=60)
    day = text(
        _("Day"), needed(_("Type a day, like 5/6/2027.")), hint=_("For example 5/6/2027"), limit=12
    )
    starts = TimeOfDay(_("From"), description=_("For example 9am"))
    ends = TimeOfDay(_("Until"), description=_("For example 5pm"))

    @classmethod
    def of(cls, venues: Sequence[Venue]) -> "DoorPassForm":
        form = cls()
        form.venue.choices = pairs(
            [(venue.slug, venue.name) for venue in venues], _("Choose a venue")
        )
        return form

    def validate_day(self, _field: object) -> None:
        if self.day.data and read_day(self.day.data) is None:
            raise ValidationError(gettext("Type a day, like 5/6/2027."))

    def validate_ends(self, _field: object) -> None:
        if self.ends.time and self.starts.time and self.ends.time <= self.starts.time:
            raise ValidationError(gettext("The end must be after the start."))

    def hours(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From and until (aware); only after validation. Raises NoSuchTime on its field."""
        day = read_day(self.day.data or "")
        assert day is not None
        assert self.starts.time is not None
        assert self.ends.time is not None
        return (
            clock.local_moment(day, self.starts.time, zone, field="starts"),
            clock.local_moment(day, self.ends.time, zone, field="ends"),
        )
