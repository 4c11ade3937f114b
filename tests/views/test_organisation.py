"""What an organisation says of itself and declares, through its pages."""

from datetime import timedelta

import pytest
from flask import Flask

from festival.domain import clock, words
from festival.domain.providers import declarations, organisations
from festival.extensions import db, write
from festival.models import DeclarationKind, MembershipRole, Provider, ProviderState
from tests import factories
from tests.cast import Somebody
from tests.support.client import PageResponse
from tests.support.page import words as read

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

INSURANCE, SAFEGUARDING, RISK = DeclarationKind


def address(provider: Provider, rest: str = "") -> str:
    return f"/provider/organisation/{provider.slug}{rest}"


def declare(person: Somebody, provider: Provider, kind: str, **typed: str) -> PageResponse:
    page = person.client.get(address(provider, f"/{kind}"))
    return person.client.submit(page, "Save", **typed)


def section(page: PageResponse, kind: DeclarationKind) -> str:
    """What the page says of one declaration."""
    (found,) = [one for one in page.page.all("section") if one.get("aria-labelledby") == kind]
    return read(found)


def test_a_lead_says_who_they_are(lead: Somebody, provider: Provider) -> None:
    page = lead.client.get("/provider/organisation")
    assert page.h1 == "Our organisation"
    assert "Checked" in page.words
    form = lead.client.get(page.page.link("Change what is said about us"))
    wrong = lead.client.submit(form, "Save", website="not an address", about="x" * 601)
    assert wrong.page.error_summary == [
        "This is 601 characters long. Make it 600 or fewer.",
        "Type an address like https://www.example.org.",
    ]
    kept = lead.client.submit(
        form,
        "Save",
        kind="charity",
        about="We sew together.",
        website="www.example.org",
        phone="01632 960 215",
        charity_number="1234567",
    )
    assert "Kept." in kept.words
    assert "https://www.example.org" in kept.words
    assert "01632 960 215 (only for us)" in kept.words
    db.session.refresh(provider)
    assert (provider.kind, provider.charity_number) == ("charity", "1234567")


def test_a_name_that_was_checked_stays(lead: Somebody, provider: Provider) -> None:
    form = lead.client.get(address(provider, "/change"))
    refused = lead.client.submit(form, "Save", name="Somebody Else Ltd")
    assert refused.page.error_summary == [
        "The team has checked this name. Call the festival team to change it."
    ]
    with write():
        provider.state = ProviderState.unchecked
    assert "Kept." in lead.client.submit(form, "Save", name="Penn Fields Sewers").words


def test_what_the_team_wrote_of_its_kind_stays(lead: Somebody, provider: Provider) -> None:
    with write():
        provider.kind = "core partner"
    lead.client.submit(lead.client.get(address(provider, "/change")), "Save", about="We sew.")
    db.session.refresh(provider)
    assert provider.kind == "core partner"


def test_the_three_are_declared_and_wait_for_the_team(lead: Somebody, provider: Provider) -> None:
    ends = (clock.now() + timedelta(days=200)).date()
    declare(lead, provider, "insurance", holder="Zurich", ends=f"{ends:%d/%m/%Y}", reference="A 1")
    declare(lead, provider, "safeguarding", holder="Priya Nair", phone="01632 960 215")
    page = declare(lead, provider, "risk_assessment", holder="Leah Lead")
    assert "Kept. The festival team checks it." in page.words
    assert f"Good until {words.day(ends)}" in section(page, INSURANCE)
    for kind in DeclarationKind:
        assert "Not checked yet" in section(page, kind)
    alone = factories.session(provider=provider, age_min=12)
    day = clock.now().date()
    assert declarations.lacking(provider, alone, day) == list(DeclarationKind)


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [
        (
            "insurance",
            {"holder": "", "ends": ""},
            ["Type a name here.", "Type the last day of your insurance, like 31/12/2027."],
        ),
        ("insurance", {"holder": "Zurich", "ends": "12/31/2027"}, ["Type a day, like 31/12/2027."]),
        (
            "safeguarding",
            {"holder": "Priya Nair", "phone": "ask me"},
            ["Type the phone number of this person."],
        ),
        ("risk_assessment", {"holder": ""}, ["Type a name here."]),
    ],
)
def test_what_is_missing_is_told_at_its_field(
    lead: Somebody, provider: Provider, kind: str, typed: dict[str, str], told: list[str]
) -> None:
    assert declare(lead, provider, kind, **typed).page.error_summary == told
    db.session.refresh(provider)
    assert provider.declarations == []


