"""What the scanner's own script says of a text is what the server says of it.

Each test asks both about the same texts, the script in a page of the site.
"""

import base64
import secrets
from dataclasses import asdict
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page

from festival.domain import tickets
from festival.domain.tickets import LETTERS, NotATicket, NotGenuine, TicketFacts, TicketKeys
from tests.support.browser import PHONE, Pages

pytestmark = pytest.mark.browser
READ = """async ([texts, known]) => {
  const { readTicket } = await import("/static/scan/ticket.js");
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, readTicket(text, known)])
  );
}"""
FIND = """async (texts) => {
  const { findCode } = await import("/static/scan/ticket.js");
  return texts.map(findCode);
}"""
# How long each takes; the text is made in the page.
TIME = """async ([texts, known]) => {
  const { readTicket } = await import("/static/scan/ticket.js");
  const times = {};
  for (const [name, [before, letter, many, after]] of Object.entries(texts)) {
    const text = before + letter.repeat(many) + after;
    const begun = performance.now();
    const { kind } = readTicket(text, known);
    times[name] = [kind, performance.now() - begun];
  }
  return times;
}"""
FACTS = TicketFacts(number=4_294_967_295, occurrence_id=77, people=3, generation=1)
ORDER = 2**252 + 27742317777372353535851937790883648493  # of the curve's group
MILLIONS = 3_000_000
Known = dict[str, Any]


def private() -> bytes:
    return secrets.token_bytes(32)


