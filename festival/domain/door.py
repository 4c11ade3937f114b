"""The door: who may scan where, what a ticket is worth there, and what happened."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain import audit, bookings, clock, references
from festival.domain.errors import N_, DomainError
from festival.domain.scans import LETS_IN, undone
from festival.domain.tickets import NotATicket, NotGenuine, TicketFacts, TicketKeys
from festival.extensions import db
from festival.models import (
    Booking,
    DoorPass,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Revision,
    Room,
    Scan,
    ScanKind,
    Ticket,
    User,
    Venue,
)

Kind = Literal[
    "not_ours",
    "not_genuine",
    "other_session",
    "cancelled",
    "older",
    "already_in",
    "welcome",
    "cannot_check",
    "not_found",
]
Answer = Literal["yes", "no", "look"]
ANSWERS: dict[str, Answer] = {
    "welcome": "yes",
    "cannot_check": "look",
    "already_in": "look",
    "other_session": "look",
    "older": "look",
}
EARLY = timedelta(hours=2)  # a session is a pass's that starts so long after its end, or earlier
UNKNOWN = "unknown_ticket"  # the flag of who came in by a genuine ticket that is on no list
LARGEST_ID = 2**31 - 1
GONE = N_("This ticket is not here any more. Check it again.")


class PassRefused(DomainError):
    """This pass does not open the door, or not now."""

    reason = "pass_refused"


class OverLegal(DomainError):
    """More people than the room may hold by law."""

    reason = "over_legal"


class NothingToAdmit(DomainError):
    """Nobody, or more people than the ticket still lets in."""

    reason = "nothing_to_admit"


@dataclass(frozen=True)
class Verdict:
    """What the volunteer is told of a ticket or a reference."""

    kind: Kind
    reservation: Reservation | None = None
    occurrence: Occurrence | None = None  # what it is for, where we know that
    ticket_number: int | None = None
    people: int = 0
    admitted: int = 0
    last_admitted_at: datetime | None = None
    last_admitted_door: str = ""

    @property
    def answer(self) -> Answer:
        """Yes, no, or look: somebody has to."""
        return ANSWERS.get(self.kind, "no")

    @property
    def remaining(self) -> int:
        """How many of them are not in yet."""
        return max(0, self.people - self.admitted)

    @property
    def may_admit(self) -> bool:
        """Whether anybody may still come in by it."""
        return self.kind in ("welcome", "cannot_check") and self.remaining > 0


def make_pass(
    *, venue: Venue, from_at: datetime, until_at: datetime, label: str, actor: User | None
) -> tuple[DoorPass, str, str]:
    """A pass for one venue between two aware times: the pass, its link's secret and its PIN.

    Secret and PIN are shown once: only their hashes are kept. Raises PassRefused.
    """
    if until_at <= from_at:
        raise PassRefused(N_("The end must be after the start."), field="until")
    secret, pin = secrets.token_urlsafe(18), f"{secrets.randbelow(10_000):04d}"
    door_pass = DoorPass(
        venue_id=venue.id,
        label=label,
        secret_hash=bookings.hash_secret(secret),
        pin_hash=_hash_pin(secret, pin),
        from_at=from_at,
        until_at=until_at,
        created_at=clock.now(),
    )
    db.session.add(door_pass)
    db.session.flush()
    audit.record("door_pass.made", door_pass, actor=actor, venue=venue.slug)
    return door_pass, secret, pin


def _hash_pin(secret: str, pin: str) -> str:
    """The PIN's hash needs the link's secret, which is not stored: four digits alone could be
    guessed from the database."""
    return hmac.new(secret.encode(), b"door-pin\0" + pin.encode(), hashlib.sha256).hexdigest()


def pass_of(secret: str) -> DoorPass | None:
    """The pass this link's secret belongs to, whatever its hours."""
    return db.session.scalar(
        sa.select(DoorPass).where(DoorPass.secret_hash == bookings.hash_secret(secret))
    )


def pin_fits(door_pass: DoorPass, secret: str, pin: str) -> bool:
    """Whether this is the PIN of the pass that this link's secret opens, however it is spaced."""
    typed = "".join(digit for digit in pin if digit.isalnum())
    return hmac.compare_digest(door_pass.pin_hash, _hash_pin(secret, typed))


def check_pass(door_pass: DoorPass, now: datetime) -> None:
    """Raise PassRefused unless the pass opens its door at ``now`` (aware)."""
    if door_pass.revoked_at is not None:
        raise PassRefused(
            N_("This door pass has been switched off. Ask the festival team for a new one.")
        )
    if now >= door_pass.until_at:
        raise PassRefused(N_("This door pass has run out. Ask the festival team for a new one."))
    if now < door_pass.from_at:
        raise PassRefused(N_("This door pass does not work yet. Try again when your shift starts."))


