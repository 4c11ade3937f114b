"""The places of a run, on the team's and the provider's pages alike."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext, ngettext

from festival.domain import capacity, clock, feedback, joining, running, runs
from festival.domain.errors import DomainError
from festival.domain.reminders import is_online
from festival.domain.running import notices
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.desk import CapacityForm
from festival.forms.feedback import RATINGS
from festival.forms.joining import JoiningForm
from festival.models import ChangeNotice, Edition, Occurrence, OccurrenceState
from festival.views import said, shown
from festival.views.access import me
from festival.views.flashes import say
from festival.views.writing import write_for


def run_or_404(occurrence_id: int) -> Occurrence:
    """This run of a session that was approved."""
    return runs.run_of(occurrence_id) or abort(404)


def facts_of(occurrence: Occurrence) -> dict[str, Any]:
    """What a page about this run shows: numbers, and nobody's name."""
    edition: Edition = occurrence.session.edition
    now = clock.now()
    free = capacity.availability(occurrence, now)
    kind, text = shown.places(occurrence, free, edition)
    counts = runs.numbers(occurrence)
    return {
        "run": occurrence,
        "session": occurrence.session,
        "title": said.title(occurrence.session),
        "places_kind": kind,
        "places_text": text,
        "counts": counts,
        "shares": [_share(one) for one in counts.shares],
        "is_cancelled": occurrence.state == OccurrenceState.cancelled,
        "is_over": occurrence.starts_at <= now,
        "joined": joining.joined(occurrence) if is_online(occurrence) else None,
        "may_meet": is_online(occurrence) and occurrence.ends_at > now,
        "feedback": feedback.summary(occurrence) if occurrence.starts_at <= now else None,
        "ratings": RATINGS,
        "changes": changes_of(occurrence),
    }


def changes_of(occurrence: Occurrence) -> list[dict[str, Any]]:
    """What was changed about this run, the newest first, in words."""
    return [change_in_words(one, clock.now()) for one in notices.of_run(occurrence)]


def change_in_words(notice: ChangeNotice, now: datetime) -> dict[str, Any]:
    """One change: what, why, by whom, who is told, and whether it can still be taken back."""
    return {
        "notice": notice,
        "what": str(said.NOTICES[notice.kind]),
        "may_undo": notices.may_undo(notice, now),
        "told": told_in_words(told_of_notice(notice.told)),
    }


def _share(count: runs.ShareCount) -> list[Any]:
    return [said.share(count.kind), count.places, count.taken, count.waiting, count.releases_at]


def change_places(form: CapacityForm, occurrence: Occurrence) -> running.BelowBooked | None:
    """Give the run so many places. What is in the way stands on the form; where it is the people
    who are booked, the refusal comes back with its choices."""
    before: set[int] = set()
    after: set[int] = set()
    places = form.places.number or 0
    try:
        with write():
            before = runs.offered_now(occurrence.id)
            running.set_capacity(occurrence.id, places, actor=me())
            after = runs.offered_now(occurrence.id)
    except running.BelowBooked as error:
        form.refuse(error, "places")
        return error
    except DomainError as error:
        form.refuse(error, "places")
        return None
    offered = len(after - before)
    told = ngettext(
        "We have offered places to %(num)s party in the waiting list.",
        "We have offered places to %(num)s parties in the waiting list.",
        offered,
    )
    done = gettext("The number of places is %(places)s now.", places=places)
    say(f"{done} {told}" if offered else done, kind="success")
    return None


def is_heard_of(form: CapacityForm, occurrence: Occurrence) -> bool:
    """Whether so many places would be fewer while people wait: they hear of it, so it is shown
    first who does."""
    places = form.places.number or 0
    fewer = occurrence.places_taken <= places < occurrence.capacity
    return fewer and runs.numbers(occurrence).waiting > 0


def open_or_close(occurrence: Occurrence, *, closed: bool) -> None:
    """Let nobody more book this run, or let them book again."""
    verb = running.close_booking if closed else running.open_booking
    try:
        with write():
            verb(occurrence.id, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
        return
    sentence = (
        gettext("Booking is closed. Who is booked stays booked.")
        if closed
        else gettext("Booking is open again. Free places go to the waiting list first.")
    )
    say(sentence, kind="success")


def set_meeting(form: JoiningForm, occurrence: Occurrence) -> bool:
    """Keep the address of the online meeting; False where the form says what is wrong with it."""
    before = occurrence.joining_url
    again = 0
    if form.validate_on_submit():
        with write_for(form):
            again = joining.set_address(occurrence.id, form.joining_url.data or "", actor=me())
    if form.errors:
        return False
    _say_of_meeting(before, form.joining_url.data or "", again)
    return True


def _say_of_meeting(before: str, after: str, again: int) -> None:
    if before == after:
        say(gettext("The address is as it was. Nobody is told anything."))
        return
    done = (
        gettext("Saved. Who has a place gets to the meeting by the link we send them.")
        if after
        else gettext("The address is gone. Give us another one before the session begins.")
    )
    told = ngettext(
        "%(num)s party that was told before is told again now.",
        "%(num)s parties that were told before are told again now.",
        again,
    )
    say(f"{done} {told}" if again else done, kind="success")


def offered_on(occurrence: Occurrence) -> set[int]:
    """The reservations of this run that places are offered to."""
    return runs.offered_now(occurrence.id)


def told_of_notice(told: Mapping[str, int]) -> running.Told:
    """Who hears of a change, as its notice has kept it."""
    names = ("email", "sms", "call", "nobody", "booked", "waiting")
    return running.Told(**{name: told.get(name, 0) for name in names})


def told_in_words(told: running.Told) -> Sequence[str]:
    """Who hears of a change, by which channel."""
    rows = (
        (told.email, ngettext("%(num)s by email", "%(num)s by email", told.email)),
        (told.sms, ngettext("%(num)s by SMS", "%(num)s by SMS", told.sms)),
        (
            told.call,
            ngettext(
                "%(num)s by phone, from the call list",
                "%(num)s by phone, from the call list",
                told.call,
            ),
        ),
        (
            told.nobody,
            ngettext(
                "%(num)s cannot be told: they gave neither email nor phone",
                "%(num)s cannot be told: they gave neither email nor phone",
                told.nobody,
            ),
        ),
    )
    return [text for number, text in rows if number]
