"""The list of who is booked: story P5, its edge, and what a spreadsheet makes of a name."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.domain.exports import AFTER, BEFORE, harmless
from festival.extensions import db
from festival.models import AuditEntry, Occurrence, Provider
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.views.test_day import token_of

At = Callable[..., None]
BUTTON = "Download the list"


@pytest.fixture
def run(provider: Provider) -> Occurrence:
    made = occurrence_of(factories.session(title="Sing Together", provider=provider, capacity=4))
    factories.booking(made, 2, ages=(7,), children=1, name="Zoe Adams", email="zoe@example.org")
    factories.booking(made, name="=HYPERLINK(1)", email="evil@example.org", mobile="07700 900123")
    factories.waiting(made, name="Wanda Waits")
    db.session.commit()
    return made


def path(run: Occurrence) -> str:
    return f"/provider/sessions/{run.session.code}/runs/{run.id}/export"


def test_names_and_party_sizes_and_no_way_to_reach_anybody(
    lead: Somebody, run: Occurrence, at: At
) -> None:
    """P5: what an organisation may take home: names and party sizes; a name is no formula."""
    at(run.starts_at - timedelta(days=1))
    answer = lead.client.submit(lead.client.get(path(run)), BUTTON)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True).removeprefix("\ufeff")
    rows = [row[1:] for row in csv.reader(io.StringIO(text))]
    assert rows == [
        ["Name", "People", "Who comes"],
        ["Zoe Adams", "3", "2 adults, 1 child"],
        ["'=HYPERLINK(1)", "1", "1 adult"],
    ]
    for secret in ("example.org", "07700", "Wanda"):
        assert secret not in text
    (entry,) = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "names.exported")
    )
    assert lead.user is not None
    assert (entry.actor_id, entry.facts) == (lead.user.id, {"parties": 2})


def test_export_of_emails_is_not_available_and_explained(
    lead: Somebody, run: Occurrence, at: At
) -> None:
    """P5 edge: provider tries to export emails -> not available, explains."""
    at(run.starts_at)
    page = lead.client.get(path(run))
    assert "Why are there no email addresses and phone numbers?" in page.words
    assert "we send it for you: by email, by text or by phone" in page.words
    assert "example.org" not in page.words.replace("lead@example.org", "")


@pytest.mark.parametrize(
    ("side", "words"),
    [("before", "You can download the list from"), ("after", "could be downloaded until")],
)
def test_outside_its_window_the_page_says_when(
    lead: Somebody, run: Occurrence, at: At, side: str, words: str
) -> None:
    second = timedelta(seconds=1)
    inside, outside = {
        "before": (run.starts_at - BEFORE, run.starts_at - BEFORE - second),
        "after": (run.ends_at + AFTER - second, run.ends_at + AFTER),
    }[side]
    at(inside)
    assert lead.user is not None
    lead.client.sign_in(lead.user)
    page = lead.client.get(path(run))
    assert BUTTON in page.page.form(BUTTON).buttons
    at(outside)
    lead.client.sign_in(lead.user)  # the clock may have gone back
    data = {"csrf_token": token_of(lead.client)}
    assert lead.client.post(path(run), data=data).status_code == 409
    page = lead.client.get(path(run))
    assert words in page.words
    assert [one for one in page.page.forms if BUTTON in one.buttons] == []
    assert not db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "names.exported")
    ).all()


def test_who_may_take_the_names_home(
    editor: Somebody,
    manager: Somebody,
    other_lead: Somebody,
    reviewer: Somebody,
    run: Occurrence,
    at: At,
) -> None:
    at(run.starts_at)
    for person in (editor, manager):
        assert person.client.get(path(run)).status_code == 200, person.name
    for person in (other_lead, reviewer):
        assert person.client.get(path(run)).status_code == 404, person.name


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("Ada O'Neil-Smith", "Ada O'Neil-Smith"),
    ],
)
def test_nothing_typed_is_a_formula(typed: str, written: str) -> None:
    assert harmless(typed) == written
