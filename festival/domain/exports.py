"""The list of who is booked, for the people who run the session: names and party sizes, close to
the day and no longer. Never an email address or a phone number: those who booked did not give
them to the organisation."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from festival.domain import audit, clock
from festival.domain.attendance import paper_list
from festival.domain.errors import N_, DomainError
from festival.models import Occurrence, Reservation, User

BEFORE = timedelta(days=7)
AFTER = timedelta(days=5)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "\ufeff"  # spreadsheets then read the names as they are written


class NotInTime(DomainError):
    """The list can be taken home only around the day."""

    reason = "not_in_time"


def window(run: Occurrence) -> tuple[datetime, datetime]:
    """From when until when this run's list can be had."""
    return run.starts_at - BEFORE, run.ends_at + AFTER


def take(run: Occurrence, *, actor: User) -> list[Reservation]:
    """The parties of this run that are booked, by surname. That this person has them is recorded.

    Raises NotInTime.
    """
    first, last = window(run)
    if not first <= clock.now() < last:
        raise NotInTime(
            N_("You can download the list from 7 days before the session until 5 days after it.")
        )
    found = [line.reservation for line in paper_list(run)]
    audit.record("names.exported", run.session, actor=actor, parties=len(found))
    return found


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table for spreadsheets, in which nothing that somebody typed is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    for row in (headings, *rows):
        writer.writerow([harmless(str(cell)) for cell in row])
    return MARK + out.getvalue()


def harmless(cell: str) -> str:
    """The text as a spreadsheet shows it without working it out."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULAS) else cell
