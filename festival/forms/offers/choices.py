"""What can be chosen in an offer, in words."""

from flask_babel import lazy_gettext as _

from festival.models import Accompaniment, BookingMode, SessionFormat

HELP = {
    "BSL interpreter": _("Is there a British Sign Language interpreter?"),
    "live captions": _("Are there live captions?"),
    "relaxed": _("Is it relaxed, so that people can move about and make noise?"),
    "quiet space": _("Is there a quiet space?"),
    "seated": _("Can people sit all the time?"),
}
YES, NO, UNKNOWN = "yes", "no", "unknown"
KNOWN = ((YES, _("Yes")), (NO, _("No")), (UNKNOWN, _("I don’t know yet")))
LANGUAGES = (
    ("en", _("English")),
    ("pa", _("Panjabi")),
    ("ur", _("Urdu")),
    ("pl", _("Polish")),
    ("ro", _("Romanian")),
    ("gu", _("Gujarati")),
    ("ar", _("Arabic")),
    ("ku", _("Kurdish")),
    ("pt", _("Portuguese")),
    ("bfi", _("British Sign Language")),
)
MODES = (
    (BookingMode.required.value, _("People must book")),
    (BookingMode.preferred.value, _("People can book, or just come along")),
    (BookingMode.none.value, _("Nobody books: people just come along")),
)
CHILDREN = (
    (Accompaniment.none.value, _("No adult is needed")),
    (Accompaniment.adult_stays.value, _("An adult must stay with children")),
    (Accompaniment.with_adult.value, _("Children come with an adult, who takes part")),
    (Accompaniment.under_16_with_adult.value, _("Under 16s must come with an adult")),
    (Accompaniment.babes_in_arms.value, _("Adults only, but babies under 2 may come")),
)
FORMATS = (
    (SessionFormat.in_person.value, _("In a room")),
    (SessionFormat.outdoors.value, _("Outdoors")),
    (SessionFormat.online.value, _("Online")),
)
TOGETHER = (
    ("each", _("People book each date by itself")),
    ("all", _("It is a series: one booking is for all dates")),
)
