"""Who leads the demonstration's organisations and what they declare, so that what is offered to
children who come alone could be published; and what waits for the team."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from festival.domain import accounts, offers, slugs
from festival.domain.demonstration.files import Days
from festival.domain.demonstration.names import FIRST_NAMES, LAST_NAMES
from festival.domain.providers import people
from festival.extensions import db
from festival.models import (
    Closure,
    Declaration,
    DeclarationKind,
    MembershipRole,
    Provider,
    ProviderState,
    User,
    Venue,
)

PHONE = "01632 960 {:03d}"  # numbers for stories, that ring nowhere
YEAR = timedelta(days=365)
INSURANCE, SAFEGUARDING, RISK = DeclarationKind
# What is not in order, so that there is something to look at; nobody of these takes children alone.
ODD: Mapping[tuple[str, DeclarationKind], Mapping[str, Any]] = {
    ("P16", INSURANCE): {"not_held": True, "holder": "", "checked_at": None, "expires_on": None},
    ("P13", RISK): {"checked_at": None, "checked_by_id": None},
}
ENDS_SOON = ("P17", INSURANCE)
NEW = "Penn Road Chess Club"
PLACE = "St Jude's Church Hall"
CLOSED = "V15"  # on the festival's last day, when nothing takes place there


def load_organisations(
    providers: Mapping[str, Provider],
    venues: Mapping[str, Venue],
    people_by_email: Mapping[str, User],
    days: Days,
    now: datetime,
) -> None:
    """Leaders and declarations of all, a new organisation, a proposed place, a closed day."""
    password_hash = people_by_email["lead@example.org"].password_hash
    reviewer = people_by_email["reviewer@example.org"]
    for number, (key, provider) in enumerate(providers.items(), start=1):
        provider.phone = PHONE.format(200 + number)
        leader = _leader(key, provider, number, password_hash)
        provider.created_at, provider.checked_at = now - YEAR, now - YEAR / 2
        provider.checked_by_id = reviewer.id
        db.session.add_all(_declarations(key, provider, leader, reviewer, days, now))
    _new_one(password_hash, now)
    _proposed_place(providers["P12"], people_by_email["lead@example.org"])
    closed = Closure(starts_on=days.last, ends_on=days.last, reason="the floor is polished")
    venues[CLOSED].closures.append(closed)
    db.session.flush()


def _leader(key: str, provider: Provider, number: int, password_hash: str) -> User:
    """Who leads it; made where nobody of the cast does."""
    known = people.leads(provider)
    if known:
        return known[0]
    name = f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[-number % len(LAST_NAMES)]}"
    made = accounts.add_user(email=f"{key.lower()}@example.org", name=name)
    made.password_hash = password_hash
    accounts.join_provider(made, provider, MembershipRole.lead)
    return made


def _declarations(
    key: str, provider: Provider, leader: User, reviewer: User, days: Days, now: datetime
) -> Iterator[Declaration]:
    for kind in DeclarationKind:
        facts: dict[str, Any] = {
            "holder": "Made-up Mutual" if kind == INSURANCE else leader.name,
            "phone": provider.phone if kind == SAFEGUARDING else "",
            "expires_on": days.last + timedelta(days=200),
            "declared_at": now - timedelta(days=40),
            "declared_by_id": leader.id,
            "checked_at": now - timedelta(days=35),
            "checked_by_id": reviewer.id,
        }
        if (key, kind) == ENDS_SOON:
            facts["expires_on"] = days.last
        yield Declaration(
            provider_id=provider.id, kind=kind, **facts | dict(ODD.get((key, kind), {}))
        )


def _new_one(password_hash: str, now: datetime) -> None:
    """An organisation that has registered and waits to be checked."""
    made = Provider(
        slug=slugs.slug(NEW),
        name=NEW,
        kind="community",
        state=ProviderState.unchecked,
        about="We play chess on Thursdays, and teach anybody who walks in.",
        created_at=now - timedelta(days=2),
    )
    db.session.add(made)
    db.session.flush()
    leader = accounts.add_user(email="new.lead@example.org", name="Idris Rook")
    leader.password_hash = password_hash
    accounts.join_provider(leader, made, MembershipRole.lead)


def _proposed_place(provider: Provider, author: User) -> None:
    """A place that the team has to look at."""
    offers.propose_place(
        provider=provider,
        author=author,
        name=PLACE,
        address="St Jude's Road, Wolverhampton",
        postcode="WV6 0EB",
        room="Hall",
        people=40,
    )
