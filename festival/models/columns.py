"""Column types that several models share."""

import enum

import sqlalchemy as sa


def choice(words: type[enum.StrEnum], name: str) -> sa.Enum:
    """A column that holds one of these words: text with a named CHECK on both databases."""
    return sa.Enum(
        words,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )
