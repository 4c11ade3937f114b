"""The team calls for sessions and tells people things; an organisation runs its door: through the
browser, with real mail, clean under axe and whole at 320 pixels."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from festival.extensions import db, write
from festival.models import FestivalSession, Occurrence
from tests import factories
from tests.journeys.conftest import Festival
from tests.support.mail import both_texts

pytestmark = pytest.mark.browser
LEAD, REVIEWER, DUTY = "lead@example.org", "reviewer@example.org", "duty@example.org"
Look = Callable[[Page], None]


def run_of(code: str) -> Occurrence:
    query = sa.select(Occurrence).join(Occurrence.session).where(FestivalSession.code == code)
    return db.session.scalars(query.order_by(Occurrence.id)).first()  # type: ignore[return-value]


def test_f1_a_list_is_asked_and_somebody_new_comes(
    festival: Festival, person: Callable[..., Page], looked_at: Look
) -> None:
    """F1: invite list, progress by provider; P1: invited by email."""
    team = person(REVIEWER)
    team.goto("/office/call")
    looked_at(team)
    team.get_by_role("button", name="Ask organisations").click()
    looked_at(team)
    team.get_by_label("Whom do you want to ask?").fill(
        "Penn Fields Makers, mia@example.net, Mia Khan\n"
        "Whitmore Reans Stitch Circle, lead@example.org"
    )
    team.get_by_role("button", name="Continue: see who is asked").click()
    looked_at(team)
    team.get_by_role("button", name="Write to 2 organisations").click()
    expect(team.get_by_text("We have written to 2 organisations.")).to_be_visible()
    looked_at(team)
    festival.mail_to(LEAD, "Will you offer something again? Whitmore Reans Stitch Circle")
    mail = festival.mail_to("mia@example.net", "You are invited")
    plain, _html = both_texts(mail)
    path = next(word for word in plain.split() if "/provider/join/" in word)
    new = person()
    new.goto(path[path.index("/provider/") :])
    new.get_by_label("Choose a password").fill("three words together")
    new.get_by_role("button", name="Begin").click()
    new.goto("/provider/")
    expect(new.get_by_text("Penn Fields Makers").first).to_be_visible()
    team.goto("/office/call?show=joined")
    expect(team.get_by_role("link", name="Penn Fields Makers")).to_be_visible()
    team.goto("/office/call/chase")
    looked_at(team)


def test_p5_the_facilitator_is_late_and_a_door_without_signal(
    festival: Festival, person: Callable[..., Page], looked_at: Look, tmp_path: Path
) -> None:
    """P5: one button tells everybody; own words wait for the team; the door sheet is kept."""
    with write():
        run = run_of("E16")
        factories.booking(run, name="Zoe Adams", email="zoe@example.net")
        address = f"/provider/sessions/E16/runs/{run.id}"
        starts_at = run.starts_at
    festival.move_to(starts_at)
    lead = person(LEAD)
    lead.goto(f"{address}/message")
    looked_at(lead)
    lead.get_by_label("We start late").check()
    lead.get_by_label("How many minutes late?").fill("15")
    lead.get_by_role("button", name="Continue: see who is told").click()
    looked_at(lead)
    lead.get_by_role("button", name="Tell them now").click()
    expect(lead.get_by_text("We tell them now.")).to_be_visible()
    for text in both_texts(festival.mail_to("zoe@example.net", "Please read")):
        assert "We are sorry: we start about 15 minutes late." in " ".join(text.split())

    lead.get_by_label("Something else").check()
    lead.get_by_label("Your own words").fill("Bring a friend.\nThe door is at the back.")
    lead.get_by_role("button", name="Continue: see who is told").click()
    lead.get_by_role("button", name="Give it to the festival team").click()
    team = person(REVIEWER)
    team.goto("/office/announcements")
    looked_at(team)
    team.get_by_role("link", name="Stitch a Story").click()
    looked_at(team)
    team.get_by_role("button", name="Tell them now").click()
    expect(team.get_by_text("We tell them now.")).to_be_visible()  # lines end as browsers end them

    lead.goto(f"{address}/door-sheet")
    looked_at(lead)
    with lead.expect_download() as kept:
        lead.get_by_role("button", name="Keep it on this phone, for no signal").click()
    kept.value.save_as(tmp_path / "door.html")
    file = lead.context.new_page()
    file.goto((tmp_path / "door.html").as_uri())
    expect(file.get_by_role("rowheader", name="Adams, Zoe")).to_be_visible()
    lead.get_by_role("button", name="Open it, to print").click()
    expect(lead.get_by_role("rowheader", name="Adams, Zoe")).to_be_visible()
    looked_at(lead)


def test_f8_the_duty_manager_tells_everybody_and_stops(
    festival: Festival, person: Callable[..., Page], looked_at: Look
) -> None:
    """F8: broadcast, pause booking, read-only, more time: every page of it looked at."""
    with write():
        run = run_of("E16")
        factories.booking(run, name="Zoe Adams", email="zoe@example.net")
        starts_at = run.starts_at
    festival.move_to(starts_at)
    duty = person(DUTY)
    duty.goto("/office/duty")
    looked_at(duty)
    duty.get_by_role("link", name="Tell everybody of a day").click()
    looked_at(duty)
    duty.get_by_label("Where?").select_option(label="The whole festival")
    duty.get_by_label("Dress for the weather").check()
    duty.get_by_role("button", name="Continue: see who is told").click()
    looked_at(duty)
    duty.get_by_role("button", name="Tell them now").click()
    for text in both_texts(festival.mail_to("zoe@example.net", "Please read")):
        assert "Please dress for the weather" in text
    duty.goto("/office/duty/stop/booking")
    looked_at(duty)
    duty.get_by_label("Why?").fill("A burst pipe.")
    duty.get_by_role("button", name="Stop booking").click()
    looked_at(duty)
    resident = person()
    resident.goto("/")
    expect(resident.get_by_text("A burst pipe.")).to_be_visible()
    looked_at(resident)
