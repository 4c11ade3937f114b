"""Pages for what went wrong: in plain words, with what to do next."""

from typing import Any

import sqlalchemy as sa
from flask import Flask, g, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from festival.domain.errors import DomainError, NotFound
from festival.extensions import db
from festival.forms.base import in_words

PAGES = (400, 403, 404, 405, 409, 413, 429)

Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    for code in PAGES:
        app.register_error_handler(code, show)
    app.register_error_handler(CSRFError, show)
    app.register_error_handler(DomainError, show_refusal)
    app.register_error_handler(sa.exc.OperationalError, show_rest)
    app.register_error_handler(500, show_fault)
    app.register_error_handler(503, show_rest)


def show(error: HTTPException) -> Answer:
    """The page of an expected HTTP error."""
    code = error.code or 400
    db.session.rollback()
    headers = {"Retry-After": "900"} if code == 429 else {}
    return render_template(f"errors/{code}.html"), code, headers


def show_refusal(error: DomainError) -> Answer:
    """A refusal that no form took."""
    db.session.rollback()
    if isinstance(error, NotFound):
        return render_template("errors/404.html"), 404
    return render_template("errors/409.html", message=in_words(error)), 409


def show_fault(_error: Any) -> Answer:
    g.bare = True  # ask nothing of what may be broken
    return render_template("errors/500.html"), 500


def show_rest(_error: Any) -> Answer:
    """The database does not answer."""
    g.bare = True
    return render_template("errors/503.html"), 503, {"Retry-After": "60"}
