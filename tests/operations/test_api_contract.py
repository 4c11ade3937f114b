"""The running API does what its description says, whatever is sent to it: schemathesis sends what
the description allows, what it forbids, and what lies on the edge of both, over real HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from festival.domain import bookings, check, tokens
from festival.extensions import db, write
from festival.models import Accompaniment, Booking, TokenRole
from tests import factories
from tests.factories import occurrence_of
from tests.support.contract import ROWS
from tests.support.live import ROOT, LiveServer

SETTINGS = """
[phases.coverage]
unexpected-methods = ["DELETE", "TRACE"]

[auth.openapi.bearer]
bearer = "{secret}"
"""


def _rows() -> dict[str, Any]:
    """Runs that are free, full, for children, in a series; who booked, waits, has an offer."""
    free = occurrence_of(factories.session(capacity=30))
    full = occurrence_of(factories.session(capacity=2, theme=free.session.theme))
    rules: dict[str, Any] = {"age_min": 4, "accompaniment": Accompaniment.adult_stays}
    for_children = occurrence_of(factories.session(question="Any allergies?", **rules))
    parts = factories.series(2)
    over = occurrence_of(factories.session())
    over.bookings_close_at = over.starts_at - timedelta(days=30)
    booked = [factories.booking(free, adults=2) for _ in range(4)]
    booked.append(factories.booking(parts[0]))
    booked.append(factories.booking(full, adults=2))
    booked += [factories.waiting(full) for _ in range(4)]
    booked += [_offered() for _ in range(4)]
    db.session.flush()
    return {
        "occurrences": [one.id for one in (free, full, for_children, *parts, over)],
        "reservations": [
            (booking.reference, claim.id) for booking in booked for claim in booking.reservations
        ],
    }


def _offered() -> Booking:
    """Somebody who waited and has an offer now."""
    run = occurrence_of(factories.session(capacity=2))
    other, waits = factories.booking(run, adults=2), factories.waiting(run)
    bookings.cancel_all(other)
    return waits


@pytest.mark.databases("sqlite")
def test_schemathesis_finds_nothing(
    committed_app: Flask, live_server: Callable[..., LiveServer], tmp_path: Path
) -> None:
    with write():
        rows = _rows()
        _token, secret = tokens.create(name="schemathesis", role=TokenRole.desk)
    server = live_server(workers=1)
    (tmp_path / "schemathesis.toml").write_text(SETTINGS.format(secret=secret))
    command = [
        *(str(Path(sys.executable).parent / "st"),),
        *("--config-file", str(tmp_path / "schemathesis.toml")),
        *("run", f"{server.url}/api/v1/openapi.json"),
        *("--checks", "all", "--phases", "coverage,fuzzing", "--mode", "all"),
        *("--max-examples", "6", "--seed", "1", "--generation-deterministic"),
        *("--no-color", "--continue-on-failure", "--warnings", "off"),
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,  # it keeps notes where it stands
        env=os.environ
        | {
            "SCHEMATHESIS_HOOKS": "tests.support.contract",
            "PYTHONPATH": str(ROOT),
            ROWS: json.dumps(rows),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "Operations:       14 selected / 14 total" in done.stdout
    assert "Exception on" not in server.output
    db.session.rollback()
    db.session.expire_all()  # look at what the server wrote
    assert check.broken_rules() == []
    assert db.session.query(Booking).count() > len(rows["reservations"])
