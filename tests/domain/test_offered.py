"""A finished offer: kept as JSON, made into a session with its dates, checked against the room."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from festival.domain import clock, offers
from festival.domain.occurrences import CannotRun
from festival.domain.offers import Offer, SubmissionClosed, TooManySessions
from festival.extensions import db
from festival.models import (
    Accompaniment,
    AuditEntry,
    Closure,
    MembershipRole,
    Provider,
    Revision,
    RevisionState,
    User,
    VenueState,
)
from tests import factories as make
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)


@pytest.fixture
def provider(app: object) -> Provider:
    return make.provider()


@pytest.fixture
def lead(provider: Provider) -> User:
    return make.user("lead@example.org", memberships=[(provider, MembershipRole.lead)])


@pytest.fixture
def draft(provider: Provider, lead: User) -> Revision:
    make.edition()
    return make.draft(provider, lead)


def submit(revision: Revision, author: User, **facts: Any) -> None:
    offers.submit(revision, make.offer(**facts), author=author, calendar_domain="festival.example")


def two_dates(**facts: Any) -> tuple[offers.OfferedRun, ...]:
    first = make.at_hour(make.the_edition(), hour=10, day=1)
    room = make.room()
    return tuple(
        make.offered_run(room_id=room.id, starts_at=first + timedelta(days=days), **facts)
        for days in (0, 2)
    )


class TestAsJson:
    def test_there_and_back(self, draft: Revision) -> None:
        offer = make.offer(
            runs=two_dates(setup_minutes=5),
            age_min=7,
            age_max=11,
            accompaniment=Accompaniment.adult_stays,
            access=["seated"],
            access_not_known=["quiet space"],
            answers={"grant": "No"},
            calendar_domain="festival.example",
        )
        assert Offer.of_json(json.loads(json.dumps(offer.to_json()))) == offer

    def test_it_is_kept_when_it_is_sent_in(self, draft: Revision, lead: User) -> None:
        submit(draft, lead, age_min=7)
        db.session.expire_all()
        kept = Offer.of_json(draft.proposal["offer"])
        assert (kept.age_min, kept.calendar_domain) == (7, "festival.example")


class TestSeveralDates:
    @pytest.mark.parametrize(("together", "parts"), [(False, [None, None]), (True, [1, 2])])
    def test_each_is_a_run(
        self, draft: Revision, lead: User, together: bool, parts: list[int | None]
    ) -> None:
        submit(draft, lead, runs=two_dates(setup_minutes=25), together=together)
        runs = draft.session.occurrences
        assert [one.series_part for one in runs] == parts
        assert [(one.setup_minutes, one.cleardown_minutes) for one in runs] == [(25, 10)] * 2

    def test_a_mistake_lands_on_its_own_date(self, draft: Revision, lead: User) -> None:
        first, second = two_dates()
        wrong = make.offered_run(
            room_id=second.room_id, starts_at=second.starts_at + timedelta(days=60)
        )
        with refused(CannotRun, field="day_2"):
            submit(draft, lead, runs=(first, wrong))

    def test_not_two_at_the_same_time(self, draft: Revision, lead: User) -> None:
        first, _ = two_dates()
        with refused(CannotRun, field="day_2"):
            submit(draft, lead, runs=(first, first))

    def test_not_without_any(self, draft: Revision, lead: User) -> None:
        with refused(CannotRun, field="day"):
            submit(draft, lead, runs=())


class TestAPublishedSession:
    def newer(self, draft: Revision, lead: User) -> Revision:
        """A revision of what the public reads, as the team's ``revise`` begins it."""
        submit(draft, lead)
        offers.approve(draft, reviewer=make.user())
        newer = Revision(
            session=draft.session, number=2, created_at=clock.now(), based_on_id=draft.id
        )
        newer.texts.append(type(draft.text())(language="en"))
        db.session.add(newer)
        db.session.flush()
        return newer

    def test_nothing_of_it_changes_before_it_is_approved(self, draft: Revision, lead: User) -> None:
        newer, session = self.newer(draft, lead), draft.session
        submit(newer, lead, age_min=16, runs=())
        assert (session.age_min, len(session.occurrences)) == (None, 1)
        offers.apply_offer(session, Offer.of_json(newer.proposal["offer"]))
        assert (session.age_min, len(session.occurrences)) == (16, 1)

    def test_a_date_is_added_and_those_that_stand_stay(self, draft: Revision, lead: User) -> None:
        newer, session = self.newer(draft, lead), draft.session
        standing = make.occurrence_of(session).id
        submit(newer, lead, runs=two_dates()[1:])
        offers.apply_offer(session, Offer.of_json(newer.proposal["offer"]))
        assert [one.id for one in session.occurrences].count(standing) == 1
        assert len(session.occurrences) == 2

    def test_it_may_come_after_the_closing_day(self, draft: Revision, lead: User) -> None:
        newer = self.newer(draft, lead)
        draft.session.edition.submissions_close_at = clock.now()
        submit(newer, lead, runs=())
        assert newer.state == RevisionState.submitted


