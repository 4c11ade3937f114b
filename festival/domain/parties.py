"""Who may come together, and how many places they take: each session's own rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from festival.domain.children import HasAges
from festival.domain.errors import N_, DomainError
from festival.models import (
    Accompaniment,
    Attendee,
    AttendeeKind,
    FestivalSession,
    Occurrence,
)

ADULT_AGE = 18
BABY_AGE = 2
MOST_PEOPLE = 255  # what one ticket can admit
COMPANIONS_EACH = 2

STAYS = (Accompaniment.adult_stays, Accompaniment.with_adult)
ACCOMPANIED = (*STAYS, Accompaniment.under_16_with_adult)


class RuleBroken(DomainError):
    """The party does not fit the session's rules; ``about`` says which session's, where a basket
    has several."""

    reason = "rule_broken"
    about: Occurrence | None = None


class GroupTooLarge(DomainError):
    """More than a group may book by itself: the team decides."""

    reason = "group_too_large"


@dataclass(frozen=True)
class Person:
    """One person of a party; age in whole years on the day, for children."""

    kind: AttendeeKind
    name: str = ""
    age: int | None = None
    number: int | None = None  # the same person in all sessions of a booking


def party_of(adults: int, children: int, companions: int = 0, unnamed: int = 0) -> list[Person]:
    """So many people whose names and ages are not known yet."""
    return [
        *[Person(AttendeeKind.adult)] * adults,
        *[Person(AttendeeKind.child)] * children,
        *[Person(AttendeeKind.companion)] * companions,
        *[Person(AttendeeKind.unnamed)] * unnamed,
    ]


def persons_of(attendees: Sequence[Attendee]) -> list[Person]:
    """The people of a stored party."""
    return [Person(one.kind, one.name, one.age, one.person) for one in attendees]


def of_kind(party: Sequence[Person], kind: AttendeeKind) -> list[Person]:
    return [person for person in party if person.kind == kind]


def adults_of(party: Sequence[Person]) -> list[Person]:
    return of_kind(party, AttendeeKind.adult)


def children_of(party: Sequence[Person]) -> list[Person]:
    return of_kind(party, AttendeeKind.child)


def count_companions(party: Sequence[Person]) -> int:
    """How many come to support somebody: free, and outside of the places."""
    return len(of_kind(party, AttendeeKind.companion))


def takes_place(session: FestivalSession, person: Person, party: Sequence[Person]) -> bool:
    """Whether this person counts against the session's places."""
    if person.kind == AttendeeKind.companion:
        return False
    if person.kind == AttendeeKind.child:
        baby = person.age is not None and person.age < BABY_AGE
        return session.under_twos_take_places or not baby
    if person.kind == AttendeeKind.adult and children_of(party):
        accompanies = session.accompaniment in ACCOMPANIED
        return session.accompanying_adults_take_places or not accompanies
    return True


def count_places(session: FestivalSession, party: Sequence[Person]) -> int:
    """How many places this party takes."""
    return sum(takes_place(session, person, party) for person in party)


def children_may_come(session: HasAges) -> bool:
    """Whether anybody under 18 may come."""
    if session.accompaniment == Accompaniment.babes_in_arms:
        return True
    return session.age_min is None or session.age_min < ADULT_AGE


def adults_may_come(session: FestivalSession) -> bool:
    """Whether an adult may come at all, for themselves or with children."""
    return (
        session.accompaniment in ACCOMPANIED
        or session.age_max is None
        or session.age_max >= ADULT_AGE
    )


def suits(session: FestivalSession, person: Person) -> bool:
    """Whether the session is for somebody of this kind and age, whoever else comes."""
    if person.kind == AttendeeKind.adult:
        return adults_may_come(session)
    if person.kind != AttendeeKind.child:
        return True
    if not children_may_come(session):
        return False
    try:
        if person.age is not None:
            _check_age(session, person.age, "")
    except RuleBroken:
        return False
    return True


def adults_only_accompany(session: FestivalSession) -> bool:
    """Whether the session is for children, so that adults come only with them."""
    return session.age_max is not None and session.age_max < ADULT_AGE


def ages_matter(session: FestivalSession) -> bool:
    """Whether a child's age must be asked."""
    return (
        session.age_min is not None
        or session.age_max is not None
        or session.accompaniment in (Accompaniment.babes_in_arms, Accompaniment.under_16_with_adult)
        or not session.under_twos_take_places
    )


def most_places(session: FestivalSession) -> int:
    """Most places one booking may take: the session's own rule, else the festival's."""
    return session.most_places or session.edition.most_places


