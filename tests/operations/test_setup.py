"""A real festival from nothing: the commands, and what people then do on the pages."""

import re
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.extensions import db
from festival.models import (
    AuditEntry,
    Edition,
    Message,
    Office,
    Provider,
    ProviderState,
    Room,
    Theme,
    User,
    Venue,
)
from tests import factories as make
from tests.operations.conftest import Command, Ended
from tests.support import offering
from tests.support.client import FestivalClient, PageResponse, make_client

# What it says and sends does not depend on the database; other commands are tried on both.
pytestmark = pytest.mark.databases("sqlite")

PASSWORD = "three blue bicycles"
EDITION = {
    "--city": "Dudley",
    "--from": "2028-06-03",
    "--until": "2028-06-18",
    "--help-phone": "01632 960 200",
}


def create_edition(command: Command, *more: str, **changed: str) -> Ended:
    told = EDITION | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    words = [word for pair in told.items() for word in pair]
    return command("edition", "create", "Dudley Learning Festival 2028", *words, *more)


def path_in(text: str, start: str) -> str:
    """The address that was printed, as this application knows it."""
    found = re.search(r"http\S+" + start + r"\S+", text)
    assert found, text
    return urlsplit(found[0]).path


def choose(client: FestivalClient, path: str, button: str, **fields: str) -> PageResponse:
    return client.submit(client.get(path), button, password=PASSWORD, **fields)


def rows(model: type) -> list[object]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(model)))


def test_from_an_empty_database_to_a_session_that_waits_for_review(
    committed_app: Flask, command: Command
) -> None:
    """F1: set dates; the first festival, person, venue and organisation need no hand in the
    database."""
    assert create_edition(command, call_closes="2028-03-10T23:59").code == 0
    admin = command("person", "create", "ann@example.org", "Ann Admin", "--role", "administrator")
    assert admin.code == 0, admin.err
    assert command("theme", "create", "Making", "Digital").code == 0
    hall = command(
        *("venue", "create", "Town Hall", "--address", "St James's Road", "--postcode", "dy1 1hp"),
        *("--room", "Main Hall:200", "--room", "Room 2:20"),
    )
    assert hall.code == 0, hall.err
    group = command("provider", "create", "Dudley Makers", "--lead", "lea@example.org")
    assert group.code == 0, group.err

    ann = make_client(committed_app)
    choose(ann, path_in(admin.out, "/choose-password/"), "Save my new password")
    signed_in = ann.submit(
        ann.get("/sign-in"), "Sign in", email="ann@example.org", password=PASSWORD
    )
    assert "Festival team" in signed_in.words
    page = ann.get(path_in(create_edition_out(ann), "/office/editions/"))
    assert "Friday 10 March 2028, 11:59pm" in page.words

    lea = make_client(committed_app)
    joined = choose(lea, path_in(group.out, "/provider/join/"), "Begin", name="Lea Lead")
    assert "Dudley Makers" in joined.words
    page = lea.submit(lea.get("/provider/"), "Offer a session")
    code = offering.code_of(page)
    assert code == "E01"
    rooms = lea.get(f"/provider/sessions/{code}/edit/dates").words
    assert "Main Hall" in rooms
    assert "Making" in lea.get(f"/provider/sessions/{code}/edit/what").words
    assert command("check").code == 0
    assert command("demo").code != 0


def create_edition_out(client: FestivalClient) -> str:
    """The address of the one festival, as its list says it."""
    page = client.get("/office/editions")
    (link,) = (
        one.get("href", "")
        for one in page.page.all("a")
        if one.get("href", "").startswith("/office/editions/") and "new" not in one.get("href", "")
    )
    return f"http://localhost{link}"