class TestTheRoom:
    def test_taken_at_the_same_time_is_refused(self, draft: Revision, lead: User) -> None:
        there = make.occurrence_of(make.session())
        wanted = make.offered_run(
            room_id=there.room_id, starts_at=there.starts_at, ends_at=there.ends_at
        )
        with refused(CannotRun, field="day"):
            submit(draft, lead, runs=(wanted,))

    @pytest.mark.parametrize(("minutes", "clash"), [(0, True), (19, True), (20, False)])
    def test_setting_up_and_clearing_away_count(
        self, draft: Revision, lead: User, minutes: int, clash: bool
    ) -> None:
        """Ten minutes to clear away and ten to set up."""
        there = make.occurrence_of(make.session())
        run = make.offered_run(
            room_id=there.room_id, starts_at=there.ends_at + timedelta(minutes=minutes)
        )
        found = offers.clashes_of(run)
        assert [one.run for one in found] == ([there] if clash else [])
        submit(draft, lead, runs=(run,))  # the team sorts it out
        made = make.occurrence_of(draft.session)
        assert [one.run for one in offers.clashes(made)] == ([there] if clash else [])

    def test_a_venue_that_is_closed_that_day(self, draft: Revision, lead: User) -> None:
        room, (first, _) = make.room(), two_dates()
        day: date = first.starts_at.date()
        room.venue.closures.append(Closure(starts_on=day, ends_on=day, reason="Polling"))
        run = make.offered_run(room_id=room.id, starts_at=first.starts_at)
        with refused(CannotRun, field="day") as refusal:
            submit(draft, lead, runs=(run,))
        assert "is closed on that day (Polling)" in str(refusal.value)
        later = first.starts_at + timedelta(days=1)
        submit(draft, lead, runs=(make.offered_run(room_id=room.id, starts_at=later),))

    def test_a_venue_that_is_closed_for_good(self, draft: Revision, lead: User) -> None:
        room = make.room(venue=make.venue(state=VenueState.closed))
        with refused(CannotRun, field="room"):
            submit(draft, lead, runs=(make.offered_run(room_id=room.id),))


class TestWhoMaySend:
    def test_late_only_where_the_team_let_it(
        self, draft: Revision, lead: User, provider: Provider
    ) -> None:
        """P1 edge: past deadline -> logged exception by team only."""
        draft.session.edition.submissions_close_at = clock.now()
        with refused(SubmissionClosed):
            submit(draft, lead)
        for _ in range(2):
            offers.allow_late(draft, actor=make.user(), reason="Their computer was stolen.")
        logged = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "session.late_allowed")
        )
        assert [one.facts for one in logged] == [{"reason": "Their computer was stolen."}]
        submit(draft, lead)
        with refused(SubmissionClosed):
            submit(make.draft(provider, lead), lead)

    def test_not_more_than_the_edition_takes(
        self, draft: Revision, lead: User, provider: Provider
    ) -> None:
        draft.session.edition.most_sessions = 1
        submit(draft, lead)
        second = make.draft(provider, lead)
        with refused(TooManySessions):
            submit(second, lead)
        assert second.state == RevisionState.draft
        offers.withdraw(draft, author=lead)
        submit(second, lead)
