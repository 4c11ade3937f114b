"""The standing cast: the people of every story, each at a browser of their own.

They come with ``app``, or with ``committed_app`` where the test uses that; either way their rows
are committed, so that requests see them.
"""

from dataclasses import dataclass
from functools import cached_property

import pytest
from flask import Flask

from festival.extensions import db
from festival.models import DoorPass, Edition, MembershipRole, Office, Provider, User, Venue
from tests import factories
from tests.factories import PASSWORD
from tests.support.client import FestivalClient, make_client
from tests.support.databases import Database


@dataclass
class Somebody:
    """A person of a story. ``user`` is None for who has no account."""

    app: Flask
    name: str
    email: str
    user: User | None = None
    password: str = PASSWORD

    @cached_property
    def client(self) -> FestivalClient:
        """Their browser, signed in where they have an account."""
        client = make_client(self.app)
        if self.user is not None:
            client.sign_in(self.user)
        return client


@dataclass
class Volunteer(Somebody):
    """Who stands at a door with a pass: its link's secret and its PIN."""

    venue: Venue | None = None
    door_pass: DoorPass | None = None
    secret: str = ""
    pin: str = ""


@pytest.fixture
def stage(request: pytest.FixtureRequest, database: Database) -> Flask:
    """The application this test runs on; naming ``database`` makes it run on each of them."""
    committed = {"committed_app", "live_server"} & set(request.fixturenames)
    app: Flask = request.getfixturevalue("committed_app" if committed else "app")
    return app


@pytest.fixture
def edition(stage: Flask) -> Edition:
    """The current festival."""
    made = factories.the_edition()
    db.session.commit()
    return made


@pytest.fixture
def provider(edition: Edition) -> Provider:
    """The organisation that lead and editor belong to."""
    made = factories.provider("Penn Fields Makers")
    db.session.commit()
    return made


@pytest.fixture
def other_provider(edition: Edition) -> Provider:
    """The organisation of the other lead."""
    made = factories.provider("Tettenhall Wood Choir")
    db.session.commit()
    return made


def _person(app: Flask, name: str, email: str, **roles: object) -> Somebody:
    user = factories.user(email, name, **roles)  # type: ignore[arg-type]
    db.session.commit()
    return Somebody(app, name, email, user)


@pytest.fixture
def resident(stage: Flask, edition: Edition) -> Somebody:
    """Books for herself; has no account."""
    return Somebody(stage, "Ada Lovelace", "ada@example.org")


@pytest.fixture
def parent(stage: Flask, edition: Edition) -> Somebody:
    """Books for a family; has no account."""
    return Somebody(stage, "Gurpreet Kaur Sandhu", "gurpreet@example.org")


@pytest.fixture
def stranger(stage: Flask, edition: Edition) -> Somebody:
    """Has nothing to do with any of it, and no account."""
    return Somebody(stage, "Nobody Known", "nobody@example.org")


@pytest.fixture
def lead(stage: Flask, provider: Provider) -> Somebody:
    """Leads the provider's offers."""
    role = (provider, MembershipRole.lead)
    return _person(stage, "Leah Lead", "lead@example.org", memberships=[role])


@pytest.fixture
def editor(stage: Flask, provider: Provider) -> Somebody:
    """Writes for the same provider."""
    role = (provider, MembershipRole.editor)
    return _person(stage, "Eddie Editor", "editor@example.org", memberships=[role])


@pytest.fixture
def other_lead(stage: Flask, other_provider: Provider) -> Somebody:
    """Leads another provider's offers."""
    role = (other_provider, MembershipRole.lead)
    return _person(stage, "Olu Other", "other@example.org", memberships=[role])


@pytest.fixture
def reviewer(stage: Flask, edition: Edition) -> Somebody:
    """Reviews offers for the festival team."""
    return _person(stage, "Rita Reviewer", "reviewer@example.org", offices=[Office.reviewer])


@pytest.fixture
def administrator(stage: Flask, edition: Edition) -> Somebody:
    """Runs the festival's installation."""
    offices = [Office.administrator]
    return _person(stage, "Amir Admin", "administrator@example.org", offices=offices)


@pytest.fixture
def operator(stage: Flask, edition: Edition) -> Somebody:
    """Answers the festival's phone line."""
    return _person(stage, "Phil Phone", "phone@example.org", offices=[Office.phone_line])


@pytest.fixture
def manager(stage: Flask, edition: Edition) -> Somebody:
    """Is the duty manager."""
    return _person(stage, "Dora Duty", "duty@example.org", offices=[Office.duty_manager])


@pytest.fixture
def access_lead(stage: Flask, edition: Edition) -> Somebody:
    """Sees to it that everybody can take part."""
    return _person(stage, "Alma Access", "access@example.org", offices=[Office.access_lead])


@pytest.fixture
def volunteer(stage: Flask, edition: Edition) -> Volunteer:
    """Stands at the door of one venue now; has no account, but a pass."""
    venue = factories.venue("Central Library")
    door_pass, secret, pin = factories.door_pass(venue)
    db.session.commit()
    return Volunteer(
        stage,
        "Vic Volunteer",
        "vic@example.org",
        venue=venue,
        door_pass=door_pass,
        secret=secret,
        pin=pin,
    )
