"""Real rows in the current session, flushed: what a test stands on.

Plain functions; what is not said is made. Rows that wait for a commit get it from the test's
client (with ``app``), or from ``with write():`` around these calls (with ``committed_app``).
"""

import hashlib
import io
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from typing import Any

import PIL.Image
import sqlalchemy as sa

from festival.delivery import booking_rules, ticket_keys
from festival.domain import accounts, bookings, clock, door, offers, tickets
from festival.domain.bookings import Contact
from festival.domain.occurrences import Share, propose
from festival.domain.offers import Offer, OfferedRun
from festival.domain.parties import Person
from festival.domain.references import next_session_code
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    AttendeeKind,
    Booking,
    BookingMode,
    Channel,
    Declaration,
    DeclarationKind,
    DoorPass,
    Edition,
    EmptySearch,
    FestivalSession,
    FormRequest,
    Image,
    MembershipRole,
    Occurrence,
    OccurrenceState,
    Office,
    OtherForm,
    Provider,
    ProviderState,
    Reservation,
    Revision,
    RevisionState,
    RevisionText,
    Room,
    Theme,
    UnmetDemand,
    User,
    Venue,
    Ward,
    Wish,
)

PASSWORD = "correct horse battery"
CALENDAR_DOMAIN = "festival.example"
numbers = count(1)


def _saved(thing: Any) -> Any:
    db.session.add(thing)
    db.session.flush()
    return thing


# --- the festival and its places


def edition(**facts: Any) -> Edition:
    """The current festival: from three days ahead for nine days, everything open."""
    now = clock.now()
    starts_on = facts.pop("starts_on", (now + timedelta(days=3)).date())
    wanted: dict[str, Any] = {
        "slug": f"festival-{next(numbers)}",
        "name": "Wolverhampton Learning Festival",
        "city": "Wolverhampton",
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=8),
        "submissions_open_at": now - timedelta(days=30),
        "submissions_close_at": now + timedelta(days=2),
        "bookings_open_at": now - timedelta(days=7),
        "help_phone": "01902 550000",
        "help_hours": "Monday to Friday, 9am to 5pm",
        "help_email": "help@festival.example",
        "is_current": True,
    }
    return _saved(Edition(**wanted | facts))  # type: ignore[no-any-return]


def the_edition() -> Edition:
    """The current festival, made where there is none."""
    return db.session.scalar(sa.select(Edition).where(Edition.is_current)) or edition()


def ward(**facts: Any) -> Ward:
    number = next(numbers)
    return _saved(Ward(**{"code": f"E05{number:06d}", "name": f"Ward {number}"} | facts))  # type: ignore[no-any-return]


def theme(name: str | None = None, **facts: Any) -> Theme:
    number = next(numbers)
    name = name or f"Theme {number}"
    wanted = {"slug": f"theme-{number}", "name": name, "position": number, "palette": number % 10}
    return _saved(Theme(**wanted | facts))  # type: ignore[no-any-return]


def provider(name: str | None = None, **facts: Any) -> Provider:
    number = next(numbers)
    wanted = {"slug": f"provider-{number}", "name": name or f"Provider {number}"} | {
        "state": ProviderState.checked
    }
    return _saved(Provider(**wanted | facts))  # type: ignore[no-any-return]


def declaration(provider: Provider, kind: DeclarationKind, **facts: Any) -> Declaration:
    """What this organisation declares: checked by the team, good until after the festival."""
    wanted: dict[str, Any] = {
        "holder": "Zurich" if kind == DeclarationKind.insurance else "Priya Nair",
        "phone": "01632 960 215" if kind == DeclarationKind.safeguarding else "",
        "expires_on": (clock.now() + timedelta(days=300)).date(),
        "declared_at": clock.now(),
        "checked_at": clock.now(),
    }
    return _saved(Declaration(provider=provider, kind=kind, **wanted | facts))  # type: ignore[no-any-return]


def declarations(provider: Provider) -> list[Declaration]:
    """All that children who come alone need, in order."""
    return [declaration(provider, kind) for kind in DeclarationKind]


