"""The parts of an offer: what each page of the wizard asks, and how far it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from festival.domain.offers import DATES, HELP, access_field, numbered
from festival.forms.offers.fields import NOTHING
from festival.forms.offers.form import OF_DATE, OfferForm, asked
from festival.models import Edition


@dataclass(frozen=True)
class Part:
    """One page of the wizard."""

    name: str
    title: Any
    lead: Any
    fields: tuple[str, ...]


DATE_FIELDS = tuple(numbered(name, row) for row in range(DATES) for name in OF_DATE)
PARTS = (
    Part(
        "what",
        _("What it is"),
        _("A name that makes people curious, and one sentence."),
        ("title", "summary", "theme", "format"),
    ),
    Part(
        "words",
        _("What people will do"),
        _("Write as you would tell it to a neighbour."),
        ("description", "what_to_bring", "what_next"),
    ),
    Part(
        "dates",
        _("When and where"),
        _("Choose a place from the list, or tell us about another one."),
        (
            "room",
            *DATE_FIELDS,
            "together",
            "meeting_point",
            "setup_minutes",
            "cleardown_minutes",
        ),
    ),
    Part(
        "people",
        _("Who it is for"),
        _("If you leave the ages empty, everybody can come."),
        (
            "age_min",
            "age_max",
            "accompaniment",
            "adults_take_places",
            "children_per_adult",
            "delivery_languages",
        ),
    ),
    Part(
        "access",
        _("Access and help"),
        _("“I don’t know yet” is a good answer. People see it, and can ask."),
        (*(access_field(name) for name in HELP), "access_note"),
    ),
    Part(
        "booking",
        _("Places and booking"),
        _("How many people can come, and how."),
        ("capacity", "booking_mode", "most_places", "charge"),
    ),
)
QUESTIONS = Part("questions", _("Some questions from us"), _("The festival team asks these."), ())
DONE, BEGUN, NOT_YET = "done", "begun", "not yet"


def parts_of(edition: Edition) -> list[Part]:
    """The pages of this edition's wizard."""
    own = tuple(name for name, _one in asked(edition))
    if not own:
        return list(PARTS)
    return [*PARTS, Part(QUESTIONS.name, QUESTIONS.title, QUESTIONS.lead, own)]


def part_with(field: str, parts: Sequence[Part]) -> Part | None:
    """The page that asks for this field."""
    return next((part for part in parts if field in part.fields), None)


def progress(form: OfferForm, parts: Sequence[Part]) -> dict[str, str]:
    """How far each part is; of a form that was checked for sending."""
    return {part.name: _how_far(form, part) for part in parts}


def _how_far(form: OfferForm, part: Part) -> str:
    seen = any(name in form.kept for name in part.fields)
    if seen and not any(form._fields[name].errors for name in part.fields):
        return DONE
    begun = any(form.kept.get(name) not in NOTHING for name in part.fields)
    return BEGUN if begun else NOT_YET
