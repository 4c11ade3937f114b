"""The access matrix: every address, every role, what is one's own and what is others'.

Who may, gets in. For everybody else it is not there, and stays as it is.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule as Address

from festival.domain import clock
from festival.extensions import db
from festival.models import Edition, MembershipRole, Office, User
from tests import factories
from tests.architecture.test_access import ACCESS, COUNTS_TRIES
from tests.support.client import PageResponse
from tests.support.databases import Database
from tests.support.programs import body, wanted
from tests.support.roles import Role, everybody
from tests.support.stage import Stage
from tests.support.statements import recorded

# Pages that nobody sees: they lead to others.
LEAD_ON = {
    "baskets.show",
    "bookings.to_calendar",
    "feeds.session_download",
    "programme.suggest",
    "provider.talk_to_us",
    "saved.book_next",
}
NOON = "2027-06-05T12:00+01:00"
MEMBERS, WRITERS, LEAD = "lead editor door", "lead editor", "lead"
HELPERS = "duty_manager administrator"  # who helps on the day
DESK = "phone_line duty_manager access_lead administrator"  # who books for others
TEAM, PROGRAMS = " ".join(Office), "web desk reader"
ALL = f"anonymous outsider resident friend volunteer {MEMBERS} {TEAM}"
FEW = "anonymous friend resident lead phone_line"  # where a link counts, not who has signed in
SIGN_IN, FIND, ASK, HOME = "/sign-in", "/bookings/?reference=", "/bookings/mine/ask", "/"


@dataclass(frozen=True)
class Rule:
    """Who gets in at these endpoints: ``own`` at what is their own, ``every`` whosever it is.

    ``shut`` is what all others are answered: there is no such page, or the way in. ``of`` is what
    the address is about, where it is not the session that everybody can see. ``asked`` are the
    roles that ask: few where who has signed in makes no difference.
    """

    endpoints: str
    own: str = ""
    every: str = ""
    shut: int | str = 404
    of: str = ""
    asked: str = ALL


# Of what is open to somebody signed in, or behind a link. Of all else its declaration says enough:
# see ACCESS.
RULES = (
    # --- the organisation's pages
    Rule("provider.home", own=MEMBERS),
    Rule(
        "provider.offer_again provider.report provider.roll_over provider.start "
        "provider.organisation provider.people provider.leave provider.leave_it",
        own=WRITERS,
    ),
    Rule(
        "provider.change_organisation provider.save_organisation provider.declaration "
        "provider.declare provider.declare_none provider.talk_to_us provider.hand_over "
        "provider.hand_it_over provider.invite_person provider.send_invitation "
        "provider.invite_again provider.take_invitation_back provider.person provider.set_role "
        "provider.remove_person",
        own=LEAD,
    ),
    # --- what it offers: who writes it, and the team once it was sent in
    Rule(
        "provider.edit provider.edit_part provider.save_part provider.check provider.send "
        "provider.propose_place provider.add_place provider.picture provider.keep_picture "
        "provider.remove_picture provider.withdraw provider.show provider.history "
        "provider.version",
        own=WRITERS,
        of="draft",
    ),
    Rule("provider.show", own=WRITERS, every="reviewer administrator", of="waiting"),
    Rule("provider.show", own=MEMBERS, every="reviewer administrator"),
    Rule("provider.history provider.version provider.revise", own=WRITERS),
    Rule("images.show images.show_small", own=WRITERS, of="draft"),
    Rule(
        "images.show images.show_small",
        own=WRITERS,
        every="reviewer administrator",
        of="waiting",
    ),
    Rule("programme.card programme.session feeds.session feeds.session_download", of="draft"),
    Rule("programme.card programme.session feeds.session feeds.session_download", of="waiting"),
    Rule("office.review office.decide office.offer_history office.comment", of="draft"),
    # --- its dates: who plans them, who is there, who hears afterwards
    Rule(
        "provider.run provider.change_run provider.open_or_close_run provider.set_meeting "
        "provider.cancel_run provider.cancel_it provider.move_run provider.move_it "
        "provider.undo_change provider.access_requests_of provider.look_at_access_requests "
        "provider.ask_access_lead",
        own=WRITERS,
    ),
    Rule(
        "provider.day provider.add_walk_up provider.count_heads provider.step_heads "
        "provider.undo_count provider.key_in_paper provider.save_paper provider.door_sheet "
        "provider.take_door_sheet",
        own=MEMBERS,
        every=HELPERS,
    ),
    Rule("provider.look_at_access_today", own=MEMBERS),
    Rule(
        "provider.announce provider.announce_it provider.attendance_return "
        "provider.save_attendance provider.export provider.download_names",
        own=WRITERS,
        every=HELPERS,
    ),
    Rule(
        "provider.poster provider.poster_file provider.cancelled_poster "
        "provider.cancelled_poster_file",
        own=MEMBERS,
        every=f"reviewer {HELPERS}",
    ),
    # --- a booking: who holds its link, and the desk that finds it for who calls
    Rule("bookings.show", own="resident", every=DESK, shut=FIND, asked=FEW),
    Rule(
        "bookings.add bookings.add_them bookings.answer bookings.cancel bookings.cancel_all "
        "bookings.cancel_all_of_it bookings.cancel_it bookings.cannot_come bookings.change "
        "bookings.come_instead bookings.contact bookings.instead bookings.join bookings.join_it "
        "bookings.names bookings.nobody_comes bookings.offer bookings.pass_it_on "
        "bookings.pass_on bookings.save_contact bookings.save_names bookings.send_again "
        "bookings.split bookings.split_it bookings.swap bookings.swap_it",
        own="resident",
        every=DESK,
        asked=FEW,
    ),
    Rule("bookings.access bookings.save_access", own="resident", every="access_lead"),
    Rule(
        "bookings.calendar bookings.code bookings.show_tickets bookings.tickets_file "
        "bookings.to_calendar",
        own="resident friend",
        every=DESK,
        asked=FEW,
    ),
    Rule("office.booked", every="phone_line"),  # who made it
    # --- what is in this browser: a basket, all bookings of an address, a door pass
    Rule(
        "baskets.check baskets.confirm baskets.contact baskets.extend baskets.leave "
        "baskets.people baskets.remove baskets.save_contact baskets.save_people baskets.show",
        own="resident",
        shut=HOME,
    ),
    Rule(
        "mine.calendar mine.new_calendar mine.preferences mine.save_preferences "
        "mine.send_references mine.show",
        own="resident",
        shut=ASK,
    ),
    Rule("scan.plain scan.check scan.admit scan.undo phones.pair", own="volunteer"),
    Rule("phones.sync", own="volunteer", shut=401),  # with a phone's own key
    # --- behind a secret of its own: who was sent it
    Rule(
        "scan.pin scan.check_pin feedback.give feedback.keep feedback.thank feeds.mine",
        own=FEW,
        asked=FEW,
    ),
    Rule(
        "provider.join provider.accept accounts.choose_password accounts.save_password",
        own=FEW,
        shut=410,
        asked=FEW,
    ),
    Rule("mine.link mine.follow", own=FEW, every="resident", shut=410, asked=FEW),  # she is in
    # --- a program's
    Rule("api.book", every="web desk", asked=PROGRAMS),
    Rule("api.occurrence api.occurrences", every=PROGRAMS, asked=PROGRAMS),
)
# What is sent, where an empty form would not say what it is about; programs send JSON.
Sent = dict[str, Any]
SENT: dict[str, Callable[[Stage], Sent]] = {
    "provider.start": lambda stage: {"provider": stage.provider.id},
    "phones.sync": lambda _stage: {"schema": 1, "sent_at": 0},
    "api.book": lambda stage: body(wanted(stage.run.id)),
    "api.change_booking": lambda _stage: {"contact": {"name": "Ada"}},
    "api.change_reservation": lambda _stage: {"adults": 1},
    "api.join": lambda stage: wanted(stage.run.id),
    "api.swap": lambda stage: {"occurrence": stage.online.id},
}


def rules_of(endpoint: str) -> list[Rule]:
    """All that is said of who gets in here."""
    told = [rule for rule in RULES if endpoint in rule.endpoints.split()]
    if any(not rule.of for rule in told):
        return told
    kind, _, names = ACCESS.get(endpoint, "").partition(":")
    names = names.replace(",", " ")
    declared = {
        "public": Rule(endpoint, every=ALL, asked=FEW),
        "office": Rule(endpoint, every=names),
        "token": Rule(endpoint, own=names, every="desk", asked=f"anonymous lead {PROGRAMS}"),
    }
    return [*told, *([declared[kind]] if kind in declared else [])]


def test_every_endpoint_has_its_rule(app: Flask) -> None:
    known = {name for name in app.view_functions if rules_of(name)}
    assert known == set(app.view_functions)
    assert {name for rule in RULES for name in rule.endpoints.split()} <= known


@dataclass(frozen=True)
class Cell:
    """One question of one role, and whether it gets in."""

    rule: Rule
    endpoint: str
    method: str
    address: str
    sent: Sent
    role: Role
    whose: str
    gets_in: bool

    def __str__(self) -> str:
        about = " ".join(filter(None, (self.whose, self.rule.of, self.endpoint)))
        return f"{self.role.name}: {self.method} {about}"

    @property
    def is_to_be_undone(self) -> bool:
        """Whether it may change something; of all else it is a fault to."""
        return self.gets_in and self.method != "GET"

    def ask(self) -> PageResponse:
        try:
            return self.role.ask(self.method, self.address, self.sent)
        except Exception as error:
            error.add_note(str(self))
            raise

    def faults(self, answer: PageResponse, *, has_written: bool) -> Iterator[str]:
        """What is wrong with the answer."""
        told = f"{self} -> {answer.status_code} {answer.location or ''}"
        is_shut = self._is_shut(answer)
        if answer.status_code >= 500:
            yield told
        elif has_written and self.method == "GET":
            yield f"{told}: looking has changed something"
        elif self.gets_in:
            if answer.status_code in (401, 403, 404) or (is_shut and not has_written):
                yield f"{told}: they may come in"
        elif not is_shut:
            yield f"{told}: they may not come in"
        elif has_written:
            yield f"{told}: they have changed something"

    def _is_shut(self, answer: PageResponse) -> bool:
        """Whether this is what all others are answered than those who get in."""
        kind, _, names = ACCESS[self.endpoint].partition(":")
        shut = self.rule.shut
        if kind == "token" and not self.role.bearer:
            shut = 401
        elif kind == "token" and self.role.name not in names.split(","):
            shut = 403  # nothing is hidden: the API's own guide names the roles
        elif kind in ("signed_in", "office") and self.role.user is None:
            shut = SIGN_IN
        if isinstance(shut, int):
            return answer.status_code == shut
        to = answer.location or ""
        return answer.status_code == 302 and (to == HOME if shut == HOME else to.startswith(shut))

    def read_by(self, answer: PageResponse, marks: set[str]) -> set[str]:
        """Whose private words they read that are not theirs to read."""
        mine: set[str] = set()
        if self.gets_in and self.role.name in (*Office, "desk"):
            mine = marks
        elif self.gets_in and self.role.name in self.rule.own.replace("friend", "").split():
            mine = {self.role.stage.mark}
        told = answer.get_data().lower()
        return {mark for mark in marks - mine if mark.lower().encode() in told}


@pytest.fixture
def stages(app: Flask, at: Callable[..., None]) -> tuple[Stage, Stage]:
    """Ours and the others': each has a session that begins in half an hour, and all the rest."""
    at(NOON)
    edition = factories.the_edition()
    team = factories.user("team@example.org", offices=[Office.administrator])
    return _stage(app, edition, team, "Kestrel"), _stage(app, edition, team, "Heron")


