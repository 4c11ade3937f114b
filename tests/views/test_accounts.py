"""Signing in and out, and forgotten passwords."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import mail, ticket_keys
from festival.domain import clock
from festival.extensions import db
from festival.models import AuditEntry, Edition, Message, Office
from tests import factories
from tests.cast import Somebody
from tests.support.client import FestivalClient, PageResponse

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

WRONG = "The email address or the password is not right."
NEW = "teapot umbrella seven"


def sign_in(
    client: FestivalClient, email: str, password: str, address: str = "/sign-in"
) -> PageResponse:
    return client.submit(client.get(address), "Sign in", email=email, password=password)


def reset_link() -> str:
    """The path of the newest reset mail's link."""
    message = db.session.scalars(sa.select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    letter = mail.render(message, ticket_keys()).get_body(("plain",))
    assert letter is not None
    text: str = letter.get_content()
    link = next(line for line in text.splitlines() if "/choose-password/" in line)
    return "/" + link.split("://", 1)[1].partition("/")[2]


def ask_for_link(client: FestivalClient, email: str) -> PageResponse:
    return client.submit(client.get("/forgotten-password"), "Send me a link", email=email)


def messages() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Message)) or 0


# --- signing in


def test_a_provider_comes_to_their_sessions(client: FestivalClient, lead: Somebody) -> None:
    answer = sign_in(client, lead.email, lead.password)
    assert answer.request.path == "/provider/"
    assert answer.h1 == "Our sessions"
    assert "Leah Lead" in answer.words


def test_the_team_comes_to_its_pages(client: FestivalClient, reviewer: Somebody) -> None:
    assert sign_in(client, reviewer.email, reviewer.password).request.path == "/office/"


def test_an_email_address_is_known_in_any_case(client: FestivalClient, lead: Somebody) -> None:
    answer = sign_in(client, f"  {lead.email.upper()} ", lead.password)
    assert answer.request.path == "/provider/"


def test_wrong_password_and_unknown_address_are_told_alike(
    client: FestivalClient, lead: Somebody
) -> None:
    wrong = sign_in(client, lead.email, "not my password")
    unknown = sign_in(client, "nobody@example.org", "not my password")
    assert wrong.page.error_summary == unknown.page.error_summary == [WRONG]
    assert wrong.page.title.startswith("Error: ")
    assert wrong.page.form("Sign in").controls["email"].values() == [lead.email]
    assert client.get("/provider/").status_code == 302


def test_a_closed_account_does_not_sign_in(client: FestivalClient, edition: Edition) -> None:
    gone = factories.user(offices=[Office.reviewer], is_active=False)
    assert sign_in(client, gone.email, factories.PASSWORD).page.error_summary == [WRONG]


def test_nobody_signs_in_without_a_password_chosen(
    client: FestivalClient, edition: Edition
) -> None:
    new = factories.user(password="", offices=[Office.reviewer])
    assert sign_in(client, new.email, factories.PASSWORD).page.error_summary == [WRONG]
    empty = sign_in(client, new.email, "")
    assert empty.page.error_summary == ["Type your password."]


def test_it_goes_on_where_they_wanted_to_go(client: FestivalClient, reviewer: Somebody) -> None:
    asked = client.get("/office/outbox?state=failed", follow_redirects=True)
    assert asked.h1 == "Sign in"
    assert "Sign in to see that page." in asked.words
    answer = client.submit(asked, "Sign in", email=reviewer.email, password=reviewer.password)
    assert answer.request.full_path == "/office/outbox?state=failed"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "office/",
        "",
    ],
)
def test_it_never_leads_elsewhere(client: FestivalClient, lead: Somebody, elsewhere: str) -> None:
    page = client.get("/sign-in", query_string={"next": elsewhere})
    answer = client.submit(page, "Sign in", email=lead.email, password=lead.password)
    assert answer.request.path == "/provider/"
    assert answer.request.host == "localhost"


