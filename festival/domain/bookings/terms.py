"""The words of booking: who asks, what for, under which rules, and what may go wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from festival.domain.errors import N_, DomainError
from festival.domain.parties import Person
from festival.models import AllocationKind, ApiToken, Channel, User

SHARES = {
    Channel.web: AllocationKind.public,
    Channel.phone: AllocationKind.phone,
    Channel.counter: AllocationKind.phone,  # what is kept for people who do not book online
    Channel.partner: AllocationKind.partner,
    Channel.door: AllocationKind.walk_up,
}


class BasketChanged(DomainError):
    """The basket was changed in another window meanwhile."""

    reason = "basket_changed"

    def __init__(self) -> None:
        super().__init__(
            N_("Your booking was changed in another window. Look at it again, then go on.")
        )


class HoldOver(DomainError):
    """The hold ran out, and the places are gone."""

    reason = "hold_over"


class NotAllHad(DomainError):
    """Not everything that was asked for can be had; ``problems`` says what is wrong with which
    line (by its calendar UID, or by its place among the wishes). Nothing was booked."""

    reason = "not_all_had"

    def __init__(self, problems: Mapping[object, DomainError]) -> None:
        self.problems = dict(problems)
        super().__init__(N_("We cannot book all of this. Look at what we say beside each session."))


@dataclass(frozen=True)
class Rules:
    """The installation's own numbers: for holds, for calendar UIDs, for the way between venues
    (kilometres an hour on foot and by bus, as the crow flies, and minutes for setting out)."""

    hold: timedelta
    extensions: int
    calendar_domain: str
    travel_kmh: int = 8
    travel_minutes: int = 5


@dataclass(frozen=True)
class Contact:
    """How to reach whoever booked; email and mobile may be empty."""

    name: str
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True)
class Who:
    """Who presses the buttons: the booker on the web unless something else is said."""

    channel: Channel = Channel.web
    user: User | None = None
    token: ApiToken | None = None
    proxy_name: str = ""  # a helper who books for the booker, who has agreed
    kind: AllocationKind | None = None  # another share than the channel's, such as access

    @property
    def share(self) -> AllocationKind:
        """The share they book from first."""
        return self.kind or SHARES[self.channel]

    @property
    def is_staff(self) -> bool:
        return self.user is not None


@dataclass(frozen=True)
class Asked:
    """What a party asks to be done so that they can take part (the adjustment, never the
    diagnosis), with their consent that it is kept and seen by the session's provider and the
    access lead."""

    adjustments: Sequence[str] = ()
    note: str = ""
    consent: bool = False

    def __bool__(self) -> bool:
        return self.consent and bool(self.adjustments or self.note)


@dataclass(frozen=True)
class Wish:
    """One line of what somebody wants: a run (any part of a series stands for all), who comes, and
    whether to wait where there are too few places; ``least`` places would do then."""

    occurrence_id: int
    party: Sequence[Person]
    wait: bool = False
    least: int | None = None
    answer: str = ""  # to the session's own question
    asked: Asked = field(default_factory=Asked)
