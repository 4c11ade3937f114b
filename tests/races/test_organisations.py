"""Two people of an organisation, or of the team, at the same moment."""

from flask import Flask

from festival.domain import venues
from festival.domain.providers import invitations, people
from festival.domain.providers.invitations import InvitationOver
from festival.domain.providers.people import OnlyLead
from festival.domain.venues import TooSmall
from festival.extensions import db, write
from festival.models import Invitation, MembershipRole, Occurrence, Provider, Room, User
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
