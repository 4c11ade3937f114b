"""What the team compares and says of an offer, in the words of its pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from festival.domain import offers, programme, review
from festival.domain import words as told
from festival.domain.errors import DomainError
from festival.domain.offers.submitting import FACTS
from festival.forms.base import in_words
from festival.models import Edition, FestivalSession, Image, Revision, User
from festival.views import offered, shown


@dataclass(frozen=True)
class Part:
    """One part of an offer as the review page shows it."""

    field: str
    label: str
    difference: review.Difference
    comments: Sequence[object] = ()


def label(field: str) -> str:
    """What this part of an offer is called."""
    if field == review.WHOLE:
        return gettext("The whole offer")
    return str(gettext(review.FIELDS[field])) if field in review.FIELDS else field


def sentences(found: Sequence[DomainError]) -> list[str]:
    """What stands in the way, in the reader's language."""
    return [in_words(one) for one in found]


def missing(one: review.Waiting) -> str:
    """What an offer does not say, in one line."""
    return ", ".join(str(gettext(review.USEFUL[name])) for name in one.missing)


def wording(revision: Revision) -> list[Part]:
    """Every part of the wording beside what is public."""
    older = review.before(revision)
    found = review.compare_words(older.text() if older else None, revision.text())
    return [_part(revision, one, label(one.field)) for one in found]


def facts(revision: Revision) -> list[Part]:
    """Every fact that is proposed beside what holds now."""
    edition = revision.session.edition
    after = _facts(proposed(revision), edition)
    before = _facts(revision.session, edition) if is_change(revision) else ()
    held = {field: words for field, _label, words in before}
    return [
        _part(revision, review.compare(field, held.get(field, ""), words), called)
        for field, called, words in after
    ]


def same_facts(revision: Revision) -> list[tuple[str, str]]:
    """What a change leaves as it is, and the dates that stand."""
    dates = offered.dates(revision.session)
    kept = [one for one in facts(revision) if not one.difference.is_changed]
    return [
        *dates,
        *((one.label, "".join(text for _, text in one.difference.after)) for one in kept),
    ]


@dataclass(frozen=True)
class Pictured:
    """A picture, and the words for who cannot see it; none yet where they are empty."""

    image: Image
    alt: str


def pictures(revision: Revision) -> tuple[Pictured | None, Pictured | None]:
    """The picture that is public now, and the one that is proposed; each may be missing."""
    older = review.before(revision)
    return _pictured(older) if older else None, _pictured(revision)


def _pictured(revision: Revision) -> Pictured | None:
    if revision.image is None:
        return None
    return Pictured(revision.image, revision.text().image_alt)


def is_change(revision: Revision) -> bool:
    """Whether it would take the place of something public."""
    return revision.based_on_id is not None


def _part(revision: Revision, difference: review.Difference, called: str) -> Part:
    said = [one for one in revision.comments if one.field == difference.field]
    return Part(difference.field, called, difference, said)


def proposed(revision: Revision) -> FestivalSession:
    """A session, kept nowhere, as the offer would have it; the real one where it is so already."""
    session, offer = revision.session, offers.offer_of(revision)
    if offer is None or not is_change(revision):
        return session
    themes = {theme.id: theme for theme in programme.themes()}
    held = {name: getattr(offer, name) for name in FACTS if name != "theme_id"}
    answers = dict(offer.answers)
    return FestivalSession(theme=themes.get(offer.theme_id), answers=answers, **held)


def _facts(session: FestivalSession, edition: Edition) -> list[tuple[str, str, str]]:
    """Field, what it is called, what it says."""
    known = [
        ("theme", session.theme.name if session.theme else ""),
        ("age_min", shown.audience(session)),
        ("format", shown.format_words(session)),
        ("delivery_languages", ", ".join(shown.languages(session))),
        ("access", _help(session)),
        ("accompaniment", shown.adults_and_places(session)),
        ("children_per_adult", _number(session.children_per_adult)),
        ("most_places", _number(session.most_places)),
        ("charge", session.charge or gettext("Nothing")),
    ]
    asked = [
        (f"answer_{one['key']}", one["label"], session.answers.get(one["key"], ""))
        for one in edition.questions
    ]
    return [*((field, label(field), words) for field, words in known), *asked]


def _help(session: FestivalSession) -> str:
    found = shown.access(session)
    if not_known := shown.access_not_known(session):
        found.append(gettext("not known: %(what)s", what=", ".join(not_known)))
    return ", ".join(found)


def _number(number: int | None) -> str:
    return gettext("As usual") if number is None else str(number)


def new_dates(revision: Revision) -> list[str]:
    """The dates that a change of a public session would add."""
    session, offer = revision.session, offers.offer_of(revision)
    if offer is None or not is_change(revision):
        return []
    rooms = {room.id: room for room in offers.rooms()}
    return [
        "{}: {}".format(
            told.when(run.starts_at, run.ends_at, session.edition.zone),
            f"{rooms[run.room_id].name}, {rooms[run.room_id].venue.name}",
        )
        for run in offer.runs
        if run.room_id in rooms
    ]


def clashes(revision: Revision) -> list[str]:
    """What else is in the rooms of its dates, or so near that people get in one another's way."""
    found = []
    for run in revision.session.occurrences:
        if run.state != "proposed":
            continue
        for clash in offers.clashes(run):
            other = clash.run
            found.append(
                gettext(
                    "%(room)s is also wanted by %(code)s, %(when)s.",
                    room=run.room.name,
                    code=other.session.code,
                    when=told.when(other.starts_at, other.ends_at, revision.session.edition.zone),
                )
            )
    return found


def lost(revision: Revision) -> dict[str, str]:
    """What people who have booked would lose, by the names of ``review.losses``."""
    after = proposed(revision)
    known = {
        review.AGES: gettext("Who may come: it is now for %(who)s", who=shown.audience(after)),
        review.ADULT: gettext("Children can no longer come without an adult"),
    }
    return {
        name: known.get(name) or str(shown.ACCESS.get(name, name))
        for name in review.losses(revision)
    }


def standing(revision: Revision, person: User) -> dict[str, object]:
    """How far the team has come with an offer that waits, for this person."""
    first = offers.looked_at_by(revision)
    names = review.names_of([revision])
    return {
        "obstacles": sentences(offers.obstacles(revision, person)),
        "clashes": clashes(revision),
        "two_people": offers.is_for_children_alone(revision),
        "first": names.get(first, "") if first else "",
        "in_conflict": offers.in_conflict(person, revision),
        "said_conflict": person.id in revision.conflicts,
        "lost": list(lost(revision).values()),
        "told": review.who_is_told(revision),
        "late": revision.late_allowed_at is not None,
    }
