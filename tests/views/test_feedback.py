"""How it was: asked without who, kept once, read by who ran it."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from festival.delivery.addresses import feedback_address
from festival.domain import running
from festival.extensions import db
from festival.models import Feedback, Occurrence, Provider
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import FestivalClient

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]
LONG = "A line\nand another. " * 100


@pytest.fixture
def run(provider: Provider, at: At) -> Occurrence:
    """A session that has just ended."""
    made = occurrence_of(factories.session(title="Sing Together", provider=provider))
    at(made.ends_at + timedelta(minutes=10))
    return made


def path_of(run: Occurrence) -> str:
    return urlsplit(feedback_address(run)).path


def kept() -> list[Feedback]:
    return list(db.session.scalars(sa.select(Feedback).order_by(Feedback.id)))


def test_what_is_said_is_kept_and_nothing_of_who(client: FestivalClient, run: Occurrence) -> None:
    page = client.get(path_of(run))
    assert page.h1 == "Sing Together"
    for said in ("Very good", "Good", "All right", "Not so good", "Bad"):
        assert said in page.words
    page = client.submit(page, "Send", rating="4", first_time="yes", words="Lovely.\r\nMore tea.")
    assert page.h1 == "Thank you"
    (said,) = kept()
    assert (said.rating, said.is_first_time, said.words) == (4, True, "Lovely.\nMore tea.")
    assert {one.name for one in Feedback.__table__.columns} == {
        "id",
        "occurrence_id",
        "rating",
        "is_first_time",
        "words",
        "form_key",
        "created_at",
    }


@pytest.mark.parametrize(
    ("first_time", "is_first_time"), [("no", False), ("unsaid", None), (None, None)]
)
def test_all_but_the_face_can_be_left_out(
    client: FestivalClient, run: Occurrence, first_time: str | None, is_first_time: bool | None
) -> None:
    more = {"first_time": first_time} if first_time else {}
    client.submit(client.get(path_of(run)), "Send", rating="1", **more)
    (said,) = kept()
    assert (said.rating, said.is_first_time, said.words) == (1, is_first_time, "")


def test_pressed_twice_it_is_once_and_two_people_are_two(
    client: FestivalClient, run: Occurrence
) -> None:
    page = client.get(path_of(run))
    for _ in range(2):
        assert client.submit(page, "Send", rating="5").h1 == "Thank you"
    client.submit(client.get(path_of(run)), "Send", rating="5")
    assert len(kept()) == 2


def test_nothing_typed_is_lost_where_the_face_is_missing(
    client: FestivalClient, run: Occurrence
) -> None:
    page = client.submit(client.get(path_of(run)), "Send", first_time="no", words="Lovely.")
    assert page.page.error_summary == ["Choose one of the five faces."]
    assert page.page.form("Send").filled({}, "Send")[1].count(("words", "Lovely.")) == 1
    assert client.submit(page, "Send", rating="5").h1 == "Thank you"


def test_long_words_are_kept_up_to_the_limit(client: FestivalClient, run: Occurrence) -> None:
    page = client.submit(client.get(path_of(run)), "Send", rating="5", words=LONG + "x" * 300)
    assert "Make it 2000 or fewer." in page.page.error_summary[0]
    client.submit(page, "Send", rating="5", words=LONG[:2000])
    assert kept()[0].words == LONG[:2000].strip()


@pytest.mark.parametrize("rating", ["0", "6", "-1", "five", "4.5", "٣"])
def test_no_other_number_is_taken(client: FestivalClient, run: Occurrence, rating: str) -> None:
    typed = dict(client.get(path_of(run)).page.form("Send").filled({}, "Send")[1])
    page = client.post(path_of(run), data={**typed, "rating": rating})
    assert page.page.error_summary == ["Choose one of the five faces."]
    assert kept() == []


def test_a_key_that_is_none_of_ours_is_made_anew(client: FestivalClient, run: Occurrence) -> None:
    typed = dict(client.get(path_of(run)).page.form("Send").filled({}, "Send")[1])
    for key in ("", "x" * 500):
        client.post(path_of(run), data={**typed, "rating": "5", "key": key})
    assert [len(one.form_key) for one in kept()] == [36, 36]


def test_before_and_long_after_it_is_not_asked(
    client: FestivalClient, run: Occurrence, at: At
) -> None:
    page = client.get(path_of(run))
    for moment, said in (
        (run.starts_at - timedelta(minutes=1), "It has not begun yet."),
        (run.ends_at + timedelta(days=61), "This was a while ago"),
    ):
        at(moment)
        seen = client.get(path_of(run))
        assert said in seen.words
        assert seen.page.forms == []
    assert client.submit(page, "Send", rating="5").status_code == 400  # also too old a page
    assert kept() == []


def test_a_link_that_is_wrong_or_of_what_did_not_take_place_is_not_there(
    client: FestivalClient, run: Occurrence
) -> None:
    good = path_of(run)
    other = occurrence_of(factories.session())
    proof = good.partition(".")[2]
    for wrong in (
        good[:-1],
        good + "x",
        f"/feedback/{other.id}.{proof}",
        "/feedback/x",
        "/feedback/1",
    ):
        for more in ("", "/thanks"):
            assert client.get(wrong + more).status_code == 404, wrong
    running.cancel_occurrence(run.id, "Flood.", actor=None)
    assert client.get(good).status_code == 404


def test_not_without_end_from_one_place(client: FestivalClient, run: Occurrence) -> None:
    page = client.get(path_of(run))
    for _ in range(60):
        page = client.submit(client.get(path_of(run)), "Send", rating="5")
    page = client.submit(client.get(path_of(run)), "Send", rating="2", words="Too cold.")
    assert page.status_code == 429
    assert "Too cold." in page.get_data(as_text=True)
    assert len(kept()) == 60


def test_after_it_comes_what_they_may_like_next(client: FestivalClient, run: Occurrence) -> None:
    alike = occurrence_of(factories.session(title="Sing Again", theme=run.session.theme))
    alike.starts_at, alike.ends_at = (
        one + timedelta(days=2) for one in (alike.starts_at, alike.ends_at)
    )
    factories.session(title="Knots")
    page = client.submit(client.get(path_of(run)), "Send", rating="5")
    assert "You may like this too" in page.words
    assert "Sing Again" in page.words
    assert "Knots" not in page.words


# --- who reads it


def test_who_ran_it_and_the_team_read_numbers_and_words(
    client: FestivalClient, lead: Somebody, manager: Somebody, run: Occurrence
) -> None:
    theirs = f"/provider/sessions/{run.session.code}/runs/{run.id}"
    assert "What people said" not in lead.client.get(theirs).words
    for rating, first_time, said in (
        ("5", "yes", "Wonderful <b>cake</b> 🎈"),
        ("5", "no", ""),
        ("2", "unsaid", "ٹھنڈا تھا"),
    ):
        client.submit(
            client.get(path_of(run)), "Send", rating=rating, first_time=first_time, words=said
        )
    for person, address in ((lead, theirs), (manager, f"/office/runs/{run.id}")):
        page = person.client.get(address)
        table = page.page.table(1)
        assert table[1:] == [
            ["Very good", "2"],
            ["Good", "0"],
            ["All right", "0"],
            ["Not so good", "1"],
            ["Bad", "0"],
        ]
        assert "1 said yes, 1 said no." in page.words
        assert "Wonderful <b>cake</b> 🎈" in page.words
        assert "ٹھنڈا تھا" in page.words


def test_others_do_not(client: FestivalClient, other_lead: Somebody, run: Occurrence) -> None:
    client.submit(client.get(path_of(run)), "Send", rating="5", words="Wonderful")
    address = f"/provider/sessions/{run.session.code}/runs/{run.id}"
    assert other_lead.client.get(address).status_code == 404
    assert "Wonderful" not in client.get(f"/sessions/{run.session.code}").words
