"""Mail over TLS: only to a server that proves who it is; a refused proof is told in words."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from festival.delivery.transport import SmtpTransport
from festival.extensions import write
from festival.models import MessageState, Office
from festival.tasks.deliver import deliver_due
from tests import factories
from tests.support.certificates import Authority
from tests.support.client import make_client
from tests.support.mail import book, the_message
from tests.support.smtp import SmtpServer, Speaks

pytestmark = pytest.mark.databases("sqlite")
At = Callable[..., None]
START = "2027-05-25T10:00+01:00"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def sends_to(
    committed_app: Flask, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., SmtpServer]]:
    """``sends_to("starttls", host="mail.example")``: a mail server, where committed_app sends."""
    started: list[SmtpServer] = []
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))

    def start(
        speaks: Speaks, *, host: str = "127.0.0.1", expired: bool = False, asked: str = ""
    ) -> SmtpServer:
        context = authority.context(host, expired=expired) if speaks != "none" else None
        server = SmtpServer(speaks, context).start()
        started.append(server)
        settings = {**committed_app.config, **server.settings}
        settings["SMTP_SECURITY"] = asked or speaks
        committed_app.extensions["mail_transport"] = SmtpTransport.of(settings)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize("speaks", ["starttls", "tls"])
def test_a_server_that_proves_who_it_is_gets_the_mail(
    sends_to: Callable[..., SmtpServer], speaks: Speaks
) -> None:
    server = sends_to(speaks)
    for _ in range(3):
        book()
    assert deliver_due() == 3
    assert len(server.messages) == 3
    assert the_message().state == MessageState.sent
    assert server.conversations == 1  # one greeting for all three


@pytest.mark.parametrize("speaks", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"expired": True}, "certificate has expired"),
        ({"host": "mail.example"}, "IP address mismatch"),
    ],
)
def test_a_certificate_that_is_not_to_be_trusted(
    committed_app: Flask,
    sends_to: Callable[..., SmtpServer],
    at: At,
    speaks: Speaks,
    wrong: dict[str, object],
    told: str,
) -> None:
    """Nothing is said to that server; the mail waits until it has a good one."""
    server = sends_to(speaks, **wrong)
    book()
    assert deliver_due() == 1
    assert (server.messages, server.attempts) == ([], 0)
    message = the_message()
    assert message.state == MessageState.queued
    assert message.last_error.startswith("The mail server's certificate is not to be trusted: ")
    assert told in message.last_error
    assert told in _office(committed_app)
    again = message.next_attempt_at
    mended = sends_to(speaks)
    at(again)
    assert deliver_due() == 1
    assert len(mended.messages) == 1
    assert told not in _office(committed_app)


def test_an_authority_nobody_knows(
    sends_to: Callable[..., SmtpServer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = sends_to("starttls")
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path).root))
    book()
    assert deliver_due() == 1
    assert server.messages == []
    assert "certificate is not to be trusted" in the_message().last_error


def test_a_server_without_starttls_gets_nothing_in_the_clear(
    sends_to: Callable[..., SmtpServer],
) -> None:
    server = sends_to("none", asked="starttls")
    book()
    assert deliver_due() == 1
    assert (server.messages, server.attempts) == ([], 0)
    message = the_message()
    assert message.state == MessageState.queued
    assert "STARTTLS" in message.last_error


def test_tls_spoken_to_a_server_that_does_not(sends_to: Callable[..., SmtpServer]) -> None:
    server = sends_to("none", asked="tls")
    book()
    assert deliver_due() == 1
    assert server.messages == []
    message = the_message()
    assert message.state == MessageState.queued
    assert message.last_error.startswith("SSLError")


def _office(app: Flask) -> str:
    with write():
        somebody = factories.user(offices=[Office.duty_manager])
    client = make_client(app)
    client.sign_in(somebody)
    return client.get("/office/outbox").words
