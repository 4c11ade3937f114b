"""The parts of an offer that the team compares and comments on, by the names of its form."""

from collections.abc import Mapping

from festival.domain.errors import N_

WHOLE = ""  # a comment on no single part
WORDS: Mapping[str, str] = {
    "title": N_("Title"),
    "summary": N_("In one sentence"),
    "description": N_("What people will do"),
    "what_to_bring": N_("What to bring"),
    "what_next": N_("What people can do afterwards"),
    "meeting_point": N_("Where to go on arrival"),
    "access_note": N_("What disabled people should know"),
}
PICTURE: Mapping[str, str] = {
    "image": N_("Picture"),
    "image_alt": N_("Words for people who cannot see the picture"),
}
FACTS: Mapping[str, str] = {
    "theme": N_("Theme"),
    "format": N_("How it happens"),
    "delivery_languages": N_("Languages"),
    "access": N_("Help there is"),
    "age_min": N_("Ages"),
    "accompaniment": N_("Adults with children"),
    "children_per_adult": N_("Most children for each adult"),
    "room": N_("Venue and room"),
    "day": N_("Dates and times"),
    "capacity": N_("Places"),
    "booking_mode": N_("Booking"),
    "most_places": N_("Most places in one booking"),
    "charge": N_("What it costs"),
}
FIELDS: Mapping[str, str] = {**WORDS, **PICTURE, **FACTS}
