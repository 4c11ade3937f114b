"""How answers leave: as JSON that nobody keeps on the way."""

from typing import Any

from flask import Response, json


def in_json(text: str, status: int = 200, **headers: str) -> Response:
    """This JSON text as an answer."""
    made = Response(text, status, mimetype="application/json")
    made.headers["Cache-Control"] = "no-store"
    for name, value in headers.items():
        made.headers[name.replace("_", "-")] = value
    return made


def shown(thing: dict[str, Any]) -> Response:
    """This thing as the answer to a question."""
    return in_json(json.dumps(thing))
