"""Getting a booking into a calendar, at a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from festival.delivery.addresses import manage_path
from festival.extensions import write
from tests import factories
from tests.support.browser import PHONE, Pages
from tests.support.live import LiveServer
from tests.support.readers import by_icalendar

pytestmark = pytest.mark.browser


def test_a_phone_without_scripts_saves_the_dates(
    committed_app: Flask,
    live_server: Callable[..., LiveServer],
    new_page: Pages,
    looked_at: Callable[[Page], None],
) -> None:
    with write():
        booked = factories.booking(factories.series(2, title="Maths for Mums")[0])
        factories.session(title="Sing Together")
        path, uids = manage_path(booked), {one.calendar_uid for one in booked.reservations}
        tickets = manage_path(booked, "bookings.show_tickets")
    page = new_page(live_server().url, viewport=PHONE, java_script_enabled=False)
    page.goto(path)
    page.locator("details.calendar summary").press("Enter")  # a details element: no script
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save to my calendar").click()
    assert saved.value.suggested_filename == f"{booked.reference}.ics"
    events = by_icalendar(Path(saved.value.path()).read_bytes())
    assert {one.uid for one in events} == uids
    page = new_page(page.url.partition("/bookings")[0])
    for address in (path, tickets, f"/sessions/{_code(page)}", "/"):
        page.goto(address)
        page.locator("details.calendar summary").click()
        looked_at(page)


def _code(page: Page) -> str:
    page.goto("/")
    page.get_by_role("link", name="Sing Together", exact=True).click()
    return page.url.rpartition("/")[2]
