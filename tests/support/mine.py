"""My bookings as tests walk in: by the code that was mailed."""

from flask import current_app

from festival.domain import contacts
from festival.models import Contact
from tests.support.client import FestivalClient, PageResponse


def contact_of(email: str = "ada@example.org") -> Contact:
    contact = contacts.of_email(email)
    assert contact is not None
    return contact


def code_for(email: str = "ada@example.org") -> str:
    """The code that is in the mail to this address."""
    return contacts.code_of(current_app.config["SECRET_KEY"], contact_of(email))


def another_code(email: str = "ada@example.org") -> str:
    """Six digits that are not the code."""
    return f"{(int(code_for(email)) + 1) % 1_000_000:06d}"


def ask(client: FestivalClient, email: str = "ada@example.org") -> PageResponse:
    """The page that asks for the code."""
    page: PageResponse = client.get("/bookings/mine/ask")  # type: ignore[assignment]
    return client.submit(page, "Send me a code", email=email)


def enter(client: FestivalClient, email: str = "ada@example.org") -> PageResponse:
    """The page of everything under this address."""
    return client.submit(ask(client, email), "Show my bookings", code=code_for(email))
