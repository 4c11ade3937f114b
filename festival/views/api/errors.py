"""What went wrong, as JSON: a name for programs, a sentence for people, nothing of our insides."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from festival.domain.errors import DomainError
from festival.domain.tokens import TokenRefused
from festival.extensions import db
from festival.views.api.answers import in_json

PREFIX = "/api/v1/"
SENTENCES = {
    400: ("bad_request", "We cannot read this request."),
    404: ("not_found", "There is nothing at this address, or not for you."),
    405: ("method_not_allowed", "This address does not take this method."),
    413: ("too_large", "This request is too large."),
    415: ("wrong_content_type", "Send JSON, with Content-Type: application/json."),
    429: ("too_many_requests", "That was too much at once. Wait a minute, then go on."),
    500: ("fault", "Sorry, something went wrong on our side. Nothing was changed."),
    503: ("unavailable", "We cannot answer right now. Try again in a minute with the same key."),
}


class Problem(Exception):
    """A request that is refused before it comes to the domain, with what to say about it."""

    def __init__(
        self,
        status: int,
        reason: str = "",
        message: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        usual = SENTENCES.get(status, (f"http_{status}", "This cannot be done."))
        self.status = status
        self.body = {"reason": reason or usual[0], "message": message or usual[1], **more}
        self.headers = dict(headers or {})
        super().__init__(self.body["reason"])


def is_ours() -> bool:
    """Whether a program asked, not a person with a browser."""
    return request.path.startswith(PREFIX)


def answer(error: Exception) -> Response:
    """This error as JSON."""
    db.session.rollback()
    problem = error if isinstance(error, Problem) else _problem_of(error)
    made = in_json(json.dumps(problem.body), problem.status)
    made.headers.update(problem.headers)
    return made


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, TokenRefused):
        challenge = 'Bearer realm="festival", error="invalid_token"'
        return Problem(401, error.reason, str(error), headers={"WWW-Authenticate": challenge})
    if isinstance(error, DomainError):
        return Problem(409, **said(error))
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return Problem(405, headers={"Allow": allowed})
    if isinstance(error, HTTPException):
        return Problem(error.code or 400)
    if isinstance(error, sa.exc.OperationalError):
        cause = type(error.orig).__name__
        current_app.logger.error("No answer from the database: %s", cause)
        return Problem(503, headers={"Retry-After": "60"})
    return Problem(500)


def said(error: DomainError) -> dict[str, Any]:
    """A refusal for programs: its reason, its sentence, and the field it belongs to."""
    told = {"reason": error.reason, "message": str(error)}
    return told | ({"field": error.field} if error.field else {})
