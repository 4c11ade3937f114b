"""Whom the team asks to offer sessions: a list as it comes out of a spreadsheet."""

import csv
import re
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from festival.domain.call import Wanted
from festival.forms.base import Form, text
from festival.forms.emails import can_be_written_to

MOST_LINES = 300
MOST_LETTERS = 30_000
MOST_NAME = 120
MOST_ORGANISATION = 160
PART = re.compile(r"[\t;,]")


class AskForm(Form):
    """The list, one organisation a line, and what the page has shown."""

    lines = text(
        _("Whom do you want to ask?"),
        hint=_(
            "One line for each: name of the organisation, email address, name of the person. "
            "You can copy it from a spreadsheet."
        ),
        limit=MOST_LETTERS,
        area=True,
    )
    earlier = BooleanField(_("Everybody who had something at an earlier festival"))
    seen = HiddenField()

    @classmethod
    def of(cls) -> "AskForm":
        form = cls()
        form.earlier.widget = GovCheckboxInput()
        return form

    wanted: list[Wanted]

    def validate_lines(self, field: Any) -> None:
        self.wanted, wrong = [], []
        typed = (field.data or "").splitlines()
        for number, line in enumerate(typed, start=1):
            if not line.strip(" \t,;"):
                continue
            try:
                self.wanted.append(read_line(number, line))
            except ValueError as error:
                wrong.append(str(error))
        if len(self.wanted) > MOST_LINES:
            wrong = [
                ngettext(
                    "This is more than %(num)s line. Ask in several goes.",
                    "These are more than %(num)s lines. Ask in several goes.",
                    MOST_LINES,
                )
            ]
        if not self.wanted and not wrong and not self.earlier.data:
            wrong = [gettext("Write at least one line.")]
        if wrong:
            raise ValidationError(" ".join(wrong))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was typed, to be carried by the page that shows who is asked."""
        kept = [("lines", str(self.lines.data or ""))]
        return [*kept, ("earlier", "y")] if self.earlier.data else kept


def _cells(line: str) -> list[str]:
    """The cells of a line; what stands in quotation marks is one, commas and all."""
    if '"' not in line:
        return PART.split(line)
    between = next((mark for mark in "\t;," if mark in line), ",")
    return next(csv.reader([line], delimiter=between, skipinitialspace=True))


def read_line(number: int, line: str) -> Wanted:
    """One line: an address, and before or after it the organisation, then the person.

    Raises ValueError with a sentence for who typed it.
    """
    parts = [part.strip() for part in _cells(line)]
    parts = [part for part in parts if part]
    addresses = [part for part in parts if "@" in part]
    if not addresses:
        raise ValueError(gettext("Line %(number)s has no email address.", number=number))
    if len(addresses) > 1:
        raise ValueError(gettext("Line %(number)s has two email addresses.", number=number))
    email = addresses[0]
    if not can_be_written_to(email):
        raise ValueError(
            gettext("Line %(number)s: %(email)s is not right.", number=number, email=email)
        )
    words = [part for part in parts if part != email]
    organisation, name = (words[0] if words else ""), " ".join(words[1:])
    if len(organisation) > MOST_ORGANISATION or len(name) > MOST_NAME:
        raise ValueError(gettext("Line %(number)s has a name that is too long.", number=number))
    return Wanted(number, organisation, email, name)
