"""Templates as they were compiled, kept for the next process: all of them take more than a
second."""

from contextlib import suppress

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

FOLDER = "templates"  # under VAR_DIR


class Kept(FileSystemBytecodeCache):
    """Known by their content, so that changed ones are compiled anew. Keeping them is no
    condition: where the disk is full, or the folder somebody else's, pages are shown all the
    same."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init_app(app: Flask) -> None:
    folder = app.config["VAR"] / FOLDER
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    app.jinja_env.bytecode_cache = Kept(str(folder))
