"""What programs send, read with care: JSON that is JSON, fields that are known, words that can be
stored. A wrong request is told what is wrong with it, field by field."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.flaskparser import FlaskParser

from festival.views.api.errors import Problem

LONGEST_BODY = 256 * 1024  # a booking of twenty sessions for large groups has a quarter of that
MOST_ERRORS = 20  # of thousands of wrong fields nobody reads more


class Parser(FlaskParser):
    """Reads requests for flask-smorest, and refuses in our words."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": ma.RAISE, "query": ma.RAISE}  # noqa: RUF012 - theirs

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The body; where every field of it may be left out, so may the body."""
        needs_nothing = not any(field.required for field in schema.fields.values())
        if needs_nothing and not req.content_length and "Transfer-Encoding" not in req.headers:
            return {}
        return read_json(req)

    def handle_error(self, error: ma.ValidationError, *_where: Any, **_how: Any) -> NoReturn:
        told = flat(error.messages)
        raise Problem(
            422,
            "invalid_request",
            "Some of what you sent is missing or wrong. Look at each field below.",
            errors=dict(list(told.items())[:MOST_ERRORS]),
        ) from error


class Blueprint(SmorestBlueprint):
    """Where the endpoints are; its requests are read with care."""

    ARGUMENTS_PARSER = Parser()


def read_json(request: Request) -> Any:
    """The JSON that was sent. Raises Problem."""
    request.max_content_length = LONGEST_BODY
    if not request.is_json:
        raise Problem(415)
    try:
        text = request.get_data().decode()
        found = json.loads(text, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()  # halves of characters cannot be stored
    except (ValueError, RecursionError) as error:
        raise Problem(400, "malformed_json", "The body is not proper JSON.") from error
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def flat(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Errors by the path of their field, like ``reservations.0.children.1.age``."""
    if not isinstance(messages, Mapping):
        return {path or "body": [str(one) for one in _listed(messages)]}
    told: dict[str, list[str]] = {}
    for name, inner in messages.items():
        # webargs says first where it looked, marshmallow "_schema" for the thing as a whole.
        own = "" if name in ("_schema", "json", "query") else str(name)[:60]
        told |= flat(inner, ".".join(filter(None, (path, own))))
    return told


def _listed(messages: Any) -> Sequence[Any]:
    return messages if isinstance(messages, list) else [messages]
