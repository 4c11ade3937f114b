"""What providers offer, from an empty draft to the programme."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from festival.domain import clock, occurrences, offers
from festival.domain.errors import NotAllowed
from festival.domain.occurrences import CannotRun, Share, propose
from festival.domain.offers import SubmissionClosed
from festival.extensions import db
from festival.models import (
    AllocationKind,
    AuditEntry,
    BookingMode,
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
def draft(provider: Provider, lead: User) -> Revision:
    make.edition()
    return make.draft(provider, lead)


@pytest.fixture
def submitted(draft: Revision, lead: User) -> Revision:
    submit(draft, lead)
    return draft


def submit(revision: Revision, author: User, **facts: Any) -> None:
    offers.submit(revision, make.offer(**facts), author=author, calendar_domain="festival.example")


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


class TestDrafting:
    def test_a_draft_has_its_code_at_once(self, draft: Revision) -> None:
        assert draft.session.code == "E01"
        assert draft.session.state == SessionState.unpublished
        assert actions() == ["session.started"]

    def test_what_was_typed_is_kept_as_typed(self, draft: Revision) -> None:
        typed: Mapping[str, Any] = {"title": "T" * 500, "day": "31/2/27", "capacity": "lots"}
        offers.save_draft(draft, typed)
        db.session.expire_all()
        assert draft.proposal == typed
        assert draft.text().title == "T" * 120  # what lists show

    def test_not_upon_what_somebody_else_has_saved_since(self, draft: Revision) -> None:
        seen = offers.version(draft)
        newer = offers.save_draft(draft, {"title": "Hers"}, seen=seen)
        with refused(NotAllowed) as refusal:
            offers.save_draft(draft, {"title": "His"}, seen=seen)
        assert "Somebody else has changed this session" in str(refusal.value)
        assert draft.text().title == "Hers"
        assert offers.version(draft) == newer
        offers.save_draft(draft, {"title": "His"}, seen=newer)

    def test_not_after_it_was_sent_in(self, submitted: Revision) -> None:
        with refused(NotAllowed):
            offers.save_draft(submitted, {"title": "Another"})


class TestSubmitting:
    def test_an_offer_becomes_a_proposed_run(self, submitted: Revision) -> None:
        session = submitted.session
        (run,) = session.occurrences
        assert submitted.state == RevisionState.submitted
        assert submitted.text().title == "Knots"
        assert (run.state, run.capacity, run.legal_capacity) == (OccurrenceState.proposed, 10, 30)
        assert [(one.kind, one.places) for one in run.allocations] == [
            (AllocationKind.public, 10),
            (AllocationKind.access, 2),  # beside the ten
        ]
        assert offers.review_queue() == [submitted]
        assert actions() == ["session.started", "session.submitted"]

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("ends", lambda start: {"ends_at": start}),
            ("day", lambda start: {"starts_at": start + timedelta(days=30)}),
            ("day", lambda start: {"starts_at": start - timedelta(days=2)}),
            ("capacity", lambda _: {"capacity": 0}),
            ("capacity", lambda _: {"capacity": 31}),
            ("room", lambda _: {"room_id": 999_999}),
        ],
    )
    def test_each_mistake_lands_on_its_field(
        self, draft: Revision, lead: User, field: str, wrong: Callable[..., dict[str, Any]]
    ) -> None:
        start = make.at_hour(draft.session.edition, hour=10, day=1)
        with refused(CannotRun, field=field):
            submit(draft, lead, **wrong(start))
        assert draft.state == RevisionState.draft
        assert draft.session.occurrences == []

    def test_the_first_and_the_last_day_belong_to_it(self, draft: Revision, lead: User) -> None:
        edition = draft.session.edition
        occurrences.check_run(
            edition,
            make.room(),
            make.at_hour(edition, hour=0),
            make.at_hour(edition, hour=1),
            1,
        )
        submit(draft, lead, starts_at=make.at_hour(edition, hour=23, day=8))

    def test_the_clocks_go_forward_meanwhile(self) -> None:
        """45 minutes on the wall, and none of them in the world."""
        edition = make.edition(starts_on=date(2027, 3, 27))
        room, zone = make.room(), edition.zone
        midnight, early, late = (
            datetime.combine(date(2027, 3, 28), one, zone)
            for one in (time(0), time(1, 30), time(2, 15))
        )
        with refused(CannotRun, field="ends"):
            occurrences.check_run(edition, room, early, late, 1)
        occurrences.check_run(edition, room, midnight, late, 1)

    def test_not_when_the_time_is_over(self, draft: Revision, lead: User) -> None:
        draft.session.edition.submissions_close_at = clock.now()
        with refused(SubmissionClosed):
            submit(draft, lead)

    def test_what_was_returned_may_come_back_late(
        self, submitted: Revision, lead: User, reviewer: User
    ) -> None:
        offers.give_back(submitted, "When?", reviewer=reviewer)
        submitted.session.edition.submissions_close_at = clock.now()
        submit(submitted, lead, capacity=4)
        (run,) = submitted.session.occurrences  # the run it proposed before is gone
        assert run.capacity == 4

    def test_not_what_somebody_else_has_saved_since(self, draft: Revision, lead: User) -> None:
        seen = offers.version(draft)
        offers.save_draft(draft, {"title": "Hers"})
        with refused(NotAllowed):
            offers.submit(
                draft, make.offer(), author=lead, calendar_domain="festival.example", seen=seen
            )
        assert draft.state == RevisionState.draft

    def test_not_twice(self, submitted: Revision, lead: User) -> None:
        with refused(NotAllowed):
            submit(submitted, lead)


class TestReviewing:
    def test_approved_it_is_public_at_once(self, submitted: Revision, reviewer: User) -> None:
        offers.approve(submitted, reviewer=reviewer)
        session = submitted.session
        assert session.state == SessionState.published
        assert session.published_revision is submitted
        assert session.occurrences[0].state == OccurrenceState.scheduled
        assert offers.review_queue() == []
        assert actions()[-1] == "session.approved"

    def test_or_when_its_time_has_come(self, submitted: Revision, reviewer: User) -> None:
        later = clock.now() + timedelta(hours=2)
        offers.approve(submitted, reviewer=reviewer, publish_at=later)
        session = submitted.session
        assert session.state == SessionState.unpublished
        assert offers.due_to_publish(later - timedelta(seconds=1)) == []
        assert offers.due_to_publish(later) == [session]
        assert offers.publish_if_due(session, later)
        assert not offers.publish_if_due(session, later)
        assert session.published_at == later

    @pytest.mark.parametrize("verb", [offers.give_back, offers.decline])
    def test_returned_or_declined_with_words(
        self, submitted: Revision, reviewer: User, verb: Callable[..., None]
    ) -> None:
        verb(submitted, "Which end of the rope?", reviewer=reviewer)
        assert submitted.comment == "Which end of the rope?"
        assert submitted.decided_by_id == reviewer.id
        (message,) = db.session.scalars(sa.select(Message))
        assert (message.kind, message.recipient) == (
            f"session_{submitted.state.value}",
            "lead@example.org",
        )
        with refused(NotAllowed):
            offers.approve(submitted, reviewer=reviewer)

    @pytest.mark.parametrize("change", [{}, {"title": "Worse words"}])
    @pytest.mark.parametrize("answer", ["approve", "give_back", "decline"])
    def test_no_answer_to_words_nobody_read(
        self,
        submitted: Revision,
        lead: User,
        reviewer: User,
        answer: str,
        change: dict[str, str],
    ) -> None:
        seen = offers.version(submitted)
        offers.give_back(submitted, "When?", reviewer=reviewer, seen=seen)
        offers.save_draft(submitted, submitted.proposal | change)
        submit(submitted, lead)
        words = {} if answer == "approve" else {"comment": "Why?"}
        with refused(NotAllowed) as refusal:
            getattr(offers, answer)(submitted, reviewer=reviewer, seen=seen, **words)
        assert str(refusal.value) == "This offer has changed. Read it again."
        assert submitted.state == RevisionState.submitted
        offers.approve(submitted, reviewer=reviewer, seen=offers.version(submitted))

    def test_who_is_told(
        self, submitted: Revision, provider: Provider, lead: User, reviewer: User
    ) -> None:
        make.user("editor@example.org", memberships=[(provider, MembershipRole.editor)])
        make.user("door@example.org", memberships=[(provider, MembershipRole.door)])
        make.user(
            "gone@example.org", memberships=[(provider, MembershipRole.lead)], is_active=False
        )
        make.user("other@example.org", memberships=[(make.provider(), MembershipRole.lead)])
        offers.approve(submitted, reviewer=reviewer)
        told = db.session.scalars(sa.select(Message.recipient).order_by(Message.id)).all()
        assert told == [lead.email, "editor@example.org"]

    def test_a_newer_wording_takes_the_place_of_the_older(
        self, submitted: Revision, reviewer: User
    ) -> None:
        offers.approve(submitted, reviewer=reviewer)
        session = submitted.session
        newer = Revision(
            session=session, number=2, state=RevisionState.submitted, created_at=clock.now()
        )
        db.session.add(newer)
        db.session.flush()
        offers.approve(newer, reviewer=reviewer)
        assert session.published_revision is newer
        assert submitted.state == RevisionState.superseded

    def test_taken_back_by_its_provider(self, submitted: Revision, lead: User) -> None:
        offers.withdraw(submitted, author=lead)
        assert submitted.state == RevisionState.withdrawn
        assert offers.review_queue() == []

    def test_the_longest_waiting_comes_first(
        self, draft: Revision, provider: Provider, lead: User, at: Callable[..., None]
    ) -> None:
        at(clock.now())
        later = make.draft(provider, lead)
        submit(later, lead)
        at(clock.now() + timedelta(minutes=1))
        submit(draft, lead)
        assert offers.review_queue() == [later, draft]


class TestLooking:
    def test_each_provider_sees_its_own(self, draft: Revision, provider: Provider) -> None:
        other = make.provider()
        theirs = make.draft(other, make.user())
        assert offers.offers_of([provider]) == [draft]
        assert offers.offers_of([other, provider]) == [theirs, draft]
        assert offers.offers_of([]) == []

    def test_the_newest_wording(self, draft: Revision) -> None:
        newer = Revision(session=draft.session, number=2, created_at=clock.now())
        db.session.add(newer)
        db.session.flush()
        assert offers.revision_of("e01") is newer
        assert offers.offers_of([draft.session.provider]) == [newer]
        for code in ("E02", "", "%", "E0_"):
            assert offers.revision_of(code) is None


class TestShares:
    def test_what_is_kept_back_comes_off_the_public_share(self) -> None:
        run = make.occurrence_of(make.session(capacity=10, shares=[Share(AllocationKind.phone, 4)]))
        assert [one.places for one in run.allocations] == [6, 4, 2]  # the last beside the ten

    def test_not_more_than_there_is(self) -> None:
        session = make.session(run=False)
        with refused(CannotRun, field="capacity"):
            propose(
                session=session,
                room=make.room(),
                starts_at=make.at_hour(session.edition, hour=10),
                ends_at=make.at_hour(session.edition, hour=11),
                capacity=3,
                booking_mode=BookingMode.required,
                calendar_domain="festival.example",
                shares=[Share(AllocationKind.phone, 2), Share(AllocationKind.partner, 2)],
            )

    def test_a_room_full_of_places_is_allowed_by_law(self) -> None:
        room = make.room(5)
        assert make.occurrence_of(make.session(room=room, capacity=5)).capacity == 5
