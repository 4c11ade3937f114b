"""``python -m festival``: the operators' commands."""

import gc

# What is imported stays until the end: looking for garbage meanwhile takes a sixth of the start.
gc.disable()

from festival import create_app  # noqa: E402
from festival.cli import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main(create_app)
