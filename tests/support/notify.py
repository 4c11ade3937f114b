"""GOV.UK Notify's API on loopback: texts, and what became of them; it can misbehave."""

import contextlib
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE, SECRET = str(uuid.UUID(int=7)), str(uuid.UUID(int=9))
TEMPLATE = str(uuid.UUID(int=11))
BAD_NUMBER = ("ValidationError", "phone_number Not a valid phone number")
NO_MORE_TODAY = ("TooManyRequestsError", "Exceeded send limits (LIMIT NUMBER) for today")
WRONG_KEY = ("AuthError", "Invalid token: API key not found")
NO_TEMPLATE = ("BadRequestError", "Template not found")
TOO_LONG = (
    "ValidationError",
    "Content for template has a character count greater than the limit of 918",
)


class NotifyServer:
    """``texts`` is what was taken, as JSON; ``refuse(400, BAD_NUMBER)`` answers the next ones so;
    ``behave("drop")`` cuts the connection, ``"lose the answer"`` takes the text first, ``"hang"``
    says nothing until the end."""

    def __init__(self) -> None:
        self.texts: list[dict[str, Any]] = []
        self.asked: list[str] = []  # references that were asked for
        self.refusal: tuple[int, tuple[str, str]] | None = None
        self.behaviour = "accept"
        self.over = threading.Event()
        handler = type("Handler", (_Handler,), {"notify": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def settings(self) -> dict[str, Any]:
        """What makes an application send its texts here."""
        return {
            "SMS_NOTIFY_KEY": f"test-{SERVICE}-{SECRET}",
            "SMS_NOTIFY_TEMPLATE": TEMPLATE,
            "SMS_NOTIFY_URL": f"http://127.0.0.1:{self._server.server_address[1]}",
        }

    def refuse(self, status: int, error: tuple[str, str]) -> None:
        self.refusal = (status, error)

    def behave(self, behaviour: str) -> None:
        self.behaviour, self.refusal = behaviour, None

    def start(self) -> "NotifyServer":
        self._thread.start()
        return self

    def stop(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    notify: NotifyServer

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._is_refused():
            return
        if self.notify.behaviour in ("drop", "hang"):
            self._vanish()
            return
        assert self.path == "/v2/notifications/sms"
        if sent.keys() != {"phone_number", "template_id", "personalisation", "reference"}:
            self._refuse(400, ("ValidationError", "Additional properties are not allowed"))
            return
        self.notify.texts.append(sent)
        if self.notify.behaviour == "lose the answer":
            self._vanish()
            return
        body = sent["personalisation"]["body"]
        self._answer(201, {"id": str(uuid.uuid4()), "content": {"body": body}})

    def do_GET(self) -> None:
        if self._is_refused():
            return
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query)
        assert (parts.path, asked["template_type"]) == ("/v2/notifications", ["sms"])
        (reference,) = asked["reference"]
        self.notify.asked.append(reference)
        found = [one for one in self.notify.texts if one["reference"] == reference]
        rows = [{"reference": one["reference"], "status": "delivered"} for one in found]
        self._answer(200, {"notifications": rows, "links": {}})

    def _is_refused(self) -> bool:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
        assert claims["iss"] == SERVICE
        if self.notify.refusal is not None:
            self._refuse(*self.notify.refusal)
        return self.notify.refusal is not None

    def _refuse(self, status: int, error: tuple[str, str]) -> None:
        kind, message = error
        errors = [{"error": kind, "message": message}]
        self._answer(status, {"status_code": status, "errors": errors})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        with contextlib.suppress(OSError):  # who asked may be gone
            self.wfile.write(raw)

    def _vanish(self) -> None:
        if self.notify.behaviour == "hang":
            self.notify.over.wait(30)
        self.close_connection = True

    def log_message(self, *_words: object) -> None:
        pass