def test_no_insurance_is_no_dead_end(lead: Somebody, provider: Provider) -> None:
    """P1 edge: no insurance -> "talk to us", not a dead end."""
    page = lead.client.get(address(provider, "/insurance"))
    answer = lead.client.submit(page, "We do not have this")
    assert answer.h1 == "Talk to us"
    assert "01902 550000" in answer.words
    assert answer.page.link("Go on with our sessions") == "/provider/"
    shown = lead.client.get(address(provider))
    assert "They do not have it" in section(shown, INSURANCE)
    # Found later, it is declared as if nothing had been.
    declare(lead, provider, "insurance", holder="Zurich", ends="31/12/2040")
    assert "Not checked yet" in section(lead.client.get(address(provider)), INSURANCE)
    back = lead.client.get(address(provider, "/insurance/none"))
    assert back.location == address(provider, "/insurance")


def test_what_ends_soon_is_told(lead: Somebody, provider: Provider) -> None:
    with write():
        insurance, *_rest = factories.declarations(provider)
        insurance.expires_on = (clock.now() + timedelta(days=20)).date()
    page = lead.client.get(address(provider))
    assert f"Ends on {words.day(insurance.expires_on)}" in section(page, INSURANCE)
    assert "In order" in section(page, RISK)


def test_a_new_declaration_ends_what_was_checked(lead: Somebody, provider: Provider) -> None:
    with write():
        factories.declarations(provider)
    page = lead.client.get(address(provider, "/risk_assessment"))
    assert page.page.form("Save").controls["holder"].values() == ["Priya Nair"]
    lead.client.submit(page, "Save", holder="Leah Lead")
    risk = declarations.declaration_of(provider, RISK)
    assert risk is not None
    assert (risk.holder, risk.checked_at) == ("Leah Lead", None)


def test_how_it_stands_is_said_in_plain_words(lead: Somebody, provider: Provider) -> None:
    with write():
        provider.state = ProviderState.unchecked
    assert "People see them when we have checked you." in lead.client.get(address(provider)).words
    with write():
        provider.state, provider.comment = ProviderState.refused, "You sell things."
    assert "You sell things." in lead.client.get(address(provider)).words


def test_editors_read_and_others_see_nothing(
    app: Flask, lead: Somebody, editor: Somebody, other_lead: Somebody, provider: Provider
) -> None:
    page = editor.client.get("/provider/organisation")
    assert page.status_code == 200
    assert "Change" not in page.words
    for rest in ("/change", "/insurance", "/insurance/none"):
        assert editor.client.get(address(provider, rest)).status_code == 404
        assert other_lead.client.get(address(provider, rest)).status_code == 404
    assert other_lead.client.get(address(provider)).status_code == 404
    assert lead.client.get(address(provider, "/nonsense")).status_code == 404
    door = factories.user("b@example.org", memberships=[(provider, MembershipRole.door)])
    assert Somebody(app, door.name, door.email, door).client.get(address(provider)).status_code == (
        404
    )


def test_two_who_declare_at_once_make_one(app: Flask, lead: Somebody, provider: Provider) -> None:
    assert lead.user is not None
    for holder in ("Zurich", "Aviva"):
        organisations.declare(provider, INSURANCE, {"holder": holder}, actor=lead.user)
    db.session.refresh(provider)
    assert [one.holder for one in provider.declarations] == ["Aviva"]
