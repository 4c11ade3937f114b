"""A provider chooses a picture of a session; who sees it, where, and with which words."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import offers
from festival.extensions import db
from festival.models import Image, Provider, Revision, RevisionState
from tests import factories
from tests.cast import Somebody
from tests.support import photos
from tests.support.client import PageResponse, make_client
from tests.support.page import words

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

WORDS = "Two women at a table sew a red quilt."


def sent(data: bytes, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def photo() -> tuple[io.BytesIO, str]:
    return sent(photos.from_a_phone(photos.halves(1600, 1200)))


def address(revision: Revision) -> str:
    return f"/provider/sessions/{revision.session.code}/picture"


@pytest.fixture
def draft(provider: Provider, lead: Somebody) -> Revision:
    assert lead.user is not None
    made = factories.draft(provider, lead.user)
    db.session.commit()
    return made


def choose(person: Somebody, revision: Revision, /, **fields: Any) -> PageResponse:
    page = person.client.get(address(revision))
    return person.client.submit(page, "Keep the picture", **fields)


def error_at(page: PageResponse, name: str) -> str:
    """What stands at this field."""
    found = page.page.by_id(f"{name}-error")
    return words(found) if found is not None else ""


def typed_words(page: PageResponse) -> str | None:
    field = page.page.by_id("alt")
    assert field is not None
    return field.get("value")


def image_of(revision: Revision) -> Image:
    image = revision.image
    assert image is not None
    return image


def test_a_picture_is_chosen_with_its_words(lead: Somebody, draft: Revision) -> None:
    show = lead.client.get(f"/provider/sessions/{draft.session.code}")
    page = lead.client.get(show.page.link("Picture"))
    page = lead.client.submit(page, "Keep the picture", picture=photo(), alt=WORDS)
    assert "The picture is kept." in page.words
    assert WORDS in page.words
    image = image_of(draft)
    assert (image.width, image.height) == (1200, 900)
    assert draft.text().image_alt == WORDS
    assert image.provider_id == draft.session.provider_id


def test_a_12_mb_photo_from_a_phone(lead: Somebody, draft: Revision) -> None:
    """P1 edge: uploads a 12 MB photo -> resized, alt text required."""
    page = choose(lead, draft, picture=sent(photos.twelve_megabytes()))
    assert page.page.error_summary == ["Say in a sentence what the picture shows."]
    assert "We have your picture." in page.words
    assert len(image_of(draft).data) <= 150_000
    page = lead.client.submit(page, "Keep the picture", alt=WORDS)  # the file is not chosen again
    assert "The picture is kept." in page.words


@pytest.mark.parametrize("alt", ["IMG_2034.jpg", "DSC 0001", "photo", "20260611_101500", "  "])
def test_the_name_of_a_file_says_nothing(lead: Somebody, draft: Revision, alt: str) -> None:
    page = choose(lead, draft, picture=photo(), alt=alt)
    assert "Say in a sentence what the picture shows." in error_at(page, "alt")
    assert draft.text().image_alt == ""


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (photos.SVG, "a drawing (SVG)"),
        (photos.says_it_is(40_000, 40_000), "too many dots"),
        (photos.a_zip(), "a zip file"),
        (photos.saved(photos.noise(900, 900))[:90_000], "damaged"),
        (b"", "Choose"),
    ],
)
def test_what_is_no_picture_lands_on_its_field_and_the_words_stay(
    lead: Somebody, draft: Revision, data: bytes, wrong: str
) -> None:
    """Bad input: picture 40,000 x 40,000, SVG with script."""
    page = choose(lead, draft, picture=sent(data), alt=WORDS)
    assert wrong in error_at(page, "picture")
    assert typed_words(page) == WORDS
    assert draft.image is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Image)) == 0


def test_no_file_at_all(lead: Somebody, draft: Revision) -> None:
    page = choose(lead, draft, alt=WORDS)
    assert page.page.error_summary == ["Choose a picture first."]


def test_a_file_that_is_too_large_is_refused_on_its_field(lead: Somebody, draft: Revision) -> None:
    page = choose(lead, draft, picture=sent(bytes(17 * 1024 * 1024)), alt=WORDS)
    assert "at most 16 MB" in error_at(page, "picture")


def test_one_far_too_large_gets_a_page_that_says_what_to_do(
    lead: Somebody, draft: Revision
) -> None:
    page = choose(lead, draft, picture=sent(bytes(22 * 1024 * 1024)), alt=WORDS)
    assert page.status_code == 413
    assert "choose a smaller file" in page.words


def test_who_has_not_signed_in_cannot_send_much(app: Flask, draft: Revision) -> None:
    fields = {"picture": sent(bytes(3 * 1024 * 1024))}
    answer = make_client(app).post(address(draft), data=fields)
    assert answer.status_code == 413


def test_no_other_address_takes_much(lead: Somebody, draft: Revision) -> None:
    answer = lead.client.post(
        f"{address(draft)}/remove", data={"picture": sent(bytes(3 * 1024 * 1024))}
    )
    assert answer.status_code == 413


def test_another_picture_needs_other_words(lead: Somebody, draft: Revision) -> None:
    choose(lead, draft, picture=photo(), alt=WORDS)
    first = image_of(draft).digest
    page = choose(lead, draft, picture=sent(photos.saved(photos.noise(400, 300))), alt="")
    assert page.page.error_summary == ["Say in a sentence what the picture shows."]
    assert image_of(draft).digest != first
    assert draft.text().image_alt == ""
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Image)) == 1


def test_a_picture_is_taken_away(lead: Somebody, draft: Revision) -> None:
    page = choose(lead, draft, picture=photo(), alt=WORDS)
    page = lead.client.submit(page, "Take the picture away")
    assert "The picture is gone." in page.words
    assert draft.image is None
    assert draft.text().image_alt == ""
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Image)) == 0


def test_what_was_sent_in_is_not_changed(lead: Somebody, draft: Revision) -> None:
    page = lead.client.get(address(draft))
    draft.state = RevisionState.submitted
    page = lead.client.submit(page, "Keep the picture", picture=photo(), alt=WORDS)
    assert "has been sent in" in page.words
    assert draft.image is None


def test_strangers_do_not_learn_that_it_is_there(
    other_lead: Somebody, app: Flask, draft: Revision
) -> None:
    factories.picture(draft)
    for client in (other_lead.client, make_client(app)):
        assert client.get(f"/images/{image_of(draft).digest}.jpg").status_code == 404
        assert client.get(f"/images/{image_of(draft).digest}-small.jpg").status_code == 404
    assert other_lead.client.get(address(draft)).status_code == 404


def test_who_writes_a_draft_sees_its_picture(lead: Somebody, draft: Revision) -> None:
    answer = lead.client.get(f"/images/{factories.picture(draft).digest}.jpg")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_public_sees_it_on_the_page_and_in_the_list(app: Flask) -> None:
    session = factories.session(title="Stitch a Story")
    assert session.published_revision is not None
    digest = factories.picture(session.published_revision, WORDS).digest
    client = make_client(app)
    for page, name in ((f"/sessions/{session.code}", digest), ("/", f"{digest}-small")):
        shown = [one for one in client.get(page).page.all("img") if one.get("alt") == WORDS]
        assert [one.get("src") for one in shown] == [f"/images/{name}.jpg"]
        answer = client.get(f"/images/{name}.jpg")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.mimetype == "image/jpeg"
        again = client.get(f"/images/{name}.jpg", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_without_words_it_is_not_shown(app: Flask) -> None:
    session = factories.session(title="Stitch a Story")
    assert session.published_revision is not None
    digest = factories.picture(session.published_revision, "").digest
    for page in (f"/sessions/{session.code}", "/"):
        assert digest not in make_client(app).get(page).get_data(as_text=True)


def test_the_picture_of_a_new_wording_waits_with_it(app: Flask, provider: Provider) -> None:
    """What everybody sees is the approved one's."""
    session = factories.session(provider=provider)
    before = session.published_revision
    assert before is not None
    old = factories.picture(before, WORDS).digest
    after = offers.start(edition=session.edition, provider=provider, author=factories.user())
    after.session_id, after.number = session.id, 2
    db.session.flush()
    new = factories.picture(after, "Something else.").digest
    client = make_client(app)
    page = client.get(f"/sessions/{session.code}").get_data(as_text=True)
    assert (old in page, new in page) == (True, False)
    assert client.get(f"/images/{new}.jpg").status_code == 404
