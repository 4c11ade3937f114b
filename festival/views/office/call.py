"""The call for sessions: who was asked, how far they are, who is reminded, when it ends."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import call, clock
from festival.domain.call import Stage, What
from festival.domain.errors import DomainError
from festival.domain.offers import submissions_open
from festival.extensions import db, write
from festival.forms.base import in_words
from festival.forms.call import AskForm
from festival.models import Edition, Office
from festival.views.access import me, office
from festival.views.changing import digest
from festival.views.flashes import say
from festival.views.office.desk import EDITIONS, REVIEW, blueprint
from festival.views.page import edition as current_edition
from festival.views.writing import write_for


@blueprint.get("/call", endpoint="call")
@office(*REVIEW)
def show_call() -> ResponseReturnValue:
    """How far everybody is."""
    edition, now = _edition(), clock.now()
    found = call.rows(edition)
    show = request.args.get("show", "")
    rows = [one for one in found if not show or one.stage == show]
    return render_template(
        "office/call.html",
        rows=rows,
        show=show if show in set(Stage) else "",
        counts=call.counts(found),
        stages=stage_words(),
        is_open=submissions_open(edition, now),
        begins_later=bool(edition.submissions_open_at and edition.submissions_open_at > now),
        due=len(call.to_chase(found, now)),
        late=call.late_entries(edition),
        may_change=me().holds(Office.administrator),
    )


@blueprint.get("/call/ask")
@office(*REVIEW)
def ask_organisations() -> ResponseReturnValue:
    """Ask for the list."""
    return _ask(AskForm.of())


@blueprint.post("/call/ask")
@office(*REVIEW)
def ask_them() -> ResponseReturnValue:
    """First show what becomes of each line; once that was seen, write to them."""
    form, edition = AskForm.of(), _edition()
    if not form.validate_on_submit() or "change" in request.form:
        return _ask(form)
    planned = call.plan(edition, form.wanted, earlier=form.earlier.data)
    seen = digest([_seen(one) for one in planned])
    if form.seen.data != seen:
        changed, form.seen.data = bool(form.seen.data), seen
        return render_template(
            "office/call_ask_preview.html",
            form=form,
            changed=changed,
            to_ask=[one for one in planned if one.what != What.skip],
            skipped=[(one, gettext(one.why)) for one in planned if one.why],
            what=what_words(),
        )
    done = []
    with write_for(form, "lines"):
        again = db.session.get_one(Edition, edition.id)
        done = call.ask_all(again, form.wanted, earlier=form.earlier.data, actor=me())
    if form.refused:
        return _ask(form)
    number = sum(one.what != What.skip for one in done)
    say(
        ngettext(
            "We have written to %(num)s organisation.",
            "We have written to %(num)s organisations.",
            number,
        ),
        kind="success",
    )
    return redirect(url_for("office.call"))


@blueprint.get("/call/chase")
@office(*REVIEW)
def chase_them() -> ResponseReturnValue:
    """Show who would be reminded."""
    edition, now = _edition(), clock.now()
    due = call.to_chase(call.rows(edition), now)
    return render_template(
        "office/call_chase.html",
        due=due,
        stages=stage_words(),
        is_open=submissions_open(edition, now),
        days=call.PAUSE.days,
    )


@blueprint.post("/call/chase")
@office(*REVIEW)
def remind_them() -> ResponseReturnValue:
    """Remind everybody who was asked and has sent nothing in."""
    edition, done, left = _edition(), 0, ""
    try:
        with write():
            again = db.session.get_one(Edition, edition.id)
            written, not_written = call.chase(again, actor=me())
            done, left = len(written), ", ".join(one.name for one in not_written)
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(
            ngettext(
                "We have reminded %(num)s organisation.",
                "We have reminded %(num)s organisations.",
                done,
            )
            if done
            else gettext("There is nobody to remind just now."),
            kind="success",
        )
        if left:
            say(gettext("We could not write to: %(names)s. Look at their people.", names=left))
    return redirect(url_for("office.call"))


@blueprint.post("/call/close")
@office(*EDITIONS)
def close_call() -> ResponseReturnValue:
    """Nobody sends anything in from now on."""
    edition = _edition()
    try:
        with write():
            call.close(db.session.get_one(Edition, edition.id), actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("The call is closed. Drafts are kept."), kind="success")
    return redirect(url_for("office.call"))


def _seen(one: call.Planned) -> list[str]:
    """What the page shows of a line."""
    return [one.what, one.organisation, one.email, one.why, *(who.email for who in one.leads)]


def _edition() -> Edition:
    return current_edition() or abort(404)


def stage_words() -> dict[str, str]:
    """How far an organisation is, in words."""
    return {
        Stage.asked: gettext("Has not come yet"),
        Stage.joined: gettext("Has come, nothing begun"),
        Stage.started: gettext("Has begun"),
        Stage.submitted: gettext("Has sent something in"),
    }


def what_words() -> dict[str, str]:
    """What becomes of a line, in words."""
    return {
        What.invite: gettext("New: we invite them"),
        What.ask: gettext("Known: we ask who leads it"),
        What.lead: gettext("Known, but nobody leads it: we invite this person to"),
    }


def _ask(form: AskForm) -> str:
    form.seen.data = ""
    return render_template("office/call_ask.html", form=form)
