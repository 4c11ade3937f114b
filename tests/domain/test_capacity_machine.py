"""Any order of holding, naming, booking, giving up and waiting keeps every rule."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, check
from festival.domain.bookings import Contact
from festival.domain.capacity import NoPlacesLeft, availability
from festival.domain.errors import DomainError
from festival.domain.occurrences import Share
from festival.domain.parties import Person, count_places
from festival.extensions import db
from festival.models import (
    TAKES_PLACES,
    Accompaniment,
    AllocationKind,
    Booking,
    Occurrence,
    ReservationState,
)
from tests import factories as make

START = datetime.fromisoformat("2027-06-01T10:00+01:00")
PEOPLE = 3  # how many browsers there are
PARTIES = st.sampled_from(
    [
        make.party(1),
        make.party(2),
        make.party(3),
        make.party(1, ages=[9]),
        make.party(1, ages=[0]),
        make.party(1, ages=[5, 1]),
        make.party(2, ages=[9, 5]),
        make.party(0, ages=[16]),
    ]
)
WHO = st.integers(0, PEOPLE - 1)


class Machine(RuleBasedStateMachine):
    """``promised``: how many people each booking was told that it stands for, by run."""

    stop_clock: Callable[..., None]

    def __init__(self) -> None:
        super().__init__()
        self.example = db.session.begin_nested()
        self.now = START
        self.stop_clock(START)
        self.runs = _runs()
        self.secrets = [bookings.new_secret() for _ in range(PEOPLE)]
        self.open: list[Booking] = []  # baskets, read once a step
        self.booked: list[Booking] = []
        self.promised: dict[tuple[int, int], int] = {}

    def teardown(self) -> None:
        self.example.rollback()
        db.session.expunge_all()

    # --- what people do

    @rule(who=WHO, which=st.integers(0, 2), party=PARTIES)
    def hold(self, who: int, which: int, party: list[Person]) -> None:
        run = self.runs[which]
        begun = bookings.of_secret(self.secrets[who])
        if begun is not None and begun.confirmed_at is not None:
            self.secrets[who] = bookings.new_secret()  # as the page does: a new basket
            begun = None
        with self.fits_or_is_refused(begun, bookings.parts_of(run), party):
            bookings.hold(
                edition=run.session.edition,
                secret=self.secrets[who],
                occurrence=run,
                party=party,
                rules=booking_rules(),
            )

    @precondition(lambda self: self.open)
    @rule(choice=st.data(), party=PARTIES)
    def name(self, choice: st.DataObject, party: list[Person]) -> None:
        basket = choice.draw(st.sampled_from(self.open))
        runs = [claim.occurrence for claim in bookings.latest_claims(basket)]
        with self.fits_or_is_refused(basket, runs, party):
            bookings.name_party(basket, party, booking_rules())

    @precondition(lambda self: self.open)
    @rule(choice=st.data())
    def extend(self, choice: st.DataObject) -> None:
        basket = choice.draw(st.sampled_from(self.open))
        with refusals():
            bookings.extend(basket, booking_rules())

    @precondition(lambda self: self.open)
    @rule(choice=st.data())
    def leave(self, choice: st.DataObject) -> None:
        bookings.leave(choice.draw(st.sampled_from(self.open)))

    @precondition(lambda self: self.open)
    @rule(choice=st.data())
    def confirm(self, choice: st.DataObject) -> None:
        basket = choice.draw(st.sampled_from(self.open))
        with refusals() as done:
            bookings.confirm(basket, Contact("Ada"), f"key {basket.id}", booking_rules())
            done.append(True)
        if done:
            self.booked.append(basket)
            self.remember(basket)

    @precondition(lambda self: self.booked)
    @rule(choice=st.data())
    def give_up(self, choice: st.DataObject) -> None:
        booking = choice.draw(st.sampled_from(self.booked))
        claim = choice.draw(st.sampled_from(booking.reservations))
        ids = [one.id for one in claim.attendees]
        gone = choice.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)) if ids else []
        with refusals() as done:
            bookings.give_up(booking, claim, gone)
            done.append(True)
        if done:
            self.remember(booking)

    # --- what time does

    @rule(minutes=st.sampled_from([5, 16, 45]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.stop_clock(self.now)
        self.reading_is_what_settling_makes()

    @rule(which=st.integers(0, 3))
    def settle(self, which: int) -> None:
        capacity.lock_and_settle([self.runs[which].id], self.now)

    # --- what must hold

    @invariant()
    def every_rule_holds(self) -> None:
        db.session.flush()
        assert check.broken_rules() == []
        self.open = self.baskets()

    def reading_is_what_settling_makes(self) -> None:
        read = capacity.availabilities(self.runs, self.now)
        settled = db.session.begin_nested()
        capacity.lock_and_settle([run.id for run in self.runs], self.now)
        assert capacity.availabilities(self.runs, self.now) == read
        for run in self.runs:
            share = capacity.public_share(run)
            people = run.legal_capacity - run.people_expected
            assert read[run.id].places == min(share.places - share.places_taken, people)
        settled.rollback()
        db.session.expire_all()
        assert all(0 <= read[run.id].places <= run.capacity for run in self.runs)

    @invariant()
    def promises_are_kept(self) -> None:
        for booking in self.booked:
            for claim in booking.reservations:
                promised = self.promised.get((booking.id, claim.occurrence_id))
                if claim.state == ReservationState.confirmed:
                    assert claim.people == promised

    @invariant()
    def a_series_is_held_and_booked_whole(self) -> None:
        for booking in [*self.booked, *self.open]:
            standing = [one for one in booking.reservations if one.state in TAKES_PLACES]
            series = [one for one in standing if one.series_claim]
            if series and any(one.state == ReservationState.confirmed for one in series):
                assert [one.occurrence_id for one in series] == [one.id for one in self.runs[2:]]
                assert len({(one.state, one.people) for one in series}) == 1

    # --- and how it is told

    def baskets(self) -> list[Booking]:
        """What could be booked now, or again."""
        found = (bookings.basket_of(secret) for secret in self.secrets)
        return [basket for basket in found if basket and bookings.latest_claims(basket)]

    def remember(self, booking: Booking) -> None:
        for claim in bookings.standing(booking):
            self.promised[booking.id, claim.occurrence_id] = claim.people

    @contextmanager
    def fits_or_is_refused(
        self, basket: Booking | None, runs: list[Occurrence], party: list[Person]
    ) -> Iterator[None]:
        """NoPlacesLeft comes exactly where the reading, with one's own hold, has too few."""
        fits = all(self.could_take(basket, run, party) for run in runs)
        try:
            with db.session.begin_nested():
                yield
        except NoPlacesLeft:
            db.session.expire_all()
            assert not fits
        except DomainError:
            db.session.expire_all()
        else:
            assert fits

    def could_take(self, basket: Booking | None, run: Occurrence, party: list[Person]) -> bool:
        free = availability(run, self.now)
        places, people = _free_places(run, self.now), free.people
        for claim in bookings.held_of(basket) if basket else []:
            if claim.occurrence_id == run.id and not _ran_out(claim.held_until, self.now):
                places, people = places + claim.places, people + claim.people
        return count_places(run.session, party) <= places and len(party) <= people


