"""The README is complete: every setting, every command, everybody who can sign in."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from festival import settings
from festival.cli.commands import commands
from festival.domain import demonstration
from festival.paths import ROOT

README = (ROOT / "README.md").read_text()
SETTINGS = dict(re.findall(r"^\| `FESTIVAL_(\w+)` \| (.*?) \|", README, re.MULTILINE))


def every_command(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, f"{before}{name} ")
        else:
            yield before + name


def test_the_two_commands_come_first() -> None:
    assert README.splitlines()[2:4] == [
        "    make run     # the demonstration festival on http://127.0.0.1:5000",
        "    make test    # the whole suite, on SQLite and PostgreSQL",
    ]


def test_every_setting_is_documented_and_no_other() -> None:
    assert set(SETTINGS) == set(settings.defaults())


@pytest.mark.parametrize("name", settings.defaults())
def test_defaults_are_told_as_they_are(name: str) -> None:
    default = settings.defaults()[name]
    told = SETTINGS[name]
    if default == "":
        assert not told.startswith("`"), f"{name} has no default of its own"
    else:
        assert told == f"`{default}`"


def test_every_command_is_documented_and_no_other() -> None:
    told = set(re.findall(r"^\| `([a-z][a-z -]*)` \| ", README, re.MULTILINE))
    made = {name for name in told if name.startswith("make ")}
    assert told - made == set(every_command(commands))


def test_every_target_of_make_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    assert {f"make {target}" for target in targets} == set(
        re.findall(r"^\| `(make \w+)` \| ", README, re.MULTILINE)
    )


def test_every_command_says_what_it_does() -> None:
    def helps(group: click.Group) -> Iterator[tuple[str, str | None]]:
        for name, command in group.commands.items():
            yield name, command.help
            for option in command.params:
                if isinstance(option, click.Option):
                    yield f"{name} {option.name}", option.help
            if isinstance(command, click.Group):
                yield from helps(command)

    assert [name for name, words in helps(commands) if not words] == []


def test_everybody_of_the_demonstration_is_named() -> None:
    people = re.findall(r"^\| (\S+@example\.org) \| (.+?) \| (.+?) \|$", README, re.MULTILINE)
    assert people == [(one.email, one.name, one.role) for one in demonstration.PEOPLE]
    assert f"`{demonstration.PASSWORD}`" in README


def test_every_folder_that_is_named_is_there() -> None:
    named = re.findall(r"^    ([a-z]+)/ ", README, re.MULTILINE)
    assert len(named) >= 6
    missing = [name for name in named if name != "var" and not Path(ROOT / name).is_dir()]
    assert missing == []