def venue(name: str | None = None, **facts: Any) -> Venue:
    number = next(numbers)
    wanted = {
        "slug": f"venue-{number}",
        "name": name or f"Venue {number}",
        "address": f"{number} Snow Hill, Wolverhampton",
        "postcode": "WV1 3AX",
        "latitude": 52.5847,
        "longitude": -2.1266,
        "accessible_toilet": "yes",
    }
    return _saved(Venue(**wanted | facts))  # type: ignore[no-any-return]


def room(legal_capacity: int = 30, *, venue: Venue | None = None, **facts: Any) -> Room:
    wanted = {"name": f"Room {next(numbers)}", "step_free": "yes", "level": "ground floor"}
    return _saved(  # type: ignore[no-any-return]
        Room(legal_capacity=legal_capacity, venue=venue or _new_venue(), **wanted | facts)
    )


_new_venue = venue  # room() has an argument of this name


# --- sessions and their runs


def session(
    *,
    published: bool = True,
    edition: Edition | None = None,
    provider: Provider | None = None,
    theme: Theme | None = None,
    title: str = "Bread from nothing",
    wording: dict[str, str] | None = None,
    run: bool = True,
    capacity: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    room: Room | None = None,
    booking_mode: BookingMode = BookingMode.required,
    shares: Sequence[Share] = (),
    publish_at: datetime | None = None,
    code: str | None = None,
    **rules: Any,
) -> FestivalSession:
    """A session with an approved wording and one scheduled run (``occurrence_of(it)``).

    ``published=False``: its offer waits for review. ``run=False``: without a run. ``rules`` are
    columns of the session: ages, accompaniment, most_places and so on.
    """
    edition = edition or the_edition()
    made = _saved(
        FestivalSession(
            code=code or next_session_code(edition),
            edition=edition,
            provider=provider or _new_provider(),
            theme=theme or _new_theme(),
            **rules,
        )
    )
    revision = _submitted(made, title, wording or {})
    if run:
        occurrence(
            made,
            capacity=capacity,
            starts_at=starts_at,
            ends_at=ends_at,
            room=room,
            booking_mode=booking_mode,
            shares=shares,
            scheduled=published,
        )
    if published:
        _publish(made, revision, publish_at)
    return made  # type: ignore[no-any-return]


_new_provider = provider
_new_theme = theme


def _submitted(made: FestivalSession, title: str, wording: dict[str, str]) -> Revision:
    words = {
        "title": title,
        "summary": "Bake a loaf and take it home.",
        "description": "You need no oven of your own.\n\nEverything is there.",
        "what_to_bring": "An apron",
        "meeting_point": "The front desk",
    }
    revision = Revision(
        session=made,
        state=RevisionState.submitted,
        proposal=dict(words | wording),
        created_at=clock.now(),
        submitted_at=clock.now(),
        texts=[RevisionText(language="en", **words | wording)],
    )
    return _saved(revision)  # type: ignore[no-any-return]


def _publish(made: FestivalSession, revision: Revision, publish_at: datetime | None) -> None:
    move(revision, RevisionState.approved)
    revision.decided_at = clock.now()
    made.published_revision = revision
    made.publish_at = publish_at
    db.session.flush()
    offers.publish_if_due(made, clock.now())
    db.session.flush()


def occurrence(
    session: FestivalSession,
    *,
    capacity: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    room: Room | None = None,
    booking_mode: BookingMode = BookingMode.required,
    shares: Sequence[Share] = (),
    series_part: int | None = None,
    scheduled: bool = True,
    **facts: Any,
) -> Occurrence:
    """One more run of this session: on the festival's second day at 1pm, for an hour and a half,
    with ten places or as many as the room may hold."""
    capacity = capacity or min(10, room.legal_capacity if room else 10)
    starts_at = starts_at or at_hour(session.edition, hour=13, day=1)
    _festival_has(session.edition, starts_at)
    made = propose(
        session=session,
        room=room or _new_room(max(30, capacity)),
        starts_at=starts_at,
        ends_at=ends_at or starts_at + timedelta(minutes=90),
        capacity=capacity,
        booking_mode=booking_mode,
        calendar_domain=CALENDAR_DOMAIN,
        shares=shares,
        series_part=series_part,
    )
    if scheduled:
        move(made, OccurrenceState.scheduled)
    for name, value in facts.items():
        setattr(made, name, value)
    db.session.flush()
    return made


_new_room = room


def occurrence_of(session: FestivalSession) -> Occurrence:
    """The one run of this session."""
    (only,) = session.occurrences
    return only


