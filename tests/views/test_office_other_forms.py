"""What people asked for in another way, as the team sees it."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock
from festival.extensions import db
from festival.models import AuditEntry, Edition, OtherForm
from tests import factories
from tests.cast import Somebody
from tests.support.client import PageResponse
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]
NOON = "2027-05-12T12:00+01:00"  # a Wednesday
LIST = "/office/other-forms"


def the_list(person: Somebody) -> PageResponse:
    return person.client.get(LIST)


def test_due_first_and_overdue_marked(operator: Somebody, edition: Edition, at: At) -> None:
    """The team sees what is due first, and what is late."""
    at(NOON)
    for day, form, name in (
        (14, OtherForm.audio, "Later Lee"),
        (11, OtherForm.braille, "Late Lou"),
        (12, OtherForm.bsl, "Today Tam"),
    ):
        factories.form_request(form=form, name=name, due_on=date(2027, 5, day), about="/privacy")
    factories.form_request(form=OtherForm.language, language="Urdu", due_on=date(2027, 5, 15))
    rows = the_list(operator).page.table()
    assert [row[3] for row in rows[1:]] == ["Late Lou", "Today Tam", "Later Lee", "No name"]
    assert [row[2] for row in rows[1:]] == ["/privacy", "/privacy", "/privacy", "Not said"]
    assert [row[1] for row in rows[1:3]] == [
        "Tuesday 11 May 2027 Overdue",
        "Wednesday 12 May 2027",
    ]
    assert rows[4][0].startswith("In another language: Urdu")
    assert "4 to do, 1 overdue" in operator.client.get("/office/").words


def test_nothing_to_do(access_lead: Somebody) -> None:
    assert "Nothing is to be done." in the_list(access_lead).words
    assert "0 to do" in access_lead.client.get("/office/").words


def test_it_is_done_with_what_came_of_it(operator: Somebody, edition: Edition) -> None:
    asked = factories.form_request(words="The programme", name="Ada", about="/")
    page = operator.client.get(the_list(operator).page.link(f"In large print, number {asked.id}"))
    for words in ("The programme", "Ada", "07700 900123"):
        assert words in page.words
    page = operator.client.submit(page, "It is done")
    assert page.page.error_summary == ["Say in a few words what you did."]
    done = operator.client.submit(page, "It is done", outcome="Posted in large print")
    assert "Marked as done." in done.words
    assert "Nothing is to be done." in done.words
    assert done.page.table()[1][2] == "Posted in large print"
    assert (asked.done_by_id, asked.outcome) == (
        operator.user and operator.user.id,
        "Posted in large print",
    )
    (entry,) = db.session.scalars(sa.select(AuditEntry))
    assert (entry.action, entry.actor, entry.facts) == ("other_form.done", operator.user, {})


def test_the_audit_log_says_who_did_it(
    operator: Somebody, administrator: Somebody, edition: Edition
) -> None:
    asked = factories.form_request(contact="1 Low Hill")
    page = operator.client.get(f"{LIST}/{asked.id}")
    operator.client.submit(page, "It is done", outcome="Posted in large print")
    log = administrator.client.get("/office/audit")
    assert f"Did what was asked for in another way: request number {asked.id}" in log.words
    assert "Low Hill" not in log.words
    assert "Posted" not in log.words


def test_somebody_was_first(operator: Somebody, access_lead: Somebody, edition: Edition) -> None:
    asked = factories.form_request()
    page = operator.client.get(f"{LIST}/{asked.id}")
    other = access_lead.client.get(f"{LIST}/{asked.id}")
    access_lead.client.submit(other, "It is done", outcome="Sent")
    late = operator.client.submit(page, "It is done", outcome="Posted")
    assert "Somebody has marked this as done already." in late.words
    assert asked.outcome == "Sent"


def test_one_that_is_not_there(operator: Somebody, edition: Edition) -> None:
    asked = factories.form_request()
    page = operator.client.get(f"{LIST}/{asked.id}")
    token = page.page.form("It is done").controls["csrf_token"].values()[0]
    data = {"csrf_token": token, "outcome": "Sent"}
    for address in (f"{LIST}/{asked.id + 1}", f"{LIST}/999999999"):
        assert operator.client.get(address).status_code == 404
        assert operator.client.post(address, data=data).status_code == 404


def test_what_was_forgotten_is_said(operator: Somebody, edition: Edition) -> None:
    asked = factories.form_request(contact="", done_at=clock.now(), outcome="Sent")
    page = operator.client.get(f"{LIST}/{asked.id}")
    assert "How to reach them is deleted by now" in page.words
    assert "Sent" in page.words


def test_what_was_asked_for_is_text(operator: Somebody, edition: Edition) -> None:
    factories.form_request(form=OtherForm.language, language="<b>Urdu</b>", name="<i>Ada</i>")
    page = the_list(operator)
    assert page.page.all("b", "i") == []
    assert "<b>Urdu</b>" in page.words


def test_the_list_asks_the_same_of_the_database_however_long_it_is(
    app: Flask, operator: Somebody, edition: Edition
) -> None:
    counts = []
    for number in (1, 2):
        for _one in range(number):
            factories.form_request()
            factories.form_request(done_at=clock.now(), outcome="Sent")
        the_list(operator)
        with recorded(app) as statements:
            the_list(operator)
        counts.append(statements.count)
    assert counts[0] == counts[1]


def test_reviewers_and_duty_managers_do_not_see_it(reviewer: Somebody, manager: Somebody) -> None:
    asked = factories.form_request()
    for person in (reviewer, manager):
        assert the_list(person).status_code == 404
        assert person.client.get(f"{LIST}/{asked.id}").status_code == 404
        assert "Asked for in another way" not in person.client.get("/office/").words
