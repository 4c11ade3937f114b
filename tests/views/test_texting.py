"""The team turns texts on and off."""

import pytest
import sqlalchemy as sa

from festival.extensions import db
from festival.models import AuditEntry, Edition
from tests.cast import Somebody

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

PAGE = "/office/wordings"


def sends() -> bool:
    db.session.rollback()
    return db.session.scalars(sa.select(Edition.sends_texts)).one()


def test_an_administrator_turns_texts_on_and_off(administrator: Somebody, edition: Edition) -> None:
    client = administrator.client
    page = client.submit(client.get(PAGE), "Turn texts on")
    assert "Texts are on." in page.words
    assert sends()
    page = client.submit(page, "Turn texts off")
    assert "Texts are off." in page.words
    assert not sends()
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))
    assert [one for one in actions if one == "edition.texts"] == ["edition.texts"] * 2


def test_an_old_page_that_turns_on_what_is_on_changes_nothing(
    administrator: Somebody, edition: Edition
) -> None:
    client = administrator.client
    page = client.get(PAGE)
    for _again in range(2):
        client.submit(page, "Turn texts on")
    assert sends()
    query = sa.select(sa.func.count()).where(AuditEntry.action == "edition.texts")
    assert db.session.scalar(query) == 1


def test_where_no_service_is_known_texts_stay_off(
    administrator: Somebody, edition: Edition
) -> None:
    client = administrator.client
    client.application.config["ENV"] = "production"
    page = client.submit(client.get(PAGE), "Turn texts on")
    assert "This installation cannot send texts yet." in page.words
    assert not sends()
