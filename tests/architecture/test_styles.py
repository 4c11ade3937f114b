"""The look: no page names a class that nobody styled, and every colour can be read."""

import re
from fnmatch import fnmatchcase
from functools import cache
from itertools import product

import pytest

from festival.paths import STATIC, TEMPLATES

OURS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "scan").glob("*.js"))
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if path.parent.name != "mail")

# Classes that scripts set or look for; no page needs to name them.
HOOKS = {"js-enabled", "govuk-frontend-supported", "htmx-request", "is-covered"}
# Styled for pages to use when they want them, whether one does today or not.
FOR_VIEWS = {"stack", "buttons", "caption", "muted", "no-print"}

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARATION = re.compile(r"(?<=[{;])\s*(-{0,2}[a-z][a-z0-9-]*)\s*:\s*([^;{}]+)(?=[;}])")
CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")


def sheet(name: str) -> str:
    return COMMENT.sub("", (STATIC / name).read_text(encoding="utf-8"))


def classes_in(css: str) -> set[str]:
    selectors = re.findall(r"([^{};]+)\{", css)
    return {
        name.replace("\\", "") for selector in selectors for name in CLASS.findall(str(selector))
    }


@cache
def our_classes() -> frozenset[str]:
    return frozenset().union(*(classes_in(sheet(f"css/{path.name}")) for path in OURS))


@cache
def govuk_classes() -> frozenset[str]:
    return frozenset(classes_in(sheet("vendor/govuk-frontend.css")))


def words(value: str) -> set[str]:
    """The classes of an attribute; what is filled in later is a star."""
    value = re.sub(r"\{\{.*?\}\}", "*", value)
    value = re.sub(r"\{%.*?%\}", " ", value)
    return set(value.split()) - {"*"}


def used_in(template: str) -> set[str]:
    values = re.findall(r'\bclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', template)
    values += re.findall(r"'classes': '([^']*)'", template)
    values += re.findall(r"\{% block (?:html|body)_class %\}(.*?)\{% endblock", template)
    return set().union(*map(words, values))


def named_in(script: str) -> set[str]:
    """The classes that a script gives to what it makes; what is filled in later is a star."""
    filled = re.sub(r"\$\{[^}]*\}", "*", script)
    words = re.findall(r"[\"` ]((?:door|is)-[\w*-]+)(?=[\"` ])", filled)
    return {word for word in words if word in our_classes() or "*" in word}


@cache
def used() -> dict[str, str]:
    """Every class that a template names, and one template that does; the scanner's scripts make
    their parts themselves."""
    made = {
        name: str(path.relative_to(STATIC))
        for path in SCRIPTS
        for name in named_in(path.read_text(encoding="utf-8"))
    }
    return made | {
        name: str(path.relative_to(TEMPLATES))
        for path in PAGES
        for name in used_in(path.read_text(encoding="utf-8"))
    }


def test_classes_are_found_where_templates_name_them() -> None:
    template = """
      <p class="a {% if x == "y" %}b{% endif %} c--{{ kind }} {{ more }}">
      {{ form.name(params={'classes': 'd e'}) }}{% block body_class %}f{% endblock %}
    """
    assert used_in(template) == {"a", "b", "c--*", "d", "e", "f"}


def test_every_class_of_a_template_is_styled() -> None:
    known = our_classes() | govuk_classes() | HOOKS
    # Parts of a component that carry its name and have no look of their own.
    bare = {"govuk-checkboxes", "govuk-radios", "govuk-table__body"}
    unstyled = {
        name: where
        for name, where in used().items()
        if name not in bare and not any(fnmatchcase(one, name) for one in known)
    }
    assert unstyled == {}


def test_every_class_we_style_is_used() -> None:
    own = {name for name in our_classes() if not name.startswith(("govuk-", "leaflet-"))}
    unused = {
        name
        for name in own - HOOKS - FOR_VIEWS
        if not any(fnmatchcase(name, pattern) for pattern in used())
    }
    assert unused == set()


def test_what_is_set_aside_is_styled() -> None:
    assert our_classes() >= FOR_VIEWS


@pytest.mark.parametrize("name", [path.name for path in OURS])
def test_the_sheets_know_no_left_and_no_right(name: str) -> None:
    """The same sheets serve both directions of writing."""
    declarations = DECLARATION.findall(sheet(f"css/{name}"))
    assert declarations
    one_sided = [
        (what, value)
        for what, value in declarations
        if {"left", "right"} & set(what.split("-"))
        or (what in {"text-align", "float", "clear"} and value.strip() in {"left", "right"})
        or (what in {"margin", "padding", "inset", "border-width"} and is_lopsided(value))
    ]
    assert one_sided == []


def is_lopsided(value: str) -> bool:
    """Whether a shorthand of four sides treats left and right differently."""
    parts = re.split(r"\s+(?![^(]*\))", value.strip())
    return len(parts) == 4 and parts[1] != parts[3]


@pytest.mark.parametrize("name", [path.name for path in OURS])
def test_the_sheets_load_nothing(name: str) -> None:
    assert re.findall(r"url\(|@import|@font-face|//", sheet(f"css/{name}")) == []


# --- colours


def colours(text: str, selector: str) -> dict[str, str]:
    """The custom properties that a rule sets to a plain colour."""
    blocks = re.findall(re.escape(selector) + r"\s*\{([^{}]*)\}", text)
    pairs = [pair for block in blocks for pair in re.findall(r"(--[\w-]+):\s*(#\w+)", block)]
    return dict(pairs)


def light(colour: str) -> float:
    """The relative luminance, as WCAG defines it."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


DAY = ":root,\n.always-light"
NIGHT = ":root:not(.always-light)"
GROUNDS = ["--govuk-body-background-colour", "--surface", "--sand"]
WRITING = [
    "--govuk-text-colour",
    "--govuk-secondary-text-colour",
    "--govuk-link-colour",
    "--govuk-link-visited-colour",
    "--govuk-link-hover-colour",
    "--govuk-error-colour",
    "--heading",
    "--green-ink",
    "--blue-ink",
    "--orange-ink",
    "--red-ink",
    "--grey-ink",
]
TAGS = [(f"--{name}-back", f"--{name}-ink") for name in ("grey", "green", "blue", "orange", "red")]
PAIRS = [*product(GROUNDS, WRITING), *TAGS, *((back, "--govuk-text-colour") for back, _ in TAGS)]


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("time", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("ground", "writing"), PAIRS, ids=lambda name: str(name).strip("-"))
def test_writing_can_be_read(time: str, ground: str, writing: str) -> None:
    named = colours(sheet("css/festival.css"), time)
    assert contrast(named[ground], named[writing]) >= 4.5


@pytest.mark.parametrize("time", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_of_fields_can_be_seen(time: str, ground: str) -> None:
    named = colours(sheet("css/festival.css"), time)
    assert contrast(named[ground], named["--govuk-input-border-colour"]) >= 3


def test_day_and_night_name_the_same_colours() -> None:
    text = sheet("css/festival.css")
    assert set(colours(text, DAY)) == set(colours(text, NIGHT))


def palettes() -> list[str]:
    return sorted(path.stem for path in (STATIC / "img" / "themes").glob("*.svg"))


def test_every_palette_has_its_art() -> None:
    assert palettes() == [*map(str, range(10)), "none"]


@pytest.mark.parametrize("palette", palettes())
def test_a_theme_can_be_read(palette: str) -> None:
    named = colours(sheet("css/festival.css"), f".theme-{palette}")
    assert contrast(named["--theme-light"], named["--theme-dark"]) >= 4.5
