"""That it is right; and what to do about the lines that cannot be had."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import HiddenField, RadioField, SelectChoice

from festival.domain.bookings import Instead, NotAllHad
from festival.domain.capacity import NoPlacesLeft, RoomFull
from festival.domain.errors import DomainError
from festival.forms.base import Form, in_words
from festival.forms.door import its_own_key

FULL = (NoPlacesLeft, RoomFull)
WAIT = SelectChoice("wait", _("Put us on the waiting list"))
LEAVE = SelectChoice("leave", _("Leave this one out"))


class ConfirmForm(Form):
    """``confirm_key`` makes a second press harmless; ``claims`` are the lines that the page
    showed, by their UIDs, so that nobody books what another window chose."""

    confirm_key = HiddenField(validators=[its_own_key])
    claims = HiddenField()

    problems: Mapping[str, DomainError]

    @classmethod
    def of(cls, lines: int) -> "ConfirmForm":
        """With a choice for each of so many lines, which is asked only where it has a problem."""
        fields = {
            f"instead_{place}": RadioField(
                _("What shall we do?"),
                choices=[WAIT, LEAVE],
                validate_choice=False,
                widget=GovRadioInput(),
            )
            for place in range(lines)
        }
        form = type("ConfirmFormOfLines", (cls,), fields)()
        form.problems = {}
        return form

    @property
    def shown(self) -> list[str]:
        return (self.claims.data or "").split()

    @property
    def instead(self) -> dict[str, Instead]:
        """What was chosen, by the lines' UIDs."""
        chosen: dict[str, Instead] = {}
        for place, uid in enumerate(self.shown):
            field = self._fields.get(f"instead_{place}")
            if field is not None and field.data in ("wait", "leave"):
                chosen[uid] = field.data
        return chosen

    def show(self, key: str, uids: Sequence[str]) -> None:
        """Make the hidden fields anew, of what the page shows."""
        self.confirm_key.data, self.claims.data = key, " ".join(uids)

    def refuse(self, error: DomainError, otherwise: str | None = None) -> None:
        """Each line's problem goes to its choice; there is a waiting list only for places."""
        if not isinstance(error, NotAllHad):
            super().refuse(error, otherwise)
            return
        self.refused, self.refusal = True, error
        self.problems = {str(uid): problem for uid, problem in error.problems.items()}
        for place, uid in enumerate(self.shown):
            field: Any = self._fields.get(f"instead_{place}")
            if uid in self.problems and field is not None:
                field.errors = [in_words(self.problems[uid])]
                field.choices = [WAIT, LEAVE] if self.may_wait(uid) else [LEAVE]

    def may_wait(self, uid: str) -> bool:
        """Whether only places are wanting for this line."""
        return isinstance(self.problems.get(uid), FULL)
