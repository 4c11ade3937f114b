"""Public words change in a new version: typing mistakes at once, all else when approved."""

from typing import Any

import pytest
import sqlalchemy as sa

from festival.domain import clock, offers, review
from festival.domain.errors import NotAllowed
from festival.domain.offers import only_typos
from festival.extensions import db
from festival.models import (
    Accompaniment,
    AuditEntry,
    ChangeNotice,
    FestivalSession,
    MembershipRole,
    Message,
    OccurrenceState,
    Office,
    Provider,
    Revision,
    RevisionState,
    SessionState,
    User,
)
from tests import factories as make
from tests.support.refusals import refused
from tests.support.review import change, offer_like

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def provider(app: object) -> Provider:
    return make.provider()


@pytest.fixture
def lead(provider: Provider) -> User:
    return make.user("lead@example.org", memberships=[(provider, MembershipRole.lead)])


@pytest.fixture
def reviewer(app: object) -> User:
    return make.user("reviewer@example.org", offices=[Office.reviewer])


@pytest.fixture
def session(provider: Provider) -> FestivalSession:
    return make.session(provider=provider, title="Sing Together", access=["BSL interpreter"])


def approve(revision: Revision, reviewer: User, **facts: Any) -> None:
    review.approve(revision, reviewer=reviewer, seen=offers.version(revision), **facts)


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def public_title(session: FestivalSession) -> str:
    db.session.expire_all()
    assert session.published_revision is not None
    return session.published_revision.text().title


class TestBeginning:
    def test_a_change_begins_with_what_is_public(
        self, session: FestivalSession, lead: User
    ) -> None:
        public = session.published_revision
        assert public is not None
        revision = offers.revise(session, author=lead)
        assert (revision.number, revision.state) == (2, RevisionState.draft)
        assert revision.based_on_id == public.id
        assert revision.text().title == revision.proposal["title"] == "Sing Together"
        assert revision.text().description == public.text().description
        assert session.published_revision is public
        assert actions() == ["session.revised"]

    def test_begun_twice_it_is_one(self, session: FestivalSession, lead: User) -> None:
        first = offers.revise(session, author=lead)
        assert offers.revise(session, author=lead) is first
        assert not offers.may_revise(session)

    def test_not_while_one_waits(self, session: FestivalSession, lead: User) -> None:
        change(session, lead, title="Shout Together")
        with refused(NotAllowed) as refusal:
            offers.revise(session, author=lead)
        assert "waits for the festival team" in str(refusal.value)

    def test_not_of_what_was_never_public(self, provider: Provider, lead: User) -> None:
        waiting = make.session(provider=provider, published=False)
        assert not offers.may_revise(waiting)
        with refused(NotAllowed):
            offers.revise(waiting, author=lead)

    def test_not_of_what_was_withdrawn(self, session: FestivalSession, lead: User) -> None:
        session.state = SessionState.withdrawn
        assert not offers.may_revise(session)
        with refused(NotAllowed):
            offers.revise(session, author=lead)

    @pytest.mark.parametrize("answer", ["decline", "withdraw", "approve"])
    def test_again_after_each_end(
        self, session: FestivalSession, lead: User, reviewer: User, answer: str
    ) -> None:
        first = change(session, lead, title="Shout Together")
        if answer == "decline":
            offers.decline(first, "Too loud.", reviewer=reviewer)
        elif answer == "withdraw":
            offers.withdraw(first, author=lead)
        else:
            approve(first, reviewer)
        assert offers.may_revise(session)
        assert offers.revise(session, author=lead).number == 3


