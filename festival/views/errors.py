"""Pages for what went wrong: in plain words, with what to do next. Programs get JSON instead."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from festival.domain.errors import DomainError, NotFound
from festival.extensions import db
from festival.forms.base import in_words
from festival.views.api import errors as api_errors

PAGES = (400, 403, 404, 405, 409, 413, 429)

Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    app.log_exception = log_without_secrets  # type: ignore[method-assign]
    for code in PAGES:
        app.register_error_handler(code, for_whom(show))
    app.register_error_handler(HTTPException, for_whom(as_it_is))
    app.register_error_handler(CSRFError, for_whom(show))
    app.register_error_handler(DomainError, for_whom(show_refusal))
    app.register_error_handler(sa.exc.OperationalError, for_whom(show_rest))
    app.register_error_handler(500, for_whom(show_fault))
    app.register_error_handler(503, for_whom(show_rest))


def for_whom(page: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """This page for people; for programs the same in JSON."""

    @wraps(page)
    def show_or_tell(error: Exception) -> Any:
        return api_errors.answer(error) if api_errors.is_ours() else page(error)

    return show_or_tell


def as_it_is(error: HTTPException) -> HTTPException:
    """What has no page of its own."""
    return error


def log_without_secrets(exc_info: Any) -> None:
    """Name the rule, not the address: some addresses are secrets."""
    what = request.url_rule or "an address without a rule"
    current_app.logger.error("Exception on %s [%s]", what, request.method, exc_info=exc_info)


def show(error: HTTPException) -> Answer | Response:
    """The page of an expected HTTP error."""
    if isinstance(error, SecurityError):  # not our host: no page of ours has an address there
        return Response("This is not the address of this festival.\n", 400, mimetype="text/plain")
    code = error.code or 400
    db.session.rollback()
    headers = {"Retry-After": "900"} if code == 429 else {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
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


def show_rest(error: Exception) -> Answer:
    """The database does not answer. The log names the kind of fault: its text may hold what
    somebody typed."""
    if not isinstance(error, HTTPException):
        cause = type(getattr(error, "orig", error)).__name__
        current_app.logger.error("No answer from the database: %s", cause)
    g.bare = True
    return render_template("errors/503.html"), 503, {"Retry-After": "60"}
