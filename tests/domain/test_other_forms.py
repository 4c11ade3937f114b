"""Asking for something in another way: by when, once, and done by one person."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from festival.domain import clock, other_forms
from festival.domain.errors import NotAllowed, NotFound
from festival.extensions import db
from festival.models import Edition, FormRequest, OtherForm
from tests import factories

At = Callable[..., None]
MONDAY = "2027-05-03T10:00+01:00"


def ask(edition: Edition, **facts: Any) -> FormRequest:
    asked = {"form": OtherForm.audio, "language": "", "about": "/", "words": "", "name": ""}
    return other_forms.ask(edition, **asked | {"contact": "1 Low Hill"} | facts)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (MONDAY, "2027-05-10"),
        ("2027-05-07T10:00+01:00", "2027-05-14"),  # Friday to Friday
        ("2027-05-08T10:00+01:00", "2027-05-14"),  # a Saturday
        ("2027-05-09T23:30+01:00", "2027-05-14"),  # a Sunday
        ("2027-05-09T23:30+00:00", "2027-05-17"),  # Monday already, where the festival is
    ],
)
def test_five_working_days_in_the_festivals_own_zone(
    edition: Edition, at: At, asked: str, due: str
) -> None:
    at(asked)
    assert other_forms.due_on(clock.now(), edition) == date.fromisoformat(due)
    assert ask(edition).due_on == date.fromisoformat(due)


def test_the_same_again_is_the_first_one_until_it_is_done(edition: Edition, at: At) -> None:
    at(MONDAY)
    first = ask(edition)
    assert ask(edition) is first
    assert ask(edition, contact="2 Low Hill") is not first
    other_forms.finish(first.id, "Sent", actor=factories.user())
    second = ask(edition)
    assert second is not first
    at("2027-05-03T11:01+01:00")
    assert ask(edition) is not second
    assert db.session.scalar(sa.select(sa.func.count(FormRequest.id))) == 4


def test_what_is_to_do_and_what_is_late(edition: Edition, at: At) -> None:
    assert other_forms.count_open(clock.now(), edition) == (0, 0)
    at(MONDAY)
    first = ask(edition)
    at("2027-05-05T10:00+01:00")
    second = ask(edition)
    done = ask(edition, form=OtherForm.bsl)
    other_forms.finish(done.id, "Sent", actor=factories.user())
    at("2027-05-10T23:59+01:00")  # still the day that was promised
    assert other_forms.count_open(clock.now(), edition) == (2, 0)
    at("2027-05-11T00:01+01:00")
    assert other_forms.count_open(clock.now(), edition) == (2, 1)
    assert other_forms.count_open(clock.now(), None) == (2, 0)
    assert other_forms.open_requests() == [first, second]
    assert other_forms.done_requests() == [done]


def test_it_is_done_once(edition: Edition) -> None:
    asked, person = ask(edition), factories.user()
    other_forms.finish(asked.id, "Sent", actor=person)
    with pytest.raises(NotAllowed):
        other_forms.finish(asked.id, "Posted", actor=factories.user())
    assert (asked.outcome, asked.done_by_id) == ("Sent", person.id)
    with pytest.raises(NotFound):
        other_forms.finish(asked.id + 1, "Sent", actor=person)