class TestAnswering:
    def test_the_public_reads_the_old_words_until_the_new_are_approved(
        self, session: FestivalSession, lead: User, reviewer: User
    ) -> None:
        """P1 must: edits after publication wait for approval."""
        revision = change(session, lead, title="Shout Together", age_min=18)
        assert public_title(session) == "Sing Together"
        assert session.age_min is None
        approve(revision, reviewer)
        assert public_title(session) == "Shout Together"
        assert session.age_min == 18
        older = db.session.get_one(Revision, revision.based_on_id)
        assert older.state == RevisionState.superseded

    @pytest.mark.parametrize("answer", [offers.decline, offers.give_back])
    def test_declined_or_returned_nothing_of_it_is_public(
        self, session: FestivalSession, lead: User, reviewer: User, answer: Any
    ) -> None:
        revision = change(session, lead, title="Shout Together", charge="5.00")
        answer(revision, "Too loud.", reviewer=reviewer)
        assert public_title(session) == "Sing Together"
        assert session.charge == ""

    def test_a_later_publication_stays_as_it_was(
        self, session: FestivalSession, lead: User, reviewer: User
    ) -> None:
        before = session.published_at
        approve(change(session, lead, title="Shout Together"), reviewer)
        assert session.published_at == before
        assert session.publish_at is None

    def test_a_new_date_comes_with_the_approval(
        self, session: FestivalSession, lead: User, reviewer: User
    ) -> None:
        day = make.at_hour(session.edition, hour=10, day=2)
        run = make.offered_run(starts_at=day)
        revision = change(session, lead, runs=(run,))
        assert len(session.occurrences) == 1
        approve(revision, reviewer)
        db.session.expire_all()
        assert [one.state for one in session.occurrences] == [OccurrenceState.scheduled] * 2

    def test_not_of_a_version_that_was_replaced(
        self, session: FestivalSession, lead: User, reviewer: User
    ) -> None:
        """F2 bad input: an approval of a revision that was replaced meanwhile."""
        stale = change(session, lead, title="Shout Together")
        other = Revision(
            session=session, number=3, state=RevisionState.approved, created_at=clock.now()
        )
        db.session.add(other)
        db.session.flush()
        session.published_revision = other
        with refused(offers.CannotApprove) as refusal:
            approve(stale, reviewer)
        assert "Newer words are public already" in str(refusal.value)

    def test_nor_of_the_replaced_one_itself(
        self, session: FestivalSession, lead: User, reviewer: User
    ) -> None:
        older = session.published_revision
        assert older is not None
        approve(change(session, lead, title="Shout Together"), reviewer)
        with refused(NotAllowed) as refusal:
            approve(older, reviewer)
        assert "There is a newer version of this" in str(refusal.value)


class TestSmall:
    def test_typing_mistakes_are_public_at_once(self, session: FestivalSession, lead: User) -> None:
        """P1 must: small edits (typos) by rule at once."""
        assert session.published_revision is not None
        session.published_revision.text().summary = "Bake a loaf and tak it home."
        revision = change(
            session, lead, title="Sing together!", summary="Bake a loaf and take it home."
        )
        assert (revision.state, revision.is_small) == (RevisionState.approved, True)
        assert public_title(session) == "Sing together!"
        assert actions()[-1] == "session.small_edit"
        assert db.session.scalars(sa.select(Message)).all() == []

    @pytest.mark.parametrize(
        "changes",
        [
            {"title": "Sing Alone"},
            {"summary": "Bake a cake and take it home with you."},
            {"charge": "3.00"},
            {"age_min": 12},
            {"access": []},
            {"accompaniment": Accompaniment.adult_stays},
            {"answers": {"kit": "A kiln"}},
        ],
    )
    def test_all_else_waits(
        self, session: FestivalSession, lead: User, changes: dict[str, Any]
    ) -> None:
        revision = change(session, lead, **changes)
        assert (revision.state, revision.is_small) == (RevisionState.submitted, False)

    def test_a_new_date_waits(self, session: FestivalSession, lead: User) -> None:
        day = make.at_hour(session.edition, hour=10, day=2)
        revision = change(session, lead, runs=(make.offered_run(starts_at=day),))
        assert revision.state == RevisionState.submitted

    def test_not_where_the_festival_wants_to_see_all(
        self, session: FestivalSession, lead: User
    ) -> None:
        session.edition.small_edits_at_once = False
        assert change(session, lead, title="Sing together").state == RevisionState.submitted

    def test_never_of_a_session_that_was_not_approved(self, provider: Provider, lead: User) -> None:
        draft = make.draft(provider, lead)
        offers.submit(draft, make.offer(), author=lead, calendar_domain="festival.example")
        assert draft.state == RevisionState.submitted

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("Bring a pensil.", "Bring a pencil."),
            ("bring a pencil", "Bring a pencil!"),
            ("Bring a work shop apron", "Bring a workshop apron"),
            ("Teh cake adn teh tea", "The cake and the tea"),
            ("", ""),
        ],
    )
    def test_what_is_a_typing_mistake(self, before: str, after: str) -> None:
        assert only_typos(before, after)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("It is step-free.", "It is not step-free."),
            ("It is now step-free.", "It is not step-free."),
            ("You can sit.", "You can't sit."),
            ("It costs 3 pounds.", "It costs 8 pounds."),
            ("Room B2, go left", "Room B3, go left"),
            ("Bring a pencil.", "Bring a hammer."),
            ("Bring a pencil.", ""),
            ("", "x"),
            ("Go up", "Go on"),
            ("There is a ramp at the door.", "There is a ramp at the door, ask for it."),
            ("aaaa bbbb cccc dddd eeee ffff", "aaab bbbc cccd ddde eeef fffg"),
        ],
    )
    def test_what_is_none(self, before: str, after: str) -> None:
        assert not only_typos(before, after)


