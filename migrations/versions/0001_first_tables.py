"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


PUBLISHED = "fk_festival_session_published_revision_id_revision"


def _alters() -> bool:
    """Whether this database adds keys to tables that stand; SQLite takes them only at the start,
    and does not mind that the other table comes later."""
    return op.get_context().dialect.name != "sqlite"


def _points_ahead() -> list[sa.ForeignKeyConstraint]:
    """Sessions and revisions point at each other."""
    key = sa.ForeignKeyConstraint(["published_revision_id"], ["revision.id"], name=op.f(PUBLISHED))
    return [] if _alters() else [key]


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempt")),
    )
    counter = op.create_table(
        "counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    # Here from the start: two first offers at once would each make it.
    op.bulk_insert(counter, [{"name": "session_code", "value": 0}])
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("submissions_open_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submissions_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bookings_open_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("help_phone", sa.String(length=40), nullable=False),
        sa.Column("help_hours", sa.String(length=120), nullable=False),
        sa.Column("help_email", sa.String(length=254), nullable=False),
        sa.Column("reference_prefix", sa.String(length=4), nullable=False),
        sa.Column("code_prefix", sa.String(length=2), nullable=False),
        sa.Column("most_places", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_edition_days_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("slug", name=op.f("uq_edition_slug")),
    )
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.create_index(
            "uq_edition_current",
            ["is_current"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("slug", name=op.f("uq_provider_slug")),
    )
    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("palette", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("name", name=op.f("uq_theme_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_theme_slug")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_folded", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email_folded", name=op.f("uq_user_account_email_folded")),
    )
    op.create_table(
        "ward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("tile_column", sa.Integer(), nullable=True),
        sa.Column("tile_row", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward")),
        sa.UniqueConstraint("code", name=op.f("uq_ward_code")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("thing", sa.String(length=40), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_audit_entry_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entry_thing", ["thing", "thing_id"], unique=False)

    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "phone",
                "counter",
                "partner",
                "door",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_folded", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("confirm_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_booking_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("confirm_key", name=op.f("uq_booking_confirm_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_booking_reference")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_booking_secret_hash")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "festival_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unpublished",
                "published",
                "withdrawn",
                name="session_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("published_revision_id", sa.Integer(), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.String(length=24), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "in person",
                "online",
                "outdoors",
                name="session_format",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("delivery_languages", sa.JSON(), nullable=False),
        sa.Column("access", sa.JSON(), nullable=False),
        sa.Column("charge", sa.String(length=120), nullable=False),
        sa.Column("learning_hours", sa.String(length=8), nullable=False),
        sa.Column("facilitator", sa.String(length=120), nullable=False),
        sa.Column("audience", sa.String(length=120), nullable=False),
        sa.Column("age_min", sa.Integer(), nullable=True),
        sa.Column("age_max", sa.Integer(), nullable=True),
        sa.Column(
            "accompaniment",
            sa.Enum(
                "none",
                "adult-stays",
                "with-adult",
                "under-16-with-adult",
                "babes-in-arms",
                name="accompaniment",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("accompanying_adults_take_places", sa.Boolean(), nullable=False),
        sa.Column("most_accompanying_adults", sa.Integer(), nullable=True),
        sa.Column("children_per_adult", sa.Integer(), nullable=True),
        sa.Column("under_twos_take_places", sa.Boolean(), nullable=False),
        sa.Column("most_places", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_festival_session_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_festival_session_provider_id_provider")
        ),
        *_points_ahead(),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_festival_session_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_festival_session")),
        sa.UniqueConstraint("code", name=op.f("uq_festival_session_code")),
        sa.UniqueConstraint(
            "published_revision_id", name=op.f("uq_festival_session_published_revision_id")
        ),
    )
    with op.batch_alter_table("festival_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_festival_session_edition_id"), ["edition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_festival_session_provider_id"), ["provider_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_festival_session_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_festival_session_theme_id"), ["theme_id"], unique=False
        )

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "editor",
                "door",
                name="membership_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_membership_provider_id_provider")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "provider_id", "user_id", name=op.f("uq_membership_provider_id_user_id")
        ),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_provider_id"), ["provider_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "office_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "office",
            sa.Enum(
                "administrator",
                "reviewer",
                "phone_line",
                "duty_manager",
                "access_lead",
                "data_protection",
                name="office",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_office_role_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_role")),
        sa.UniqueConstraint("user_id", "office", name=op.f("uq_office_role_user_id_office")),
    )
    with op.batch_alter_table("office_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_role_user_id"), ["user_id"], unique=False)

    op.create_table(
        "postcode",
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_postcode_ward_id_ward")),
        sa.PrimaryKeyConstraint("postcode", name=op.f("pk_postcode")),
    )
    with op.batch_alter_table("postcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_postcode_ward_id"), ["ward_id"], unique=False)

    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=240), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("accessible_toilet", sa.String(length=40), nullable=False),
        sa.Column("parking", sa.String(length=80), nullable=False),
        sa.Column("transport", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_venue_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("slug", name=op.f("uq_venue_slug")),
    )
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_venue_ward_id"), ["ward_id"], unique=False)

    op.create_table(
        "door_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_door_pass_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_door_pass_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_pass")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_door_pass_secret_hash")),
    )
    with op.batch_alter_table("door_pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_door_pass_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "leased",
                "sent",
                "failed",
                "bounced",
                "dropped",
                name="message_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("message_id", sa.String(length=160), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_message_booking_id_booking")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index("ix_message_due", ["state", "next_attempt_at"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "approved",
                "declined",
                "withdrawn",
                "superseded",
                name="revision_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_revision_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_revision_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["festival_session.id"],
            name=op.f("fk_revision_session_id_festival_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_revision_session_id_number")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revision_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_revision_state"), ["state"], unique=False)

    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("legal_capacity", sa.Integer(), nullable=False),
        sa.Column("outdoors", sa.Boolean(), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("step_free", sa.String(length=40), nullable=False),
        sa.Column("hearing_loop", sa.String(length=40), nullable=False),
        sa.Column("doors", sa.JSON(), nullable=False),
        sa.Column("setup_minutes", sa.Integer(), nullable=False),
        sa.Column("cleardown_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("legal_capacity > 0", name=op.f("ck_room_legal_capacity_positive")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_room_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("venue_id", "name", name=op.f("uq_room_venue_id_name")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "scheduled",
                "cancelled",
                name="occurrence_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("setup_minutes", sa.Integer(), nullable=False),
        sa.Column("cleardown_minutes", sa.Integer(), nullable=False),
        sa.Column("series_part", sa.Integer(), nullable=True),
        sa.Column(
            "booking_mode",
            sa.Enum(
                "none",
                "preferred",
                "required",
                name="booking_mode",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("bookings_open_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bookings_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("places_taken", sa.Integer(), nullable=False),
        sa.Column("legal_capacity", sa.Integer(), nullable=False),
        sa.Column("people_expected", sa.Integer(), nullable=False),
        sa.Column("calendar_uid", sa.String(length=120), nullable=False),
        sa.Column("calendar_sequence", sa.Integer(), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "capacity <= legal_capacity", name=op.f("ck_occurrence_capacity_within_legal")
        ),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_occurrence_capacity_positive")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_occurrence_ends_after_start")),
        sa.CheckConstraint(
            "people_expected <= legal_capacity", name=op.f("ck_occurrence_people_within_legal")
        ),
        sa.CheckConstraint("people_expected >= 0", name=op.f("ck_occurrence_people_not_negative")),
        sa.CheckConstraint(
            "places_taken <= capacity", name=op.f("ck_occurrence_places_within_capacity")
        ),
        sa.CheckConstraint("places_taken >= 0", name=op.f("ck_occurrence_places_not_negative")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_occurrence_room_id_room")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["festival_session.id"],
            name=op.f("fk_occurrence_session_id_festival_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint("calendar_uid", name=op.f("uq_occurrence_calendar_uid")),
    )
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.create_index("ix_occurrence_room_time", ["room_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_occurrence_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_occurrence_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_occurrence_state"), ["state"], unique=False)

    op.create_table(
        "revision_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("what_to_bring", sa.Text(), nullable=False),
        sa.Column("what_next", sa.Text(), nullable=False),
        sa.Column("meeting_point", sa.String(length=240), nullable=False),
        sa.Column("access_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_revision_text_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_text")),
        sa.UniqueConstraint(
            "revision_id", "language", name=op.f("uq_revision_text_revision_id_language")
        ),
    )
    with op.batch_alter_table("revision_text", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_revision_text_revision_id"), ["revision_id"], unique=False
        )

    op.create_table(
        "allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "public",
                "phone",
                "partner",
                "access",
                "walk_up",
                "phase",
                name="allocation_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("places_taken", sa.Integer(), nullable=False),
        sa.Column("releases_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("places >= 0", name=op.f("ck_allocation_places_not_negative")),
        sa.CheckConstraint(
            "places_taken <= places", name=op.f("ck_allocation_taken_within_places")
        ),
        sa.CheckConstraint("places_taken >= 0", name=op.f("ck_allocation_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name=op.f("fk_allocation_occurrence_id_occurrence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_allocation_occurrence_id"), ["occurrence_id"], unique=False
        )
        batch_op.create_index(
            "uq_allocation_public",
            ["occurrence_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'public'"),
            postgresql_where=sa.text("kind = 'public'"),
        )

    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.String(length=36), nullable=False),
        sa.Column("door_pass_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "admit",
                "undo",
                "walk_up",
                "headcount",
                "note",
                name="scan_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ticket_number", sa.BigInteger(), nullable=True),
        sa.Column("occurrence_id", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.String(length=36), nullable=True),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_scan_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["door_pass_id"], ["door_pass.id"], name=op.f("fk_scan_door_pass_id_door_pass")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_scan_occurrence_id_occurrence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_scan_scan_id")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_door_pass_id"), ["door_pass_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_occurrence_id"), ["occurrence_id"], unique=False)
        batch_op.create_index("ix_scan_ticket_number", ["ticket_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_undoes"), ["undoes"], unique=False)

    op.create_table(
        "reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("allocation_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "confirmed",
                "lapsed",
                "waiting",
                "offered",
                "declined",
                "closed",
                "cancelled",
                "withdrawn",
                name="reservation_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("series_claim", sa.String(length=36), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_uid", sa.String(length=120), nullable=False),
        sa.Column("calendar_sequence", sa.Integer(), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'held' OR held_until IS NOT NULL", name=op.f("ck_reservation_hold_ends")
        ),
        sa.CheckConstraint(
            "state NOT IN ('held', 'offered', 'confirmed') OR allocation_id IS NOT NULL",
            name=op.f("ck_reservation_places_from_a_share"),
        ),
        sa.CheckConstraint("people >= places", name=op.f("ck_reservation_people_cover_places")),
        sa.CheckConstraint("places >= 0", name=op.f("ck_reservation_places_not_negative")),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["allocation.id"],
            name=op.f("fk_reservation_allocation_id_allocation"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_reservation_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name=op.f("fk_reservation_occurrence_id_occurrence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("calendar_uid", name=op.f("uq_reservation_calendar_uid")),
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reservation_allocation_id"), ["allocation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_reservation_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(
            "ix_reservation_occurrence_state", ["occurrence_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_reservation_series_claim"), ["series_claim"], unique=False
        )

    op.create_table(
        "attendee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "adult",
                "child",
                "companion",
                "unnamed",
                name="attendee_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("age_band", sa.String(length=12), nullable=False),
        sa.Column("takes_place", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "age IS NULL OR age BETWEEN 0 AND 120", name=op.f("ck_attendee_age_possible")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_attendee_reservation_id_reservation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
    )
    with op.batch_alter_table("attendee", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attendee_reservation_id"), ["reservation_id"], unique=False
        )

    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("generation BETWEEN 0 AND 255", name=op.f("ck_ticket_generation_is_u8")),
        sa.CheckConstraint("number BETWEEN 1 AND 4294967295", name=op.f("ck_ticket_number_is_u32")),
        sa.CheckConstraint("people BETWEEN 1 AND 255", name=op.f("ck_ticket_people_is_u8")),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_ticket_reservation_id_reservation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_ticket_reservation_id")),
    )
    if _alters():
        op.create_foreign_key(
            op.f(PUBLISHED), "festival_session", "revision", ["published_revision_id"], ["id"]
        )


def downgrade() -> None:
    if _alters():
        op.drop_constraint(op.f(PUBLISHED), "festival_session", type_="foreignkey")
    op.drop_table("ticket")
    with op.batch_alter_table("attendee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendee_reservation_id"))

    op.drop_table("attendee")
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reservation_series_claim"))
        batch_op.drop_index("ix_reservation_occurrence_state")
        batch_op.drop_index(batch_op.f("ix_reservation_booking_id"))
        batch_op.drop_index(batch_op.f("ix_reservation_allocation_id"))

    op.drop_table("reservation")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_undoes"))
        batch_op.drop_index("ix_scan_ticket_number")
        batch_op.drop_index(batch_op.f("ix_scan_occurrence_id"))
        batch_op.drop_index(batch_op.f("ix_scan_door_pass_id"))

    op.drop_table("scan")
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_allocation_public",
            sqlite_where=sa.text("kind = 'public'"),
            postgresql_where=sa.text("kind = 'public'"),
        )
        batch_op.drop_index(batch_op.f("ix_allocation_occurrence_id"))

    op.drop_table("allocation")
    with op.batch_alter_table("revision_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_text_revision_id"))

    op.drop_table("revision_text")
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_occurrence_state"))
        batch_op.drop_index(batch_op.f("ix_occurrence_starts_at"))
        batch_op.drop_index(batch_op.f("ix_occurrence_session_id"))
        batch_op.drop_index("ix_occurrence_room_time")

    op.drop_table("occurrence")
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_venue_id"))

    op.drop_table("room")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_state"))
        batch_op.drop_index(batch_op.f("ix_revision_session_id"))

    op.drop_table("revision")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_due")
        batch_op.drop_index(batch_op.f("ix_message_booking_id"))

    op.drop_table("message")
    with op.batch_alter_table("door_pass", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_door_pass_venue_id"))

    op.drop_table("door_pass")
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_venue_ward_id"))

    op.drop_table("venue")
    with op.batch_alter_table("postcode", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_postcode_ward_id"))

    op.drop_table("postcode")
    with op.batch_alter_table("office_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_role_user_id"))

    op.drop_table("office_role")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index(batch_op.f("ix_membership_provider_id"))

    op.drop_table("membership")
    with op.batch_alter_table("festival_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_festival_session_theme_id"))
        batch_op.drop_index(batch_op.f("ix_festival_session_state"))
        batch_op.drop_index(batch_op.f("ix_festival_session_provider_id"))
        batch_op.drop_index(batch_op.f("ix_festival_session_edition_id"))

    op.drop_table("festival_session")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_name_folded"))
        batch_op.drop_index(batch_op.f("ix_booking_email"))
        batch_op.drop_index(batch_op.f("ix_booking_edition_id"))

    op.drop_table("booking")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_thing")
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))

    op.drop_table("audit_entry")
    op.drop_table("ward")
    op.drop_table("user_account")
    op.drop_table("theme")
    op.drop_table("provider")
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_edition_current",
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    op.drop_table("edition")
    op.drop_table("counter")
    op.drop_table("attempt")
