"""The OpenAPI description, made by flask-smorest from the endpoints and their schemas."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app
from flask_smorest import Api

from festival.views.api.schemas import Error

METHODS = ("get", "post", "patch")
WORDS = """Bookings of a learning festival for other programs. Send the token with each request, as
`Authorization: Bearer TOKEN`. Each write needs an `Idempotency-Key`: sent again with the same body
it gets the first answer again, for seven days. A refusal changes nothing, is not remembered, and is
judged anew."""


class Description(Api):
    """Only describes: errors are answered by ``errors.py``, the description by ``guide.py``."""

    ERROR_SCHEMA = Error

    def _register_error_handlers(self) -> None:
        """Theirs would answer for the pages of the site too."""

    def _register_doc_blueprint(self) -> None:
        """Theirs loads scripts from elsewhere."""


def init_app(app: Flask, blueprint: Any) -> None:
    app.config.setdefault("PAGINATION_HEADER_NAME", None)
    described = Description(
        spec_kwargs={
            "title": "Festival bookings",
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {"description": " ".join(WORDS.split())},
            "security": [{"bearer": []}],
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        }
    )
    described.init_app(app)
    described.register_blueprint(blueprint)
    app.extensions["api_description"] = described


def specification() -> dict[str, Any]:
    """The whole description."""
    return cast(dict[str, Any], current_app.extensions["api_description"].spec.to_dict())


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked, for the page."""

    method: str
    path: str
    summary: str
    roles: str


def operations() -> list[Operation]:
    """Everything that can be asked, in the order of the description."""
    return list(_operations())


def _operations() -> Iterator[Operation]:
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        if not rule.endpoint.startswith("api."):
            continue
        for method in sorted((rule.methods or set()) & {one.upper() for one in METHODS}):
            doc = (view.__doc__ or "").strip().partition("\n\n")[0]
            yield Operation(
                method=method,
                path=re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", rule.rule),
                summary=" ".join(doc.split()),
                roles=str(getattr(view, "access", "")).removeprefix("token:"),
            )
