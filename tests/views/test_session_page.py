"""A session's page: what people read of it before they decide, and what they pass on."""

import gzip
import io
import json
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from PIL import Image

from festival.domain import clock, running
from festival.extensions import db
from festival.models import (
    BookingMode,
    Edition,
    FestivalSession,
    OccurrenceState,
    RevisionText,
    SessionFormat,
)
from tests import factories
from tests.factories import at_hour, occurrence_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.page import words
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

GROUPS = {
    "There is": "open",
    "There is not": "cancelled",
    "We do not know yet: ask us": "unknown",
}


def page_of(client: FestivalClient, session: FestivalSession) -> PageResponse:
    answer = client.get(f"/sessions/{session.code}")
    assert answer.status_code == 200
    return answer  # type: ignore[no-any-return]


def known(answer: PageResponse) -> dict[str, list[str]]:
    """What stands under each of the three headings about access."""
    found: dict[str, list[str]] = {}
    for title, name in GROUPS.items():
        for group in answer.page.with_class(f"known__group--{name}"):
            heading = answer.page.all("h3", "h4", inside=group)[0]
            assert words(heading) == title
            assert any("icon" in one.get("class", "") for one in heading), (
                "a shape, not colour alone"
            )
            found.setdefault(title, []).extend(
                words(one) for one in answer.page.all("li", inside=group)
            )
    return found


def tags(answer: PageResponse) -> dict[str, str]:
    return {
        one.get("property") or one.get("name", ""): one.get("content", "")
        for one in answer.page.all("meta")
    }


def events(answer: PageResponse) -> list[dict[str, Any]]:
    scripts = answer.page.all("script")
    data = next(one for one in scripts if one.get("type") == "application/ld+json")
    return json.loads(data.text or "")["@graph"]  # type: ignore[no-any-return]


# --- what it is, when, and the way to a place


def test_one_date_stands_at_the_top_with_its_button(
    client: FestivalClient, edition: Edition
) -> None:
    session = factories.session(title="Sing Together", capacity=12, age_min=14)
    answer = page_of(client, session)
    (glance,) = answer.page.with_class("glance")
    said = words(glance)
    assert "12 places left" in said
    assert "Ages 14 and over · Free" in said
    assert occurrence_of(session).room.venue.name in said
    run = occurrence_of(session)
    assert answer.page.link("Book places") == f"/sessions/{session.code}/book/{run.id}"
    assert "All dates" not in answer.words


def test_several_dates_each_have_their_places_and_button(
    client: FestivalClient, edition: Edition
) -> None:
    session = factories.session(capacity=1)
    factories.booking(occurrence_of(session))
    factories.occurrence(session, capacity=7, starts_at=at_hour(edition, hour=10, day=5))
    answer = page_of(client, session)
    assert answer.page.link("Choose a time").endswith("#dates")
    assert "1 time has places" in answer.words
    assert "7 places left" in answer.words
    books = [text for text in answer.page.links if text.startswith(("Book places:", "Join the"))]
    assert len(books) == 2
    assert "and 1 more time" in words(answer.page.with_class("glance")[0])


def test_a_series_has_one_button(client: FestivalClient, edition: Edition) -> None:
    session = factories.series(3)[0].session
    answer = page_of(client, session)
    assert "one booking is for all 3 dates" in answer.words
    assert answer.page.links.count("Book places") == 1


