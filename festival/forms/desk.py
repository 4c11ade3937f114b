"""What the festival team types to book for somebody, to find a booking, and about a run."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovCheckboxInput, GovRadioInput
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.validators import ValidationError

from festival.domain.bookings import Asked, Contact
from festival.domain.errors import DomainError
from festival.domain.parties import Person
from festival.forms.access import ADJUSTMENTS
from festival.forms.base import Form, WholeNumber, in_words, needed, pairs, text
from festival.forms.baskets.contact import ReachForm
from festival.forms.door import KEY
from festival.forms.emails import looks_like_email
from festival.models import AttendeeKind, Channel, Occurrence

MOST_LINES = 10
MOST_PEOPLE = 255
CHANNELS = (
    (Channel.phone, _("On the phone")),
    (Channel.counter, _("At our counter")),
    (Channel.partner, _("A partner asked for them")),
    (Channel.door, _("At the door")),
)
LINE_FIELDS = ("code", "run", "adults", "ages", "companions", "unnamed", "wait", "answer")
Runs = Sequence[tuple[int, str]]  # the dates of one session, in words


class BookForm(ReachForm):
    """Somebody's booking, as one of the team takes it down: one line a session. Made by ``of``."""

    lines = HiddenField()
    key = HiddenField()  # makes a second press harmless
    name = text(
        _("Full name of the person who wants to come"),
        needed(_("Type their name.")),
        limit=100,
        autocomplete="off",
        spellcheck="false",
    )
    mobile = text(
        _("Phone number (if they have one)"),
        hint=_("Mobile or landline. We call them if anything changes."),
        limit=40,
        type="tel",
        autocomplete="off",
    )
    email = text(
        _("Email address (if they have one)"),
        looks_like_email,
        hint=_("We send their ticket here, and tell them if anything changes."),
        limit=254,
        type="email",
        autocomplete="off",
        spellcheck="false",
    )
    channel = RadioField(
        _("How do they ask for it?"),
        choices=pairs(CHANNELS),
        default=Channel.phone.value,
        widget=GovRadioInput(),
        validate_choice=False,
    )
    proxy_name = text(
        _("Name of the helper, if somebody else asks for them"),
        hint=_("The person who wants to come must have agreed."),
        limit=100,
        autocomplete="off",
    )
    access_place = BooleanField(_("Use a place that is kept for access"), widget=GovCheckboxInput())
    adjustments = SelectMultipleField(
        _("What would help them?"),
        widget=GovCheckboxesInput(),
        choices=pairs(list(ADJUSTMENTS.items())),
    )
    note = text(
        _("Anything else that would help them?"),
        hint=_("What we should do. Do not write down an illness."),
        limit=1000,
        area=True,
    )
    consent = BooleanField(
        _(
            "They agree that we keep this. The people who run the session and our access lead see "
            "it. We delete it 30 days after."
        ),
        widget=GovCheckboxInput(),
    )
    count = 1
    runs: Mapping[int, Runs | None]

    @classmethod
    def of(cls, count: int, *, may_use_reserve: bool = False, code: str = "") -> "BookForm":
        """A form with so many lines."""
        fields: dict[str, Any] = {}
        for number in range(count):
            fields |= _line_fields(number)
        made = type("BookFormOfLines", (cls,), fields)
        form: BookForm = made(data={"key": str(uuid.uuid4()), "code_0": code})
        form.count = count
        form.lines.data = str(count)
        form.runs = {}
        if not may_use_reserve:
            del form.access_place
        first = {name for number in range(count) for name in _names(number)}
        ordered = sorted(form._fields, key=lambda name: name not in first)
        form._fields = {name: form._fields[name] for name in ordered}
        return form

    @property
    def tells_of_help(self) -> bool:
        """Whether something is said, or wrong, in the part that is folded away."""
        names = {"adjustments", "note", "consent", "access_place"} & set(self._fields)
        return any(self._fields[name].data or self._fields[name].errors for name in names)

    def line(self, number: int) -> dict[str, Any]:
        """The fields of one line, by their names without its number."""
        return {name: self._fields[f"{name}_{number}"] for name in LINE_FIELDS}

    def set_runs(self, runs: Mapping[int, Runs | None]) -> None:
        """The dates each line can choose from; None where there is no session of its code."""
        self.runs = runs
        for number in range(self.count):
            field, dates = self._fields[f"run_{number}"], runs.get(number) or []
            field.choices = pairs(dates)
            known = {str(value) for value, _words in dates}
            if field.data not in known:
                field.data = next(iter(known)) if len(known) == 1 else None

    def validate(self, extra_validators: Any = None) -> bool:
        right = super().validate(extra_validators)
        for number in range(self.count):
            self._check_line(number)
        return right and not self.errors

    def _check_line(self, number: int) -> None:
        fields, dates = self.line(number), self.runs.get(number)
        typed = (fields["code"].data or "").strip()
        if typed and dates is None:
            self._add(fields["code"], gettext("There is no session with this code. Check it."))
        elif typed and not dates:
            sentence = gettext("This session has no dates that can be booked any more.")
            self._add(fields["code"], sentence)
        elif typed and not fields["run"].data:
            self._add(fields["run"], gettext("Choose a date."))

    def _add(self, field: Any, sentence: str) -> None:
        field.errors = [*field.errors, sentence]

    def validate_channel(self, field: Any) -> None:
        if field.data not in {channel.value for channel, _words in CHANNELS}:
            raise ValidationError(gettext("Choose how they ask for it."))

    def validate_key(self, field: Any) -> None:
        if not KEY.fullmatch(field.data or ""):
            field.data = str(uuid.uuid4())
            raise ValidationError(gettext("This page is out of date. Look at it, then go on."))

    def validate_consent(self, field: Any) -> None:
        if (self.adjustments.data or self.note.data) and not field.data:
            raise ValidationError(
                gettext("Ask if they agree, and tick this. If not, empty what you wrote above.")
            )

    def refuse_line(self, number: int, problem: DomainError) -> None:
        """Put what is wrong with a line on the field it belongs to."""
        self.refused = True
        fields, wanted = self.line(number), problem.field or ""
        names = {"children": "ages", "capacity": "adults", "least": "wait"}
        name = "ages" if wanted.startswith("age_") else names.get(wanted, wanted)
        if problem.reason in ("no_places_left", "room_full"):
            self._add(fields["run"], in_words(problem))
            if not fields["wait"].data:
                self._add(fields["wait"], gettext("Tick this if they want to wait for places."))
            return
        self._add(fields.get(name, fields["run"]), in_words(problem))

    def party(self, number: int) -> list[Person]:
        """Who comes to this line's session; only after validation."""
        fields = self.line(number)
        ages = [int(age) for age in read_ages(fields["ages"].data or "") or []]
        adults = [Person(AttendeeKind.adult)] * (fields["adults"].number or 0)
        if adults and not fields["unnamed"].number:
            adults[0] = Person(AttendeeKind.adult, name=self.name.data or "")
        return [
            *adults,
            *[Person(AttendeeKind.child, age=age) for age in ages],
            *[Person(AttendeeKind.companion)] * (fields["companions"].number or 0),
            *[Person(AttendeeKind.unnamed)] * (fields["unnamed"].number or 0),
        ]

    @property
    def contact(self) -> Contact:
        return Contact(self.name.data or "", self.email.data or "", self.mobile.data or "")

    @property
    def asked(self) -> Asked:
        return Asked(
            adjustments=tuple(self.adjustments.data or ()),
            note=self.note.data or "",
            consent=bool(self.consent.data),
        )

    @property
    def asked_in_words(self) -> str:
        chosen = [str(ADJUSTMENTS[one]) for one in self.adjustments.data or ()]
        return ". ".join([*chosen, *([self.note.data] if self.note.data else [])])

    @property
    def uses_reserve(self) -> bool:
        return "access_place" in self._fields and bool(self.access_place.data)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Everything that was typed, to be carried by a page that only shows it."""
        found = [("key", self.key.data or ""), ("lines", str(self.count))]
        for name, field in self._fields.items():
            if name in ("csrf_token", "key", "lines") or not field.data:
                continue
            values = field.data if isinstance(field.data, list) else [field.data]
            found += [(name, "y" if one is True else str(one)) for one in values]
        return found


def _names(number: int) -> list[str]:
    return [f"{name}_{number}" for name in LINE_FIELDS]


def _line_fields(number: int) -> dict[str, Any]:
    def count_of(label: Any, hint: Any) -> WholeNumber:
        return WholeNumber(
            label, least=0, most=MOST_PEOPLE, empty=0, needed=False, description=hint
        )

    fields: dict[str, Any] = {
        "code": text(
            _("Session code"),
            needed(_("Type the code of the session, like E04.")),
            hint=_("For example E04"),
            limit=8,
            autocomplete="off",
            autocapitalize="characters",
            spellcheck="false",
        ),
        "run": RadioField(_("Which date?"), widget=GovRadioInput(), validate_choice=False),
        "adults": count_of(_("Adults"), _("18 or older")),
        "ages": text(
            _("Ages of the children"),
            ages_in_years,
            hint=_("With commas, like 7, 10. For a baby under one, type 0."),
            limit=200,
            autocomplete="off",
        ),
        "companions": count_of(_("Companions"), _("Who comes to support somebody. They are free.")),
        "unnamed": count_of(_("Places for a group"), _("People whose names come later")),
        "wait": BooleanField(
            _("If it is full: put them on the waiting list"), widget=GovCheckboxInput()
        ),
        "answer": text(_("Answer to the question of this session"), limit=500),
    }
    return {f"{name}_{number}": field for name, field in fields.items()}


def read_ages(typed: str) -> list[str] | None:
    """The numbers in a list of ages, right or wrong ages; None where it is no such list."""
    found = [one for one in re.split(r"[\s,;]+|\band\b", typed) if one]
    return found if all(re.fullmatch(r"-?\d{1,3}", one) for one in found) else None


def ages_in_years(_form: Any, field: Any) -> None:
    if read_ages(field.data or "") is None:
        raise ValidationError(
            gettext("Type the age of each child in whole years, with commas, like 7, 10.")
        )


class LookUpForm(Form):
    """What is known of a booking; never in an address."""

    words = text(
        _("What do you know of the booking?"),
        needed(_("Type a reference, a name, a phone number or an email address.")),
        hint=_("A reference, words of the name, a phone number (6 digits or more), or an email."),
        limit=254,
        autocomplete="off",
        spellcheck="false",
    )


class CapacityForm(Form):
    places = WholeNumber(_("How many places are there in all?"), least=1, most=100_000)

    @classmethod
    def of(cls, occurrence: Occurrence) -> "CapacityForm":
        return cls(data={"places": str(occurrence.capacity)})
