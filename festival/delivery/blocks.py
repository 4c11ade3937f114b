"""The blocks of a message, each made of what is true of its letter."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext

from festival.delivery import addresses
from festival.delivery.calendars import one_line, plain
from festival.delivery.letters import Item, Letter, full_address, is_changed
from festival.delivery.pieces import Change, Choice, Choices, Heading, Lines, Link, Piece, Said
from festival.domain import wordings, words
from festival.domain.announcements.words import TEMPLATES
from festival.domain.running import overlaps
from festival.extensions import db
from festival.models import Occurrence, Reservation, ReservationState, Room
from festival.models.venue import NOT_KNOWN


@dataclass(frozen=True)
class Block:
    """A block of a message, made for it. ``named`` are all places its words name: what has a place
    of its own is not said twice."""

    letter: Letter
    label: str = ""
    named: frozenset[str] = field(default_factory=frozenset)

    @property
    def several(self) -> bool:
        return len(self.letter.items) + len(self.letter.gone) > 1

    def may_say(self, name: str) -> bool:
        """Whether the details say this too: it belongs to the kind, and has no place of its own."""
        return name in wordings.KINDS[self.letter.kind].places and name not in self.named

    def title(self, item: Item) -> Said:
        return Said(one_line(item.text.title), item.text.language)

    def link(self, item: Item, label: str, href: str) -> Link:
        return Link(self.label or label, href, self.title(item) if self.several else None)

    def headed(self, item: Item, *pieces: Piece | None) -> Iterator[Piece]:
        """These pieces, with the title before them where there are several sessions."""
        there = [piece for piece in pieces if piece is not None]
        if there and self.several:
            yield Heading(self.title(item))
        yield from there


def pieces_of(name: str, block: Block) -> list[Piece]:
    """What stands in this block; nothing where there is nothing to say."""
    return list(BLOCKS[name](block))


# --- what is booked


def _details(block: Block) -> Iterator[Piece]:
    for item in block.letter.about:
        yield Heading(block.title(item))
        yield Lines(
            [
                *(Said(when, strong=True) for when in item.when),
                Said(full_address(item.room)),
                Said(item.for_people),
            ]
        )
        if item.state == ReservationState.confirmed:
            yield from _for_who_comes(block, item)
        elif not {"answer", "book"} & {*wordings.KINDS[block.letter.kind].places}:
            yield from _for_who_waits(item)


def _for_who_comes(block: Block, item: Item) -> Iterator[Piece]:
    if block.may_say("bring") and item.text.what_to_bring:
        yield Lines([_of_text(item, item.text.what_to_bring, gettext("What to bring:"))])
    if block.may_say("cannot_come"):
        yield Link(gettext("I cannot come to this"), item.cannot_come_link)


def _for_who_waits(item: Item) -> Iterator[Piece]:
    if item.state == ReservationState.waiting:
        yield Lines([Said(gettext("You are on the waiting list for this."))])
        yield Link(gettext("See where you are in line, or leave it"), item.offer_link)
    elif item.state == ReservationState.offered:
        yield _free(item)
        yield Link(gettext("Say yes or no thanks"), item.offer_link)


def _of_text(item: Item, text: str, label: str = "") -> Said:
    return Said(plain(text), item.text.language, label)


def _free(item: Item) -> Lines:
    places, wanted = item.first.places, item.wanted
    if places < wanted:
        free = ngettext("%(num)s place is free now.", "%(num)s places are free now.", places)
        free += " " + gettext("You asked for %(num)s.", num=wanted)
    else:
        free = ngettext(
            "There is a place for you now.", "There are %(num)s places for you now.", places
        )
    until = gettext("Please answer by %(moment)s.", moment=item.until)
    return Lines([Said(free), Said(until, strong=True)])


def _answer(block: Block) -> Iterator[Piece]:
    for item in block.letter.items:
        if item.state == ReservationState.offered:
            link = Link(block.label or gettext("Say yes or no thanks"), item.offer_link)
            note = Lines([Said(gettext("You do not need to sign in."))])
            yield from block.headed(item, _free(item), link, note)
        else:
            yield block.link(item, gettext("Stay in line, or leave it"), item.offer_link)


def _book(block: Block) -> Iterator[Piece]:
    for item in block.letter.items:
        yield block.link(item, gettext("Book now"), item.session_link)


def _given_up(block: Block) -> Iterator[Piece]:
    if block.letter.gone:
        yield Choices([Choice(block.title(one), "; ".join(one.when)) for one in block.letter.gone])


def _reason(block: Block) -> Iterator[Piece]:
    reason = plain(str(block.letter.facts.get("reason", "")))
    if reason:
        yield Lines([Said(reason, label=gettext("Why:"))])


def _alternatives(block: Block) -> Iterator[Piece]:
    if not block.letter.alternatives:
        return
    yield Lines([Said(gettext("You could come to one of these instead:"))])
    yield Choices([_choice(block.letter, *one) for one in block.letter.alternatives])


def _choice(letter: Letter, item: Item, one: Occurrence) -> Choice:
    revision = one.session.published_revision
    assert revision is not None  # only what is public is offered
    text = revision.text(letter.language)
    when = words.when(one.starts_at, one.ends_at, letter.edition.zone)
    said = f"{when}, {one_line(one.room.venue.name)}"
    return Choice(Said(one_line(text.title), text.language), said, item.instead_link(one))


# --- what has changed


def _change(block: Block) -> Iterator[Piece]:
    at_once = overlaps([one.id for item in block.letter.items for one in item.claims if one.id])
    for item in block.letter.items:
        yield Heading(block.title(item))
        for claim in item.claims:
            yield from _change_of(block.letter, item, claim)
            for other in at_once.get(claim.id, ()):
                yield Lines([_at_once(block.letter, other)])
        yield Lines([Said(item.for_people)])
        yield from _for_who_waits(item)


def _change_of(letter: Letter, item: Item, claim: Reservation) -> Iterator[Piece]:
    occurrence = claim.occurrence
    before = letter.facts.get("before", {}).get(str(occurrence.id), {})
    now = item.when_of(occurrence)
    times = {name: before[name] for name in ("starts_at", "ends_at") if name in before}
    if is_changed(occurrence, times):
        starts_at, ends_at = (
            datetime.fromisoformat(times[name]) if name in times else getattr(occurrence, name)
            for name in ("starts_at", "ends_at")
        )
        yield Change(words.when(starts_at, ends_at, letter.edition.zone), now)
    else:
        yield Lines([Said(now, strong=True)])
    place = full_address(occurrence.room)
    old = db.session.get(Room, before["room"]) if "room" in before else None
    if old is not None and old.id != occurrence.room_id:
        yield Change(full_address(old), place)
    else:
        yield Lines([Said(place)])


# --- what helps to come


def _getting_there(block: Block) -> Iterator[Piece]:
    for item in block.letter.items:
        room, text = item.room, item.text
        if room.venue.is_online:
            online = gettext("It is online: we send you the link to join the day before.")
            yield from block.headed(item, Lines([Said(online)]))
            continue
        lines = [
            Said(full_address(room), label=gettext("How to get there:")),
            *_known(gettext("Buses, trams and trains:"), room.venue.transport),
            *_known(gettext("Parking:"), room.venue.parking),
        ]
        if text.meeting_point:
            lines.append(_of_text(item, text.meeting_point, gettext("Where to meet:")))
        yield from block.headed(item, Lines(lines))


def _known(label: str, value: str) -> Iterator[Said]:
    if value and value != NOT_KNOWN:
        yield Said(one_line(value), label=label)


def _at_once(letter: Letter, other: Reservation) -> Said:
    """They have something else at the same time now."""
    revision = other.occurrence.session.published_revision
    assert revision is not None  # only published sessions are booked
    said = gettext(
        "You have booked %(title)s at the same time (%(when)s). You may want to change one.",
        title=one_line(revision.text(letter.language).title),
        when=words.when(other.occurrence.starts_at, other.occurrence.ends_at, letter.edition.zone),
    )
    return Said(said, strong=True)


def _lost(block: Block) -> Iterator[Piece]:
    lost = [plain(str(one)) for one in block.letter.facts.get("lost", ())]
    if lost:
        yield Lines([Said(one, strong=True) for one in lost])


def _announcement(block: Block) -> Iterator[Piece]:
    lines = announced(block.letter.facts)
    if lines:
        yield Lines([Said(one, strong=True) for one in lines])


def announced(facts: Mapping[str, Any]) -> list[str]:
    """What an announcement says: its template's sentence in the language that is forced now, then
    the organiser's own words as they were typed."""
    template = TEMPLATES.get(str(facts.get("template", "")))
    lines = []
    if template is not None and template.sentence:
        lines.append(gettext(template.sentence, minutes=facts.get("minutes") or ""))
    own = plain(str(facts.get("words", "")))
    return [*lines, *(one.strip() for one in own.splitlines() if one.strip())]


