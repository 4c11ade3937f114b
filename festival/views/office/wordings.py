"""What messages say: the shipped words, and the team's own instead of them."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import composing, samples, texts
from festival.delivery.wordings import Chosen, choose, shipped, typed
from festival.domain import wordings, words
from festival.domain.errors import NotFound
from festival.domain.wordings import EMAIL, KINDS, SHIPPED, SMS, BadWording
from festival.extensions import write
from festival.forms.wordings import WordingForm
from festival.models import Edition
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import WORDINGS, blueprint
from festival.views.page import edition as current_edition
from festival.views.writing import write_for

WORDING = "/wordings/<kind>/<channel>/<language>"


@blueprint.get("/wordings")
@office(*WORDINGS)
def wording_list() -> ResponseReturnValue:
    """Every kind of message, and where the team has words of its own."""
    own: dict[tuple[str, str], list[str]] = {}
    for one in wordings.all_own():
        own.setdefault((one.kind, one.channel), []).append(one.language)
    rows = [
        {
            "kind": name,
            "label": gettext(kind.label),
            "cause": gettext(kind.cause),
            "channels": {channel: own.get((name, channel), []) for channel in kind.channels},
        }
        for name, kind in KINDS.items()
    ]
    return render_template("office/wordings.html", messages=rows, languages=words.LANGUAGES)


@blueprint.get(WORDING)
@office(*WORDINGS)
def wording(kind: str, channel: str, language: str) -> ResponseReturnValue:
    """The words that go now, and how they look."""
    which = _which(kind, channel, language)
    return _page(_form(*which), *which, choose(*which))


@blueprint.post(WORDING)
@office(*WORDINGS)
def save_wording(kind: str, channel: str, language: str) -> ResponseReturnValue:
    """These are the words from now on, unless something in them cannot be sent."""
    which = _which(kind, channel, language)
    form = _form(*which)
    if form.validate_on_submit():
        with write_for(form, "body"):
            wordings.save(*which, **form.typed_words, actor=me())
        if not form.refused:
            say(gettext("Saved. Messages that leave from now on say this."), kind="success")
            return redirect(_address(*which))
    return _page(form, *which, None)


@blueprint.post(f"{WORDING}/look")
@office(*WORDINGS)
def look_at_wording(kind: str, channel: str, language: str) -> ResponseReturnValue:
    """How the typed words look; nothing is saved."""
    which = _which(kind, channel, language)
    form = _form(*which)
    seen = None
    if form.validate_on_submit():
        try:
            wordings.check(kind, channel, **form.typed_words)
            seen = typed(language, **form.typed_words)
        except BadWording as error:
            form.refuse(error, "body")
    return _page(form, *which, seen, looked=seen is not None)


@blueprint.post(f"{WORDING}/test")
@office(*WORDINGS)
def test_wording(kind: str, channel: str, language: str) -> ResponseReturnValue:
    """Send the typed words to who typed them."""
    which = _which(kind, channel, language)
    form = _form(*which)
    if not form.validate_on_submit():
        return _page(form, *which, None)
    number = form.number.data if "number" in form else ""
    with write_for(form, "body"):
        wordings.send_test(_edition(), me(), *which, **form.typed_words, number=number or "")
    if form.refused:
        return _page(form, *which, None)
    told = number or me().email
    return _page(form, *which, typed(language, **form.typed_words), sent_to=told)


@blueprint.post(f"{WORDING}/shipped")
@office(*WORDINGS)
def ship_wording(kind: str, channel: str, language: str) -> ResponseReturnValue:
    """Back to the shipped words."""
    which = _which(kind, channel, language)
    with write():
        wordings.use_shipped(*which, actor=me())
    say(gettext("Done. The shipped words are used again."), kind="success")
    return redirect(_address(*which))


def _which(kind: str, channel: str, language: str) -> tuple[str, str, str]:
    """What this address is about, else a 404."""
    try:
        wordings.check_kind(kind, channel, language)
    except NotFound:
        abort(404)
    return kind, channel, language


def _edition() -> Edition:
    return current_edition() or abort(404)


def _address(kind: str, channel: str, language: str) -> str:
    return url_for("office.wording", kind=kind, channel=channel, language=language)


def _form(kind: str, channel: str, language: str) -> WordingForm:
    """With the team's words, else with the shipped ones to begin from."""
    own = wordings.own_or_english(kind, channel, language)
    start = own or SHIPPED[kind, channel]
    return WordingForm.of(
        channel, language, texts=_edition().sends_texts, subject=start.subject, body=start.body
    )


def _page(
    form: WordingForm, kind: str, channel: str, language: str, seen: Chosen | None, **more: Any
) -> ResponseReturnValue:
    """``seen`` are the words to be looked at: nothing where they cannot be sent."""
    which = (kind, channel, language)
    own = wordings.own(*which)
    return render_template(
        "office/wording.html",
        form=form,
        kind=kind,
        channel=channel,
        language=language,
        about=KINDS[kind],
        own=own,
        english=None if own else wordings.own(kind, channel, words.ENGLISH),
        languages=words.LANGUAGES,
        places=_places(kind, channel),
        preview=_preview(*which, seen) if seen else None,
        shipped=_preview(kind, channel, language, shipped(kind, channel, language))
        if own
        else None,
        address=_address,
        to=me().email,
        **more,
    )


def _places(kind: str, channel: str) -> list[dict[str, Any]]:
    """What can stand in the words, and what must."""
    needed = wordings.needed_of(kind, channel)
    blocks = wordings.blocks_of(kind, channel)
    names = (*wordings.inline_of(kind, channel), *blocks)
    return [
        {
            "name": f"{{{name}}}",
            "says": gettext(wordings.says(name)),
            "block": name in blocks and channel == EMAIL,
            "needed": name in needed,
        }
        for name in names
    ]


def _preview(kind: str, channel: str, language: str, seen: Chosen) -> dict[str, Any]:
    """As it would look, about a session that nobody offers."""
    letter = samples.letter_about_nothing(kind, _edition(), language)
    if channel == SMS:
        text = texts.compose(letter, seen)
        return {"text": text, "taken": texts.segments(text), "language": seen.language}
    written = composing.compose(letter, seen)
    return {
        "subject": written.subject,
        "text": written.text,
        "html": composing.body_of(letter, seen),
        "language": seen.language,
    }
