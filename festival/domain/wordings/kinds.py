"""The kinds of messages to bookers: by which channels they go, and which places their words may
have."""

from collections.abc import Mapping
from dataclasses import dataclass

from festival.domain.errors import N_

EMAIL, SMS = "email", "sms"
CHANNELS = (EMAIL, SMS)


@dataclass(frozen=True)
class Kind:
    """``label`` and ``cause`` are for the team. ``needed`` are places without which the message
    does not do what it is for. ``prefix`` begins its subject, whatever the team writes."""

    label: str
    cause: str
    places: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    texts: tuple[str, ...] | None = None  # places of its SMS; none: it does not go by SMS
    texts_needed: tuple[str, ...] = ()
    prefix: str = ""
    of_booking: bool = True

    @property
    def channels(self) -> tuple[str, ...]:
        return (EMAIL,) if self.texts is None else CHANNELS


CHANGED, CANCELLED = N_("CHANGED"), N_("CANCELLED")

# What stands in a sentence. The sample is for trying a text's length.
INLINE: Mapping[str, tuple[str, str]] = {
    "name": (N_("The booker's name"), "Gurpreet Kaur"),
    "reference": (N_("The booking's reference"), "WLF-7K4-92M"),
    "title": (N_("The session's title; of several, the first"), "Sing Together"),
    "when": (N_("Day and time"), "Sat 5 Jun 1pm"),
    "where": (N_("Room and venue"), "Central Library"),
    "how_soon": (N_("Today, tomorrow, or in how many days"), "tomorrow"),
    "people": (N_("How many people come"), "2 people"),
    "until": (N_("Until when to answer"), "Fri 4 Jun 9pm"),
    "code": (N_("The code of six digits"), "123456"),
    "minutes": (N_("For how many minutes the code works"), "15"),
    "festival": (N_("The festival's name"), "Wolverhampton Learning Festival"),
    "announcement_text": (
        N_("What the organiser tells"),
        "We are sorry: we start about 15 minutes late. You need do nothing.",
    ),
    "help_phone": (N_("The help line's number, or else its email address"), "01902 550000"),
}
# What fills a line of its own in an email.
BLOCKS: Mapping[str, str] = {
    "details": N_("What is booked: title, day, time, place, how many people"),
    "tickets": N_("The link to the tickets"),
    "manage": N_("The link to the booking, to change or cancel it"),
    "programme": N_("The link to the programme"),
    "answer": N_("Until when to answer, and the link to say yes or no"),
    "book": N_("The link to book what is free"),
    "given_up": N_("What was given up"),
    "reason": N_("Why it was called off or changed, where a reason was given"),
    "alternatives": N_("Other sessions with places for all of them, each with a link"),
    "change": N_("What has changed: before, and now"),
    "announcement": N_("What the organiser tells"),
    "lost": N_("What was said about access, and is not so any more"),
    "getting_there": N_("How to get there: address, buses, parking, where to meet"),
    "bring": N_("What to bring"),
    "expect": N_("What to expect: what it is about, and what the room is like"),
    "cannot_come": N_("The link to say that they cannot come"),
    "join": N_("The link to join online"),
    "feedback": N_("The link to say how it was"),
    "code_link": N_("The link that does the same as the code"),
}
# Places that are an address in an SMS.
LINKS = ("tickets", "manage", "programme", "answer", "book", "cannot_come", "join", "feedback")
SAMPLE_LINK = "https://learn.wolverhampton.example/bookings/WLF-7K4-92M/offers/1234?t=" + "x" * 24

SAID = ("name", "reference", "title", "when", "where", "people", "festival", "help_phone")
TEXTED = ("reference", "title", "when", "where", "people", "help_phone")
BOOKED = ("details", "tickets", "manage", "programme")