def _free_places(run: Occurrence, now: datetime) -> int:
    """Places of the public share once it is settled, whatever the room holds by law."""
    nested = db.session.begin_nested()
    capacity.lock_and_settle([run.id], now)
    share = capacity.public_share(run)
    free = min(share.places - share.places_taken, run.capacity - run.places_taken)
    nested.rollback()
    db.session.expire_all()
    return free


def _ran_out(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now


@contextmanager
def refusals() -> Iterator[list[bool]]:
    """A verb that may be refused, undone as ``write()`` would."""
    try:
        with db.session.begin_nested():
            yield (done := [])
    except DomainError:
        done.clear()
        db.session.expire_all()


def _runs() -> list[Occurrence]:
    """A run with shares that are released, one whose adults take no place, a series of two."""
    bread = make.session(
        capacity=5,
        room=make.room(5),
        shares=[
            Share(AllocationKind.phone, 2, START + timedelta(minutes=30)),
            Share(AllocationKind.phase, 1, START + timedelta(minutes=70)),
        ],
    )
    play = make.session(
        capacity=3,
        room=make.room(5),
        accompaniment=Accompaniment.with_adult,
        accompanying_adults_take_places=False,
        under_twos_take_places=False,
    )
    return [make.occurrence_of(bread), make.occurrence_of(play), *make.series(2, capacity=3)]


def test_any_order_of_things_keeps_every_rule(app: Flask, at: Callable[..., None]) -> None:
    Machine.stop_clock = staticmethod(at)
    # Not shrunk: at these few steps a failure can be read as it is, and shrinking takes minutes.
    with_few = settings(max_examples=15, stateful_step_count=30, phases=[Phase.generate])
    run_state_machine_as_test(Machine, settings=with_few)
