"""Email addresses: what can be one, and what looks mistyped."""

import re
from difflib import get_close_matches

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import ValidationError

# Where most people's mail lives; a near miss is asked about, never refused.
COMMON = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "outlook.com",
    "live.co.uk",
    "live.com",
    "msn.com",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
    "me.com",
    "aol.com",
    "btinternet.com",
    "sky.com",
    "virginmedia.com",
    "blueyonder.co.uk",
    "ntlworld.com",
    "talktalk.net",
    "protonmail.com",
    "wolverhampton.gov.uk",
    "wlv.ac.uk",
)
SHAPE = re.compile(
    r"[^\s@<>(),;:\\\"\[\]]{1,64}@([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}"
)


def looks_like_email(_form: FlaskForm, field: Field) -> None:
    """Refuse what cannot be an email address; empty is for others to judge."""
    typed = field.data or ""
    if typed and (not SHAPE.fullmatch(typed) or ".." in typed or typed.startswith(".")):
        raise ValidationError(gettext("Type an email address like name@example.org."))


def better_email(email: str) -> str | None:
    """What the address was probably meant to be, where its domain looks mistyped."""
    name, _, domain = email.rpartition("@")
    domain = domain.lower()
    if not name or domain in COMMON:
        return None
    near = get_close_matches(domain, COMMON, n=1, cutoff=0.85)
    return f"{name}@{near[0]}" if near else None
