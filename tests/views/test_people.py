"""Who works in an organisation, through its pages."""

import pytest
from flask import Flask, current_app

from festival.domain import accounts, links, offers
from festival.extensions import db, write
from festival.models import Invitation, MembershipRole, Provider
from tests import factories
from tests.cast import Somebody
from tests.support.client import FestivalClient, PageResponse
from tests.support.invited import mailed_link, mails

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

LEAD, EDITOR, DOOR = MembershipRole


def address(provider: Provider, rest: str = "") -> str:
    return f"/provider/people/{provider.slug}{rest}"


def invite(person: Somebody, provider: Provider, email: str, role: str = "editor") -> PageResponse:
    page = person.client.get(address(provider, "/invite"))
    return person.client.submit(page, "Send the invitation", email=email, role=role)


def role_of(somebody: Somebody, provider: Provider) -> MembershipRole | None:
    assert somebody.user is not None
    db.session.refresh(somebody.user)
    return accounts.member_of(somebody.user, provider.id)


# --- who sees what


def test_a_lead_sees_everybody_and_what_to_do(
    lead: Somebody, editor: Somebody, provider: Provider
) -> None:
    page = lead.client.get("/provider/people")
    assert page.h1 == "People"
    assert page.page.table()[1:] == [
        ["Leah Lead (you)", "Leads", "lead@example.org", "Change: Leah Lead"],
        ["Eddie Editor", "Writes", "editor@example.org", "Change: Eddie Editor"],
    ]
    assert page.page.link("Invite somebody") == address(provider, "/invite")


def test_an_editor_sees_names_and_no_addresses(
    lead: Somebody, editor: Somebody, provider: Provider
) -> None:
    page = editor.client.get(address(provider))
    assert page.page.table()[1:] == [["Leah Lead", "Leads"], ["Eddie Editor (you)", "Writes"]]
    assert "@example.org" not in page.words
    assert "Invite somebody" not in page.words


def test_what_is_not_ones_own_is_not_there(
    app: Flask, lead: Somebody, editor: Somebody, other_lead: Somebody, provider: Provider
) -> None:
    assert lead.user is not None
    own = ("/invite", "/hand-over", f"/{lead.user.id}")
    for rest in ("", "/leave", *own):
        assert other_lead.client.get(address(provider, rest)).status_code == 404, rest
    for rest in own:
        assert editor.client.get(address(provider, rest)).status_code == 404, rest
    door = factories.user("b@example.org", memberships=[(provider, DOOR)])
    somebody = Somebody(app, door.name, door.email, door)
    assert somebody.client.get("/provider/people").status_code == 404
    assert somebody.client.get(address(provider)).status_code == 404
    assert lead.client.get("/provider/people/nothing-here").status_code == 404
    assert lead.client.get(address(provider, "/999999")).status_code == 404


def test_who_belongs_to_several_is_asked_which(
    lead: Somebody, provider: Provider, other_provider: Provider
) -> None:
    assert lead.user is not None
    accounts.join_provider(lead.user, other_provider, EDITOR)
    page = lead.client.get("/provider/people")
    assert page.page.link("Tettenhall Wood Choir") == address(other_provider)
    assert lead.client.get(page.page.link("Penn Fields Makers")).h1 == "People"


# --- inviting


def test_a_lead_invites_somebody_to_the_door(
    client: FestivalClient, lead: Somebody, provider: Provider
) -> None:
    page = invite(lead, provider, "kofi@example.org", "door")
    assert "We have mailed them an invitation." in page.words
    assert page.page.table(1)[1][:2] == ["kofi@example.org", "Helps at the door"]
    came = client.get(mailed_link())
    assert "You are asked to help at the door for Penn Fields Makers." in came.words
    client.submit(came, "Begin", name="Kofi Mensah", password="teapot umbrella seven")
    user = accounts.by_email("kofi@example.org")
    assert user is not None
    assert accounts.member_of(user, provider.id) == DOOR


def test_what_is_wrong_with_an_invitation_is_told_at_its_field(
    lead: Somebody, editor: Somebody, provider: Provider
) -> None:
    wrong = invite(lead, provider, "kofi at home")
    assert wrong.page.error_summary == ["Type an email address like name@example.org."]
    inside = invite(lead, provider, editor.email)
    assert inside.page.error_summary == ["Eddie Editor works here already."]
    assert mails("invitation") == 0