def test_who_has_signed_in_is_not_asked_again(lead: Somebody) -> None:
    assert lead.client.get("/sign-in", follow_redirects=True).request.path == "/provider/"


def test_signing_in_keeps_the_basket_and_nothing_else(
    client: FestivalClient, lead: Somebody
) -> None:
    with client.session_transaction() as session:
        session["basket"] = "what they hold"
        session["planted"] = "by somebody else"
    sign_in(client, lead.email, lead.password)
    with client.session_transaction() as session:
        assert session["basket"] == "what they hold"
        assert "planted" not in session


def test_signing_out(lead: Somebody) -> None:
    page = lead.client.get("/provider/")
    answer = lead.client.submit(page, "Sign out")
    assert "You have signed out." in answer.words
    assert lead.client.get("/provider/").status_code == 302
    assert lead.client.get("/sign-out").status_code == 405


# --- limits


def test_the_ninth_try_is_too_many(
    client: FestivalClient,
    new_client: Callable[[], FestivalClient],
    lead: Somebody,
    other_lead: Somebody,
) -> None:
    for _ in range(8):
        assert sign_in(client, lead.email, "a guess").page.error_summary == [WRONG]
    too_many = sign_in(client, lead.email.upper(), lead.password)
    assert too_many.status_code == 429
    assert too_many.page.error_summary == [
        "There were too many tries. Wait 15 minutes and try again."
    ]
    # Counted for the account, wherever the next guess comes from; others are not kept out.
    assert sign_in(new_client(), lead.email, lead.password).status_code == 429
    assert sign_in(client, other_lead.email, other_lead.password).request.path == "/provider/"


def test_the_limit_ends_after_its_time(
    client: FestivalClient, lead: Somebody, at: Callable[..., None]
) -> None:
    at(clock.now())
    for _ in range(9):
        sign_in(client, lead.email, "a guess")
    at(clock.now() + timedelta(minutes=16))
    assert sign_in(client, lead.email, lead.password).request.path == "/provider/"


def test_a_success_begins_the_count_anew(client: FestivalClient, lead: Somebody) -> None:
    for _ in range(2):
        for _ in range(7):
            sign_in(client, lead.email, "a guess")
        assert sign_in(client, lead.email, lead.password).request.path == "/provider/"
        client.sign_out()


def test_many_addresses_from_one_place_are_too_many(client: FestivalClient, lead: Somebody) -> None:
    for number in range(60):
        sign_in(client, f"guess{number}@example.org", "a guess")
    assert sign_in(client, lead.email, lead.password).status_code == 429


# --- forgotten passwords


def test_a_mailed_link_gives_a_new_password_once(
    client: FestivalClient, new_client: Callable[[], FestivalClient], lead: Somebody
) -> None:
    assert ask_for_link(client, lead.email).h1 == "Look at your email"
    link = reset_link()
    page = client.get(link)
    elsewhere = new_client()
    open_elsewhere = elsewhere.get(link)
    answer = client.submit(page, "Save my new password", password=NEW)
    assert "You have a new password." in answer.words
    assert answer.h1 == "Sign in"
    used = client.get(link)
    assert used.status_code == 410
    assert used.h1 == "This link does not work any more"
    again = elsewhere.submit(
        open_elsewhere, "Save my new password", password="another one entirely"
    )
    assert again.status_code == 410
    assert sign_in(client, lead.email, lead.password).page.error_summary == [WRONG]
    assert sign_in(client, lead.email, NEW).request.path == "/provider/"
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["user.password_chosen"]


def test_a_new_password_signs_other_browsers_out(client: FestivalClient, lead: Somebody) -> None:
    assert lead.client.get("/provider/").status_code == 200
    ask_for_link(client, lead.email)
    client.submit(client.get(reset_link()), "Save my new password", password=NEW)
    assert lead.client.get("/provider/").status_code == 302


