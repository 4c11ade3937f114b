"""Telling everybody who has booked a date: first who hears of it, and what they read."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import accounts, announcements
from festival.forms.announcements import AnnounceForm
from festival.forms.attendance import new_key
from festival.models import AnnouncementState, Occurrence
from festival.views import announced, said
from festival.views import runs as pages
from festival.views.access import authorise, me, signed_in
from festival.views.changing import digest
from festival.views.flashes import say
from festival.views.provider.blueprint import blueprint
from festival.views.provider.day import own_run
from festival.views.provider.runs import RUN
from festival.views.writing import write_for


@blueprint.get(f"{RUN}/message")
@signed_in
def announce(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Ask what to say; beneath it stands what was said before."""
    return _ask(_own(code, occurrence_id), _form(key=new_key()))


@blueprint.post(f"{RUN}/message")
@signed_in
def announce_it(code: str, occurrence_id: int) -> ResponseReturnValue:
    """First show who hears it and what they read; once that was seen, send it or hand it in."""
    run, form = _own(code, occurrence_id), _form()
    if not form.is_sayable() or announced.is_to_change():
        return _ask(run, form)
    who = announcements.told([run])
    seen = digest([who, form.hidden])
    if form.seen.data != seen:
        changed, form.seen.data = bool(form.seen.data), seen
        return render_template(
            "provider/announce_preview.html",
            form=form,
            changed=changed,
            channels=pages.told_in_words(who),
            lines=announced.lines(form.said),
            **_about(run),
        )
    with write_for(form, "words"):
        limited = accounts.may_edit_session(me(), run.session)
        made = announcements.announce(
            run.id, form.said, key=form.key.data, actor=me(), limited=limited
        )
    if form.refused:
        return _ask(run, form)
    say(
        gettext("We tell them now.")
        if made.state == AnnouncementState.sent
        else gettext("The festival team looks at your words first, then we send them."),
        kind="success",
    )
    return redirect(url_for("provider.announce", code=run.session.code, occurrence_id=run.id))


def _own(code: str, occurrence_id: int) -> Occurrence:
    run = own_run(code, occurrence_id)
    authorise(accounts.may_return, run.session)
    return run


def _form(**kept: str) -> AnnounceForm:
    form = AnnounceForm(data=kept) if kept else AnnounceForm()
    form.offer()
    return form


def _about(run: Occurrence) -> dict[str, object]:
    return {
        "run": run,
        "session": run.session,
        "title": said.title(run.session),
        "may_edit": accounts.may_edit_session(me(), run.session),
    }


def _ask(run: Occurrence, form: AnnounceForm) -> str:
    form.seen.data = ""
    return render_template(
        "provider/announce.html",
        form=form,
        earlier=[announced.row(one) for one in announcements.of_run(run)],
        **_about(run),
    )
