"""Letting people in by what was typed, one at a time, while the network is there."""

from collections.abc import Sequence

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.door.judging import LARGEST_ID, Verdict, judge_reservation, judge_ticket
from festival.domain.door.opening import check_pass, ids_at
from festival.domain.door.refusing import NothingToAdmit, OverLegal
from festival.domain.errors import N_
from festival.domain.scans import LETS_IN, undone
from festival.domain.tickets import NotATicket, NotGenuine, TicketKeys
from festival.extensions import db
from festival.models import DoorPass, Occurrence, Reservation, Scan, ScanKind

UNKNOWN = "unknown_ticket"  # the flag of who came in by a genuine ticket that is on no list
GONE = N_("This ticket is not here any more. Check it again.")


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
    here = ids_at(door_pass)
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
    here = ids_at(door_pass)
    scan = _let_in(door_pass, judge_ticket(facts, here), people, scan_id, source)
    return scan, judge_ticket(facts, here)


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
    return record(
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
            return record(
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
        record(
            door_pass,
            ScanKind.undo,
            scan_id=scan_id,
            people=0,
            ticket_number=admission.ticket_number,
            occurrence_id=admission.occurrence_id,
            undoes=target,
            source="typed",
        )


def record(door_pass: DoorPass, kind: ScanKind, **facts: object) -> Scan:
    """Write down what happened at this pass's door just now, whatever it is."""
    now = clock.now()
    scan = Scan(
        door_pass_id=door_pass.id,
        kind=kind,
        device_at=now,
        happened_at=now,
        received_at=now,
        **facts,
    )
    db.session.add(scan)
    db.session.flush()
    return scan
