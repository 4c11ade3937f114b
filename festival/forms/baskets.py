"""What a resident types to book: who comes, who books, and that it is right."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from festival.domain import words
from festival.domain.parties import Person, adults_may_come, ages_matter, children_may_come
from festival.forms.base import Form, WholeNumber, needed, text
from festival.forms.door import its_own_key
from festival.forms.emails import better_email, looks_like_email
from festival.models import Attendee, AttendeeKind, FestivalSession


class PartyForm(Form):
    """How many people come. Fields the session has no use for are taken out."""

    adults = WholeNumber(_("How many adults are coming?"), least=0, most=300, empty=0, needed=False)
    children = WholeNumber(
        _("How many children and young people under 18 are coming?"),
        least=0,
        most=300,
        empty=0,
        needed=False,
    )

    @classmethod
    def of(cls, session: FestivalSession) -> "PartyForm":
        form = cls()
        if not children_may_come(session):
            del form.children
        if not adults_may_come(session):
            del form.adults
        return form

    @property
    def first_field(self) -> str:
        """Where a refusal goes whose own field the session has no use for."""
        return "adults" if "adults" in self._fields else "children"

    def number(self, name: str) -> int:
        field = self._fields.get(name)
        return (field.number or 0) if field is not None else 0


class ContactForm(Form):
    name = text(
        _("Your full name"),
        needed(_("Type your name.")),
        limit=100,
        autocomplete="name",
        spellcheck="false",
    )
    email = text(
        _("Email address (if you have one)"),
        looks_like_email,
        hint=_("We send your ticket here, and tell you if anything changes."),
        limit=254,
        type="email",
        autocomplete="email",
        spellcheck="false",
    )
    mobile = text(
        _("Mobile number (if you have one)"),
        hint=_("So that we can call you if the session is cancelled at the last minute."),
        limit=40,
        type="tel",
        autocomplete="tel",
    )
    email_is_right = BooleanField(_("Yes, this email address is right"), widget=GovCheckboxInput())

    def validate_name(self, field: Any) -> None:
        if field.data and not words.fold(field.data):
            raise ValidationError(gettext("Type your name with letters, so that we can find it."))

    def validate_mobile(self, field: Any) -> None:
        digits = re.sub(r"\D", "", field.data or "")
        if field.data and (not 7 <= len(digits) <= 15 or re.search(r"[^\d\s()+.\-]", field.data)):
            raise ValidationError(gettext("Type a phone number, like 07700 900 982."))

    def validate_email(self, field: Any) -> None:
        better = better_email(field.data or "")
        self.asks = better is not None and not field.errors
        if better is not None and not self.email_is_right.data:
            raise ValidationError(
                gettext(
                    "Did you mean %(better)s? Change it, or tick the box below if it is right.",
                    better=better,
                )
            )

    asks = False

    @property
    def answers(self) -> dict[str, Any]:
        """What the basket keeps."""
        return {
            "name": self.name.data or "",
            "email": self.email.data or "",
            "mobile": self.mobile.data or "",
            "email_is_right": bool(self.email_is_right.data),
        }


class PeopleForm(Form):
    """Who is coming: a name for each who wants to give one, an age for each child."""

    session: FestivalSession
    kinds: Sequence[AttendeeKind]

    @classmethod
    def of(
        cls,
        session: FestivalSession,
        people: Sequence[Attendee],
        *,
        booker: str,
        answers: dict[str, Any],
    ) -> "PeopleForm":
        """One field a person; the first adult is whoever books, unless they say otherwise."""
        fields: dict[str, Any] = {}
        adults = children = 0
        for number, one in enumerate(people):
            if one.kind == AttendeeKind.child:
                children += 1
                fields[f"name_{number}"] = text(
                    lazy_gettext("Child %(number)s: first name or initials", number=children),
                    hint=_("You can leave this empty."),
                    limit=100,
                )
                fields[f"age_{number}"] = WholeNumber(
                    lazy_gettext("Child %(number)s: age on the day", number=children),
                    least=0,
                    most=17,
                    needed=ages_matter(session),
                    description=_("In whole years. For a baby under one, type 0."),
                )
            else:
                adults += 1
                fields[f"name_{number}"] = text(
                    lazy_gettext("Adult %(number)s: name", number=adults),
                    hint=_("You can leave this empty."),
                    limit=100,
                )
        made = type("PeopleFormOfParty", (cls,), fields)
        form = made(
            data={"name_0": booker} | answers
            if people and people[0].kind == AttendeeKind.adult
            else answers
        )
        form.kinds = [one.kind for one in people]
        return form

    @property
    def answers(self) -> dict[str, Any]:
        """What the basket keeps."""
        return {"people": self.typed()}

    @property
    def first_age(self) -> str | None:
        """Where a refusal about ages goes."""
        return next((name for name in self._fields if name.startswith("age_")), None)

    @property
    def party(self) -> list[Person]:
        return [
            Person(
                kind,
                self._fields[f"name_{number}"].data or "",
                self._fields[f"age_{number}"].number if f"age_{number}" in self._fields else None,
            )
            for number, kind in enumerate(self.kinds)
        ]


class ConfirmForm(Form):
    """``confirm_key`` makes a second press harmless; ``claims`` are the reservations that the
    page showed, by their UIDs, so that nobody books what another window chose."""

    confirm_key = HiddenField(validators=[its_own_key])
    claims = HiddenField()

    @property
    def shown(self) -> list[str]:
        return (self.claims.data or "").split()
