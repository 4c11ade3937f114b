"""Two people of an organisation, or of the team, at the same moment."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from festival.domain import call, clock, venues
from festival.domain.call import Wanted, What
from festival.domain.errors import NotAllowed
from festival.domain.providers import invitations, people
from festival.domain.providers.invitations import InvitationOver
from festival.domain.providers.people import OnlyLead
from festival.domain.venues import TooSmall
from festival.extensions import db, write
from festival.models import (
    Invitation,
    MembershipRole,
    Message,
    Occurrence,
    Office,
    Provider,
    Room,
    User,
)
from tests import factories
from tests.factories import occurrence_of
from tests.support.at_once import all_at_once, one_after_the_other


def test_two_who_lead_and_leave_at_once_leave_one_behind(committed_app: Flask) -> None:
    with write():
        provider = factories.provider()
        role = (provider, MembershipRole.lead)
        ids = [factories.user(memberships=[role]).id for _ in range(2)]
        number = provider.id

    def leave(place: int) -> str:
        with write():
            user = db.session.get_one(User, ids[place])
            people.remove(db.session.get_one(Provider, number), user.id, actor=user)
        return "left"

    answers = all_at_once(committed_app, leave, 2)
    assert sorted(str(type(one).__name__) for one in answers) == ["OnlyLead", "str"]
    assert [one for one in answers if isinstance(one, OnlyLead)]
    db.session.rollback()
    assert len(people.leads(db.session.get_one(Provider, number))) == 1


def test_one_invitation_pressed_many_times_at_once_is_one_account(committed_app: Flask) -> None:
    with write():
        made = invitations.invite(None, "new@example.org", organisation="Bakers", inviter=None)
        number = made.id

    def press(_place: int) -> int:
        with write():
            invitation = db.session.get_one(Invitation, number)
            user = invitations.accept_anew(invitation, name="Nadia New", password_hash="x")
            return user.id

    answers = all_at_once(committed_app, press, 6)
    assert len([one for one in answers if isinstance(one, int)]) == 1
    assert len([one for one in answers if isinstance(one, InvitationOver)]) == 5
    db.session.rollback()
    assert db.session.query(User).count() == 1
    assert db.session.query(Provider).filter_by(name="Bakers").count() == 1


def test_a_room_gets_smaller_while_its_session_gets_larger(committed_app: Flask) -> None:
    """Whoever comes second sees what the first has done: never more places than the law allows."""
    with write():
        room = factories.room(30)
        session = factories.session(room=room, capacity=10)
        run_id, room_id = occurrence_of(session).id, room.id
        actor_id = factories.user().id

    def larger() -> int:
        run = db.session.get_one(Occurrence, run_id, with_for_update={"of": Occurrence})
        run.capacity = 25
        run.allocations[0].places = 25
        db.session.flush()
        return run.capacity

    def smaller() -> str:
        found = db.session.get_one(Room, room_id)
        told = {"name": found.name, "legal_capacity": 15}
        venues.change_room(found, told, {}, actor=db.session.get_one(User, actor_id))
        return "smaller"

    _first, second = one_after_the_other(committed_app, larger, smaller)
    assert isinstance(second, TooSmall)
    db.session.rollback()
    assert db.session.get_one(Room, room_id).legal_capacity == 30


def test_two_invitations_of_one_new_address_at_once_are_one_account(committed_app: Flask) -> None:
    with write():
        numbers = [
            invitations.invite(None, "new@example.org", organisation=name, inviter=None).id
            for name in ("Bakers", "Singers")
        ]

    def press(place: int) -> int:
        invitation = db.session.get_one(Invitation, numbers[place])
        return invitations.accept_anew(invitation, name="Nadia New", password_hash="x").id

    first, second = one_after_the_other(committed_app, lambda: press(0), lambda: press(1))
    assert isinstance(first, int)
    assert isinstance(second, NotAllowed)
    assert str(second) == "You have an account already. Sign in with it."
    db.session.rollback()
    assert db.session.query(User).count() == 1


def test_two_of_the_team_ask_the_same_list_at_once(committed_app: Flask) -> None:
    """F1: whoever is asked by two at once is asked once; a new one is invited once."""
    with write():
        factories.edition()
        member = (factories.provider("Known Choir"), MembershipRole.lead)
        factories.user("cora@example.org", memberships=[member])
        ids = [factories.user(offices=[Office.reviewer]).id for _ in range(4)]
    wanted = [Wanted(1, "Known Choir", "cora@example.org"), Wanted(2, "New", "new@example.org")]

    def ask(place: int) -> int:
        with write():
            actor = db.session.get_one(User, ids[place])
            done = call.ask_all(factories.the_edition(), wanted, actor=actor)
            return sum(one.what != What.skip for one in done)

    assert sorted(all_at_once(committed_app, ask, 4)) == [0, 0, 0, 2]
    db.session.rollback()
    kinds = db.session.scalars(sa.select(Message.kind).order_by(Message.kind)).all()
    assert kinds == ["asked_again", "invitation"]


def test_two_workers_remind_of_the_deadline_at_once(committed_app: Flask) -> None:
    """P1: a draft is told of once in each step, however many workers run."""
    with write():
        edition = factories.edition(submissions_close_at=clock.now() + timedelta(days=2))
        provider = factories.provider()
        user = factories.user(memberships=[(provider, MembershipRole.lead)])
        draft = factories.draft(provider, user)
        draft.created_at = clock.now() - timedelta(days=30)
        number = provider.id
        assert edition.is_current

    def remind(_place: int) -> int:
        with write():
            return call.remind(number, clock.now())

    assert sorted(all_at_once(committed_app, remind, 4)) == [0, 0, 0, 1]
