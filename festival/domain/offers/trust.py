"""What the team must know of an organisation before something of theirs is public."""

from datetime import date

from festival.domain.offers.children import HasAges, children_come_alone
from festival.models import Declaration, DeclarationKind, Provider, ProviderState


def is_checked(provider: Provider) -> bool:
    """Whether the team has looked at this organisation and said yes."""
    return provider.state == ProviderState.checked


def lacking(provider: Provider, session_like: HasAges, on: date) -> list[DeclarationKind]:
    """Which declarations keep it from being public: where children come alone, each must have been
    checked by the team and be good on that day; the safeguarding lead has a name and a phone."""
    if not children_come_alone(session_like):
        return []
    good = {one.kind for one in provider.declarations if _is_good(one, on)}
    return [kind for kind in DeclarationKind if kind not in good]


def _is_good(declaration: Declaration, on: date) -> bool:
    if declaration.checked_at is None:
        return False
    if declaration.expires_on is not None and declaration.expires_on < on:
        return False
    is_lead = declaration.kind == DeclarationKind.safeguarding
    return not is_lead or bool(declaration.holder and declaration.phone)