def test_without_a_date_the_page_says_so(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(run=False)
    answer = page_of(client, session)
    assert "The date is not fixed yet." in answer.words
    assert client.get(f"/sessions/{session.code}/card.png").status_code == 200


def test_a_changed_time_says_what_it_was(client: FestivalClient, edition: Edition) -> None:
    run = occurrence_of(factories.session())
    before = run.starts_at
    later = before + timedelta(hours=2)
    running.reschedule(run.id, starts_at=later, reason="The room was taken", actor=None)
    answer = page_of(client, run.session)
    assert "This is a new time. It was to be on" in answer.words
    (event,) = events(answer)
    assert event["eventStatus"] == "https://schema.org/EventRescheduled"
    assert event["previousStartDate"] == before.astimezone(edition.zone).isoformat()
    assert event["startDate"] != event["previousStartDate"]


def test_another_language_can_be_found_at_the_top(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(title="Panjabi for beginners")
    assert session.published_revision is not None
    session.published_revision.texts.append(
        RevisionText(language="ur", title="پنجابی", summary="سیکھیں", description="آئیں")
    )
    answer = page_of(client, session)
    assert answer.page.link("اردو").endswith("#in-ur")
    section = answer.page.parent(answer.page.by_id("in-ur"))  # type: ignore[arg-type]
    assert section is not None
    assert (section.get("lang"), section.get("dir")) == ("ur", "rtl")


# --- access


def test_access_is_said_in_three_groups(client: FestivalClient, edition: Edition) -> None:
    """Finding something to learn: access facts (given, not available, not known)."""
    venue = factories.venue(
        accessible_toilet="no", parking="blue badge bays", facts={"lift": "No lift, but a ramp"}
    )
    room = factories.room(venue=venue, step_free="by lift", facts={"seating": "yes"})
    session = factories.session(
        room=room, access=["BSL interpreter"], access_not_known=["live captions"]
    )
    found = known(page_of(client, session))
    assert {
        "A British Sign Language interpreter",
        "Parking: blue badge bays",
        "A way to the room without steps: Step-free by lift",
        "Seats with backs and arms",
    } == set(found["There is"])
    assert {"An accessible toilet", "A lift: No lift, but a ramp", "A quiet space"} < set(
        found["There is not"]
    )
    assert {"Live captions", "A hearing loop in this room", "A Changing Places toilet"} < set(
        found["We do not know yet: ask us"]
    )


def test_every_fact_is_in_one_group(client: FestivalClient, edition: Edition) -> None:
    """Not known is never silently left out."""
    found = known(page_of(client, factories.session()))
    said = [fact.split(":")[0] for facts in found.values() for fact in facts]
    assert len(said) == len(set(said))
    assert len(said) == 5 + 18


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("yes", "There is"),
        ("no", "There is not"),
        ("none", "There is not"),
        ("not known", "We do not know yet: ask us"),
        ("", "We do not know yet: ask us"),
        ("Not step-free: three steps", "There is not"),
        ("No steps at the front door", "There is"),
        ("not far", "There is"),
        ("Nottingham Road", "There is"),
    ],
)
def test_a_fact_in_words_is_in_its_group(
    client: FestivalClient, edition: Edition, told: str, title: str
) -> None:
    room = factories.room(venue=factories.venue(facts={"step_free_entrance": told}))
    found = known(page_of(client, factories.session(room=room)))
    label = "A way into the building without steps"
    groups = [name for name, facts in found.items() if any(one.startswith(label) for one in facts)]
    assert groups == [title]


def test_a_lack_is_no_help(client: FestivalClient, edition: Edition) -> None:
    found = known(page_of(client, factories.session(access=["not step-free", "seated"])))
    assert "A way without steps" in found["There is not"]
    assert "You can sit all the time" in found["There is"]
    assert "Seats to sit on all the time" not in found["We do not know yet: ask us"]


