"""The team's own words: judged when they are saved, and kept beside the shipped ones."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock, words
from festival.domain.errors import N_, NotFound
from festival.domain.wordings.kinds import (
    BLOCKS,
    EMAIL,
    INLINE,
    KINDS,
    SAMPLE_LINK,
    SMS,
    blocks_of,
    inline_of,
    needed_of,
)
from festival.domain.wordings.parsing import (
    BadWording,
    Items,
    Node,
    Place,
    parse,
    parse_line,
    places_in,
)
from festival.domain.wordings.segments import count, plain
from festival.extensions import db
from festival.models import User, Wording

MOST_SUBJECT, MOST_BODY, MOST_LABEL = 200, 6000, 100
MOST_SEGMENTS = 3


def check(kind: str, channel: str, subject: str, body: str) -> None:
    """Whether these words can be sent as a message of this kind.

    Raises BadWording, at the field where what is wrong was typed.
    """
    if channel == EMAIL:
        _check_subject(kind, subject)
    if not body.strip():
        raise BadWording(N_("Type the words of the message."), field="body")
    if len(body) > MOST_BODY:
        raise BadWording(N_("Make it %(most)s characters or fewer."), field="body", most=MOST_BODY)
    nodes = parse(body)
    used = list(places_in(nodes))
    _check_known([place for place, _alone in used], kind, channel, "body")
    if channel == EMAIL:
        _check_lines(used)
    _check_needed({place.name for place, _alone in used}, kind, channel)
    if channel == SMS:
        _check_length(body)


def _check_subject(kind: str, subject: str) -> None:
    if not subject.strip():
        raise BadWording(N_("Type a subject."), field="subject")
    if len(subject) > MOST_SUBJECT:
        raise BadWording(
            N_("Make it %(most)s characters or fewer."), field="subject", most=MOST_SUBJECT
        )
    places = [part for part in parse_line(subject) if isinstance(part, Place)]
    inline = inline_of(kind, EMAIL)
    blocks = [one.name for one in places if one.name in blocks_of(kind, EMAIL)]
    if blocks:
        raise BadWording(
            N_("{%(name)s} does not fit into a subject. You can use: %(known)s."),
            field="subject",
            name=blocks[0],
            known=_list(inline),
        )
    _check_names(places, inline, "subject")


def _check_known(places: Sequence[Place], kind: str, channel: str, field: str) -> None:
    known = (*inline_of(kind, channel), *blocks_of(kind, channel))
    _check_names(places, known, field)


def _check_names(places: Sequence[Place], known: Sequence[str], field: str) -> None:
    for place in places:
        if place.name not in known:
            raise BadWording(
                N_("There is no {%(name)s} here. You can use: %(known)s."),
                field=field,
                name=place.name[:40],
                known=_list(known),
            )


def _check_lines(used: Sequence[tuple[Place, bool]]) -> None:
    for place, alone in used:
        if place.name in BLOCKS and not alone:
            raise BadWording(
                N_("Put {%(name)s} on a line of its own."), field="body", name=place.name
            )
        if place.label and not is_link(place.name):
            raise BadWording(
                N_("{%(name)s} is no link, so it takes no words after a colon."),
                field="body",
                name=place.name,
            )
        if len(place.label) > MOST_LABEL:
            raise BadWording(
                N_("The words of a link can have %(most)s characters."),
                field="body",
                most=MOST_LABEL,
            )


def is_link(name: str) -> bool:
    """Whether this place is a link whose words can be chosen."""
    return name in ("tickets", "manage", "programme", "feedback", "join", "code_link")


def _check_needed(used: set[str], kind: str, channel: str) -> None:
    for name in needed_of(kind, channel):
        if name not in used:
            raise BadWording(
                N_("{%(name)s} is missing. People need it: %(says)s."),
                field="body",
                name=name,
                says=says(name),
            )


def says(name: str) -> str:
    """What stands there, in the words the team reads (to be translated where it is shown)."""
    return BLOCKS.get(name) or INLINE[name][0]


def _check_length(body: str) -> None:
    taken = count(sample_text(body))
    if taken.segments > MOST_SEGMENTS:
        raise BadWording(
            N_(
                "This takes %(segments)s text messages (%(characters)s characters in the alphabet "
                "%(alphabet)s). Make it fit into %(most)s."
            ),
            field="body",
            segments=taken.segments,
            characters=taken.characters,
            alphabet=taken.alphabet,
            most=MOST_SEGMENTS,
        )


def sample_text(body: str) -> str:
    """The SMS with samples in its places, in the short alphabet where that has its letters."""
    values = {name: sample for name, (_says, sample) in INLINE.items()}
    text = fill_text(parse(body), {**dict.fromkeys(BLOCKS, SAMPLE_LINK), **values})
    return plain(text)


def fill_text(nodes: Sequence[Node], values: dict[str, str]) -> str:
    """An SMS: its lines with these values in its places."""
    lines: list[str] = []
    for node in nodes:
        if isinstance(node, Place):
            lines.append(values[node.name])
            continue
        mark = "- " if isinstance(node, Items) else ""
        for line in node.items if isinstance(node, Items) else node.lines:
            filled = (part if isinstance(part, str) else values[part.name] for part in line)
            lines.append(mark + "".join(filled))
    return "\n".join(lines)


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


# --- the rows


def check_kind(kind: str, channel: str, language: str) -> None:
    """Raises NotFound where there is no such message, or it does not go this way."""
    if kind not in KINDS or channel not in KINDS[kind].channels or language not in words.LANGUAGES:
        raise NotFound(N_("There is no such message."))


def own(kind: str, channel: str, language: str) -> Wording | None:
    """The team's own words for it, if they have any."""
    return db.session.scalar(
        sa.select(Wording).where(
            Wording.kind == kind, Wording.channel == channel, Wording.language == language
        )
    )


def all_own() -> list[Wording]:
    """Every wording of the team's own."""
    return list(db.session.scalars(sa.select(Wording).order_by(Wording.id)))


def own_or_english(kind: str, channel: str, language: str) -> Wording | None:
    """The team's words in this language, else their English ones; none: the shipped ones."""
    query = sa.select(Wording).where(
        Wording.kind == kind,
        Wording.channel == channel,
        Wording.language.in_({language, words.ENGLISH}),
    )
    found = {one.language: one for one in db.session.scalars(query)}
    return found.get(language) or found.get(words.ENGLISH)


def save(
    kind: str, channel: str, language: str, *, subject: str, body: str, actor: User | None
) -> Wording:
    """These are the team's words from now on. Raises NotFound and BadWording."""
    check_kind(kind, channel, language)
    subject = " ".join(subject.split()) if channel == EMAIL else ""
    check(kind, channel, subject, body)
    wording = own(kind, channel, language)
    if wording is None:
        wording = Wording(kind=kind, channel=channel, language=language)
        db.session.add(wording)
    wording.subject, wording.body = subject, body.replace("\r\n", "\n").strip()
    wording.changed_at = clock.now()
    wording.changed_by_id = actor.id if actor else None
    db.session.flush()
    audit.record("wording.changed", wording, actor=actor, **_which(wording))
    return wording


def use_shipped(kind: str, channel: str, language: str, *, actor: User | None) -> bool:
    """Back to the shipped words; whether there were others."""
    wording = own(kind, channel, language)
    if wording is None:
        return False
    audit.record("wording.shipped", wording, actor=actor, **_which(wording))
    db.session.delete(wording)
    db.session.flush()
    return True


def _which(wording: Wording) -> dict[str, Any]:
    return {"kind": wording.kind, "channel": wording.channel, "language": wording.language}
