"""The JSON API, version 1: for other sites, kiosks, partners and the phone line's own software.

Programs come with a token and nothing else: cookies are neither read nor set, so nobody's browser
can be made to book, and there is no CSRF token to check.
"""

from flask import Flask, Request, Response, request

from festival.extensions import csrf
from festival.views.api import (
    bookings,
    description,
    errors,
    guide,
    occurrences,
    reservations,
    waiting,
)
from festival.views.api.blueprint import blueprint

# Each puts its endpoints on the blueprint.
ENDPOINTS = (occurrences, bookings, reservations, waiting)


def _is_a_programs(request: Request) -> bool:
    return request.path.startswith(errors.PREFIX) and request.path != errors.PREFIX


def init_app(app: Flask) -> None:
    """Put the API on its addresses."""
    description.init_app(app, blueprint)
    app.register_blueprint(guide.blueprint)
    csrf.exempt(blueprint)
    app.register_error_handler(errors.Problem, errors.answer)
    app.after_request(_leave_no_page)


def _leave_no_page(response: Response) -> Response:
    """Also where the framework leads elsewhere by itself, programs are told so in JSON."""
    if 300 <= response.status_code < 400 and _is_a_programs(request):
        response.set_data('{"reason": "moved", "message": "This is at another address."}')
        response.mimetype = "application/json"
    return response
