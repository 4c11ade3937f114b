"""``python -m festival``: the operators' commands."""

from festival import create_app
from festival.cli import main

if __name__ == "__main__":
    main(create_app)
