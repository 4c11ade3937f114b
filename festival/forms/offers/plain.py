"""Words that were pasted with the codes of a web page: the words without the codes."""

import re
from html.parser import HTMLParser

TAGS = (
    "a|abbr|article|b|blockquote|body|br|code|div|em|font|h[1-6]|head|html|i|iframe|img|li|link|"
    "meta|ol|p|pre|script|section|span|strong|style|sub|sup|svg|table|tbody|td|th|tr|u|ul"
)
CODES = re.compile(rf"</?(?:{TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
LINES = ("br", "li", "tr")  # begin a line; the other blocks stand apart
PARAGRAPHS = ("article", "blockquote", "div", "ol", "p", "pre", "section", "table", "ul")
BLOCKS = frozenset((*LINES, *PARAGRAPHS, "h1", "h2", "h3", "h4", "h5", "h6"))
NEVER_READ = frozenset(("script", "style", "head", "iframe", "svg"))


def has_codes(text: str) -> bool:
    """Whether these words hold tags of HTML; a ``<3`` or ``a < b`` is none."""
    return CODES.search(text) is not None


def plain(text: str) -> str:
    """The words of this HTML, its blocks on lines of their own; other text as it is."""
    if not has_codes(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = [" ".join(one.split()) for one in "".join(reader.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag in NEVER_READ:
            self.hidden += 1
        if tag in BLOCKS:
            self.said.append("\n" if tag in LINES else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in NEVER_READ and self.hidden:
            self.hidden -= 1
        if tag in BLOCKS and tag not in LINES:
            self.said.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)
