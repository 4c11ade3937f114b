"""The ticket code: 75 signed bytes as 120 letters, and who signs.

Version 1 of the code: one byte of version and key id, the ticket's number, the occurrence's id,
the people admitted, the generation, and an Ed25519 signature over these with the instance's name,
so that another installation's tickets, or a test system's, are not genuine here.
"""

import re
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from festival.domain import clock
from festival.domain.errors import N_, DomainError
from festival.extensions import db
from festival.models import Occurrence, Reservation, Ticket

# Crockford's base 32: no I, L, O or U.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {letter: value for value, letter in enumerate(LETTERS)}
VERSION = 1
HEAD = struct.Struct(">BIIBB")
LENGTH = 120
KEY_IDS = 16  # four bits of the code
CODE = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")


class NotATicket(DomainError):
    """What was read is not one of our ticket codes at all."""

    reason = "not_a_ticket"


class NotGenuine(DomainError):
    """It has the shape of a ticket code, but nobody of this festival signed it."""

    reason = "not_genuine"


@dataclass(frozen=True)
class TicketFacts:
    """What a ticket code says."""

    number: int
    occurrence_id: int
    people: int
    generation: int


@dataclass(frozen=True)
class TicketKeys:
    """The key that signs, and the public keys that are believed."""

    instance: str
    key_id: int
    private: bytes = field(repr=False)
    others: Mapping[int, bytes] = field(default_factory=dict)

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private)

    @cached_property
    def public(self) -> dict[int, Ed25519PublicKey]:
        """Public keys by key id, older ones that are still believed among them."""
        older = {
            key_id: Ed25519PublicKey.from_public_bytes(raw) for key_id, raw in self.others.items()
        }
        return older | {self.key_id: self.signing_key.public_key()}

    def sign(self, facts: TicketFacts) -> str:
        """The 120 letters of this ticket."""
        head = HEAD.pack(
            VERSION << 4 | self.key_id,
            facts.number,
            facts.occurrence_id,
            facts.people,
            facts.generation,
        )
        return encode(head + self.signing_key.sign(self._covered(head)))

    def read(self, scanned: str) -> TicketFacts:
        """What a scanned or typed code says. Raises NotATicket or NotGenuine."""
        raw = decode(find_code(scanned))
        head, signature = raw[: HEAD.size], raw[HEAD.size :]
        first, number, occurrence_id, people, generation = HEAD.unpack(head)
        if first >> 4 != VERSION:
            raise NotATicket(N_("This is not one of our tickets."))
        key = self.public.get(first & 0x0F)
        try:
            if key is None:
                raise InvalidSignature
            key.verify(signature, self._covered(head))
        except InvalidSignature as error:
            raise NotGenuine(N_("This ticket was not made by this festival.")) from error
        return TicketFacts(number, occurrence_id, people, generation)

    def _covered(self, head: bytes) -> bytes:
        return f"fest-ticket/{VERSION}\0{self.instance}\0".encode() + head


def encode(raw: bytes) -> str:
    """Bytes as Crockford base 32, most significant bit first."""
    number = int.from_bytes(raw, "big")
    count = len(raw) * 8 // 5
    return "".join(LETTERS[(number >> 5 * (count - 1 - place)) & 31] for place in range(count))


def decode(letters: str) -> bytes:
    """The bytes behind these letters; all of them must be of the alphabet."""
    number = 0
    for letter in letters:
        number = number << 5 | VALUES[letter]
    return number.to_bytes(len(letters) * 5 // 8, "big")


def find_code(scanned: str) -> str:
    """The 120 letters inside what was scanned: bare, in an address, in lower case, with spaces
    or hyphens. Raises NotATicket."""
    text = scanned[:4000].upper()
    for part in re.split(r"[/?&=#]", text):
        bare = re.sub(r"[\s-]", "", part)
        if CODE.fullmatch(bare):
            return bare
    raise NotATicket(N_("This is not one of our tickets."))


def in_groups(code: str, size: int = 6) -> str:
    """The code in groups that can be read out."""
    return " ".join(code[start : start + size] for start in range(0, len(code), size))


def issue(reservation: Reservation, number: int | None = None) -> Ticket:
    """The reservation's first ticket, with a random number that tells nothing of the volume;
    ``number`` where one was drawn that no ticket has."""
    while number is None:
        drawn = secrets.randbelow(2**32 - 1) + 1
        if not db.session.scalar(sa.select(Ticket.id).where(Ticket.number == drawn)):
            number = drawn
    ticket = Ticket(number=number, generation=0, people=reservation.people, issued_at=clock.now())
    reservation.ticket = ticket
    return ticket


def reissue(reservation: Reservation) -> Ticket:
    """A newer ticket after the party changed; the older code is refused from now on."""
    ticket = reservation.ticket
    if ticket is None:
        return issue(reservation)
    if ticket.generation == 255:
        ticket.number = secrets.randbelow(2**32 - 1) + 1
        ticket.generation = 0
    else:
        ticket.generation += 1
    ticket.people = reservation.people
    ticket.issued_at = clock.now()
    return ticket


def last_needed(now: datetime) -> datetime:
    """Until when tickets that are out now may be shown at a door: the end of the last session that
    somebody has a ticket for, and a day; no sooner than now."""
    query = (
        sa.select(sa.func.max(Occurrence.ends_at))
        .join(Reservation, Reservation.occurrence_id == Occurrence.id)
        .join(Ticket, Ticket.reservation_id == Reservation.id)
    )
    last = db.session.scalar(query)
    return max(last + timedelta(days=1), now) if last else now


def code_of(ticket: Ticket, keys: TicketKeys) -> str:
    """The signed code of this ticket as it stands."""
    facts = TicketFacts(
        ticket.number, ticket.reservation.occurrence_id, ticket.people, ticket.generation
    )
    return keys.sign(facts)
