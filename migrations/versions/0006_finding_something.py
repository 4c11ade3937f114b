"""what people look for: the programme's version, wishes, empty searches, other forms"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What the programme's pages say, whoever changes it and by whatever way. Places taken are no part
# of it: they change with every booking, and are read by themselves.
ALL = ("INSERT", "DELETE", "UPDATE")
RUN = (
    "UPDATE OF session_id, room_id, state, starts_at, ends_at, series_part, booking_mode,"
    " bookings_open_at, bookings_close_at, is_closed, capacity, legal_capacity, revised_at"
)
WATCHED = {
    "edition": ALL,
    "theme": ALL,
    "ward": ALL,
    "venue": ALL,
    "room": ALL,
    "provider": ("INSERT", "DELETE", "UPDATE OF name, slug"),
    "festival_session": ALL,
    "revision": ("UPDATE OF image_id, decided_at",),
    "revision_text": ALL,
    "occurrence": ("INSERT", "DELETE", RUN),
}

# A draft that is typed changes nothing that is public.
WORDING = "WHEN EXISTS (SELECT 1 FROM festival_session WHERE published_revision_id IN ({}))"


def upgrade() -> None:

    op.create_table(
        "empty_search",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=60), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times >= 1", name=op.f("ck_empty_search_times_positive")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_empty_search_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_empty_search_theme_id_theme")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["ward.id"], name=op.f("fk_empty_search_ward_id_ward")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_empty_search")),
    )
    op.create_index(op.f("ix_empty_search_edition_id"), "empty_search", ["edition_id"])
    op.create_table(
        "form_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "large print",
                "easy read",
                "audio",
                "British Sign Language",
                "braille",
                "another language",
                "something else",
                name="other_form",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["user_account.id"],
            name=op.f("fk_form_request_done_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_form_request_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_request")),
    )
    op.create_index(op.f("ix_form_request_edition_id"), "form_request", ["edition_id"])
    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("suits", sa.JSON(), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_wish_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_wish_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_wish_theme_id_theme")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_wish_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
    )
    op.create_index(op.f("ix_wish_edition_id"), "wish", ["edition_id"])
    op.create_index(op.f("ix_wish_theme_id"), "wish", ["theme_id"])
    op.create_index(op.f("ix_wish_ward_id"), "wish", ["ward_id"])

    op.execute("INSERT INTO counter (name, value) VALUES ('programme', 1)")
    (_watch_sqlite if op.get_bind().dialect.name == "sqlite" else _watch_postgresql)()


def _triggers() -> list[tuple[str, str, str]]:
    """Each trigger's name, what it watches for, and its table."""
    return [
        (f"programme_{table}_{event.split()[0].lower()}", event, table)
        for table, events in WATCHED.items()
        for event in events
    ]


def _watch_sqlite() -> None:
    for name, event, table in _triggers():
        when = WORDING.format(_rows(event)) if table == "revision_text" else ""
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} {when}"  # noqa: S608 - names of ours
            " BEGIN UPDATE counter SET value = value + 1 WHERE name = 'programme'; END"
        )


def _rows(event: str) -> str:
    rows = {"INSERT": ("NEW",), "DELETE": ("OLD",)}.get(event, ("NEW", "OLD"))
    return ", ".join(f"{row}.revision_id" for row in rows)


def _watch_postgresql() -> None:
    """At the end of the transaction, when it has every other lock it wants: two that change the
    programme wait for one another there and never in a circle. Once a transaction."""
    op.execute(
        """
        CREATE FUNCTION programme_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_TABLE_NAME = 'revision_text' THEN
                IF NOT EXISTS (
                    SELECT 1 FROM festival_session
                    WHERE published_revision_id IN (NEW.revision_id, OLD.revision_id)
                ) THEN
                    RETURN NULL;
                END IF;
            END IF;
            IF current_setting('festival.programme', true)
                IS DISTINCT FROM txid_current()::text THEN
                PERFORM set_config('festival.programme', txid_current()::text, true);
                UPDATE counter SET value = value + 1 WHERE name = 'programme';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    for name, event, table in _triggers():
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table}"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION programme_changed()"
        )


def downgrade() -> None:
    for name, _, table in _triggers():
        on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER {name}{on}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION programme_changed()")
    op.execute("DELETE FROM counter WHERE name = 'programme'")

    op.drop_index(op.f("ix_wish_ward_id"), table_name="wish")
    op.drop_index(op.f("ix_wish_theme_id"), table_name="wish")
    op.drop_index(op.f("ix_wish_edition_id"), table_name="wish")
    op.drop_table("wish")
    op.drop_index(op.f("ix_form_request_edition_id"), table_name="form_request")
    op.drop_table("form_request")
    op.drop_index(op.f("ix_empty_search_edition_id"), table_name="empty_search")
    op.drop_table("empty_search")
