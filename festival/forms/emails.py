"""Email addresses: what can be one, and what looks mistyped."""

import re
import unicodedata
from difflib import get_close_matches
from email.errors import MessageError
from email.headerregistry import Address

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
    r"[^\s@<>(),;:\\\"\[\]]{1,64}@([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}",
    re.ASCII,
)
UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn")  # control and format characters, and what is no letter


def looks_like_email(_form: FlaskForm, field: Field) -> None:
    """Refuse what no mail can be sent to; empty is for others to judge."""
    typed = field.data or ""
    if any(unicodedata.category(letter) in UNSEEN for letter in typed):
        raise ValidationError(
            gettext("There is a hidden character in this email address. Type it again.")
        )
    # Few mail servers take more than ASCII before the @; after it, "ß" is not the same to all.
    if SHAPE.fullmatch(_in_ascii(typed)) and not typed.isascii():
        raise ValidationError(
            gettext(
                "We cannot write to an email address with accents or special letters. "
                "Type it without accents, or type another one."
            )
        )
    if typed and not can_be_written_to(typed):
        raise ValidationError(gettext("Type an email address like name@example.org."))


def _in_ascii(typed: str) -> str:
    return "".join(letter if letter.isascii() else "x" for letter in typed)


def can_be_written_to(typed: str) -> bool:
    """Whether mail can be sent to this."""
    if not SHAPE.fullmatch(typed):
        return False
    try:
        Address(addr_spec=typed)
    except (ValueError, IndexError, MessageError):
        return False
    return True


def better_email(email: str) -> str | None:
    """What the address was probably meant to be, where its domain looks mistyped."""
    name, _, domain = email.rpartition("@")
    domain = domain.lower()
    if not name or domain in COMMON:
        return None
    near = get_close_matches(domain, COMMON, n=1, cutoff=0.85)
    return f"{name}@{near[0]}" if near else None


def did_you_mean(better: str) -> str:
    """What is asked where an address looks mistyped."""
    return str(
        gettext(
            "Did you mean %(better)s? Change it, or tick the box below if it is right.",
            better=better,
        )
    )
