"""Posters: what hangs on a wall or on a door, and who may print them."""

import io
from datetime import timedelta

import pypdf
import pypdfium2
import pytest
from PIL import Image

from festival.domain import clock
from festival.domain.running import notices
from festival.extensions import db
from festival.models import (
    BookingMode,
    Edition,
    FestivalSession,
    NoticeKind,
    OccurrenceState,
    Provider,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support import photos
from tests.support.printing import codes_on, needs_pango, sheets

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def session(provider: Provider, edition: Edition) -> FestivalSession:
    edition.help_phone, edition.help_hours = "01902 000000", "weekdays 9am to 5pm"
    made = factories.session(provider=provider, title="Stitch a Story", access=["hearing loop"])
    db.session.commit()
    return made


def cancelled(session: FestivalSession, reason: str = "The heating is broken.") -> FestivalSession:
    """A session to come to instead; this one's run is cancelled with this reason."""
    run = occurrence_of(session)
    other = factories.session(title="Knit a Hat")
    run.state = OccurrenceState.cancelled
    notices.post(
        run,
        NoticeKind.cancelled,
        now=clock.now(),
        actor=None,
        reason=reason,
        alternative_id=occurrence_of(other).id,
    )
    db.session.commit()
    return other


def text_of(pdf: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split()
    )


def poster(session: FestivalSession, kind: str = "") -> str:
    return f"/provider/sessions/{session.code}/poster{kind}"


def door(session: FestivalSession, kind: str = "") -> str:
    run = occurrence_of(session).id
    return f"/provider/sessions/{session.code}/runs/{run}/cancelled-poster{kind}"


def test_the_poster_tells_what_when_where_and_how_to_book(
    lead: Somebody, session: FestivalSession
) -> None:
    """P1: approved -> sees the public page, poster PDF and door sheet."""
    show = lead.client.get(f"/provider/sessions/{session.code}")
    page = lead.client.get(show.page.link("Poster to print"))
    run = occurrence_of(session)
    assert page.h1 == "Stitch a Story"
    for words in (
        run.room.venue.name,
        run.room.venue.address,
        "1pm to 2:30pm",
        "Call 01902 000000",
        f"Say the code {session.code}",
        "hearing loop",
        "Free.",
    ):
        assert words.lower() in page.words.lower(), words


@needs_pango
def test_its_pdf_is_one_sheet_whose_code_opens_the_public_page(
    lead: Somebody, session: FestivalSession
) -> None:
    answer = lead.client.get(poster(session, ".pdf"))
    assert answer.mimetype == "application/pdf"
    pictures = sheets(answer.data)
    assert len(pictures) == 1
    assert codes_on(pictures) == [f"http://127.0.0.1:5000/sessions/{session.code}"]
    assert "Stitch a Story" in text_of(answer.data)
    assert lead.client.get(f"/sessions/{session.code}").status_code == 200


@needs_pango
def test_a_poster_has_no_personal_data(lead: Somebody, session: FestivalSession) -> None:
    """P1 edge: poster has no personal data."""
    session.facilitator = "Shanice Campbell"
    booking = factories.booking(occurrence_of(session), 1, 2, mobile="07700 900123")
    cancelled(other := factories.session(provider=session.provider, title="Cancelled one"))
    factories.booking(occurrence_of(factories.session()), name="Ada Lovelace")
    assert lead.user is not None
    secrets = [
        "Shanice",
        "Lovelace",
        "ada@example.org",
        "900123",
        str(booking.reference),
        lead.user.email,
        lead.user.name,
    ]
    for address in (poster(session), door(other)):
        page = lead.client.get(address).get_data(as_text=True)
        printed = text_of(lead.client.get(f"{address}.pdf").data)
        assert [one for one in secrets if one in page or one in printed] == []


@needs_pango
def test_a_session_with_a_picture_and_many_dates_is_still_one_sheet(
    lead: Somebody, session: FestivalSession
) -> None:
    assert session.published_revision is not None
    image = factories.picture(session.published_revision)
    image.data = photos.saved(photos.halves(1200, 900))
    text = session.published_revision.text()
    text.title, text.summary = "Stitch a story of your street " * 2, "Bring your own words. " * 7
    first = occurrence_of(session)
    for number in range(1, 8):
        factories.occurrence(session, starts_at=first.starts_at + timedelta(hours=2 * number))
    page = lead.client.get(poster(session))
    assert "And on 5 more dates" in page.words
    answer = lead.client.get(poster(session, ".pdf"))
    assert len(sheets(answer.data)) == 1
    assert codes_on(sheets(answer.data))
    red, blue = colours(answer.data)
    assert red > 500
    assert blue > 500


def colours(pdf: bytes) -> tuple[int, int]:
    """How much of the first page is red and blue."""
    document = pypdfium2.PdfDocument(pdf)
    page: Image.Image = document[0].render(scale=0.5).to_pil().convert("RGB")
    document.close()
    points = list(page.get_flattened_data())
    return (
        sum(one[0] > 180 and one[2] < 80 and one[1] < 50 for one in points),
        sum(one[2] > 180 and one[0] < 80 for one in points),
    )


def test_where_nobody_books_the_poster_says_so(lead: Somebody, session: FestivalSession) -> None:
    occurrence_of(session).booking_mode = BookingMode.none
    page = lead.client.get(poster(session))
    assert "No booking: just come along" in page.words
    assert "book" not in page.words.replace("No booking", "").lower()


def test_cancelled_dates_are_not_on_the_poster(lead: Somebody, session: FestivalSession) -> None:
    first = occurrence_of(session)
    factories.occurrence(session, starts_at=first.starts_at + timedelta(days=1))
    first.state = OccurrenceState.cancelled
    page = lead.client.get(poster(session))
    assert len(page.page.with_class("poster__when")) == 1


def test_there_is_none_of_what_people_cannot_see(lead: Somebody, provider: Provider) -> None:
    assert lead.user is not None
    draft = factories.draft(provider, lead.user)
    for kind in ("", ".pdf"):
        page = lead.client.get(poster(draft.session, kind), follow_redirects=True)
        assert "There is a poster as soon as people can see the session." in page.words


def test_the_door_says_cancelled_why_and_where_to_go(
    lead: Somebody, session: FestivalSession
) -> None:
    """P4 must: poster to print for the door."""
    other = cancelled(session)
    page = lead.client.get(door(session))
    assert page.h1 == "Cancelled"
    assert "The heating is broken." in page.words
    assert "Stitch a Story" in page.words
    assert "Knit a Hat" in page.words
    assert other.code in page.words


@needs_pango
def test_its_pdf_is_one_sheet_whose_code_opens_what_there_is_instead(
    lead: Somebody, session: FestivalSession
) -> None:
    other = cancelled(session)
    answer = lead.client.get(door(session, ".pdf"))
    pictures = sheets(answer.data)
    assert len(pictures) == 1
    assert codes_on(pictures) == [f"http://127.0.0.1:5000/sessions/{other.code}"]
    assert "Knit a Hat" in text_of(answer.data)


@needs_pango
def test_long_words_stay_on_one_sheet(lead: Somebody, session: FestivalSession) -> None:
    cancelled(session, reason="We are sorry that nobody can come. " * 8)
    assert len(sheets(lead.client.get(door(session, ".pdf")).data)) == 1


def test_the_door_of_what_takes_place_has_none(lead: Somebody, session: FestivalSession) -> None:
    assert lead.client.get(door(session)).status_code == 404
    cancelled(session)
    notices.newest([occurrence_of(session).id])[occurrence_of(session).id].undone_at = clock.now()
    page = lead.client.get(door(session))
    assert "The heating is broken." not in page.words


def test_who_may_print_them(
    lead: Somebody,
    editor: Somebody,
    other_lead: Somebody,
    reviewer: Somebody,
    manager: Somebody,
    administrator: Somebody,
    operator: Somebody,
    session: FestivalSession,
) -> None:
    called_off = factories.session(provider=session.provider)
    cancelled(called_off)
    for person in (lead, editor, reviewer, manager, administrator):
        for address in (poster(session), door(called_off)):
            assert person.client.get(address).status_code == 200, (person.name, address)
    for person in (other_lead, operator):
        for address in (poster(session), door(called_off)):
            for kind in ("", ".pdf"):
                assert person.client.get(address + kind).status_code == 404, person.name
