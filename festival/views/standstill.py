"""While nothing may be changed: what is asked to change something is answered in plain words, but
for the doors, for signing in and out, and for the duty manager."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue

from festival.domain.duty import RETRY_SECONDS
from festival.views.api import errors as api_errors
from festival.views.page import edition

View = TypeVar("View", bound=Callable[..., Any])
READS = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask) -> None:
    app.before_request(refuse_changes)


def in_any_case(view: View) -> View:
    """What this view does is done also while nothing else may be changed."""
    view.in_any_case = True  # type: ignore[attr-defined]
    return view


def refuse_changes() -> ResponseReturnValue | None:
    """Answer a change that cannot be made now; None for all others."""
    if request.method in READS or request.endpoint is None or api_errors.is_ours():
        return None  # programs are told with their token
    if getattr(current_app.view_functions[request.endpoint], "in_any_case", False):
        return None
    found = edition()
    if found is None or found.read_only_at is None:
        return None
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return render_template("errors/read_only.html"), 503, headers
