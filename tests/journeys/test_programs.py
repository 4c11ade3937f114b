"""Whoever writes a program reads how, at any width, with whatever they use to read."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from festival.extensions import write
from tests import factories
from tests.support.browser import Pages
from tests.support.live import LiveServer

pytestmark = pytest.mark.browser


def test_the_page_about_the_api(
    committed_app: Flask,
    live_server: Callable[..., LiveServer],
    new_page: Pages,
    looked_at: Callable[[Page], None],
) -> None:
    with write():
        factories.the_edition()
    page = new_page(live_server().url)
    page.goto("/api/v1/")
    looked_at(page)
    page.get_by_role("link", name="The whole description").click()
    assert '"openapi": "3.1.0"' in page.content()
