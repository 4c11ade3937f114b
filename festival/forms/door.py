"""What a volunteer types at the door."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from festival.forms.base import Form, WholeNumber, needed, text


class PinForm(Form):
    pin = text(
        _("PIN"),
        needed(_("Type the PIN you were given.")),
        hint=_("4 numbers. The venue lead has them."),
        limit=12,
        inputmode="numeric",
        autocomplete="off",
    )


class CheckForm(Form):
    code = text(
        _("Ticket code or booking reference"),
        needed(_("Scan a ticket, or type a booking reference.")),
        hint=_("A reference looks like WLF-7K4-92M."),
        limit=3000,
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
        autofocus=True,
    )
    scan_id = HiddenField()


class AdmitForm(Form):
    reservation = HiddenField()
    scan_id = HiddenField()
    people = WholeNumber(_("How many are here now?"), least=1, most=255)


class UndoForm(Form):
    target = HiddenField()
    scan_id = HiddenField()
