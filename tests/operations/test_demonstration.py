"""The demonstration festival: what is in it, when it is, and that it is loaded once."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from festival.domain import (
    accounts,
    capacity,
    check,
    clock,
    demonstration,
    providers,
    venues,
)
from festival.domain.children import children_come_alone
from festival.domain.demonstration import RealFestivalHere
from festival.domain.demonstration.files import Days
from festival.domain.providers import finding
from festival.domain.providers.declarations import Trouble
from festival.extensions import db
from festival.models import (
    Allocation,
    AllocationKind,
    Booking,
    Edition,
    FestivalSession,
    Membership,
    Message,
    Occurrence,
    Office,
    OfficeRole,
    Provider,
    Revision,
    RevisionState,
    Room,
    SessionState,
    Theme,
    Venue,
    Ward,
)
from tests.operations.conftest import Command, load_demonstration
from tests.support.finding import codes

LONDON = ZoneInfo("Europe/London")
At = Callable[..., None]


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def session(code: str) -> FestivalSession:
    return db.session.scalars(sa.select(FestivalSession).filter_by(code=code)).one()


@pytest.mark.usefixtures("demo")
def test_everything_of_the_files_is_there() -> None:
    counted = {
        model.__name__: count(model) for model in (Provider, Venue, Room, Ward, FestivalSession)
    }
    assert counted == {
        "Provider": 18,  # 17, and one that waits to be checked
        "Venue": 20,  # 18, online, and a proposed place
        "Room": 35,
        "Ward": 20,
        "FestivalSession": 43,  # 40, and three offers on their way
    }
    published = sa.select(FestivalSession.code).where(
        FestivalSession.state == SessionState.published
    )
    assert sorted(db.session.scalars(published)) == [f"E{number:02d}" for number in range(1, 41)]


@pytest.mark.usefixtures("demo")
def test_no_rule_is_broken() -> None:
    assert check.broken_rules() == []


@pytest.mark.usefixtures("demo")
def test_every_session_is_public_and_has_its_wording() -> None:
    shown = set(codes())
    assert len(shown) == 40
    for code in shown:
        revision = session(code).published_revision
        assert revision is not None
        text = revision.text()
        assert 0 < len(text.summary) <= 150, code
        assert 0 < len(text.description) <= 600, code
        assert text.what_to_bring, code
        assert text.what_next, code


@pytest.mark.usefixtures("demo")
def test_panjabi_for_beginners_is_also_in_panjabi() -> None:
    revision = session("E08").published_revision
    assert revision is not None
    assert revision.text("pa").title == "ਨਵੇਂ ਸਿੱਖਣ ਵਾਲਿਆਂ ਲਈ ਪੰਜਾਬੀ"


@pytest.mark.usefixtures("demo")
def test_some_sessions_are_full_some_are_empty() -> None:
    taken = Counter[str]()
    query = sa.select(FestivalSession.code, Occurrence.places_taken).join(Occurrence.session)
    for code, places in db.session.execute(query):
        taken[code] += places
    assert (taken["E02"], taken["E14"], taken["E27"], taken["E26"]) == (20, 12, 9, 0)
    for code in ("E02", "E14"):
        availability = capacity.availability(session(code).occurrences[0], clock.now())
        assert availability.reason == "full", code
    for code in ("E05", "E11", "E28"):
        run = session(code).occurrences[0]
        assert run.capacity * 0.85 < run.places_taken < run.capacity, code


@pytest.mark.usefixtures("demo")
def test_slots_are_runs_of_their_own() -> None:
    runs = session("E22").occurrences
    assert [run.capacity for run in runs] == [3] * 12
    assert {run.ends_at - run.starts_at for run in runs} == {timedelta(minutes=10)}
    assert [run.setup_minutes for run in runs] == [10] + [0] * 11
    assert [run.cleardown_minutes for run in runs] == [0] * 11 + [10]
    assert runs[0].starts_at.astimezone(LONDON).hour == 14
    assert runs[-1].ends_at.astimezone(LONDON).hour == 16


@pytest.mark.usefixtures("demo")
def test_online_sessions_have_a_meeting_and_no_others() -> None:
    runs = list(db.session.scalars(sa.select(Occurrence)))
    meetings = {one.id for one in runs if one.joining_url}
    assert meetings == {one.id for one in runs if one.room.venue.is_online}
    assert meetings


@pytest.mark.usefixtures("demo")
def test_a_series_is_booked_whole() -> None:
    runs = session("E38").occurrences
    first = runs[0].starts_at.astimezone(LONDON).date()
    days = [(run.starts_at.astimezone(LONDON).date() - first).days for run in runs]
    assert (days, [run.series_part for run in runs]) == ([0, 2, 7], [1, 2, 3])
    assert len({run.places_taken for run in runs}) == 1


@pytest.mark.usefixtures("demo")
def test_places_are_kept_back_and_released_as_the_files_say() -> None:
    kept = {share.kind.value: share.places for share in session("E04").occurrences[0].allocations}
    assert kept == {"public": 6, "phone": 3, "partner": 3, "access": 2}
    dance = session("E39").occurrences[0]
    phases = [(share.kind, share.places, share.releases_at) for share in dance.allocations]
    assert phases == [
        (AllocationKind.public, 100, None),
        (AllocationKind.phase, 50, dance.starts_at - timedelta(days=7)),
        (AllocationKind.access, 2, None),
    ]
    by_phone = sa.select(Allocation.places_taken).filter_by(kind=AllocationKind.phone)
    assert db.session.scalars(by_phone).all() == [1]


@pytest.mark.usefixtures("demo")
def test_there_is_somebody_for_every_role() -> None:
    offices = set(db.session.scalars(sa.select(OfficeRole.office)))
    assert offices == set(Office)
    roles = {
        (one.role.value, one.provider.name) for one in db.session.scalars(sa.select(Membership))
    }
    assert roles >= {
        ("lead", "Whitmore Reans Stitch Circle"),
        ("editor", "Whitmore Reans Stitch Circle"),
        ("door", "Whitmore Reans Stitch Circle"),
        ("lead", "Adult Education Wolverhampton"),
    }
    led = [name for role, name in roles if role == "lead"]
    assert sorted(led) == sorted(one.name for one in db.session.scalars(sa.select(Provider)))
    for person in demonstration.PEOPLE:
        user = accounts.by_email(person.email)
        assert user is not None
        assert user.name == person.name
    assert accounts.password_fits(accounts.by_email("lead@example.org"), demonstration.PASSWORD)


@pytest.mark.usefixtures("demo")
def test_offers_are_on_their_way() -> None:
    query = sa.select(Revision.state).where(Revision.state != RevisionState.approved)
    assert sorted(db.session.scalars(query)) == ["draft", "returned", "submitted"]


@pytest.mark.usefixtures("demo")
def test_everything_is_said_to_be_made_up() -> None:
    edition = db.session.scalars(sa.select(Edition)).one()
    assert edition.is_demonstration
    addresses = [
        *db.session.scalars(sa.select(Booking.email).where(Booking.email != "")),
        *db.session.scalars(sa.select(Message.recipient)),
    ]
    assert len(addresses) > 100
    assert all(address.endswith("@example.org") for address in addresses)
    assert all(
        mobile == "" or mobile.startswith("07700 900")
        for mobile in db.session.scalars(sa.select(Booking.mobile))
    )


@pytest.mark.usefixtures("demo")
def test_colours_of_themes_are_spread() -> None:
    palettes = Counter(db.session.scalars(sa.select(Theme.palette)))
    assert sorted(palettes) == list(range(10))
    assert max(palettes.values()) <= 3


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-24T14:00+00:00", date(2026, 12, 5)),  # a Tuesday: next Saturday is too soon
        ("2026-11-28T09:00+00:00", date(2026, 12, 5)),  # a Saturday: a week ahead is enough
        ("2026-11-29T09:00+00:00", date(2026, 12, 12)),
        ("2026-11-27T23:30+00:00", date(2026, 12, 5)),
        ("2027-06-11T23:30+00:00", date(2027, 6, 19)),  # in London it is Saturday already
        ("2027-05-20T09:00+01:00", date(2027, 5, 29)),  # backwards too
    ],
)
def test_days_are_moved_by_whole_weeks(now: str, opening: date) -> None:
    days = Days.beginning_soon(datetime.fromisoformat(now))
    assert (days.first, days.last) == (opening, opening + timedelta(days=15))
    assert days.shift.days % 7 == 0


@pytest.mark.usefixtures("app")
def test_hours_stay_when_days_move_into_winter(at: At) -> None:
    at("2026-11-24T14:00+00:00")
    edition = load_demonstration().edition
    assert edition.starts_on == date(2026, 12, 5)
    starts_at = session("E02").occurrences[0].starts_at.astimezone(LONDON)
    assert starts_at == datetime(2026, 12, 5, 10, 30, tzinfo=LONDON)


@pytest.mark.usefixtures("app")
def test_booking_and_offers_are_open(at: At) -> None:
    at("2026-11-24T14:00+00:00")
    edition = load_demonstration().edition
    assert edition.bookings_open_at == datetime(2026, 11, 9, 10, tzinfo=LONDON)
    assert edition.submissions_open_at is not None
    assert edition.submissions_open_at < clock.now()
    assert edition.submissions_close_at is not None
    assert edition.submissions_close_at > clock.now()


@pytest.mark.parametrize("now", ["2027-06-05T09:00+01:00", "2027-06-12T09:10+01:00"])
@pytest.mark.usefixtures("app")
def test_days_can_stand_as_given(at: At, now: str) -> None:
    """So that a demonstration can stand on the opening morning, or in the middle."""
    at(now)
    edition = load_demonstration(keep_dates=True).edition
    assert (edition.starts_on, edition.ends_on) == (date(2027, 6, 5), date(2027, 6, 20))
    assert check.broken_rules() == []


@pytest.mark.usefixtures("app")
def test_it_stays_away_from_a_real_festival() -> None:
    db.session.add(
        Edition(
            slug="real",
            name="Swansea Learning Festival",
            city="Swansea",
            starts_on=date(2027, 3, 1),
            ends_on=date(2027, 3, 5),
        )
    )
    db.session.commit()
    with pytest.raises(RealFestivalHere):
        load_demonstration()
    assert count(FestivalSession) == 0


def test_the_command_loads_it_once(command: Command) -> None:
    first = command("demo")
    assert first.code == 0, first.err
    assert "Loaded Wolverhampton Learning Festival" in first.out
    assert "PIN " in first.out
    models = (Booking, FestivalSession, Message, Room)
    before = [count(model) for model in models]
    again = command("demo", "--dates", "as-given")
    assert again.code == 0, again.err
    assert "already here: nothing was changed" in again.out
    assert "PIN " not in again.out
    db.session.rollback()
    assert [count(model) for model in models] == before
    for told in (first.out, again.out):
        assert all(person.email in told for person in demonstration.PEOPLE)
        assert demonstration.PASSWORD in told
    checked = command("check")
    assert (checked.code, checked.out) == (0, "Everything is as it must be.\n")


def test_the_command_keeps_the_days_of_the_files(command: Command) -> None:
    told = command("demo", "--dates", "as-given", NOW="2027-06-05T09:00+01:00")
    assert "Saturday 5 June 2027 to Sunday 20 June 2027" in told.out
    assert command("check").code == 0


@pytest.mark.usefixtures("demo")
def test_what_children_come_to_alone_could_be_published() -> None:
    alone = set()
    for one in db.session.scalars(sa.select(FestivalSession)):
        if children_come_alone(one):
            alone.add(one.code)
            days = [run.starts_at.astimezone(LONDON).date() for run in one.occurrences]
            assert providers.lacking_on(one.provider, one, days) == [], one.code
    assert alone >= {"E08", "E11", "E16", "E23", "E31"}


@pytest.mark.usefixtures("demo")
def test_there_is_something_for_the_team_to_look_at() -> None:
    edition = db.session.scalars(sa.select(Edition)).one()
    found = finding.entries(edition, clock.now().date())
    assert [one.provider.name for one in found if not providers.is_checked(one.provider)] == [
        "Penn Road Chess Club"
    ]
    troubles = {(one.provider.name, what.trouble) for one in found for what in one.cautions}
    assert troubles == {
        ("Blakenhall Growers", Trouble.not_held),
        ("Bilston Fix-It Cafe", Trouble.not_checked),
        ("Wulfrun Deaf Social", Trouble.ends_soon),
    }
    assert venues.waiting() == 1
