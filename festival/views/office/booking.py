"""Booking for somebody who calls, comes to the counter or to the door, or has a partner ask."""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, capacity, clock, desk, programme, words
from festival.domain.alternatives import alternatives
from festival.domain.bookings import NotAllHad, Who, Wish
from festival.domain.errors import DomainError
from festival.extensions import db, write
from festival.forms.desk import CHANNELS, MOST_LINES, BookForm, Runs
from festival.models import AllocationKind, Booking, Channel, FestivalSession, Occurrence, Office
from festival.views import said
from festival.views.access import me, office
from festival.views.office import spelling
from festival.views.office.desk import ACCESS, DESK, blueprint

KINDS = (AllocationKind.phone, AllocationKind.partner, AllocationKind.public)


@blueprint.get("/book")
@office(*DESK)
def book() -> ResponseReturnValue:
    """An empty form, or one for the session of this code."""
    form = _form(1, code=request.args.get("code", "")[:8])
    _look_at_dates(form)
    return _ask(form)


@blueprint.post("/book")
@office(*DESK)
def take_booking() -> ResponseReturnValue:
    """Show dates, add a line, read it back, and book it when it was read back."""
    pressed = request.form.get("do", "check")
    form = _form(_lines_wanted())
    _look_at_dates(form)
    if pressed in ("dates", "change"):
        return _ask(form)
    if pressed == "add":
        return _with_one_more(form)
    if not form.validate_on_submit():
        return _ask(form)
    who, wishes = _who(form), _wishes(form)
    if pressed == "book" and (made := _book(form, wishes, who)) is not None:
        return redirect(url_for("office.booked", reference=made.reference))
    return _ask(form) if form.refused else _read_back(form, wishes, who)


def _book(form: BookForm, wishes: Sequence[Wish], who: Who) -> Booking | None:
    """The booking, or what is in its way on the form."""
    try:
        with write():
            return bookings.book(
                wishes=wishes,
                contact=form.contact,
                rules=booking_rules(),
                who=who,
                key=form.key.data,
            )
    except NotAllHad as refusal:
        for number, problem in refusal.problems.items():
            assert isinstance(number, int)  # by its place among the wishes
            form.refuse_line(number, problem)
    except DomainError as error:
        form.refuse(error)
    return None


def _read_back(form: BookForm, wishes: Sequence[Wish], who: Who) -> ResponseReturnValue:
    """What would be booked, to be read to the caller; or what is in its way."""
    contact = form.contact
    looks = desk.outlook(
        wishes,
        who,
        booking_rules(),
        clock.now(),
        mobile=contact.mobile,
        email=contact.email,
    )
    for number, problem in looks.problems.items():
        form.refuse_line(number, problem)
    if form.refused:
        return _ask(form, [wishes[number] for number in looks.problems])
    return render_template(
        "office/book_check.html",
        form=form,
        lines=[_line(wish, waits=number in looks.waits) for number, wish in enumerate(wishes)],
        cautions=[said.caution_in_words(one) for one in looks.cautions],
        channel=str(dict(CHANNELS)[who.channel]),
        contact=contact,
    )


def _line(wish: Wish, *, waits: bool) -> dict[str, Any]:
    occurrence = db.session.get_one(Occurrence, wish.occurrence_id)
    zone = occurrence.session.edition.zone
    return {
        "title": said.title(occurrence.session),
        "code": occurrence.session.code,
        "when": [
            words.when(one.starts_at, one.ends_at, zone) for one in bookings.parts_of(occurrence)
        ],
        "where": f"{occurrence.room.name}, {occurrence.room.venue.name}",
        "who": said.people_in_words(wish.party),
        "waits": waits,
        "answer": wish.answer,
    }


@blueprint.get("/booked/<reference>")
@office(*DESK)
def booked(reference: str) -> ResponseReturnValue:
    """The reference of a booking that this person made, to be spelled; nobody else's."""
    booking = bookings.by_reference(reference)
    if booking is None or booking.made_by_id != me().id:
        abort(404)
    return render_template(
        "office/booked.html",
        booking=booking,
        spelled=spelling.spell(reference),
        booked=bookings.standing(booking),
        waiting=bookings.in_line(booking),
        manage=manage_path(booking),
        tickets=manage_path(booking, "bookings.show_tickets"),
    )