def series(parts: int = 3, *, days: int = 1, capacity: int = 10, **facts: Any) -> list[Occurrence]:
    """The runs of a session whose parts are booked together."""
    made = session(run=False, **facts)
    first = at_hour(made.edition, hour=13, day=1)
    return [
        occurrence(
            made,
            capacity=capacity,
            starts_at=first + timedelta(days=days * part),
            series_part=part + 1,
        )
        for part in range(parts)
    ]


def at_hour(edition: Edition, *, hour: int, day: int = 0) -> datetime:
    """This hour of this day of the festival (0 is its first), in its own zone, as UTC."""
    local = datetime.combine(edition.starts_on + timedelta(days=day), time(hour), edition.zone)
    return local.astimezone(UTC)


def _festival_has(edition: Edition, moment: datetime) -> None:
    """Let the festival be long enough for this day."""
    day = moment.astimezone(edition.zone).date()
    edition.starts_on = min(edition.starts_on, day)
    edition.ends_on = max(edition.ends_on, day)


def draft(provider: Provider, author: User, **typed: Any) -> Revision:
    """A provider's unfinished offer."""
    revision = offers.start(edition=the_edition(), provider=provider, author=author)
    offers.save_draft(revision, {"title": "A half-made idea"} | typed)
    return revision


def offer(**facts: Any) -> Offer:
    """A finished offer of one date, as its form would make it; or of these ``runs``."""
    if "runs" not in facts:
        facts["runs"] = (offered_run(**{name: facts.pop(name) for name in RUN if name in facts}),)
    wanted: dict[str, Any] = {
        "wording": {"title": "Knots", "summary": "Tie five knots.", "description": "Bring rope."},
        "booking_mode": BookingMode.required,
    }
    if "theme_id" not in facts:
        wanted["theme_id"] = theme().id
    return Offer(**wanted | facts)


RUN = ("room_id", "starts_at", "ends_at", "capacity", "setup_minutes", "cleardown_minutes")


def offered_run(**facts: Any) -> OfferedRun:
    """One date of an offer: on the festival's second day at 1pm, for an hour, with ten places."""
    starts_at = facts.pop("starts_at", None) or at_hour(the_edition(), hour=13, day=1)
    wanted = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "capacity": 10}
    if "room_id" not in facts:
        wanted["room_id"] = room().id
    return OfferedRun(**wanted | facts)


# --- bookings


def picture(revision: Revision, alt: str = "Two hands knead dough.") -> Image:
    """The picture of this revision, plain blue."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (600, 400), (30, 80, 160)).save(file, "JPEG")
    data = file.getvalue() + f"{next(numbers)}".encode()  # each one is another
    revision.image = Image(
        provider_id=revision.session.provider_id,
        digest=hashlib.sha256(data).hexdigest(),
        content_type="image/jpeg",
        data=data,
        width=600,
        height=400,
        created_at=clock.now(),
    )
    revision.text().image_alt = alt
    db.session.flush()
    return revision.image


def party(
    adults: int = 1, children: int = 0, *, ages: Sequence[int] = (), companions: int = 0
) -> list[Person]:
    """People whose ages are known: children are eight where nothing else is said."""
    known = [*ages, *[8] * (children - len(ages))]
    return [
        *[Person(AttendeeKind.adult)] * adults,
        *[Person(AttendeeKind.child, age=age) for age in known],
        *[Person(AttendeeKind.companion)] * companions,
    ]


def held(
    occurrence: Occurrence,
    adults: int = 1,
    children: int = 0,
    *,
    secret: str | None = None,
    ages: Sequence[int] = (),
) -> Booking:
    """A basket that holds places; ``secret`` owns it."""
    return bookings.hold(
        edition=occurrence.session.edition,
        secret=secret or bookings.new_secret(),
        occurrence=occurrence,
        party=party(adults, children, ages=ages),
        rules=booking_rules(),
    )


def booking(
    occurrence: Occurrence,
    adults: int = 1,
    children: int = 0,
    *,
    ages: Sequence[int] = (),
    name: str = "Ada Lovelace",
    email: str = "ada@example.org",
    mobile: str = "",
) -> Booking:
    """A confirmed booking of this run (or of all parts of its series)."""
    basket = held(occurrence, adults, children, ages=ages)
    contact = Contact(name=name, email=email, mobile=mobile)
    return bookings.confirm(basket, contact, f"key-{next(numbers)}", booking_rules())


def waiting(
    occurrence: Occurrence,
    adults: int = 1,
    children: int = 0,
    *,
    ages: Sequence[int] = (),
    least: int | None = None,
    name: str = "Grace Hopper",
    email: str = "grace@example.org",
    mobile: str = "",
    channel: Channel = Channel.web,
) -> Booking:
    """A confirmed booking that waits for places of this run (or has them, where there are some)."""
    wish = bookings.Wish(occurrence.id, party(adults, children, ages=ages), wait=True, least=least)
    return bookings.book(
        edition=occurrence.session.edition,
        wishes=[wish],
        contact=Contact(name=name, email=email, mobile=mobile),
        rules=booking_rules(),
        who=bookings.Who(channel=channel),
    )


def reservation_of(booking: Booking) -> Reservation:
    """The booking's one reservation."""
    (only,) = booking.reservations
    return only


