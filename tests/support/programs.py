"""A program that uses the API: a token, JSON, a fresh key for each write."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from festival.domain import tokens
from festival.extensions import db
from festival.models import Occurrence, TokenRole
from tests.support.client import FestivalClient, PageResponse, make_client

keys = itertools.count(1)
CONTACT = {"name": "Ada Lovelace", "email": "ada@example.org", "phone": "07700 900982"}


def make_token(role: TokenRole = TokenRole.web, **facts: Any) -> str:
    """The secret of a new token, committed."""
    _token, secret = tokens.create(name="A kiosk", role=role, **facts)
    db.session.commit()
    return secret


def wanted(occurrence: Occurrence | int, adults: int = 1, **more: Any) -> dict[str, Any]:
    """A reservation as it is sent."""
    number = occurrence if isinstance(occurrence, int) else occurrence.id
    return {"occurrence": number, "adults": adults, **more}


def body(*reservations: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A booking as it is sent."""
    return {"reservations": list(reservations), "contact": CONTACT, **more}


@dataclass
class Program:
    """One program with one token."""

    app: Flask
    secret: str = ""
    client: FestivalClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = make_client(self.app)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}

    def get(self, path: str, **query: Any) -> PageResponse:
        answer: PageResponse = self.client.get(
            f"/api/v1/{path}", query_string=query, headers=self.bearer
        )
        return answer

    def send(
        self,
        method: str,
        path: str,
        sent: Any = None,
        *,
        key: str | None = "",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> PageResponse:
        """A write; with a new key unless one is given, or None."""
        told = dict(self.bearer)
        if key is not None:
            told["Idempotency-Key"] = key or f"key-{next(keys)}"
        if sent is not None:
            more["json"] = sent
        answer: PageResponse = self.client.open(
            f"/api/v1/{path}", method=method, headers=told | dict(headers or {}), **more
        )
        return answer

    def post(self, path: str, sent: Any = None, **more: Any) -> PageResponse:
        return self.send("POST", path, sent, **more)

    def patch(self, path: str, sent: Any = None, **more: Any) -> PageResponse:
        return self.send("PATCH", path, sent, **more)

    def book(self, *reservations: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """The booking that was made."""
        answer = self.post("bookings", body(*reservations), **more)
        assert answer.status_code == 201, answer.text
        return answer.json  # type: ignore[no-any-return]


def reasons(answer: PageResponse) -> Sequence[str]:
    """Why which reservation was refused."""
    assert answer.json is not None
    return [one["reason"] for one in answer.json["reservations"]]