def _stage(app: Flask, edition: Edition, team: User, mark: str) -> Stage:
    provider = factories.provider()
    lead = factories.user(memberships=[(provider, MembershipRole.lead)])
    soon = clock.now() + timedelta(minutes=30)
    return Stage(app, edition, provider, lead, team, mark, starts_at=soon)


def cells(ours: Stage, theirs: Stage) -> Iterator[Cell]:
    """Every question. Whoever may own such a thing is asked at their own and at the others'; to all
    else it makes no difference whose it is."""
    roles = everybody(ours, theirs)
    for address in ours.app.url_map.iter_rules():
        for rule in rules_of(address.endpoint):
            differs = question(address, rule, ours) != question(address, rule, theirs)
            for role in roles:
                if role.name not in rule.asked.split():
                    continue
                may_own = role.name in rule.own.split()
                if may_own or role.stage is ours:
                    yield from asked_by(role, address, rule, role.stage, is_mine=True)
                if may_own and differs:
                    (other,) = {ours, theirs} - {role.stage}
                    yield from asked_by(role, address, rule, other, is_mine=False)


def question(
    address: Address, rule: Rule, stage: Stage, *, guessed: bool = False
) -> tuple[str, Sent]:
    """Where it is asked, and what is sent along."""
    about = stage.other.get(rule.of, {})
    sent = SENT.get(address.endpoint, lambda _stage: {})(stage)
    return stage.address(address, guessed=guessed, **about), sent


