"""Offering a session in short pages: each saves what was typed, whatever it is."""

import hashlib
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import images, offers, programme
from festival.forms.offers import DONE, OfferForm, Part, offer_of, part_with, parts_of, progress
from festival.models import Revision
from festival.views import offered, shown
from festival.views.access import me, signed_in
from festival.views.flashes import say
from festival.views.provider import drafts, preview
from festival.views.provider.blueprint import blueprint
from festival.views.writing import write_for

PART = "/sessions/<code>/edit/<part>"


@blueprint.get("/sessions/<code>/edit")
@signed_in
def edit(code: str) -> ResponseReturnValue:
    """All pages of the wizard, and how far each is."""
    revision = drafts.editable(code)
    if not drafts.is_open(revision):
        return _not_now(revision)
    form, parts = drafts.checked(revision), parts_of(revision.session.edition)
    far = progress(form, parts)
    return render_template(
        "provider/edit.html",
        form=form,
        parts=parts,
        far=far,
        done=list(far.values()).count(DONE),
        **_facts(revision, form),
    )


@blueprint.get(PART)
@signed_in
def edit_part(code: str, part: str) -> ResponseReturnValue:
    """One page, with what the draft has kept; ``?check`` tells what is missing on it."""
    revision = drafts.editable(code)
    page = drafts.part_or_404(revision, part)
    if not drafts.is_open(revision):
        return _not_now(revision)
    form = drafts.checked(revision) if "check" in request.args else drafts.form_of(revision)
    form.rows = max(form.rows, min(offers.DATES, request.args.get("dates", 1, type=int)))
    return _ask(form, revision, page)


@blueprint.post(PART)
@signed_in
def save_part(code: str, part: str) -> ResponseReturnValue:
    """Keep what was typed, put together with what others have typed meanwhile."""
    revision = drafts.editable(code)
    page = drafts.part_or_404(revision, part)
    if not drafts.is_open(revision):
        return _not_now(revision)
    form = drafts.posted(revision)
    typed, pasted = drafts.typed_in(form, page, without=request.form.get("remove", ""))
    merged = offers.Merged({})
    with write_for(form):
        merged = offers.save_page(
            revision,
            typed,
            seen=form.version.data or "",
            author=me(),
            untouched=drafts.form_of(revision, {}).typed(),
        )
    if form.refused:
        return _not_now(revision)
    if pasted:
        say(gettext("You pasted the codes of a web page. We kept the words. Look at them again."))
    if merged.theirs:
        return _both_changed(revision, page, typed, merged)
    _tell_news(form, merged)
    return _go_on(revision, page, stay=pasted)


def _both_changed(
    revision: Revision, page: Part, typed: dict[str, Any], merged: offers.Merged
) -> ResponseReturnValue:
    """Both texts side by side; mine stays in the field."""
    mine = {name: typed[name] for name in merged.theirs}
    form = drafts.form_of(revision, dict(revision.proposal) | mine)
    theirs = {name: drafts.said(form, name, there) for name, there in merged.theirs.items()}
    for name in theirs:
        form._fields[name].errors = [
            gettext("Somebody else has changed this too. Look at both, then save again.")
        ]
    return _ask(form, revision, page, theirs=theirs)


def _tell_news(form: OfferForm, merged: offers.Merged) -> None:
    if merged.news:
        labels = dict.fromkeys(
            str(form._fields[name].label.text) for name in merged.news if name in form._fields
        )
        say(
            gettext(
                "Somebody else has changed this session too: %(fields)s. All of it is kept.",
                fields=", ".join(labels),
            )
        )


def _go_on(revision: Revision, page: Part, *, stay: bool) -> ResponseReturnValue:
    """Where the pressed button leads; what is wrong on this page is told before it goes on."""
    code, pressed = revision.session.code, request.form
    here = url_for("provider.edit_part", code=code, part=page.name)
    if "keep" in pressed:
        say(gettext("Your draft is kept. You can come back at any time."), kind="success")
        return redirect(url_for("provider.edit", code=code))
    if "add" in pressed or "remove" in pressed:
        rows = drafts.form_of(revision).rows + ("add" in pressed)
        return redirect(f"{here}?dates={rows}#dates")
    if "elsewhere" in pressed:
        return redirect(url_for("provider.propose_place", code=code))
    form = drafts.form_of(revision)
    if drafts.find_faults(form, revision, page) or _is_news(form, revision, page):
        return _ask(form, revision, page)
    return redirect(here if stay else _after(revision, page))


