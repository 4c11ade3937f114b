"""Build hook: a wheel carries what stands beside the package in a checkout.

``festival/paths.py`` looks for these inside the package first. They are added by a hook, not by
a plain force-include, because that one would also act on editable installs and leave stale copies
behind which then win over the checkout.
"""

import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BESIDE = ("config.py", "templates", "static", "migrations")


class FestivalBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":  # an editable install reads the checkout
            return
        root = Path(self.root)
        for name in BESIDE:
            if (root / name).exists():
                build_data["force_include"][str(root / name)] = f"festival/{name}"
        self.compiled = tempfile.TemporaryDirectory()
        for catalogue in sorted(root.glob("festival/translations/*/LC_MESSAGES/*.po")):
            inside = catalogue.relative_to(root).with_suffix(".mo")
            build_data["force_include"][str(self._compile(catalogue, inside))] = inside.as_posix()

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact: str) -> None:
        if version == "standard":
            self.compiled.cleanup()

    def _compile(self, catalogue: Path, inside: Path) -> Path:
        target = Path(self.compiled.name) / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        with catalogue.open("rb") as source, target.open("wb") as compiled:
            write_mo(compiled, read_po(source))
        return target
