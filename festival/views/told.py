"""Which page somebody asks about: its path, if everybody may open it and there is no secret in it.

A page behind a link of somebody's own, or for who has signed in, is never named.
"""

import re

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

SECRETS = {"token", "secret", "digest"}
LONGEST = 200  # letters of a path
PATH = re.compile(
    r"/(?:[\w.-]+/)*[\w.-]*", re.ASCII
)  # nothing that a browser reads as more than it
FORM = "another-way"  # where the form is on its page


def another_way() -> str:
    """Where this page can be asked for in another way, naming it where it may be named."""
    rule = request.url_rule
    about = request.path if rule is not None and _may_be_told(rule) else ""
    return url_for("pages.show_help", about=local_page(about) or None, _anchor=FORM)


def local_page(path: str) -> str:
    """This path, if it is a public page of ours; else nothing."""
    if len(path) > LONGEST or not PATH.fullmatch(path):
        return ""
    addresses = current_app.url_map.bind("")
    try:
        rule, _values = addresses.match(path, method="GET", return_rule=True)
    except (HTTPException, RequestRedirect):
        return ""
    return path if _may_be_told(rule) else ""


def _may_be_told(rule: Rule) -> bool:
    view = current_app.view_functions[rule.endpoint]
    is_public = getattr(view, "access", "") == "public" and "GET" in (rule.methods or set())
    return is_public and rule.endpoint != "static" and not SECRETS & rule.arguments