def group_limit(session: FestivalSession, capacity: int) -> int:
    """Most places a group may book by itself of an occurrence of this capacity: the session's
    own number, else the festival's, or half the places where that is less."""
    most = session.most_in_group or session.edition.most_in_group
    return max(1, min(most, capacity // 2))


def check_least(least: int | None, places: int) -> None:
    """Raise RuleBroken unless so few of these places can do for the party; None: all together."""
    if least is not None and not 1 <= least <= places:
        raise RuleBroken(
            N_("Say a number of places from 1 to %(most)s that would do for you."),
            field="least",
            most=places,
        )


def check_party(
    session: FestivalSession,
    party: Sequence[Person],
    *,
    complete: bool = False,
    capacity: int | None = None,
    by_staff: bool = False,
) -> None:
    """Raise RuleBroken or GroupTooLarge, on the field it belongs to, unless this party may come.

    A child's own field is ``age_`` with its place in the party. Children whose age is not known
    yet are checked by age only later, when the party is complete. ``capacity`` of the occurrence
    bounds groups; the team (``by_staff``) may book larger parties, who asked them for it.
    """
    _check_numbers(session, party)
    if not by_staff:
        _check_limits(session, party, capacity)
    _check_companions(party)
    _check_adults(session, party)
    for place, person in enumerate(party):
        if person.kind != AttendeeKind.child:
            continue
        if person.age is not None:
            _check_age(session, person.age, f"age_{place}")
        elif complete and ages_matter(session):
            raise RuleBroken(N_("Tell us how old each child is."), field=f"age_{place}")


def _check_numbers(session: FestivalSession, party: Sequence[Person]) -> None:
    if not party:
        raise RuleBroken(N_("Say how many people are coming."), field="adults")
    if len(party) > MOST_PEOPLE:
        raise RuleBroken(N_("One booking can be for 255 people at most."), field="adults")
    if children_of(party) and not children_may_come(session):
        raise RuleBroken(N_("This session is for adults. Children cannot come."), field="children")
    for place, person in enumerate(party):
        if person.age is not None and not 0 <= person.age < ADULT_AGE:
            raise RuleBroken(
                N_("A child's age is 0 to 17. Whoever is 18 or older comes as an adult."),
                field=f"age_{place}",
            )
    if of_kind(party, AttendeeKind.unnamed) and adults_only_accompany(session):
        raise RuleBroken(
            N_("This session is for children. Call us to bring a group of them."), field="unnamed"
        )


def _check_limits(session: FestivalSession, party: Sequence[Person], capacity: int | None) -> None:
    limit, group = most_places(session), len(of_kind(party, AttendeeKind.unnamed))
    if group:
        limit = max(limit, group_limit(session, capacity or limit))
        if group > limit:
            raise GroupTooLarge(
                N_("A group can book %(limit)s places here. Call us, and we will look at it."),
                field="unnamed",
                limit=limit,
            )
    if count_places(session, party) > limit:
        raise RuleBroken(
            N_("You can book %(limit)s places at most for this session. Call us if you need more."),
            field="unnamed" if group else "adults",
            limit=limit,
        )


def _check_companions(party: Sequence[Person]) -> None:
    companions = count_companions(party)
    if companions and companions == len(party):
        raise RuleBroken(
            N_("Somebody who supports you comes with you. Say who they come with."),
            field="companions",
        )
    if companions > COMPANIONS_EACH * (len(party) - companions):
        raise RuleBroken(
            N_("Each person can bring %(limit)s companions. Call us if you need more."),
            field="companions",
            limit=COMPANIONS_EACH,
        )


def _check_adults(session: FestivalSession, party: Sequence[Person]) -> None:
    adults, children = len(adults_of(party)), len(children_of(party))
    if adults and not adults_may_come(session):
        raise RuleBroken(N_("This session is for people under 18."), field="adults")
    if adults and not children and adults_only_accompany(session):
        raise RuleBroken(
            N_("This session is for children. Add at least one child."), field="children"
        )
    needed = children > 0 and _needs_adult(session, party)
    if needed and not adults:
        raise RuleBroken(N_("An adult must come with the children. Add an adult."), field="adults")
    limit = session.children_per_adult
    if limit and (needed or adults) and children > adults * limit:
        raise RuleBroken(
            N_("Each adult can bring %(limit)s children at most. Add an adult or book for fewer."),
            field="children",
            limit=limit,
        )
    most = session.most_accompanying_adults
    if children and most is not None and adults > most:
        raise RuleBroken(
            N_("Only %(limit)s adult can stay with your children, because the room is small.")
            if most == 1
            else N_(
                "Only %(limit)s adults can stay with your children, because the room is small."
            ),
            field="adults",
            limit=most,
        )


def _needs_adult(session: FestivalSession, party: Sequence[Person]) -> bool:
    if session.accompaniment == Accompaniment.under_16_with_adult:
        return any(child.age is None or child.age < 16 for child in children_of(party))
    return session.accompaniment in (*STAYS, Accompaniment.babes_in_arms)


def _check_age(session: FestivalSession, age: int, field: str) -> None:
    if session.accompaniment == Accompaniment.babes_in_arms:
        if BABY_AGE <= age < ADULT_AGE:
            raise RuleBroken(
                N_("Only babies under 2 can come with an adult to this session."), field=field
            )
        return
    if session.age_min is not None and age < session.age_min:
        raise RuleBroken(
            N_("This session is for people aged %(age)s and over."),
            field=field,
            age=session.age_min,
        )
    if session.age_max is not None and age > session.age_max:
        raise RuleBroken(
            N_("This session is for people up to the age of %(age)s."),
            field=field,
            age=session.age_max,
        )