def _lines_wanted() -> int:
    typed = request.form.get("lines", "1")
    wanted = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 1
    return min(max(wanted, 1), MOST_LINES)


def _form(count: int, code: str = "") -> BookForm:
    reserve = me().holds(Office.administrator, *ACCESS)
    return BookForm.of(count, may_use_reserve=reserve, code=code)


def _with_one_more(form: BookForm) -> ResponseReturnValue:
    """The same form with one more line, with the people of the last one."""
    if form.count >= MOST_LINES:
        form.say_above(gettext("One booking can have 10 sessions at most."))
        return _ask(form)
    more = _form(form.count + 1)
    last, fresh = form.line(form.count - 1), more.line(form.count)
    for name in ("adults", "ages", "companions", "unnamed"):
        fresh[name].data = last[name].data
    _look_at_dates(more)
    return _ask(more)


def _look_at_dates(form: BookForm) -> None:
    """Fill in what dates each line can choose from, and what its session asks."""
    runs: dict[int, Runs | None] = {}
    for number in range(form.count):
        fields = form.line(number)
        session = programme.session_by_code((fields["code"].data or "").strip(), clock.now())
        runs[number] = None if session is None else _dates(session)
        fields["answer"].label.text = session.question if session else ""
    form.set_runs(runs)


def _dates(session: FestivalSession) -> Runs:
    """The runs that can be booked, or waited for, with their places in each share; of a series
    its first part stands for all."""
    now = clock.now()
    runs = [one for one in session.occurrences if capacity.why_not(one, now) is None]
    runs = [
        one for one in runs if one.series_part is None or one.id == bookings.parts_of(one)[0].id
    ]
    free = {kind: capacity.availabilities(runs, now, kind) for kind in KINDS}
    return [(one.id, _date(one, {kind: free[kind][one.id] for kind in KINDS})) for one in runs]


def _date(occurrence: Occurrence, free: dict[AllocationKind, capacity.Availability]) -> str:
    zone = occurrence.session.edition.zone
    when = words.when(occurrence.starts_at, occurrence.ends_at, zone)
    if occurrence.series_part is not None:
        parts = len(bookings.parts_of(occurrence))
        when = gettext("%(when)s, and all %(parts)s dates of the series", when=when, parts=parts)
    public = free[AllocationKind.public]
    places = gettext(
        "%(phone)s places by phone or counter, %(partner)s for partners, %(web)s online",
        phone=free[AllocationKind.phone].public,
        partner=free[AllocationKind.partner].public,
        web=public.public,
    )
    if not public.waiting:
        return f"{when}. {places}."
    line = ngettext("%(num)s party waits", "%(num)s parties wait", public.waiting)
    return f"{when}. {places}. {line}."


def _wishes(form: BookForm) -> list[Wish]:
    parties = desk.in_one_household([form.party(number) for number in range(form.count)])
    return [
        Wish(
            int(form.line(number)["run"].data),
            party,
            wait=bool(form.line(number)["wait"].data),
            answer=form.line(number)["answer"].data or "",
            asked=form.asked,
        )
        for number, party in enumerate(parties)
    ]


def _who(form: BookForm) -> Who:
    return Who(
        channel=Channel(form.channel.data),
        user=me(),
        proxy_name=form.proxy_name.data or "",
        kind=AllocationKind.access if form.uses_reserve else None,
    )


def _ask(form: BookForm, refused: Sequence[Wish] = ()) -> ResponseReturnValue:
    """The form; with what else there is for wishes that cannot be had."""
    instead = [
        (said.title(other.session), other.session.code, other)
        for wish in refused
        if (occurrence := db.session.get(Occurrence, wish.occurrence_id)) is not None
        for other in alternatives(occurrence, wish.party, clock.now())
    ]
    return render_template("office/book.html", form=form, most=MOST_LINES, instead=instead)
