"""Volunteers' turns: one, or a whole roster as it comes out of a spreadsheet."""

import csv
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import ValidationError

from festival.domain import clock
from festival.domain.clock import NoSuchTime
from festival.domain.door import Wanted
from festival.domain.words import fold
from festival.forms.base import Choice, Form, TimeOfDay, in_words, needed, pairs, read_time, text
from festival.forms.office import read_day
from festival.models import ShiftRole, Venue

ROLES = {
    ShiftRole.door: _("Door: lets people in"),
    ShiftRole.lead: _("Venue lead: has the PINs"),
    ShiftRole.floor: _("Floor: shows the way, counts heads"),
}
MOST_LINES = 200
MOST_LETTERS = 20_000
MOST_NAME = 80
PARTS = 6


class ShiftForm(Form):
    """One turn."""

    volunteer = text(
        _("Volunteer"),
        needed(_("Type how the volunteer is called.")),
        hint=_("A first name will do. No address or number is kept."),
        limit=MOST_NAME,
    )
    venue = Choice(_("Venue"), wrong=_("Choose a venue."))
    role = Choice(_("What do they do?"), wrong=_("Choose what they do."))
    day = text(
        _("Day"), needed(_("Type a day, like 5/6/2027.")), hint=_("For example 5/6/2027"), limit=12
    )
    starts = TimeOfDay(_("From"), description=_("For example 9am"))
    ends = TimeOfDay(_("Until"), description=_("For example 5pm"))

    @classmethod
    def of(cls, venues: Sequence[Venue]) -> "ShiftForm":
        form = cls(prefix="one-")
        form.venue.choices = pairs(
            [(venue.slug, venue.name) for venue in venues], _("Choose a venue")
        )
        form.role.choices = pairs(list(ROLES.items()), _("Choose"))
        form.venues = {venue.slug: venue for venue in venues}
        return form

    venues: dict[str, Venue]

    def validate_day(self, _field: object) -> None:
        if self.day.data and read_day(self.day.data) is None:
            raise ValidationError(gettext("Type a day, like 5/6/2027."))

    def validate_ends(self, _field: object) -> None:
        if self.ends.time and self.starts.time and self.ends.time <= self.starts.time:
            raise ValidationError(gettext("The end must be after the start."))

    def wanted(self, zone: ZoneInfo) -> Wanted:
        """What was typed, after validation. Raises NoSuchTime on its field."""
        day = read_day(self.day.data or "")
        assert day is not None
        assert self.starts.time is not None
        assert self.ends.time is not None
        return Wanted(
            self.venues[self.venue.data],
            (self.volunteer.data or "").strip(),
            ShiftRole(self.role.data),
            clock.local_moment(day, self.starts.time, zone, field="starts"),
            clock.local_moment(day, self.ends.time, zone, field="ends"),
        )


class RosterForm(Form):
    """Many turns, one a line; what is wrong is told by line, and then nothing is made."""

    lines = text(
        _("The roster"),
        hint=_(
            "One line for each: venue, day, from, until, what they do, name. "
            "You can copy it from a spreadsheet."
        ),
        limit=MOST_LETTERS,
        area=True,
    )
    seen = HiddenField()

    @classmethod
    def of(cls, venues: Sequence[Venue], zone: ZoneInfo) -> "RosterForm":
        form = cls(prefix="many-")
        form.by_name = {}
        for one in venues:
            form.by_name.setdefault(fold(one.name), []).append(one)
        form.by_slug = {one.slug: one for one in venues}
        form.zone, form.wanted = zone, []
        return form

    by_name: dict[str, list[Venue]]  # two places may have one name
    by_slug: dict[str, Venue]
    zone: ZoneInfo
    wanted: list[Wanted]

    def validate_lines(self, _field: object) -> None:
        wrong = []
        self.wanted = []
        for number, line in enumerate((self.lines.data or "").splitlines(), start=1):
            if not line.strip(" \t,;"):
                continue
            try:
                self.wanted.append(self._read(line))
            except ValueError as error:
                wrong.append(gettext("Line %(number)s: %(why)s", number=number, why=str(error)))
        if len(self.wanted) > MOST_LINES:
            wrong = [
                ngettext(
                    "This is more than %(num)s line. Add them in several goes.",
                    "These are more than %(num)s lines. Add them in several goes.",
                    MOST_LINES,
                )
            ]
        if not self.wanted and not wrong:
            wrong = [gettext("Write at least one line.")]
        if wrong:
            raise ValidationError(" ".join(wrong))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was typed, to be carried by the page that shows what becomes of it."""
        return [(self.lines.name, str(self.lines.data or ""))]

    def _venue(self, typed: str) -> Venue:
        """The venue of this name, or of this short name. Raises ValueError."""
        named = self.by_name.get(fold(typed), [])
        short = self.by_slug.get(typed.lower())
        found = [short] if short else named
        if len(found) > 1:
            slugs = ", ".join(one.slug for one in found)
            raise ValueError(
                gettext(
                    "There are several venues “%(name)s”. Write which: %(slugs)s.",
                    name=typed,
                    slugs=slugs,
                )
            )
        if not found:
            raise ValueError(gettext("We do not know the venue “%(name)s”.", name=typed))
        return found[0]

    def _read(self, line: str) -> Wanted:
        """One line. Raises ValueError with a sentence for who typed it."""
        parts = read_cells(line)
        if len(parts) != PARTS:
            raise ValueError(
                gettext("It needs 6 parts: venue, day, from, until, what they do, name.")
            )
        where, when, begins, ends, what, name = parts
        venue = self._venue(where)
        day, first, last = read_day(when), read_time(begins), read_time(ends)
        if day is None:
            raise ValueError(gettext("“%(text)s” is no day. Type it like 5/6/2027.", text=when))
        if first is None or last is None or last <= first:
            raise ValueError(gettext("The hours are not right. Type them like 9am and 5pm."))
        if not name or len(name) > MOST_NAME:
            raise ValueError(gettext("It needs a name of 80 letters at most."))
        try:
            return Wanted(
                venue,
                name,
                _role(what),
                clock.local_moment(day, first, self.zone),
                clock.local_moment(day, last, self.zone),
            )
        except NoSuchTime as error:
            raise ValueError(in_words(error)) from error


def read_cells(line: str) -> list[str]:
    """The cells of a line, which are parted by its first kind of mark: a tab, else ``;``, else a
    comma. So a venue with a comma in its name comes whole out of a spreadsheet; elsewhere it stands
    in quotation marks. What is too much belongs to the name, which comes last."""
    mark = next((mark for mark in "\t;" if mark in line), ",")
    try:
        cells = next(csv.reader([line], delimiter=mark, skipinitialspace=True, strict=True))
    except csv.Error:  # a quotation mark that is none
        cells = line.split(mark)
    cells = [cell.strip() for cell in cells]
    rest = [cell for cell in cells[PARTS - 1 :] if cell]
    return [*cells[: PARTS - 1], f"{mark} ".join(rest)] if len(cells) >= PARTS else cells


def _role(typed: str) -> ShiftRole:
    try:
        return ShiftRole(typed.lower())
    except ValueError as error:
        raise ValueError(gettext("“%(text)s” is not door, lead or floor.", text=typed)) from error
