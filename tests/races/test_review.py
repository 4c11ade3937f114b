"""Two of the team, or a provider and the team, at one offer at the same moment: nothing is lost.

The answers come over real HTTP to a server of two processes. Where a guard keeps something whole,
the same is first done without it, to show that it would be lost.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import offers, review
from festival.extensions import db, write
from festival.models import Message, ReviewComment, Revision, RevisionState, User
from tests import factories
from tests.cast import Somebody
from tests.support.at_once import all_at_once
from tests.support.live import LiveServer
from tests.support.page import Page
from tests.support.visitor import Visitor

pytestmark = pytest.mark.races
ROUNDS = 6


@pytest.fixture
def codes(committed_app: Flask, lead: Somebody) -> list[str]:
    """Offers that wait."""
    assert lead.user is not None
    with write():
        provider = lead.user.memberships[0].provider
        return [factories.session(provider=provider, published=False).code for _ in range(ROUNDS)]


def enter(server: LiveServer, person: Somebody) -> Visitor:
    visitor = Visitor(server)
    page = visitor.get("/sign-in")
    visitor.submit(page, "Sign in", email=person.email, password=person.password)
    return visitor


def together(*works: Callable[[], Page]) -> list[Page]:
    """What each got; all of them start at the same moment."""
    start = Barrier(len(works))

    def run(work: Callable[[], Page]) -> Page:
        start.wait(60)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_two_reviewers_at_once_and_the_second_sees_what_the_first_decided(
    live_server: Callable[..., LiveServer],
    codes: list[str],
    reviewer: Somebody,
    administrator: Somebody,
) -> None:
    """F2 must: two reviewers at once lose nothing."""
    server = live_server(workers=2)
    people = {one.name: enter(server, one) for one in (reviewer, administrator)}
    verbs = {reviewer.name: "return", administrator.name: "decline"}
    seen: list[tuple[str, Page, str]] = []
    for code in codes:
        pages = {name: one.get(f"/office/offers/{code}") for name, one in people.items()}

        def press(name: str, code: str = code, pages: dict[str, Page] = pages) -> Page:
            typed = f"{name} thinks so of {code}."
            return people[name].submit(
                pages[name], "Send the answer", decision=verbs[name], comment=typed
            )

        answers = together(*(lambda name=name: press(name) for name in people))
        seen += [(name, page, code) for name, page in zip(people, answers, strict=True)]
    db.session.rollback()
    decided = {one.session.code: one for one in db.session.scalars(sa.select(Revision))}
    for name, page, code in seen:
        revision = decided[code]
        assert revision.decided_by_id is not None
        first = db.session.get_one(User, revision.decided_by_id).name
        assert revision.comment == f"{first} thinks so of {code}."
        if name != first:
            for words in (f"{name} thinks so of {code}.", revision.comment, first):
                assert words in page.text
    assert len(seen) == 2 * ROUNDS
    kinds = db.session.scalars(sa.select(Message.kind)).all()
    assert sorted(kinds) == sorted(f"session_{one.state.value}" for one in decided.values())


def test_comments_at_once_are_all_kept(
    live_server: Callable[..., LiveServer],
    codes: list[str],
    reviewer: Somebody,
    administrator: Somebody,
) -> None:
    server = live_server(workers=2)
    people = [enter(server, one) for one in (reviewer, administrator)]
    pages = [one.get(f"/office/offers/{codes[0]}?about=title") for one in people]

    def say(number: int) -> Page:
        fields = {"comment-words": f"Thought number {number}."}
        return people[number % 2].submit(pages[number % 2], "Keep the comment", **fields)

    together(*(lambda number=number: say(number) for number in range(8)))
    db.session.rollback()
    kept = db.session.scalars(sa.select(ReviewComment.words)).all()
    assert sorted(kept) == [f"Thought number {number}." for number in range(8)]


def test_answered_and_taken_back_at_once_is_one_of_them(
    live_server: Callable[..., LiveServer], codes: list[str], reviewer: Somebody, lead: Somebody
) -> None:
    server = live_server(workers=2)
    team, theirs = enter(server, reviewer), enter(server, lead)
    for code in codes:
        page, own = team.get(f"/office/offers/{code}"), theirs.get(f"/provider/sessions/{code}")
        together(
            lambda page=page: team.submit(page, "Send the answer", decision="approve"),
            lambda own=own: theirs.submit(own, "Take it back"),
        )
    db.session.rollback()
    for revision in db.session.scalars(sa.select(Revision)):
        public = revision.session.published_revision_id
        assert revision.state in (RevisionState.approved, RevisionState.withdrawn)
        assert (public == revision.id) is (revision.state == RevisionState.approved)


class TestInterests:
    def both(self, app: Flask, code: str, people: list[int], guarded: bool) -> set[int]:
        """Who is kept away, once two have said so at the same moment."""
        read = Barrier(2)

        def work(place: int) -> None:
            revision = offers.revision_of(code)
            person = db.session.get_one(User, people[place])
            assert revision is not None
            before = list(revision.conflicts)
            db.session.rollback()  # the read is over, the write comes
            read.wait(60)
            with write():
                if guarded:
                    review.keep_away(revision, person)
                else:
                    revision.conflicts = [*before, person.id]

        all_at_once(app, work, 2)
        db.session.rollback()
        found = offers.revision_of(code)
        assert found is not None
        db.session.refresh(found)
        return set(found.conflicts)

    @pytest.mark.parametrize("guarded", [False, True])
    def test_both_are_kept(
        self,
        committed_app: Flask,
        codes: list[str],
        reviewer: Somebody,
        administrator: Somebody,
        guarded: bool,
    ) -> None:
        people = [one.user.id for one in (reviewer, administrator) if one.user is not None]
        kept = self.both(committed_app, codes[0], people, guarded)
        assert len(kept) == (2 if guarded else 1)


def test_a_change_begun_by_two_at_once_is_one(
    committed_app: Flask, lead: Somebody, editor: Somebody
) -> None:
    assert lead.user is not None
    assert editor.user is not None
    with write():
        code = factories.session(provider=lead.user.memberships[0].provider).code
    people = [lead.user.id, editor.user.id]

    def work(place: int) -> int:
        with write():
            newest = offers.revision_of(code)
            assert newest is not None
            author = db.session.get_one(User, people[place % 2])
            return offers.revise(newest.session, author=author).number

    assert all_at_once(committed_app, work, 6) == [2] * 6
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Revision)) == 2
