"""What every offer of one festival is asked besides."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import questions
from festival.domain.errors import DomainError, NotFound
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.editions import QuestionForm
from festival.models import Edition
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import EDITIONS, blueprint
from festival.views.office.edition import EDITION, edition_or_404
from festival.views.writing import write_for

QUESTIONS = f"{EDITION}/questions"
QUESTION = f"{QUESTIONS}/<key>"


@blueprint.get(QUESTIONS)
@office(*EDITIONS)
def question_list(slug: str) -> ResponseReturnValue:
    """The questions in their order, and one more to ask."""
    return _list_page(edition_or_404(slug), QuestionForm())


@blueprint.post(QUESTIONS)
@office(*EDITIONS)
def ask_question(slug: str) -> ResponseReturnValue:
    """Ask one more question."""
    found, form = edition_or_404(slug), QuestionForm()
    if form.validate_on_submit():
        with write_for(form):
            questions.ask(found, **form.facts(), actor=me())
        if not form.refused:
            say(gettext("Every new session is asked this now."), kind="success")
            return redirect(url_for("office.question_list", slug=slug))
    return _list_page(found, form)


def _list_page(found: Edition, form: QuestionForm) -> ResponseReturnValue:
    return render_template(
        "office/questions.html",
        one=found,
        form=form,
        answered=questions.answered(found),
        is_full=len(found.questions) >= questions.MOST,
    )


@blueprint.get(QUESTION)
@office(*EDITIONS)
def question(slug: str, key: str) -> ResponseReturnValue:
    """One question, to be put in other words."""
    found = edition_or_404(slug)
    return _question_page(found, key, QuestionForm(data=_question_or_404(found, key)))


@blueprint.post(QUESTION)
@office(*EDITIONS)
def reword_question(slug: str, key: str) -> ResponseReturnValue:
    """Put the question in other words."""
    found, form = edition_or_404(slug), QuestionForm()
    _question_or_404(found, key)
    if form.validate_on_submit():
        with write_for(form):
            questions.reword(found, key, **form.facts(), actor=me())
        if not form.refused:
            say(gettext("Saved."), kind="success")
            return redirect(url_for("office.question_list", slug=slug))
    return _question_page(found, key, form)


def _question_page(found: Edition, key: str, form: QuestionForm) -> ResponseReturnValue:
    answers = questions.answered(found).get(key, 0)
    return render_template("office/question.html", one=found, key=key, form=form, answers=answers)


@blueprint.post(f"{QUESTION}/remove")
@office(*EDITIONS)
def remove_question(slug: str, key: str) -> ResponseReturnValue:
    """Ask it no more."""
    found = edition_or_404(slug)
    with write():
        questions.remove(found, key, actor=me())
    say(gettext("The question is gone. Answers that were given are kept."), kind="success")
    return redirect(url_for("office.question_list", slug=slug))


@blueprint.post(f"{QUESTION}/move")
@office(*EDITIONS)
def move_question(slug: str, key: str) -> ResponseReturnValue:
    """Ask it earlier or later."""
    found = edition_or_404(slug)
    try:
        with write():
            questions.move(found, key, up=request.form.get("to") == "up", actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    return redirect(url_for("office.question_list", slug=slug))


def _question_or_404(found: Edition, key: str) -> dict[str, object]:
    try:
        return questions.find(found, key)
    except NotFound:
        abort(404)
