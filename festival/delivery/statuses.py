"""What a mail server's refusal is about: the address, or something that passes.

Enhanced status codes (RFC 3463) say it; without one, what the server says has to. In doubt it is
not the address: one mailbox that is full, or one setting of ours that is wrong, strikes nobody out.
"""

import re

CODE = re.compile(r"\d{3} ([245]\.\d{1,3}\.\d{1,3})\b")
OF_THE_SENDER = ("5.1.7", "5.1.8")  # an address as well, but ours
IS_CLOSED = "5.2.1"
NO_SUCH_HOST = "5.4.4"
SAYS_NOTHING = ("", "5.0.0")
# Another system, the way there, the conversation, policy; and a mailbox that is full.
PASSES = re.compile(r"5\.(?:[3457]\.\d+|2\.2)")
NO_SUCH_PERSON = re.compile(r"55[03]\b")
# Words of who says 550 or 553 to us, or for now.
OF_SOMETHING_ELSE = re.compile(
    r"relay|polic|spam|block|quota|denied|full\b|storage|space|reputation|black|dnsbl|\brbl|"
    r"\bspf\b|dkim|dmarc|authenticat|sender|limit|\brate\b|temporar|again|greylist|virus|content",
    re.IGNORECASE,
)


def enhanced(said: str) -> str:
    """The enhanced status code of an answer such as "550 5.1.1 No such person"; else empty."""
    found = CODE.match(said)
    return found[1] if found else ""


def is_of_the_address(status: str) -> bool:
    """Whether this enhanced status says that the address does not work."""
    return status == IS_CLOSED or (status.startswith("5.1.") and status not in OF_THE_SENDER)


def is_no_such_person(said: str) -> bool:
    """Whether an answer without an enhanced status says so: 550 or 553, and of nothing else."""
    without_addresses = re.sub(r"\S*@\S*", "", said)
    return bool(NO_SUCH_PERSON.match(said)) and not OF_SOMETHING_ELSE.search(without_addresses)


def passes(status: str) -> bool:
    """Whether what this enhanced status tells of may be over when it is tried again."""
    return PASSES.fullmatch(status) is not None


def strikes_out(status: str, said: str) -> bool:
    """Whether a mail that came back with this status, and these words, shows that the address
    does not work."""
    if status in SAYS_NOTHING:
        return is_no_such_person(said)
    return is_of_the_address(status) or status == NO_SUCH_HOST
