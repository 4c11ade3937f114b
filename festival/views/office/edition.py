"""The festivals of all years: their days, what holds in them, and which one is on show."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import editions
from festival.domain.errors import DomainError
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.editions import PARTS, EditionForm, NewEditionForm
from festival.models import Edition
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import EDITIONS, blueprint
from festival.views.office.edition_words import TITLES, sections
from festival.views.writing import write_for

EDITION = "/editions/<slug>"


@blueprint.get("/editions")
@office(*EDITIONS)
def edition_list() -> ResponseReturnValue:
    """Every year's festival, the latest first."""
    return render_template("office/editions.html", editions=editions.every())


@blueprint.get("/editions/new")
@office(*EDITIONS)
def new_edition() -> ResponseReturnValue:
    """What is asked to begin the next festival."""
    last = next(iter(editions.every()), None)
    return _new_page(NewEditionForm.after(last), last)


@blueprint.post("/editions/new")
@office(*EDITIONS)
def begin_edition() -> ResponseReturnValue:
    """Begin the next festival."""
    form = NewEditionForm()
    if form.validate_on_submit():
        with write_for(form):
            made = editions.begin(form.facts(), actor=me())
            slug = made.slug
        if not form.refused:
            say(gettext("Done. Now look through what it took over."), kind="success")
            return redirect(url_for("office.edition", slug=slug))
    return _new_page(form, next(iter(editions.every()), None))


def _new_page(form: NewEditionForm, last: Edition | None) -> ResponseReturnValue:
    return render_template("office/edition_new.html", form=form, last=last)


@blueprint.get(EDITION)
@office(*EDITIONS)
def edition(slug: str) -> ResponseReturnValue:
    """All that is said of one festival."""
    found = edition_or_404(slug)
    return render_template("office/edition.html", one=found, sections=sections(found))


@blueprint.get(f"{EDITION}/<part>")
@office(*EDITIONS)
def edition_part(slug: str, part: str) -> ResponseReturnValue:
    """One part of it, to be changed."""
    found = edition_or_404(slug)
    return _part_page(found, part, _form_of(part).of(found))


@blueprint.post(f"{EDITION}/<part>")
@office(*EDITIONS)
def change_edition(slug: str, part: str) -> ResponseReturnValue:
    """Keep what was changed, unless sessions would lie outside."""
    found, form = edition_or_404(slug), _form_of(part)()
    if form.read(found.zone):
        with write_for(form):
            editions.change(found, form.facts(), actor=me(), seen=form.seen.data)
        if not form.refused:
            say(gettext("Saved."), kind="success")
            return redirect(url_for("office.edition", slug=slug))
    return _part_page(found, part, form)


def _part_page(found: Edition, part: str, form: EditionForm) -> ResponseReturnValue:
    outside: Any = getattr(form.refusal, "runs", ())
    runs = [(one.id, one.session.code, one.session.provider.name, one) for one in outside]
    stale = form.seen.data != editions.stamp(found)
    form.seen.data = editions.stamp(found)  # who looks at both may save
    return render_template(
        "office/edition_part.html",
        one=found,
        part=part,
        title=TITLES[part],
        form=form,
        outside=runs,
        as_it_is=sections(found, part)[0]["rows"] if stale else (),
    )


@blueprint.get(f"{EDITION}/show")
@office(*EDITIONS)
def ask_to_show(slug: str) -> ResponseReturnValue:
    """What it means that people see this festival from now on."""
    found = edition_or_404(slug)
    present = editions.current()
    runs, people = editions.booked_to_come(present) if present else (0, 0)
    return render_template(
        "office/edition_show.html", one=found, present=present, runs=runs, people=people
    )


@blueprint.post(f"{EDITION}/show")
@office(*EDITIONS)
def show_edition(slug: str) -> ResponseReturnValue:
    """People see this festival from now on."""
    found = edition_or_404(slug)
    try:
        with write():
            editions.make_current(found, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
        return redirect(url_for("office.ask_to_show", slug=slug))
    say(gettext("People see %(name)s from now on.", name=found.name), kind="success")
    return redirect(url_for("office.edition", slug=slug))


def edition_or_404(slug: str) -> Edition:
    """The edition of this address."""
    return editions.by_slug(slug) or abort(404)


def _form_of(part: str) -> type[EditionForm]:
    return PARTS.get(part) or abort(404)
