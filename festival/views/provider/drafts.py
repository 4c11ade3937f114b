"""Drafts as the wizard's pages hold them: read, checked, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import abort
from flask_babel import gettext

from festival.domain import accounts, clock, offers, programme, words
from festival.domain.errors import DomainError
from festival.domain.offers import OfferedRun, numbered
from festival.forms.offers import (
    OfferForm,
    Part,
    Words,
    dense,
    has_codes,
    offer_of,
    parts_of,
    plain,
    runs_of,
)
from festival.models import FestivalSession, Revision, RevisionState, User
from festival.views import offered
from festival.views.access import authorise, me

NOT_PASTED = ("title",)  # what is in angle brackets there is meant so


def visible(code: str) -> Revision:
    """The newest revision of this session that the person may see, or 404."""
    newest = offers.revision_of(code) or abort(404)
    return shown_to(me(), newest) or abort(404)


def shown_to(person: User, newest: Revision) -> Revision | None:
    """This revision for who may see it; while it is being written, others see what is public."""
    if accounts.may_see_offer(person, newest):
        return newest
    public = newest.session.published_revision
    if public is not None and accounts.may_see_offer(person, public):
        return public
    return None


def editable(code: str) -> Revision:
    """The same, for who writes it."""
    revision = visible(code)
    authorise(accounts.may_edit_session, revision.session)
    return revision


def is_open(revision: Revision) -> bool:
    """Whether it may be written upon."""
    return revision.state in offers.OPEN_STATES


def is_closed(revision: Revision) -> bool:
    """Whether the time to send it in is over."""
    in_time = offers.submissions_open(revision.session.edition, clock.now())
    exempt = revision.based_on_id is not None or revision.late_allowed_at is not None
    return revision.state == RevisionState.draft and not in_time and not exempt


def part_or_404(revision: Revision, name: str) -> Part:
    """The page of the wizard with this name."""
    parts = parts_of(revision.session.edition)
    return next((part for part in parts if part.name == name), None) or abort(404)


def form_of(revision: Revision, kept: Mapping[str, Any] | None = None) -> OfferForm:
    """The form with what the draft has kept."""
    return _made(revision, kept, formdata=None)


def posted(revision: Revision) -> OfferForm:
    """The form with what was typed just now, and else what the draft has kept."""
    return _made(revision, None)


def _made(revision: Revision, kept: Mapping[str, Any] | None, **options: Any) -> OfferForm:
    session, kept = revision.session, revision.proposal if kept is None else kept
    form = OfferForm.of(
        session.edition,
        offers.rooms_for(session.provider, str(kept.get("room") or "")),
        programme.themes(),
        programme.days(session.edition),
        kept,
        **options,
    )
    form.adds_dates = session.published_revision_id is not None
    if options:
        form.version.data = offers.version(revision)
    return form


def typed_in(form: OfferForm, part: Part, without: str = "") -> tuple[dict[str, Any], bool]:
    """What was typed on this page, and whether codes of a web page were taken out of it.
    ``without`` is the number of a date to leave out."""
    typed = {name: value for name, value in form.typed().items() if name in part.fields}
    pasted = False
    for name, value in typed.items():
        if isinstance(form._fields[name], Words) and name not in NOT_PASTED and has_codes(value):
            typed[name], pasted = plain(value), True
    if "day" not in typed:
        return typed, pasted
    if without.isdecimal() and 0 < int(without) <= offers.DATES:
        typed |= {numbered(name, int(without) - 1): "" for name in ("day", "starts", "ends")}
    return dense(typed), pasted


def find_faults(form: OfferForm, revision: Revision, part: Part) -> bool:
    """Whether something on this page of a draft is wrong (not only missing); told on its field."""
    form.find_faults()
    if not any(form._fields[name].errors for name in part.fields):
        refuse_dates(form, revision.session, part)
    return any(form._fields[name].errors for name in part.fields)


def refuse_dates(form: OfferForm, session: FestivalSession, part: Part) -> None:
    """Tell on the fields of this page what stands in the way of the dates, as far as they are
    complete; how many places there are is the business of another page."""
    try:
        runs = complete_runs(form)
        if "capacity" not in part.fields:
            runs = [replace(run, capacity=1) for run in runs]
        offers.check_dates(session, runs)
    except DomainError as refusal:
        if refusal.field in part.fields:
            form.refuse(refusal)


def complete_runs(form: OfferForm) -> Sequence[OfferedRun]:
    """The dates of a draft, if its room and all of its dates are complete and in order."""
    names = [numbered(name, row) for row in range(form.rows) for name in ("day", "starts", "ends")]
    asked = [form._fields[name] for name in ("room", *names)]
    if any(field.errors for field in asked) or not form.room.data:
        return []
    whole = all(
        form.of_row("day", row).data
        and form.of_row("starts", row).time
        and form.of_row("ends", row).time
        for row in range(form.rows)
        if not form.is_empty(row)
    )
    return runs_of(form) if whole else []


def warnings_of(form: OfferForm, session: FestivalSession) -> dict[int, list[str]]:
    """What else has the room at the time of each date. It may be sent in all the same."""
    form.find_faults()
    try:
        runs = complete_runs(form)
    except DomainError:
        return {}
    found = {
        row: [_clash(one, session) for one in offers.clashes_of(run, except_for=session)]
        for row, run in enumerate(runs)
    }
    return {row: told for row, told in found.items() if told}


def _clash(clash: offers.Clash, session: FestivalSession) -> str:
    run = clash.run
    own = run.session.provider_id == session.provider_id
    other = run.session.revisions[-1].text().title if own else gettext("another session")
    return gettext(
        "%(room)s is taken by %(other)s at %(hours)s (with setting up and clearing away). You can "
        "send this in all the same: the festival team looks for another room or time.",
        room=run.room.name,
        other=other,
        hours=words.range_of_hours(run.starts_at, run.ends_at, session.edition.zone),
    )


def checked(revision: Revision) -> OfferForm:
    """The whole draft, checked as it will be when it is sent in."""
    form = form_of(revision)
    if not form.find_faults(sending=True):
        try:
            offers.check_runs(revision.session, offer_of(form))
        except DomainError as refusal:
            form.refuse(refusal)
    return form


def said(form: OfferForm, name: str, value: Any) -> str:
    """An answer in words: what somebody else has typed or chosen in this field."""
    return offered.in_words(form._fields[name], value)