KINDS: Mapping[str, Kind] = {
    "booked": Kind(
        N_("Booked"),
        N_("Somebody has booked, or said yes to places that were offered."),
        (*BOOKED, "getting_there", "bring", "expect", "cannot_come"),
        ("details",),
        (*TEXTED, "tickets", "manage"),
        ("reference",),
    ),
    "changed": Kind(
        N_("Changed by the booker"),
        N_("Somebody has changed who comes, or given some places back."),
        (*BOOKED, "getting_there", "bring", "expect", "cannot_come"),
        ("details",),
        prefix=CHANGED,
    ),
    "cancelled": Kind(
        N_("Cancelled by the booker"),
        N_("Somebody has given their places back."),
        ("details", "manage", "programme"),
        ("details",),
        prefix=CANCELLED,
    ),
    "reminded": Kind(
        N_("Reference sent again"),
        N_("Somebody has lost their reference and asked for it."),
        BOOKED,
        ("manage",),
    ),
    "waiting": Kind(
        N_("On the waiting list"),
        N_("Somebody waits for places."),
        ("details", "manage", "programme"),
        ("details",),
    ),
    "offered": Kind(
        N_("Places offered"),
        N_("Places have come free, and it is their turn."),
        ("details", "answer", "manage"),
        ("answer",),
        (*TEXTED, "until", "answer", "manage"),
        ("answer",),
    ),
    "offer_over": Kind(
        N_("Stay in line?"),
        N_("Nobody answered an offer in time."),
        ("details", "answer", "manage"),
        ("answer",),
        (*TEXTED, "answer", "manage"),
        ("answer",),
    ),
    "place_free": Kind(
        N_("Places free, first come"),
        N_("Places have come free so close to the start that they are kept for nobody."),
        ("details", "book", "manage"),
        ("book",),
        (*TEXTED, "book"),
        ("book",),
    ),
    "swapped": Kind(
        N_("Moved to another date"),
        N_("Somebody has moved to another date or session."),
        (*BOOKED, "given_up", "getting_there", "bring", "expect", "cannot_come"),
        ("details",),
        prefix=CHANGED,
    ),
    "passed_on": Kind(
        N_("Given to somebody else"),
        N_("Somebody has given their places to somebody else."),
        ("details", "manage", "programme"),
        ("details",),
    ),
    "reminder": Kind(
        N_("Reminder"),
        N_("It is three days, one day or two hours until the start."),
        (*BOOKED, "getting_there", "bring", "expect", "cannot_come"),
        ("details", "cannot_come"),
        (*TEXTED, "how_soon", "cannot_come", "manage"),
        ("when",),
    ),
    "joining": Kind(
        N_("How to join online"),
        N_("It is one day or one hour until an online session."),
        (*BOOKED, "join", "bring", "expect", "cannot_come"),
        ("join",),
        (*TEXTED, "how_soon", "join"),
        ("join",),
    ),
    "changed_by_us": Kind(
        N_("Changed by us"),
        N_("The time or the place of a session has changed."),
        (*BOOKED, "change", "reason", "getting_there", "cannot_come"),
        ("change",),
        (*TEXTED, "manage", "cannot_come"),
        ("when", "where"),
        prefix=CHANGED,
    ),
    "access_changed": Kind(
        N_("Access changed"),
        N_("Help that was promised for a session is not there any more."),
        (*BOOKED, "lost", "reason", "cannot_come"),
        ("lost",),
        prefix=CHANGED,
    ),
    "announcement": Kind(
        N_("Told by the organiser"),
        N_("An organiser, or the team, tells everybody who has booked something."),
        (*BOOKED, "announcement", "getting_there", "bring", "cannot_come"),
        ("announcement",),
        (*TEXTED, "announcement_text", "manage", "cannot_come"),
        ("announcement_text",),
    ),
    "fewer_places": Kind(
        N_("Fewer places"),
        N_("A session with a waiting list has fewer places now."),
        ("details", "reason", "programme"),
        ("details",),
    ),
    "withdrawn": Kind(
        N_("Called off by us"),
        N_("A session is called off."),
        ("details", "reason", "alternatives", "manage", "programme"),
        ("details", "alternatives"),
        (*TEXTED, "manage"),
        ("title",),
        prefix=CANCELLED,
    ),
    "reinstated": Kind(
        N_("Takes place after all"),
        N_("A session that was called off takes place."),
        (*BOOKED, "getting_there", "bring", "expect", "cannot_come"),
        ("details",),
        (*TEXTED, "tickets", "manage"),
        ("title",),
    ),
    "thanks": Kind(
        N_("Thank you"),
        N_("A session is over."),
        ("details", "feedback", "programme"),
        ("feedback",),
    ),
    "bookings_code": Kind(
        N_("Code for all bookings"),
        N_("Somebody has asked to see everything that is booked under their address."),
        ("code_link",),
        ("code", "code_link"),
        of_booking=False,
    ),
}
SOON = ("reminder", "joining")
UNTIL = ("offered",)


def inline_of(kind: str, channel: str) -> tuple[str, ...]:
    """The places that may stand in a sentence of it."""
    one = KINDS[kind]
    if channel == SMS:
        return tuple(name for name in one.texts or () if name not in LINKS)
    if not one.of_booking:
        return ("code", "minutes", "festival", "help_phone")
    more = ("how_soon",) if kind in SOON else ("until",) if kind in UNTIL else ()
    return (*SAID, *more)


def blocks_of(kind: str, channel: str) -> tuple[str, ...]:
    """The places that are a block of an email, or an address in an SMS."""
    one = KINDS[kind]
    if channel == SMS:
        return tuple(name for name in one.texts or () if name in LINKS)
    return one.places


def needed_of(kind: str, channel: str) -> tuple[str, ...]:
    """The places without which it does not do what it is for."""
    return KINDS[kind].texts_needed if channel == SMS else KINDS[kind].needed
