"""Words as calendars may carry them: without what other people's programs choke on."""

import re

# Controls of both sets, halves of letters that UTF-8 cannot carry, and what XML does not allow.
_FORBIDDEN = "\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
_CONTROLS = re.compile(f"[\t{_FORBIDDEN}]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")  # programs split lines at any of these


def one_line(text: str) -> str:
    """Text for a calendar value: control characters gone, on one line."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def plain(text: str) -> str:
    """Text of several lines without any other control character."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).strip()
