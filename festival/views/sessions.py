"""Who has a session: people at a browser. Programs and feeds have none, so that no answer to them
depends on a cookie or sets one, and caches on the way may keep it for everybody."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from festival.views.api.errors import PREFIX

FEEDS = (".ics", ".atom", ".json")

SYNC = "/scan/sync"


class SessionsOfPeople(SecureCookieSessionInterface):
    """Flask's session, for requests that have one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if is_for_a_program(request.path):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_for_a_program(request.path):
            super().save_session(app, session, response)


def is_for_a_program(path: str) -> bool:
    """Whether this address is the API's, a feed's, or where phones at doors send to. The page about
    the API is for people."""
    return (path.startswith(PREFIX) and path != PREFIX) or path.endswith(FEEDS) or path == SYNC
