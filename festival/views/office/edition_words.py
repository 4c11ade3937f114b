"""A festival's facts in words, part by part."""

from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from festival.domain import words
from festival.models import Edition

TITLES = {
    "dates": _("Name and days"),
    "call": _("Call for sessions"),
    "booking": _("Booking"),
    "help": _("Help line"),
}
SHARES = {
    "phone": _("Kept for the phone line and counters"),
    "partner": _("Kept for partners and groups"),
    "walk_up": _("Kept for people who just come"),
}
Rows = list[tuple[str, object]]


def sections(edition: Edition, only: str = "") -> list[dict[str, Any]]:
    """Each part (or ``only`` this one) with its title and its rows of label and value."""
    makers = {"dates": _dates, "call": _call, "booking": _booking, "help": _help}
    return [
        {"part": part, "title": TITLES[part], "rows": makers[part](edition)}
        for part in ([only] if only else makers)
    ]


def _moment(edition: Edition, moment: datetime | None, otherwise: str) -> str:
    return words.moment(moment, edition.zone) if moment else otherwise


def _dates(edition: Edition) -> Rows:
    return [
        (gettext("Name"), edition.name),
        (gettext("City"), edition.city),
        (gettext("First day"), words.day(edition.starts_on)),
        (gettext("Last day"), words.day(edition.ends_on)),
        (gettext("Time zone"), edition.time_zone),
        (
            gettext("Booking numbers"),
            gettext("like %(one)s", one=f"{edition.reference_prefix}-7K4-92M"),
        ),
        (gettext("Session numbers"), gettext("like %(one)s", one=f"{edition.code_prefix}41")),
    ]


def _call(edition: Edition) -> Rows:
    at_once, waits = gettext("They show at once"), gettext("They wait for the team")
    return [
        (gettext("Opens"), _moment(edition, edition.submissions_open_at, gettext("At once"))),
        (gettext("Closes"), _moment(edition, edition.submissions_close_at, gettext("Not set yet"))),
        (
            gettext("Sessions one organisation can send in"),
            edition.most_sessions or gettext("As many as they like"),
        ),
        (gettext("Small changes of words"), at_once if edition.small_edits_at_once else waits),
    ]


def _booking(edition: Edition) -> Rows:
    opens = _moment(edition, edition.bookings_open_at, gettext("As soon as a session is published"))
    on, off = gettext("On"), gettext("Off")
    return [
        (gettext("Booking opens"), opens),
        (gettext("Most places in one booking"), edition.most_places),
        (gettext("Most places for a group"), edition.most_in_group),
        (gettext("Kept for companions and access"), edition.access_reserve),
        *((str(SHARES[one["kind"]]), _share(one)) for one in edition.default_shares),
        (gettext("Text messages"), on if edition.sends_texts else off),
    ]


def _share(one: dict[str, Any]) -> str:
    places = one.get("places", 0)
    part = (
        gettext("%(percent)s%% of the places", percent=one["percent"])
        if one.get("percent")
        else ngettext("%(num)s place", "%(num)s places", places)
    )
    days = one.get("released_days_before")
    if days is None:
        return part
    until = ngettext("for everybody %(num)s day before", "for everybody %(num)s days before", days)
    return f"{part}, {until}"


def _help(edition: Edition) -> Rows:
    return [
        (gettext("Phone number"), edition.help_phone),
        (gettext("When somebody answers"), edition.help_hours),
        (gettext("Email address"), edition.help_email),
    ]
