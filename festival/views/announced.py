"""Announcements as pages show them, on the team's and the provider's side alike."""

from typing import Any

from flask import request
from flask_babel import gettext

from festival.delivery import blocks
from festival.domain import announcements
from festival.models import Announcement, AnnouncementState
from festival.views import runs as pages


def lines(said: announcements.Words) -> list[str]:
    """What people would read, in the language of this page."""
    facts = {"template": said.template, "minutes": said.minutes, "words": said.own}
    return blocks.announced(facts)


def row(one: Announcement) -> dict[str, Any]:
    """One announcement: what was said, how it stands, who was told."""
    return {
        "announcement": one,
        "lines": lines(announcements.Words(one.template, one.minutes, one.words)),
        "state": state(one),
        "told": pages.told_in_words(pages.told_of_notice(one.told)),
    }


def state(one: Announcement) -> str:
    """How it stands, in words."""
    return {
        AnnouncementState.proposed: gettext("The festival team looks at it"),
        AnnouncementState.sent: gettext("Sent"),
        AnnouncementState.declined: gettext("Not sent"),
    }[one.state]


def is_to_change() -> bool:
    """Whether the page that shows who is told was left to change the words."""
    return "change" in request.form
