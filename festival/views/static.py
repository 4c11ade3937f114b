"""Static files, served beside the application and kept by browsers for a year.

Every link to one carries its content's hash, so a changed file has another address.
"""

from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

from festival.paths import STATIC
from festival.views.page import security_headers

YEAR = 365 * 24 * 3600


def middleware(app: Flask) -> WhiteNoise:
    """The application with its static files before it."""
    fixed = security_headers(app)

    def add_headers(headers: Any, _path: str, _url: str) -> None:
        for name, value in fixed.items():
            headers[name] = value

    return WhiteNoise(
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=YEAR,
        autorefresh=app.debug or app.testing,
        add_headers_function=add_headers,
    )
