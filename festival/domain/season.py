"""What time of its year a festival is in: what people come to its first page for."""

import enum
from datetime import datetime, time, timedelta

from festival.models import Edition

SOON = timedelta(hours=2)  # what begins within this is "on now"


class Season(enum.StrEnum):
    call = "call"  # organisations offer sessions; nothing is public yet
    coming = "coming"  # there is a programme to read or to wait for, and nothing can be booked
    on_sale = "on sale"
    on_now = "on now"  # the days of the festival
    over = "over"


def season(edition: Edition, now: datetime, *, has_programme: bool) -> Season:
    """The season at ``now`` (aware); days begin and end in the festival's zone."""
    zone = edition.zone
    begins = datetime.combine(edition.starts_on, time(), zone)
    ends = datetime.combine(edition.ends_on + timedelta(days=1), time(), zone)
    if now >= ends:
        return Season.over
    if now >= begins:
        return Season.on_now
    opens = edition.bookings_open_at
    if has_programme and opens is not None and opens <= now:
        return Season.on_sale
    return Season.call if takes_offers(edition, now) and not has_programme else Season.coming


def takes_offers(edition: Edition, now: datetime) -> bool:
    """Whether organisations may send in sessions just now."""
    opens, closes = edition.submissions_open_at, edition.submissions_close_at
    return (opens is None or opens <= now) and closes is not None and now < closes
