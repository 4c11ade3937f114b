"""Somebody finds nothing that suits, says what they would like, and the team reads it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from festival.extensions import db, write
from festival.models import Theme, Ward
from tests import factories
from tests.journeys.conftest import Festival

pytestmark = pytest.mark.browser
REVIEWER = "reviewer@example.org"


@pytest.fixture
def much(festival: Festival) -> None:
    """Enough was asked for, of every theme and in every ward, that numbers are shown."""
    with write():
        for theme in db.session.scalars(sa.select(Theme)):
            for ward in db.session.scalars(sa.select(Ward)):
                factories.empty_search(
                    400, theme_id=theme.id, ward_id=ward.id, words="conversational welsh"
                )


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_r10_what_somebody_would_like_to_learn_reaches_the_team(
    festival: Festival,
    person: Callable[..., Page],
    looked_at: Callable[[Page], None],
    much: None,
    scripts: bool,
) -> None:
    """R10: from nothing that suits to who can put it on."""
    look = looked_at if scripts else (lambda _page: None)  # axe needs scripts
    page = person(java_script_enabled=scripts)
    page.goto("/wishes?q=Conversational+Welsh")
    expect(page.get_by_label("What would you like to learn?")).to_have_value("Conversational Welsh")
    look(page)
    page.get_by_label("Weekday evenings").check()
    page.get_by_label("Your email address or phone number").fill("ada@gmial.com")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Did you mean ada@gmail.com?")
    look(page)
    page.get_by_label("Your email address or phone number").fill("ada@gmail.com")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    look(page)

    team = person(REVIEWER, java_script_enabled=scripts)
    team.goto("/office/wishes")
    wish = team.get_by_role("article").filter(has_text="ada@gmail.com")
    expect(wish).to_contain_text("Weekday evenings")
    look(team)
    team.get_by_text("Change how much each counts").click()
    team.get_by_label("One search that found nothing").fill("7")
    team.get_by_role("button", name="Count again").click()
    expect(team.get_by_role("alert")).to_contain_text("Type a number from 0 to 1")
    look(team)
    wish.get_by_role("button").click()
    expect(team.get_by_text("It is off the list")).to_be_visible()
    expect(team.get_by_text("ada@gmail.com")).to_have_count(0)
    look(team)
