"""How sessions, places and people are said on the pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from festival.domain import images, words
from festival.domain.alternatives import alternatives
from festival.domain.capacity import Availability, availabilities, opens_at
from festival.domain.capacity.shapes import Gated
from festival.domain.children import HasAges
from festival.domain.finding import Entry, Offer, Picture
from festival.domain.parties import Person, children_may_come, persons_of
from festival.forms.baskets.party import called
from festival.forms.offers import LANGUAGES
from festival.models import (
    Accompaniment,
    AttendeeKind,
    BookingMode,
    Edition,
    FestivalSession,
    Image,
    Occurrence,
    Reservation,
    Room,
    SessionFormat,
    Venue,
)

FEW = 3

ACCESS = {
    "BSL interpreter": _("British Sign Language interpreter"),
    "BSL-led": _("Led in British Sign Language"),
    "live captions": _("Live captions"),
    "relaxed": _("Relaxed session"),
    "quiet space": _("Quiet space"),
    "seated": _("You can sit all the time"),
    "not step-free": _("Not step-free"),
}
STEP_FREE = {
    "yes": _("Step-free"),
    "by lift": _("Step-free by lift"),
    "no": _("Not step-free"),
}
NOT_KNOWN = _("Not known yet: ask us")


def places(occurrence: Gated, free: Availability, edition: Edition) -> tuple[str, str]:
    """How many places there are: a kind for its picture, and the words."""
    if free.reason == "open":
        return _places_left(occurrence, free)
    if free.reason == "not_open":
        opening = opens_at(occurrence)
        if opening is None:
            return "not_open", gettext("Booking is not open yet")
        moment = words.moment(opening, edition.zone)
        return "not_open", gettext("Booking opens %(moment)s", moment=moment)
    sentences = {
        "full": gettext("Full"),
        "drop_in": gettext("No booking: just come along"),
        "closed": gettext("Booking has closed"),
        "paused": gettext("Booking is stopped for a short time"),
        "cancelled": gettext("Cancelled"),
    }
    return free.reason, sentences[free.reason]


def _places_left(occurrence: Gated, free: Availability) -> tuple[str, str]:
    if free.places <= FEW:
        return "few", str(
            ngettext("Only %(num)s place left", "Only %(num)s places left", free.places)
        )
    if occurrence.booking_mode == BookingMode.preferred:
        left = ngettext("%(num)s place left", "%(num)s places left", free.places)
        return "open", gettext("%(left)s, or just come along", left=left)
    return "open", ngettext("%(num)s place left", "%(num)s places left", free.places)


def audience(session: HasAges) -> str:
    """Who may come, from the rules that are enforced."""
    least, most = session.age_min, session.age_max
    if not children_may_come(session):
        who = (
            gettext("Adults") if least == 18 else gettext("Adults aged %(age)s and over", age=least)
        )
    elif session.accompaniment == Accompaniment.babes_in_arms:
        who = gettext("Adults, and babies under 2")
    elif least is not None and most is not None:
        who = gettext("Ages %(least)s to %(most)s", least=least, most=most)
    elif least is not None:
        who = gettext("Ages %(least)s and over", least=least)
    elif most is not None:
        who = gettext("Up to age %(most)s", most=most)
    else:
        who = gettext("All ages")
    with_adult = {
        Accompaniment.adult_stays: gettext("an adult must stay"),
        Accompaniment.with_adult: gettext("children come with an adult"),
        Accompaniment.under_16_with_adult: gettext("under 16s come with an adult"),
    }.get(session.accompaniment)
    return f"{who}, {with_adult}" if with_adult else who


def adults_and_places(session: FestivalSession) -> str:
    """How adults who come with children are counted; empty where it needs no words."""
    if session.accompaniment not in (Accompaniment.adult_stays, Accompaniment.with_adult):
        return ""
    if not session.accompanying_adults_take_places:
        return gettext("Only children take a place. The adult who stays does not.")
    return gettext("Adults and children each take a place.")


NEEDS_WORDS: Mapping[str, Any] = {
    "step-free": _("Step-free"),
    "hearing-loop": _("Hearing loop"),
    "toilet": _("Accessible toilet"),
    "changing-places": _("Changing Places toilet"),
    "bsl": _("British Sign Language"),
    "captions": _("Live captions"),
    "relaxed": _("Relaxed session"),
    "quiet": _("Quiet space"),
    "seated": _("Sitting all the time"),
}


def access(session: FestivalSession) -> list[str]:
    """The help there is, in words."""
    return _in_words(session.access)


def _in_words(names: Sequence[str]) -> list[str]:
    return [str(ACCESS.get(name, name)) for name in names]


def access_not_known(session: FestivalSession) -> list[str]:
    """The help of which nobody knows yet whether there is any: said, so that people can ask."""
    return [str(ACCESS.get(name, name)) for name in session.access_not_known]


class Spoken(Protocol):
    @property
    def delivery_languages(self) -> Sequence[str]: ...


def languages(session: Spoken) -> list[str]:
    """What it is held in, in words."""
    names = dict(LANGUAGES)
    return [str(names.get(code, code)) for code in session.delivery_languages]


def other_languages(session: Spoken) -> list[str]:
    """Languages people look for a session by: all but plain English."""
    codes = session.delivery_languages
    return [] if list(codes) == ["en"] else languages(session)


def known(value: str, in_words: dict[str, Any] | None = None) -> str:
    """A fact of the access register; "not known" is said, never left blank."""
    if value in ("", "not known"):
        return str(NOT_KNOWN)
    return str((in_words or {}).get(value, value[:1].upper() + value[1:]))


def room_access(room: Room) -> list[tuple[str, str]]:
    """What is known of how to get in and about."""
    yes_no = {"yes": gettext("Yes"), "no": gettext("No")}
    if room.venue.is_online:
        return []
    return [
        (gettext("Which floor"), known(room.level)),
        (gettext("Step-free"), known(room.step_free, STEP_FREE)),
        (gettext("Hearing loop"), known(room.hearing_loop, yes_no)),
        (gettext("Accessible toilet"), known(room.venue.accessible_toilet, yes_no)),
        (gettext("Parking"), known(room.venue.parking)),
        (gettext("Bus, tram and train"), known(room.venue.transport)),
    ]


def venue_line(venue: Venue) -> str:
    """The address with its postcode, once."""
    return ", ".join(part for part in (venue.address, venue.postcode) if part)


def hours_of(entry: Entry, zone: ZoneInfo) -> str:
    """When a session runs on the day of the list."""
    first = entry.first
    hours = words.range_of_hours(first.starts_at, first.ends_at, zone)
    more = len(entry.items) - 1
    if not more:
        return hours
    times = ngettext("%(num)s more time", "%(num)s more times", more)
    return gettext("%(hours)s, and %(times)s that day", hours=hours, times=times)


def card(entry: Entry, edition: Edition, *, with_day: bool = False) -> dict[str, Any]:
    """What a session's card in a list shows; with its day where the list is not by days."""
    first, offer = entry.first, entry.first.session
    hours = hours_of(entry, edition.zone)
    return {
        **_card(offer, offer.title, offer.summary, offer.picture),
        **_places(first, entry.availability, edition),
        "when": f"{words.day(first.day)}, {hours}" if with_day else hours,
        "venue": _where(entry),
        "not_known": [NEEDS_WORDS[need] for need in entry.unsure],
        "image_alt": offer.picture.alt if offer.picture else "",
    }


