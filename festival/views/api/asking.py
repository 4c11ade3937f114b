"""Who asks, whether they may, and whether they have asked before."""

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Response, current_app, g, json, request

from festival.domain import clock, tokens
from festival.domain.duty import RETRY_SECONDS
from festival.domain.errors import DomainError
from festival.domain.observations import Limit, note_use, slices
from festival.domain.tokens import Caller
from festival.extensions import write
from festival.models import IdempotencyKey, TokenRole
from festival.views.access import declare
from festival.views.api.answers import in_json
from festival.views.api.errors import Problem
from festival.views.api.reading import Blueprint

View = TypeVar("View", bound=Callable[..., Any])
EVERYBODY = tuple(TokenRole)
BOOKERS = (TokenRole.web, TokenRole.partner, TokenRole.desk)
KEY = "Idempotency-Key"
KEY_PARAMETER = {
    "in": "header",
    "name": KEY,
    "required": True,
    "description": "A new one for each write: 1 to 200 visible letters. The same again gives the "
    "first answer again.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}


def may(*roles: TokenRole) -> Callable[[View], View]:
    """Programs whose token has one of these roles."""

    def guard(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            g.caller = _recognise()
            if caller().token.role not in roles:
                raise Problem(403, "wrong_role", "This token may not do that.")
            return view(*args, **kwargs)

        return cast(View, declare(checked, "token:" + ",".join(roles)))

    return guard


def caller() -> Caller:
    """Whose request this is; only for views that declared who may ask."""
    return cast(Caller, g.caller)


def _recognise() -> Caller:
    """Raises TokenRefused, and Problem where there is no token or it was used too much."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        challenge = {"WWW-Authenticate": 'Bearer realm="festival"'}
        words = "Send your token: Authorization: Bearer, a space, and the token."
        raise Problem(401, "token_missing", words, headers=challenge)
    found = tokens.recognise(secret.strip(), request.headers.get(KEY))
    if not slices.allow(_limit(current_app.config["API_LIMIT"]), str(found.token.id)):
        raise Problem(429, headers={"Retry-After": "60"})
    note_use(found.token, clock.now())
    return found


@cache
def _limit(tries: int) -> Limit:
    return Limit("api", tries, 1)


def once(view: View) -> View:
    """A write, which needs a key; with one that had an answer already, that answer is given."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        _check_key(request.headers.get(KEY))
        first = caller().first
        if first is not None:
            return _again(first)
        _check_changes_are_made()
        return view(*args, **kwargs)

    return cast(View, Blueprint.doc(parameters=[KEY_PARAMETER])(checked))


def _check_key(key: str | None) -> None:
    if key is None:
        raise Problem(
            400, "idempotency_key_missing", "Send a header Idempotency-Key, a new one each time."
        )
    if not 1 <= len(key) <= 200 or not all("!" <= letter <= "~" for letter in key):
        raise Problem(
            400, "idempotency_key_wrong", "An Idempotency-Key is 1 to 200 visible ASCII letters."
        )


def _check_changes_are_made() -> None:
    if caller().only_reads:
        headers = {"Retry-After": str(RETRY_SECONDS)}
        words = "Nothing can be changed just now. Send it again later with the same key."
        raise Problem(503, "read_only", words, headers=headers)


def _again(first: IdempotencyKey) -> Response:
    """The first answer, where the request is the same. Raises Problem."""
    if first.request_hash != _request_hash():
        raise Problem(
            422,
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Use a new one.",
        )
    return in_json(first.answer, first.status, Idempotent_Replayed="true")


def _request_hash() -> str:
    told = f"{request.method}\0{request.path}\0".encode() + request.get_data()
    return hashlib.sha256(told).hexdigest()


def carried_out(work: Callable[[], dict[str, Any]], status: int = 200) -> Response:
    """Do this work in one transaction that also keeps its answer. Of two requests with one key at
    the same time, the second has its work undone and is given the first one's answer."""
    token, key = caller().token, request.headers[KEY]
    try:
        with write():
            answer = json.dumps(work())
            tokens.keep_answer(token, key, _request_hash(), status, answer)
    except (DomainError, Problem, sa.exc.IntegrityError):
        if (answered := told_already()) is not None:
            return answered
        raise
    return in_json(answer, status)


def told_already() -> Response | None:
    """The answer that the same request was given while this one was on its way."""
    first = tokens.first_answer(caller().token, request.headers[KEY])
    return None if first is None else _again(first)
