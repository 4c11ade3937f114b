"""A message as it would look, about a session that nobody offers and a booking that nobody has."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask_babel import force_locale, gettext

from festival.delivery.composing import Written, compose
from festival.delivery.letters import Item, Letter, NoLongerTrue
from festival.delivery.wordings import Chosen, typed
from festival.domain import clock, wordings
from festival.domain.bookings import Line
from festival.models import (
    Attendee,
    AttendeeKind,
    Booking,
    Contact,
    ContactKind,
    Edition,
    FestivalSession,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
    Revision,
    RevisionText,
    Room,
    Venue,
)

State = ReservationState
REFERENCE = "LOO-KSL-1KE"  # with letters that no real reference has
STATES = {"waiting": State.waiting, "offered": State.offered, "offer_over": State.waiting}
STATES |= {"place_free": State.waiting}
GONE = {"cancelled": State.cancelled, "withdrawn": State.withdrawn, "passed_on": State.cancelled}


def asked_for(message: Message, edition: Edition) -> Written:
    """The test that one of the team sent to themselves, as a mail."""
    letter, chosen = _asked(message, edition)
    written = compose(letter, chosen)
    with force_locale("en_GB"):
        subject = gettext("Test: %(subject)s", subject=written.subject)
    return Written(subject, written.text, written.html)


def asked_for_text(message: Message, edition: Edition) -> tuple[Letter, Chosen]:
    """The same for an SMS: what it is about, and its words."""
    return _asked(message, edition)


def _asked(message: Message, edition: Edition) -> tuple[Letter, Chosen]:
    facts = message.facts
    try:
        wordings.check(facts["kind"], facts["channel"], facts["subject"], facts["body"])
    except wordings.BadWording as error:
        raise NoLongerTrue("these words cannot be sent any more") from error
    chosen = typed(facts["language"], facts["subject"], facts["body"])
    return letter_about_nothing(facts["kind"], edition, facts["language"]), chosen


def letter_about_nothing(kind: str, edition: Edition, language: str) -> Letter:
    """A letter of this kind, of rows that are in no database."""
    edition = _copy(edition)
    if not wordings.KINDS[kind].of_booking:
        contact = Contact(id=0, kind=ContactKind.email, address="", feed_version=0)
        return Letter(kind, edition, language, contact=contact, code="123456")
    booking = Booking(
        id=0, reference=REFERENCE, link_version=0, language=language, name="Gurpreet Kaur Sandhu"
    )
    online = kind == "joining"
    run = _run(edition, gettext("Sing Together"), 1, _room("Studio 2", "Central Library", online))
    gone = _reservation(booking, run, GONE.get(kind, State.cancelled))
    stands = _reservation(booking, run, STATES.get(kind, State.confirmed))
    other = _run(edition, gettext("Sing Together"), 2, _room("Main hall", "Bantock House"))
    before = {
        "starts_at": (run.starts_at - timedelta(hours=2)).isoformat(),
        "ends_at": (run.ends_at - timedelta(hours=2)).isoformat(),
    }
    make: Callable[[Reservation], Item] = lambda one: Item(Line([one]), booking, edition, language)  # noqa: E731
    items: Sequence[Item] = () if kind in GONE else (make(stands),)
    old = _reservation(booking, other, State.cancelled)
    ended: Sequence[Item] = (make(gone),) if kind in GONE else ()
    if kind == "swapped":
        ended = (make(old),)
    return Letter(
        kind,
        edition,
        language,
        booking,
        items,
        ended,
        alternatives=((ended[0], other),) if kind == "withdrawn" else (),
        facts={
            "reason": gettext("The teacher is ill."),
            "before": {str(run.id): before},
            "template": "late",
            "minutes": 15,
            "lost": [gettext("A British Sign Language interpreter")],
        },
    )


def _copy(edition: Edition) -> Edition:
    """Its names and numbers, beside the row: what hangs on it must not find its way in."""
    columns = [column.key for column in Edition.__table__.columns]
    facts: dict[str, Any] = {name: getattr(edition, name) for name in columns}
    return Edition(**facts)


def _room(name: str, venue: str, online: bool = False) -> Room:
    return Room(
        id=0,
        name=name,
        level="ground floor",
        step_free="yes",
        hearing_loop="yes",
        venue=Venue(
            name=venue,
            slug="nowhere",
            address="Snow Hill, Wolverhampton",
            postcode="WV1 3AX",
            is_online=online,
            accessible_toilet="yes",
            parking="street",
            transport="Bus station, 5 minutes on foot",
        ),
    )


def _run(edition: Edition, title: str, number: int, room: Room) -> Occurrence:
    text = RevisionText(
        language="en",
        title=title,
        summary=gettext("Sing easy songs with others. You need not read music."),
        what_to_bring=gettext("A bottle of water"),
        meeting_point=gettext("The front desk"),
        access_note="",
    )
    revision = Revision(texts=[text])
    session = FestivalSession(code="E00", published_revision=revision)
    starts_at = _soon(edition) + timedelta(days=number - 1)
    return Occurrence(
        id=number,
        session=session,
        room=room,
        room_id=0,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
    )


def _soon(edition: Edition) -> datetime:
    """Tomorrow at one."""
    day = clock.now().astimezone(edition.zone).date() + timedelta(days=1)
    return datetime.combine(day, time(13), edition.zone).astimezone(UTC)


def _reservation(booking: Booking, run: Occurrence, state: ReservationState) -> Reservation:
    return Reservation(
        id=0,
        booking=booking,
        occurrence=run,
        state=state,
        places=2,
        people=2,
        offer_until=clock.now() + timedelta(hours=24) if state == State.offered else None,
        attendees=[Attendee(kind=AttendeeKind.adult, takes_place=True) for _number in range(2)],
    )