def code_of(thing: Booking | Reservation) -> str:
    """The signed ticket code of a booking's one reservation, as it stands."""
    claim = reservation_of(thing) if isinstance(thing, Booking) else thing
    assert claim.ticket is not None
    return tickets.code_of(claim.ticket, ticket_keys())


def wish(**facts: Any) -> Wish:
    """What somebody would like to learn, of whom nothing else is known."""
    wanted: dict[str, Any] = {"words": "Crochet", "created_at": clock.now()}
    if "edition_id" not in facts:
        wanted["edition_id"] = the_edition().id
    return _saved(Wish(**wanted | facts))  # type: ignore[no-any-return]


def empty_search(times: int = 1, **facts: Any) -> EmptySearch:
    """A search that found nothing, so many times today."""
    wanted: dict[str, Any] = {
        "key": f"{next(numbers)}",
        "day": clock.now().date(),
        "times": times,
    }
    if "edition_id" not in facts:
        wanted["edition_id"] = the_edition().id
    return _saved(EmptySearch(**wanted | facts))  # type: ignore[no-any-return]


def unmet(occurrence: Occurrence, parties: int) -> UnmetDemand:
    """So many parties waited for this run in vain."""
    facts = {"parties": parties, "places": parties, "recorded_at": clock.now()}
    return _saved(UnmetDemand(occurrence_id=occurrence.id, **facts))  # type: ignore[no-any-return]


def form_request(**facts: Any) -> FormRequest:
    """Somebody asked for something in large print, today."""
    asked: dict[str, Any] = {
        "form": OtherForm.large_print,
        "contact": "07700 900123",
        "created_at": clock.now(),
        "due_on": clock.now().date() + timedelta(days=7),
    }
    if "edition_id" not in facts:
        asked["edition_id"] = the_edition().id
    return _saved(FormRequest(**asked | facts))  # type: ignore[no-any-return]


# --- people


@lru_cache
def hash_of(password: str) -> str:
    """Argon2 takes its time on purpose: once a password is enough."""
    return accounts.hasher.hash(password)


def user(
    email: str | None = None,
    name: str = "Sam Sparrow",
    *,
    password: str = PASSWORD,
    offices: Sequence[Office] = (),
    memberships: Sequence[tuple[Provider, MembershipRole]] = (),
    **facts: Any,
) -> User:
    """Someone who can sign in with PASSWORD."""
    made = accounts.add_user(email=email or f"person{next(numbers)}@example.org", name=name)
    made.password_hash = hash_of(password) if password else ""
    for office in offices:
        accounts.grant_office(made, office)
    for organisation, role in memberships:
        accounts.join_provider(made, organisation, role)
    for name_of_column, value in facts.items():
        setattr(made, name_of_column, value)
    db.session.flush()
    return made


def door_pass(
    venue: Venue,
    *,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    label: str = "Front door",
) -> tuple[DoorPass, str, str]:
    """A pass that works from an hour ago for nine hours: the pass, its link's secret, its PIN."""
    return door.make_pass(
        venue=venue,
        from_at=from_at or clock.now() - timedelta(hours=1),
        until_at=until_at or clock.now() + timedelta(hours=8),
        label=label,
        actor=None,
    )
