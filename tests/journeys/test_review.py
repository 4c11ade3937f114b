"""The team answers what a provider changes: on a phone, with real mail, clean under axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Festival
from tests.support.mail import both_texts

pytestmark = pytest.mark.browser
LEAD, REVIEWER = "other.lead@example.org", "reviewer@example.org"
CODE = "E38"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_change_is_returned_with_a_comment_and_then_approved(
    festival: Festival,
    person: Callable[..., Page],
    looked_at: Callable[[Page], None],
    scripts: bool,
) -> None:
    """P1 must: moderator returns with a comment on one field -> fixes -> approved."""
    lead = person(LEAD, java_script_enabled=scripts)
    team = person(REVIEWER, java_script_enabled=scripts)
    look = looked_at if scripts else (lambda _page: None)  # axe needs scripts
    own, review = f"/provider/sessions/{CODE}", f"/office/offers/{CODE}"

    lead.goto(own)
    lead.get_by_role("button", name="Change the words").click()
    retitle(lead, own, "Maths for Grandparents")

    team.goto("/office/offers?show=changes")
    look(team)
    team.get_by_role("link", name="Maths for Grandparents").click()
    expect(team.locator("ins").first).to_contain_text("Grandparents")
    look(team)
    team.locator('a[href*="about=title"]').click()
    team.get_by_label("Your comment").fill("Please name mums and dads as well.")
    team.get_by_role("button", name="Keep the comment").click()
    team.get_by_label("Return it with a comment").check()
    team.get_by_role("button", name="Send the answer").click()
    mail = festival.mail_to(LEAD, "Please change your session")
    for text in both_texts(mail):
        assert "Please name mums and dads as well." in text

    lead.goto(own)
    expect(lead.get_by_text("Please name mums and dads as well.")).to_be_visible()
    retitle(lead, own, "Maths for Parents and Grandparents")
    team.goto(review)
    team.get_by_label("Start with kind words").select_option(label="Approve: thank you")
    team.get_by_role("button", name="Put these words into the comment").click()
    expect(team.get_by_label("Approve: publish it")).to_be_checked()
    look(team)
    team.get_by_role("button", name="Send the answer").click()
    festival.mail_to(LEAD, "Your session is approved: Maths for Parents and Grandparents")
    lead.goto(f"/sessions/{CODE}")
    expect(lead.get_by_role("heading", level=1)).to_have_text("Maths for Parents and Grandparents")
    lead.goto(f"{own}/history")
    look(lead)
    lead.get_by_role("link", name="Version 2").click()
    look(lead)


def retitle(lead: Page, own: str, title: str) -> None:
    lead.goto(f"{own}/edit/what")
    lead.get_by_label("Title").fill(title)
    lead.get_by_role("button", name="Save and stop for now").click()
    lead.goto(f"{own}/check")
    lead.get_by_role("button", name="Send in").click()
    expect(lead.get_by_text("Public, with a change sent in")).to_be_visible()


def test_several_are_approved_together(
    festival: Festival, person: Callable[..., Page], looked_at: Callable[[Page], None]
) -> None:
    """F2 must: bulk approve."""
    team = person(REVIEWER)
    team.goto("/office/offers")
    team.get_by_label("Tick Spreadsheets without Tears").check()
    team.get_by_role("button", name="Check the ticked ones").click()
    looked_at(team)
    team.get_by_role("button", name="Approve the ticked ones").click()
    expect(team.get_by_text("1 session is approved.")).to_be_visible()
    team.get_by_role("link", name="Let a draft come late").click()
    looked_at(team)
