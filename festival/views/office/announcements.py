"""What organisers want to tell who has booked, and what the team tells a whole day."""

from datetime import date
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import announcements, clock, door, programme
from festival.extensions import db
from festival.forms.announcements import EVERYWHERE, ApproveForm, BroadcastForm, DeclineForm
from festival.forms.attendance import new_key
from festival.models import (
    Announcement,
    AnnouncementState,
    Edition,
    Occurrence,
    Office,
    Venue,
)
from festival.views import announced, said
from festival.views import runs as pages
from festival.views.access import me, office
from festival.views.changing import LARGEST_ID, digest
from festival.views.flashes import say
from festival.views.office.desk import DOORS, blueprint
from festival.views.page import edition as current_edition
from festival.views.standstill import in_any_case
from festival.views.writing import write_for

LOOK = (Office.duty_manager, Office.reviewer)
ONE = f"/announcements/<int(max={LARGEST_ID}):announcement_id>"


@blueprint.get("/announcements", endpoint="announcements")
@office(*LOOK)
def every() -> ResponseReturnValue:
    """Those that wait, then what was sent or not."""
    edition = current_edition() or abort(404)
    rows = [_row(one) for one in announcements.every(edition)]
    waits = AnnouncementState.proposed
    return render_template(
        "office/announcements.html",
        waiting=[one for one in rows if one["announcement"].state == waits],
        others=[one for one in rows if one["announcement"].state != waits],
    )


@blueprint.get(ONE)
@office(*LOOK)
def announcement(announcement_id: int) -> ResponseReturnValue:
    """One of them, to send or not."""
    return _show(_get(announcement_id))


@blueprint.post(f"{ONE}/approve")
@office(*LOOK)
@in_any_case
def approve_announcement(announcement_id: int) -> ResponseReturnValue:
    """Send it, with the words as they are now in the form."""
    found, form = _get(announcement_id), ApproveForm()
    if form.validate_on_submit():
        with write_for(form, "words"):
            announcements.approve(
                found.id, own=form.words.data or "", seen=form.seen.data or "", actor=me()
            )
        if not form.refused:
            say(gettext("We tell them now."), kind="success")
            return redirect(url_for("office.announcements"))
    return _show(_get(announcement_id), approve=form)


@blueprint.post(f"{ONE}/decline")
@office(*LOOK)
@in_any_case
def decline_announcement(announcement_id: int) -> ResponseReturnValue:
    """Do not send it, and tell who wrote it why."""
    found, form = _get(announcement_id), DeclineForm()
    if form.validate_on_submit():
        with write_for(form, "comment"):
            announcements.decline(found.id, form.comment.data or "", actor=me())
        if not form.refused:
            say(gettext("It is not sent. We tell them why by email."), kind="success")
            return redirect(url_for("office.announcements"))
    return _show(_get(announcement_id), decline=form)


@blueprint.get("/broadcast")
@office(*DOORS)
def broadcast() -> ResponseReturnValue:
    """Ask what to say, and to whom."""
    edition = current_edition() or abort(404)
    return _ask(_form(edition, key=new_key())[0])


@blueprint.post("/broadcast")
@office(*DOORS)
@in_any_case
def broadcast_it() -> ResponseReturnValue:
    """First show who hears it and what they read; once that was seen, send it."""
    edition = current_edition() or abort(404)
    form, venues = _form(edition)
    if not form.is_sayable() or announced.is_to_change():
        return _ask(form)
    to = _to(form, venues)
    dates = announcements.runs_between(edition, *to, form.first.time, form.last.time)
    if not dates:
        form.say_above(gettext("Nothing takes place there on this day any more."))
        return _ask(form)
    who = announcements.told(dates)
    seen = digest([who, [one.id for one in dates], form.hidden])
    if form.seen.data != seen:
        return _preview(form, dates, who, seen)
    with write_for(form, "words"):
        made = announcements.broadcast(
            db.session.get_one(Edition, edition.id),
            *to,
            form.said,
            key=form.key.data,
            actor=me(),
            first=form.first.time,
            last=form.last.time,
        )
    if form.refused:
        return _ask(form)
    say(
        gettext("We tell them now.")
        if made.state == AnnouncementState.sent
        else gettext("Somebody else of the team must look at it first: it goes to very many."),
        kind="success",
    )
    return redirect(url_for("office.announcements"))


def _get(announcement_id: int) -> Announcement:
    return announcements.get(announcement_id) or abort(404)


def _row(one: Announcement) -> dict[str, Any]:
    zone, run = one.edition.zone, one.occurrence
    return announced.row(one) | {
        "about": said.title(run.session) if run else _whole(one),
        "run": run,
        "session": run.session if run else None,
        "day": one.from_at.astimezone(zone).date() if one.from_at else None,
    }


def _whole(one: Announcement) -> str:
    return one.venue.name if one.venue else gettext("The whole festival")


def _show(
    found: Announcement, approve: ApproveForm | None = None, decline: DeclineForm | None = None
) -> str:
    approve = approve or ApproveForm(formdata=None, data={"words": found.words})
    approve.seen.data = found.words
    who = announcements.told(announcements.runs_of(found))
    return render_template(
        "office/announcement.html",
        row=_row(found),
        waits=found.state == AnnouncementState.proposed,
        is_mine=found.created_by_id == me().id,
        channels=pages.told_in_words(who),
        doubts=[gettext(one) for one in announcements.doubts(found.words)],
        approve=approve,
        decline=decline or DeclineForm(formdata=None),
    )


def _form(edition: Edition, **kept: str) -> tuple[BroadcastForm, list[Venue]]:
    form = BroadcastForm(data=kept) if kept else BroadcastForm()
    venues = door.venues()
    today = clock.now().astimezone(edition.zone).date()
    form.offer_days(venues, programme.days(edition), today)
    return form, venues


def _to(form: BroadcastForm, venues: list[Venue]) -> tuple[date, Venue | None]:
    day = date.fromisoformat(form.day.data)
    if form.venue.data == EVERYWHERE:
        return day, None
    return day, next(one for one in venues if str(one.id) == form.venue.data)


def _ask(form: BroadcastForm) -> str:
    form.seen.data = ""
    return render_template("office/broadcast.html", form=form)


def _preview(form: BroadcastForm, dates: list[Occurrence], who: Any, seen: str) -> str:
    changed, form.seen.data = bool(form.seen.data), seen
    return render_template(
        "office/broadcast_preview.html",
        form=form,
        changed=changed,
        rows=[(one, said.title(one.session)) for one in dates],
        channels=pages.told_in_words(who),
        bookings=announcements.bookings_of(who),
        needs_second=announcements.is_too_many(who),
        lines=announced.lines(form.said),
    )