def _after(revision: Revision, page: Part) -> str:
    """The next page; from the check, the check again."""
    code, parts = revision.session.code, parts_of(revision.session.edition)
    later = parts[parts.index(page) + 1 :]
    if not later or "check" in request.args:
        return url_for("provider.check", code=code)
    return url_for("provider.edit_part", code=code, part=later[0].name)


def _is_news(form: OfferForm, revision: Revision, page: Part) -> bool:
    """Whether there is a warning that the page has not shown yet."""
    if "day" not in page.fields:
        return False
    warnings = drafts.warnings_of(form, revision.session)
    return bool(warnings) and request.form.get("told") != _trace(warnings)


def _trace(warnings: dict[int, list[str]]) -> str:
    return hashlib.sha256(repr(warnings).encode()).hexdigest()[:16] if warnings else ""


@blueprint.get("/sessions/<code>/check")
@signed_in
def check(code: str) -> ResponseReturnValue:
    """Everything that was typed, what is missing, and the button that sends it in."""
    revision = drafts.editable(code)
    return (
        _check(revision, drafts.checked(revision))
        if drafts.is_open(revision)
        else _not_now(revision)
    )


@blueprint.post("/sessions/<code>/check")
@signed_in
def send(code: str) -> ResponseReturnValue:
    """Send it in, where all of it is in order."""
    revision = drafts.editable(code)
    if not drafts.is_open(revision):
        return _not_now(revision)
    form = drafts.checked(revision)
    if form.errors:
        return _check(revision, form, sent=True)
    with write_for(form):
        offers.submit(
            revision,
            offer_of(form),
            author=me(),
            calendar_domain=current_app.config["CALENDAR_DOMAIN"],
            seen=request.form.get("version", ""),
        )
    if form.refused:
        return _check(revision, form, sent=True)
    if revision.is_small:
        say(gettext("Thank you. These are small changes, so people read them now."), kind="success")
    else:
        say(gettext("Thank you. The festival team looks at it next."), kind="success")
    return redirect(url_for("provider.show", code=code))


def _check(revision: Revision, form: OfferForm, *, sent: bool = False) -> ResponseReturnValue:
    parts = parts_of(revision.session.edition)
    return render_template(
        "provider/check.html",
        form=form,
        sent=sent,
        typed=offered.as_typed(form, parts),
        faults=[
            (part_with(field.name, parts), field.name, str(sentence))
            for field in form
            for sentence in field.errors
        ],
        warnings=drafts.warnings_of(drafts.form_of(revision), revision.session),
        **_facts(revision, form),
    )


def _ask(
    form: OfferForm, revision: Revision, page: Part, theirs: dict[str, str] | None = None
) -> ResponseReturnValue:
    parts, warnings = parts_of(revision.session.edition), {}
    for field in form:
        if field.name not in page.fields:
            field.errors = []  # told on its own page
    if "day" in page.fields:
        warnings = drafts.warnings_of(drafts.form_of(revision), revision.session)
    return render_template(
        "provider/part.html",
        form=form,
        part=page,
        step=parts.index(page) + 1,
        steps=len(parts) + 1,
        theirs=theirs or {},
        warnings=warnings,
        told=_trace(warnings),
        comments={name: offered.comments(revision, name) for name in page.fields},
        first_time=offers.is_first_time(revision.session),
        reading=offers.reading_of(form.description.data or "") if page.name == "words" else None,
        **_facts(revision, form),
    )


def _facts(revision: Revision, form: OfferForm) -> dict[str, Any]:
    room = preview.room_of(form)
    return {
        "revision": revision,
        "session": revision.session,
        "closed": drafts.is_closed(revision),
        "card": preview.card(revision, drafts.form_of(revision)),
        "room": room,
        "room_facts": shown.room_access(room) if room else [],
        "standing": programme.public_occurrences(revision.session),
        "lacks_words": images.lacks_words(revision),
    }


def _not_now(revision: Revision) -> ResponseReturnValue:
    say(gettext("This session has been sent in. It can be changed when it is returned to you."))
    return redirect(url_for("provider.show", code=revision.session.code))
