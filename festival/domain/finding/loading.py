"""Reading the public programme out of the database: once for each version of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from festival.domain.finding.stock import (
    Area,
    Festival,
    Item,
    Named,
    Offer,
    Picture,
    Place,
    Stock,
)
from festival.domain.programme import PUBLIC_STATES, are_public
from festival.domain.slugs import slug
from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Image,
    Occurrence,
    Provider,
    Revision,
    RevisionText,
    Room,
    SessionState,
    Theme,
    Venue,
    Ward,
)

Row = Any  # of a query


def load(edition: Edition, now: datetime) -> Stock:
    """All that is public of this festival at ``now``: four queries, however much it is."""
    areas, themes, changes_at = _small(edition, now)
    places = _places(areas)
    offers = _offers(edition, themes, now)
    items = _items(edition, offers, places, now)
    with_runs = {item.session_id for item in items}
    return Stock(
        edition_id=edition.id,
        zone=edition.zone,
        first=edition.starts_on,
        last=edition.ends_on,
        items=items,
        offers=[one for one in offers.values() if one.id in with_runs],
        areas=sorted(areas.values(), key=lambda one: one.name),
        themes=list(themes.values()),
        changes_at=changes_at,
    )


def _small(
    edition: Edition, now: datetime
) -> tuple[dict[int, Area], dict[int, Named], datetime | None]:
    """Wards, themes, and when time alone makes the next session public: asked for together."""
    becomes_public = sa.select(
        sa.literal("next"),
        *(sa.literal(0), sa.literal(""), sa.literal(""), sa.literal(0), sa.literal(0)),
        *(sa.null(), sa.null()),
        sa.func.min(FestivalSession.publish_at),
    ).where(
        FestivalSession.edition_id == edition.id,
        FestivalSession.published_revision_id.is_not(None),
        FestivalSession.state != SessionState.withdrawn,
        FestivalSession.publish_at > now,
    )
    wards = sa.select(
        sa.literal("ward"),
        *(Ward.id, sa.literal(""), Ward.name, sa.literal(0), sa.literal(0)),
        *(Ward.latitude, Ward.longitude),
        sa.null(),
    )
    themes = sa.select(
        sa.literal("theme"),
        *(Theme.id, Theme.slug, Theme.name, Theme.palette, Theme.position),
        *(sa.null(), sa.null()),
        sa.null(),
    )
    areas, named, changes_at = {}, [], None
    rows = db.session.execute(becomes_public.union_all(wards, themes))
    for kind, number, name, text, palette, position, latitude, longitude, moment in rows:
        if kind == "ward":
            areas[number] = Area(number, slug(text), text, latitude, longitude)
        elif kind == "theme":
            named.append((position, Named(name, text, palette, number)))
        else:
            changes_at = moment
    named.sort(key=lambda one: (one[0], one[1].name))
    return areas, {one.id: one for _, one in named}, changes_at


def _places(areas: Mapping[int, Area]) -> dict[int, Place]:
    query = sa.select(
        Room.id,
        Room.name,
        Room.step_free,
        Room.hearing_loop,
        Room.facts,
        Venue.slug,
        Venue.name.label("venue"),
        Venue.address,
        Venue.postcode,
        Venue.ward_id,
        Venue.latitude,
        Venue.longitude,
        Venue.is_online,
        Venue.accessible_toilet,
        Venue.facts.label("of_venue"),
    ).join(Room.venue)
    return {row.id: _place(row, areas) for row in db.session.execute(query)}


def _place(row: Row, areas: Mapping[int, Area]) -> Place:
    own = {
        "step_free": row.step_free,
        "hearing_loop": row.hearing_loop,
        "accessible_toilet": row.accessible_toilet,
    }
    return Place(
        room=row.name,
        venue=Named(row.slug, row.venue),
        address=row.address,
        postcode=row.postcode,
        area=areas.get(row.ward_id),
        latitude=row.latitude,
        longitude=row.longitude,
        is_online=row.is_online,
        facts={**(row.of_venue or {}), **(row.facts or {}), **own},
    )


def _offers(edition: Edition, themes: Mapping[int, Named], now: datetime) -> dict[int, Offer]:
    """Each session once, although its row comes with each of its wordings."""
    query = (
        sa.select(
            FestivalSession.id,
            FestivalSession.code,
            FestivalSession.state,
            FestivalSession.theme_id,
            FestivalSession.format,
            FestivalSession.delivery_languages,
            FestivalSession.access,
            FestivalSession.access_not_known,
            FestivalSession.charge,
            FestivalSession.age_min,
            FestivalSession.age_max,
            FestivalSession.accompaniment,
            Provider.slug,
            Provider.name,
            Image.digest,
            Image.width,
            Image.height,
            RevisionText.language,
            RevisionText.title,
            RevisionText.summary,
            RevisionText.image_alt,
            RevisionText.description,
            RevisionText.what_next,
        )
        .join(FestivalSession.provider)
        .join(FestivalSession.published_revision)
        .join(Revision.texts)
        .outerjoin(Revision.image)
        .where(FestivalSession.edition_id == edition.id, are_public(now))
        .order_by(FestivalSession.id, RevisionText.language)
    )
    festival = Festival(edition.bookings_open_at, edition.stands_still)
    by_session: dict[int, list[Row]] = defaultdict(list)
    for row in db.session.execute(query):
        by_session[row.id].append(row)
    return {
        number: _offer(rows, festival, themes.get(rows[0].theme_id))
        for number, rows in by_session.items()
    }


def _offer(rows: Sequence[Row], festival: Festival, theme: Named | None) -> Offer:
    """In English, else in whatever there is; who searches finds all of it."""
    row = next((one for one in rows if one.language == "en"), rows[0])
    others = [part for one in rows if one is not row for part in (one.title, one.summary)]
    shows = row.digest is not None and row.image_alt
    return Offer(
        id=row.id,
        code=row.code,
        state=row.state,
        edition=festival,
        provider=Named(row.slug, row.name),
        theme=theme,
        format=row.format,
        languages=row.delivery_languages,
        access=row.access,
        access_not_known=row.access_not_known,
        charge=row.charge,
        age_min=row.age_min,
        age_max=row.age_max,
        accompaniment=row.accompaniment,
        title=row.title,
        summary=row.summary,
        texts=[row.description, row.what_next, *others],
        picture=Picture(row.digest, row.width, row.height, row.image_alt) if shows else None,
    )


def _items(
    edition: Edition, offers: Mapping[int, Offer], places: Mapping[int, Place], now: datetime
) -> list[Item]:
    query = (
        sa.select(
            Occurrence.id,
            Occurrence.session_id,
            Occurrence.room_id,
            Occurrence.state,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.series_part,
            Occurrence.booking_mode,
            Occurrence.bookings_open_at,
            Occurrence.bookings_close_at,
            Occurrence.is_closed,
            Occurrence.capacity,
            Occurrence.legal_capacity,
        )
        .join(Occurrence.session)
        .where(
            FestivalSession.edition_id == edition.id,
            are_public(now),
            Occurrence.state.in_(PUBLIC_STATES),
        )
        .order_by(Occurrence.session_id, Occurrence.starts_at, Occurrence.id)
    )
    zone, found = edition.zone, []
    for row in db.session.execute(query):
        if (offer := offers.get(row.session_id)) is None:
            continue
        local = row.starts_at.astimezone(zone)
        found.append(
            Item(
                id=row.id,
                session_id=row.session_id,
                session=offer,
                place=places[row.room_id],
                state=row.state,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                day=local.date(),
                minute=local.hour * 60 + local.minute,
                series_part=row.series_part,
                booking_mode=row.booking_mode,
                bookings_open_at=row.bookings_open_at,
                bookings_close_at=row.bookings_close_at,
                is_closed=row.is_closed,
                capacity=row.capacity,
                legal_capacity=row.legal_capacity,
            )
        )
    return found
