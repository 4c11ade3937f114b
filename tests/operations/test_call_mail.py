"""What the call for sessions writes, as it arrives: F1 (chase), P1 (deadline), P6 (repeat)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from festival.domain import call, clock
from festival.domain.call import Wanted
from festival.extensions import write
from festival.models import MembershipRole, Office, Provider, User
from festival.tasks import upkeep
from festival.tasks.deliver import deliver_due
from tests import factories as make
from tests.support.mail import both_texts
from tests.support.smtp import SmtpServer

# What is written does not depend on the database.
pytestmark = [pytest.mark.usefixtures("mailing_app"), pytest.mark.databases("sqlite")]
At = Callable[..., None]
NOW = datetime.fromisoformat("2027-02-01T10:00+00:00")
END = NOW + timedelta(days=20)


@pytest.fixture(autouse=True)
def _the_call_is_open(mailing_app: Flask, at: At) -> None:
    at(NOW)
    with write():
        make.edition(submissions_open_at=NOW - timedelta(days=1), submissions_close_at=END)


@pytest.fixture
def team(mailing_app: Flask) -> User:
    with write():
        return make.user("rita@example.com", name="Rita", offices=[Office.reviewer])


@pytest.fixture
def choir(mailing_app: Flask) -> tuple[Provider, User]:
    with write():
        made = make.provider("Tettenhall Wood Choir")
        member = (made, MembershipRole.lead)
        return made, make.user("cora@example.org", name="Cora", memberships=[member])


def arrived(server: SmtpServer) -> EmailMessage:
    """The one mail that came now."""
    before = len(server.messages)
    deliver_due()
    (one,) = server.messages[before:]
    return one.message


def asked(team: User) -> None:
    with write():
        wanted = [Wanted(1, "Tettenhall Wood Choir", "cora@example.org")]
        call.ask_all(make.the_edition(), wanted, actor=team)


def test_who_was_here_before_is_asked_to_come_again(
    team: User, choir: tuple[Provider, User], smtp_server: SmtpServer
) -> None:
    """P6: invitation to repeat."""
    asked(team)
    mail = arrived(smtp_server)
    assert mail["Subject"] == "Will you offer something again? Tettenhall Wood Choir"
    for text in both_texts(mail):
        assert "Cora" in text
        assert "21 February 2027" in text
        assert "/provider/again" in text


def test_a_reminder_names_what_was_begun(
    team: User, choir: tuple[Provider, User], smtp_server: SmtpServer, at: At
) -> None:
    """F1: chase; what they have begun is a link away."""
    asked(team)
    arrived(smtp_server)
    with write():
        code = make.draft(*choir).session.code
    at(NOW + timedelta(days=3, minutes=1))
    with write():
        call.chase(make.the_edition(), actor=team)
    mail = arrived(smtp_server)
    assert mail["Subject"] == "Your session for the festival: Tettenhall Wood Choir"
    for text in both_texts(mail):
        assert f"/provider/sessions/{code}" in text
        assert "Call us, or answer this email." in text


def test_before_the_deadline_one_mail_names_all_drafts(
    choir: tuple[Provider, User], smtp_server: SmtpServer, at: At
) -> None:
    """P1: deadline reminders."""
    with write():
        codes = [make.draft(*choir).session.code for _ in range(2)]
    at(END - timedelta(days=3))
    assert upkeep.remind_of_deadline() == 1
    mail = arrived(smtp_server)
    assert mail["Subject"] == "Not sent in yet: Tettenhall Wood Choir"
    for text in both_texts(mail):
        assert "21 February 2027" in text
        assert all(f"/provider/sessions/{code}" in text for code in codes)


def test_what_is_not_true_any_more_is_not_sent(
    team: User, choir: tuple[Provider, User], smtp_server: SmtpServer, at: At
) -> None:
    asked(team)
    with write():
        make.draft(*choir)
    at(END - timedelta(days=3))
    upkeep.remind_of_deadline()
    at(END)
    before = len(smtp_server.messages)
    deliver_due()
    assert len(smtp_server.messages) == before
    assert clock.now() == END