def _bring(block: Block) -> Iterator[Piece]:
    for item in block.letter.items:
        things = item.text.what_to_bring or gettext("Nothing. Just come.")
        language = item.text.language if item.text.what_to_bring else ""
        said = Said(plain(things), language, gettext("What to bring:"))
        yield from block.headed(item, Lines([said]))


def _expect(block: Block) -> Iterator[Piece]:
    for item in block.letter.items:
        text, lines = item.text, []
        if text.summary:
            lines.append(_of_text(item, text.summary, gettext("What to expect:")))
        if text.access_note:
            lines.append(_of_text(item, text.access_note, gettext("Getting in and taking part:")))
        if not item.room.venue.is_online:
            lines += [
                *_known(gettext("Floor:"), item.room.level),
                *_known(gettext("Way in without steps:"), item.room.step_free),
                *_known(gettext("Hearing loop:"), item.room.hearing_loop),
                *_known(gettext("Accessible toilet:"), item.room.venue.accessible_toilet),
            ]
        yield from block.headed(item, Lines(lines) if lines else None)


def _cannot_come(block: Block) -> Iterator[Piece]:
    for item in block.letter.items:
        if item.state == ReservationState.confirmed:
            yield block.link(item, gettext("I cannot come to this"), item.cannot_come_link)


