"""A page as a test reads it: its headings, links, forms and words."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as SENTENCES

from tests.support.form import Form


class Page:
    """Parsed HTML; a fragment is what htmx asks for."""

    def __init__(
        self, html: str, address: str = "http://localhost/", *, fragment: bool = False
    ) -> None:
        self.html = html
        self.address = address
        self.fragment = fragment
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.tree: Element = parser.parseFragment(html) if fragment else parser.parse(html)
        self.parse_errors = [
            (code, f"line {place[0]}: {SENTENCES[code] % facts}")
            for place, code, facts in parser.errors
        ]

    # --- what is on it

    def all(self, *tags: str, inside: Element | None = None) -> list[Element]:
        """Elements with one of these tags in their order; all of them when none is named."""
        start = self.tree if inside is None else inside
        return [
            element
            for element in start.iter()
            if isinstance(element.tag, str) and (not tags or element.tag in tags)
        ]

    def with_class(self, name: str) -> list[Element]:
        return [element for element in self.all() if name in element.get("class", "").split()]

    def by_id(self, identifier: str) -> Element | None:
        return next((element for element in self.all() if element.get("id") == identifier), None)

    def parent(self, element: Element) -> Element | None:
        return self._parents.get(element)

    def above(self, element: Element) -> Iterator[Element]:
        """Its parent, the parent's parent and so on."""
        while (parent := self._parents.get(element)) is not None:
            yield parent
            element = parent

    @cached_property
    def _parents(self) -> dict[Element, Element]:
        return {child: parent for parent in self.tree.iter() for child in parent}

    # --- what it says

    @property
    def title(self) -> str:
        return next((words(element) for element in self.all("title")), "")

    @property
    def h1(self) -> str:
        return next((words(element) for element in self.all("h1")), "")

    @property
    def text(self) -> str:
        """What a person reads, in one line."""
        body = next(iter(self.all("body")), self.tree)
        return words(body)

    @property
    def error_summary(self) -> list[str]:
        """What the box of errors at the top says, each with a link to its field."""
        boxes = self.with_class("govuk-error-summary")
        return [words(item) for box in boxes for item in self.all("li", inside=box)]

    def table(self, number: int = 0) -> list[list[str]]:
        """The words of a table's rows."""
        table = self.all("table")[number]
        return [
            [words(cell) for cell in self.all("th", "td", inside=row)]
            for row in self.all("tr", inside=table)
        ]

    # --- where it leads

    def link(self, text: str) -> str:
        """The address behind the one link with these words; the path and query on this site."""
        found = {element.get("href", "") for element in self.all("a") if words(element) == text}
        assert len(found) == 1, f"{len(found)} links {text!r}; there are {self.links}"
        return urljoin(self.address, found.pop()).removeprefix(urljoin(self.address, "/")[:-1])

    @property
    def links(self) -> list[str]:
        return [words(element) for element in self.all("a") if "href" in element.attrib]

    @property
    def forms(self) -> list[Form]:
        return [Form(self, element) for element in self.all("form")]

    def form(self, button: str | None = None, fields: Iterable[str] = ()) -> Form:
        """The one form with this button, or with all of these fields."""
        fields = set(fields)
        found = [form for form in self.forms if button is None or button in form.buttons]
        if len(found) > 1:
            found = [form for form in found if fields <= form.names] or found
        if len(found) > 1 and button is None:
            found = [form for form in found if form.method == "post"] or found
        assert found, f"no form with the button {button!r}; there are {self._described()}"
        assert len(found) == 1, f"say which form is meant, by its button: {self._described()}"
        return found[0]

    def _described(self) -> list[Any]:
        return [(form.method, form.action, form.buttons, sorted(form.names)) for form in self.forms]


def words(element: Element) -> str:
    """An element's text in one line, without what is not read: scripts, styles, templates."""
    return re.sub(r"\s+", " ", "".join(_texts(element))).strip()


def _texts(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in ("script", "style", "template"):
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        if child.tag in BLOCKS:
            yield " "
        yield child.tail or ""


BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
