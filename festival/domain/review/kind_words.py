"""Kind words to start an answer from; who answers makes them their own."""

from collections.abc import Mapping
from dataclasses import dataclass

from festival.domain.errors import N_


@dataclass(frozen=True)
class Start:
    """The beginning of an answer: for which, what the list calls it, and its words."""

    answer: str  # approve, return, decline
    name: str
    words: str


STARTS: Mapping[str, Start] = {
    "approve": Start(
        "approve",
        N_("Approve: thank you"),
        N_("Thank you. This is just what people here look for. We look forward to it."),
    ),
    "plainer": Start(
        "return",
        N_("Return: plainer words"),
        N_(
            "Thank you, we like this. Some words may be hard for people who learn English. Could "
            "you write shorter sentences, and say what people will do with their hands and eyes?"
        ),
    ),
    "access": Start(
        "return",
        N_("Return: tell us more about access"),
        N_(
            "Thank you, we like this. Disabled people decide by what you say about access. Could "
            "you say how people get in, how noisy it is, and if they can sit down? If you do not "
            "know, say so: we help you to find out."
        ),
    ),
    "ages": Start(
        "return",
        N_("Return: who is it for?"),
        N_(
            "Thank you, we like this. We are not sure who it is for. Could you tell us the "
            "youngest age, and if children need an adult with them?"
        ),
    ),
    "venue": Start(
        "return",
        N_("Return: another room or time"),
        N_(
            "Thank you, we like this. The room is not free at that time. Could you choose another "
            "time or another room? Call us if you want help."
        ),
    ),
    "full": Start(
        "decline",
        N_("Decline: too many of a kind"),
        N_(
            "Thank you for offering this. This year we have many sessions like it and cannot take "
            "more. Please offer it again next year. We would like to see you at the festival."
        ),
    ),
    "not_learning": Start(
        "decline",
        N_("Decline: not about learning"),
        N_(
            "Thank you for offering this. The festival is for free sessions where people learn or "
            "try something, so this does not fit. Call us if you would like to make something of "
            "it together."
        ),
    ),
}