def test_an_invitation_is_sent_again_or_taken_back(
    client: FestivalClient, lead: Somebody, provider: Provider
) -> None:
    page = invite(lead, provider, "kofi@example.org")
    again = lead.client.submit(page, "Send again to kofi@example.org")
    assert "We have mailed them a new link." in again.words
    assert mails("invitation") == 2
    back = lead.client.submit(again, "Take back: kofi@example.org")
    assert "The invitation is taken back." in back.words
    assert "kofi@example.org" not in back.words
    assert client.get(newest_link()).status_code == 410
    late = lead.client.submit(again, "Send again to kofi@example.org")  # in an old tab
    assert "This invitation is not open any more." in late.words


def newest_link() -> str:
    invitation = db.session.query(Invitation).one()
    token = links.of_invitation(current_app.config["SECRET_KEY"], invitation)
    return f"/provider/join/{token}"


def test_nobody_touches_the_invitations_of_others(
    lead: Somebody, other_lead: Somebody, provider: Provider, other_provider: Provider
) -> None:
    page = invite(lead, provider, "kofi@example.org")
    invitation = db.session.query(Invitation).one()
    token = page.page.form("Take back: kofi@example.org").controls["csrf_token"].values()[0]
    other_lead.client.get("/provider/")
    for slug in (provider.slug, other_provider.slug):
        for verb in ("again", "take-back"):
            where = f"/provider/people/{slug}/invitations/{invitation.id}/{verb}"
            answer = other_lead.client.post(where, data={"csrf_token": token})
            assert answer.status_code in (400, 404), where
    assert db.session.query(Invitation).one().withdrawn_at is None


# --- roles, and the way out


def test_a_role_is_changed(lead: Somebody, editor: Somebody, provider: Provider) -> None:
    assert editor.user is not None
    page = lead.client.get(address(provider, f"/{editor.user.id}"))
    assert page.h1 == "Eddie Editor"
    lead.client.submit(page, "Save", role="lead")
    assert role_of(editor, provider) == LEAD


def test_the_only_lead_is_told_to_hand_over(
    lead: Somebody, editor: Somebody, provider: Provider
) -> None:
    assert lead.user is not None
    page = lead.client.get(address(provider, f"/{lead.user.id}"))
    assert page.page.link("Hand it over") == address(provider, "/hand-over")
    refused = lead.client.submit(page, "Save", role="editor")
    (told,) = refused.page.error_summary
    assert told.startswith("Leah Lead is the only one who leads this organisation.")
    leaving = lead.client.submit(lead.client.get(address(provider, "/leave")), "Yes, I leave")
    assert leaving.h1 == "Hand over"
    assert "You are the only one who leads it. Hand it over first." in leaving.words
    assert role_of(lead, provider) == LEAD


def test_a_handover_and_out(lead: Somebody, editor: Somebody, provider: Provider) -> None:
    assert editor.user is not None
    page = lead.client.get(address(provider, "/hand-over"))
    nobody = lead.client.submit(page, "Hand over")
    assert nobody.page.error_summary == ["Choose who takes over."]
    gone = lead.client.submit(page, "Hand over", taker=str(editor.user.id), leaves=True)
    assert "You have handed the organisation over." in gone.words
    assert gone.request.path == "/"
    assert role_of(editor, provider) == LEAD
    assert role_of(lead, provider) is None


def test_who_is_alone_invites_somebody_first(lead: Somebody, provider: Provider) -> None:
    page = lead.client.get(address(provider, "/hand-over"))
    assert "There is nobody yet whom you could hand it to." in page.words
    assert page.page.link("Invite somebody") == address(provider, "/invite")


def test_an_editor_leaves(lead: Somebody, editor: Somebody, provider: Provider) -> None:
    page = editor.client.get(address(provider, "/leave"))
    left = editor.client.submit(page, "Yes, I leave")
    assert "You have left Penn Fields Makers." in left.words
    assert role_of(editor, provider) is None


def test_what_somebody_wrote_stays_when_they_go(
    lead: Somebody, editor: Somebody, provider: Provider
) -> None:
    assert editor.user is not None
    with write():
        code = factories.draft(provider, editor.user).session.code
    page = lead.client.get(address(provider, f"/{editor.user.id}"))
    out = lead.client.submit(page, "Take Eddie Editor out")
    assert "Eddie Editor is out. What they wrote is still here." in out.words
    assert editor.client.get(f"/provider/sessions/{code}").status_code == 404
    assert lead.client.get(f"/provider/sessions/{code}").status_code == 200
    revision = offers.revision_of(code)
    assert revision is not None
    assert revision.created_by_id == editor.user.id
    again = lead.client.submit(page, "Take Eddie Editor out")  # in an old tab
    assert again.status_code in (404, 409)
