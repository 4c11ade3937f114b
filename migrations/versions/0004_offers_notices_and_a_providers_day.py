"""offers notices and a providers day"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


# What leaves first: see models/message.py.
URGENT = (
    "kind IN ('withdrawn', 'changed_by_us', 'reinstated', 'access_changed', 'offered',"
    " 'place_free', 'bookings_code', 'password_reset', 'announcement')"
)


def upgrade() -> None:
    op.create_index(
        "ix_message_urgent",
        "message",
        ["state", "next_attempt_at"],
        sqlite_where=sa.text(URGENT),
        postgresql_where=sa.text(URGENT),
    )
    op.create_table(
        "declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "insurance",
                "safeguarding",
                "risk_assessment",
                name="declaration_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("holder", sa.String(length=160), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("not_held", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["user_account.id"],
            name=op.f("fk_declaration_checked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["declared_by_id"],
            ["user_account.id"],
            name=op.f("fk_declaration_declared_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_declaration_provider_id_provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
        sa.UniqueConstraint("provider_id", "kind", name=op.f("uq_declaration_provider_id_kind")),
    )
    op.create_table(
        "image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_image_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_image_provider_id_provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
    )
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_image_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_image_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_folded", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "editor",
                "door",
                name="invitation_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_at > created_at", name=op.f("ck_invitation_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_invitation_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_invitation_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_invitation_provider_id_provider")
        ),
        sa.ForeignKeyConstraint(
            ["used_by_id"], ["user_account.id"], name=op.f("fk_invitation_used_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitation_secret_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invitation_email_folded"), ["email_folded"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitation_provider_id"), ["provider_id"], unique=False
        )

    op.create_table(
        "call_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_call_ask_asked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_call_ask_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_call_ask_provider_id_provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_ask")),
        sa.UniqueConstraint(
            "edition_id", "provider_id", name=op.f("uq_call_ask_edition_id_provider_id")
        ),
    )
    with op.batch_alter_table("call_ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_ask_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_ask_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_closure_days_in_order")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_closure_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closure_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "draft_save",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_draft_save_revision_id_revision")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"],
            ["user_account.id"],
            name=op.f("fk_draft_save_saved_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_save")),
    )
    with op.batch_alter_table("draft_save", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_draft_save_revision_id"), ["revision_id"], unique=False
        )

    op.create_table(
        "review_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_review_comment_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_review_comment_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    with op.batch_alter_table("review_comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_comment_revision_id"), ["revision_id"], unique=False
        )

    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "sent",
                "declined",
                name="announcement_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=300), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_announcement_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_announcement_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_announcement_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name=op.f("fk_announcement_occurrence_id_occurrence"),
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_announcement_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("key", name=op.f("uq_announcement_key")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_announcement_edition_id"), ["edition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_announcement_occurrence_id"), ["occurrence_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_announcement_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=600), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("children <= people", name=op.f("ck_attendance_children_are_people")),
        sa.CheckConstraint(
            "people >= 0 AND children >= 0", name=op.f("ck_attendance_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name=op.f("fk_attendance_occurrence_id_occurrence"),
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"],
            ["user_account.id"],
            name=op.f("fk_attendance_returned_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("occurrence_id", name=op.f("uq_attendance_occurrence_id")),
    )
    op.create_table(
        "change_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "moved",
                "cancelled",
                "reinstated",
                "fewer_places",
                "access",
                name="notice_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("alternative_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alternative_id"],
            ["occurrence.id"],
            name=op.f("fk_change_notice_alternative_id_occurrence"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_change_notice_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name=op.f("fk_change_notice_occurrence_id_occurrence"),
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["user_account.id"],
            name=op.f("fk_change_notice_undone_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_notice")),
    )
    with op.batch_alter_table("change_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_notice_batch"), ["batch"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_change_notice_created_at"), ["created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_change_notice_occurrence_id"), ["occurrence_id"], unique=False
        )

    op.create_table(
        "walk_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("age_band", sa.String(length=12), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_walk_up_scan_id_scan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_up")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_walk_up_scan_id")),
    )
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("questions", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.add_column(sa.Column("most_sessions", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("small_edits_at_once", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(
            sa.Column("booking_paused_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("paused_because", sa.String(length=300), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("read_only_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("read_only_because", sa.String(length=300), nullable=False, server_default="")
        )

    with op.batch_alter_table("festival_session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("answers", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )
        batch_op.add_column(
            sa.Column("access_not_known", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.add_column(sa.Column("rolled_from_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_festival_session_rolled_from_id"), ["rolled_from_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_festival_session_rolled_from_id_festival_session"),
            "festival_session",
            ["rolled_from_id"],
            ["id"],
        )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("announcement_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_message_announcement_id"), ["announcement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_message_notice_id"), ["notice_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_message_notice_id_change_notice"), "change_notice", ["notice_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_message_announcement_id_announcement"),
            "announcement",
            ["announcement_id"],
            ["id"],
        )

    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "unchecked",
                    "checked",
                    "refused",
                    name="provider_state",
                    native_enum=False,
                    create_constraint=True,
                    length=24,
                ),
                nullable=False,
                server_default="checked",
            )
        )
        batch_op.add_column(
            sa.Column("about", sa.String(length=600), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("website", sa.String(length=300), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("phone", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("phone_is_public", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("charity_number", sa.String(length=20), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("checked_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("comment", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_provider_state"), ["state"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_provider_checked_by_id_user_account"),
            "user_account",
            ["checked_by_id"],
            ["id"],
        )

    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "withdrawn_from",
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
                    name="withdrawn_from",
                    native_enum=False,
                    create_constraint=True,
                    length=24,
                ),
                nullable=True,
            )
        )

    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("saved_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("late_allowed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("based_on_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("is_small", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("reviewer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("second_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("second_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("conflicts", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.add_column(sa.Column("image_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_revision_based_on_id"), ["based_on_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_revision_image_id"), ["image_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_revision_reviewer_id"), ["reviewer_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_based_on_id_revision"), "revision", ["based_on_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_reviewer_id_user_account"),
            "user_account",
            ["reviewer_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_second_by_id_user_account"),
            "user_account",
            ["second_by_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_image_id_image"), "image", ["image_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_saved_by_id_user_account"),
            "user_account",
            ["saved_by_id"],
            ["id"],
        )

    with op.batch_alter_table("revision_text", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("image_alt", sa.String(length=200), nullable=False, server_default="")
        )

    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("facts", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )

    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recorded_by_id", sa.Integer(), nullable=True))
        batch_op.alter_column("door_pass_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_check_constraint(
            batch_op.f("ck_scan_by_somebody"),
            "door_pass_id IS NOT NULL OR recorded_by_id IS NOT NULL",
        )
        batch_op.create_index(
            batch_op.f("ix_scan_recorded_by_id"), ["recorded_by_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_scan_recorded_by_id_user_account"),
            "user_account",
            ["recorded_by_id"],
            ["id"],
        )

    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("facts", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "listed",
                    "proposed",
                    "closed",
                    name="venue_state",
                    native_enum=False,
                    create_constraint=True,
                    length=24,
                ),
                nullable=False,
                server_default="listed",
            )
        )
        batch_op.add_column(sa.Column("proposed_by_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_venue_proposed_by_id"), ["proposed_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_venue_state"), ["state"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_venue_proposed_by_id_provider"), "provider", ["proposed_by_id"], ["id"]
        )


def downgrade() -> None:
    op.drop_index("ix_message_urgent", table_name="message")
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_venue_venue_state"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_venue_proposed_by_id_provider"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_venue_state"))
        batch_op.drop_index(batch_op.f("ix_venue_proposed_by_id"))
        batch_op.drop_column("proposed_by_id")
        batch_op.drop_column("state")
        batch_op.drop_column("facts")

    # What was on paper was typed in by nobody that the older tables know.
    op.execute("DELETE FROM walk_up")
    op.execute("DELETE FROM scan WHERE door_pass_id IS NULL")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_scan_by_somebody"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_scan_recorded_by_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_scan_recorded_by_id"))
        batch_op.alter_column("door_pass_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("recorded_by_id")

    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_column("facts")

    with op.batch_alter_table("revision_text", schema=None) as batch_op:
        batch_op.drop_column("image_alt")

    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_revision_saved_by_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_revision_image_id_image"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_revision_second_by_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_revision_reviewer_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_revision_based_on_id_revision"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_revision_reviewer_id"))
        batch_op.drop_index(batch_op.f("ix_revision_image_id"))
        batch_op.drop_index(batch_op.f("ix_revision_based_on_id"))
        batch_op.drop_column("image_id")
        batch_op.drop_column("conflicts")
        batch_op.drop_column("second_at")
        batch_op.drop_column("second_by_id")
        batch_op.drop_column("reviewer_id")
        batch_op.drop_column("is_small")
        batch_op.drop_column("based_on_id")
        batch_op.drop_column("late_allowed_at")
        batch_op.drop_column("reminded")
        batch_op.drop_column("saved_by_id")
        batch_op.drop_column("saved_at")

    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_reservation_withdrawn_from"), type_="check")
        batch_op.drop_column("withdrawn_from")

    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_provider_provider_state"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_provider_checked_by_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_provider_state"))
        batch_op.drop_column("comment")
        batch_op.drop_column("checked_by_id")
        batch_op.drop_column("checked_at")
        batch_op.drop_column("created_at")
        batch_op.drop_column("charity_number")
        batch_op.drop_column("phone_is_public")
        batch_op.drop_column("phone")
        batch_op.drop_column("website")
        batch_op.drop_column("about")
        batch_op.drop_column("state")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_message_announcement_id_announcement"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_message_notice_id_change_notice"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_message_notice_id"))
        batch_op.drop_index(batch_op.f("ix_message_announcement_id"))
        batch_op.drop_column("announcement_id")
        batch_op.drop_column("notice_id")

    with op.batch_alter_table("festival_session", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_festival_session_rolled_from_id_festival_session"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_festival_session_rolled_from_id"))
        batch_op.drop_column("rolled_from_id")
        batch_op.drop_column("access_not_known")
        batch_op.drop_column("answers")

    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_column("read_only_because")
        batch_op.drop_column("read_only_at")
        batch_op.drop_column("paused_because")
        batch_op.drop_column("booking_paused_at")
        batch_op.drop_column("small_edits_at_once")
        batch_op.drop_column("most_sessions")
        batch_op.drop_column("questions")

    op.drop_table("walk_up")
    with op.batch_alter_table("change_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_notice_occurrence_id"))
        batch_op.drop_index(batch_op.f("ix_change_notice_created_at"))
        batch_op.drop_index(batch_op.f("ix_change_notice_batch"))

    op.drop_table("change_notice")
    op.drop_table("attendance")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcement_venue_id"))
        batch_op.drop_index(batch_op.f("ix_announcement_occurrence_id"))
        batch_op.drop_index(batch_op.f("ix_announcement_edition_id"))

    op.drop_table("announcement")
    with op.batch_alter_table("review_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_comment_revision_id"))

    op.drop_table("review_comment")
    with op.batch_alter_table("draft_save", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_save_revision_id"))

    op.drop_table("draft_save")
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closure_venue_id"))

    op.drop_table("closure")
    with op.batch_alter_table("call_ask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_ask_provider_id"))
        batch_op.drop_index(batch_op.f("ix_call_ask_edition_id"))

    op.drop_table("call_ask")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_provider_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_email_folded"))
        batch_op.drop_index(batch_op.f("ix_invitation_edition_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_image_provider_id"))
        batch_op.drop_index(batch_op.f("ix_image_digest"))

    op.drop_table("image")
    op.drop_table("declaration")
