"""Sessions somebody put by to think about: kept in their own browser, told to nobody, shared by an
address that names the sessions and nobody else."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.delivery.addresses import address
from festival.domain import bookings, clock
from festival.domain.finding import Item, Shown
from festival.domain.finding.search import entry_of
from festival.models import Booking, Edition, OccurrenceState
from festival.views import finder, shown
from festival.views.access import public
from festival.views.flashes import say
from festival.views.page import BASKET, SAVED
from festival.views.page import edition as current_edition

blueprint = Blueprint("saved", __name__, url_prefix="/saved")
MOST = 40  # sessions; a cookie has little room
BETWEEN = "-"  # the codes of an address


def init_app(app: Flask) -> None:
    app.add_template_global(following, "next_of_list")
    app.add_template_global(is_saved, "is_saved")


@blueprint.get("")
@public
def mine() -> ResponseReturnValue:
    """What this browser has put by."""
    codes = _of_here()
    edition, cards = _cards(codes)
    known = [card["code"] for card in cards]
    return render_template(
        "saved/mine.html",
        cards=cards,
        edition=edition,
        gone=len(codes) - len(cards),
        share=address("saved.shared", codes=BETWEEN.join(known)) if known else "",
        next_one=following(),
    )


@blueprint.post("")
@public
def keep() -> ResponseReturnValue:
    """Put sessions by, or take them off the list."""
    codes = _read(request.form.get("codes", ""))
    have = _of_here()
    if request.form.get("do") == "remove":
        session[SAVED] = [one for one in have if one not in codes]
        say(gettext("It is off your list."), kind="success")
        return redirect(_back(codes))
    known = [one for one in codes if one not in have and _offers().get(one)]
    if len(have) + len(known) > MOST:
        say(
            gettext(
                "Your list is full: it has room for %(most)s sessions. Take one off first.",
                most=MOST,
            ),
            kind="warning",
        )
        return redirect(url_for("saved.mine"))
    session[SAVED] = [*have, *known]
    put = ngettext(
        "%(num)s session is on your list.",
        "%(num)s sessions are on your list.",
        len(session[SAVED]),
    )
    say(put, kind="success")
    return redirect(_back(codes))


@blueprint.get("/<codes>")
@public
def shared(codes: str) -> ResponseReturnValue:
    """Somebody's list, for who was sent its address; or one session, for who wants to put it by
    from a list of them (``by=me``)."""
    wanted = _read(codes)
    edition, cards = _cards(wanted)
    if not cards:
        abort(404)
    here = set(_of_here())
    page = render_template(
        "saved/shared.html",
        cards=cards,
        edition=edition,
        codes=BETWEEN.join(card["code"] for card in cards),
        all_here=all(card["code"] in here for card in cards),
        by_me=request.args.get("by") == "me",
    )
    answer = make_response(page)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@blueprint.get("/next")
@public
def book_next() -> ResponseReturnValue:
    """On to booking the next of the list; to the basket when each is in it."""
    found = following()
    return redirect(found["href"] if found else url_for("baskets.show"))


def following() -> dict[str, Any] | None:
    """The next session of the list that is not in the basket and can be booked or waited for."""
    shown_now, secret = finder.take(), session.get(BASKET)
    booking = bookings.open_basket(secret) if secret else None
    chosen = _in_basket(booking)
    for code in _of_here() if shown_now else ():
        items = _coming(shown_now, code) if code not in chosen else []
        run = _first_to_book(shown_now, items)
        if run is not None:
            return {
                "title": run.session.title,
                "href": url_for("baskets.party", code=code, occurrence_id=run.id),
            }
    return None


def is_saved(code: str) -> bool:
    """Whether this browser has put this session by."""
    return code in session.get(SAVED, ())


def _in_basket(booking: Booking | None) -> set[str]:
    if booking is None or booking.confirmed_at is not None:
        return set()
    return {line.first.occurrence.session.code for line in bookings.lines_of(booking)}


def _first_to_book(shown_now: Shown | None, items: Sequence[Item]) -> Item | None:
    """Its first run with places, else the first that has a waiting list."""
    free = shown_now.standing.free if shown_now else {}
    for reason in ("open", "full"):
        for item in items:
            if item.id in free and free[item.id].reason == reason:
                return item
    return None


def _of_here() -> list[str]:
    return [str(one) for one in session.get(SAVED, [])]


def _read(typed: str) -> list[str]:
    """The codes of an address, each once, as many as a list can have."""
    parts = [one.upper() for one in typed[: MOST * 9].split(BETWEEN) if one.isalnum()]
    return list(dict.fromkeys(parts))[:MOST]


def _back(codes: Sequence[str]) -> str:
    """To the page of the session the button stands on, else to the list."""
    if request.form.get("back") == "session" and len(codes) == 1 and codes[0] in _offers():
        return url_for("programme.session", code=codes[0])
    return url_for("saved.mine")


def _offers() -> dict[str, int]:
    """The id of every public session by its code."""
    shown_now = finder.take()
    return {one.code: one.id for one in shown_now.index.stock.offers} if shown_now else {}


def _coming(shown_now: Shown | None, code: str) -> list[Item]:
    """The runs of a session that are not over: all of them where all are."""
    if shown_now is None:
        return []
    now = clock.now()
    runs = [one for one in shown_now.index.stock.items if one.session.code == code]
    to_come = [one for one in runs if one.ends_at > now and one.state != OccurrenceState.cancelled]
    return to_come or runs


def _cards(codes: Iterable[str]) -> tuple[Edition | None, list[dict[str, Any]]]:
    """Each session with its next date and the way to book it; those that are gone are left out."""
    shown_now, edition = finder.take(), current_edition()
    cards = []
    for code in codes:
        items = _coming(shown_now, code)
        if shown_now is None or edition is None or not items:
            continue
        first = [one for one in items if one.day == items[0].day]
        card = shown.card(entry_of(shown_now.standing, first), edition, with_day=True)
        run = _first_to_book(shown_now, items)
        card["book"] = url_for("baskets.party", code=code, occurrence_id=run.id) if run else None
        card["more_dates"] = len({one.day for one in items}) - 1
        cards.append(card)
    return edition, cards
