"""Organisations, venues and rooms of a made-up city."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from festival.domain.demonstration.synthetic.chance import Chance
from festival.domain.demonstration.synthetic.rows import Rows
from festival.domain.slugs import slug
from festival.models import Provider, Room, Venue, Ward

GROUPS = (
    ("Allotments", "allotment group"), ("Art Club", "community group"),
    ("Bike Kitchen", "charity"), ("Book Circle", "volunteer group"),
    ("Carers' Meeting", "charity"), ("Choir", "community group"),
    ("Community College", "core partner"), ("Dance Project", "community group"),
    ("Digital Champions", "volunteer group"), ("Family Hub", "council"),
    ("Film Club", "volunteer group"), ("Food Growers", "allotment group"),
    ("Health Walks", "NHS"), ("History Society", "volunteer group"),
    ("Language Cafe", "charity"), ("Library Friends", "volunteer group"),
    ("Makers", "community group"), ("Mosaic Workshop", "small charity"),
    ("Repair Cafe", "volunteer group"), ("Residents' Association", "community group"),
    ("Scouts", "charity"), ("Sewing Circle", "community group"),
    ("Tenants' Group", "community group"), ("Youth Theatre", "small charity"),
)  # fmt: skip
BUILDINGS = (
    "Library", "Community Centre", "Church Hall", "Primary School", "Gurdwara Hall", "Museum",
    "Health Centre", "Leisure Centre", "Academy", "Family Centre", "Bowling Club", "College",
    "Arts Centre", "Methodist Hall", "Fire Station", "Mosque Hall", "Park Pavilion", "Working Club",
)  # fmt: skip
ROOMS = ("Main Hall", "Meeting Room", "Studio", "Small Room", "Kitchen", "Garden Room")
LEGAL = (16, 22, 26, 30, 36, 45, 60, 80, 100, 130, 180, 250, 320)
GAP = "not known"  # as a real register has them
HOURS = ("09:30", "11:30", "13:30", "15:30", "18:00")  # when a room's runs begin
MOST_OF_A_ROOM = 5


@dataclass
class Place:
    """A room, and when it is still free: by day of the festival and hour."""

    room_id: int
    venue: str
    name: str
    legal: int
    free: list[tuple[int, str]] = field(default_factory=list)


def add_providers(rows: Rows, chance: Chance, wards: Sequence[Ward], count: int) -> list[int]:
    """So many more organisations; their ids."""
    made = []
    for _ in range(count):
        what, kind = chance.one_of(GROUPS)
        name = chance.unlike(f"{chance.one_of(wards).name} {what}")
        made.append(rows.add(Provider, slug=slug(name), name=name, kind=kind, state="checked"))
    return made


def add_venues(
    rows: Rows, chance: Chance, wards: Sequence[Ward], count: int, runs: int, days: int
) -> list[Place]:
    """So many more venues, with rooms enough for so many runs; the smallest rooms first."""
    places = []
    slots = [(day, hour) for day in range(days) for hour in HOURS]
    each = -(-runs // (count * MOST_OF_A_ROOM))  # rooms of a venue, rounded up
    for _ in range(count):
        ward = chance.one_of(wards)
        name = chance.unlike(f"{ward.name} {chance.one_of(BUILDINGS)}")
        venue_id = _add_venue(rows, chance, ward, name)
        for place in _add_rooms(rows, chance, venue_id, name, max(each, chance.one_of((1, 2, 3)))):
            place.free = chance.random.sample(slots, len(slots))
            places.append(place)
    return sorted(places, key=lambda place: (place.legal, place.room_id))


def _add_venue(rows: Rows, chance: Chance, ward: Ward, name: str) -> int:
    latitude, longitude = ward.latitude or 52.58, ward.longitude or -2.12
    return rows.add(
        Venue,
        slug=slug(name),
        name=name,
        address=f"{ward.name}, Wolverhampton",
        postcode="",  # a made-up venue stands in no real street
        ward_id=ward.id,
        latitude=round(latitude + chance.random.uniform(-0.006, 0.006), 5),
        longitude=round(longitude + chance.random.uniform(-0.008, 0.008), 5),
        is_online=False,
        accessible_toilet=chance.one_of(("yes", "yes", "no", GAP)),
        parking=chance.one_of(("blue badge bays", "street parking", "none", GAP)),
        transport=chance.one_of(("near a bus stop", "near a bus stop", GAP)),
    )


def _add_rooms(
    rows: Rows, chance: Chance, venue_id: int, venue: str, count: int
) -> Iterator[Place]:
    for number in range(count):
        name = ROOMS[number] if number < len(ROOMS) else f"Room {number + 1}"
        # a venue's first room is its largest
        legal = max(chance.one_of(LEGAL) for _ in range(2 if number == 0 else 1))
        room_id = rows.add(
            Room,
            venue_id=venue_id,
            name=name,
            legal_capacity=legal,
            outdoors=False,
            level=chance.one_of(("ground floor", "ground floor", "first floor", GAP)),
            step_free=chance.one_of(("yes", "yes", "by lift", "no", GAP)),
            hearing_loop=chance.one_of(("yes", "no", GAP)),
            doors=[],
            setup_minutes=10,
            cleardown_minutes=10,
        )
        yield Place(room_id, venue, name, legal)
