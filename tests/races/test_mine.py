"""Guesses and presses at the same moment: no more than five codes are looked at, one is let in."""

from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from festival.domain import contacts, feedback, mine
from festival.domain.contacts import CODE_TRIES
from festival.extensions import db, write
from festival.models import Contact, Feedback, Message, Occurrence
from tests import factories
from tests.factories import occurrence_of
from tests.support.at_once import all_at_once

SECRET, ADA = "a secret of tests", "ada@example.org"
PEOPLE = 12


@pytest.fixture
def booked(committed_app: Flask) -> None:
    with write():
        factories.booking(occurrence_of(factories.session()))


def of_ada() -> Contact:
    db.session.rollback()
    found = contacts.of_email(ADA)
    assert found is not None
    return found


def in_words(contact: Contact | None) -> str:
    return "in" if contact is not None else "out"


def test_of_many_guesses_at_once_five_are_looked_at(committed_app: Flask, booked: None) -> None:
    with write():
        mine.ask_code(ADA)
    code = contacts.code_of(SECRET, of_ada())

    def guess(number: int) -> str:
        with write():
            return in_words(mine.enter(SECRET, ADA, f"no{number}"))

    assert all_at_once(committed_app, guess, PEOPLE) == ["out"] * PEOPLE
    assert of_ada().code_tries == CODE_TRIES
    with write():
        assert mine.enter(SECRET, ADA, code) is None


def test_read_before_the_lock_more_would_be_looked_at(committed_app: Flask, booked: None) -> None:
    """Without the lock the race is there: who has read no tries counts from none."""
    with write():
        mine.ask_code(ADA)

    everybody_has_read = Barrier(PEOPLE)

    def guess_without_lock(_number: int) -> None:
        contact = contacts.of_email(ADA)
        assert contact is not None
        tries = contact.code_tries
        everybody_has_read.wait(60)
        with write():
            contact.code_tries = tries + 1

    all_at_once(committed_app, guess_without_lock, PEOPLE)
    assert of_ada().code_tries == 1


def test_with_the_right_code_at_once_one_is_let_in(committed_app: Flask, booked: None) -> None:
    with write():
        mine.ask_code(ADA)
    code = contacts.code_of(SECRET, of_ada())

    def enter(_number: int) -> str:
        with write():
            return in_words(mine.enter(SECRET, ADA, code))

    assert sorted(all_at_once(committed_app, enter, PEOPLE)) == ["in"] + ["out"] * (PEOPLE - 1)


def test_asked_at_once_there_is_one_address(committed_app: Flask, booked: None) -> None:
    def ask(_number: int) -> bool:
        with write():
            return mine.ask_code(ADA)

    assert all_at_once(committed_app, ask, PEOPLE) == [True] * PEOPLE
    of_ada()
    assert db.session.query(Contact).count() == 1
    assert db.session.query(Message).filter_by(kind="bookings_code").count() == PEOPLE


def test_a_form_sent_many_times_at_once_is_one(committed_app: Flask, booked: None, at: Any) -> None:
    (run,) = db.session.query(Occurrence)
    number = run.id
    at(run.ends_at)

    def give(_place: int) -> int:
        with write():
            mine_run = db.session.get_one(Occurrence, number)
            said = feedback.give(
                mine_run, rating=5, is_first_time=None, words="", key="the-same-form"
            )
            return said.id

    assert len(set(all_at_once(committed_app, give, PEOPLE))) == 1
    db.session.rollback()
    assert db.session.query(Feedback).count() == 1
