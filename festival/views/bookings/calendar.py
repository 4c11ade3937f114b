"""A booking in somebody's calendar: a file to save, an address to follow, links to elsewhere."""

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from festival.delivery import calendars
from festival.delivery.addresses import address
from festival.delivery.calendars import booked_calendar
from festival.domain import clock, feeds, links, words
from festival.models import Booking, Edition, Reservation, ReservationState
from festival.views.access import by_link
from festival.views.bookings.opened import blueprint, opened, the_edition
from festival.views.files import File, private_file

IN_LINE = (ReservationState.waiting, ReservationState.offered)


@blueprint.get("/bookings/<reference>/calendar")
@by_link
def to_calendar(reference: str) -> ResponseReturnValue:
    """The way to the file: behind a redirect, phones save it where they would offer to
    subscribe."""
    booking = opened(reference, links.MANAGE, links.TICKETS) or abort(404)
    token = request.args.get("t", "")
    return redirect(url_for("bookings.calendar", reference=booking.reference, t=token), 303)


@blueprint.get("/bookings/<reference>/calendar.ics")
@by_link
def calendar(reference: str) -> ResponseReturnValue:
    """What was booked, for a calendar; cancelled places are marked so. How to join online is not
    for who was only given the tickets."""
    booking = opened(reference, links.MANAGE, links.TICKETS) or abort(404)
    managing = opened(reference, links.MANAGE) is not None
    held = [one for one in feeds.held_under([booking], clock.now()) if one.state not in IN_LINE]
    link = address("bookings.find")
    content = booked_calendar(held, the_edition(), link, may_join=managing)
    return private_file(File.of(content), f"{booking.reference}.ics", download=True)


def ways(booking: Booking, edition: Edition, *, managing: bool) -> dict[str, Any] | None:
    """What ``add_to_calendar`` shows of a booking; None where nothing of it is to come. Only who
    manages it is told where to follow it."""
    coming = [one for one in booking.reservations if one.occurrence.starts_at > clock.now()]
    booked = [one for one in coming if one.state == ReservationState.confirmed]
    if not booked and not any(one.state in IN_LINE for one in coming):
        return None
    token = request.args.get("t", "")
    download = url_for("bookings.to_calendar", reference=booking.reference, t=token)
    feed = feed_address(booking) if managing else None
    return {
        "lines": lines(booked, edition),
        "download": download if booked else None,
        "feed": feed,
        "subscribe": calendars.webcal(feed) if feed else None,
        "private": True,
    }


def feed_address(booking: Booking) -> str:
    """The address of this booking's calendar. Not that of all bookings under its email address:
    whoever typed an address need not be who reads its mail."""
    token = links.of_calendar(current_app.config["SECRET_KEY"], booking)
    return address("feeds.mine", token=token)


def lines(booked: Sequence[Reservation], edition: Edition) -> list[dict[str, str]]:
    """Each date with its links to other companies' calendars."""
    return [
        {
            "title": _title(one),
            "when": words.when(one.occurrence.starts_at, one.occurrence.ends_at, edition.zone),
            "google": calendars.google(one.occurrence),
            "outlook": calendars.outlook(one.occurrence),
        }
        for one in sorted(booked, key=lambda one: (one.occurrence.starts_at, one.id))
    ]


def _title(reservation: Reservation) -> str:
    revision = reservation.occurrence.session.published_revision
    assert revision is not None  # only published sessions are booked
    return revision.text(reservation.booking.language).title
