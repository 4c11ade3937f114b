"""How an offer stands and what it proposes, in the words of the provider's and the team's pages."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, ngettext
from wtforms import RadioField, SelectField, SelectMultipleField

from festival.domain import clock, programme, words
from festival.forms.offers import MODES, OfferForm, Part, part_with
from festival.models import (
    FestivalSession,
    Occurrence,
    OccurrenceState,
    ReviewComment,
    Revision,
    RevisionState,
    SessionState,
)
from festival.views import shown

Row = tuple[str, str]
# Of these an empty answer means that nobody knows yet.
WORDS_ASKED = ("title", "summary", "description", "theme")
ASKED = (*WORDS_ASKED, "room", "day", "starts", "ends", "capacity", "access_", "answer_")


def status(revision: Revision) -> tuple[str, str]:
    """Where an offer stands: the words, and the colour of its tag."""
    session = revision.session
    if session.state == SessionState.withdrawn:
        return gettext("Withdrawn"), "grey"
    if revision.state == RevisionState.approved:
        return _approved(session)
    if revision.based_on_id is not None and revision.state != RevisionState.superseded:
        return _changing(revision)
    return {
        RevisionState.draft: (gettext("Draft"), "grey"),
        RevisionState.submitted: (gettext("Sent in"), "blue"),
        RevisionState.returned: (gettext("Please change"), "orange"),
        RevisionState.declined: (gettext("Declined"), "red"),
        RevisionState.withdrawn: (gettext("Taken back"), "grey"),
        RevisionState.superseded: (gettext("Replaced"), "grey"),
    }[revision.state]


def _changing(revision: Revision) -> tuple[str, str]:
    """Of a session that people can see, with newer words on their way."""
    return {
        RevisionState.draft: (gettext("Public, with a change begun"), "grey"),
        RevisionState.submitted: (gettext("Public, with a change sent in"), "blue"),
        RevisionState.returned: (gettext("Public, but please look at your change"), "orange"),
        RevisionState.declined: (gettext("Public, without your change"), "green"),
        RevisionState.withdrawn: (gettext("Public, without your change"), "green"),
    }[revision.state]


def _approved(session: FestivalSession) -> tuple[str, str]:
    if programme.is_public(session, clock.now()):
        return gettext("Published"), "green"
    assert session.publish_at is not None  # without one it is public
    moment = words.moment(session.publish_at, session.edition.zone)
    return gettext("Approved: people see it from %(moment)s", moment=moment), "blue"


def title(revision: Revision) -> str:
    """Its title, or that it has none yet."""
    return revision.text().title or gettext("No title yet")


def comments(revision: Revision, field: str | None = None) -> list[ReviewComment]:
    """What the team says to this offer, or to one field of it, and is still to be done."""
    return [
        one
        for one in revision.comments
        if one.settled_at is None and (field is None or one.field == field)
    ]


def told_of_fields(
    revision: Revision, form: OfferForm, parts: Sequence[Part]
) -> list[tuple[str, ReviewComment, Part | None]]:
    """The same, each with the question it is about and the page that asks it."""
    return [
        (
            str(form._fields[one.field].label.text) if one.field in form._fields else "",
            one,
            part_with(one.field, parts),
        )
        for one in comments(revision)
    ]


def taken(session: FestivalSession) -> str:
    """How many places are gone, over all runs people can come to."""
    runs = [one for one in session.occurrences if one.state == OccurrenceState.scheduled]
    if not runs:
        return ""
    gone, places = sum(one.places_taken for one in runs), sum(one.capacity for one in runs)
    return gettext("%(gone)s of %(places)s places taken", gone=gone, places=places)


def as_typed(form: OfferForm, parts: Sequence[Part]) -> list[tuple[Part, list[Row]]]:
    """A draft's answers as they were typed, right or wrong, page by page."""
    return [
        (part, [row for name in part.fields if (row := _typed(form, name)) is not None])
        for part in parts
    ]


def _typed(form: OfferForm, name: str) -> Row | None:
    """One answer with its question; a date without any is left out."""
    field = form._fields[name]
    row = getattr(field, "row", 0)
    if row and form.is_empty(row):
        return None
    label = str(field.label.text)
    if row:
        label = gettext("%(label)s of date %(number)s", label=label, number=row + 1)
    answer = in_words(field, field.data)
    return label, answer or ("" if name.startswith(ASKED) else gettext("Left empty"))


def in_words(field: Any, answer: Any) -> str:
    """An answer as it is read: what stands in the list for what was chosen of it."""
    if isinstance(field, SelectMultipleField | SelectField | RadioField):
        chosen = answer if isinstance(answer, list) else [answer]
        known = {str(value): str(label) for value, label, *_ in field.iter_choices()}
        return ", ".join(known[str(one)] for one in chosen if one and str(one) in known)
    return str(answer or "")


def facts(session: FestivalSession) -> list[Row]:
    """What is proposed or settled, but for its wording."""
    rows = [row for run in session.occurrences for row in _run(run, session)]
    return [
        (gettext("Theme"), session.theme.name if session.theme else ""),
        *rows,
        (gettext("Who it is for"), shown.audience(session)),
        (gettext("How it happens"), shown.format_words(session)),
        (gettext("Languages"), ", ".join(shown.languages(session))),
        (gettext("Help there is"), ", ".join(shown.access(session))),
        (gettext("Help we do not know of yet"), ", ".join(shown.access_not_known(session))),
        (gettext("Adults with children"), shown.adults_and_places(session)),
        (gettext("Most children for each adult"), _number(session.children_per_adult)),
        (gettext("Most places in one booking"), _number(session.most_places)),
        (gettext("What it costs"), session.charge or gettext("Nothing")),
        *((one["label"], session.answers.get(one["key"], "")) for one in session.edition.questions),
    ]


def dates(session: FestivalSession) -> list[Row]:
    """When and where its dates are."""
    return [row for run in session.occurrences for row in _run(run, session)[:2]]


def _run(run: Occurrence, session: FestivalSession) -> list[Row]:
    places = ngettext("%(num)s place", "%(num)s places", run.capacity)
    legal = gettext("the room holds %(legal)s by law", legal=run.legal_capacity)
    return [
        (gettext("When"), words.when(run.starts_at, run.ends_at, session.edition.zone)),
        (gettext("Where"), f"{run.room.name}, {run.room.venue.name}"),
        (gettext("Places"), f"{places} ({legal})"),
        (gettext("Before and after"), _around(run)),
        (gettext("Booking"), str(dict(MODES)[run.booking_mode.value])),
    ]


def _around(run: Occurrence) -> str:
    return gettext(
        "%(before)s minutes to set up, %(after)s to clear away",
        before=run.setup_minutes,
        after=run.cleardown_minutes,
    )


def _number(number: int | None) -> str:
    return gettext("As usual") if number is None else str(number)
