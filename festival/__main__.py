"""``python -m festival``: the operators' commands."""

from festival.cli import main

main()
