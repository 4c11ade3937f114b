"""Who may come together, by every rule a session can have."""

from typing import Any

import pytest

from festival.domain import parties
from festival.domain.parties import (
    GroupTooLarge,
    Person,
    RuleBroken,
    check_party,
    count_places,
    party_of,
)
from festival.models import Accompaniment, AttendeeKind, Edition, FestivalSession
from tests.factories import party
from tests.support.refusals import refused_plainly


def session(**rules: Any) -> FestivalSession:
    """A session of these rules, in no database."""
    wanted = {
        "accompaniment": Accompaniment.none,
        "accompanying_adults_take_places": True,
        "under_twos_take_places": True,
        "edition": Edition(most_places=4, most_in_group=15),
    }
    return FestivalSession(**wanted | rules)


def test_nobody_is_no_party() -> None:
    with refused_plainly(RuleBroken, field="adults"):
        check_party(session(), [])


def test_the_festivals_most_places_hold_where_the_session_says_nothing() -> None:
    check_party(session(), party(4))
    with refused_plainly(RuleBroken, field="adults") as refusal:
        check_party(session(), party(3, 2))
    assert "4 places at most" in str(refusal.value)


def test_the_sessions_own_most_places_come_first() -> None:
    check_party(session(most_places=6), party(6))
    with refused_plainly(RuleBroken, field="adults"):
        check_party(session(most_places=2), party(3))


def test_one_ticket_admits_255_people_at_most() -> None:
    big = session(most_places=1000)
    check_party(big, party(255))
    with refused_plainly(RuleBroken, field="adults"):
        check_party(big, party(256))


@pytest.mark.parametrize(
    ("rules", "capacity", "limit"),
    [
        ({}, 40, 15),  # the festival's number
        ({}, 24, 12),  # or half the places, whichever is less
        ({}, 25, 12),
        ({}, 6, 4),  # but never less than anybody may book
        ({"most_in_group": 20}, 60, 20),  # the session's own
        ({"most_in_group": 20}, 30, 15),
        ({"most_places": 8}, 10, 8),
        ({}, 1, 4),
    ],
)
def test_r4_a_group_may_book_so_many(rules: dict[str, Any], capacity: int, limit: int) -> None:
    tried = session(**rules)
    check_party(tried, party_of(0, 0, unnamed=limit), capacity=capacity)
    group = party_of(0, 0, unnamed=limit + 1)
    with refused_plainly(GroupTooLarge, field="unnamed") as refusal:
        check_party(tried, group, capacity=capacity)
    assert refusal.value.facts == {"limit": limit}
    check_party(tried, group, capacity=capacity, by_staff=True)  # the team has decided


def test_r4_a_group_brings_its_leader_within_the_limit() -> None:
    check_party(session(), party_of(1, 0, unnamed=11), capacity=24)
    with refused_plainly(RuleBroken, field="unnamed"):
        check_party(session(), party_of(1, 0, unnamed=12), capacity=24)


def test_r4_a_group_for_a_childrens_session_calls() -> None:
    with refused_plainly(RuleBroken, field="unnamed"):
        check_party(session(age_max=11), party_of(0, 0, unnamed=2), capacity=24)


def test_r3_companions_come_with_somebody() -> None:
    check_party(session(), party(1, companions=2))
    check_party(session(), party_of(0, 0, companions=1, unnamed=1), capacity=24)
    for lonely in (party(0, companions=1), party(1, companions=3)):
        with refused_plainly(RuleBroken, field="companions"):
            check_party(session(), lonely)


@pytest.mark.parametrize("age", [-1, 18, 130])
def test_no_child_is_of_that_age(age: int) -> None:
    with refused_plainly(RuleBroken, field="age_1"):
        check_party(session(), party(1, ages=[age]))


def test_who_takes_no_place_is_not_counted_against_the_most() -> None:
    rules = session(accompaniment=Accompaniment.with_adult, accompanying_adults_take_places=False)
    check_party(rules, party(2, 4))
    with refused_plainly(RuleBroken, field="adults"):
        check_party(rules, party(1, 5))


@pytest.mark.parametrize(
    ("accompaniment", "age", "alone"),
    [
        (Accompaniment.none, 8, True),
        (Accompaniment.adult_stays, 8, False),
        (Accompaniment.with_adult, 8, False),
        (Accompaniment.under_16_with_adult, 8, False),
        (Accompaniment.babes_in_arms, 1, False),
    ],
)
def test_children_and_their_adults(accompaniment: Accompaniment, age: int, alone: bool) -> None:
    rules = session(accompaniment=accompaniment)
    _allows(rules, party(0, ages=[age]), alone, field="adults")
    _allows(rules, party(1, ages=[age]), True)
    _allows(rules, party(1), True)


def _allows(
    rules: FestivalSession, people: list[Person], allowed: bool, field: str | None = None
) -> None:
    if allowed:
        check_party(rules, people, complete=True)
    else:
        with refused_plainly(RuleBroken, field=field):
            check_party(rules, people, complete=True)


def test_sixteen_is_old_enough_to_come_alone() -> None:
    rules = session(accompaniment=Accompaniment.under_16_with_adult)
    check_party(rules, party(ages=[16], adults=0))
    with refused_plainly(RuleBroken, field="adults"):
        check_party(rules, party(ages=[15], adults=0))
    with refused_plainly(RuleBroken, field="adults"):
        check_party(rules, party_of(0, 1))  # not known yet: the careful answer


