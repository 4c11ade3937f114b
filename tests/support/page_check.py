"""What holds for every page: checked on each one that a test's client gets.

It is what can be told from the HTML alone. What needs a browser (contrast, focus, sizes) is
checked there, with axe.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from tests.support.form import NOT_FILLED, control_kind
from tests.support.page import Page, words

# html5lib is from 2020. Where HTML has moved on since, its complaint is void:
OUTDATED_ERRORS = {
    "unexpected-start-tag-in-select",  # <hr> between options is allowed since 2023
}
# Data for search engines; never run, so that the content security policy lets it pass.
DATA_SCRIPTS = ("application/ld+json",)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage")
# What a template shows when a value or a translation is missing. "None of these" is English.
LEFTOVERS = re.compile(r"\bNone\b(?! of\b)|\bUndefined\b|\{\{|\}\}|\{%|%\(\w+\)|<[\w.]+ object at")
ELSEWHERE = re.compile(r"(?i)^(https?:)?//")
ONLY_CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "select": {"option", "optgroup", "hr"},
}


class PageChecker:
    """``problems(html)`` lists what is wrong; ``check(html)`` raises when anything is."""

    def __init__(self, *, outdated_errors: Iterable[str] = OUTDATED_ERRORS) -> None:
        self.outdated_errors = frozenset(outdated_errors)

    def check(self, html: str, address: str = "", *, fragment: bool = False) -> Page:
        page = Page(html, address or "http://localhost/", fragment=fragment)
        problems = self.problems(page)
        assert not problems, f"{address or 'The page'} is not right:\n  " + "\n  ".join(problems)
        return page

    def problems(self, page: Page | str) -> list[str]:
        page = Page(page) if isinstance(page, str) else page
        found = [text for code, text in page.parse_errors if code not in self.outdated_errors]
        if not page.fragment:
            found += _whole_page(page)
        for rule in (_ids, _labels, _names, _images, _headings, _children, _policy, _leftovers):
            found += rule(page)
        return found


def _whole_page(page: Page) -> Iterator[str]:
    headings = page.all("h1")
    if len(headings) != 1 or not words(headings[0]):
        yield f"one h1 with words is needed, there are {[words(h) for h in headings]}"
    if not page.title:
        yield "the title is empty"
    if not page.tree.get("lang"):
        yield "html has no lang"
    if page.tree.get("dir", "ltr") not in ("ltr", "rtl"):
        yield f"html has dir={page.tree.get('dir')!r}"
    if len(page.all("main")) != 1:
        yield f"one main is needed, there are {len(page.all('main'))}"


def _ids(page: Page) -> Iterator[str]:
    counts = Counter(element.get("id", "") for element in page.all() if "id" in element.attrib)
    for identifier, times in counts.items():
        if times > 1:
            yield f"the id {identifier!r} is there {times} times"
        if not identifier or re.search(r"\s", identifier):
            yield f"the id {identifier!r} is empty or has a space"
    if page.fragment:
        return  # what it refers to may stand in the page it goes into
    for element in page.all():
        for attribute in REFERRING:
            for identifier in element.get(attribute, "").split():
                if identifier not in counts:
                    yield f"{_shown(element)}: {attribute} names {identifier!r}, which is not there"


def _labels(page: Page) -> Iterator[str]:
    pointed_at = {label.get("for") for label in page.all("label") if words(label)}
    for field in page.all("input", "select", "textarea"):
        if control_kind(field) in (*NOT_FILLED, "hidden"):
            continue
        wrapped = any(above.tag == "label" and words(above) for above in page.above(field))
        if not (wrapped or _named_by_aria(page, field) or field.get("id", "") in pointed_at):
            yield f"{_shown(field)} has no label"
    for fieldset in page.all("fieldset"):
        if not any(child.tag == "legend" and words(child) for child in fieldset):
            yield f"{_shown(fieldset)} has no legend"


def _names(page: Page) -> Iterator[str]:
    """What can be pressed or followed says what it does."""
    for element in page.all("a", "button", "summary"):
        if element.tag == "a" and "href" not in element.attrib:
            continue
        images = any(image.get("alt") for image in page.all("img", inside=element))
        if not (words(element) or images or _named_by_aria(page, element)):
            yield f"{_shown(element)} has no words"
    for element in page.all("input"):
        if control_kind(element) in NOT_FILLED and not (
            element.get("value") or element.get("alt") or _named_by_aria(page, element)
        ):
            yield f"{_shown(element)} has no words"


def _named_by_aria(page: Page, element: Element) -> bool:
    if element.get("aria-label", "").strip():
        return True
    others = [page.by_id(name) for name in element.get("aria-labelledby", "").split()]
    return any(other is not None and words(other) for other in others)


def _images(page: Page) -> Iterator[str]:
    for image in page.all("img", "area"):
        if "alt" not in image.attrib:
            yield f"{_shown(image)} has no alt"
    for frame in page.all("iframe"):
        if not frame.get("title"):
            yield f"{_shown(frame)} has no title"


def _headings(page: Page) -> Iterator[str]:
    """A heading is at most one level below the one before it."""
    before = None
    for heading in page.all(*HEADINGS):
        level = int(str(heading.tag)[1])
        if before is not None and level > before + 1:
            yield f"h{level} {words(heading)!r} follows an h{before}"
        before = level


def _children(page: Page) -> Iterator[str]:
    for parent in page.all(*ONLY_CHILDREN):
        for child in parent:
            if isinstance(child.tag, str) and child.tag not in ONLY_CHILDREN[str(parent.tag)]:
                yield f"{_shown(parent)} holds {_shown(child)}"
    for element in page.all("a", "button"):
        for inner in page.all("a", "button", "input", "select", "textarea", inside=element):
            if inner is not element:
                yield f"{_shown(element)} holds {_shown(inner)}"


def _policy(page: Page) -> Iterator[str]:
    """Nothing that the content security policy would stop."""
    for script in page.all("script"):
        if not script.get("src") and script.get("type") not in DATA_SCRIPTS:
            yield f"a script stands in the page: {(script.text or '').strip()[:60]!r}"
    for _style in page.all("style"):
        yield "a style element stands in the page"
    for element in page.all():
        for attribute, value in element.attrib.items():
            if attribute == "style" or attribute.startswith("on"):
                yield f"{_shown(element)} has {attribute}={value!r}"
            if value.strip().lower().startswith("javascript:"):
                yield f"{_shown(element)} has a script in {attribute}"
    for element in page.all("script", "img", "iframe", "source", "video", "audio", "link"):
        loaded = element.get("href" if element.tag == "link" else "src", "")
        if ELSEWHERE.match(loaded) and _is_loaded(element):
            yield f"{_shown(element)} loads from elsewhere: {loaded}"


def _is_loaded(element: Element) -> bool:
    kinds = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
    return element.tag != "link" or bool(kinds & set(element.get("rel", "").lower().split()))


def _leftovers(page: Page) -> Iterator[str]:
    for element in page.all():
        if element.tag in ("script", "style"):
            continue
        for text in (element.text, *(child.tail for child in element)):
            if text and (found := LEFTOVERS.search(text)):
                yield f"{_shown(element)} shows {found[0]!r}: {' '.join(text.split())[:80]!r}"
        for attribute, value in element.attrib.items():
            if value == "None" or "=None" in value or "/None" in value:
                yield f"{_shown(element)} has {attribute}={value!r}"


def _shown(element: Element) -> str:
    """The start tag, short, to be found in the template."""
    kept = ("id", "name", "type", "href", "src", "class")
    facts = "".join(f' {name}="{element.get(name)}"' for name in kept if name in element.attrib)
    return f"<{str(element.tag).rpartition('}')[2]}{facts}>"
