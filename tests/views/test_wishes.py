"""Nothing suits: people tell us what they would like to learn."""

import pytest
import sqlalchemy as sa

from festival.domain.observations import WISHES
from festival.extensions import db
from festival.models import Edition, Theme, Ward, Wish
from tests import factories
from tests.support.client import FestivalClient, PageResponse

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def theme(edition: Edition) -> Theme:
    made = factories.theme("Arts and crafts", slug="arts")
    db.session.commit()
    return made


@pytest.fixture
def ward(edition: Edition) -> Ward:
    made = factories.ward(name="St Peter’s")
    db.session.commit()
    return made


def kept() -> list[Wish]:
    return list(db.session.scalars(sa.select(Wish).order_by(Wish.id)))


def typed(page: PageResponse) -> dict[str, str]:
    return dict(page.page.form("Send").filled({}, "Send")[1])


def test_r10_what_somebody_would_like_to_learn_is_kept(
    client: FestivalClient, theme: Theme, ward: Ward
) -> None:
    """R10: theme, area, time that suits, optional contact."""
    page = client.get("/wishes")
    assert page.h1 == "Tell us what you would like to learn"
    page = client.submit(
        page,
        "Send",
        words="Crochet.\r\nA blanket",
        theme="arts",
        ward="st-peters",
        suits=["online", "Saturdays"],
        contact="07700 900 982",
    )
    assert page.h1 == "Thank you"
    assert "What happens next?" in page.words
    assert page.page.link("Look at the programme") == "/"
    (wish,) = kept()
    assert (wish.words, wish.theme, wish.ward) == ("Crochet.\nA blanket", theme, ward)
    assert (wish.suits, wish.contact) == (["Saturdays", "online"], "07700 900 982")
    assert wish.answered_at is None


@pytest.mark.parametrize("said", [{"words": "Crochet"}, {"theme": "arts"}])
def test_words_or_a_theme_are_enough(
    client: FestivalClient, theme: Theme, ward: Ward, said: dict[str, str]
) -> None:
    assert client.submit(client.get("/wishes"), "Send", **said).h1 == "Thank you"
    (wish,) = kept()
    assert (wish.ward_id, wish.suits, wish.contact) == (None, [], "")


def test_without_either_it_says_so_at_the_words(client: FestivalClient, theme: Theme) -> None:
    page = client.submit(client.get("/wishes"), "Send", suits=["online"])
    said = ["Tell us what you would like to learn, or choose what it is about below."]
    assert page.page.error_summary == said
    assert page.page.by_id("words-error") is not None
    assert ("suits", "online") in page.page.form("Send").filled({}, "Send")[1]
    assert kept() == []


def test_a_city_without_themes_and_wards_asks_for_words(
    client: FestivalClient, edition: Edition
) -> None:
    page = client.get("/wishes")
    assert "Where do you live" not in page.words
    assert client.submit(page, "Send", words="Crochet").h1 == "Thank you"


def test_the_address_fills_in_what_was_searched_for(
    client: FestivalClient, theme: Theme, ward: Ward
) -> None:
    found = typed(client.get("/wishes?theme=arts&near=st-peters&q=" + "x" * 400))
    assert (found["theme"], found["ward"], found["words"]) == ("arts", "st-peters", "x" * 300)


@pytest.mark.parametrize("asked", ["theme=gone&near=nowhere&q=%00", "theme=%00&near=&q=", "x=1"])
def test_what_we_do_not_know_is_left_out(
    client: FestivalClient, theme: Theme, ward: Ward, asked: str
) -> None:
    found = typed(client.get(f"/wishes?{asked}"))
    assert (found["theme"], found["ward"], found["words"]) == ("unsaid", "unsaid", "")


def test_words_that_are_too_long_are_kept_and_counted(
    client: FestivalClient, edition: Edition
) -> None:
    page = client.submit(client.get("/wishes"), "Send", words="x" * 301)
    assert page.page.error_summary == ["This is 301 characters long. Make it 300 or fewer."]
    assert typed(page)["words"] == "x" * 301
    client.submit(page, "Send", words="x" * 300)
    assert [one.words for one in kept()] == ["x" * 300]


@pytest.mark.parametrize("contact", ["ada@example.org", "01902 550000", "+44 7700 900982"])
def test_a_contact_that_reaches_somebody(
    client: FestivalClient, edition: Edition, contact: str
) -> None:
    client.submit(client.get("/wishes"), "Send", words="Crochet", contact=contact)
    assert [one.contact for one in kept()] == [contact]


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ("ada@", "Type an email address like name@example.org."),
        ("@home", "Type an email address like name@example.org."),
        (
            "Ada",
            "Type an email address like name@example.org, or a phone number like 07700 900 982.",
        ),
        (
            "12345",
            "Type an email address like name@example.org, or a phone number like 07700 900 982.",
        ),
    ],
)
def test_a_contact_that_reaches_nobody_is_told_at_its_field(
    client: FestivalClient, edition: Edition, contact: str, said: str
) -> None:
    page = client.submit(client.get("/wishes"), "Send", words="Crochet", contact=contact)
    assert page.page.error_summary == [said]
    assert typed(page)["words"] == "Crochet"
    assert kept() == []


def test_a_mistyped_email_is_asked_about_and_may_be_right(
    client: FestivalClient, edition: Edition
) -> None:
    page = client.submit(client.get("/wishes"), "Send", words="Crochet", contact="ada@gmial.com")
    assert page.page.error_summary == [
        "Did you mean ada@gmail.com? Change it, or tick the box below if it is right."
    ]
    client.submit(page, "Send", contact_is_right=True)
    assert [one.contact for one in kept()] == ["ada@gmial.com"]


def test_pressed_twice_it_is_one_wish_and_two_people_are_two(
    client: FestivalClient, edition: Edition
) -> None:
    page = client.get("/wishes")
    for _ in range(2):
        assert client.submit(page, "Send", words="Crochet").h1 == "Thank you"
    client.submit(client.get("/wishes"), "Send", words="Crochet")
    assert len(kept()) == 2


def test_what_no_browser_sends_is_told_at_its_field(client: FestivalClient, theme: Theme) -> None:
    sent = typed(client.get("/wishes")) | {"words": "Crochet", "key": "x" * 500}
    page = client.post("/wishes", data={**sent, "theme": "gone", "ward": "nowhere"})
    assert page.page.error_summary[0] == "Choose one from the list."
    client.post("/wishes", data={**sent, "suits": ["midnight", "online"]})
    assert [one.suits for one in kept()] == [["online"]]


def test_without_the_forms_own_token_nothing_is_kept(
    client: FestivalClient, edition: Edition
) -> None:
    sent = typed(client.get("/wishes")) | {"words": "Crochet", "csrf_token": "x"}
    assert client.post("/wishes", data=sent).status_code == 400
    assert kept() == []


def test_not_without_end_from_one_place(client: FestivalClient, edition: Edition) -> None:
    for _ in range(WISHES.tries):
        assert client.submit(client.get("/wishes"), "Send", words="Crochet").h1 == "Thank you"
    page = client.submit(client.get("/wishes"), "Send", words="Drums")
    assert page.status_code == 429
    assert page.page.error_summary == [
        "We have had a lot of wishes from here. Please try again later."
    ]
    assert typed(page)["words"] == "Drums"
    assert "Drums" not in {one.words for one in kept()}


def test_before_there_is_a_festival_there_is_nothing_to_wish(client: FestivalClient) -> None:
    assert client.get("/wishes").status_code == 404
