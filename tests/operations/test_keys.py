"""Changing the key that signs tickets: those that are out stay genuine while they are needed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask

from festival.delivery.addresses import address, manage_path
from festival.delivery.keyring import KeyFile
from festival.domain import clock, tickets
from festival.extensions import write
from festival.models import Occurrence
from tests import factories
from tests.operations.conftest import Command
from tests.support import databases
from tests.support.client import make_client
from tests.support.live import ROOT, LiveServer, environment

# A file, and one question to the database, which is asked of both.
pytestmark = pytest.mark.databases("sqlite")

Server = Callable[..., LiveServer]
GENUINE, FALSE = "Let them in", "This ticket was not made by this festival"


def at_the_door(app: Flask, opening: tuple[str, str], code: str) -> str:
    """What a volunteer reads who checks this code in this application."""
    volunteer = make_client(app)
    link, pin = opening
    volunteer.submit(volunteer.get(urlsplit(link).path), pin=pin)
    return volunteer.submit(volunteer.get("/scan/plain"), "Check", code=code).words


def soon() -> Occurrence:
    """A session that is about to begin."""
    return factories.occurrence_of(factories.session(starts_at=clock.now() + timedelta(minutes=30)))


def a_door(occurrence: Occurrence) -> tuple[str, str]:
    _, secret, pin = factories.door_pass(occurrence.room.venue)
    return address("scan.pin", secret=secret), pin


def key_file(app: Flask) -> KeyFile:
    file = app.extensions["ticket_key_file"]
    assert isinstance(file, KeyFile)
    return file


def shift_back(file: KeyFile, number: int) -> None:
    """As if the last session for which this key was needed had been over for long."""
    data = json.loads(file.path.read_text())
    for one in data["believed"]:
        if one["number"] == number:
            one["until"] = "2020-01-01T00:00:00+00:00"
    file.path.write_text(json.dumps(data))


# --- in a file


def test_a_new_key_signs_at_once_and_the_old_is_believed_until_it_is_dropped(
    committed_app: Flask, command: Command
) -> None:
    with write():
        occurrence = soon()
        booked = factories.booking(occurrence)
        ends_at = occurrence.ends_at
        opening = a_door(occurrence)
    old = factories.code_of(booked)
    done = command("keys", "rotate")
    assert (done.code, done.err) == (0, "")
    assert "Key 2 signs from now on" in done.out
    assert "Key 1 is believed until" in done.out
    new = factories.code_of(booked)  # this process was running all the time
    assert [tickets.decode(code)[0] & 15 for code in (old, new)] == [1, 2]
    assert key_file(committed_app).read().older[0].until == ends_at + timedelta(days=1)
    assert GENUINE in at_the_door(committed_app, opening, old)
    assert GENUINE in at_the_door(committed_app, opening, new)
    shift_back(key_file(committed_app), 1)
    assert "over: the next rotate drops it" in command("keys", "list").out
    done = command("keys", "rotate")
    assert "Key 3 signs from now on" in done.out
    assert "Key 2 is believed until" in done.out
    assert "Key 1 is not believed any more: its sessions are over." in done.out
    assert FALSE in at_the_door(committed_app, opening, old)
    assert GENUINE in at_the_door(committed_app, opening, new)


def test_a_key_that_others_have_is_dropped_at_once(committed_app: Flask, command: Command) -> None:
    with write():
        occurrence = soon()
        booked = factories.booking(occurrence)
        opening = a_door(occurrence)
    old = factories.code_of(booked)
    assert command("keys", "drop", "1").code == 2  # nothing else signs yet
    assert command("keys", "rotate").code == 0
    assert command("keys", "drop", "7").code == 2
    done = command("keys", "drop", "1")
    assert (done.code, done.err) == (0, "")
    assert FALSE in at_the_door(committed_app, opening, old)
    assert GENUINE in at_the_door(committed_app, opening, factories.code_of(booked))


def test_servers_that_run_notice_a_new_key(
    committed_app: Flask, command: Command, live_server: Server
) -> None:
    with write():
        booked = factories.booking(soon())
        path = manage_path(booked, "bookings.show_tickets")
    server = live_server(workers=2)

    def key_of_ticket() -> int:
        page = requests.get(server.url + path, timeout=20)
        assert page.status_code == 200
        letters = page.text.partition('class="ticket__letters" dir="ltr">')[2].partition("<")[0]
        return tickets.decode(letters.replace(" ", ""))[0] & 15

    assert {key_of_ticket() for _ in range(8)} == {1}
    assert command("keys", "rotate").code == 0
    assert {key_of_ticket() for _ in range(8)} == {2}  # whichever of its processes answers


@pytest.mark.databases("sqlite")
def test_two_at_once_both_count(committed_app: Flask) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "festival", "keys", "rotate"],
            cwd=ROOT,
            env=environment(committed_app),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [one.communicate(timeout=60) for one in running]
    assert [one.returncode for one in running] == [0, 0, 0], said
    assert sorted(out.split()[1] for out, _ in said) == ["2", "3", "4"]
    ring = key_file(committed_app).read()
    assert ring.number == 4
    assert 3 in [one.number for one in ring.older]
    folder = key_file(committed_app).path.parent
    assert [one.name for one in folder.glob(".ticket-keys*")] == []


@pytest.mark.databases("sqlite")
def test_the_file_is_for_its_owner_and_nothing_secret_is_printed(
    committed_app: Flask, command: Command
) -> None:
    file = key_file(committed_app)
    before = file.read().private.hex()
    outputs = [command("keys", "rotate"), command("keys", "list"), command("keys", "rotate")]
    after = file.read().private.hex()
    assert before != after
    assert file.path.stat().st_mode & 0o777 == 0o600
    for done in outputs:
        assert before not in done.out + done.err
        assert after not in done.out + done.err
    assert before not in file.path.read_text()
    assert "private" not in repr(file.read())


@pytest.mark.databases("sqlite")
def test_numbers_of_a_file_run_out_while_all_are_needed(
    committed_app: Flask, command: Command
) -> None:
    with write():
        factories.booking(soon())
    until = clock.now() + timedelta(days=2)
    file = key_file(committed_app)
    for _ in range(15):
        file.change(lambda ring: ring.rotated(until, clock.now()))
    before = file.path.read_bytes()
    done = command("keys", "rotate")
    assert done.code == 2
    assert "All 16 numbers are in use." in done.err
    assert file.path.read_bytes() == before
    shift_back(file, 5)
    assert "Key 5 signs from now on" in command("keys", "rotate").out


@pytest.mark.databases("sqlite")
def test_who_has_the_keys_keeps_them_while_the_file_is_away(committed_app: Flask) -> None:
    with write():
        booked = factories.booking(soon())
    code, file = factories.code_of(booked), key_file(committed_app)
    away = file.path.rename(file.path.with_name("away"))
    assert factories.code_of(booked) == code
    file.path.write_text("half a fi")
    assert factories.code_of(booked) == code
    away.replace(file.path)
    assert factories.code_of(booked) == code


@pytest.mark.databases("sqlite")
def test_a_rotation_that_breaks_off_changes_nothing(committed_app: Flask) -> None:
    file = key_file(committed_app)
    before = file.path.read_bytes()

    def break_off(_ring: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        file.change(break_off)
    assert file.path.read_bytes() == before
    file.change(lambda ring: ring.rotated(clock.now(), clock.now()))  # nobody holds the lock
    assert file.path.read_bytes() != before


@pytest.mark.databases("sqlite", "postgresql")
def test_the_last_session_with_tickets_says_how_long(app: Flask) -> None:
    now = datetime.fromisoformat("2027-05-01T10:00+01:00")
    assert tickets.last_needed(now) == now
    first, last = (
        factories.occurrence_of(factories.session(starts_at=now + timedelta(days=days)))
        for days in (3, 9)
    )
    factories.occurrence_of(factories.session(starts_at=now + timedelta(days=20)))  # no tickets
    factories.booking(last)
    factories.booking(first)
    assert tickets.last_needed(now) == last.ends_at + timedelta(days=1)
    late = last.ends_at + timedelta(days=5)
    assert tickets.last_needed(late) == late


# --- in the environment


def printed_settings(command: Command, **present: str) -> dict[str, str]:
    """What ``keys rotate`` says to set."""
    done = command("keys", "rotate", **present)
    assert done.code == 0, done.err
    assert "Nothing was changed" in done.err
    pairs = dict(line.split("=", 1) for line in done.out.splitlines())
    return {name.removeprefix("FESTIVAL_"): value for name, value in pairs.items()}


def test_a_ticket_of_the_old_key_stays_genuine_while_the_settings_say_so(
    committed_app: Flask, command: Command, tmp_path: Path
) -> None:
    url = committed_app.config["DATABASE_URL"]
    with write():
        occurrence = soon()
        booked = factories.booking(occurrence)
        opening = a_door(occurrence)
        booked_id = booked.id
    present = {"TICKET_KEY": "5a" * 32}
    old_app = databases.make_app(url, tmp_path, present)
    with old_app.app_context():
        code = factories.code_of(factories.db.session.get_one(factories.Booking, booked_id))
    databases.close(old_app)
    told = printed_settings(command, **present)
    assert told["TICKET_KEY_ID"] == "2"
    rotated = {"TICKET_KEY": told["TICKET_KEY"], "TICKET_KEY_ID": 2}
    believing = rotated | {"TICKET_PUBLIC_KEYS": told["TICKET_PUBLIC_KEYS"]}
    answers = []
    for settings in (believing, rotated):
        app = databases.make_app(url, tmp_path, settings)
        answers.append(at_the_door(app, opening, code))
        databases.close(app)
    assert GENUINE in answers[0]
    assert FALSE in answers[1]


@pytest.mark.databases("sqlite")
def test_each_further_key_has_a_number_of_its_own(command: Command) -> None:
    present = {"TICKET_KEY": "5a" * 32}
    first = command("keys", "list", **present).out.split()[0]
    second = printed_settings(command, **present)
    assert second["TICKET_PUBLIC_KEYS"] == first
    third = printed_settings(command, **second)
    signs = command("keys", "list", **second).out.split()[0]
    assert third["TICKET_PUBLIC_KEYS"].split(",") == [first, signs]
    assert third["TICKET_KEY_ID"] == "3"
    again = printed_settings(command, TICKET_KEY_ID="15", **present)
    assert again["TICKET_KEY_ID"] == "0"


@pytest.mark.databases("sqlite")
def test_numbers_of_the_settings_can_run_out(command: Command) -> None:
    others = ",".join(f"{number}:{number:064x}" for number in range(16) if number != 1)
    done = command("keys", "rotate", TICKET_KEY="5a" * 32, TICKET_PUBLIC_KEYS=others)
    assert done.code == 2
    assert "All 16 numbers are in use." in done.err


@pytest.mark.databases("sqlite")
def test_what_only_a_file_can_do_is_said(command: Command) -> None:
    for words in (("keys", "drop", "1"), ("keys", "create")):
        done = command(*words, TICKET_KEY="5a" * 32)
        assert done.code == 2
        assert "FESTIVAL_TICKET" in done.err
        assert "Traceback" not in done.err


def test_what_root_makes_stays_the_festivals_own(committed_app: Flask, command: Command) -> None:
    """Else the festival could not read its own keys after an operator has rotated them."""
    path = key_file(committed_app).path
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")
    owner = path.stat().st_uid
    lock = path.with_name(f"{path.name}.lock")
    lock.unlink(missing_ok=True)
    assert command("keys", "rotate").code == 0
    assert (path.stat().st_uid, lock.stat().st_uid) == (owner, owner)
    assert path.stat().st_mode & 0o777 == 0o600
