"""What an organisation declares, and what it may not do without."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from festival.domain import clock
from festival.domain.providers import declarations, is_checked
from festival.domain.providers.declarations import Trouble
from festival.models import Accompaniment, DeclarationKind, Provider, ProviderState
from tests import factories

INSURANCE, SAFEGUARDING, RISK = DeclarationKind
ALONE = SimpleNamespace(age_min=12, age_max=None, accompaniment=Accompaniment.none)
WITH_AN_ADULT = SimpleNamespace(age_min=4, age_max=8, accompaniment=Accompaniment.with_adult)


def today() -> date:
    return clock.now().date()


def test_without_children_alone_nothing_is_lacking(app: Flask, provider: Provider) -> None:
    assert declarations.lacking(provider, WITH_AN_ADULT, today()) == []


def test_children_alone_need_all_three(app: Flask, provider: Provider) -> None:
    assert declarations.lacking(provider, ALONE, today()) == [INSURANCE, SAFEGUARDING, RISK]
    factories.declarations(provider)
    assert declarations.lacking(provider, ALONE, today()) == []


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (INSURANCE, {"checked_at": None}),
        (INSURANCE, {"expires_on": None}),
        (INSURANCE, {"not_held": True}),
        (SAFEGUARDING, {"phone": ""}),
        (SAFEGUARDING, {"holder": ""}),
        (RISK, {"checked_at": None}),
        (RISK, {"holder": ""}),
    ],
)
def test_what_is_not_in_order_is_lacking(
    app: Flask, provider: Provider, kind: DeclarationKind, facts: dict[str, Any]
) -> None:
    for other in DeclarationKind:
        factories.declaration(provider, other, **(facts if other == kind else {}))
    assert declarations.lacking(provider, ALONE, today()) == [kind]


def test_it_counts_to_the_day_it_ends(app: Flask, provider: Provider) -> None:
    ends = today() + timedelta(days=5)
    factories.declarations(provider)
    insurance = declarations.declaration_of(provider, INSURANCE)
    assert insurance is not None
    insurance.expires_on = ends
    days = [ends, ends + timedelta(days=1)]
    assert declarations.lacking(provider, ALONE, days[0]) == []
    assert declarations.lacking(provider, ALONE, days[1]) == [INSURANCE]
    assert declarations.lacking_on(provider, ALONE, days) == [INSURANCE]
    assert declarations.lacking_on(provider, ALONE, []) == []


def test_warnings_say_what_is_wrong(app: Flask, provider: Provider) -> None:
    def troubles() -> list[tuple[DeclarationKind, Trouble]]:
        return [(one.kind, one.trouble) for one in declarations.warnings(provider, today())]

    assert troubles() == [(kind, Trouble.missing) for kind in DeclarationKind]
    insurance, lead, _risk = factories.declarations(provider)
    assert troubles() == []
    insurance.expires_on = today() + timedelta(days=31)
    assert troubles() == []
    insurance.expires_on = today() + timedelta(days=30)
    assert troubles() == [(INSURANCE, Trouble.ends_soon)]
    insurance.expires_on = today()
    assert troubles() == [(INSURANCE, Trouble.ends_soon)]
    insurance.expires_on = today() - timedelta(days=1)
    lead.checked_at = None
    assert troubles() == [(INSURANCE, Trouble.over), (SAFEGUARDING, Trouble.not_checked)]
    insurance.not_held = True
    assert troubles()[0] == (INSURANCE, Trouble.not_held)


def test_an_organisation_is_unchecked_until_the_team_has_looked(app: Flask) -> None:
    assert not is_checked(factories.provider(state=ProviderState.unchecked))
    assert not is_checked(factories.provider(state=ProviderState.refused))
    assert is_checked(factories.provider())
