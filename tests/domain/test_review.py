"""The festival team's work on offers: sharing out, commenting, two people, refusing to approve."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from festival.domain import clock, offers, review
from festival.domain.errors import DomainError, NotAllowed
from festival.domain.offers import CannotApprove, InConflict
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Closure,
    DeclarationKind,
    FestivalSession,
    MembershipRole,
    Message,
    OccurrenceState,
    Office,
    Provider,
    ProviderState,
    Revision,
    RevisionState,
    SessionState,
    User,
    VenueState,
)
from tests import factories as make
from tests.support.refusals import refused
from tests.support.review import ALONE, change

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def provider(app: object) -> Provider:
    return make.provider("Penn Fields Makers")


@pytest.fixture
def reviewer(app: object) -> User:
    return make.user("reviewer@example.org", "Rita", offices=[Office.reviewer])


@pytest.fixture
def other(app: object) -> User:
    return make.user("other@example.org", "Amir", offices=[Office.administrator])


@pytest.fixture
def offer(provider: Provider) -> Revision:
    return make.session(provider=provider, published=False).revisions[0]


@pytest.fixture
def alone(provider: Provider) -> Revision:
    """An offer for children who come without a parent; the organisation has declared all."""
    make.declarations(provider)
    return make.session(provider=provider, published=False, **ALONE).revisions[0]


def approve(revision: Revision, reviewer: User, **facts: Any) -> None:
    review.approve(revision, reviewer=reviewer, seen=offers.version(revision), **facts)


def look(revision: Revision, person: User) -> None:
    review.look_first(revision, person, seen=offers.version(revision))


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def why_not(revision: Revision, reviewer: User) -> str:
    with refused(CannotApprove) as refusal:
        approve(revision, reviewer)
    assert revision.session.state == SessionState.unpublished
    assert revision.session.occurrences[0].state == OccurrenceState.proposed
    return str(refusal.value)


class TestWhatApprovalNeeds:
    def test_an_organisation_that_was_checked(self, offer: Revision, reviewer: User) -> None:
        """F2 must: nothing of an unchecked organisation is public."""
        offer.session.provider.state = ProviderState.unchecked
        assert "We have not checked Penn Fields Makers yet." in why_not(offer, reviewer)

    def test_one_that_we_did_not_refuse(self, offer: Revision, reviewer: User) -> None:
        offer.session.provider.state = ProviderState.refused
        assert "We have said no to Penn Fields Makers" in why_not(offer, reviewer)

    def test_a_venue_that_was_checked(self, offer: Revision, reviewer: User) -> None:
        offer.session.occurrences[0].room.venue.state = VenueState.proposed
        assert "is not in our list of venues yet" in why_not(offer, reviewer)

    @pytest.mark.parametrize("for_good", [True, False])
    def test_a_venue_that_is_open(self, offer: Revision, reviewer: User, for_good: bool) -> None:
        """F2 bad input: a venue that closed."""
        run = offer.session.occurrences[0]
        day = run.starts_at.astimezone(offer.session.edition.zone).date()
        if for_good:
            run.room.venue.state = VenueState.closed
        else:
            run.room.venue.closures.append(Closure(starts_on=day, ends_on=day, reason="Repairs"))
        db.session.flush()
        told = why_not(offer, reviewer)
        assert ("is closed for good" if for_good else "(Repairs)") in told

    @pytest.mark.parametrize("kind", DeclarationKind)
    @pytest.mark.parametrize("trouble", ["missing", "unchecked", "over"])
    def test_declarations_where_children_come_alone(
        self, provider: Provider, reviewer: User, other: User, kind: DeclarationKind, trouble: str
    ) -> None:
        """P1 edge: no insurance where children come without a parent."""
        made = {one.kind: one for one in make.declarations(provider)}
        if trouble == "missing":
            db.session.delete(made[kind])
        elif trouble == "unchecked":
            made[kind].checked_at = None
        else:
            made[kind].expires_on = clock.now().date()  # before the session
        db.session.flush()
        db.session.expire_all()
        revision = make.session(provider=provider, published=False, **ALONE).revisions[0]
        look(revision, other)
        word = {"insurance": "insurance", "safeguarding": "lead", "risk_assessment": "risk"}
        assert word[kind.value] in why_not(revision, reviewer)

    def test_none_of_them_for_adults(self, offer: Revision, reviewer: User) -> None:
        approve(offer, reviewer)
        assert offer.session.state == SessionState.published

    def test_a_change_to_children_alone_needs_them_too(
        self, provider: Provider, reviewer: User
    ) -> None:
        session = make.session(provider=provider)
        lead = make.user(memberships=[(provider, MembershipRole.lead)])
        revision = change(session, lead, **ALONE)
        with refused(CannotApprove):
            approve(revision, reviewer)
        assert session.age_min is None

    def test_all_is_told_at_once_before_anybody_tries(
        self, offer: Revision, reviewer: User
    ) -> None:
        offer.session.provider.state = ProviderState.unchecked
        offer.session.occurrences[0].room.venue.state = VenueState.proposed
        assert len(offers.obstacles(offer, reviewer)) == 2


class TestTwoPeople:
    def test_the_second_approves(self, alone: Revision, reviewer: User, other: User) -> None:
        """F2 must: two-person check for sessions with children unaccompanied."""
        assert offers.needs_second(alone)
        assert "two people of the team" in why_not(alone, reviewer)
        look(alone, reviewer)
        assert not offers.needs_second(alone)
        assert "You were the first to look" in why_not(alone, reviewer)
        approve(alone, other)
        assert alone.session.state == SessionState.published
        assert actions() == ["session.looked_at", "session.approved"]

    def test_the_first_look_stands(self, alone: Revision, reviewer: User, other: User) -> None:
        look(alone, reviewer)
        look(alone, other)
        assert alone.second_by_id == reviewer.id
        approve(alone, other)

    def test_sent_in_again_it_is_looked_at_again(
        self, alone: Revision, reviewer: User, other: User, at: Callable[..., None]
    ) -> None:
        at(clock.now())
        look(alone, reviewer)
        at(clock.now() + timedelta(hours=1))
        alone.submitted_at = clock.now()
        assert offers.needs_second(alone)
        assert "two people of the team" in why_not(alone, other)

    def test_not_a_version_that_was_not_read(self, alone: Revision, reviewer: User) -> None:
        seen = offers.version(alone)
        alone.proposal = alone.proposal | {"title": "Other words"}
        with refused(NotAllowed):
            review.look_first(alone, reviewer, seen=seen)

    def test_not_who_has_an_interest(self, alone: Revision, reviewer: User) -> None:
        review.keep_away(alone, reviewer)
        with refused(InConflict):
            look(alone, reviewer)

    def test_where_it_is_not_needed(self, offer: Revision, reviewer: User) -> None:
        with refused(NotAllowed):
            look(offer, reviewer)


class TestInterest:
    @pytest.mark.parametrize("answer", ["approve", "decline", "give_back"])
    @pytest.mark.parametrize("member", [True, False])
    def test_who_has_one_gives_no_answer(
        self, offer: Revision, provider: Provider, answer: str, member: bool
    ) -> None:
        """F2 must: conflict-of-interest mark."""
        memberships = [(provider, MembershipRole.door)] if member else []
        person = make.user(offices=[Office.reviewer], memberships=memberships)
        if not member:
            review.keep_away(offer, person)
        comment = () if answer == "approve" else ("Why?",)
        with refused(InConflict):
            getattr(offers, answer)(offer, *comment, reviewer=person)
        assert offer.state == RevisionState.submitted

    def test_it_is_not_given_to_them(self, offer: Revision, reviewer: User, other: User) -> None:
        review.keep_away(offer, other)
        with refused(InConflict, field="reviewer"):
            review.assign(offer, other, actor=reviewer)

    def test_what_was_theirs_is_nobodys(self, alone: Revision, reviewer: User) -> None:
        review.assign(alone, reviewer, actor=reviewer)
        look(alone, reviewer)
        review.keep_away(alone, reviewer)
        review.keep_away(alone, reviewer)
        assert (alone.reviewer_id, alone.second_by_id, alone.second_at) == (None, None, None)
        assert alone.conflicts == [reviewer.id]

    def test_a_slip_is_taken_back(self, offer: Revision, reviewer: User) -> None:
        review.keep_away(offer, reviewer)
        review.take_back_conflict(offer, reviewer)
        approve(offer, reviewer)
        assert actions()[:2] == ["session.conflict", "session.no_conflict"]


class TestAssigning:
    def test_to_somebody_and_to_nobody(self, offer: Revision, reviewer: User, other: User) -> None:
        """F2 must: reviewer assignment."""
        review.assign(offer, other, actor=reviewer)
        review.assign(offer, other, actor=reviewer)
        assert offer.reviewer_id == other.id
        review.assign(offer, None, actor=reviewer)
        assert offer.reviewer_id is None
        assert actions() == ["session.assigned", "session.assigned"]

    def test_not_to_who_reviews_nothing(self, offer: Revision, reviewer: User) -> None:
        phone = make.user(offices=[Office.phone_line])
        with refused(review.NotAReviewer, field="reviewer"):
            review.assign(offer, phone, actor=reviewer)

    def test_not_to_who_has_left(self, offer: Revision, reviewer: User) -> None:
        gone = make.user(offices=[Office.reviewer], is_active=False)
        assert gone not in review.reviewers()
        with refused(review.NotAReviewer, field="reviewer"):
            review.assign(offer, gone, actor=reviewer)

    def test_not_what_is_answered(self, offer: Revision, reviewer: User) -> None:
        offers.decline(offer, "No.", reviewer=reviewer)
        with refused(NotAllowed):
            review.assign(offer, reviewer, actor=reviewer)


class TestComments:
    def test_on_one_part_and_on_the_whole(self, offer: Revision, reviewer: User) -> None:
        """F2 must: comment."""
        review.comment(offer, "summary", " Say what they bake. ", author=reviewer)
        review.comment(offer, "", "Lovely.", author=reviewer)
        assert [(one.field, one.words) for one in offer.comments] == [
            ("summary", "Say what they bake."),
            ("", "Lovely."),
        ]

    def test_settled_it_is_not_open(self, offer: Revision, reviewer: User) -> None:
        made = review.comment(offer, "summary", "Say more.", author=reviewer)
        assert review.open_comments(offer) == [made]
        review.settle(made, actor=reviewer)
        review.settle(made, actor=reviewer)
        assert review.open_comments(offer) == []
        assert actions() == ["session.commented", "session.settled"]

    def test_they_are_answer_enough(self, offer: Revision, reviewer: User) -> None:
        seen = offers.version(offer)
        with refused(review.NeedsReason, field="comment"):
            review.give_back(offer, " ", reviewer=reviewer, seen=seen)
        review.comment(offer, "summary", "Say more.", author=reviewer)
        review.give_back(offer, "", reviewer=reviewer, seen=seen)
        assert offer.state == RevisionState.returned

    def test_also_once_it_is_returned(self, offer: Revision, reviewer: User) -> None:
        offers.give_back(offer, "When?", reviewer=reviewer)
        review.comment(offer, "day", "It is a Sunday.", author=reviewer)

    @pytest.mark.parametrize(
        ("field", "words", "wrong"),
        [("summary", "  ", "words"), ("passwords", "Why?", "field"), ("summary'--", "x", "field")],
    )
    def test_bad_ones(
        self, offer: Revision, reviewer: User, field: str, words: str, wrong: str
    ) -> None:
        with refused(review.BadComment, field=wrong):
            review.comment(offer, field, words, author=reviewer)

    @pytest.mark.parametrize(
        "state", [RevisionState.withdrawn, RevisionState.declined, RevisionState.superseded]
    )
    def test_not_on_what_is_over(
        self, offer: Revision, reviewer: User, state: RevisionState
    ) -> None:
        """F2 bad input: a comment on a withdrawn session."""
        offer.state = state
        with refused(NotAllowed):
            review.comment(offer, "summary", "Say more.", author=reviewer)
        assert offer.comments == []

    def test_nor_on_a_withdrawn_session(self, provider: Provider, reviewer: User) -> None:
        session = make.session(provider=provider)
        lead = make.user(memberships=[(provider, MembershipRole.lead)])
        revision = change(session, lead, title="Other words")
        made = review.comment(revision, "title", "Why?", author=reviewer)
        session.state = SessionState.withdrawn
        attempts: list[Callable[[], object]] = [
            lambda: review.comment(revision, "title", "Why?", author=reviewer),
            lambda: review.settle(made, actor=reviewer),
        ]
        for attempt in attempts:
            with refused(NotAllowed) as refusal:
                attempt()
            assert "taken back" in str(refusal.value)

    def test_not_by_who_has_an_interest(self, offer: Revision, reviewer: User) -> None:
        review.keep_away(offer, reviewer)
        with refused(InConflict):
            review.comment(offer, "summary", "Take it!", author=reviewer)


class TestQueue:
    def waiting(self, person: User, **chosen: str) -> list[str]:
        found = review.waiting_for(person, clock.now())
        return [
            one.revision.session.code
            for one in review.part_of(found, person, **{"part": "all"} | chosen)
        ]

    def one(self, provider: Provider, hours: int = 0, **facts: Any) -> FestivalSession:
        session = make.session(provider=provider, published=False, **facts)
        session.revisions[0].submitted_at = clock.now() - timedelta(hours=hours)
        db.session.flush()
        return session

    def test_by_age_and_by_completeness(self, provider: Provider, reviewer: User) -> None:
        """F2 must: queue by age and completeness."""
        full = {"what_next": "Bake", "access_note": "Quiet"}
        old = self.one(provider, hours=30)
        new = self.one(provider, hours=1, wording=full)
        middle = self.one(provider, hours=5)
        assert self.waiting(reviewer) == [old.code, middle.code, new.code]
        assert self.waiting(reviewer, order="complete") == [new.code, old.code, middle.code]
        found = review.waiting_for(reviewer, clock.now())
        assert [one.days for one in found] == [1, 0, 0]
        assert found[0].missing == ("what_next", "access_note", "picture")

    def test_its_parts_and_their_counts(
        self, provider: Provider, reviewer: User, other: User
    ) -> None:
        mine = self.one(provider, hours=5)
        mine.revisions[0].reviewer_id = reviewer.id
        theirs = self.one(provider, hours=4)
        theirs.revisions[0].reviewer_id = other.id
        children = self.one(provider, hours=3, **ALONE)
        session = make.session(provider=provider)
        change(session, make.user(), title="Other words")
        late = self.one(provider)
        late.edition.submissions_close_at = clock.now() - timedelta(hours=1)
        db.session.flush()
        assert self.waiting(reviewer, part="mine") == [mine.code]
        assert self.waiting(reviewer, part="unassigned") == [
            children.code,
            session.code,
            late.code,
        ]
        assert self.waiting(reviewer, part="second") == [children.code]
        assert self.waiting(reviewer, part="changes") == [session.code]
        assert self.waiting(reviewer, part="late") == [late.code]
        assert review.counts(review.waiting_for(reviewer, clock.now()), reviewer) == {
            "all": 5,
            "mine": 1,
            "unassigned": 3,
            "second": 1,
            "changes": 1,
            "late": 1,
        }

    def test_of_one_theme(self, provider: Provider, reviewer: User) -> None:
        music = self.one(provider, theme=make.theme("Music"))
        self.one(provider)
        assert music.theme is not None
        assert self.waiting(reviewer, theme=music.theme.slug) == [music.code]
        assert self.waiting(reviewer, theme="no-such-theme") == []

    def test_what_one_has_an_interest_in_is_marked(self, offer: Revision, reviewer: User) -> None:
        review.keep_away(offer, reviewer)
        (one,) = review.waiting_for(reviewer, clock.now())
        assert one.in_conflict

    def test_what_is_not_known_and_where_nobody_was(self, offer: Revision) -> None:
        offer.session.access_not_known = ["seated"]
        offer.session.occurrences[0].room.venue.state = VenueState.proposed
        assert {"help", "venue"} < set(review.missing(offer))


class TestHistory:
    def test_each_reader_sees_their_own(
        self, provider: Provider, reviewer: User, other: User
    ) -> None:
        """P1 must: history with who and when."""
        lead = make.user("lead@example.org", "Leah", memberships=[(provider, MembershipRole.lead)])
        door = make.user("door@example.org", memberships=[(provider, MembershipRole.door)])
        session = make.session(provider=provider)
        approve(change(session, lead, title="Other words"), reviewer)
        draft = offers.revise(session, author=lead)
        assert [one.number for one in review.versions(session, lead)] == [3, 2, 1]
        assert [one.number for one in review.versions(session, reviewer)] == [2, 1]
        assert [one.number for one in review.versions(session, door)] == [2]
        found = review.versions(session, lead)
        assert review.names_of(found) == {lead.id: "Leah", reviewer.id: "Rita"}
        assert review.before(draft) is session.published_revision
        assert review.before(found[-1]) is None


def test_whom_a_loss_is_told_is_in_the_mail(provider: Provider, reviewer: User) -> None:
    session = make.session(provider=provider, access=["seated"])
    make.booking(make.occurrence_of(session))
    revision = change(session, make.user(), access=[])
    approve(revision, reviewer, reason="We have no chairs.", in_words={"seated": "A chair"})
    (told,) = db.session.scalars(sa.select(Message).where(Message.kind == "access_changed"))
    assert told.facts["lost"] == ["A chair"]
    assert told.facts["reason"] == "We have no chairs."


def test_every_refusal_is_a_sentence() -> None:
    for kind in (review.NeedsReason, review.BadComment, review.NotAReviewer, CannotApprove):
        assert issubclass(kind, DomainError)
        assert kind.reason != DomainError.reason
