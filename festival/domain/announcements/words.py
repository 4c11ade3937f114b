"""What an announcement may say: a template, and words of one's own where it has some."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from festival.domain.errors import N_, DomainError

KIND = "announcement"
MOST_LETTERS = 300  # as much as an SMS bears
MOST_MINUTES = 120
LINK = re.compile(r"https?://|www\.|[\w.+-]+@[\w-]+\.\w", re.IGNORECASE)
SELLS = re.compile(r"\b(buy|sale|offer|discount|donat\w*|subscribe|newsletter)\b|£", re.IGNORECASE)


@dataclass(frozen=True)
class Template:
    """What an announcement is about. ``sentence`` is translated for each reader."""

    label: str
    sentence: str = ""
    in_minutes: bool = False
    needs_words: bool = False


TEMPLATES: Mapping[str, Template] = {
    "late": Template(
        N_("We start late"),
        N_("We are sorry: we start about %(minutes)s minutes late. You need do nothing."),
        in_minutes=True,
    ),
    "weather": Template(
        N_("Dress for the weather"),
        N_("Please dress for the weather: a part of it is outside."),
    ),
    "entrance": Template(N_("Which way to come in"), N_("How to come in:"), needs_words=True),
    "bring": Template(N_("What to bring"), N_("Please bring with you:"), needs_words=True),
    "words": Template(N_("Something else"), needs_words=True),
}


class NotToSend(DomainError):
    """This cannot be sent like this; its field says why."""

    reason = "not_to_send"


@dataclass(frozen=True)
class Words:
    """What is said: a template, and words of one's own where it has some."""

    template: str
    minutes: int | None = None
    own: str = ""

    def check(self) -> None:
        """Raise NotToSend, on its field, where something is missing or too much."""
        template = TEMPLATES.get(self.template)
        if template is None:
            raise NotToSend(N_("Choose what you want to say."), field="template")
        if template.in_minutes and not 1 <= (self.minutes or 0) <= MOST_MINUTES:
            raise NotToSend(
                N_("Say how many minutes, from 1 to %(most)s."),
                field="minutes",
                most=str(MOST_MINUTES),
            )
        if template.needs_words and not self.own.strip():
            raise NotToSend(N_("Write what people need to know."), field="words")
        if len(self.own) > MOST_LETTERS:
            raise NotToSend(
                N_("This is %(length)s characters long. Make it %(limit)s or fewer."),
                field="words",
                length=str(len(self.own)),
                limit=str(MOST_LETTERS),
            )

    @property
    def waits(self) -> bool:
        """Whether the team looks at it first."""
        return bool(self.own.strip())


def doubts(own: str) -> list[str]:
    """What the team should look at in these words: sentences to be translated."""
    found = []
    if LINK.search(own):
        found.append(N_("It has a web or email address in it."))
    if SELLS.search(own):
        found.append(N_("It may sell something, or ask for money."))
    return found