def test_only_babies_come_in_arms() -> None:
    rules = session(accompaniment=Accompaniment.babes_in_arms, age_min=18)
    check_party(rules, party(1, ages=[0, 1]), complete=True)
    for age in (2, 8, 17):
        with refused_plainly(RuleBroken, field="age_1"):
            check_party(rules, party(1, ages=[age]))
    with refused_plainly(RuleBroken, field="adults"):
        check_party(rules, party(0, ages=[1]))


def test_a_session_for_adults() -> None:
    rules = session(age_min=18)
    check_party(rules, party(2))
    with refused_plainly(RuleBroken, field="children"):
        check_party(rules, party(1, 1))


def test_a_session_for_teenagers_without_adults() -> None:
    rules = session(age_min=11, age_max=17)
    check_party(rules, party(0, ages=[11, 17]))
    with refused_plainly(RuleBroken, field="adults"):
        check_party(rules, party(1, ages=[12]))


def test_adults_come_to_a_childrens_session_only_with_children() -> None:
    rules = session(age_max=11, accompaniment=Accompaniment.adult_stays)
    check_party(rules, party(1, ages=[5]))
    with refused_plainly(RuleBroken, field="children"):
        check_party(rules, party(1))


@pytest.mark.parametrize(("age", "fits"), [(6, False), (7, True), (11, True), (12, False)])
def test_ages_of_children(age: int, fits: bool) -> None:
    rules = session(age_min=7, age_max=11, accompaniment=Accompaniment.with_adult)
    _allows(rules, party(1, ages=[8, age]), fits, field="age_2")


def test_unknown_ages_are_asked_only_where_they_matter_and_at_the_end() -> None:
    check_party(session(), party_of(1, 1), complete=True)
    check_party(session(age_min=7), party_of(1, 1))
    with refused_plainly(RuleBroken, field="age_1"):
        check_party(session(age_min=7), party_of(1, 1), complete=True)


def test_children_per_adult() -> None:
    rules = session(accompaniment=Accompaniment.with_adult, children_per_adult=2, most_places=9)
    check_party(rules, party(1, 2))
    check_party(rules, party(2, 4))
    with refused_plainly(RuleBroken, field="children"):
        check_party(rules, party(1, 3))


def test_children_who_may_come_alone_need_no_adult_to_be_counted_by() -> None:
    rules = session(accompaniment=Accompaniment.under_16_with_adult, children_per_adult=2)
    check_party(rules, party(0, ages=[16, 17]))


def test_most_accompanying_adults() -> None:
    rules = session(accompaniment=Accompaniment.with_adult, most_accompanying_adults=1)
    check_party(rules, party(1, 1))
    check_party(rules, party(2))  # nobody to accompany
    with refused_plainly(RuleBroken, field="adults") as refusal:
        check_party(rules, party(2, 1))
    assert "Only 1 adult can stay" in str(refusal.value)


@pytest.mark.parametrize(
    ("rules", "people", "places"),
    [
        ({}, party(1, 2), 3),
        ({}, party(1, companions=1), 1),
        ({}, party(1, ages=[0]), 2),
        ({"under_twos_take_places": False}, party(1, ages=[1, 2]), 2),
        ({"under_twos_take_places": False}, party_of(1, 1), 2),  # unknown: it takes a place
        ({"accompanying_adults_take_places": False}, party(1, 1), 2),  # nobody accompanies here
        (
            {"accompanying_adults_take_places": False, "accompaniment": Accompaniment.adult_stays},
            party(2, 1),
            1,
        ),
        (
            {"accompanying_adults_take_places": False, "accompaniment": Accompaniment.adult_stays},
            party(2),
            2,
        ),
    ],
)
def test_places_of_a_party(rules: dict[str, Any], people: list[Person], places: int) -> None:
    assert count_places(session(**rules), people) == places


def test_what_a_form_asks() -> None:
    assert parties.children_may_come(session())
    assert not parties.children_may_come(session(age_min=18))
    assert parties.children_may_come(session(accompaniment=Accompaniment.babes_in_arms, age_min=18))
    assert not parties.adults_may_come(session(age_max=17))
    assert parties.adults_may_come(session(age_max=17, accompaniment=Accompaniment.adult_stays))
    assert parties.adults_only_accompany(session(age_max=11))
    assert not parties.adults_only_accompany(session())
    assert not parties.ages_matter(session())
    for rules in (
        {"age_min": 7},
        {"age_max": 11},
        {"under_twos_take_places": False},
        {"accompaniment": Accompaniment.under_16_with_adult},
    ):
        assert parties.ages_matter(session(**rules))


def test_a_party_of_numbers() -> None:
    people = party_of(2, 1)
    assert parties.adults_of(people) == [Person(AttendeeKind.adult)] * 2
    assert parties.children_of(people) == [Person(AttendeeKind.child)]


def test_whom_a_session_suits() -> None:
    """For ticking people beforehand: by kind and age, whoever else comes."""
    adult, companion = Person(AttendeeKind.adult), Person(AttendeeKind.companion)
    child, baby = Person(AttendeeKind.child, age=6), Person(AttendeeKind.child, age=1)
    for rules, suited in (
        ({}, [adult, companion, child, baby]),
        ({"age_min": 18}, [adult, companion]),
        ({"age_min": 7}, [adult, companion]),
        ({"age_max": 11}, [companion, child, baby]),
        ({"accompaniment": Accompaniment.babes_in_arms}, [adult, companion, baby]),
    ):
        found = [
            one for one in (adult, companion, child, baby) if parties.suits(session(**rules), one)
        ]
        assert found == suited
    assert parties.suits(session(age_min=7), Person(AttendeeKind.child))  # nobody knows yet
