"""Everybody there is, each at a browser of their own (or a program with its token): what they know,
and what they are answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from festival.domain import links, tokens
from festival.domain.bookings import Who
from festival.models import Channel, MembershipRole, Office, TokenRole, User
from tests import factories
from tests.support.client import FestivalClient, PageResponse, make_client
from tests.support.mine import ask, enter
from tests.support.phone import pair
from tests.support.programs import keys
from tests.support.stage import Stage

COOKIE = "festival"
DESK = (Office.access_lead, Office.administrator, Office.duty_manager, Office.phone_line)

BY_PHONE = ("/scan/pair", "/scan/sync")  # the scanner sends JSON


@dataclass
class Role:
    """Somebody, by what a rule calls them. ``stage`` has what is theirs."""

    name: str
    stage: Stage
    user: User | None = None
    links: Mapping[str, str] = field(default_factory=dict)  # by reference: what opens a booking
    bearer: str = ""  # of a program
    phone: str = ""  # the key of a phone at a door
    client: FestivalClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = make_client(self.stage.app)
        if self.bearer:
            self.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.bearer}"
        if self.user is not None:
            self.client.sign_in(self.user)

    def keep(self) -> None:
        """From here on their browser begins each request as it is now, with a page of ours open."""
        form = self.client.get("/bookings/").page.form("Find my booking")
        self._csrf_token = form.controls["csrf_token"].values()[0]
        cookie = self.client.get_cookie(COOKIE)
        assert cookie is not None
        self._cookie = cookie.value
        self.client.looks_at_pages = False  # thousands come; the tests of each page look at it

    def ask(self, method: str, address: str, sent: Mapping[str, Any]) -> PageResponse:
        """One request, as though it were their first; a POST with a valid CSRF token."""
        self.client.set_cookie(COOKIE, self._cookie)
        how: dict[str, Any] = {}
        if address.startswith("/api/"):
            how["headers"] = {"Idempotency-Key": f"key-{next(keys)}"}
            how |= {"json": sent} if sent else {}
        elif address in BY_PHONE:
            how = {"json": sent, "headers": {"Authorization": f"Bearer {self.phone}"}}
        elif method == "POST":
            how["data"] = {"csrf_token": self._csrf_token, **sent}
        answer: PageResponse = self.client.open(address, method=method, **how)
        return answer


def everybody(ours: Stage, theirs: Stage) -> list[Role]:
    """Each role on our side, and who leads on the other. Who was given a link to our booking tries
    it at the others' too."""
    made = [
        Role("anonymous", ours),
        Role("outsider", ours, factories.user(name="Una Outside")),
        _resident(ours, theirs),
        _friend(ours, theirs),
        _volunteer(ours),
        Role("lead", ours, ours.lead),
        Role("lead", theirs, theirs.lead),
        *(_member(ours, role) for role in (MembershipRole.editor, MembershipRole.door)),
        *(_of_team(ours, theirs, office) for office in Office),
        *(_program(ours, role) for role in (TokenRole.web, TokenRole.desk, TokenRole.reader)),
    ]
    for one in made:
        one.keep()
    return made


def _one_link(ours: Stage, theirs: Stage, purpose: str = links.MANAGE) -> dict[str, str]:
    """What opens our booking, tried at the other one too."""
    return dict.fromkeys([ours.booking.reference, theirs.booking.reference], ours.opens(purpose))


def _resident(ours: Stage, theirs: Stage) -> Role:
    """Has booked, is in at all her bookings, and has something in her basket."""
    made = Role("resident", ours, links=_one_link(ours, theirs))
    enter(made.client, ours.at_home.email)
    page = made.client.get(f"/sessions/{ours.session.code}/book/{ours.run.id}")
    page = made.client.submit(page, "Continue", adults="1")
    made.client.submit(page, "Continue", name="Ada")
    return made


def _friend(ours: Stage, theirs: Stage) -> Role:
    """Was given the tickets; has asked for a code, and has not typed it."""
    made = Role("friend", ours, links=_one_link(ours, theirs, links.TICKETS))
    ask(made.client, "friend@example.org")
    return made


def _volunteer(ours: Stage) -> Role:
    made = Role("volunteer", ours)
    page = made.client.get(f"/scan/open/{ours.secret}")
    made.client.submit(page, "Open", pin=ours.pin)
    made.phone = pair(made.client, ours.secret, ours.pin).token
    return made


def _member(ours: Stage, role: MembershipRole) -> Role:
    return Role(role.value, ours, factories.user(memberships=[(ours.provider, role)]))


def _of_team(ours: Stage, theirs: Stage, office: Office) -> Role:
    """Who finds bookings has the right link of each; who answers the phone has made one."""
    stages = (ours, theirs) if office in DESK else ()
    both = {one.booking.reference: one.opens() for one in stages}
    user = factories.user(offices=[office])
    for one in (ours, theirs) if office == Office.phone_line else ():
        made = one.book("", one.run, who=Who(channel=Channel.phone, user=user))
        one.own["office.booked"] = {"reference": made.reference}
    return Role(office.value, ours, user, links=both)


def _program(ours: Stage, role: TokenRole) -> Role:
    """That of a web site has made our booking."""
    token, secret = tokens.create(name="A kiosk", role=role)
    if role == TokenRole.web:
        ours.booking.token_id = token.id
    return Role(role.value, ours, bearer=secret)