def revoke(door_pass: DoorPass, *, actor: User | None) -> None:
    """Switch a pass off; again changes nothing."""
    if door_pass.revoked_at is None:
        door_pass.revoked_at = clock.now()
        audit.record("door_pass.revoked", door_pass, actor=actor)


def sessions_at(door_pass: DoorPass) -> list[Occurrence]:
    """What runs at the pass's venue in its hours, with its wording."""
    wording = (
        selectinload(Occurrence.session)
        .selectinload(FestivalSession.published_revision)
        .selectinload(Revision.texts)
    )
    return list(db.session.scalars(_running_at(door_pass).options(wording)))


def _ids_at(door_pass: DoorPass) -> set[int]:
    return set(db.session.scalars(_running_at(door_pass).with_only_columns(Occurrence.id)))


def _running_at(door_pass: DoorPass) -> sa.Select[Occurrence]:
    return (
        sa.select(Occurrence)
        .join(Occurrence.room)
        .where(
            Room.venue_id == door_pass.venue_id,
            Occurrence.state.in_((OccurrenceState.scheduled, OccurrenceState.cancelled)),
            Occurrence.ends_at >= door_pass.from_at,
            Occurrence.starts_at <= door_pass.until_at + EARLY,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )


def judge(door_pass: DoorPass, typed: str, keys: TicketKeys, edition: Edition) -> Verdict:
    """The verdict on a scanned code or a typed reference; changes nothing."""
    here = _ids_at(door_pass)
    reference = references.read_reference(typed, edition.reference_prefix)
    if reference is not None:
        return _judge_reference(reference, here)
    try:
        facts = keys.read(typed)
    except NotATicket:
        return Verdict("not_ours")
    except NotGenuine:
        return Verdict("not_genuine")
    return _judge_ticket(facts, here)


def _judge_reference(reference: str, here: set[int]) -> Verdict:
    booking = bookings.by_reference(reference)
    if booking is None:
        return Verdict("not_found")
    claims = _claims_that_matter(booking)
    ours = [claim for claim in claims if claim.occurrence_id in here]
    chosen = _most_useful(ours or claims)
    return judge_reservation(chosen, here) if chosen else Verdict("not_found")


def _claims_that_matter(booking: Booking) -> list[Reservation]:
    states = (ReservationState.confirmed, ReservationState.cancelled, ReservationState.withdrawn)
    return [claim for claim in booking.reservations if claim.state in states and claim.ticket]


def _most_useful(claims: Sequence[Reservation]) -> Reservation | None:
    """Of several: one that stands, and of these the nearest in time."""
    now = clock.now()
    return min(
        claims,
        key=lambda claim: (
            claim.state != ReservationState.confirmed,
            abs((claim.occurrence.starts_at - now).total_seconds()),
        ),
        default=None,
    )


def _judge_ticket(facts: TicketFacts, here: set[int]) -> Verdict:
    ticket = db.session.scalar(sa.select(Ticket).where(Ticket.number == facts.number))
    if ticket is None:
        return _judge_unknown(facts, here)
    verdict = judge_reservation(ticket.reservation, here)
    if verdict.kind in ("welcome", "already_in") and facts.generation < ticket.generation:
        return replace(verdict, kind="older")
    return verdict


def _judge_unknown(facts: TicketFacts, here: set[int]) -> Verdict:
    """Of a ticket that is genuine, but not in this database (restored from a backup, say): for a
    session here it is never turned away."""
    known = facts.occurrence_id <= LARGEST_ID
    good = Verdict(
        "cannot_check",
        occurrence=db.session.get(Occurrence, facts.occurrence_id) if known else None,
        ticket_number=facts.number,
        people=facts.people,
    )
    return _in_order(good, here)


def judge_reservation(claim: Reservation, here: set[int]) -> Verdict:
    """The verdict on a reservation at a door where these occurrences (ids) run."""
    good = Verdict(
        "welcome",
        reservation=claim,
        occurrence=claim.occurrence,
        ticket_number=claim.ticket.number if claim.ticket else None,
        people=claim.ticket.people if claim.ticket else claim.people,
    )
    return _in_order(good, here, stands=claim.state == ReservationState.confirmed)


def _label(scan: Scan) -> str:
    """Which door it was; of what was on paper nobody knows."""
    return scan.door_pass.label if scan.door_pass else ""


def _in_order(good: Verdict, here: set[int], *, stands: bool = True) -> Verdict:
    """The first thing that is wrong, in the order that helps most; else the good verdict."""
    scans = _admissions(good.ticket_number)
    seen = replace(
        good,
        admitted=sum(scan.people for scan in scans),
        last_admitted_at=scans[-1].received_at if scans else None,
        last_admitted_door=_label(scans[-1]) if scans else "",
    )
    run = seen.occurrence
    if run is None or run.id not in here:
        return replace(seen, kind="other_session")
    if not stands or run.state == OccurrenceState.cancelled:
        return replace(seen, kind="cancelled")
    if not seen.remaining:
        return replace(seen, kind="already_in")
    return seen


def look_again(door_pass: DoorPass, reservation_id: int) -> Verdict:
    """The verdict on a reservation that was judged before."""
    claim = db.session.get(Reservation, reservation_id)
    return judge_reservation(claim, _ids_at(door_pass)) if claim else Verdict("not_found")


def _admissions(ticket_number: int | None) -> list[Scan]:
    """Who came in by this ticket, the first first; but for what was undone."""
    query = (
        sa.select(Scan)
        .where(Scan.ticket_number == ticket_number, Scan.kind.in_(LETS_IN), ~undone())
        .order_by(Scan.id)
    )
    return list(db.session.scalars(query))


def people_in(occurrence_id: int) -> int:
    """How many people are in this session as far as scans tell."""
    return headcounts([occurrence_id])[occurrence_id]


def headcounts(occurrence_ids: Sequence[int]) -> dict[int, int]:
    """How many people are in each of these sessions as far as scans tell."""
    query = (
        sa.select(Scan.occurrence_id, sa.func.sum(Scan.people))
        .where(
            Scan.occurrence_id.in_(occurrence_ids),
            Scan.kind.in_(LETS_IN),
            ~undone(),
        )
        .group_by(Scan.occurrence_id)
    )
    counted = {one: int(people) for one, people in db.session.execute(query)}
    return {one: counted.get(one, 0) for one in occurrence_ids}


def admit(
    *, door_pass: DoorPass, reservation_id: int, people: int, scan_id: str, source: str
) -> tuple[Scan, Verdict]:
    """Let so many of a party in. The same scan id again returns the first answer.

    Locks the occurrence, so that two doors count together. Raises PassRefused, NothingToAdmit,
    OverLegal.
    """
    check_pass(door_pass, clock.now())
    claim = db.session.get(Reservation, reservation_id)
    if claim is None or claim.ticket is None:
        raise NothingToAdmit(GONE)
    lock(claim.occurrence_id)
    db.session.refresh(claim)
    here = _ids_at(door_pass)
    scan = _let_in(door_pass, judge_reservation(claim, here), people, scan_id, source)
    return scan, judge_reservation(claim, here)


def admit_unlisted(
    *,
    door_pass: DoorPass,
    code: str,
    keys: TicketKeys,
    people: int,
    scan_id: str,
    source: str,
) -> tuple[Scan, Verdict]:
    """Let so many in by the code of a genuine ticket that may be in no list: what it says counts.

    The rest is as with ``admit``. Raises PassRefused, NothingToAdmit, OverLegal.
    """
    check_pass(door_pass, clock.now())
    try:
        facts = keys.read(code)
    except (NotATicket, NotGenuine) as error:
        raise NothingToAdmit(GONE) from error
    if facts.occurrence_id <= LARGEST_ID:
        lock(facts.occurrence_id)
    here = _ids_at(door_pass)
    scan = _let_in(door_pass, _judge_ticket(facts, here), people, scan_id, source)
    return scan, _judge_ticket(facts, here)


def lock(occurrence_id: int) -> None:
    """Let nobody else count in this run until the write ends. Without settling it: admitting is
    no claim on places, and the door must not wait."""
    db.session.get(
        Occurrence, occurrence_id, with_for_update={"of": Occurrence}, populate_existing=True
    )


def _let_in(door_pass: DoorPass, verdict: Verdict, people: int, scan_id: str, source: str) -> Scan:
    """The admission written down, or the one that was; under its occurrence's lock."""
    done = db.session.scalar(sa.select(Scan).where(Scan.scan_id == scan_id))
    if done is not None:
        return done
    run = verdict.occurrence
    if run is None or not verdict.may_admit or not 1 <= people <= verdict.remaining:
        raise NothingToAdmit(
            N_("%(admitted)s of %(people)s are already in. Check the ticket again."),
            field="people",
            admitted=verdict.admitted,
            people=verdict.people,
        )
    check_room(run, people)
    return _record(
        door_pass,
        ScanKind.admit,
        scan_id=scan_id,
        people=people,
        ticket_number=verdict.ticket_number,
        occurrence_id=run.id,
        verdict=verdict.kind,
        source=source,
        flags=[UNKNOWN] if verdict.kind == "cannot_check" else [],
    )


def check_room(run: Occurrence, people: int) -> None:
    """Raise OverLegal where so many more are too many for the room by law; under the lock."""
    if people_in(run.id) + people > run.legal_capacity:
        raise OverLegal(
            N_("The room is full: %(legal)s people is the most the law allows. Ask for help."),
            legal=run.legal_capacity,
        )


def note(door_pass: DoorPass, verdict: Verdict, *, scan_id: str, source: str) -> Scan | None:
    """Write down a check that let nobody in; the same scan id again changes nothing."""
    if db.session.scalar(sa.select(Scan.id).where(Scan.scan_id == scan_id)):
        return None
    run = verdict.occurrence
    try:
        with db.session.begin_nested():
            return _record(
                door_pass,
                ScanKind.note,
                scan_id=scan_id,
                people=0,
                ticket_number=verdict.ticket_number,
                occurrence_id=run.id if run else None,
                verdict=verdict.kind,
                source=source,
            )
    except sa.exc.IntegrityError:  # the button was pressed twice at once
        return None


def undo(*, door_pass: DoorPass, target: str, scan_id: str) -> None:
    """Take an admission of this pass's venue back; again changes nothing.

    Raises PassRefused, NothingToAdmit.
    """
    check_pass(door_pass, clock.now())
    admission = db.session.scalar(sa.select(Scan).where(Scan.scan_id == target))
    at = admission.door_pass if admission is not None else None
    if admission is None or at is None or at.venue_id != door_pass.venue_id:
        raise NothingToAdmit(N_("There is nothing to undo."))
    already = db.session.scalar(
        sa.select(Scan.id).where(Scan.kind == ScanKind.undo, Scan.undoes == target)
    )
    if already is None:
        _record(
            door_pass,
            ScanKind.undo,
            scan_id=scan_id,
            people=0,
            ticket_number=admission.ticket_number,
            occurrence_id=admission.occurrence_id,
            undoes=target,
            source="typed",
        )


def _record(door_pass: DoorPass, kind: ScanKind, **facts: object) -> Scan:
    now = clock.now()
    scan = Scan(door_pass_id=door_pass.id, kind=kind, device_at=now, received_at=now, **facts)
    db.session.add(scan)
    db.session.flush()
    return scan


def log(limit: int = 100, venue_id: int | None = None) -> list[Scan]:
    """The scan log, newest first."""
    query = sa.select(Scan).order_by(Scan.id.desc()).limit(limit)
    if venue_id is not None:
        query = query.join(Scan.door_pass).where(DoorPass.venue_id == venue_id)
    return list(db.session.scalars(query))


def session_codes(scans: Sequence[Scan]) -> dict[int, str]:
    """The codes of the sessions of these scans, by occurrence."""
    query = (
        sa.select(Occurrence.id, FestivalSession.code)
        .join(Occurrence.session)
        .where(Occurrence.id.in_({scan.occurrence_id for scan in scans}))
    )
    return dict(db.session.execute(query).all())


def booking_references(scans: Sequence[Scan]) -> dict[int, str]:
    """The references of the bookings of these scans, by the ticket's number."""
    query = (
        sa.select(Ticket.number, Booking.reference)
        .join(Ticket.reservation)
        .join(Reservation.booking)
        .where(Ticket.number.in_({scan.ticket_number for scan in scans}))
    )
    return {number: reference for number, reference in db.session.execute(query) if reference}


def undone_ids(scans: Sequence[Scan]) -> set[str]:
    """Which of these scans were undone."""
    ids = [scan.scan_id for scan in scans]
    return set(
        db.session.scalars(
            sa.select(Scan.undoes).where(Scan.kind == ScanKind.undo, Scan.undoes.in_(ids))
        )
    )


def passes(limit: int = 100) -> list[DoorPass]:
    """The passes that were made last, newest first."""
    return list(db.session.scalars(sa.select(DoorPass).order_by(DoorPass.id.desc()).limit(limit)))


def venues() -> list[Venue]:
    """Every venue people go to, by name."""
    return list(db.session.scalars(sa.select(Venue).where(~Venue.is_online).order_by(Venue.name)))


def venue_by_slug(slug: str) -> Venue | None:
    """The venue of this short name."""
    return db.session.scalar(sa.select(Venue).where(Venue.slug == slug))
