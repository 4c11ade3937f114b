"""the booking desk"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHECKS = {
    "ck_reservation_offer_ends": "state <> 'offered' OR offer_until IS NOT NULL",
    "ck_reservation_own_within_places": "own_places >= 0 AND own_places <= places",
    "ck_reservation_companions_are_people": "companions >= 0 AND companions <= people",
    "ck_reservation_least_places_positive": "least_places IS NULL OR least_places >= 1",
}


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reader",
                "web",
                "partner",
                "desk",
                name="token_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_token_secret_hash")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_idempotency_key_token_id_api_token")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_idempotency_key_token_id_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_key_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "unmet_demand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("parties", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "parties >= 0 AND places >= 0", name=op.f("ck_unmet_demand_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name=op.f("fk_unmet_demand_occurrence_id_occurrence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_demand")),
        sa.UniqueConstraint("occurrence_id", name=op.f("uq_unmet_demand_occurrence_id")),
    )
    op.create_table(
        "access_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("adjustments", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_access_request_reservation_id_reservation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_access_request_reservation_id")),
    )
    with op.batch_alter_table("attendee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person", sa.Integer(), nullable=True))

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("token_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("proxy_name", sa.String(length=120), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("email_folded", sa.String(length=254), nullable=False, server_default="")
        )
        batch_op.drop_index(batch_op.f("ix_booking_email"))
        batch_op.create_index(batch_op.f("ix_booking_email_folded"), ["email_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_token_id"), ["token_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_booking_token_id_api_token"), "api_token", ["token_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_booking_made_by_id_user_account"), "user_account", ["made_by_id"], ["id"]
        )

    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("most_in_group", sa.Integer(), nullable=False, server_default="15")
        )
        batch_op.add_column(
            sa.Column("access_reserve", sa.Integer(), nullable=False, server_default="2")
        )
        batch_op.add_column(
            sa.Column("default_shares", sa.JSON(), nullable=False, server_default="[]")
        )

    with op.batch_alter_table("festival_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("most_in_group", sa.Integer(), nullable=True))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("outcome", sa.String(length=24), nullable=False, server_default="")
        )

    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_closed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("companions_expected", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_occurrence_companions_are_people"),
            "companions_expected >= 0 AND companions_expected <= people_expected",
        )

    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("own_places", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("companions", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("least_places", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("passed_over", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("told_free_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_reservation_state_held_until", ["state", "held_until"], unique=False
        )
        batch_op.create_index(
            "ix_reservation_state_offer_until", ["state", "offer_until"], unique=False
        )
    # All places so far came from the share they name.
    op.execute("UPDATE reservation SET own_places = places")
    op.execute("UPDATE booking SET email_folded = lower(email)")
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(name), condition)


def downgrade() -> None:
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(name), type_="check")
        batch_op.drop_index("ix_reservation_state_offer_until")
        batch_op.drop_index("ix_reservation_state_held_until")
        batch_op.drop_column("told_free_at")
        batch_op.drop_column("passed_over")
        batch_op.drop_column("offer_until")
        batch_op.drop_column("least_places")
        batch_op.drop_column("waiting_since")
        batch_op.drop_column("companions")
        batch_op.drop_column("own_places")

    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_occurrence_companions_are_people"), type_="check")
        batch_op.drop_column("companions_expected")
        batch_op.drop_column("is_closed")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("outcome")

    with op.batch_alter_table("festival_session", schema=None) as batch_op:
        batch_op.drop_column("most_in_group")

    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_column("default_shares")
        batch_op.drop_column("access_reserve")
        batch_op.drop_column("most_in_group")

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_booking_made_by_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_booking_token_id_api_token"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_booking_token_id"))
        batch_op.drop_index(batch_op.f("ix_booking_email_folded"))
        batch_op.create_index(batch_op.f("ix_booking_email"), ["email"], unique=False)
        batch_op.drop_column("email_folded")
        batch_op.drop_column("proxy_name")
        batch_op.drop_column("token_id")
        batch_op.drop_column("made_by_id")

    with op.batch_alter_table("attendee", schema=None) as batch_op:
        batch_op.drop_column("person")

    op.drop_table("access_request")
    op.drop_table("unmet_demand")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_created_at"))

    op.drop_table("idempotency_key")
    op.drop_table("api_token")
