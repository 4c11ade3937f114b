"""Mail that came back: what a delivery status notification (RFC 3464) says of a message of ours."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail

from festival.delivery import statuses

RETURNED = (
    *("message/rfc822", "message/global"),
    *("text/rfc822-headers", "message/global-headers"),
)
# How a mailbox of several begins each: "From sender Tue Jun  1 10:00:00 2027". One message that is
# piped to us may begin so as well.
FROM_LINE = re.compile(rb"(?:\A|\r?\n\r?\n)From \S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d .*\r?\n")


@dataclass(frozen=True)
class Report:
    """What a notification says: of which message (the Message-ID without its domain; empty: none
    of ours), whether it was given up, with which status (5.1.1), and why."""

    message_id: str = ""
    failed: bool = False
    status: str = ""
    why: str = ""

    @property
    def refused(self) -> bool:
        """Whether the address does not work: not so where a mailbox is full, or a mail too big."""
        return self.failed and statuses.strikes_out(self.status, self.why)


def split(raw: bytes) -> list[bytes]:
    """The messages of a mailbox, or the one message that was piped to us."""
    return [part for part in FROM_LINE.split(raw) if part.strip()]


def read(raw: bytes, domain: str) -> Report:
    """What this mail says of a message whose Message-ID ends in our ``domain``; of anything else,
    and of garbage, an empty report."""
    try:
        return _read(email.message_from_bytes(raw), domain)
    except Exception:  # noqa: BLE001 - anybody may mail us anything; the next one is read all the same
        return Report()


def _read(mail: Mail, domain: str) -> Report:
    said = [block for part in mail.walk() for block in _blocks(part)]
    ours = next((found for part in mail.walk() if (found := _original(part, domain))), "")
    if not said or not ours:
        return Report()
    for block in said:
        if _word(block, "Action") == "failed":
            status = _word(block, "Status")
            return Report(ours, failed=True, status=status, why=_why(block, status))
    return Report(ours, status=_word(said[0], "Status"))


def _blocks(part: Mail) -> Iterator[Mail]:
    """What is said of each recipient."""
    payload = part.get_payload()
    if part.get_content_type().endswith("delivery-status") and isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Mail) and one["Action"])


def _original(part: Mail, domain: str) -> str:
    """The Message-ID of ours in the returned message or headers."""
    if part.get_content_type() not in RETURNED:
        return ""
    payload = part.get_payload()
    if isinstance(payload, list):
        returned = payload[0] if payload else None
    else:
        body = part.get_payload(decode=True)
        returned = email.message_from_bytes(body if isinstance(body, bytes) else b"")
    header = str(returned["Message-ID"] or "") if isinstance(returned, Mail) else ""
    found = re.search(rf"<([0-9a-f-]{{36}})@{re.escape(domain)}>", header)
    return found[1] if found else ""


def _word(block: Mail, name: str) -> str:
    words = str(block[name] or "").split()
    return words[0].lower() if words else ""


def _why(block: Mail, status: str) -> str:
    """In the other server's words, else the bare status."""
    said = " ".join(str(block["Diagnostic-Code"] or "").split())
    said = re.sub(r"^(?:smtp|x-[\w-]+) *; *", "", said, flags=re.IGNORECASE)
    return "".join(letter for letter in said if letter.isprintable()) or status or "it came back"
