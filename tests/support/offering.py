"""The wizard that offers a session, as a person goes through it."""

from typing import Any

from tests.cast import Somebody
from tests.support.client import PageResponse

PARTS = ("what", "words", "dates", "people", "access", "booking")
CONTINUE, STOP = "Save and continue", "Save and stop for now"


def begin(person: Somebody) -> PageResponse:
    """The first page of their new session."""
    return person.client.submit(person.client.get("/provider/"), "Offer a session")


def code_of(page: PageResponse) -> str:
    """The session whose page this is."""
    return page.request.path.split("/")[3]


def go_to(person: Somebody, code: str, part: str, **query: Any) -> PageResponse:
    """One page of the wizard."""
    address = f"/provider/sessions/{code}/edit/{part}"
    answer: PageResponse = person.client.get(address, query_string=query)
    return answer


def typed_in(page: PageResponse) -> dict[str, list[str]]:
    """What the page shows in each of its fields."""
    controls = page.page.form(CONTINUE).controls
    return {name: one.values() for name, one in controls.items()}


def fill_in(person: Somebody, code: str, answers: dict[str, Any]) -> list[PageResponse]:
    """Go through all pages with these answers; what each page said to them."""
    said = []
    for part in PARTS:
        page = go_to(person, code, part)
        mine = {name: answer for name, answer in answers.items() if name in typed_in(page)}
        said.append(person.client.submit(page, CONTINUE, **mine))
    return said


def kept(person: Somebody, code: str) -> dict[str, list[str]]:
    """What all pages show in their fields."""
    return {
        name: values
        for part in PARTS
        for name, values in typed_in(go_to(person, code, part)).items()
    }


def send(person: Somebody, code: str) -> PageResponse:
    """Press the button that sends it in."""
    return person.client.submit(person.client.get(f"/provider/sessions/{code}/check"), "Send in")


def offer(person: Somebody, answers: dict[str, Any]) -> PageResponse:
    """From nothing to sent in."""
    code = code_of(begin(person))
    fill_in(person, code, answers)
    return send(person, code)
