"""Two people of one organisation write one draft at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import offers
from festival.extensions import db, write
from festival.models import DraftSave, MembershipRole, Revision, RevisionState
from tests import factories
from tests.support.client import FestivalClient, PageResponse, make_client
from tests.support.offering import CONTINUE, PARTS
from tests.support.page import Page

pytestmark = pytest.mark.races


@pytest.fixture
def writers(committed_app: Flask) -> list[FestivalClient]:
    """Two people of one organisation, and their draft E01."""
    with write():
        factories.edition()
        provider = factories.provider()
        users = [
            factories.user(f"{name}@example.org", memberships=[(provider, MembershipRole.editor)])
            for name in ("one", "two")
        ]
        factories.draft(provider, users[0], title="", theme=str(factories.theme().id))
    clients = [make_client(committed_app) for _ in users]
    for client, user in zip(clients, users, strict=True):
        client.sign_in(user)
    return clients


def together(work: list[Any]) -> list[PageResponse]:
    """What each is answered; all start at once, none in a context of the test's."""
    start = Barrier(len(work))

    def run(one: Any) -> PageResponse:
        start.wait(60)
        answer: PageResponse = one()
        return answer

    db.session.rollback()
    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(run, work))


def save(client: FestivalClient, page: Page, **typed: str) -> Any:
    return lambda: client.submit(page, CONTINUE, **typed)


def draft() -> Revision:
    db.session.rollback()
    return db.session.scalars(sa.select(Revision)).one()


def test_two_fields_at_once_are_both_kept(writers: list[FestivalClient]) -> None:
    pages = [client.get("/provider/sessions/E01/edit/what").page for client in writers]
    answers = together(
        [
            save(writers[0], pages[0], title="Hers"),
            save(writers[1], pages[1], summary="His."),
        ]
    )
    assert [one.page.error_summary for one in answers] == [[], []]
    assert (draft().proposal["title"], draft().proposal["summary"]) == ("Hers", "His.")


def test_without_the_merge_the_first_is_lost(committed_app: Flask) -> None:
    """The race happens: two who save all they see, as one would write it without care."""
    with write():
        factories.edition()
        provider = factories.provider()
        factories.draft(provider, factories.user(), title="", summary="")
    seen = dict(draft().proposal)
    for change in ({"title": "Hers"}, {"summary": "His."}):
        with write():
            offers.save_draft(draft(), seen | change)
    assert draft().proposal["title"] == ""


def test_one_field_at_once_is_decided_by_who_comes_second(writers: list[FestivalClient]) -> None:
    """P1 edge: two volunteers edit at once. Nothing is lost."""
    pages = [client.get("/provider/sessions/E01/edit/what").page for client in writers]
    titles = ["Hers", "His"]
    answers = together(
        [
            save(client, page, title=title)
            for client, page, title in zip(writers, pages, titles, strict=True)
        ]
    )
    told = [one.page.error_summary for one in answers]
    assert sorted(map(len, told)) == [0, 1]
    late = told.index(max(told, key=len))
    form = answers[late].page.form(CONTINUE)
    assert form.controls["title"].values() == [titles[late]]
    assert titles[1 - late] in answers[late].words
    assert draft().proposal["title"] == titles[1 - late]
    saves = db.session.scalars(sa.select(DraftSave))
    assert set(titles) <= {one.proposal.get("title") for one in saves}


def test_a_save_against_the_sending(writers: list[FestivalClient]) -> None:
    """Either it is sent as it was read, or it is not sent: never with words nobody read."""
    with write():
        room = factories.room(12)
        start = factories.at_hour(factories.the_edition(), hour=10, day=1)
        typed = {
            "title": "As it was read",
            "summary": "Bake a loaf.",
            "description": "Bake.",
            "room": str(room.id),
            "day": start.date().isoformat(),
            "starts": "10am",
            "ends": "11am",
            "capacity": "10",
        }
        offers.save_draft(draft_in(), dict(draft_in().proposal) | typed)
    check = writers[0].get("/provider/sessions/E01/check").page
    page = writers[1].get(f"/provider/sessions/E01/edit/{PARTS[0]}").page
    together(
        [
            lambda: writers[0].submit(check, "Send in"),
            save(writers[1], page, title="Worse words"),
        ]
    )
    sent = draft().state == RevisionState.submitted
    assert draft().text().title == ("As it was read" if sent else "Worse words")


def draft_in() -> Revision:
    return db.session.scalars(sa.select(Revision)).one()
