"""What a volunteer types at the door."""

import re
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import ValidationError

from festival.forms.base import Form, WholeNumber, needed, text

KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # as uuid4 is written
STALE = _("This page is out of date. Check the ticket again.")


def its_own_key(_form: Any, field: Any) -> None:
    """Refuse what is none of our keys: one is made for every form that is shown."""
    if not KEY.fullmatch(field.data or ""):
        raise ValidationError(str(STALE))


def a_row(form: Any, field: Any) -> None:
    """Refuse what can be no row's number, unless a ticket's code stands in its place."""
    if form.ticket.data:
        return
    typed = field.data or ""
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise ValidationError(str(STALE))


class PinForm(Form):
    """What opens the door on this phone."""

    pin = text(
        _("PIN"),
        needed(_("Type the PIN you were given.")),
        hint=_("4 numbers. The venue lead has them."),
        limit=12,
        inputmode="numeric",
        autocomplete="off",
    )


class CheckForm(Form):
    """What is on a ticket: scanned or typed."""

    code = text(
        _("Ticket code or booking reference"),
        needed(_("Scan a ticket, or type a booking reference.")),
        hint=_("A reference looks like WLF-7K4-92M."),
        limit=3000,
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
    )
    scan_id = HiddenField(validators=[its_own_key])


class AdmitForm(Form):
    """How many of whom: of a reservation, or by the code of a ticket that is in no list."""

    reservation = HiddenField(validators=[a_row])
    ticket = HiddenField()
    scan_id = HiddenField(validators=[its_own_key])
    people = WholeNumber(_("How many are here now?"), least=1, most=255)


class UndoForm(Form):
    """Which admission to take back."""

    target = HiddenField(validators=[its_own_key])