def asked_by(
    role: Role, address: Address, rule: Rule, stage: Stage, *, is_mine: bool
) -> Iterator[Cell]:
    path, sent = question(address, rule, stage, guessed=not is_mine)
    if address.rule.startswith("/bookings/<reference>"):
        path += f"?t={role.links.get(stage.booking.reference, '')}"
    may = f"{rule.every} {rule.own if is_mine else ''}".split()
    for method in sorted((address.methods or set()) - {"HEAD", "OPTIONS"}):
        whose = "their own" if is_mine else "others'"
        yield Cell(rule, address.endpoint, method, path, sent, role, whose, role.name in may)


def few(asked: list[Cell]) -> list[Cell]:
    """Of each question one who gets in, and one who does not."""
    kinds = {(one.rule, one.endpoint, one.method, one.whose, one.gets_in): one for one in asked}
    return list(kinds.values())


def test_who_may_gets_in_and_nobody_else(stages: tuple[Stage, Stage], database: Database) -> None:
    """Rule 10: a person sees what their role needs, and hidden things are 404. What is hidden is
    asked first, while everything is there; what each one does is undone before the next."""
    everything = sorted(cells(*stages), key=lambda one: one.gets_in)
    # Who may what hangs on no database, only how it is told.
    asked = everything if database.name == "sqlite" else few(everything)
    db.session.commit()
    db.session.remove()
    app, marks = stages[0].app, {one.mark for one in stages}
    isolation, wrong, shown = database.isolated().isolation, [], set()
    with recorded(app) as statements:
        for cell in asked:
            statements.written_by.clear()
            with isolation.undone() if cell.is_to_be_undone else nullcontext():
                answer = cell.ask()
            written = set(statements.written_by.values()) - {COUNTS_TRIES}
            wrong += cell.faults(answer, has_written=bool(written))
            wrong += [f"{cell}: reads of {mark}" for mark in cell.read_by(answer, marks)]
            shown |= {cell.endpoint} if answer.status_code == 200 else set()
    assert wrong == []
    if asked is everything:
        assert {one.endpoint for one in asked if one.method == "GET"} - shown == LEAD_ON
