"""Finding something: each question alone, all of them together, and what the numbers say."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from festival.domain import clock
from festival.domain.finding import NEEDS, find_spot, knows, matching, read_ages
from festival.domain.finding.bits import Groups, by_value, numbers_of, of_numbers
from festival.domain.finding.facets import suits
from festival.domain.finding.search import Search
from festival.extensions import db
from festival.models import Accompaniment, BookingMode, Edition, Postcode, SessionFormat
from tests import factories as make
from tests.support.finding import codes, look, programme

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def edition(app: Flask) -> Edition:
    return make.edition()


# --- sets


NUMBERS = st.sets(st.integers(0, 200))


@given(NUMBERS)
def test_a_set_has_what_was_put_in(numbers: set[int]) -> None:
    assert list(numbers_of(of_numbers(numbers, 201))) == sorted(numbers)


@given(st.lists(st.sets(st.sampled_from("abc"))))
def test_the_set_of_each_value(values: list[set[str]]) -> None:
    found = by_value([sorted(own) for own in values])
    for letter in "abc":
        having = [number for number, own in enumerate(values) if letter in own]
        assert list(numbers_of(found.get(letter, 0))) == having


@given(st.lists(st.integers(1, 9), max_size=30), st.data())
@settings(max_examples=300)
def test_groups_are_counted_once(sizes: list[int], data: st.DataObject) -> None:
    keys = [number for number, size in enumerate(sizes) for _ in range(size)]
    chosen = data.draw(st.sets(st.integers(0, max(0, len(keys) - 1)))) if keys else set()
    groups = Groups(keys)
    bits = of_numbers(chosen, len(keys))
    assert groups.count(bits) == len({keys[number] for number in chosen})
    firsts = {keys[number]: number for number in sorted(chosen, reverse=True)}
    assert set(numbers_of(groups.firsts(bits))) == set(firsts.values())


# --- questions


def test_time_of_day(edition: Edition) -> None:
    for code, hour in (("E01", 9), ("E02", 12), ("E03", 16), ("E04", 17), ("E05", 23)):
        make.session(code=code, starts_at=make.at_hour(edition, hour=hour, day=1))
    assert codes(time="morning") == ["E01"]
    assert codes(time="afternoon") == ["E02", "E03"]
    assert codes(time=("morning", "evening")) == ["E01", "E04", "E05"]


@pytest.mark.parametrize(
    ("rules", "ages", "suited"),
    [
        ({}, (4, 9), True),
        ({"age_min": 5, "age_max": 8}, (4, 9), False),
        ({"age_min": 5, "age_max": 8}, (5, 8), True),
        ({"age_min": 5, "age_max": 8, "accompaniment": "adult-stays"}, (8, 18), True),
        ({"age_min": 18}, (17,), False),
        ({"age_min": 18}, (18,), True),
        ({"age_min": 18, "accompaniment": "babes-in-arms"}, (0, 18), True),
        ({"age_min": 18, "accompaniment": "babes-in-arms"}, (2,), False),
        ({"age_max": 10}, (11,), False),
    ],
)
def test_what_suits_all_of_these_ages(
    edition: Edition, rules: dict[str, object], ages: tuple[int, ...], suited: bool
) -> None:
    facts = {**rules, "accompaniment": Accompaniment(rules.get("accompaniment", "none"))}
    make.session(code="E01", **facts)
    assert (codes(ages=ages) == ["E01"]) is suited


@pytest.mark.parametrize(
    ("typed", "ages"),
    [
        ("4 and 9", (4, 9)),
        ("9,4", (4, 9)),
        ("4", (4,)),
        ("8 months", (0,)),
        ("18 months and 4", (1, 4)),
        ("35, 36 and 7", (7, 18)),
        ("both are 6, 6", (6,)),
        ("", None),
        ("four", None),
        ("121", None),
        ("1 " * 13, None),
        ("٤", None),
        ("9" * 5000, None),
    ],
)
def test_ages_as_people_type_them(typed: str, ages: tuple[int, ...] | None) -> None:
    assert read_ages(typed) == ages


class TestNeeds:
    """R3: "not known" never matches silently."""

    @pytest.fixture(autouse=True)
    def _sessions(self, edition: Edition) -> None:
        for code, step_free in (
            ("E01", "yes"),
            ("E02", "by lift"),
            ("E03", "no"),
            ("E04", "not known"),
            ("E05", ""),
        ):
            make.session(code=code, room=make.room(step_free=step_free))
        make.session(code="E06", room=make.room(step_free="yes"), access=["not step-free"])

    def test_what_surely_has_it(self) -> None:
        found = look(access="step-free")
        assert sorted(one.first.session.code for one in found.entries) == ["E01", "E02"]
        assert found.counts["access"]["step-free"] == 2

    def test_how_many_nobody_knows(self) -> None:
        assert look(access="step-free").not_known == 2
        assert look().not_known == 0

    def test_those_are_shown_with_their_doubt(self) -> None:
        found = look(access="step-free", unsure=True)
        doubts = {one.first.session.code: list(one.unsure) for one in found.entries}
        unsure = ["step-free"]
        assert doubts == {"E01": [], "E02": [], "E04": unsure, "E05": unsure}

    def test_every_need_counts(self) -> None:
        assert codes(access=("step-free", "bsl")) == []
        make.session(code="E07", room=make.room(step_free="yes"), access=["BSL-led"])
        assert codes(access=("step-free", "bsl")) == ["E07"]

    def test_what_is_online_has_no_steps(self) -> None:
        venue = make.venue("Online", is_online=True)
        make.session(code="E08", room=make.room(venue=venue), format=SessionFormat.online)
        (item,) = [one for one in programme().index.stock.items if one.session.code == "E08"]
        assert {need: knows(item, need) for need in NEEDS if knows(item, need)} == {
            "step-free": True,
            "toilet": True,
        }
        assert knows(item, "hearing-loop") is False


def test_other_questions(edition: Edition) -> None:
    make.session(code="E01", delivery_languages=["pa", "en"], charge="3.00 for materials")
    make.session(code="E02", delivery_languages=["en"], booking_mode=BookingMode.none)
    make.session(code="E03", delivery_languages=["bfi"], format=SessionFormat.outdoors)
    assert codes(language="pa") == ["E01"]
    assert codes(language=("pa", "bfi")) == ["E01", "E03"]
    assert codes(cost="nothing") == ["E02", "E03"]
    assert codes(booking="not-needed") == ["E02"]
    assert codes(booking="needed") == ["E01", "E03"]
    assert codes(format="outdoors") == ["E03"]


# --- where


@pytest.fixture
def city(edition: Edition) -> None:
    low_hill = make.ward(name="Bushbury South and Low Hill", latitude=52.608, longitude=-2.116)
    make.ward(name="Penn", latitude=52.562, longitude=-2.154)
    db.session.add(Postcode(postcode="WV10 9JJ", latitude=52.6101, longitude=-2.1143))
    near = make.venue("Low Hill Library", latitude=52.61, longitude=-2.114, ward=low_hill)
    far = make.venue("Penn Hall", latitude=52.562, longitude=-2.154)
    make.session(code="E01", room=make.room(venue=near))
    make.session(code="E02", room=make.room(venue=far))
    make.session(code="E03", room=make.room(venue=make.venue("Somewhere", latitude=None)))
    db.session.flush()


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Low Hill", "Bushbury South and Low Hill"),
        ("low hill", "Bushbury South and Low Hill"),
        ("bushbury-south-and-low-hill", "Bushbury South and Low Hill"),
        ("Lowhill", "Bushbury South and Low Hill"),
        ("Bushbery South", "Bushbury South and Low Hill"),
        ("penn", "Penn"),
        ("WV10 9JJ", "Bushbury South and Low Hill"),
        ("wv109jj", "Bushbury South and Low Hill"),
        ("WV10", "Bushbury South and Low Hill"),
        ("52.61,-2.11", "Bushbury South and Low Hill"),
        ("Penn Hall", "Penn Hall"),
        ("Atlantis", None),
        ("WV99 9ZZ", None),
        ("%", None),
        ("", None),
        ("999,999", None),
    ],
)
def test_where_somebody_is(typed: str, name: str | None) -> None:
    spot = find_spot(typed, programme().index.stock)
    assert (spot.name if spot else None) == name


@pytest.mark.usefixtures("city")
def test_an_address_says_roughly_where_and_never_a_postcode() -> None:
    spot = find_spot("WV10 9JJ", programme().index.stock)
    assert spot is not None
    assert spot.key == "52.61,-2.11"
    assert (spot.latitude, spot.longitude) == (52.61, -2.11)


@pytest.mark.usefixtures("city")
def test_what_is_near() -> None:
    spot = find_spot("Low Hill", programme().index.stock)
    found = look(spot=spot, miles=2)
    assert [one.first.session.code for one in found.entries] == ["E01"]
    assert found.entries[0].miles == pytest.approx(0.16, abs=0.02)
    assert codes(spot=spot, miles=5) == ["E01", "E02"]  # where E03 is nobody knows


# --- all at once


def test_numbers_say_what_a_choice_would_leave(edition: Edition) -> None:
    music, food = make.theme("Music", slug="music"), make.theme("Food", slug="food")
    day = make.at_hour(edition, hour=10, day=1)
    make.session(code="E01", theme=music, starts_at=day)
    make.session(code="E02", theme=music, starts_at=day + timedelta(days=1))
    make.session(code="E03", theme=food, starts_at=day)
    slots = make.session(code="E04", theme=food, starts_at=day)
    make.occurrence(slots, starts_at=day + timedelta(hours=2))
    on = day.astimezone(edition.zone).date().isoformat()
    counts = look(theme="music").counts
    assert counts["theme"] == {"music": 2, "food": 2}  # another theme would come besides
    assert counts["day"][on] == 1
    assert look(day=on).counts["theme"] == {"music": 1, "food": 2}
    assert look().sessions == 4
    for theme in ("music", "food"):
        for chosen in ({}, {"day": on}):
            alone = look(theme=theme, **chosen)
            assert look(**chosen).counts["theme"][theme] == alone.sessions


def test_feeds_have_the_runs_of_the_list(edition: Edition) -> None:
    make.session(code="E01", title="Sing Together")
    make.session(code="E02", title="Mend a Bike")
    shown = programme()
    ids = matching(shown.index, shown.standing, Search(words="sing"))
    assert [shown.index.stock.items[shown.index.numbers[one]].session.code for one in ids] == [
        "E01"
    ]


@given(
    least=st.none() | st.integers(0, 18),
    most=st.none() | st.integers(0, 18),
    age=st.integers(0, 18),
)
def test_who_is_suited_is_let_in(least: int | None, most: int | None, age: int) -> None:
    """Nobody is shown what they could not book."""

    class Rules:
        age_min, age_max, accompaniment = least, most, Accompaniment.none

    if suits(Rules(), age):
        assert least is None or age >= least
        assert most is None or age <= most or age >= 18


def test_what_a_moment_ago_was_public_is_not(edition: Edition) -> None:
    make.session(code="E01", publish_at=clock.now() + timedelta(minutes=1))
    assert codes() == []
    assert codes(clock.now() + timedelta(minutes=1)) == ["E01"]
