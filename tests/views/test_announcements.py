"""Writing to everybody who booked: stories P5 (a facilitator is late, words that the team looks at)
and F8 (the duty manager tells a whole day)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery.addresses import manage_path
from festival.domain import clock
from festival.extensions import db
from festival.models import (
    Announcement,
    AnnouncementState,
    AuditEntry,
    Booking,
    Edition,
    MembershipRole,
    Message,
    Occurrence,
    OccurrenceState,
    Provider,
)
from tests import factories as make
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.statements import recorded
from tests.views.test_day import token_of

At = Callable[..., None]
CONTINUE = "Continue: see who is told"
LATE = "We are sorry: we start about 15 minutes late. You need do nothing."
LEAD = "lead@example.org"
OWN = "Please come in by the <garden> gate."


@pytest.fixture
def run(provider: Provider, at: At) -> Occurrence:
    made = occurrence_of(make.session(title="Sing Together", provider=provider, capacity=7))
    make.booking(made, 2, name="Zoe Adams", email="zoe@example.org")
    make.booking(made, name="Tom Turner", email="", mobile="07700 900123")
    make.booking(made, name="Cay Call", email="", mobile="01902 550000")
    make.waiting(made, 4, name="Wanda Waits", email="wanda@example.org")
    db.session.commit()
    at(made.starts_at - timedelta(minutes=30))
    return made


def path(run: Occurrence) -> str:
    return f"/provider/sessions/{run.session.code}/runs/{run.id}/message"


def asked(who: Somebody, run: Occurrence, **typed: str) -> PageResponse:
    return who.client.submit(who.client.get(path(run)), CONTINUE, **typed)


def said(who: Somebody, run: Occurrence, **typed: str) -> PageResponse:
    button = "Give it to the festival team" if typed.get("words") else "Tell them now"
    return who.client.submit(asked(who, run, **typed), button)


def kept() -> list[Announcement]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Announcement).order_by(Announcement.id)))


def told() -> list[tuple[str, str]]:
    query = sa.select(Message.channel, Message.recipient).where(Message.kind == "announcement")
    return sorted((str(channel), to) for channel, to in db.session.execute(query))


def test_a_facilitator_who_is_late_tells_everybody_at_once(lead: Somebody, run: Occurrence) -> None:
    """P5: the facilitator is late: everybody hears it, by what they chose, without the team."""
    page = asked(lead, run, template="late", minutes="15")
    assert "Nothing has been sent yet." in page.words
    assert "1 by email" in page.words
    assert "2 by phone, from the call list" in page.words
    assert LATE in page.words
    assert kept() == []
    done = lead.client.submit(page, "Tell them now")
    assert "We tell them now." in done.words
    (made,) = kept()
    assert made.state == AnnouncementState.sent
    assert [to for _channel, to in told()].count("wanda@example.org") == 0


def test_words_of_their_own_wait_for_the_team(
    lead: Somebody, reviewer: Somebody, run: Occurrence
) -> None:
    """P5: message to the booked, service only, moderated."""
    done = said(lead, run, template="entrance", words=OWN)
    assert "The festival team looks at your words first" in done.words
    assert told() == []
    queue = reviewer.client.get("/office/announcements")
    assert OWN in queue.words
    (one,) = kept()
    page = reviewer.client.get(f"/office/announcements/{one.id}")
    better = "Please come in by the green gate."
    done = reviewer.client.submit(page, "Tell them now", words=better)
    assert "We tell them now." in done.words
    (one,) = kept()
    assert (one.state, one.words) == (AnnouncementState.sent, better)
    assert len(told()) == 3


def test_what_is_not_sent_goes_back_with_its_reason(
    lead: Somebody, reviewer: Somebody, run: Occurrence
) -> None:
    said(lead, run, template="words", words="Buy my book at www.example.org!")
    (one,) = kept()
    page = reviewer.client.get(f"/office/announcements/{one.id}")
    assert "It has a web or email address in it." in page.words
    assert "It may sell something, or ask for money." in page.words
    empty = reviewer.client.submit(page, "Do not send it")
    assert "Say why, so that they can write it anew." in empty.words
    reviewer.client.submit(page, "Do not send it", comment="We do not sell things.")
    (kind,) = db.session.scalars(sa.select(Message.kind).where(Message.recipient == LEAD))
    assert kind == "announcement_declined"
    assert "We do not sell things." in lead.client.get(path(run)).words
    assert told() == []


def test_who_lost_the_mail_reads_it_on_the_bookings_page(
    lead: Somebody, run: Occurrence, client: FestivalClient, at: At
) -> None:
    said(lead, run, template="late", minutes="15")
    first, waits = (
        db.session.scalars(sa.select(Booking).where(Booking.name == name)).one()
        for name in ("Zoe Adams", "Wanda Waits")
    )
    for booking, is_told in ((first, True), (waits, False)):
        page = client.get(manage_path(booking))
        assert (LATE in page.words) == is_told
    at(run.ends_at)
    assert LATE not in client.get(manage_path(first)).words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose what you want to say."),
        ({"template": "late"}, "Say how many minutes, from 1 to 120."),
        ({"template": "late", "minutes": "900"}, "Type a number from 1 to 120."),
        ({"template": "late", "minutes": "soon"}, "Type a whole number, like 2."),
        ({"template": "bring"}, "Write what people need to know."),
        ({"template": "words", "words": "a" * 301}, "Make it 300 or fewer."),
    ],
)
def test_what_cannot_be_said_like_this(
    lead: Somebody, run: Occurrence, typed: dict[str, str], words: str
) -> None:
    page = asked(lead, run, **typed)
    assert words in page.words
    for value in typed.values():
        if value not in ("sell", "late", "bring", "words"):
            assert value in page.get_data(as_text=True)
    assert kept() == []


def test_pressed_twice_they_hear_once(lead: Somebody, run: Occurrence) -> None:
    page = asked(lead, run, template="weather")
    lead.client.submit(page, "Tell them now")
    lead.client.submit(page, "Tell them now")
    assert len(kept()) == 1
    assert len(told()) == 3


def test_what_was_changed_with_the_back_button_is_not_said_to_be_sent(
    lead: Somebody, run: Occurrence
) -> None:
    first = lead.client.get(path(run))
    page = lead.client.submit(first, CONTINUE, template="late", minutes="15")
    lead.client.submit(page, "Tell them now")
    page = lead.client.submit(first, CONTINUE, template="late", minutes="30")
    page = lead.client.submit(page, "Tell them now")
    assert "You sent something from this page already." in page.words
    assert [one.minutes for one in kept()] == [15]


def test_who_books_meanwhile_is_shown_before_it_goes(lead: Somebody, run: Occurrence) -> None:
    page = asked(lead, run, template="weather")
    make.booking(run, name="Late Comer", email="comer@example.org")
    db.session.commit()
    page = lead.client.submit(page, "Tell them now")
    assert "The bookings have changed since you looked." in page.words
    assert "2 by email" in page.words
    assert kept() == []
    page = lead.client.submit(page, "Change the words")
    assert page.page.form(CONTINUE).controls["template"].values() == ["weather"]


def test_three_a_day_are_enough(lead: Somebody, manager: Somebody, run: Occurrence) -> None:
    for minutes in ("10", "20", "30"):
        said(lead, run, template="late", minutes=minutes)
    page = said(lead, run, template="late", minutes="40")
    assert "You wrote 3 times about this date today. Please call us." in page.words
    assert len(kept()) == 3
    said(manager, run, template="late", minutes="40")
    assert len(kept()) == 4


@pytest.mark.parametrize("way", ["over", "cancelled"])
def test_where_nobody_comes_nobody_is_told(
    lead: Somebody, run: Occurrence, at: At, way: str
) -> None:
    page = asked(lead, run, template="weather")
    if way == "over":
        at(run.ends_at)
    else:
        run.state = OccurrenceState.cancelled
        db.session.commit()
    page = lead.client.submit(page, "Tell them now")
    if "Tell them now" in page.words:  # nobody is left to be told, so that is shown first
        page = lead.client.submit(page, "Tell them now")
    assert "This date is over, or it is cancelled. There is nobody to tell." in page.words
    assert kept() == []


def test_nobody_else_writes_or_looks(
    lead: Somebody,
    other_lead: Somebody,
    reviewer: Somebody,
    run: Occurrence,
) -> None:
    door = make.user("dee@example.org", memberships=[(run.session.provider, MembershipRole.door)])
    at_door = Somebody(other_lead.app, "Dee", "dee@example.org", door)
    for who in (other_lead, at_door, reviewer):
        assert who.client.get(path(run)).status_code == 404
        with_token = {"csrf_token": token_of(who.client)}
        assert who.client.post(path(run), data=with_token).status_code == 404
    said(lead, run, template="words", words=OWN)
    (one,) = kept()
    for way in ("/office/announcements", f"/office/announcements/{one.id}", "/office/broadcast"):
        assert lead.client.get(way).status_code == 404


def test_two_who_decide_and_words_that_changed(
    lead: Somebody, manager: Somebody, reviewer: Somebody, run: Occurrence
) -> None:
    said(lead, run, template="words", words=OWN)
    (one,) = kept()
    first, second = (
        who.client.get(f"/office/announcements/{one.id}") for who in (manager, reviewer)
    )
    manager.client.submit(first, "Tell them now")
    page = reviewer.client.submit(second, "Do not send it", comment="No.")
    assert "Somebody else has decided on this already." in page.words
    assert len(told()) == 3


class TestAWholeDay:
    def broadcast(self, manager: Somebody, **typed: str) -> PageResponse:
        page = manager.client.get("/office/broadcast")
        return manager.client.submit(page, CONTINUE, **{"template": "weather", **typed})

    def test_the_duty_manager_tells_one_venue_or_everybody(
        self, manager: Somebody, run: Occurrence, edition: Edition
    ) -> None:
        """F8: tell everybody of a venue, or of the day, something at once."""
        elsewhere = occurrence_of(make.session(title="Bake Bread"))
        make.booking(elsewhere, name="Bea Baker", email="bea@example.org")
        db.session.commit()
        day = run.starts_at.astimezone(edition.zone).date().isoformat()
        page = self.broadcast(manager, venue=str(run.room.venue_id), day=day)
        assert "1 by email" in page.words
        assert "Sing Together" in page.words
        assert "Bake Bread" not in page.words
        page = self.broadcast(manager, venue="all", day=day)
        assert "Bake Bread" in page.words
        assert "2 by email" in page.words
        done = manager.client.submit(page, "Tell them now")
        assert "The whole festival" in done.words
        assert "bea@example.org" in [to for _channel, to in told()]
        (entry,) = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "announcement.sent")
        )
        assert manager.user is not None
        assert entry.actor_id == manager.user.id

    def test_it_goes_also_while_nothing_else_may_be_changed(
        self, manager: Somebody, run: Occurrence, edition: Edition
    ) -> None:
        day = run.starts_at.astimezone(edition.zone).date().isoformat()
        found = make.the_edition()
        found.read_only_at, found.read_only_because = clock.now(), "A flood."
        db.session.commit()
        page = self.broadcast(manager, venue="all", day=day)
        manager.client.submit(page, "Tell them now")
        assert len(told()) == 3

    def test_more_than_five_hundred_are_told_when_somebody_else_has_looked(
        self,
        manager: Somebody,
        administrator: Somebody,
        run: Occurrence,
        edition: Edition,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """F8: a message to more than 500 bookings needs a second person."""
        monkeypatch.setattr("festival.domain.announcements.hearing.SECOND_LOOK", 2)
        day = run.starts_at.astimezone(edition.zone).date().isoformat()
        page = self.broadcast(manager, venue="all", day=day)
        assert "So many are told only when somebody else of the team has looked" in page.words
        done = manager.client.submit(page, "Ask somebody else to look")
        assert "Somebody else of the team must look at it first" in done.words
        assert told() == []
        (one,) = kept()
        mine = manager.client.get(f"/office/announcements/{one.id}")
        assert "You wrote this. Somebody else must look at it." in mine.words
        found = make.the_edition()
        found.read_only_at, found.read_only_because = clock.now(), "A flood."
        db.session.commit()  # which is when it matters most
        theirs = administrator.client.get(f"/office/announcements/{one.id}")
        administrator.client.submit(theirs, "Tell them now")
        assert len(told()) == 3

    def test_a_booking_reads_what_is_about_its_day_alone(
        self, manager: Somebody, run: Occurrence, edition: Edition, client: FestivalClient
    ) -> None:
        another = make.booking(
            occurrence_of(make.session(starts_at=run.starts_at + timedelta(days=1)))
        )
        first = db.session.scalars(sa.select(Booking).where(Booking.name == "Zoe Adams")).one()
        db.session.commit()
        day = run.starts_at.astimezone(edition.zone).date().isoformat()
        page = self.broadcast(manager, venue=str(run.room.venue_id), day=day)
        manager.client.submit(page, "Tell them now")
        for booking, reads in ((first, True), (another, False)):
            words = client.get(manage_path(booking)).words
            assert ("Please dress for the weather" in words) == reads

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"venue": ""}, "Choose a venue from the list."),
            ({"first": "late"}, "Type a time, like 10:30am or 2pm."),
            ({"first": "3pm", "last": "2pm"}, "The second time must be after the first."),
            ({"first": "11:55pm"}, "Nothing takes place there on this day any more."),
        ],
    )
    def test_what_cannot_be_told_like_this(
        self,
        manager: Somebody,
        run: Occurrence,
        edition: Edition,
        typed: dict[str, str],
        words: str,
    ) -> None:
        day = run.starts_at.astimezone(edition.zone).date().isoformat()
        page = self.broadcast(manager, **{"venue": "all", "day": day, **typed})
        assert words in page.words
        assert kept() == []


def test_the_queue_costs_the_same_however_many(
    lead: Somebody, manager: Somebody, run: Occurrence, app: Flask
) -> None:
    manager.client.get("/")  # signed in

    def queries() -> int:
        with recorded(app) as statements:
            manager.client.get("/office/announcements")
        return len(statements.all)

    said(lead, run, template="weather")
    said(lead, run, template="words", words=OWN)
    few = queries()
    other = occurrence_of(make.session(title="Bake Bread", provider=run.session.provider))
    make.booking(other, email="bea@example.org")
    db.session.commit()
    said(lead, other, template="weather")
    said(lead, other, template="words", words=OWN)
    assert queries() == few
