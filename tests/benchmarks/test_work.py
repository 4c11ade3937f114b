"""What a booking, a ticket and a mail cost, against the one thing each cannot do without."""

from collections.abc import Callable
from itertools import count

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from festival.delivery import codes, mail, ticket_keys
from festival.domain import accounts, bookings, check, door, tickets
from festival.extensions import db, write
from festival.models import Counter, Message
from tests import factories
from tests.benchmarks.conftest import Floor

pytestmark = [pytest.mark.bench, pytest.mark.usefixtures("committed_app")]
MANY = 2000


def test_bookings(floor: Callable[..., Floor]) -> None:
    """Booking in the domain, without HTTP"""
    with write():
        db.session.add(Counter(name="bench", value=0))
        session = factories.session(capacity=MANY)
        occurrence_id = factories.occurrence_of(session).id

    def commit_one_row() -> None:
        with write():
            db.session.execute(
                sa.update(Counter).where(Counter.name == "bench").values(value=Counter.value + 1)
            )

    def run() -> factories.Occurrence:
        return db.session.get_one(factories.Occurrence, occurrence_id)

    def hold() -> None:
        with write():
            factories.held(run(), 2)

    def hold_and_confirm() -> None:
        with write():
            basket_id = factories.held(run(), 2).id
        with write():
            basket = db.session.get_one(factories.Booking, basket_id)
            bookings.confirm(
                basket,
                bookings.Contact("Ada Lovelace", "ada@example.org"),
                bookings.new_secret(),
                factories.booking_rules(),
            )

    def give_up_again() -> None:
        with write():
            booking = factories.booking(run(), 1)
            claim = factories.reservation_of(booking)
            bookings.give_up(booking, claim, [one.id for one in claim.attendees])

    row = floor("one row committed", commit_one_row)
    row.tell("holding two places", hold)
    row.tell("holding and confirming", hold_and_confirm)
    row.tell("booking and giving up", give_up_again)
    row.tell("every rule checked", check.broken_rules, 5)
    assert check.broken_rules() == []


@pytest.mark.databases("sqlite")
def test_tickets(floor: Callable[..., Floor]) -> None:
    """Tickets"""
    keys = ticket_keys()
    numbers = count(1)
    raw = Ed25519PrivateKey.generate()
    signing = floor("one Ed25519 signature", lambda: raw.sign(b"x" * 40), 500)

    def sign() -> str:
        return keys.sign(tickets.TicketFacts(next(numbers), 7, 3, 0))

    code = sign()
    assert keys.read(code).people == 3
    signing.tell("signing a ticket", sign, 500)
    signing.tell("reading a ticket", lambda: keys.read(code), 500)
    signing.tell("its picture as SVG", lambda: codes.svg(code))
    signing.tell("its picture as PNG", lambda: codes.png(code))


def test_the_door(floor: Callable[..., Floor]) -> None:
    """The door"""
    with write():
        occurrence = factories.occurrence_of(factories.session(capacity=MANY))
        codes_of = [factories.code_of(factories.booking(occurrence, 2)) for _ in range(50)]
        made, _secret, _pin = factories.door_pass(
            occurrence.room.venue, until_at=occurrence.ends_at
        )
        pass_id = made.id
    keys, edition = ticket_keys(), factories.the_edition()
    scanned = count()
    select = floor("one row read", lambda: db.session.scalar(sa.text("SELECT 1")), 200)

    def judge() -> door.Verdict:
        door_pass = db.session.get_one(factories.DoorPass, pass_id)
        return door.judge(door_pass, codes_of[next(scanned) % 50], keys, edition)

    assert judge().kind == "welcome"
    select.tell("a verdict at the door", judge)


@pytest.mark.databases("sqlite")
def test_mail(floor: Callable[..., Floor]) -> None:
    """Mail"""
    with write():
        booking = factories.booking(factories.occurrence_of(factories.session()), 3)
    message = db.session.scalars(sa.select(Message)).one()
    code = factories.code_of(booking)
    picture = floor("the picture of its ticket", lambda: codes.png(code, module=6))
    picture.tell("a mail with it", lambda: mail.render(message, ticket_keys()).as_bytes())


def test_passwords(floor: Callable[..., Floor]) -> None:
    """Passwords: slow on purpose, and the same for nobody as for somebody"""
    with write():
        somebody = factories.user()
    known = floor(
        "a password that fits",
        lambda: accounts.password_fits(somebody, factories.PASSWORD),
        10,
    )
    known.tell("one that does not", lambda: accounts.password_fits(somebody, "wrong"), 10)
    known.tell("nobody's", lambda: accounts.password_fits(None, "wrong"), 10)
