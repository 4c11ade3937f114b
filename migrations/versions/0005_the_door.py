"""the door"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = ("admit", "undo", "walk_up", "headcount", "note")
AFTER = ("admit", "undo", "walk_up", "headcount", "heads", "queue", "note")


def kinds(words: tuple[str, ...]) -> str:
    return "kind IN (" + ", ".join(f"'{word}'" for word in words) + ")"


def upgrade() -> None:
    op.create_table(
        "door_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("door_pass_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=4), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("unsent >= 0", name=op.f("ck_door_device_unsent_not_negative")),
        sa.ForeignKeyConstraint(
            ["door_pass_id"], ["door_pass.id"], name=op.f("fk_door_device_door_pass_id_door_pass")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_device")),
        sa.UniqueConstraint(
            "door_pass_id", "letter", name=op.f("uq_door_device_door_pass_id_letter")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_door_device_token_hash")),
    )
    op.create_index(op.f("ix_door_device_door_pass_id"), "door_device", ["door_pass_id"])
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("door_pass_id", sa.Integer(), nullable=False),
        sa.Column("volunteer", sa.String(length=80), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "door",
                "lead",
                "floor",
                name="shift_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_shift_ends_after_start")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_shift_venue_id_venue")),
        sa.ForeignKeyConstraint(
            ["door_pass_id"], ["door_pass.id"], name=op.f("fk_shift_door_pass_id_door_pass")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("door_pass_id", name=op.f("uq_shift_door_pass_id")),
    )
    op.create_index(op.f("ix_shift_venue_id"), "shift", ["venue_id"])
    op.create_index(op.f("ix_shift_from_at"), "shift", ["from_at"])

    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("generation", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("follows", sa.String(length=36), nullable=True))
        batch_op.add_column(
            sa.Column("label", sa.String(length=12), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("list_version", sa.String(length=16), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True))
    scan = sa.table(
        "scan",
        sa.column("happened_at", sa.DateTime()),
        sa.column("device_at", sa.DateTime()),
        sa.column("received_at", sa.DateTime()),
    )
    earlier = sa.case(
        (scan.c.device_at < scan.c.received_at, scan.c.device_at), else_=scan.c.received_at
    )
    op.execute(sa.update(scan).values(happened_at=earlier))
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.alter_column(
            "happened_at", existing_type=sa.DateTime(timezone=True), nullable=False
        )
        batch_op.alter_column("label", existing_type=sa.String(length=12), server_default=None)
        batch_op.alter_column(
            "list_version", existing_type=sa.String(length=16), server_default=None
        )
        batch_op.drop_constraint(batch_op.f("ck_scan_scan_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_scan_scan_kind"), kinds(AFTER))
        batch_op.drop_constraint(batch_op.f("ck_scan_people_not_negative"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_scan_people_not_negative"), "people >= 0 OR kind = 'heads'"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_scan_happened_before_received"), "happened_at <= received_at"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_scan_device_id_door_device"), "door_device", ["device_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_scan_device_id"), ["device_id"])
        batch_op.create_index(batch_op.f("ix_scan_follows"), ["follows"])
        batch_op.create_index("ix_scan_received_at", ["received_at"])


def downgrade() -> None:
    op.execute("DELETE FROM walk_up WHERE scan_id IN (SELECT id FROM scan WHERE kind = 'queue')")
    op.execute("DELETE FROM scan WHERE kind IN ('heads', 'queue')")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index("ix_scan_received_at")
        batch_op.drop_index(batch_op.f("ix_scan_follows"))
        batch_op.drop_index(batch_op.f("ix_scan_device_id"))
        batch_op.drop_constraint(batch_op.f("fk_scan_device_id_door_device"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_scan_happened_before_received"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_scan_people_not_negative"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_scan_people_not_negative"), "people >= 0")
        batch_op.drop_constraint(batch_op.f("ck_scan_scan_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_scan_scan_kind"), kinds(BEFORE))
        for name in ("device_id", "generation", "follows", "label", "list_version", "happened_at"):
            batch_op.drop_column(name)

    op.drop_table("shift")
    op.drop_table("door_device")
