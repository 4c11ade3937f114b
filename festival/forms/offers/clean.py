"""The clean offer that a checked form makes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from festival.domain import clock
from festival.domain.offers import DATES, HELP, WORDING, Offer, OfferedRun, access_field, numbered
from festival.forms.offers.choices import UNKNOWN, YES
from festival.forms.offers.form import OF_DATE, OfferForm, asked
from festival.models import Accompaniment, BookingMode, SessionFormat

MANY = ("delivery_languages",)


def runs_of(form: OfferForm) -> tuple[OfferedRun, ...]:
    """The dates of a form whose dates and room are in order. Raises NoSuchTime on its field."""
    return tuple(_run(form, row) for row in range(DATES) if not form.is_empty(row))


def _run(form: OfferForm, row: int) -> OfferedRun:
    zone = form.edition.zone
    day = date.fromisoformat(form.of_row("day", row).data)
    starts, ends = form.of_row("starts", row), form.of_row("ends", row)
    assert starts.time is not None
    assert ends.time is not None
    return OfferedRun(
        room_id=int(form.room.data),
        starts_at=clock.local_moment(day, starts.time, zone, field=numbered("starts", row)),
        ends_at=clock.local_moment(day, ends.time, zone, field=numbered("ends", row)),
        capacity=form.capacity.number or 1,
        setup_minutes=form.setup_minutes.number,
        cleardown_minutes=form.cleardown_minutes.number,
    )


def offer_of(form: OfferForm) -> Offer:
    """The clean offer; only after validation for sending. Raises NoSuchTime on its field."""
    answers = {name: form._fields[access_field(name)].data for name in HELP}
    besides = [name for name in form.kept.get("access") or [] if name not in HELP]
    return Offer(
        wording={name: form._fields[name].data or "" for name in WORDING},
        theme_id=int(form.theme.data),
        runs=runs_of(form),
        booking_mode=BookingMode(form.booking_mode.data or "required"),
        together=form.together.data == "all",
        format=SessionFormat(form.format.data or "in person"),
        age_min=form.age_min.number,
        age_max=form.age_max.number,
        accompaniment=Accompaniment(form.accompaniment.data or "none"),
        accompanying_adults_take_places=form.adults_take_places.data != "no",
        children_per_adult=form.children_per_adult.number,
        most_places=form.most_places.number,
        delivery_languages=list(form.delivery_languages.data or ["en"]),
        access=[name for name, answer in answers.items() if answer == YES] + besides,
        access_not_known=[name for name, said in answers.items() if said in (None, "", UNKNOWN)],
        charge=form.charge.data or "",
        answers={one["key"]: form._fields[name].data or "" for name, one in asked(form.edition)},
    )


def dense(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed with its dates moved up, so that no empty one stands between them."""
    kept = [
        [typed.get(numbered(name, row)) or "" for name in OF_DATE]
        for row in range(DATES)
        if any(typed.get(numbered(name, row)) for name in OF_DATE)
    ]
    kept += [["", "", ""]] * (DATES - len(kept))
    moved = {
        numbered(name, row): answers[place]
        for row, answers in enumerate(kept)
        for place, name in enumerate(OF_DATE)
    }
    return dict(typed) | moved
