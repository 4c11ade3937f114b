"""Where an online session meets."""

from flask_babel import lazy_gettext as _

from festival.domain.joining import LONGEST
from festival.forms.base import Form, text
from festival.models import Occurrence


class JoiningForm(Form):
    joining_url = text(
        _("Address of the online meeting"),
        hint=_(
            "Copy it from your meeting. It begins with https://. Only people who have a place are "
            "let through to it, from the day before."
        ),
        limit=LONGEST,
        type="url",
        autocomplete="off",
        spellcheck="false",
        dir="ltr",
    )

    @classmethod
    def of(cls, occurrence: Occurrence) -> "JoiningForm":
        return cls(data={"joining_url": occurrence.joining_url})
