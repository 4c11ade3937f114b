"""Offers on their way: a draft, one that waits in the reviewers' queue, one that was returned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from festival.domain import offers, words
from festival.domain.demonstration.sessions import World
from festival.domain.offers import Offer, OfferedRun
from festival.models import BookingMode, Revision, User


@dataclass(frozen=True)
class Idea:
    """What somebody offers; venue and day as the files say them."""

    provider: str
    wording: Mapping[str, str]
    theme: str
    room: tuple[str, str]
    day: str
    starts: str
    minutes: int
    capacity: int
    age_min: int


DRAFT = Idea(
    provider="P12",
    wording={
        "title": "Knit a Pocket Friend",
        "summary": "Knit a tiny animal that fits in your pocket. We show you every stitch.",
        "description": "",  # they are still thinking
    },
    theme="Arts and crafts",
    room=("V15", "Community Corner"),
    day="2027-06-17",
    starts="14:00",
    minutes=90,
    capacity=10,
    age_min=12,
)
SUBMITTED = Idea(
    provider="P02",
    wording={
        "title": "Spreadsheets without Tears",
        "summary": "Make a simple budget on a computer, one small step at a time.",
        "description": (
            "You will type in some numbers, add them up and make a chart. We go slowly and there "
            "is always somebody to ask.\n\nIt is for adults. You only need to know how to use a "
            "mouse. It is free."
        ),
        "what_to_bring": "Your reading glasses, if you use them.",
        "what_next": "You will be able to make a budget for your home.",
        "meeting_point": "Ask at the front desk on Old Hall Street.",
        "access_note": "The room is on the ground floor. The computers can show large letters.",
    },
    theme="Digital",
    room=("V03", "IT Suite"),
    day="2027-06-16",
    starts="10:00",
    minutes=120,
    capacity=12,
    age_min=18,
)
RETURNED = Idea(
    provider="P12",
    wording={
        "title": "Darn It! Save Your Socks",
        "summary": "Learn to mend a hole so that it looks better than before.",
        "description": (
            "Bring a sock or a jumper with a hole. We show you how to darn it with bright wool.\n\n"
            "It is for anyone aged 12 or over. You do not need to have sewn before. It is free."
        ),
        "what_to_bring": "Something woolly with a hole in it.",
        "what_next": "You will be able to mend a hole by hand.",
        "meeting_point": "Look for the wool on the table by the window.",
        "access_note": "",
    },
    theme="Repair",
    room=("V15", "Community Corner"),
    day="2027-06-15",
    starts="14:00",
    minutes=90,
    capacity=12,
    age_min=12,
)
COMMENT = (
    "What a lovely idea. Please say how far it is from the door to the table, and whether "
    "people can sit. Then send it to us again."
)


def load_offers(world: World, author: User, other_author: User) -> None:
    """Make the three of them by the verbs that providers and reviewers use."""
    _start(world, DRAFT, author)
    submitted = _start(world, SUBMITTED, other_author)
    _submit(world, SUBMITTED, submitted, other_author)
    returned = _start(world, RETURNED, author)
    _submit(world, RETURNED, returned, author)
    offers.give_back(returned, COMMENT, reviewer=world.reviewer)


def _start(world: World, idea: Idea, author: User) -> Revision:
    provider = world.providers[idea.provider]
    revision = offers.start(edition=world.edition, provider=provider, author=author)
    offers.save_draft(revision, _typed(world, idea))
    return revision


def _typed(world: World, idea: Idea) -> dict[str, Any]:
    """The offer's form as somebody left it."""
    begins = world.days.at(idea.day, idea.starts)
    ends = begins + timedelta(minutes=idea.minutes)
    return {
        **{name: idea.wording.get(name, "") for name in offers.WORDING},
        "theme": str(world.themes[idea.theme].id),
        "format": "in person",
        "delivery_languages": ["en"],
        "access": [],
        "age_min": str(idea.age_min),
        "accompaniment": "none",
        "adults_take_places": "yes",
        "room": str(world.rooms[idea.room].id),
        "day": begins.date().isoformat(),
        "starts": words.hour(begins),
        "ends": words.hour(ends),
        "capacity": str(idea.capacity),
        "booking_mode": "required",
    }


def _submit(world: World, idea: Idea, revision: Revision, author: User) -> None:
    begins = world.days.at(idea.day, idea.starts)
    offer = Offer(
        wording=idea.wording,
        theme_id=world.themes[idea.theme].id,
        runs=(
            OfferedRun(
                room_id=world.rooms[idea.room].id,
                starts_at=begins,
                ends_at=begins + timedelta(minutes=idea.minutes),
                capacity=idea.capacity,
            ),
        ),
        booking_mode=BookingMode.required,
        age_min=idea.age_min,
    )
    offers.submit(revision, offer, author=author, calendar_domain=world.calendar_domain)
