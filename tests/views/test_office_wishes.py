"""The team sees what people asked for: how much is missing, and never who."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.domain import clock
from festival.extensions import db
from festival.models import AuditEntry, Edition, Occurrence, Office, Theme, Ward, Wish
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.statements import recorded

At = Callable[..., None]
WISHES = "/office/wishes"


@pytest.fixture
def crafts(edition: Edition) -> Theme:
    made = factories.theme("Arts and crafts")
    db.session.commit()
    return made


@pytest.fixture
def park(edition: Edition) -> Ward:
    made = factories.ward(name="Park")
    db.session.commit()
    return made


@pytest.fixture
def penn(edition: Edition) -> Ward:
    made = factories.ward(name="Penn")
    db.session.commit()
    return made


def wished(number: int, theme: Theme, ward: Ward | None) -> None:
    for _ in range(number):
        factories.wish(theme_id=theme.id, ward_id=ward.id if ward else None)
    db.session.commit()


def searched(times: int, theme: Theme | None, ward: Ward | None, words: str = "") -> None:
    factories.empty_search(
        times,
        theme_id=theme.id if theme else None,
        ward_id=ward.id if ward else None,
        words=words,
    )
    db.session.commit()


def full(theme: Theme | None) -> Occurrence:
    """A run of this theme without a place left."""
    run = occurrence_of(factories.session(theme=theme, capacity=1))
    factories.booking(run, email="first@example.org")
    return run


def parts(page: PageResponse) -> dict[str, list[str]]:
    """The first table by its themes: waited, told us, searched, all together."""
    return {row[0]: row[1:] for row in page.page.table(0)[1:]}


def places(page: PageResponse) -> dict[str, dict[str, str]]:
    """The second table: by ward, then by theme."""
    first, *rows = page.page.table(1)
    return {row[0]: dict(zip(first[1:], row[1:], strict=True)) for row in rows}


# --- numbers


def test_r10_all_of_it_counts_by_its_weight_and_by_theme_and_ward(
    reviewer: Somebody, crafts: Theme, park: Ward
) -> None:
    """R10: counts toward unmet demand, by theme and the ward of who asked."""
    factories.unmet(occurrence_of(factories.session(theme=crafts)), 20)
    wished(40, crafts, park)
    searched(300, crafts, park)
    page = reviewer.client.get(WISHES)
    assert parts(page)["Arts and crafts"] == ["20", "40", "300", "70"]
    assert places(page)["Park"]["Arts and crafts"] == "50"
    assert places(page)["Not known where"]["Arts and crafts"] == "20"
    assert "waited in vain counts 1," in page.words
    assert "like to learn 0.5, a search that found nothing 0.1." in page.words


def test_the_weights_can_be_changed_and_are_kept_nowhere(
    reviewer: Somebody, crafts: Theme, park: Ward
) -> None:
    wished(40, crafts, park)
    page = reviewer.client.get(WISHES)
    changed = reviewer.client.submit(page, "Count again", asked="1", searched="0,25")
    assert parts(changed)["Arts and crafts"][-1] == "40"
    assert "like to learn 1, a search that found nothing 0.25." in changed.words
    address = changed.page.link("Download the numbers as a spreadsheet (CSV)")
    assert rows_of(reviewer.client.get(address))[("Arts and crafts", "Park")][-1] == "40"
    assert parts(reviewer.client.get(WISHES))["Arts and crafts"][-1] == "20"


@pytest.mark.parametrize("typed", ["2", "1.01", "-1", "one", "", "0.001", "٠", "1e0", "NaN"])
def test_a_weight_that_is_none_is_told_at_its_field(
    reviewer: Somebody, crafts: Theme, park: Ward, typed: str
) -> None:
    """No weight makes a small number large enough to be told."""
    wished(9, crafts, park)
    page = reviewer.client.get(WISHES, query_string={"asked": typed})
    assert page.page.error_summary == ["Type a number from 0 to 1, like 0.5."]
    assert parts(page)["Arts and crafts"] == ["under 10"] * 4


def test_r10_under_ten_is_hidden_and_no_total_gives_it_away(
    reviewer: Somebody, crafts: Theme, park: Ward, penn: Ward
) -> None:
    """R10: numbers under 10 are hidden, and none is what is left over of a total."""
    other = factories.theme("Drums")
    wished(21, crafts, park)
    wished(3, crafts, penn)
    wished(12, other, penn)
    page = reviewer.client.get(WISHES, query_string={"asked": "1"})
    assert places(page) == {
        "Park": {"Arts and crafts": "20", "Drums": "under 10", "All themes": "20"},
        "Penn": {"Arts and crafts": "under 10", "Drums": "10", "All themes": "20"},
    }
    assert parts(page)["Arts and crafts"] == ["under 10", "20", "under 10", "20"]
    assert parts(page)["All themes"] == ["under 10", "40", "under 10", "40"]
    assert "Under 10 in all, where people live: Not known where." in page.words
    assert "Under 10 in all, themes: No theme said." in page.words
    fewer = reviewer.client.get(WISHES)
    assert "Under 10 in all, where people live: Penn, Not known where." in fewer.words


def test_who_waits_counts_once_and_not_who_has_a_place_in_that_theme(
    reviewer: Somebody, crafts: Theme
) -> None:
    """Distinct people on waiting lists who were never placed, in any session of the theme."""
    runs = [full(crafts), full(crafts)]
    for number in range(15):
        factories.waiting(runs[0], email=f"{number}@example.org")
    for number in range(5):  # the same people, and the same mail box under another name
        factories.waiting(runs[1], email=f"{number}@example.org")
    factories.waiting(runs[1], email="0@example.org", name="Ada Lovelace")
    db.session.commit()
    assert parts(reviewer.client.get(WISHES))["Arts and crafts"][0] == "20"  # sixteen
    open_run = occurrence_of(factories.session(theme=crafts, capacity=30))
    for number in range(2):
        factories.booking(open_run, name="Grace Hopper", email=f"{number}@example.org")
    db.session.commit()
    assert parts(reviewer.client.get(WISHES))["Arts and crafts"][0] == "10"  # fourteen


def test_the_parts_of_a_series_are_one_wait(reviewer: Somebody, crafts: Theme) -> None:
    for run in factories.series(3, theme=crafts):
        factories.unmet(run, 12)
    db.session.commit()
    assert parts(reviewer.client.get(WISHES))["Arts and crafts"][0] == "10"


def test_another_festival_is_not_counted(
    reviewer: Somebody, crafts: Theme, park: Ward, edition: Edition
) -> None:
    other = factories.edition(is_current=False)
    for _ in range(30):
        factories.wish(edition_id=other.id, theme_id=crafts.id, words="Elsewhere")
    factories.empty_search(30, edition_id=other.id, words="elsewhere")
    factories.unmet(occurrence_of(factories.session(theme=crafts, edition=other)), 30)
    db.session.commit()
    page = reviewer.client.get(WISHES)
    assert parts(page)["All themes"] == ["under 10"] * 4
    assert "lsewhere" not in page.words


def test_with_nothing_asked_for_it_says_so(reviewer: Somebody, edition: Edition) -> None:
    page = reviewer.client.get(WISHES)
    assert "Nothing waits to be answered." in page.words


LETTERS = iter("abcdefghijklmnopqrstuvwxyz")


def test_as_many_questions_for_one_row_as_for_three(
    reviewer: Somebody, crafts: Theme, park: Ward
) -> None:
    def questions() -> int:
        wished(1, factories.theme(), factories.ward())
        searched(20, crafts, factories.ward(), words=f"drums {next(LETTERS)}")
        run = full(factories.theme())
        factories.waiting(run, email=f"{run.id}@example.org")
        factories.unmet(run, 20)
        db.session.commit()
        reviewer.client.get(WISHES)  # signed in
        with recorded(reviewer.app) as statements:
            assert reviewer.client.get(WISHES).status_code == 200
        return statements.count

    one = questions()
    assert [questions(), questions()] == [one, one]


# --- the file


def rows_of(answer: PageResponse) -> dict[tuple[str, str], list[str]]:
    told = answer.get_data(as_text=True).removeprefix("\ufeff")
    return {(row[0], row[1]): row[2:] for row in csv.reader(io.StringIO(told))}


def test_the_file_has_the_same_numbers_and_no_words(
    reviewer: Somebody, crafts: Theme, park: Ward
) -> None:
    """Nothing in it is a formula."""
    sums = factories.theme("=1+1")
    wished(9, crafts, park)
    wished(14, sums, park)
    searched(200, sums, park, words="crochet")
    answer = reviewer.client.get(WISHES + "/numbers")
    assert answer.mimetype == "text/csv"
    rows = rows_of(answer)
    assert rows[("Theme", "Ward")] == [
        "Waited in vain, times 1",
        "Told us, times 0.5",
        "Searched in vain, times 0.1",
        "All together",
    ]
    assert rows[("Arts and crafts", "Park")] == ["under 10"] * 4
    assert rows[("'=1+1", "Park")] == ["under 10", "10", "200", "30"]
    assert rows[("No theme said", "Not known where")] == ["under 10"] * 4
    assert "rochet" not in answer.get_data(as_text=True)


# --- what they said


def test_wishes_stand_with_their_words_times_and_age(
    reviewer: Somebody, crafts: Theme, park: Ward, at: At
) -> None:
    factories.wish(
        words="Crochet a blanket",
        theme_id=crafts.id,
        ward_id=park.id,
        suits=["Saturdays", "online"],
        contact="ada@example.org",
        created_at=clock.now() - timedelta(days=3),
    )
    factories.wish(words="Drums")
    db.session.commit()
    page = reviewer.client.get(WISHES)
    (first, second) = [
        " ".join("".join(one.itertext()).split()) for one in page.page.all("article")
    ]
    assert "Crochet a blanket" in first
    assert "Arts and crafts · Saturdays, Online · 3 days ago" in first
    assert "Wants to hear from us: ada@example.org" in first
    assert "Park" not in first  # with the words it may tell who it is
    assert "No times said · Today" in second
    assert "hear from us" not in second


def test_answered_it_is_off_the_list_and_the_contact_is_forgotten(
    reviewer: Somebody, edition: Edition
) -> None:
    """R10: a contact is there to answer once. It is written down who did."""
    wish = factories.wish(contact="ada@example.org")
    number = wish.id
    db.session.commit()
    page = reviewer.client.get(WISHES)
    for _ in range(2):  # again is the same
        done = reviewer.client.submit(page, f"Wish {number} is answered")
        assert "It is off the list" in done.words
        assert "Crochet" not in done.words
    wish = db.session.get_one(Wish, number)
    assert (wish.contact, wish.words) == ("", "Crochet")
    assert wish.answered_by_id == (reviewer.user and reviewer.user.id)
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.thing == "wish")).all()
    assert [(one.action, one.thing_id, one.facts) for one in entries] == [
        ("wish.answered", number, {})
    ]


def test_an_answered_wish_still_counts(reviewer: Somebody, crafts: Theme, park: Ward) -> None:
    wished(10, crafts, park)
    db.session.execute(sa.update(Wish).values(answered_at=clock.now()))
    db.session.commit()
    assert parts(reviewer.client.get(WISHES))["Arts and crafts"][1] == "10"


def test_a_wish_there_is_not_cannot_be_answered(reviewer: Somebody, edition: Edition) -> None:
    number = factories.wish().id
    db.session.commit()
    page = reviewer.client.get(WISHES)
    db.session.execute(sa.delete(Wish))
    db.session.commit()
    assert reviewer.client.submit(page, f"Wish {number} is answered").status_code == 404


def test_words_of_searches_show_from_the_third_time_on(
    reviewer: Somebody, crafts: Theme, edition: Edition
) -> None:
    """What few have typed may tell of somebody."""
    searched(2, None, None, words="crochet")
    searched(1, crafts, None, words="crochet")  # the same words, elsewhere
    searched(2, None, None, words="ada lovelace")
    page = reviewer.client.get(WISHES)
    assert ["crochet", "3"] in page.page.table(1)
    assert "lovelace" not in page.words


def test_the_teams_first_page_says_how_many_wait(reviewer: Somebody, edition: Edition) -> None:
    factories.wish()
    factories.wish(answered_at=clock.now())
    db.session.commit()
    page = reviewer.client.get("/office/")
    assert page.page.link("What people asked for") == WISHES
    assert "1 wish to answer" in page.words


@pytest.mark.parametrize("role", [Office.phone_line, Office.access_lead, Office.data_protection])
def test_others_of_the_team_do_not_see_it(
    client: FestivalClient, edition: Edition, role: Office
) -> None:
    client.sign_in(factories.user(offices=[role]))
    assert client.get(WISHES).status_code == 404
    assert client.get(WISHES + "/numbers").status_code == 404
    assert "What people asked for" not in client.get("/office/").words
