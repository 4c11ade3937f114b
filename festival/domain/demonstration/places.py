"""The demonstration's city: its wards, its venues with their rooms, who offers, the themes."""

from festival.domain.demonstration import files
from festival.domain.slugs import slug
from festival.extensions import db
from festival.models import Postcode, Provider, ProviderState, Room, Theme, Venue, Ward

# Themes of one colour are neighbours: about ten groups are as many as a reader tells apart.
THEMES = (
    ("Try something new",),
    ("Digital", "Science", "Maths"),
    ("Languages", "Reading"),
    ("Health and wellbeing", "Sport"),
    ("Careers", "Money"),
    ("Food",),
    ("Arts and crafts", "Repair"),
    ("Music",),
    ("History",),
    ("Nature", "City and climate"),
)
ONLINE = "Online"


def load_themes() -> dict[str, Theme]:
    """Every theme by its name."""
    named = [(name, palette) for palette, names in enumerate(THEMES) for name in names]
    themes = {
        name: Theme(slug=slug(name), name=name, position=position, palette=palette)
        for position, (name, palette) in enumerate(named)
    }
    db.session.add_all(themes.values())
    return themes


def load_wards() -> dict[str, Ward]:
    """The city's wards by name, and where its made-up postcodes are."""
    wards = {
        row["ward_name"]: Ward(
            code=row["ward_code"],
            name=row["ward_name"],
            tile_column=files.number(row["tile_col"]),
            tile_row=files.number(row["tile_row"]),
            latitude=files.decimal(row["approx_lat"]),
            longitude=files.decimal(row["approx_lon"]),
        )
        for row in files.table("wards")
    }
    db.session.add_all(wards.values())
    db.session.flush()
    by_code = {ward.code: ward.id for ward in wards.values()}
    db.session.add_all(
        Postcode(
            postcode=row["postcode"],
            ward_id=by_code.get(row["ward_code"]),
            latitude=files.decimal(row["lat"]),
            longitude=files.decimal(row["lon"]),
        )
        for row in files.table("postcodes")
    )
    return wards


def load_venues(wards: dict[str, Ward]) -> dict[str, Venue]:
    """Every venue by its id in the files."""
    venues = {
        row["id"]: Venue(
            slug=slug(row["name"]),
            name=row["name"],
            address=row["address"],
            postcode=row["postcode"],
            ward=wards.get(row["ward"]),  # where the register does not say, nobody guesses
            latitude=files.decimal(row["lat"]),
            longitude=files.decimal(row["lon"]),
            is_online=row["name"] == ONLINE,
            accessible_toilet=row["accessible_toilet"],
            parking=row["parking"],
            transport=row["transport"],
        )
        for row in files.table("venues")
    }
    db.session.add_all(venues.values())
    return venues


def load_rooms(venues: dict[str, Venue]) -> dict[tuple[str, str], Room]:
    """Every room by its venue's id in the files and its name."""
    rooms = {
        (row["venue"], row["name"]): Room(
            venue=venues[row["venue"]],
            name=row["name"],
            legal_capacity=int(row["legal_capacity"]),
            outdoors=row["outdoors"] == "yes",
            level=row["level"],
            step_free=row["step_free"],
            hearing_loop=row["hearing_loop"],
            doors=row["doors"].split(),
            setup_minutes=int(row["setup_minutes"]),
            cleardown_minutes=int(row["cleardown_minutes"]),
        )
        for row in files.table("rooms")
    }
    db.session.add_all(rooms.values())
    return rooms


def load_providers() -> dict[str, Provider]:
    """Every organisation by its id in the files."""
    providers = {
        row["id"]: Provider(
            slug=slug(row["name"]),
            name=row["name"],
            kind=row["kind"],
            state=ProviderState.checked,
        )
        for row in files.table("providers")
    }
    db.session.add_all(providers.values())
    return providers
