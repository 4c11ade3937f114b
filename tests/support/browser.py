"""A real browser: Debian's Chromium, driven by Playwright; and axe, which looks for barriers."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
NO_CHROMIUM = "no Chromium found (on Debian: apt-get install chromium)"
NO_DRIVER = "Playwright's driver does not start (on Debian: apt-get install libatomic1)"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-gpu",
    "--disable-dev-shm-usage",  # 64 MB in a container
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page under test reaches this machine only.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
# Levels A and AA of WCAG 2.2 and what came before, and axe's own good practice.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = (390, 844)
DESK = (1280, 900)


@cache
def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@cache
def cannot_browse() -> str | None:
    """What is missing for browser tests; None when all is there."""
    if chromium() is None:
        return NO_CHROMIUM
    asked = [sys.executable, "-m", "playwright", "--version"]
    works = subprocess.run(asked, capture_output=True, check=False).returncode == 0
    return None if works else NO_DRIVER


@contextmanager
def running() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


class Pages:
    """Opens pages, each a person of its own, and remembers what went wrong on them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def __call__(
        self,
        base_url: str | None = None,
        *,
        viewport: tuple[int, int] = DESK,
        java_script_enabled: bool = True,
        **options: Any,
    ) -> Page:
        """A new page in a browser without cookies; ``goto("/")`` goes to the base address."""
        context = self.browser.new_context(
            base_url=base_url,
            viewport={"width": viewport[0], "height": viewport[1]},
            java_script_enabled=java_script_enabled,
            locale=options.pop("locale", "en-GB"),
            timezone_id=options.pop("timezone_id", "Europe/London"),
            **options,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", self._console)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        """Errors of scripts and of the content security policy; a 404 is for the test to judge."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"{message.location.get('url')}: {message.text}")


@cache
def _axe_script() -> str:
    return AXE.read_text(encoding="utf-8")


def axe(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds wrong on this page: the rule, where, and how to mend it.

    Its script goes in through the debugger's own channel, which the content security policy does
    not bind. So the policy stays on, and the page is looked at as people get it.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(f"() => {{ {_axe_script()} }}")
    rules = {rule: {"enabled": False} for rule in without}
    options = {"runOnly": AXE_TAGS, "resultTypes": ["violations"], "rules": rules}
    result = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
        f"    {' '.join(map(str, node['target']))}\n"
        f"    {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
