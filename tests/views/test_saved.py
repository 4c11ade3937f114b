"""A list of one's own: put by in this browser, shared by an address, booked one after another."""

import re
from typing import Any

import pytest

from festival.models import Edition
from tests import factories
from tests.support.client import FestivalClient

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def _sessions(edition: Edition) -> None:
    factories.session(code="E01", title="Sing Together")
    factories.session(code="E02", title="Mend a Bike", capacity=1)
    factories.session(code="E03", title="Not yet", published=False)


def post(client: FestivalClient, address: str, **fields: str) -> Any:
    """Send a form that stands on some page, with the proof that it was sent from here."""
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)
    assert found is not None
    return client.post(address, data={**fields, "csrf_token": found[1]})


def put(client: FestivalClient, codes: str, **more: str) -> None:
    assert post(client, "/saved", codes=codes, **more).status_code == 302


def test_put_by_and_taken_off(client: FestivalClient) -> None:
    assert "There is nothing on it yet" in client.get("/saved").words
    answer = post(client, "/saved", codes="E01", back="session")
    assert answer.location == "/sessions/E01"
    page = client.get("/saved")
    assert "1 session is on your list." in page.words
    assert "Sing Together" in page.words
    assert "My list (1)" in client.get("/").words
    put(client, "e01-E02-E01")
    assert "My list (2)" in client.get("/").words
    put(client, "E01", do="remove")
    page = client.get("/saved")
    assert "Sing Together" not in page.words
    assert "Mend a Bike" in page.words


@pytest.mark.parametrize("codes", ["", "E99", "E03", "../..", "E01'--", "-" * 500, "\0"])
def test_what_is_no_public_session_is_not_put_by(client: FestivalClient, codes: str) -> None:
    put(client, codes)
    page = client.get("/saved")
    assert "There is nothing on it yet" in page.words
    assert "Not yet" not in page.words


def test_a_list_is_shown_to_somebody_by_its_address(client: FestivalClient) -> None:
    put(client, "E01-E02")
    assert 'value="http://127.0.0.1:5000/saved/E01-E02"' in client.get("/saved").text
    other = client.get("/saved/e02-E01-E99-E03")
    assert other.headers["X-Robots-Tag"] == "noindex"
    assert "Sing Together" in other.words
    assert "Mend a Bike" in other.words
    assert "Not yet" not in other.words
    for nothing in ("E99", "E03", "----", "%00"):
        assert client.get(f"/saved/{nothing}").status_code == 404


def test_what_was_shared_can_be_put_by(client: FestivalClient) -> None:
    page = client.get("/saved/E01-E02")
    assert "Put these on my list" in page.words
    put(client, "E01-E02")
    assert "All of these are on your list" in client.get("/saved/E01-E02").words


def test_put_by_from_a_list_of_sessions(client: FestivalClient) -> None:
    """Lists are the same for everybody: each card leads to the form, and none carries one."""
    programme = client.get("/")
    assert programme.page.link("Put on my list: Sing Together") == "/saved/E01?by=me"
    page = client.get("/saved/E01?by=me")
    assert "Put this on your list?" in page.words
    assert "Somebody sent you this list" not in page.words
    assert "1 session is on your list." in client.submit(page, "Put on my list").words
    programme = client.get("/")
    assert programme.page.link("On my list: Sing Together") == "/saved"
    assert programme.page.link("Put on my list: Mend a Bike") == "/saved/E02?by=me"
    assert "It is on your list" in client.get("/saved/E01?by=me").words


def test_the_list_is_booked_one_after_another(client: FestivalClient) -> None:
    put(client, "E01-E02")
    first = client.get("/saved/next").location
    assert first.startswith("/sessions/E01/book/")
    post(client, first, adults="1")
    second = client.get("/saved/next").location
    assert second.startswith("/sessions/E02/book/")
    post(client, second, adults="1")
    assert client.get("/saved/next").location == "/basket"


def test_a_full_list(client: FestivalClient) -> None:
    for number in range(40):
        factories.session(code=f"F{number:02}")
    put(client, "-".join(f"F{number:02}" for number in range(40)))
    put(client, "E01")
    page = client.get("/saved")
    assert "Your list is full: it has room for 40 sessions" in page.words
    assert page.text.count('class="card ') == 40


def test_a_session_that_is_withdrawn_leaves_the_list_and_it_is_said(
    client: FestivalClient,
) -> None:
    session = factories.session(code="E09", title="Gone Tomorrow")
    put(client, "E09-E01")
    session.published_revision_id = None
    page = client.get("/saved")
    assert "1 session of your list is no longer in the programme." in page.words
    assert "Gone Tomorrow" not in page.words


def test_nobody_else_puts_anything_on_a_list(client: FestivalClient) -> None:
    """Without the proof that the form is ours nothing happens."""
    assert client.post("/saved", data={"codes": "E01"}).status_code == 400
    assert "There is nothing on it yet" in client.get("/saved").words


def test_what_is_booked_leaves_the_list(client: FestivalClient) -> None:
    put(client, "E01-E02")
    first = client.get("/saved/next").location
    post(client, first, adults="1")
    page = client.submit(
        client.get("/basket", follow_redirects=True), "Continue", name="Ada Lovelace"
    )
    client.submit(page, "Book 1 place")
    listed = client.get("/saved").words
    assert "Sing Together" not in listed
    assert "Mend a Bike" in listed
