"""Links that add one public run to somebody's calendar at another company. They carry what
everybody may read, and nothing of who follows them."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from festival.delivery.addresses import address
from festival.delivery.calendars.personal import place
from festival.delivery.calendars.text import one_line
from festival.models import Occurrence

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/action/compose"


def google(occurrence: Occurrence) -> str:
    """Google's page with this run filled in."""
    times = (f"{_utc(one):%Y%m%dT%H%M%SZ}" for one in (occurrence.starts_at, occurrence.ends_at))
    title, page = _title(occurrence), _page(occurrence)
    return _filled(
        GOOGLE,
        action="TEMPLATE",
        text=title,
        dates="/".join(times),
        details=page,
        location=place(occurrence.room),
    )


def outlook(occurrence: Occurrence) -> str:
    """Outlook.com's page with this run filled in."""
    return _filled(
        OUTLOOK,
        path="/calendar/action/compose",
        rru="addevent",
        subject=_title(occurrence),
        startdt=f"{_utc(occurrence.starts_at):%Y-%m-%dT%H:%M:%SZ}",
        enddt=f"{_utc(occurrence.ends_at):%Y-%m-%dT%H:%M:%SZ}",
        body=_page(occurrence),
        location=place(occurrence.room),
    )


def webcal(feed: str) -> str:
    """The feed's address as calendar programs are called by it."""
    return "webcal://" + feed.partition("://")[2]


def _filled(page: str, **values: str) -> str:
    """Spaces as %20: Outlook shows a plus as it is."""
    return f"{page}?{urlencode(values, quote_via=quote)}"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _title(occurrence: Occurrence) -> str:
    revision = occurrence.session.published_revision
    assert revision is not None  # only such sessions are public
    return one_line(revision.text().title)


def _page(occurrence: Occurrence) -> str:
    return address("programme.session", code=occurrence.session.code)
