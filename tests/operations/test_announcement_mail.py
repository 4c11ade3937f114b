"""What organisers tell who has booked, as it arrives: P5 (late, moderated words), F8."""

from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import announcements
from festival.domain.announcements import Words
from festival.extensions import db, write
from festival.models import MembershipRole, Occurrence, Office, User
from festival.tasks.deliver import deliver_due
from tests import factories as make
from tests.support.mail import both_texts
from tests.support.smtp import SmtpServer

# What is written does not depend on the database.
pytestmark = [pytest.mark.usefixtures("mailing_app"), pytest.mark.databases("sqlite")]
OWN = "Please come in by the <green> gate."


@pytest.fixture
def run(mailing_app: Flask) -> Occurrence:
    with write():
        made = make.occurrence_of(make.session(title="Sing Together", capacity=7))
        make.booking(made, 2, email="zoe@example.org")
        make.booking(made, email="nia@example.net")
        member = (made.session.provider, MembershipRole.lead)
        make.user("leah@example.com", memberships=[member])
        make.user("rae@example.com", offices=[Office.reviewer])
    deliver_due()  # that they have booked
    return made


def somebody(name: str) -> User:
    return db.session.scalars(sa.select(User).where(User.email == f"{name}@example.com")).one()


def announced(run: Occurrence, said: Words) -> int:
    with write():
        return announcements.announce(run.id, said, key="one", actor=somebody("leah")).id


def arrived(server: SmtpServer, before: int) -> dict[str, EmailMessage]:
    deliver_due()
    return {one.message["To"]: one.message for one in server.messages[before:]}


def read(mail: EmailMessage) -> list[str]:
    return [" ".join(text.split()) for text in both_texts(mail)]


def test_that_they_are_late_reaches_everybody_once(
    run: Occurrence, smtp_server: SmtpServer
) -> None:
    """P5: the facilitator is late and everybody knows, from one button."""
    before = len(smtp_server.messages)
    for _pressed_twice in range(2):
        announced(run, Words("late", minutes=15))
    mails = arrived(smtp_server, before)
    assert sorted(mails) == ["nia@example.net", "zoe@example.org"]
    assert len(smtp_server.messages) == before + 2
    for mail in mails.values():
        assert mail["Subject"].startswith("Please read: Sing Together")
        for text in read(mail):
            assert "We are sorry: we start about 15 minutes late. You need do nothing." in text


def test_words_go_as_the_team_has_put_them_right(run: Occurrence, smtp_server: SmtpServer) -> None:
    """P5: moderated words arrive as typed, and are no markup."""
    before = len(smtp_server.messages)
    made = announced(run, Words("entrance", own="Come in"))
    assert arrived(smtp_server, before) == {}
    with write():
        announcements.approve(made, own=OWN, seen="Come in", actor=somebody("rae"))
    plain, html = read(arrived(smtp_server, before)["zoe@example.org"])
    assert f"How to come in: {OWN}" in plain
    assert "by the &lt;green&gt; gate." in html


def test_who_wrote_it_hears_why_it_is_not_sent(run: Occurrence, smtp_server: SmtpServer) -> None:
    before = len(smtp_server.messages)
    made = announced(run, Words("words", own="Buy my book!"))
    with write():
        announcements.decline(made, "We do not sell things.", actor=somebody("rae"))
    mails = arrived(smtp_server, before)
    assert list(mails) == ["leah@example.com"]
    for text in both_texts(mails["leah@example.com"]):
        assert "Buy my book!" in text
        assert "We do not sell things." in text
        assert f"/sessions/{run.session.code}/runs/{run.id}/message" in text