def public(raw: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()


@pytest.fixture
def old_key() -> bytes:
    return private()


@pytest.fixture
def keys(old_key: bytes) -> TicketKeys:
    """The festival's, after its key was changed once."""
    return TicketKeys("löve-live", 9, private(), {3: public(old_key)})


@pytest.fixture
def known(keys: TicketKeys) -> Known:
    """What a phone is told of them."""
    told = {
        str(key_id): base64.urlsafe_b64encode(key.public_bytes_raw()).decode().rstrip("=")
        for key_id, key in keys.public.items()
    }
    return {"instance": keys.instance, "keys": told}


@pytest.fixture
def page(bare_site: str, new_page: Pages) -> Page:
    page = new_page(bare_site, viewport=PHONE)
    page.goto("/cookies")
    return page


def on_the_server(keys: TicketKeys, text: str) -> dict[str, Any]:
    """What the script should say."""
    try:
        facts = asdict(keys.read(text))
    except NotATicket:
        return {"kind": "not_ours"}
    except NotGenuine:
        return {"kind": "not_genuine"}
    return {"kind": "ticket", "occurrence": facts.pop("occurrence_id"), **facts}


def check_they_agree(page: Page, keys: TicketKeys, known: Known, texts: dict[str, str]) -> set[str]:
    """The kinds that were said, after it is sure that both say the same."""
    said: dict[str, dict[str, Any]] = page.evaluate(READ, [texts, known])
    assert said == {name: on_the_server(keys, text) for name, text in texts.items()}
    return {one["kind"] for one in said.values()}


def test_genuine_tickets_however_they_are_written(
    page: Page, keys: TicketKeys, known: Known, old_key: bytes
) -> None:
    """V2: a signed ticket verifies on the phone, without a network."""
    code = keys.sign(FACTS)
    older = TicketKeys(keys.instance, 3, old_key).sign(FACTS)
    ways = {
        "bare": code,
        "of the older key": older,
        "lower case": code.lower(),
        "in groups": tickets.in_groups(code),
        "with hyphens": "-".join(code[at : at + 4] for at in range(0, 120, 4)),
        "in lines": code[:50] + "\r\n\t" + code[50:] + "\n",
        "odd spaces": code[:9] + "\u00a0\u2003\u3000\x1d\x85" + code[9:],
        "in an address": f"https://festival.example/t/{code}",
        "in a query": f"https://festival.example/?x=1&t={code.lower()}#top",
        "as a fragment": f"HTTPS://FESTIVAL.EXAMPLE/T#{code}",
        "after much": "/" * 3880 + code,
        "after letters of two halves": "\U0001f3ab" * 3879 + "/" + code,
        "before much": code + "?" + "x" * 10_000,
    }
    assert check_they_agree(page, keys, known, ways) == {"ticket"}
    limits = {
        str(facts): keys.sign(facts)
        for facts in (TicketFacts(0, 0, 0, 0), TicketFacts(2**32 - 1, 2**32 - 1, 255, 255))
    }
    assert check_they_agree(page, keys, known, limits) == {"ticket"}


def test_fifty_tickets(page: Page, keys: TicketKeys, known: Known) -> None:
    random = Random(50)
    bits = random.getrandbits
    made = [TicketFacts(bits(32), bits(32), random.randint(1, 255), bits(8)) for _ in range(50)]
    codes = {str(place): keys.sign(facts) for place, facts in enumerate(made)}
    assert check_they_agree(page, keys, known, codes) == {"ticket"}


def test_what_nobody_here_signed(page: Page, keys: TicketKeys, known: Known) -> None:
    """What others sign, this festival's own tests among them; and codes in which somebody has
    changed a letter, at each place."""
    code = keys.sign(FACTS)
    raw = tickets.decode(code)
    same_key = keys.private
    others = {
        "a test system": TicketKeys("löve-test", 9, same_key).sign(FACTS),
        "another festival": TicketKeys("elsewhere", 9, private()).sign(FACTS),
        "another's key under our id": TicketKeys(keys.instance, 9, private()).sign(FACTS),
        "a key id nobody has": TicketKeys(keys.instance, 5, same_key).sign(FACTS),
        "another key's id": TicketKeys(keys.instance, 3, same_key).sign(FACTS),
        "no signature": tickets.encode(raw[:11] + bytes(64)),
        "all ones": tickets.encode(raw[:11] + b"\xff" * 64),
        "the signature twice around": tickets.encode(
            raw[:43] + (int.from_bytes(raw[43:], "little") + ORDER).to_bytes(32, "little")
        ),
    }
    assert check_they_agree(page, keys, known, others) == {"not_genuine"}
    changed = {}
    for place in range(len(code)):
        other = LETTERS[(LETTERS.index(code[place]) + 1 + place % 31) % 32]
        changed[f"letter {place}"] = code[:place] + other + code[place + 1 :]
    # In the first letter stands the version, and another version is not ours.
    assert check_they_agree(page, keys, known, changed) == {"not_genuine", "not_ours"}


def test_what_is_no_ticket(page: Page, keys: TicketKeys, known: Known) -> None:
    code = keys.sign(FACTS)
    texts = {
        "nothing": "",
        "a way into a network": "WIFI:T:WPA;S=Library;P:open/sesame;;",
        "an address": "https://example.org/poster?utm=1",
        "a letter short": code[:-1],
        "a letter more": code + "0",
        "letters that are none": "I" + code[1:],
        "only look alike": code[:60] + "\u0410" + code[61:],
        "two in a row": code + code,
        "cut by a slash": code[:60] + "/" + code[60:],
        "too far behind": "/" * 3881 + code,
        "behind letters of two halves": "\U0001f3ab" * 3880 + "/" + code,
        "a mark that is no space": "\ufeff" + code,
        "version 2": tickets.encode(b"\x29" + tickets.decode(code)[1:]),
        "a reference": "WLF-7K4-92M",
    }
    assert check_they_agree(page, keys, known, texts) == {"not_ours"}


def test_the_same_letters_are_found_in_any_text(page: Page, keys: TicketKeys) -> None:
    """Of 600 texts that are nearly a code, with what the two languages may see differently."""
    random = Random(600)
    pieces = [*" -\t\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2007\u200b\u2028\u202f\u205f\u3000",
              *"\ufeff\u2011\u2013/?&=#oOlLiIuU_.,ßſıﬀŉ\u0131\u1e9e\U0001f3ab\u0345\0"]  # fmt: skip
    texts = []
    for _ in range(600):
        letters = [
            random.choice(LETTERS + LETTERS.lower()) for _ in range(random.choice([119, 120]))
        ]
        for _ in range(random.choice([0, 1, 1, 2, 5])):
            letters.insert(random.randrange(len(letters)), random.choice(pieces))
        texts.append("".join(letters))

    def found(text: str) -> str | None:
        try:
            return tickets.find_code(text)
        except NotATicket:
            return None

    expected = [found(text) for text in texts]
    assert 100 < sum(code is not None for code in expected) < 500
    assert page.evaluate(FIND, texts) == expected


def test_keys_that_are_none_make_nothing_genuine(page: Page, keys: TicketKeys) -> None:
    code = keys.sign(FACTS)
    for told in ({}, {"9": ""}, {"9": "AAAA"}, {"9": "not base 64!"}, {"9": "A" * 43}):
        said = page.evaluate(READ, [{"it": code}, {"instance": keys.instance, "keys": told}])
        assert said == {"it": {"kind": "not_genuine"}}


def test_three_million_letters_are_answered_at_once(
    page: Page, keys: TicketKeys, known: Known
) -> None:
    code = keys.sign(FACTS)
    texts = {
        "letters": ("", "A", MILLIONS, ""),
        "spaces": ("", " ", MILLIONS, code),
        "hyphens": (code[:60], "-", MILLIONS, code[60:]),
        "slashes": ("", "/", MILLIONS, code),
        "pictures": ("", "\U0001f3ab", MILLIONS, code),
        "a code first": (code + "/", "x", MILLIONS, ""),
    }
    times = page.evaluate(TIME, [texts, known])
    kinds = {name: kind for name, (kind, _) in times.items()}
    assert kinds == dict.fromkeys(texts, "not_ours") | {"a code first": "ticket"}
    assert max(milliseconds for _, milliseconds in times.values()) < 500


def test_the_first_check_is_made_before_anybody_comes(page: Page) -> None:
    """V2: a verdict within half a second on an old phone, the first one too."""
    is_warm = 'async () => (await import("/static/scan/ticket.js")).isWarm'
    assert page.evaluate(is_warm) is True
