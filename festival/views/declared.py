"""How an organisation stands and what it declares, on its own and on the team's pages."""

from datetime import date
from typing import Any

from flask_babel import gettext

from festival.domain import words
from festival.domain.providers import declarations, organisations
from festival.domain.providers.declarations import Caution, Trouble
from festival.forms.providers import DECLARED, KINDS
from festival.models import Declaration, DeclarationKind, Provider, ProviderState

Tag = tuple[str, str]


def state_words(provider: Provider) -> Tag:
    """How it stands with the team: the words, and the colour of its tag."""
    return {
        ProviderState.unchecked: (gettext("Not checked yet"), "orange"),
        ProviderState.checked: (gettext("Checked"), "green"),
        ProviderState.refused: (gettext("Refused"), "red"),
    }[provider.state]


def facts_of(provider: Provider) -> list[tuple[str, str]]:
    """What is said of it."""
    kind = str(dict(KINDS).get(provider.kind, provider.kind))
    phone = provider.phone
    if phone:
        shown = gettext("everybody sees it") if provider.phone_is_public else gettext("only for us")
        phone = f"{phone} ({shown})"
    return [
        (gettext("Name"), provider.name),
        (gettext("Kind"), kind),
        (gettext("About"), provider.about),
        (gettext("Website"), provider.website),
        (gettext("Phone number"), phone),
        (gettext("Charity number"), provider.charity_number),
    ]


def rows_of(provider: Provider, on: date) -> list[dict[str, Any]]:
    """Each kind of declaration: what is declared, and what is wrong with it."""
    cautions = {one.kind: one for one in declarations.warnings(provider, on)}
    return [_row(provider, kind, cautions.get(kind)) for kind in DeclarationKind]


def _row(provider: Provider, kind: DeclarationKind, caution: Caution | None) -> dict[str, Any]:
    declaration = declarations.declaration_of(provider, kind)
    title, why, *_rest = DECLARED[kind]
    return {
        "kind": kind.value,
        "title": title,
        "why": why,
        "declaration": declaration,
        "tag": (gettext("In order"), "green") if caution is None else trouble_words(caution),
        "lines": _lines(declaration) if declaration and not declaration.not_held else [],
        "stamp": organisations.stamp(declaration) if declaration else "",
        "is_checked": declaration is not None and declaration.checked_at is not None,
        "not_held": declaration is not None and declaration.not_held,
    }


def trouble_words(caution: Caution) -> Tag:
    """What is wrong with a declaration: the words, and the colour of its tag."""
    day = words.day(caution.expires_on) if caution.expires_on else ""
    return {
        Trouble.missing: (gettext("Not said yet"), "grey"),
        Trouble.not_held: (gettext("They do not have it"), "orange"),
        Trouble.over: (gettext("Ended on %(day)s", day=day), "red"),
        Trouble.ends_soon: (gettext("Ends on %(day)s", day=day), "orange"),
        Trouble.not_checked: (gettext("Not checked yet"), "blue"),
    }[caution.trouble]


def caution_words(caution: Caution) -> str:
    """The same with what it is about, in one line."""
    return f"{DECLARED[caution.kind][0]}: {trouble_words(caution)[0]}"


def _lines(declaration: Declaration) -> list[str]:
    ends = declaration.expires_on
    lines = [
        declaration.holder,
        declaration.phone,
        gettext("Policy %(number)s", number=declaration.reference) if declaration.reference else "",
        gettext("Good until %(day)s", day=words.day(ends)) if ends else "",
        declaration.note,
    ]
    return [line for line in lines if line]
