"""Residents, organisers and time in any order: every rule of the booking desk holds after each
step, and nobody in line is overtaken."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, check, duty, running, shares, waiting
from festival.domain.bookings import Contact, Who, Wish
from festival.domain.errors import DomainError
from festival.domain.occurrences import Share
from festival.domain.parties import Person
from festival.extensions import db
from festival.models import (
    Accompaniment,
    AllocationKind,
    AttendeeKind,
    Booking,
    Channel,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
)
from tests import factories as make

START = datetime.fromisoformat("2027-06-01T10:00+01:00")
ADA = Contact("Ada Lovelace", "ada@example.org")
BROWSERS = 3
PARTIES = st.sampled_from(
    [
        make.party(1),
        make.party(2),
        make.party(3),
        make.party(1, companions=1),
        make.party(1, ages=[9]),
        make.party(1, ages=[0]),
        make.party(1, ages=[5, 1]),
        make.party(0, ages=[16]),
        make.party(1, companions=2),
    ]
)
WHO = st.sampled_from([Who(), Who(Channel.phone), Who(kind=AllocationKind.access)])
LEAST = st.sampled_from([None, None, 1, 2])
RUN, BROWSER, ANY = st.integers(0, 4), st.integers(0, BROWSERS - 1), st.integers(0, 10_000)
ENDED = (
    ReservationState.cancelled,
    ReservationState.declined,
    ReservationState.closed,
    ReservationState.lapsed,
)


@dataclass(frozen=True)
class InLine:
    """A turn as it was before a step."""

    claim: int
    occurrence: int
    turn: tuple[datetime, int]
    share: int | None
    needs: int  # places that would do
    people: int  # who come then
    companions: int  # of these


class Machine(RuleBasedStateMachine):
    """``line``: who waited before the step; ``ended``: what must not come back."""

    stop_clock: Callable[..., None]

    def __init__(self) -> None:
        super().__init__()
        self.example = db.session.begin_nested()
        self.now = START
        self.stop_clock(START)
        self.secrets = [bookings.new_secret() for _ in range(BROWSERS)]
        self.booked: list[Booking] = []
        self.line: list[InLine] = []
        self.ended: dict[int, ReservationState] = {}

    @initialize()
    def open_the_desk(self) -> None:
        """Everything is full, and some wait for each."""
        self.runs = _runs()
        for run in self.runs[:4]:
            for places in (2, 2, 1, 2, 1, 1):
                self.booked.append(self._asks(run, places))

    def _asks(self, run: Occurrence, places: int) -> Booking:
        """So many places, by web: grown-ups, or where they take none a child each."""
        ages = [] if run.session.accompanying_adults_take_places else [8] * places
        party = make.party(1 if ages else places, ages=ages)
        wish = Wish(run.id, party, wait=True)
        return bookings.book(wishes=[wish], contact=ADA, rules=booking_rules(), who=Who())

    def teardown(self) -> None:
        self.example.rollback()
        db.session.expunge_all()

    # --- residents on their way

    @rule(who=BROWSER, which=RUN, party=PARTIES, waits=st.booleans(), least=LEAST)
    def choose(self, who: int, which: int, party: list[Person], waits: bool, least: int) -> None:
        begun = bookings.of_secret(self.secrets[who])
        if begun is not None and begun.confirmed_at is not None:
            self.secrets[who] = bookings.new_secret()  # as the page does: a new basket
        run = self.runs[which]
        facts = {"edition": run.session.edition, "secret": self.secrets[who], "occurrence": run}
        with self.step():
            if waits:
                bookings.wish_to_wait(party=party, rules=booking_rules(), least=least, **facts)
            else:
                bookings.hold(party=party, rules=booking_rules(), **facts)

    @rule(who=BROWSER, age=st.sampled_from([0, 1, 5, 9, 16]))
    def name(self, who: int, age: int) -> None:
        basket = bookings.basket_of(self.secrets[who])
        if basket is None:
            return
        people = [
            replace(one, name="Kim", age=age if one.kind == AttendeeKind.child else None)
            for one in bookings.household(basket)
        ]
        with self.step():
            bookings.name_people(basket, people)

    @rule(who=BROWSER, number=ANY)
    def take_out(self, who: int, number: int) -> None:
        basket = bookings.basket_of(self.secrets[who])
        lines = bookings.lines_of(basket) if basket else []
        if basket is not None and lines:
            with self.step():
                bookings.remove_line(basket, lines[number % len(lines)].uid)

    @rule(who=BROWSER, longer=st.booleans())
    def leave_or_extend(self, who: int, longer: bool) -> None:
        basket = bookings.basket_of(self.secrets[who])
        if basket is not None:
            with self.step():
                bookings.extend(basket, booking_rules()) if longer else bookings.leave(basket)

    @rule(who=BROWSER, number=ANY, instead=st.sampled_from(["wait", "leave", None]))
    def confirm(self, who: int, number: int, instead: str | None) -> None:
        basket = bookings.basket_of(self.secrets[who])
        if basket is None:
            return
        lines = bookings.lines_of(basket)
        one = lines[number % len(lines)].uid if lines else ""
        choices = {one: instead} if instead else {}
        with self.step() as done:
            bookings.confirm(basket, ADA, f"key {basket.id}", booking_rules(), instead=choices)  # type: ignore[arg-type]
            done.append(basket)

    @rule(which=RUN, party=PARTIES, who=WHO, wait=st.booleans(), least=LEAST)
    def book(self, which: int, party: list[Person], who: Who, wait: bool, least: int) -> None:
        wish = Wish(self.runs[which].id, party, wait=wait, least=least)
        with self.step() as done:
            done.append(bookings.book(wishes=[wish], contact=ADA, rules=booking_rules(), who=who))

    # --- changes of mind

    @precondition(lambda self: self.booked)
    @rule(number=ANY, gone=ANY)
    def give_up(self, number: int, gone: int) -> None:
        booking, claim = self.one(number, ReservationState.confirmed)
        if booking and claim:
            ids = [one.id for one in claim.attendees]
            with self.step():
                bookings.give_up(booking, claim, ids[: gone % len(ids) + 1])

    @precondition(lambda self: self.booked)
    @rule(number=ANY, party=PARTIES, wait=st.booleans())
    def add(self, number: int, party: list[Person], wait: bool) -> None:
        booking, claim = self.one(number, ReservationState.confirmed)
        if booking and claim:
            with self.step():
                bookings.add_people(booking, claim, party, booking_rules(), wait=wait)

    @precondition(lambda self: self.booked)
    @rule(number=ANY, party=PARTIES)
    def change_party(self, number: int, party: list[Person]) -> None:
        booking, claim = self.one(number, ReservationState.confirmed)
        if booking and claim:
            with self.step():
                bookings.change_party(booking, claim, party)

    @precondition(lambda self: self.booked)
    @rule(number=ANY, email=st.sampled_from(["", "ada@example.org", "grace@example.org"]))
    def rename_and_move_the_address(self, number: int, email: str) -> None:
        booking, claim = self.one(number, ReservationState.confirmed)
        if booking and claim:
            with self.step():
                bookings.rename(booking, claim, {one.id: "Kim" for one in claim.attendees})
                bookings.change_contact(booking, Contact("Ada", email))

    @precondition(lambda self: self.booked)
    @rule(number=ANY, which=RUN)
    def swap(self, number: int, which: int) -> None:
        booking, claim = self.one(number, ReservationState.confirmed)
        if booking and claim:
            with self.step():
                bookings.swap(booking, claim, self.runs[which].id, booking_rules())

    @precondition(lambda self: self.booked)
    @rule(number=ANY, pass_on=st.booleans())
    def split_or_pass_on(self, number: int, pass_on: bool) -> None:
        booking, claim = self.one(number, ReservationState.confirmed)
        if booking is None or claim is None:
            return
        with self.step() as done:
            if pass_on:
                done.append(bookings.pass_on(booking, claim, Contact("Grace Hopper")))
            else:
                bookings.split(booking, claim, [claim.attendees[0].id], booking_rules())

    @precondition(lambda self: self.booked)
    @rule(number=ANY)
    def cancel_all(self, number: int) -> None:
        with self.step():
            bookings.cancel_all(self.booked[number % len(self.booked)])

    # --- the waiting list

    @precondition(lambda self: self.booked)
    @rule(number=ANY, which=RUN, party=PARTIES, who=WHO, least=LEAST)
    def join(self, number: int, which: int, party: list[Person], who: Who, least: int) -> None:
        booking = self.booked[number % len(self.booked)]
        with self.step():
            waiting.join(booking, self.runs[which].id, party, booking_rules(), who, least=least)

    @precondition(lambda self: self.booked)
    @rule(
        number=ANY,
        answer=st.sampled_from(["accept", "accept", "decline", "stay on", "some", "some stay on"]),
        chosen=ANY,
    )
    def answer(self, number: int, answer: str, chosen: int) -> None:
        booking, claim = self.one(number, ReservationState.offered)
        if booking is None or claim is None:
            return
        with self.step():
            if answer == "decline":
                waiting.decline(booking, claim)
            else:
                ids = [one.id for one in claim.attendees]
                waiting.accept(
                    booking,
                    claim,
                    attendee_ids=ids[chosen % len(ids) :] if "some" in answer else None,
                    keep_waiting="stay on" in answer,
                    rules=booking_rules(),
                )

    @precondition(lambda self: self.booked)
    @rule(number=ANY, stays=st.booleans())
    def stay_or_leave(self, number: int, stays: bool) -> None:
        states = (ReservationState.waiting, ReservationState.offered)
        booking, claim = self.one(number, *states)
        if booking and claim:
            with self.step():
                (waiting.stay if stays else waiting.leave_line)(booking, claim)

    # --- organisers

    @rule(which=RUN, more=st.integers(-2, 3))
    def set_capacity(self, which: int, more: int) -> None:
        run = self.runs[which]
        with self.step():
            running.set_capacity(run.id, run.capacity + more, actor=None)

    @rule(which=RUN, phone=st.integers(0, 2), access=st.integers(0, 2))
    def set_shares(self, which: int, phone: int, access: int) -> None:
        kept = [Share(AllocationKind.phone, phone), Share(AllocationKind.access, access)]
        with self.step():
            shares.set_shares(self.runs[which].id, kept, actor=None)

    @rule(which=RUN, closes=st.booleans())
    def close_or_open(self, which: int, closes: bool) -> None:
        verb = running.close_booking if closes else running.open_booking
        with self.step():
            verb(self.runs[which].id, actor=None)

    @rule(which=RUN, luck=st.integers(0, 2))
    def cancel_or_reinstate(self, which: int, luck: int) -> None:
        run = self.runs[which]
        with self.step():
            if run.state == OccurrenceState.cancelled:
                running.reinstate(run.id, actor=None)
            elif luck == 0:
                running.cancel_occurrence(run.id, "The speaker is ill.", actor=None)

    @rule(which=RUN, hours=st.sampled_from([-30, -2, 1, 30]))
    def move(self, which: int, hours: int) -> None:
        run = self.runs[which]
        with self.step():
            later = run.starts_at + timedelta(hours=hours)
            running.reschedule(run.id, starts_at=later, actor=None)

    # --- who is on duty

    @rule(what=st.sampled_from(["booking", "changes"]), luck=st.integers(0, 3))
    def stop_or_go_on(self, what: duty.What, luck: int) -> None:
        edition = self.runs[0].session.edition
        with self.step():
            if getattr(edition, duty.COLUMNS[what][0]) is not None:
                duty.go_on(edition, what, actor=None)
            elif luck == 0:
                duty.stop(edition, what, "A burst pipe.", actor=None)

    @rule(minutes=st.sampled_from([1, 20]))
    def give_more_time(self, minutes: int) -> None:
        with self.step():
            duty.extend_holds(self.runs[0].session.edition, minutes, actor=None)

    # --- time

    @rule(minutes=st.sampled_from([5, 16, 45, 300, 1500]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.stop_clock(self.now)
        ids = [run.id for run in self.runs]
        read = capacity.availabilities(self.runs, self.now)
        with self.step():
            capacity.lock_and_settle(ids, self.now)
        assert capacity.availabilities(self.runs, self.now) == read
        late = sa.select(Reservation).where(
            Reservation.state == ReservationState.offered, Reservation.offer_until <= self.now
        )
        if not self.runs[0].session.edition.stands_still:
            assert list(db.session.scalars(late)) == []

    # --- what must hold

    @invariant()
    def every_rule_holds(self) -> None:
        db.session.flush()
        assert check.broken_rules() == []

    @contextmanager
    def step(self) -> Iterator[list[Booking]]:
        """One verb, undone where it is refused as ``write()`` would; then who was offered what."""
        self.line = _line()
        done: list[Booking] = []
        before, went_well = _promised(), True
        try:
            with db.session.begin_nested():
                yield done
        except DomainError:
            went_well = False
            done.clear()
            db.session.expire_all()
        self.booked.extend(done)
        db.session.flush()
        self.nobody_was_overtaken()
        self.promises_are_kept(before, refused=not went_well)
        self.what_ended_stays_so()

    def nobody_was_overtaken(self) -> None:
        """Whoever is offered places now: nobody before them in line, whom these places would have
        done for, still waits."""
        before = {one.claim: one for one in self.line}
        offered = sa.select(Reservation).where(Reservation.state == ReservationState.offered)
        still = {one.claim: one for one in _line()}
        for claim in db.session.scalars(offered):
            mine = before.get(claim.id)
            if mine is None:
                continue  # it was offered before, or joined just now, behind everybody
            for other in still.values():
                earlier = other.occurrence == mine.occurrence and other.turn < mine.turn
                if earlier and other.claim in before and other.share == mine.share:
                    fits = other.needs <= claim.places and other.people <= claim.people
                    # Companions find room in the reserve, where others do not.
                    ordinary = claim.people - claim.companions
                    fits = fits and other.people - other.companions <= ordinary
                    assert not fits, (other, mine)

    def promises_are_kept(self, before: dict[int, int], *, refused: bool) -> None:
        """Nobody who is booked loses a place by what others do: at most one booking shrinks by one
        step, and none by a step that was refused. Called-off runs are the exception."""
        after = _promised()
        off = sa.select(Reservation.id).where(Reservation.state == ReservationState.withdrawn)
        called_off = set(db.session.scalars(off))
        lost = {one for one, people in before.items() if after.get(one, 0) < people} - called_off
        ids = sa.select(Reservation.booking_id).where(Reservation.id.in_(lost)).distinct()
        assert len(db.session.scalars(ids).all()) <= (0 if refused else 1)

    def what_ended_stays_so(self) -> None:
        """Places given up or declined are not offered to the same party again by themselves."""
        query = sa.select(Reservation.id, Reservation.state)
        states = dict(db.session.execute(query).all())
        for claim, state in self.ended.items():
            assert states.get(claim, state) == state
        self.ended |= {claim: state for claim, state in states.items() if state in ENDED}
        lapsed = {claim for claim, state in self.ended.items() if claim not in states}
        for claim in lapsed:
            del self.ended[claim]  # rows of a basket that was left are gone, their ids used again

    @invariant()
    def who_is_booked_has_a_ticket_for_all(self) -> None:
        for booking in self.booked:
            for claim in booking.reservations:
                if claim.state == ReservationState.confirmed:
                    assert claim.ticket is not None
                    assert claim.ticket.people == len(claim.attendees)

    # --- and how it is told

    def one(
        self, number: int, *states: ReservationState
    ) -> tuple[Booking | None, Reservation | None]:
        """One of the reservations in these states, with its booking."""
        found = [
            (booking, claim)
            for booking in self.booked
            for claim in booking.reservations
            if claim.state in states
        ]
        return found[number % len(found)] if found else (None, None)


def _promised() -> dict[int, int]:
    """How many people each confirmed reservation is for."""
    query = sa.select(Reservation.id, Reservation.people).where(
        Reservation.state == ReservationState.confirmed
    )
    return dict(db.session.execute(query).all())  # type: ignore[arg-type]


def _line() -> list[InLine]:
    query = sa.select(Reservation).where(
        Reservation.state == ReservationState.waiting,
        Reservation.waiting_since.is_not(None),
        Reservation.passed_over.is_(False),
        Reservation.series_claim.is_(None),
    )
    found = []
    for claim in db.session.scalars(query):
        assert claim.waiting_since is not None
        needs = claim.least_places or claim.places
        people = claim.people - (claim.places - needs)
        turn = (claim.waiting_since, claim.id)
        share, companions = claim.allocation_id, claim.companions
        found.append(InLine(claim.id, claim.occurrence_id, turn, share, needs, people, companions))
    return found


def _runs() -> list[Occurrence]:
    """A run with shares that are released, one whose adults take no place, one that fills its
    room, a series of two."""
    bread = make.session(
        capacity=5,
        room=make.room(7),
        shares=[
            Share(AllocationKind.phone, 2, START + timedelta(minutes=300)),
            Share(AllocationKind.phase, 1, START + timedelta(minutes=700)),
        ],
    )
    play = make.session(
        capacity=3,
        room=make.room(6),
        accompaniment=Accompaniment.with_adult,
        accompanying_adults_take_places=False,
        under_twos_take_places=False,
    )
    tight = make.session(capacity=4, room=make.room(4))
    runs = [make.occurrence_of(one) for one in (bread, play, tight)]
    return [*runs, *make.series(2, capacity=3)]


def test_any_order_of_things_keeps_every_rule(app: Flask, at: Callable[..., None]) -> None:
    Machine.stop_clock = staticmethod(at)
    # Not shrunk: at these few steps a failure can be read as it is, and shrinking takes minutes.
    few = settings(max_examples=10, stateful_step_count=40, phases=[Phase.generate], deadline=None)
    run_state_machine_as_test(Machine, settings=few)