def card_of_run(run: Occurrence, free: Availability, when: str, edition: Edition) -> dict[str, Any]:
    """The same of one run as its row has it."""
    revision = run.session.published_revision
    assert revision is not None  # only such sessions are listed
    text, venue = revision.text(), run.room.venue
    return {
        **_card(run.session, text.title, text.summary, images.shown(revision)),
        **_places(run, free, edition),
        "when": when,
        "venue": gettext("Online") if venue.is_online else venue.name,
        "image_alt": text.image_alt,
    }


def _card(
    session: FestivalSession | Offer, title: str, summary: str, image: Image | Picture | None
) -> dict[str, Any]:
    return {
        "href": url_for("programme.session", code=session.code),
        "title": title,
        "summary": summary,
        "theme": session.theme,
        "audience": audience(session),
        "access": [*_in_words(session.access), *other_languages(session)],
        "code": session.code,
        "image": image,
    }


def _places(run: Gated, free: Availability, edition: Edition) -> dict[str, str]:
    kind, text = places(run, free, edition)
    return {"places_kind": kind, "places_text": text}


def _where(entry: Entry) -> str:
    place = entry.first.place
    if place.is_online:
        return gettext("Online")
    if entry.miles is None:
        return place.venue.name
    if entry.miles < 0.1:
        return gettext("%(venue)s, very near", venue=place.venue.name)
    miles = gettext("%(miles)s miles away", miles=f"{entry.miles:.1f}")
    return f"{place.venue.name}, {miles}"


