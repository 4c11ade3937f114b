"""Organisations that offer sessions, who works in them, and what they declare."""

from festival.domain.providers import declarations, invitations, organisations, people
from festival.domain.providers.declarations import lacking, lacking_on, warnings
from festival.models import Provider, ProviderState


def is_checked(provider: Provider) -> bool:
    """Whether the festival team knows this organisation: before, nothing of it is public."""
    return provider.state == ProviderState.checked


__all__ = [
    "declarations",
    "invitations",
    "is_checked",
    "lacking",
    "lacking_on",
    "organisations",
    "people",
    "warnings",
]
