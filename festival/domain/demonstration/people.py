"""Who can sign in to the demonstration: one person for each role, all with one known password."""

from collections.abc import Mapping
from dataclasses import dataclass

from festival.domain import accounts
from festival.models import MembershipRole, Office, Provider, User

PASSWORD = "learning-is-fun"  # noqa: S105 - known to everybody, and refused in production


@dataclass(frozen=True)
class Player:
    """Somebody of the demonstration; ``provider`` is the id of the files."""

    email: str
    name: str
    role: str
    office: Office | None = None
    provider: str = ""
    membership: MembershipRole | None = None


PEOPLE = (
    Player("administrator@example.org", "Amara Osei", "administrator", office=Office.administrator),
    Player("reviewer@example.org", "Gurpreet Sandhu", "reviews offers", office=Office.reviewer),
    Player("phone@example.org", "Maureen Hughes", "festival phone line", office=Office.phone_line),
    Player("duty@example.org", "Tomasz Zielinski", "duty manager", office=Office.duty_manager),
    Player("access@example.org", "Farah Siddiqui", "access lead", office=Office.access_lead),
    Player("privacy@example.org", "Owen Bright", "data protection", office=Office.data_protection),
    Player(
        "lead@example.org",
        "Shanice Campbell",
        "leads Whitmore Reans Stitch Circle",
        provider="P12",
        membership=MembershipRole.lead,
    ),
    Player(
        "editor@example.org",
        "Joan Perry",
        "edits for Whitmore Reans Stitch Circle",
        provider="P12",
        membership=MembershipRole.editor,
    ),
    Player(
        "door@example.org",
        "Kofi Mensah",
        "at the door for Whitmore Reans Stitch Circle",
        provider="P12",
        membership=MembershipRole.door,
    ),
    Player(
        "other.lead@example.org",
        "Helen Marsh",
        "leads Adult Education Wolverhampton",
        provider="P02",
        membership=MembershipRole.lead,
    ),
)


def load_people(providers: Mapping[str, Provider], password_hash: str) -> dict[str, User]:
    """Everybody of PEOPLE, by email address."""
    return {player.email: _load_player(player, providers, password_hash) for player in PEOPLE}


def _load_player(player: Player, providers: Mapping[str, Provider], password_hash: str) -> User:
    user = accounts.add_user(email=player.email, name=player.name)
    user.password_hash = password_hash
    if player.office is not None:
        accounts.grant_office(user, player.office)
    if player.membership is not None:
        accounts.join_provider(user, providers[player.provider], player.membership)
    return user
