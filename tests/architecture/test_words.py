"""Every word a person reads can be translated, and no file names where packages come from."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.lexer import TOKEN_DATA

from festival.paths import ROOT, TEMPLATES

# What is shown as it stands in every language: marks, and names of our own.
SHOWN_AS_IT_IS = re.compile(r"^[\s\W\d_]*$")
READ_ATTRIBUTES = re.compile(r"""\b(?:alt|title|aria-label|placeholder|content)="([^"{]+)""")
NOT_READ = re.compile(
    r"""(?:content="(?:width=|light|noindex|only|&#|\{|')|<meta[^>]*>)""", re.IGNORECASE
)
CLASS_BLOCKS = re.compile(r"{% block (?:html_class|body_class|color_scheme) %}[^{]*{% endblock %}")
TEMPLATE_FILES = sorted(path for path in TEMPLATES.rglob("*.*") if path.suffix in (".html", ".txt"))
MADE = {".git", ".venv", "var", "dist", "vendor", "__pycache__", ".hypothesis"} | {
    f".{name}_cache" for name in ("pytest", "mypy", "ruff", "import_linter")
}
HOSTS = ("py" + "pi.org", "python" + "hosted", "npm" + "js", "deb." + "debian")


def _literal(path: Path) -> str:
    """What stands in the template outside of its tags and comments."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    source = path.read_text()
    source = re.sub(r"{%-?\s*trans\b.*?endtrans\s*-?%}", "", source, flags=re.DOTALL)
    source = CLASS_BLOCKS.sub("", source)
    tokens = environment.lex(source)
    return "".join(value if kind == TOKEN_DATA else "{}" for _line, kind, value in tokens)


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_no_words_of_their_own(path: Path) -> None:
    literal = re.sub(r"<!DOCTYPE[^>]*>", "", _literal(path))
    attributes = [
        value
        for value in READ_ATTRIBUTES.findall(NOT_READ.sub("", literal))
        if not SHOWN_AS_IT_IS.match(value)
    ]
    assert attributes == []
    if path.suffix == ".html":
        literal = re.sub(r"<(script|style)\b.*?</\1>", "", literal, flags=re.DOTALL)
        literal = re.sub(r"<[^<>]*>", " ", literal)
    words = re.sub(r"{}|&#?\w+;", " ", literal)
    assert SHOWN_AS_IT_IS.match(words), " ".join(words.split())[:200]


def test_every_kind_of_string_is_found(tmp_path: Path) -> None:
    catalogue = tmp_path / "messages.pot"
    command = [
        *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"),
        *("--mapping-file", "pyproject.toml", "--keywords", "N_", "--keywords", "lazy_gettext"),
        *("--output-file", str(catalogue), "."),
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with catalogue.open("rb") as file:
        found = {str(message.id) for message in read_po(file) if message.id}
    for words in (
        "Your places are booked",  # a template
        "Type your name.",  # a form
        "The end must be after the start.",  # the domain
        "We are holding your places for longer.",  # a view
        "Your booking {reference}: {title}",  # the subject of a mail
        "use it with a keyboard only",  # the accessibility statement
    ):
        assert words in found
    assert any("place left" in message for message in found)  # with its plural


def test_no_file_names_where_packages_come_from() -> None:
    for path in _files_of_ours(ROOT):
        text = path.read_bytes().decode("utf-8", "replace").lower()
        assert [host for host in HOSTS if host in text] == [], path


def _files_of_ours(folder: Path) -> Iterator[Path]:
    """Every file of the repository; not what is made beside it, nor other people's work."""
    for path in sorted(folder.iterdir()):
        if path.name in MADE or path.suffix == ".mo":
            continue
        if path.is_dir():
            yield from _files_of_ours(path)
        elif path.is_file():
            yield path
