"""Changing the key that signs tickets: those that are out stay genuine while we say so."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from festival.delivery.addresses import address
from festival.domain import clock
from festival.extensions import write
from tests import factories
from tests.operations.conftest import Command
from tests.support import databases
from tests.support.client import make_client


def printed_settings(command: Command, **present: str) -> dict[str, str]:
    """What ``ticket-key --new`` says to set."""
    done = command("ticket-key", "--new", **present)
    assert done.code == 0, done.err
    assert "Nothing was changed" in done.err
    pairs = dict(line.split("=", 1) for line in done.out.splitlines())
    return {name.removeprefix("FESTIVAL_"): value for name, value in pairs.items()}


def at_the_door(app: Flask, opening: tuple[str, str], code: str) -> str:
    """What a volunteer reads who checks this code in this application."""
    volunteer = make_client(app)
    link, pin = opening
    volunteer.submit(volunteer.get(urlsplit(link).path), pin=pin)
    return volunteer.submit(volunteer.get("/scan/plain"), "Check", code=code).words


def test_a_ticket_of_the_old_key_stays_genuine_after_rotation(
    committed_app: Flask, command: Command, tmp_path: Path
) -> None:
    with write():
        made = factories.session(starts_at=clock.now() + timedelta(minutes=30))
        occurrence = factories.occurrence_of(made)
        code = factories.code_of(factories.booking(occurrence))
        _, secret, pin = factories.door_pass(occurrence.room.venue)
    opening = address("scan.pin", secret=secret), pin
    before = at_the_door(committed_app, opening, code)
    assert "Let them in" in before

    told = printed_settings(command)
    assert told["TICKET_KEY_ID"] == "2"
    rotated = {"TICKET_KEY": told["TICKET_KEY"], "TICKET_KEY_ID": 2}
    believing = rotated | {"TICKET_PUBLIC_KEYS": told["TICKET_PUBLIC_KEYS"]}
    answers = []
    for settings in (believing, rotated):
        app = databases.make_app(committed_app.config["DATABASE_URL"], tmp_path, settings)
        answers.append(at_the_door(app, opening, code))
        databases.close(app)
    assert answers[0] == before
    assert "This ticket was not made by this festival" in answers[1]


@pytest.mark.databases("sqlite")
def test_each_further_key_has_a_number_of_its_own(command: Command) -> None:
    first = command("ticket-key").out.strip()
    second = printed_settings(command)
    assert second["TICKET_PUBLIC_KEYS"] == first
    third = printed_settings(command, **second)
    assert third["TICKET_PUBLIC_KEYS"].split(",")[0] == first
    assert third["TICKET_PUBLIC_KEYS"].split(",")[1] == command("ticket-key", **second).out.strip()
    assert third["TICKET_KEY_ID"] == "3"
    again = printed_settings(command, TICKET_KEY_ID="15")
    assert again["TICKET_KEY_ID"] == "0"


@pytest.mark.databases("sqlite")
def test_numbers_can_run_out(command: Command) -> None:
    others = ",".join(f"{number}:{number:064x}" for number in range(16) if number != 1)
    done = command("ticket-key", "--new", TICKET_PUBLIC_KEYS=others)
    assert done.code == 2
    assert "All 16 numbers are in use." in done.err
