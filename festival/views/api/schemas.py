"""What is asked and what is answered, field by field. One object each, made once: making a schema
costs more than reading a request with it.

Answers are built by ``shown.py``; their schemas here only describe them, and a test against the
running API holds the two together.
"""

from typing import Any

from marshmallow import Schema, fields, validate

from festival.models import AttendeeKind, BookingMode, Channel, OccurrenceState, ReservationState
from festival.views.api.fields import (
    LANGUAGE,
    Count,
    Flag,
    Moment,
    Words,
    Yes,
    an_id,
    is_a_name,
    is_a_phone,
    is_an_email,
    number,
)

MOST_SESSIONS, MOST_PEOPLE = 20, 300
MOST_PAGE = 100
SLUG = validate.Regexp(r"^[A-Za-z0-9-]{1,60}$", error="Give letters, digits and hyphens.")
NO_CONTROLS = {"pattern": r"^[^\x00-\x1f\x7f-\x9f]*$"}


def told(words: str, **more: Any) -> dict[str, Any]:
    """What the description says of a field."""
    return {"metadata": {"description": words, **more}}


# --- asked


class Child(Schema):
    age = number(0, 120, load_default=None, allow_none=True, **told("In whole years on the day."))
    name = Words(most=100, load_default="", **told("If they want to give one.", **NO_CONTROLS))


class Party(Schema):
    """Who comes. Who is not named here does not come."""

    adults = number(0, MOST_PEOPLE, load_default=0, **told("People of 18 and over."))
    children = fields.List(
        fields.Nested(Child), load_default=list, validate=validate.Length(max=MOST_PEOPLE)
    )
    companions = number(
        0, MOST_PEOPLE, load_default=0, **told("Who comes to support somebody: needs no place.")
    )
    group = number(
        0, MOST_PEOPLE, load_default=0, **told("Places for a group whose people have no names yet.")
    )


class Wanted(Party):
    occurrence = an_id(required=True, **told("Which run; any part of a series stands for all."))
    answer = Words(most=500, load_default="", **told("To the session's question.", **NO_CONTROLS))


class NewReservation(Wanted):
    join_waiting_list = Yes(load_default=False, **told("Wait where there are too few places."))
    least_places = number(
        1,
        MOST_PEOPLE,
        load_default=None,
        allow_none=True,
        **told("Waiting, fewer places that would do; left out: all together."),
    )


def or_none(of: str) -> dict[str, Any]:
    """Something of this format, or nothing: null or empty."""
    rest: list[dict[str, Any]] = [{"type": "string", "maxLength": 0}, {"type": "null"}]
    return {"anyOf": [{"type": "string", "format": of}, *rest]}


NAME: dict[str, Any] = told("Of whoever books.", format="person-name", minLength=1)
EMAIL: dict[str, Any] = told("Where the ticket is sent.", **or_none("email"))
PHONE: dict[str, Any] = told("For what matters, where there is no email.", **or_none("phone"))


class Contact(Schema):
    name = Words(is_a_name, most=100, required=True, **NAME)
    email = Words(is_an_email, most=254, load_default="", allow_none=True, **EMAIL)
    phone = Words(is_a_phone, most=40, load_default="", allow_none=True, **PHONE)


class ContactChange(Schema):
    """What is left out stays as it is."""

    name = Words(is_a_name, most=100, **NAME)
    email = Words(is_an_email, most=254, allow_none=True, **EMAIL)
    phone = Words(is_a_phone, most=40, allow_none=True, **PHONE)


class NewBooking(Schema):
    reservations = fields.List(
        fields.Nested(NewReservation),
        required=True,
        validate=validate.Length(min=1, max=MOST_SESSIONS),
    )
    contact = fields.Nested(Contact, required=True)
    language = fields.String(
        load_default="en",
        validate=[validate.Length(max=12), validate.Regexp(LANGUAGE)],
        **told("In which we write to the booker."),
    )


class BookingChange(Schema):
    contact = fields.Nested(ContactChange, required=True)


class Target(Schema):
    occurrence = an_id(required=True, **told("The run to go to instead."))


class Joining(Wanted):
    least_places = number(1, MOST_PEOPLE, load_default=None, allow_none=True)


class Acceptance(Schema):
    people = fields.List(
        an_id(),
        load_default=None,
        validate=validate.Length(min=1, max=MOST_PEOPLE),
        **told("Ids of attendees, where fewer places are offered than the party needs."),
    )
    keep_waiting = Yes(load_default=False, **told("Whether the others keep their turn."))