class TestLosing:
    """What people who have booked counted on."""

    @pytest.fixture
    def booked(self, session: FestivalSession) -> FestivalSession:
        make.booking(make.occurrence_of(session))
        return session

    def test_they_are_told_with_the_reason(
        self, booked: FestivalSession, lead: User, reviewer: User
    ) -> None:
        revision = change(booked, lead, access=[])
        assert review.losses(revision) == ["BSL interpreter"]
        told = review.who_is_told(revision)
        assert told is not None
        assert (told.email, told.booked) == (1, 1)
        with refused(review.NeedsReason, field="reason"):
            approve(revision, reviewer)
        assert revision.state == RevisionState.submitted
        approve(
            revision,
            reviewer,
            reason="The interpreter is ill.",
            in_words={"BSL interpreter": "BSL"},
        )
        (notice,) = db.session.scalars(sa.select(ChangeNotice))
        assert notice.reason == "The interpreter is ill."
        kinds = db.session.scalars(sa.select(Message.kind)).all()
        assert "access_changed" in kinds

    def test_nobody_has_booked_so_nobody_is_told(
        self, session: FestivalSession, lead: User, reviewer: User
    ) -> None:
        revision = change(session, lead, access=[])
        assert review.who_is_told(revision) is None
        approve(revision, reviewer)
        assert db.session.scalars(sa.select(ChangeNotice)).all() == []

    @pytest.mark.parametrize(
        ("changes", "lost"),
        [
            ({"age_min": 8}, ["ages"]),
            ({"age_max": 60}, ["ages"]),
            ({"accompaniment": Accompaniment.adult_stays}, ["adult"]),
            ({"access": ["BSL interpreter", "seated"]}, []),
            ({"charge": "1.00"}, []),
        ],
    )
    def test_what_is_a_loss(
        self, booked: FestivalSession, lead: User, changes: dict[str, Any], lost: list[str]
    ) -> None:
        assert review.losses(change(booked, lead, **changes)) == lost

    def test_wider_ages_are_none(self, provider: Provider, lead: User) -> None:
        session = make.session(provider=provider, age_min=18, age_max=60)
        assert review.losses(change(session, lead, age_min=16, age_max=None)) == []

    def test_a_first_offer_loses_nothing(self, provider: Provider) -> None:
        waiting = make.session(provider=provider, published=False, access=["seated"])
        assert review.losses(waiting.revisions[0]) == []

    def test_the_same_offer_changes_nothing(self, booked: FestivalSession, lead: User) -> None:
        assert offer_like(booked) == offers.Offer.of_json(offer_like(booked).to_json())
        assert change(booked, lead).is_small
