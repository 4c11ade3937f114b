"""What a ticket costs: its page with the code, and its PDF. Processor time, because that is what a
busy evening runs out of."""

import http.client
import statistics
import time
from collections.abc import Callable

import pytest
from flask import Flask

from festival.delivery import codes, printed, ticket_keys
from festival.delivery.addresses import manage_path
from festival.extensions import write
from tests import factories
from tests.benchmarks.conftest import Floor
from tests.benchmarks.report import Sheet
from tests.benchmarks.served import cpu_of
from tests.support.live import LiveServer

pytestmark = pytest.mark.bench
MANY = 120
PAGE, FILE = 8, 40  # CPU milliseconds at most
WORDING = {
    "meeting_point": "Ask at the front desk.",
    "what_to_bring": "Your tablet, if you have one.",
}


def cpu(action: Callable[[], object], times: int = 25) -> float:
    """The median of so many runs in milliseconds of processor time, after three to get warm."""
    for _ in range(3):
        action()
    taken = []
    for _ in range(times):
        begun = time.process_time()
        action()
        taken.append((time.process_time() - begun) * 1000)
    return statistics.median(taken)


def booked(name: str = "Ada Lovelace", language: str = "en") -> factories.Booking:
    session = factories.session(title="Tablets for beginners", wording=WORDING)
    made = factories.booking(factories.occurrence_of(session), 3, name=name)
    made.language = language
    return made


def test_ticket_pages(
    committed_app: Flask, live_server: Callable[..., LiveServer], sheet: Sheet
) -> None:
    """Pages with tickets, in processor time of the server"""
    with write():
        run = factories.occurrence_of(
            factories.session(title="Tablets for beginners", wording=WORDING, capacity=200)
        )
        made = [factories.booking(run, 1) for _ in range(MANY)]
        pages = [manage_path(one, "bookings.show_tickets") for one in made]
    server = live_server(workers=1)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def ask(path: str) -> None:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200

    def each(paths: list[str]) -> float:
        begun = cpu_of(server)
        for path in paths:
            ask(path)
        return (cpu_of(server) - begun) * 1000 / len(paths)

    each(pages[:20])  # to get warm
    floor = Floor("/healthz", each(["/healthz"] * 200), sheet)
    cost = each(pages[20:])
    floor.compare("a page with its code, the first time", cost)
    sheet.aim("", cost, PAGE, " CPU ms", 1)
    floor.compare("the same page again", each(pages[20:]))
    connection.close()


@pytest.mark.databases("sqlite")
@pytest.mark.usefixtures("committed_app")
def test_ticket_files(sheet: Sheet) -> None:
    """Tickets as PDF, in processor time"""
    assert printed.can_print()
    keys, edition = ticket_keys(), factories.the_edition()
    with write():
        people = {
            "English": booked(),
            "Panjabi": booked("ਗੁਰਪ੍ਰੀਤ ਸ਼ਰਮਾ", "pa"),
            "Urdu": booked("عائشہ خان", "ur"),
        }
        series = factories.booking(factories.series(8, title="Start to Code")[0], 2)

    def pdf(booking: factories.Booking) -> bytes:
        return printed.tickets(booking.reservations, booking, edition, keys)

    empty = '<html lang="en"><title>x</title><p>One line</p></html>'
    floor = Floor("a page of one line", cpu(lambda: printed._pdf(empty)), sheet)
    for language, booking in people.items():
        cost = cpu(lambda booking=booking: pdf(booking))  # type: ignore[misc]
        floor.compare(f"a ticket in {language}", cost)
        sheet.aim("", cost, FILE, " CPU ms", 1)
    floor.compare("each of eight in one file", cpu(lambda: pdf(series), 5) / 8)
    code = factories.code_of(people["English"])
    floor.compare("drawing a code", cpu(lambda: codes.drawing.__wrapped__(code)))