# --- links


def _tickets(block: Block) -> Iterator[Piece]:
    if any(one.state == ReservationState.confirmed for one in block.letter.items):
        yield Link(block.label or gettext("Show my tickets"), block.letter.tickets_link)


def _manage(block: Block) -> Iterator[Piece]:
    yield Link(block.label or gettext("Change or cancel my booking"), block.letter.link)


def _programme(block: Block) -> Iterator[Piece]:
    label = block.label or gettext("Look at the programme")
    yield Link(label, addresses.address("programme.home"))


def _join(block: Block) -> Iterator[Piece]:
    for item in block.letter.items:
        for claim in item.claims:
            yield block.link(item, gettext("Join online"), addresses.join_address(claim))


def _feedback(block: Block) -> Iterator[Piece]:
    for item in block.letter.items:
        link = addresses.feedback_address(item.claims[-1].occurrence)
        yield block.link(item, gettext("Say how it was"), link)


def _code_link(block: Block) -> Iterator[Piece]:
    contact = block.letter.contact
    if contact is not None:
        yield Link(block.label or gettext("See my bookings"), addresses.mine_address(contact))


BLOCKS: Mapping[str, Callable[[Block], Iterator[Piece]]] = {
    "details": _details,
    "answer": _answer,
    "book": _book,
    "given_up": _given_up,
    "reason": _reason,
    "alternatives": _alternatives,
    "change": _change,
    "lost": _lost,
    "announcement": _announcement,
    "getting_there": _getting_there,
    "bring": _bring,
    "expect": _expect,
    "cannot_come": _cannot_come,
    "tickets": _tickets,
    "manage": _manage,
    "programme": _programme,
    "join": _join,
    "feedback": _feedback,
    "code_link": _code_link,
}
