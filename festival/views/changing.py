"""Changing and cancelling what people have booked: the same pages for the team and for providers.

Nothing is saved before it was shown who hears of it, and by which channel; for two minutes
afterwards it can be taken back.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import alternatives, clock, offers, programme, running, words
from festival.domain.errors import DomainError
from festival.domain.parties import party_of
from festival.domain.running import notices
from festival.domain.running.access import NEEDS, AccessAtRisk, ask_lead
from festival.extensions import rehearse, write
from festival.forms.base import in_words
from festival.forms.runs import CancelRunForm, MoveRunForm
from festival.models import Occurrence, OccurrenceState
from festival.views import runs as pages
from festival.views import said
from festival.views.access import me
from festival.views.flashes import say
from festival.views.writing import write_for

LARGEST_ID = 2**31 - 1
Views = dict[str, Any]


@dataclass(frozen=True)
class Side:
    """Whose pages these are: where they hang, who may open them, and which run an address is of."""

    blueprint: Blueprint
    run: str  # the address of a run's page
    guard: Callable[[Any], Any]
    load: Callable[..., Occurrence]
    where: Callable[[Occurrence], Mapping[str, Any]]
    layout: str

    def url(self, name: str, run: Occurrence, **more: Any) -> str:
        return url_for(f"{self.blueprint.name}.{name}", **self.where(run), **more)

    def page(self, template: str, run: Occurrence, **facts: Any) -> str:
        return render_template(
            f"runs/{template}", side=self, layout=self.layout, **pages.facts_of(run), **facts
        )


def add_pages(side: Side) -> None:
    """Hang the pages of this side."""
    for endpoint, rule, method, view in (
        ("cancel_run", "cancel", "GET", _ask_why),
        ("cancel_it", "cancel", "POST", _cancel),
        ("move_run", "change", "GET", _ask_what),
        ("move_it", "change", "POST", _move),
        ("ask_access_lead", "change/access", "POST", _ask_access_lead),
        ("undo_change", f"changes/<int(max={LARGEST_ID}):notice_id>/undo", "POST", _undo),
    ):
        side.blueprint.add_url_rule(
            f"{side.run}/{rule}",
            endpoint,
            side.guard(_bound(side, view)),
            methods=[method],
        )


def _bound(side: Side, view: Callable[..., ResponseReturnValue]) -> Callable[..., Any]:
    def bound(notice_id: int | None = None, **where: Any) -> ResponseReturnValue:
        run = side.load(**where)
        return view(side, run) if notice_id is None else view(side, run, notice_id)

    bound.__name__ = view.__name__.strip("_")
    bound.__doc__ = view.__doc__
    return bound


# --- calling off


def _cancel_form(run: Occurrence) -> CancelRunForm:
    coming = running.coming_of(run.session, clock.now())
    found = alternatives.alternatives(run, party_of(1, 0), clock.now())
    zone = run.session.edition.zone
    others = [
        (one, f"{said.title(one.session)}, {words.when(one.starts_at, one.ends_at, zone)}")
        for one in found
    ]
    return CancelRunForm.of(len(coming), others)


def _called_off(form: CancelRunForm, run: Occurrence) -> list[Occurrence]:
    return running.coming_of(run.session, clock.now()) if form.all_dates else [run]


def _ask_why(side: Side, run: Occurrence) -> ResponseReturnValue:
    """Ask why, and what people could come to instead."""
    return _why(side, run, _cancel_form(run))


def _cancel(side: Side, run: Occurrence) -> ResponseReturnValue:
    """First show who is told, and what; once that was seen, call it off."""
    form = _cancel_form(run)
    is_over = run.state == OccurrenceState.cancelled
    if is_over or not form.validate_on_submit() or "change" in request.form:
        return _why(side, run, form)
    dates = _called_off(form, run)
    told = running.who_is_told_of_all(dates)
    seen = digest([told, [one.id for one in dates], form.hidden])
    if form.seen.data != seen:
        return _preview_cancel(side, run, form, told, seen, len(dates))
    with write_for(form, "reason"):
        running.cancel_runs(
            [one.id for one in _called_off(form, run)],
            form.reason.data or "",
            actor=me(),
            alternative_id=form.alternative_id,
        )
    if form.refused:
        return _why(side, run, form)
    say(gettext("It is cancelled. We tell everybody in two minutes."), kind="success")
    return redirect(side.url("run", run))


def _why(side: Side, run: Occurrence, form: CancelRunForm) -> ResponseReturnValue:
    if run.state == OccurrenceState.cancelled:
        say(gettext("This session is cancelled already."))
        return redirect(side.url("run", run))
    form.seen.data = ""
    return side.page("cancel.html", run, form=form)


def _preview_cancel(
    side: Side, run: Occurrence, form: CancelRunForm, told: running.Told, seen: str, dates: int
) -> ResponseReturnValue:
    """Who would be told now; a second time where it has changed since it was shown."""
    changed = bool(form.seen.data)
    form.seen.data = seen
    return side.page(
        "cancel_preview.html",
        run,
        form=form,
        changed=changed,
        told=told,
        dates=dates,
        channels=pages.told_in_words(told),
    )


def digest(shown: Any) -> str:
    """What a preview has shown, in short."""
    text = json.dumps(shown, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


# --- another time, place or number of places


def _move_form(run: Occurrence) -> MoveRunForm:
    days = programme.days(run.session.edition)
    return MoveRunForm.of(run, days, offers.rooms(), may_agree=running.may_agree(me()))


def _ask_what(side: Side, run: Occurrence) -> ResponseReturnValue:
    """The form, as the run stands."""
    form = _move_form(run)
    if (places := request.args.get("places", "")).isdecimal():  # from the run's own page
        form.places.data = places[:6]
    return _what(side, run, form)


def _what(side: Side, run: Occurrence, form: MoveRunForm) -> ResponseReturnValue:
    if run.state == OccurrenceState.cancelled or run.starts_at <= clock.now():
        say(gettext("It is cancelled or has started, so it cannot be changed any more."))
        return redirect(side.url("run", run))
    form.seen.data = ""
    return side.page(
        "change.html",
        run,
        form=form,
        choices=getattr(form.refusal, "choices", ()),
        may_ask=isinstance(form.refusal, AccessAtRisk) and not running.may_agree(me()),
    )


def _move(side: Side, run: Occurrence) -> ResponseReturnValue:
    """First show what it would come to and who is told; once that was seen, change it."""
    form = _move_form(run)
    if not form.validate_on_submit() or "change" in request.form:
        return _what(side, run, form)
    notice = _tried(form, run)
    if form.refused:
        return _what(side, run, form)
    if notice is None:
        say(gettext("Nothing is different, so nobody is told anything."))
        return redirect(side.url("run", run))
    seen = digest([notice.told, notice.offered, form.hidden])
    if form.seen.data != seen:
        return _preview_move(side, run, form, notice, seen)
    if not _kept(form, run):
        return _what(side, run, form)
    say(gettext("It is changed. We tell everybody in two minutes."), kind="success")
    return redirect(side.url("run", run))


def _ask_access_lead(side: Side, run: Occurrence) -> ResponseReturnValue:
    """Ask the access leads whether the room would do; what was typed stays in the form."""
    form = _move_form(run)
    if not form.validate_on_submit():
        return _what(side, run, form)
    room = next(one for one in offers.rooms() if str(one.id) == form.room.data)
    asked = 0
    with write_for(form, "room"):
        asked = ask_lead(run, room, actor=me())
    if form.refused:
        return _what(side, run, form)
    if asked:
        say(
            gettext(
                "We have asked the access lead by email. They speak with everybody who asked for "
                "something, and change the room then."
            ),
            kind="success",
        )
        return redirect(side.url("run", run))
    say(gettext("Nobody is the access lead just now. Please call the festival team."))
    return _what(side, run, form)


@dataclass(frozen=True)
class Tried:
    """What a change would come to."""

    told: Mapping[str, int]
    offered: int  # parties of the waiting list that would have places


def _tried(form: MoveRunForm, run: Occurrence) -> Tried | None:
    """What the change would come to; None where nothing is different. A refusal stands on the
    form."""
    found: Tried | None = None
    try:
        with rehearse():
            found = _try(form, run)
    except DomainError as error:
        form.refuse(error, "room")
    return found


def _kept(form: MoveRunForm, run: Occurrence) -> bool:
    """Change it; False where the form says what is in the way now."""
    with write_for(form):
        _change(form, run)
    return not form.refused


def _try(form: MoveRunForm, run: Occurrence) -> Tried | None:
    places, offered, last = run.capacity, pages.offered_on(run), _last_id(run)
    changed = _change(form, run)
    made = notices.newest([run.id]).get(run.id)
    if made is None or made.id == last:
        told: Mapping[str, int] = {}
        if changed.capacity == places:
            return None
    else:
        told = dict(made.told)
    return Tried(told, len(pages.offered_on(run) - offered))


def _last_id(run: Occurrence) -> int | None:
    notice = notices.newest([run.id]).get(run.id)
    return notice.id if notice is not None else None


def _change(form: MoveRunForm, run: Occurrence) -> Occurrence:
    start, end = form.times(run)
    rooms = {str(one.id): one for one in offers.rooms()}
    return running.reschedule(
        run.id,
        starts_at=start,
        ends_at=end,
        room=rooms[form.room.data],
        places=form.places.number,
        reason=form.reason.data or "",
        access_agreed="access_agreed" in form._fields and bool(form.access_agreed.data),
        actor=me(),
    )


def _preview_move(
    side: Side, run: Occurrence, form: MoveRunForm, tried: Tried, seen: str
) -> ResponseReturnValue:
    changed = bool(form.seen.data)
    form.seen.data = seen
    start, end = form.times(run)
    room = next(one for one in offers.rooms() if str(one.id) == form.room.data)
    told = pages.told_of_notice(tried.told)
    return side.page(
        "change_preview.html",
        run,
        form=form,
        changed=changed,
        told=told,
        channels=pages.told_in_words(told),
        concerns=concerns(tried.told, tried.offered),
        start=start,
        end=end,
        room=room,
        places=form.places.number,
    )


def _asked(need: str, num: int) -> str:
    """How many asked for what the new room does not surely have."""
    if need == "hearing loop":
        return ngettext(
            "%(num)s party asked for a hearing loop.",
            "%(num)s parties asked for a hearing loop.",
            num,
        )
    if need == "space for a wheelchair":
        return ngettext(
            "%(num)s party asked for space for a wheelchair.",
            "%(num)s parties asked for space for a wheelchair.",
            num,
        )
    return ngettext(
        "%(num)s party asked for a way in without steps.",
        "%(num)s parties asked for a way in without steps.",
        num,
    )


def concerns(told: Mapping[str, int], offered: int = 0) -> list[str]:
    """What else a change brings about, in sentences."""
    found = []
    if told.get("overlapping"):
        found.append(
            ngettext(
                "%(num)s booking is now at the same time as another of theirs. We tell them so.",
                "%(num)s bookings are now at the same time as another of theirs. We tell them so.",
                told["overlapping"],
            )
        )
    found += [_asked(need, told[f"asked {need}"]) for need in NEEDS if told.get(f"asked {need}")]
    if offered:
        found.append(
            ngettext(
                "%(num)s party of the waiting list is offered places.",
                "%(num)s parties of the waiting list are offered places.",
                offered,
            )
        )
    return found


# --- taking it back


def _undo(side: Side, run: Occurrence, notice_id: int) -> ResponseReturnValue:
    """Take a change back, while nobody has heard of it."""
    notice = notices.get(notice_id)
    if notice is None or notice.occurrence_id != run.id:
        abort(404)
    try:
        with write():
            running.undo(notice_id, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("Taken back. Everything is as it was, and nobody is told."), kind="success")
    return redirect(side.url("run", run))
