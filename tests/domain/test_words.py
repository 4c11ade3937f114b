"""Days, times and names in the words people read."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from festival.domain import words


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ("2027-06-08T12:00", "2027-06-08T13:30", "Tuesday 8 June 2027, 1pm to 2:30pm"),
        ("2027-06-08T11:00", "2027-06-08T23:00", "Tuesday 8 June 2027, midday to midnight"),
        ("2027-06-08T23:00", "2027-06-09T00:15", "Wednesday 9 June 2027, midnight to 1:15am"),
        (
            "2027-06-08T21:00",
            "2027-06-09T01:00",
            "Tuesday 8 June 2027, 10pm to Wednesday 9 June 2027, 2am",
        ),
        ("2027-01-08T12:30", "2027-01-08T13:05", "Friday 8 January 2027, 12:30pm to 1:05pm"),
        # The hours around both changes of the clocks.
        ("2027-03-28T00:30", "2027-03-28T01:30", "Sunday 28 March 2027, 12:30am to 2:30am"),
        ("2027-10-31T00:30", "2027-10-31T02:30", "Sunday 31 October 2027, 1:30am to 2:30am"),
    ],
)
def test_when(starts: str, ends: str, said: str) -> None:
    assert words.when(utc(starts), utc(ends)) == said


def test_in_the_festivals_own_zone() -> None:
    starts, ends = utc("2027-06-08T12:00"), utc("2027-06-08T13:30")
    said = words.when(starts, ends, ZoneInfo("Asia/Kolkata"))
    assert said == "Tuesday 8 June 2027, 5:30pm to 7pm"


def test_a_day() -> None:
    assert words.day(date(2027, 6, 8)) == "Tuesday 8 June 2027"
    assert words.day(utc("2027-06-08T23:30")) == "Wednesday 9 June 2027"


def test_a_moment() -> None:
    assert words.moment(utc("2027-05-10T09:00")) == "Monday 10 May 2027, 10am"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Ada Lovelace", "ada lovelace"),
        ("  ADA   Lovelace\t", "ada lovelace"),
        ("Zoë Müller", "zoe muller"),
        ("Zoe\u0308", "zoe"),
        ("O'Hara", "ohara"),
        ("O’Hara", "ohara"),
        ("Anne-Marie", "anne marie"),
        ("Straße", "strasse"),
        ("Łukasz", "łukasz"),
        ("ﬁona", "fiona"),
        ("🙂", ""),
        ("", ""),
    ],
)
def test_names_are_folded(written: str, folded: str) -> None:
    assert words.fold(written) == folded


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Zoe Adams", ("Adams", "Zoe")),
        ("Jan van der Berg", ("van der Berg", "Jan")),
        ("Maria De Souza", ("De Souza", "Maria")),
        ("María del Carmen López", ("López", "María del Carmen")),
        ("Cher", ("Cher", "")),
        ("De La", ("La", "De")),
        ("Martin King Jr", ("King", "Martin Jr")),
        ("Martin King, Jr.", ("King", "Martin Jr.")),
        ("SMITH, Anna", ("SMITH", "Anna")),
        ("de la Cruz, Maria", ("de la Cruz", "Maria")),
        ("Anna Smith, with Zoe Adams", ("Adams", "Anna Smith, with Zoe")),
        ("عائشہ خان", ("خان", "عائشہ")),
        ("Jr", ("Jr", "")),
        ("Smith,", ("Smith", "")),
        ("", ("", "")),
    ],
)
def test_the_surname_comes_first_in_lists(name: str, parts: tuple[str, str]) -> None:
    assert words.surname_first(name) == parts


def test_lists_are_in_the_order_in_which_people_look() -> None:
    names = [
        "Ada Adams",
        "zoe adams",
        "Zoë Čech",
        "Fay Dean",
        "Łucja Łuczak",
        "Ian Lyon",
        "Jan van Dijk",
        "Vera Vane",
    ]
    jumbled = [*names[4:], *names[:4]]
    assert sorted(jumbled, key=words.by_surname) == names


def test_gurmukhi_stays_itself() -> None:
    kaur, singh = words.fold("ਗੁਰਪ੍ਰੀਤ ਕੌਰ"), words.fold("ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ")
    assert kaur
    assert kaur != singh
    assert len(kaur.split()) == 2
    assert words.fold(kaur) == kaur