def format_words(session: FestivalSession) -> str:
    return {
        SessionFormat.in_person: gettext("In person"),
        SessionFormat.online: gettext("Online"),
        SessionFormat.outdoors: gettext("Outdoors"),
    }[session.format]


def party(reservation: Reservation) -> str:
    """Who a reservation is for, in numbers: ``1 adult, 2 children``."""
    kinds = [one.kind for one in reservation.attendees]
    adults, children, companions, others = (kinds.count(kind) for kind in AttendeeKind)
    counts = (
        (adults, ngettext("%(num)s adult", "%(num)s adults", adults)),
        (children, ngettext("%(num)s child", "%(num)s children", children)),
        (companions, ngettext("%(num)s companion", "%(num)s companions", companions)),
        (others, ngettext("%(num)s person", "%(num)s people", others)),
    )
    return ", ".join(said for number, said in counts if number)


def people(number: int) -> str:
    return str(ngettext("%(num)s person", "%(num)s people", number))


def attendee_label(reservation: Reservation, place: int) -> str:
    """One person of a party: their name, else which adult or child they are."""
    return attendee_labels(reservation)[place]


def attendee_kind(reservation: Reservation, place: int) -> str:
    """Which adult or child of the party this is, whatever their name and age."""
    nobody = [Person(one.kind) for one in reservation.attendees]
    return called(nobody)[place]


def attendee_labels(reservation: Reservation) -> Sequence[str]:
    """Everybody of a party, in their order."""
    return called(persons_of(reservation.attendees))


def instead_of(
    occurrence: Occurrence, people: Sequence[Person], edition: Edition, now: datetime
) -> list[dict[str, Any]]:
    """What else this party could come to, as links: a fixed number of queries."""
    return as_links(alternatives(occurrence, people, now), edition, now)


def next_after(occurrence: Occurrence, edition: Edition, now: datetime) -> list[dict[str, Any]]:
    """What somebody who came to this may like next: other sessions of its theme or provider."""
    alone = [Person(AttendeeKind.adult)]
    found = alternatives(occurrence, alone, now, limit=12)
    others = [one for one in found if one.session_id != occurrence.session_id]
    return as_links(others[:3], edition, now)


def as_links(found: Sequence[Occurrence], edition: Edition, now: datetime) -> list[dict[str, Any]]:
    """Runs with date, venue and places left, each the way to book it."""
    free = availabilities(found, now) if found else {}
    return [
        {
            "href": url_for("baskets.party", code=one.session.code, occurrence_id=one.id),
            "title": one.session.published_revision.text().title,
            "when": words.when(one.starts_at, one.ends_at, edition.zone),
            "venue": gettext("Online") if one.room.venue.is_online else one.room.venue.name,
            "places": places(one, free[one.id], edition),
        }
        for one in found
        if one.session.published_revision is not None
    ]
