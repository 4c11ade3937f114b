"""The organisation that a page is about: one of one's own, or it is not there."""

from collections.abc import Callable

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from festival.domain import accounts
from festival.domain.providers import organisations, people
from festival.models import Provider, User
from festival.views.access import authorise, me

LARGEST_ID = 2**31 - 1


def own(slug: str, rule: Callable[[User, Provider], bool] = people.may_see) -> Provider:
    """The organisation of this address, where ``rule`` lets this person at it; else 404."""
    provider = organisations.by_slug(slug) or abort(404)
    authorise(rule, provider)
    return provider


def led(slug: str) -> Provider:
    """The same, for who leads it."""
    return own(slug, people.may_manage)


def only_own(slug: str | None) -> Provider | None:
    """The organisation of this address; without one, the only one this person writes for, or None
    where there are several to choose from. 404 where there is none."""
    if slug is not None:
        return own(slug)
    mine = accounts.offering_for(me())
    if not mine:
        abort(404)
    return mine[0] if len(mine) == 1 else None


def choose(endpoint: str, title: str) -> ResponseReturnValue:
    """Which of one's organisations is meant?"""
    mine = accounts.offering_for(me())
    return render_template("provider/choose.html", endpoint=endpoint, title=title, providers=mine)