class Search(Schema):
    session = fields.String(load_default="", validate=SLUG, **told("A session's code, like E02."))
    theme = fields.String(load_default="", validate=SLUG, **told("A theme's short name."))
    begins = Moment(
        data_key="from",
        load_default=None,
        **told("Runs that start at this moment or later.", type="string", format="date-time"),
    )
    ends = Moment(
        data_key="to",
        load_default=None,
        **told("Runs that start before it; a day counts.", type="string", format="date-time"),
    )
    has_places = Flag(load_default=False, **told("Only runs that can be booked now."))
    page = Count(load_default=1, validate=validate.Range(1, 10**6))
    page_size = Count(load_default=50, validate=validate.Range(1, MOST_PAGE))


# --- answered


def a_moment(**more: Any) -> fields.String:
    return fields.String(**told("A moment with its zone.", format="date-time", **more))


class Availability(Schema):
    reason = fields.String(
        validate=validate.OneOf(
            ["open", "full", "drop_in", "not_open", "closed", "cancelled", "paused"]
        ),
        **told("open: can be booked now."),
    )
    places = fields.Integer(**told("Free to book, with this token."))
    waiting = fields.Integer(**told("Parties on the waiting list."))


class Named(Schema):
    slug = fields.String()
    name = fields.String()


class SessionFacts(Schema):
    code = fields.String()
    title = fields.String()
    summary = fields.String()
    theme = fields.Nested(Named, allow_none=True)
    provider = fields.String()
    age_min = fields.Integer(allow_none=True)
    age_max = fields.Integer(allow_none=True)
    question = fields.String(**told("Asked of whoever books; empty: none."))
    page = fields.String(**told("The session's page for people.", format="uri"))


class Place(Schema):
    name = fields.String()
    room = fields.String()
    postcode = fields.String()
    is_online = fields.Boolean()


class OccurrenceFacts(Schema):
    id = fields.Integer()
    session = fields.Nested(SessionFacts)
    starts_at = a_moment()
    ends_at = a_moment()
    state = fields.String(validate=validate.OneOf([one.value for one in OccurrenceState]))
    booking = fields.String(validate=validate.OneOf([one.value for one in BookingMode]))
    series_part = fields.Integer(allow_none=True, **told("All parts are booked together."))
    venue = fields.Nested(Place)
    capacity = fields.Integer()
    availability = fields.Nested(Availability)


class Occurrences(Schema):
    occurrences = fields.List(fields.Nested(OccurrenceFacts))
    page = fields.Integer()
    page_size = fields.Integer()
    total = fields.Integer()


class AttendeeFacts(Schema):
    id = fields.Integer()
    kind = fields.String(validate=validate.OneOf([one.value for one in AttendeeKind]))
    age = fields.Integer(allow_none=True)
    name = fields.String()


class Position(Schema):
    best = fields.Integer()
    worst = fields.Integer()


class ReservationFacts(Schema):
    id = fields.Integer()
    occurrence = fields.Integer()
    session = fields.String()
    starts_at = a_moment()
    ends_at = a_moment()
    state = fields.String(validate=validate.OneOf([one.value for one in ReservationState]))
    places = fields.Integer()
    people = fields.Integer()
    attendees = fields.List(fields.Nested(AttendeeFacts))
    series = fields.String(allow_none=True, **told("The same for all parts of a series."))
    ticket = fields.String(allow_none=True, **told("What the QR code holds, once it is booked."))
    calendar = fields.String(allow_none=True, **told("A calendar file.", format="uri"))
    offer_until = fields.String(
        allow_none=True, **told("Answer an offer before.", format="date-time")
    )
    position = fields.Nested(Position, allow_none=True, **told("In line, 1 being the first."))


class ContactFacts(Schema):
    name = fields.String()
    email = fields.String()
    phone = fields.String()


class BookingFacts(Schema):
    reference = fields.String()
    channel = fields.String(validate=validate.OneOf([one.value for one in Channel]))
    language = fields.String()
    contact = fields.Nested(ContactFacts)
    manage = fields.String(**told("The booker's own page: keep it secret.", format="uri"))
    reservations = fields.List(fields.Nested(ReservationFacts))


class Error(Schema):
    reason = fields.String(required=True, **told("For programs: never changes."))
    message = fields.String(required=True, **told("For people."))
    field = fields.String(**told("The field it belongs to."))
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        **told("What is wrong with which field."),
    )


class Refusal(Error):
    left = fields.Integer(**told("How many places are left."))
    alternatives = fields.List(fields.Nested(OccurrenceFacts), **told("What they could come to."))


class Refused(Refusal):
    index = fields.Integer(**told("Which of the reservations, from 0."))
    occurrence = fields.Integer()


class BookingRefusal(Error):
    reservations = fields.List(fields.Nested(Refused))
