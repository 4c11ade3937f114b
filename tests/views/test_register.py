"""Organisations come in: they register, or somebody invites them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.delivery import mail, ticket_keys
from festival.delivery.letters import NoLongerTrue
from festival.domain import accounts, clock
from festival.domain.providers import invitations
from festival.extensions import db, write
from festival.models import (
    Edition,
    Invitation,
    MembershipRole,
    Message,
    Provider,
    ProviderState,
)
from tests import factories
from tests.cast import Somebody
from tests.support.client import FestivalClient, PageResponse
from tests.support.invited import mailed_link, mails, newest_mail

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

PASSWORD = "teapot umbrella seven"
STITCH = {
    "organisation": "Whitmore Reans Stitch Circle",
    "name": "Shanice Campbell",
    "email": "shanice@example.org",
}


def register(client: FestivalClient, **typed: str) -> PageResponse:
    return client.submit(client.get("/provider/register"), "Mail me the link", **STITCH | typed)


def the_newest() -> Provider:
    return db.session.scalars(sa.select(Provider).order_by(Provider.id.desc())).first()  # type: ignore[return-value]


def invite(provider: Provider | None, email: str, inviter: Somebody, **facts: object) -> str:
    """Somebody is invited; the path of their link."""
    with write():
        facts = {"role": MembershipRole.editor} | facts
        invitations.invite(None, email, provider=provider, inviter=inviter.user, **facts)  # type: ignore[arg-type]
    return mailed_link()


# --- they register


def test_a_small_charity_registers_itself(client: FestivalClient, edition: Edition) -> None:
    """P1: Invited by email or self-registers -> 10-minute wizard."""
    assert client.get("/provider/register").h1 == "Offer a session"
    assert register(client).h1 == "Look at your email"
    assert db.session.scalars(sa.select(Provider)).all() == []  # nothing before they open it
    page = client.get(mailed_link("welcome"))
    assert page.h1 == "Welcome"
    assert "You can now offer sessions for Whitmore Reans Stitch Circle." in page.words
    inside = client.submit(page, "Begin", password=PASSWORD)
    assert inside.request.path == "/provider/"
    assert "Welcome. Your sessions stand here." in inside.words
    provider = the_newest()
    assert (provider.name, provider.state) == (STITCH["organisation"], ProviderState.unchecked)
    assert provider.slug == "whitmore-reans-stitch-circle"
    drafted = client.submit(inside, "Offer a session")  # at once, and unchecked
    assert drafted.status_code == 200
    user = accounts.by_email(STITCH["email"])
    assert user is not None
    assert user.name == "Shanice Campbell"
    assert accounts.member_of(user, provider.id) == MembershipRole.lead


def test_what_is_missing_is_told_at_its_field(client: FestivalClient, edition: Edition) -> None:
    answer = register(client, organisation="", name=" ", email="shanice at home")
    assert answer.page.error_summary == [
        "Type the name of your organisation. Your own name will do, if it is only you.",
        "Type your name.",
        "Type an email address like name@example.org.",
    ]
    assert answer.page.form("Mail me the link").controls["email"].values() == ["shanice at home"]
    assert mails("welcome") == 0


def test_a_weak_password_is_told_and_the_link_still_works(
    client: FestivalClient, edition: Edition
) -> None:
    register(client)
    page = client.get(mailed_link("welcome"))
    weak = client.submit(page, "Begin", password="short")
    assert weak.page.error_summary[0].startswith("Choose a longer password")
    nameless = client.submit(weak, "Begin", name="", password=PASSWORD)
    assert nameless.page.error_summary == ["Type your name."]
    assert client.submit(nameless, "Begin", name="Shanice", password=PASSWORD).status_code == 200


def test_nobody_learns_whether_an_address_is_known(
    client: FestivalClient, lead: Somebody, edition: Edition
) -> None:
    known, unknown = register(client, email=lead.email), register(client)
    assert known.words == unknown.words
    assert mails("welcome") == 2


def test_who_has_an_account_registers_another_organisation_with_it(
    client: FestivalClient, lead: Somebody
) -> None:
    register(client, email=lead.email.upper())
    link = mailed_link("welcome")
    page = client.get(link)
    assert "You have an account with us." in page.words
    asked = client.get(page.page.link("Sign in"))
    back = client.submit(asked, "Sign in", email=lead.email, password=lead.password)
    assert back.request.path == link
    inside = client.submit(back, "Come in as Leah Lead")
    assert "Penn Fields Makers, Whitmore Reans Stitch Circle" in inside.words


def test_a_closed_account_gets_no_link(client: FestivalClient, edition: Edition) -> None:
    gone = factories.user(is_active=False)
    assert register(client, email=gone.email).h1 == "Look at your email"
    assert mails("welcome") == 0


def test_only_so_many_links_go_to_one_address(client: FestivalClient, edition: Edition) -> None:
    for _ in range(5):
        assert register(client).status_code == 200
    too_many = register(client)
    assert too_many.status_code == 429
    assert "too many tries" in too_many.words
    assert mails("welcome") == 5


def test_two_organisations_of_one_name_have_addresses_of_their_own(
    client: FestivalClient, new_client: Callable[[], FestivalClient], edition: Edition
) -> None:
    slugs = []
    for number, one in enumerate((client, new_client())):
        register(one, email=f"person{number}@example.org", organisation="ਸੇਵਾ")
        one.submit(one.get(mailed_link("welcome")), "Begin", password=PASSWORD)
        newest = db.session.scalars(sa.select(Provider).order_by(Provider.id.desc())).first()
        assert newest is not None
        slugs.append(newest.slug)
    assert slugs == ["organisation", "organisation-2"]


def test_the_mail_shows_nothing_that_a_stranger_typed(
    client: FestivalClient, edition: Edition
) -> None:
    register(client, organisation="Buy now at bad.example", name="bad.example")
    assert "bad.example" not in newest_mail("welcome")


# --- somebody is invited


def test_an_editor_is_invited_into_an_organisation(
    client: FestivalClient, lead: Somebody, provider: Provider
) -> None:
    link = invite(provider, "new@example.org", lead, name="Nadia New")
    assert "Leah Lead asks you to work on the sessions of Penn Fields Makers" in newest_mail(
        "invitation"
    )
    page = client.get(link)
    assert "You are asked to write sessions for Penn Fields Makers." in page.words
    client.submit(page, "Begin", password=PASSWORD)
    user = accounts.by_email("new@example.org")
    assert user is not None
    assert user.name == "Nadia New"
    assert accounts.member_of(user, provider.id) == MembershipRole.editor


def test_the_team_invites_a_new_organisation(client: FestivalClient, reviewer: Somebody) -> None:
    link = invite(
        None, "new@example.org", reviewer, organisation="Bilston Bakers", role=MembershipRole.lead
    )
    assert "Rita Reviewer asks you to offer a session" in newest_mail("invitation")
    client.submit(client.get(link), "Begin", name="Nadia New", password=PASSWORD)
    assert (the_newest().name, the_newest().state) == ("Bilston Bakers", "unchecked")


def test_an_invitation_used_twice_says_what_to_do(
    client: FestivalClient,
    new_client: Callable[[], FestivalClient],
    lead: Somebody,
    provider: Provider,
) -> None:
    """Bad input: an invitation used twice."""
    link = invite(provider, "new@example.org", lead)
    other = new_client()
    opened_elsewhere = other.get(link)
    client.submit(client.get(link), "Begin", name="Nadia New", password=PASSWORD)
    again = other.submit(opened_elsewhere, "Begin", name="Somebody Else", password=PASSWORD)
    assert again.status_code == 410
    assert again.h1 == "This invitation was used already"
    assert "Was it you? Then you have an account: sign in." in again.words
    assert again.page.link("Sign in") == "/sign-in"
    assert accounts.by_email("new@example.org").name == "Nadia New"  # type: ignore[union-attr]


def test_an_invitation_opened_by_another_person_says_what_to_do(
    lead: Somebody, provider: Provider, other_lead: Somebody
) -> None:
    """Bad input: an invitation used by another person."""
    link = invite(provider, "new@example.org", lead)
    page = other_lead.client.get(link)
    assert page.status_code == 409
    assert page.h1 == "This invitation is for somebody else"
    assert "You have signed in as Olu Other." in page.words
    assert "new@example.org" not in page.words
    # Pressing on all the same changes nothing.
    token = page.page.forms[0].controls["csrf_token"].values()[0]
    pressed = other_lead.client.post(link, data={"csrf_token": token})
    assert pressed.status_code == 409
    assert other_lead.user is not None
    assert accounts.member_of(other_lead.user, provider.id) is None
    signed_out = other_lead.client.submit(page, "Sign me out")
    assert "You have signed out." in signed_out.words
    assert other_lead.client.get(link).h1 == "Welcome"


def test_a_link_ends_by_time(
    client: FestivalClient, lead: Somebody, provider: Provider, at: Callable[..., None]
) -> None:
    at(clock.now())
    link = invite(provider, "new@example.org", lead)
    at(clock.now() + timedelta(days=30))
    page = client.get(link)
    assert page.status_code == 410
    assert "ask whoever invited you to send it again" in page.words


def test_who_registered_too_long_ago_can_do_it_again(
    client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    at(clock.now())
    register(client)
    link = mailed_link("welcome")
    at(clock.now() + timedelta(days=7))
    assert client.get(link).page.link("Register again") == "/provider/register"


def test_a_newer_link_ends_the_older(
    client: FestivalClient, lead: Somebody, provider: Provider
) -> None:
    older = invite(provider, "new@example.org", lead)
    newer = invite(provider, "NEW@example.org", lead)
    assert client.get(older).status_code == 410
    assert client.get(newer).status_code == 200
    assert len(db.session.scalars(sa.select(Invitation)).all()) == 1


def test_an_invitation_taken_back_lets_nobody_in_and_is_not_mailed(
    client: FestivalClient, lead: Somebody, provider: Provider
) -> None:
    link = invite(provider, "new@example.org", lead)
    with write():
        invitations.withdraw(db.session.scalars(sa.select(Invitation)).one(), actor=lead.user)  # type: ignore[arg-type]
    page = client.get(link)
    assert page.status_code == 410
    assert "The invitation was taken back." in page.words
    message = db.session.scalars(sa.select(Message)).one()
    with pytest.raises(NoLongerTrue):
        mail.render(message, ticket_keys())


@pytest.mark.parametrize("token", ["x", "1", "1.", "99999999999.abc", "1.forged", "-1.a", "²."])
def test_a_link_that_is_none(
    client: FestivalClient, lead: Somebody, provider: Provider, token: str
) -> None:
    invite(provider, "new@example.org", lead)
    assert client.get(f"/provider/join/{token}").status_code == 410