def test_a_weak_password_is_told_at_its_field(client: FestivalClient, lead: Somebody) -> None:
    ask_for_link(client, lead.email)
    page = client.get(reset_link())
    short = client.submit(page, "Save my new password", password="short")
    (too_short,) = short.page.error_summary
    assert too_short.startswith("Choose a longer password: at least 10")
    dull = client.submit(page, "Save my new password", password="aaaaaaaaaaaa")
    assert dull.page.error_summary == ["Choose a password that is harder to guess."]
    nothing = client.submit(page, "Save my new password", password="")
    assert nothing.page.error_summary == ["Type a new password."]
    assert sign_in(client, lead.email, lead.password).request.path == "/provider/"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    client: FestivalClient, lead: Somebody
) -> None:
    known = ask_for_link(client, lead.email)
    assert messages() == 1
    unknown = ask_for_link(client, "nobody@example.org")
    assert messages() == 1
    assert (unknown.status_code, unknown.words) == (known.status_code, known.words)


def test_a_closed_account_gets_no_link(client: FestivalClient, edition: Edition) -> None:
    gone = factories.user(is_active=False)
    assert ask_for_link(client, gone.email).h1 == "Look at your email"
    assert messages() == 0


def test_somebody_without_a_password_chooses_one(client: FestivalClient, edition: Edition) -> None:
    new = factories.user(password="", offices=[Office.reviewer])
    ask_for_link(client, new.email)
    client.submit(client.get(reset_link()), "Save my new password", password=NEW)
    assert sign_in(client, new.email, NEW).request.path == "/office/"


def test_a_link_ends_after_an_hour(
    client: FestivalClient, lead: Somebody, at: Callable[..., None]
) -> None:
    at(clock.now())
    ask_for_link(client, lead.email)
    link = reset_link()
    at(clock.now() + timedelta(minutes=59))
    assert client.get(link).status_code == 200
    at(clock.now() + timedelta(minutes=2))
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    "token", ["x", "1-2", "1-9999999999-forged", "999999999999999999999-1-x", "-1-2-3", "1-1-%00"]
)
def test_a_link_that_is_none(client: FestivalClient, lead: Somebody, token: str) -> None:
    assert client.get(f"/choose-password/{token}").status_code == 410


def test_a_link_is_its_owners_only(
    client: FestivalClient, lead: Somebody, other_lead: Somebody
) -> None:
    ask_for_link(client, lead.email)
    path, _, token = reset_link().rpartition("/")
    user_id, rest = token.split("-", 1)
    assert other_lead.user is not None
    assert user_id != str(other_lead.user.id)
    assert client.get(f"{path}/{other_lead.user.id}-{rest}").status_code == 410


def test_links_are_mailed_only_so_often(client: FestivalClient, lead: Somebody) -> None:
    for _ in range(5):
        assert ask_for_link(client, lead.email).status_code == 200
    too_many = ask_for_link(client, lead.email)
    assert too_many.status_code == 429
    assert "too many tries" in too_many.words
    assert messages() == 5


def test_what_is_no_address_is_told(client: FestivalClient, edition: Edition) -> None:
    answer = ask_for_link(client, "leah at example")
    assert answer.page.error_summary == ["Type an email address like name@example.org."]


def test_an_address_as_long_as_can_be_is_no_trouble(
    client: FestivalClient, edition: Edition
) -> None:
    long = "a" * 64 + "@" + ("b" * 60 + ".") * 3 + "org"
    assert sign_in(client, long, "a guess").page.error_summary == [WRONG]
    assert ask_for_link(client, long).h1 == "Look at your email"


def test_the_mail_says_what_it_is(app: Flask, client: FestivalClient, lead: Somebody) -> None:
    ask_for_link(client, lead.email)
    message = db.session.scalars(sa.select(Message)).one()
    letter = mail.render(message, ticket_keys())
    assert letter["Subject"] == "Choose a new password"
    assert letter["To"] == lead.email
    html = letter.get_body(("html",))
    assert html is not None
    assert "Hello Leah Lead," in html.get_content()
    assert 'lang="en-GB"' in html.get_content()
