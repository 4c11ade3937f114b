"""The ticket code: what it says, and who is believed."""

import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from festival.domain import tickets
from festival.domain.tickets import LETTERS, NotATicket, NotGenuine, TicketFacts, TicketKeys
from festival.extensions import db
from tests import factories as make

KEYS = TicketKeys("test", 1, hashlib.sha256(b"a key for tests").digest())
FACTS = TicketFacts(number=0xDEADBEEF, occurrence_id=42, people=3, generation=1)
CODE = KEYS.sign(FACTS)


def public(keys: TicketKeys) -> bytes:
    return keys.signing_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def test_the_code_is_120_letters_of_the_layout() -> None:
    assert len(CODE) == 120
    assert set(CODE) <= set(LETTERS)
    raw = tickets.decode(CODE)
    assert len(raw) == 75
    assert raw[:11] == bytes.fromhex("11 deadbeef 0000002a 03 01")
    assert raw[0] == 1 << 4 | 1
    KEYS.signing_key.public_key().verify(raw[11:], b"fest-ticket/1\0test\0" + raw[:11])


def test_what_is_signed_is_read() -> None:
    assert KEYS.read(CODE) == FACTS


@given(
    st.builds(
        TicketFacts,
        number=st.integers(1, 2**32 - 1),
        occurrence_id=st.integers(0, 2**32 - 1),
        people=st.integers(1, 255),
        generation=st.integers(0, 255),
    )
)
def test_every_ticket_comes_back_as_it_was(facts: TicketFacts) -> None:
    assert KEYS.read(KEYS.sign(facts)) == facts


@pytest.mark.parametrize(
    "scanned",
    [
        CODE.lower(),
        tickets.in_groups(CODE),
        tickets.in_groups(CODE, 4).replace(" ", "-"),
        f"  {CODE}\r\n",
        f"https://festival.example/t/{CODE}",
        f"https://festival.example/t/{CODE.lower()}?utm=x#top",
        f"https://festival.example/check?code={CODE}&from=mail",
    ],
)
def test_it_is_found_as_it_may_be_scanned(scanned: str) -> None:
    assert KEYS.read(scanned) == FACTS


@pytest.mark.parametrize(
    "scanned",
    ["", " ", CODE[:-1], CODE + "0", CODE[:60], "https://example.org/", "WLF-7K4-92M", "\0" * 120]
    + [CODE[:-1] + letter for letter in "ILOU!é"],
)
def test_what_is_no_ticket(scanned: str) -> None:
    with pytest.raises(NotATicket):
        KEYS.read(scanned)


@pytest.mark.parametrize("place", range(2, 120, 7))
def test_one_changed_letter_is_not_genuine(place: int) -> None:
    other = LETTERS[(LETTERS.index(CODE[place]) + 1) % 32]
    with pytest.raises(NotGenuine):
        KEYS.read(CODE[:place] + other + CODE[place + 1 :])


def test_a_code_made_up_is_not_genuine() -> None:
    forger = TicketKeys("test", 1, Ed25519PrivateKey.generate().private_bytes_raw())
    with pytest.raises(NotGenuine):
        KEYS.read(forger.sign(FACTS))


def test_another_installations_tickets_are_not_genuine() -> None:
    for name in ("test2", "tes", "test\0x"):
        with pytest.raises(NotGenuine):
            KEYS.read(replace(KEYS, instance=name).sign(FACTS))


def test_another_version_is_not_one_of_ours() -> None:
    raw = bytearray(tickets.decode(CODE))
    raw[0] = 2 << 4 | 1
    with pytest.raises(NotATicket):
        KEYS.read(tickets.encode(bytes(raw)))


def test_an_older_key_is_believed_as_long_as_it_is_kept() -> None:
    newer = TicketKeys("test", 2, hashlib.sha256(b"another").digest())
    with pytest.raises(NotGenuine):
        newer.read(CODE)
    keeping = replace(newer, others={1: public(KEYS)})
    assert keeping.read(CODE) == FACTS
    assert keeping.read(keeping.sign(FACTS)) == FACTS
    with pytest.raises(NotGenuine):
        KEYS.read(keeping.sign(FACTS))


def test_the_key_does_not_show_in_what_is_printed() -> None:
    assert KEYS.private.hex() not in repr(KEYS)
    assert repr(KEYS.private) not in repr(KEYS)


@given(st.text())
def test_no_text_breaks_the_reader(scanned: str) -> None:
    with pytest.raises((NotATicket, NotGenuine)):
        KEYS.read(scanned)


@given(st.text(alphabet=LETTERS + LETTERS.lower() + " -/?", min_size=100, max_size=140))
def test_no_code_breaks_the_reader(scanned: str) -> None:
    with pytest.raises((NotATicket, NotGenuine)):
        KEYS.read(scanned)


@given(st.binary(min_size=75, max_size=75))
def test_letters_are_bytes(raw: bytes) -> None:
    assert tickets.decode(tickets.encode(raw)) == raw


@pytest.mark.usefixtures("app")
class TestIssuing:
    def test_numbers_do_not_tell_the_volume(self) -> None:
        occurrence = make.occurrence_of(make.session())
        numbers = [make.reservation_of(make.booking(occurrence)).ticket for _ in range(5)]
        made = [ticket.number for ticket in numbers if ticket]
        assert len(set(made)) == 5
        assert max(made) - min(made) > 1000

    def test_a_new_one_after_255_has_a_new_number(self) -> None:
        claim = make.reservation_of(make.booking(make.occurrence_of(make.session())))
        assert claim.ticket is not None
        number = claim.ticket.number
        claim.ticket.generation = 254
        assert (tickets.reissue(claim).generation, claim.ticket.number) == (255, number)
        newest = tickets.reissue(claim)
        db.session.flush()
        assert newest.generation == 0
        assert newest.number != number