def test_the_rows_are_as_they_were_typed(committed_app: Flask, command: Command) -> None:
    done = create_edition(
        command,
        booking_opens="2028-05-08T10:00",
        booking_letters="dlf",
        session_letter="d",
        help_email="help@example.org",
    )
    assert "Saturday 3 June 2028 to Sunday 18 June 2028." in done.out
    assert "It is on show." in done.out
    (edition,) = rows(Edition)
    assert isinstance(edition, Edition)
    assert edition.bookings_open_at is not None
    assert edition.bookings_open_at.isoformat() == "2028-05-08T09:00:00+00:00"
    assert (edition.reference_prefix, edition.code_prefix) == ("DLF", "D")
    command("venue", "create", "Online", "--online", "--room", "Meeting:300")
    (venue,) = rows(Venue)
    assert isinstance(venue, Venue)
    assert venue.is_online
    (room,) = rows(Room)
    assert isinstance(room, Room)
    assert (room.name, room.legal_capacity, room.step_free) == ("Meeting", 300, "not known")
    command("provider", "create", "Makers", "--lead", "lea@example.org", "--lead-name", "Lea")
    (provider,) = rows(Provider)
    assert isinstance(provider, Provider)
    assert provider.state == ProviderState.checked
    (message,) = rows(Message)
    assert isinstance(message, Message)
    assert (message.kind, message.recipient) == ("invitation", "lea@example.org")
    actions = set(db.session.scalars(sa.select(AuditEntry.action)))
    assert actions >= {"edition.begun", "venue.added", "provider.began", "provider.checked"}


def test_a_second_festival_is_not_on_show(committed_app: Flask, command: Command) -> None:
    create_edition(command)
    words = {"--city": "Dudley", "--from": "2029-06-02", "--until": "2029-06-17"}
    told = [word for pair in words.items() for word in pair]
    done = command("edition", "create", "The next one", *told, "--help-phone", "01632 960 201")
    assert "It is not on show yet" in done.out
    db.session.rollback()
    shown = db.session.scalars(sa.select(Edition.name).where(Edition.is_current)).all()
    assert shown == ["Dudley Learning Festival 2028"]


def test_somebody_known_gets_one_more_role_and_no_second_account(
    committed_app: Flask, command: Command
) -> None:
    create_edition(command)
    command("person", "create", "ann@example.org", "Ann", "--role", "reviewer")
    again = command("person", "create", "ANN@example.org", "Ann", "--role", "duty_manager")
    assert "Ann: duty manager, reviewer" in again.out
    (user,) = rows(User)
    assert isinstance(user, User)
    assert {one.office for one in user.offices} == {Office.reviewer, Office.duty_manager}


def test_the_link_of_a_new_person_can_be_mailed(committed_app: Flask, command: Command) -> None:
    refused = command("person", "create", "ann@example.org", "Ann", "--role", "reviewer", "--mail")
    assert refused.code == 2
    assert "Make one first: edition create." in refused.err
    assert rows(User) == []
    create_edition(command)
    done = command("person", "create", "ann@example.org", "Ann", "--role", "reviewer", "--mail")
    assert "/choose-password/" not in done.out
    (message,) = rows(Message)
    assert isinstance(message, Message)
    assert (message.kind, message.recipient) == ("password_reset", "ann@example.org")


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("person create nobody Ann --role reviewer", "EMAIL: 'nobody' is no email address."),
        ("theme create making", "There is “making” already."),
        ("venue create X --address Y --room Hall", "--room must be like Hall:60, not 'Hall'."),
        ("venue create X --address Y --room Hall:0", "--room must be like Hall:60"),
        ("venue create X --room Hall:60", "Say where it is, with --address; or --online."),
        ("venue create X --address Y --room A:1 --room a:2", "Two rooms cannot have the same"),
        ("provider create Makers --lead lea", "--lead: 'lea' is no email address."),
        ("edition create X --city Y --from 2028-06-03 --until 2028-06-01 --help-phone 1", "before"),
        (
            (
                "edition create X --city Y --from 2028-06-03 --until 2028-06-05"
                " --zone Mars --help-phone 1"
            ),
            "--zone: 'Mars' is no time zone.",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    committed_app: Flask, command: Command, words: str, says: str
) -> None:
    make.edition()
    make.theme("Making")
    db.session.commit()
    done = command(*words.split(" "))
    assert done.code == 2
    assert says in done.err
    assert "Traceback" not in done.err
    assert len(rows(Theme)) == 1
    assert rows(Venue) == []
    assert len(rows(Edition)) == 1


@pytest.mark.databases("sqlite")
def test_nothing_real_goes_into_the_demonstration(committed_app: Flask, command: Command) -> None:
    make.edition(is_demonstration=True)
    db.session.commit()
    done = command("theme", "create", "Making")
    assert done.code == 2
    assert "This database has the demonstration." in done.err
    assert rows(Theme) == []