def test_each_room_has_its_own_facts(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(room=factories.room(name="Studio", hearing_loop="yes"))
    other = factories.room(name="Hall", hearing_loop="no")
    factories.occurrence(session, room=other, starts_at=at_hour(edition, hour=10, day=5))
    answer = page_of(client, session)
    headings = [words(one) for one in answer.page.all("h3")]
    assert f"Studio, {occurrence_of_first(session).room.venue.name}" in headings
    assert f"Hall, {other.venue.name}" in headings
    found = known(answer)
    assert "A hearing loop in this room" in found["There is"]
    assert "A hearing loop in this room" in found["There is not"]


def occurrence_of_first(session: FestivalSession) -> Any:
    return session.occurrences[0]


def test_whom_to_ask(client: FestivalClient, edition: Edition) -> None:
    edition.help_phone, edition.help_email = "01632 960 140", "help@example.org"
    answer = page_of(client, factories.session())
    assert (
        "Ask us before you come. Call 01632 960 140 or write to help@example.org." in answer.words
    )


# --- how to get there


def test_how_to_get_there(client: FestivalClient, edition: Edition) -> None:
    venue = factories.venue(address="Snow Hill", postcode="WV1 3AX", transport="Bus 1 to the door")
    session = factories.session(
        room=factories.room(venue=venue, name="Studio", level="first floor")
    )
    answer = page_of(client, session)
    for part in (
        "Snow Hill, WV1 3AX",
        "Room: Studio. Floor: First floor.",
        "Bus, tram and train: Bus 1 to the door.",
        "Where to go when you arrive The front desk",
    ):
        assert part in answer.words
    href = answer.page.link(f"Directions on a map: {venue.name}")
    asked = parse_qs(urlsplit(href).query)
    assert urlsplit(href).netloc == "www.openstreetmap.org"
    assert (asked["mlat"], asked["mlon"]) == (["52.58470"], ["-2.12660"])
    phone = answer.page.link(f"Open in the map of your phone: {venue.name}")
    assert phone.startswith("geo:52.58470,-2.12660")
    (link,) = [one for one in answer.page.all("a") if one.get("href") == href]
    assert {"noopener", "noreferrer"} <= set(link.get("rel", "").split())


def test_what_is_not_known_of_the_way_is_said(client: FestivalClient, edition: Edition) -> None:
    venue = factories.venue(latitude=None, longitude=None)
    session = factories.session(room=factories.room(venue=venue, level="not known"))
    answer = page_of(client, session)
    assert "Floor: Not known yet: ask us." in answer.words
    assert "Bus, tram and train: Not known yet: ask us." in answer.words
    assert "Directions on a map" not in answer.words


def test_online_there_is_no_way_to_go(client: FestivalClient, edition: Edition) -> None:
    room = factories.room(venue=factories.venue(is_online=True))
    session = factories.session(room=room, format=SessionFormat.online)
    answer = page_of(client, session)
    assert "It is online: you join from where you are." in answer.words
    assert "Directions" not in answer.words
    assert "A lift" not in answer.words
    assert "Live captions" in known(answer)["There is not"]


# --- similar sessions


def test_similar_sessions_say_their_date(client: FestivalClient, edition: Edition) -> None:
    """Finding something to learn: similar sessions."""
    session = factories.session(title="Sing Together")
    others = [factories.session(title=f"Song {number}", theme=session.theme) for number in range(4)]
    answer = page_of(client, session)
    cards = answer.page.with_class("card")
    assert [words(answer.page.all("h3", inside=one)[0]) for one in cards] == [
        f"Song {number}" for number in range(3)
    ]
    day = occurrence_of(others[0]).starts_at.astimezone(edition.zone)
    assert f"{day:%A} {day.day} {day:%B %Y}" in words(cards[0])


def test_where_there_is_nothing_like_it_nothing_is_said(
    client: FestivalClient, edition: Edition
) -> None:
    assert "You may like these too" not in page_of(client, factories.session()).words


def test_the_page_asks_as_much_for_three_as_for_one(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    session = factories.session()
    factories.session()
    with recorded(app) as one:
        page_of(client, session)
    for day in (4, 5):
        factories.session()
        factories.occurrence(session, starts_at=at_hour(edition, hour=10, day=day))
    with recorded(app) as three:
        page_of(client, session)
    # Rooms and venues of more dates are loaded with them.
    assert three.count == one.count


# --- passing it on


def test_what_other_sites_are_told(client: FestivalClient, edition: Edition) -> None:
    """Finding something to learn: share card (Open Graph image drawn on the server)."""
    session = factories.session(title="Tea & <cake>")
    answer = page_of(client, session)
    told = tags(answer)
    page = f"http://localhost/sessions/{session.code}"
    assert urlsplit(told["og:url"]).path == urlsplit(page).path
    assert urlsplit(told["og:url"]).scheme in ("http", "https")
    assert (told["og:title"], told["og:type"]) == ("Tea & <cake>", "website")
    assert told["og:description"] == "Bake a loaf and take it home."
    assert (told["og:locale"], told["og:site_name"]) == ("en_GB", edition.name)
    assert told["twitter:card"] == "summary_large_image"
    assert told["og:image:alt"].startswith("Tea & <cake>. ")
    image = urlsplit(told["og:image"])
    assert image.scheme in ("http", "https")
    card = client.get(f"{image.path}?{image.query}")
    size = Image.open(io.BytesIO(card.data)).size
    assert size == (int(told["og:image:width"]), int(told["og:image:height"])) == (1200, 630)


def test_ways_to_tell_somebody(client: FestivalClient, edition: Edition) -> None:
    """Without a script: an address to copy, and links that begin a message."""
    session = factories.session(title="Tea & cake; 50% off?")
    answer = page_of(client, session)
    address = answer.page.by_id("share-address")
    assert address is not None
    page = address.get("value", "")
    assert page.endswith(f"/sessions/{session.code}")
    mail = urlsplit(answer.page.link("Send by email"))
    assert mail.scheme == "mailto"
    said = parse_qs(mail.query)
    assert said["subject"] == ["Tea & cake; 50% off?"]
    assert said["body"][0].startswith("Tea & cake; 50% off? · ")
    assert said["body"][0].endswith(page)
    whatsapp = urlsplit(answer.page.link("Send by WhatsApp"))
    assert (whatsapp.scheme, whatsapp.netloc) == ("https", "wa.me")
    assert parse_qs(whatsapp.query)["text"][0].endswith(page)
    for button in answer.page.all("button"):
        if "data-share" in button.attrib or "data-copy" in button.attrib:
            assert "hidden" in button.attrib  # a script shows it where it works


def test_the_script_is_on_this_page_alone(client: FestivalClient, edition: Edition) -> None:
    answer = page_of(client, factories.session())
    assert "js/share.js" in answer.text
    assert "js/share.js" not in client.get("/").text


def test_a_card_is_kept_by_everybody_and_told_when_it_is_the_same(
    client: FestivalClient, edition: Edition
) -> None:
    session = factories.session()
    address = f"/sessions/{session.code}/card.png"
    first = client.get(address)
    assert first.mimetype == "image/png"
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(address.lower()).data == first.data


def test_a_card_is_drawn_once_however_often_it_is_asked_for(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    """Thousands of requests cost no more than one: also with what means nothing behind it."""
    session = factories.session()
    client.get(f"/sessions/{session.code}/card.png")
    kept = app.extensions["kept_files"]
    files = set(kept._files)
    for number in range(50):
        client.get(f"/sessions/{session.code}/card.png", query_string={"v": number})
    assert set(kept._files) == files


def test_a_card_says_what_has_changed(client: FestivalClient, edition: Edition) -> None:
    session = factories.session()
    address = f"/sessions/{session.code}/card.png"
    before, told = client.get(address), tags(page_of(client, session))["og:image"]
    run = occurrence_of(session)
    run.state = OccurrenceState.cancelled
    after = client.get(address)
    assert after.headers["ETag"] != before.headers["ETag"]
    cancelled = tags(page_of(client, session))
    assert cancelled["og:image"] != told
    assert "Cancelled" in cancelled["og:image:alt"]


def test_the_first_date_to_come_stands_on_the_card(
    client: FestivalClient, edition: Edition
) -> None:
    session = factories.session()
    run = occurrence_of(session)
    later = factories.occurrence(session, starts_at=at_hour(edition, hour=10, day=5))
    run.starts_at, run.ends_at = (clock.now() - timedelta(hours=one) for one in (3, 2))
    db.session.flush()
    day = later.starts_at.astimezone(edition.zone)
    assert f"{day:%A} {day.day} {day:%B %Y}, 10am" in tags(page_of(client, session))["og:image:alt"]


@pytest.mark.parametrize("of", ["unpublished", "later", "none", "withdrawn"])
def test_the_card_of_a_hidden_session_is_not_there(
    client: FestivalClient, edition: Edition, of: str
) -> None:
    session = factories.session(
        published=of != "unpublished",
        publish_at=clock.now() + timedelta(days=1) if of == "later" else None,
    )
    if of == "withdrawn":
        session.state = type(session.state).withdrawn
    code = "NONE" if of == "none" else session.code
    assert client.get(f"/sessions/{code}/card.png").status_code == 404
    assert client.get(f"/sessions/{code}").status_code == 404


# --- for machines


def test_the_card_is_the_picture_where_there_is_no_other(
    client: FestivalClient, edition: Edition
) -> None:
    session = factories.session()
    (event,) = events(page_of(client, session))
    (image,) = event["image"]
    parts = urlsplit(image)
    assert parts.scheme in ("http", "https")
    assert client.get(parts.path).mimetype == "image/png"
    assert session.published_revision is not None
    picture = factories.picture(session.published_revision)
    (event,) = events(page_of(client, session))
    assert urlsplit(event["image"][0]).path == f"/images/{picture.digest}.jpg"


def test_an_event_says_who_where_and_for_whom(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(age_min=8, age_max=11, capacity=3)
    (event,) = events(page_of(client, session))
    run = occurrence_of(session)
    assert event["@type"] == "Event"
    assert event["typicalAgeRange"] == "8-11"
    assert event["organizer"]["name"] == session.provider.name
    assert event["location"]["address"]["postalCode"] == run.room.venue.postcode
    assert event["startDate"].endswith(("+01:00", "+00:00"))
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert "previousStartDate" not in event
    assert event["offers"]["price"] == "0"
    assert event["offers"]["availability"] == "https://schema.org/InStock"


def test_what_needs_no_booking_offers_none(client: FestivalClient, edition: Edition) -> None:
    (event,) = events(page_of(client, factories.session(booking_mode=BookingMode.none)))
    assert "offers" not in event


# --- how it is made


def test_the_page_is_light(client: FestivalClient, edition: Edition) -> None:
    """It weighs less than 15 KB, compressed: also with many times and three others below."""
    session = factories.session(title="T" * 120)
    for hour in range(10, 17):
        factories.occurrence(session, starts_at=at_hour(edition, hour=hour, day=5))
    for _ in range(3):
        factories.session(theme=session.theme)
    answer = page_of(client, session)
    assert len(gzip.compress(answer.data)) < 15_000


def test_the_art_is_the_sessions_own_and_hidden_from_who_hears_the_page(
    client: FestivalClient, edition: Edition
) -> None:
    theme = factories.theme()
    first, second = (page_of(client, factories.session(theme=theme)) for _ in range(2))
    drawn = []
    for answer in (first, second):
        (art,) = answer.page.with_class("opening__art")
        assert art.get("aria-hidden") == "true"
        drawn.append([one.get("d") for one in art if one.get("d")])
    assert drawn[0] != drawn[1]


def test_a_picture_takes_the_place_of_the_art(client: FestivalClient, edition: Edition) -> None:
    session = factories.session()
    assert session.published_revision is not None
    factories.picture(session.published_revision, alt="Two hands knead dough.")
    (art,) = page_of(client, session).page.with_class("opening__art")
    assert (art.tag, art.get("alt")) == ("img", "Two hands knead dough.")


def test_headings_are_in_order(client: FestivalClient, edition: Edition) -> None:
    session = factories.session()
    factories.occurrence(session, room=factories.room(), starts_at=at_hour(edition, hour=9, day=5))
    factories.session(theme=session.theme)
    answer = page_of(client, session)
    levels = [int(one.tag[1]) for one in answer.page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
