"""How an offer stands and what it proposes, in the words of the provider's and the team's pages."""

from typing import Any

from flask_babel import gettext, ngettext
from wtforms import RadioField, SelectField, SelectMultipleField

from festival.domain import clock, programme, words
from festival.forms.offers import MODES, OfferForm
from festival.models import (
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    RevisionState,
    SessionState,
)
from festival.views import shown

Row = tuple[str, str]


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


def taken(session: FestivalSession) -> str:
    """How many places are gone, over all runs people can come to."""
    runs = [one for one in session.occurrences if one.state == OccurrenceState.scheduled]
    if not runs:
        return ""
    gone, places = sum(one.places_taken for one in runs), sum(one.capacity for one in runs)
    return gettext("%(gone)s of %(places)s places taken", gone=gone, places=places)


def as_typed(form: OfferForm) -> list[Row]:
    """A draft's answers as they were typed, right or wrong, but for its wording."""
    first = list(form._fields).index("theme")
    fields = list(form._fields.values())[first:]
    return [
        (str(field.label.text), _answer(field)) for field in fields if field.name != "csrf_token"
    ]


def _answer(field: Any) -> str:
    if isinstance(field, SelectMultipleField | SelectField | RadioField):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        known = {str(value): str(label) for value, label, *_ in field.iter_choices()}
        return ", ".join(known[str(one)] for one in chosen if one and str(one) in known)
    return str(field.data or "")


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
        (gettext("Adults with children"), shown.adults_and_places(session)),
        (gettext("Most children for each adult"), _number(session.children_per_adult)),
        (gettext("Most places in one booking"), _number(session.most_places)),
        (gettext("What it costs"), session.charge or gettext("Nothing")),
    ]


def _run(run: Occurrence, session: FestivalSession) -> list[Row]:
    places = ngettext("%(num)s place", "%(num)s places", run.capacity)
    legal = gettext("the room holds %(legal)s by law", legal=run.legal_capacity)
    return [
        (gettext("When"), words.when(run.starts_at, run.ends_at, session.edition.zone)),
        (gettext("Where"), f"{run.room.name}, {run.room.venue.name}"),
        (gettext("Places"), f"{places} ({legal})"),
        (gettext("Booking"), str(dict(MODES)[run.booking_mode.value])),
    ]


def _number(number: int | None) -> str:
    return gettext("As usual") if number is None else str(number)
