"""Calendars as three programs by other people read them: icalendar, vobject, and ical.js, which is
what Thunderbird and Nextcloud read them with."""

import json
import subprocess
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import icalendar
import pytest
import vobject
from playwright._impl._driver import compute_driver_executable

from tests.support.browser import NO_DRIVER

ICAL_JS = Path(__file__).resolve().parents[1] / "vendor" / "ical.js"
SCRIPT = """
const ICAL = require(process.argv[1]);
ICAL.design.strict = true;
const calendar = new ICAL.Component(ICAL.parse(require("fs").readFileSync(0, "utf8")));
calendar.getAllSubcomponents("vtimezone").forEach(zone => ICAL.TimezoneService.register(zone));
const utc = time => time.convertToZone(ICAL.Timezone.utcTimezone).toString();
const events = calendar.getAllSubcomponents("vevent").map(one => {
  const event = new ICAL.Event(one), of = name => one.getFirstPropertyValue(name);
  return {
    uid: event.uid, sequence: event.sequence, starts: utc(event.startDate),
    ends: utc(event.endDate), stamp: utc(of("dtstamp")), summary: event.summary,
    description: event.description, location: event.location, status: of("status"),
  };
});
console.log(JSON.stringify(events));
"""


@dataclass(frozen=True)
class Read:
    """An entry as a program understands it, its times in UTC."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    stamp: datetime
    summary: str
    description: str
    location: str
    status: str


def by_icalendar(raw: bytes) -> list[Read]:
    calendar = icalendar.Calendar.from_ical(raw)
    assert [error for part in calendar.walk() for error in part.errors] == []
    return [
        Read(
            *(str(event["UID"]), int(event["SEQUENCE"])),
            *(event[name].dt.astimezone(UTC) for name in ("DTSTART", "DTEND", "DTSTAMP")),
            *(str(event[name]) for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "STATUS")),
        )
        for event in calendar.events
    ]


def by_vobject(raw: bytes) -> list[Read]:
    calendar = vobject.readOne(raw.decode())
    return [
        Read(
            *(event.uid.value, int(event.sequence.value)),
            *(one.value.astimezone(UTC) for one in (event.dtstart, event.dtend, event.dtstamp)),
            *(event.summary.value, event.description.value),
            *(event.location.value, event.status.value),
        )
        for event in calendar.contents.get("vevent", [])
    ]


@cache
def node() -> str:
    """Playwright brings one."""
    program = compute_driver_executable()[0]
    works = subprocess.run([program, "--version"], capture_output=True, check=False)
    return program if works.returncode == 0 else ""


def by_ical_js(raw: bytes) -> list[Read]:
    if not node():
        pytest.skip(NO_DRIVER)
    command = [node(), "-e", SCRIPT, str(ICAL_JS)]
    done = subprocess.run(command, input=raw, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return [
        Read(
            *(one["uid"], one["sequence"]),
            *(_moment(one[name]) for name in ("starts", "ends", "stamp")),
            *(one[name] for name in ("summary", "description", "location", "status")),
        )
        for one in json.loads(done.stdout)
    ]


def _moment(text: str) -> datetime:
    assert text.endswith("Z"), text
    return datetime.fromisoformat(text)


def read(raw: bytes) -> list[Read]:
    """The entries, on which all three have to agree."""
    known, *others = (_in_order(reader(raw)) for reader in (by_icalendar, by_vobject, by_ical_js))
    for other in others:
        assert other == known
    return known


def _in_order(events: Iterable[Read]) -> list[Read]:
    return sorted(events, key=lambda one: (one.starts, one.uid))


def check_bytes(raw: bytes) -> list[bytes]:
    """What the standard and real programs want of the bytes; the lines."""
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\r\n")
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    for line in lines:
        assert len(line) <= 75, line
        text = line.decode()  # folded between letters
        assert len(text.splitlines()) <= 1, text
        assert "Cc" not in {unicodedata.category(letter) for letter in text}, text
    return lines


def unfolded(raw: bytes) -> list[str]:
    """The lines as they are meant."""
    return raw.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
