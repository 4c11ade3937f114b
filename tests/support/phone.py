"""A volunteer's phone as the scanner's page makes it: it writes down, sends, and may be offline."""

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from festival.domain import clock
from tests.support.client import FestivalClient


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


@dataclass
class Phone:
    """``admit(...)`` and the like write an event down; ``sync()`` sends what waits."""

    client: FestivalClient
    token: str
    slow_by: timedelta = timedelta(0)  # how far its clock is behind
    waiting: list[dict[str, Any]] = field(default_factory=list)
    cursor: int = 0
    has: dict[str, str] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def now(self) -> datetime:
        """What its clock shows."""
        return clock.now() - self.slow_by

    def event(self, kind: str, **facts: Any) -> dict[str, Any]:
        made = {
            "id": str(uuid.uuid4()),
            "seq": next(self.numbers),
            "kind": kind,
            "at": ms(self.now),
            "source": "camera",
        } | facts
        self.waiting.append(made)
        return made

    def admit(self, ticket: Any, people: int | None = None, **facts: Any) -> dict[str, Any]:
        return self.event(
            "admit",
            ticket=ticket.number,
            occurrence=ticket.reservation.occurrence_id,
            people=people or ticket.people,
            generation=ticket.generation,
            verdict="welcome",
            **facts,
        )

    def undo(self, event: dict[str, Any]) -> dict[str, Any]:
        return self.event("undo", undoes=event["id"], ticket=event.get("ticket"))

    def walk_up(self, occurrence: int, people: int = 1, **facts: Any) -> dict[str, Any]:
        return self.event("walk_up", occurrence=occurrence, people=people, source="button", **facts)

    def post(self, **body: Any) -> Any:
        """One contact, exactly as said."""
        whole = {
            "schema": 1,
            "sent_at": ms(self.now),
            "cursor": self.cursor,
            "unsent": len(self.waiting),
            "has": self.has,
        } | body
        return self.client.post(
            "/scan/sync", json=whole, headers={"Authorization": f"Bearer {self.token}"}
        )

    def sync(self, *, wants: bool = False) -> dict[str, Any]:
        """Send what waits, 200 at a time; the last answer."""
        while True:
            part = self.waiting[:200]
            answer = self.post(events=part, wants=wants)
            assert answer.status_code == 200, answer.text
            told: dict[str, Any] = answer.json
            self.waiting = [one for one in self.waiting if one["id"] not in told["results"]]
            self.cursor = told.get("cursor", self.cursor)
            if not self.waiting or not part:
                return told


def pair(client: FestivalClient, code: str, pin: str, **facts: Any) -> Phone:
    """A phone that opens this pass by its code and PIN."""
    answer = client.post("/scan/pair", json={"code": code, "pin": pin})
    assert answer.status_code == 201, answer.text
    return Phone(client, answer.json["token"], **facts)
