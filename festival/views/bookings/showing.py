"""The booking itself: every line as it stands, and what can be done about it."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from festival.delivery.addresses import address, manage_path
from festival.domain import announcements, clock, links
from festival.domain.running import notices
from festival.forms.base import Form
from festival.models import Booking, ReservationState
from festival.views import announced
from festival.views.access import by_link
from festival.views.bookings import calendar
from festival.views.bookings.lines import (
    ENDED,
    OFFERED,
    UNANSWERED,
    ShownLine,
    shown_lines,
)
from festival.views.bookings.opened import blueprint, opened, the_edition


@blueprint.get("/bookings/<reference>")
@by_link
def show(reference: str) -> ResponseReturnValue:
    """The booking, by its signed link; without one, the way to find it."""
    booking = opened(reference, links.MANAGE)
    if booking is None:
        return redirect(url_for("bookings.find", reference=reference[:40]))
    lines = shown_lines(booking, clock.now())
    return render_template(
        "bookings/show.html",
        booking=booking,
        lines=[one for one in _by_need(lines) if _stands_out(one)],
        ended=[one for one in lines if not _stands_out(one)],
        stands={one.state for one in lines} - {ENDED},
        coming=[one for one in lines if one.state != ENDED and one.is_coming],
        form=Form(),
        links=_links(booking),
        reasons=reasons_of(lines),
        heard=_heard(booking, lines),
        ways=calendar.ways(booking, the_edition(), managing=True),
    )


def reasons_of(lines: Sequence[ShownLine]) -> dict[int, str]:
    """Why the organiser called off what is called off, by run."""
    gone = [
        claim.occurrence_id
        for one in lines
        for claim in one.line.claims
        if claim.state == ReservationState.withdrawn
    ]
    found = notices.why_cancelled(gone) if gone else {}
    return {run: notice.reason for run, notice in found.items() if notice.reason}


def _heard(booking: Booking, lines: Sequence[ShownLine]) -> list[dict[str, Any]]:
    """What organisers told this booking about what is still to come."""
    coming = [
        claim.occurrence
        for one in lines
        for claim in one.line.claims
        if claim.state == ReservationState.confirmed and claim.occurrence.ends_at > clock.now()
    ]
    if not coming:
        return []
    return [
        announced.row(one)
        for one in announcements.heard_by(booking.id)
        if any(announcements.is_about(one, run) for run in coming)
    ]


def _by_need(lines: Sequence[ShownLine]) -> list[ShownLine]:
    """What asks for an answer comes first."""
    return sorted(lines, key=lambda one: one.state not in (OFFERED, UNANSWERED))


def _stands_out(one: ShownLine) -> bool:
    """What stands, and what we took away while it was to come; what the booker gave up is only
    named."""
    return one.state != ENDED or (one.is_our_doing and one.is_coming)


def _links(booking: Booking) -> dict[str, str]:
    return {
        "tickets": manage_path(booking, "bookings.show_tickets"),
        "share": tickets_address(booking),
        "contact": manage_path(booking, "bookings.contact"),
        "send_again": manage_path(booking, "bookings.send_again"),
        "cancel_all": manage_path(booking, "bookings.cancel_all"),
    }


def tickets_address(booking: Booking) -> str:
    """The second link: it shows tickets and nothing else."""
    token = links.token(current_app.config["SECRET_KEY"], booking, links.TICKETS)
    return address("bookings.show_tickets", reference=booking.reference, t=token)
