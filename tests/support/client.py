"""The test client: every request on its own, every page looked at."""

import contextvars
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Flask, Response, has_app_context
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from festival.extensions import db
from festival.models import User
from tests.support.page import Page
from tests.support.page_check import PageChecker


class PageResponse(Response):
    """An answer; where it is HTML, ``page`` is what a test reads of it."""

    is_fragment = False
    asked_for = "http://localhost/"

    @cached_property
    def page(self) -> Page:
        return Page(self.get_data(as_text=True), self.asked_for, fragment=self.is_fragment)

    @property
    def h1(self) -> str:
        return self.page.h1

    @property
    def words(self) -> str:
        """What a person reads on the page, in one line."""
        return self.page.text


class FestivalClient(FlaskClient):
    """Requests as a browser makes them, each in an application context of its own.

    Flask would lend a request the context that the test holds, and with it the database session,
    ``g`` and who is signed in; a forgotten commit would pass. So each runs in an empty context.
    What the test has in its session is committed before, and read anew after.
    """

    checker = PageChecker()
    looks_at_pages = True

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["buffered"] = True
        if has_app_context():
            db.session.commit()
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.expire_all()
        for one in (response, *response.history):
            one.request.environ["wsgi.input"].close()  # large files are kept in a real one
        return self._checked(response)

    def _checked(self, response: Any) -> Any:
        response.asked_for = response.request.url
        response.is_fragment = response.request.headers.get("HX-Request") == "true"
        is_page = self.looks_at_pages and response.mimetype == "text/html"
        is_page = is_page and "Content-Encoding" not in response.headers
        if is_page and not 300 <= response.status_code < 400:
            problems = self.checker.problems(response.page)
            listed = "\n  ".join(problems)
            assert not problems, f"{response.request.path} is not right:\n  {listed}"
        return response

    def submit(
        self, page: PageResponse | Page, button: str | None = None, /, **fields: Any
    ) -> PageResponse:
        """Fill in a form of this page, press its button, and go where it leads.

        Everything the form has is sent, also its hidden fields; only what it has can be filled in.
        None empties a field; True and False tick and untick a checkbox.
        """
        page = page if isinstance(page, Page) else page.page
        form = page.form(button, fields)
        address, pairs = form.filled(fields, button)
        if form.method == "get":
            parts = urlsplit(address)
            target = urlunsplit(parts._replace(query=urlencode(pairs), fragment=""))
            return self.get(target, follow_redirects=True)  # type: ignore[return-value]
        kind = "multipart/form-data" if form.multipart else "application/x-www-form-urlencoded"
        return self.open(
            address,
            method="POST",
            data=MultiDict(pairs),
            content_type=kind,
            follow_redirects=True,
        )

    def sign_in(self, user: User) -> None:
        """Be this person from here on, without the sign-in page."""
        identifier = user.get_id()
        with self.session_transaction() as session:
            session["_user_id"] = identifier
            session["_fresh"] = True

    def sign_out(self) -> None:
        """Be nobody, with no basket either."""
        self._cookies.clear()  # type: ignore[union-attr]


def make_client(app: Flask, **options: Any) -> FestivalClient:
    """A person at a browser with no cookies yet."""
    return FestivalClient(app, PageResponse, use_cookies=True, **options)
