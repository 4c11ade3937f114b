"""Who may call what. Every endpoint declares it; a test lists them all.

A declaration says who may come near an address at all; whether this person may see this
very thing is asked inside the view by ``authorise``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user

from festival.models import Office, User
from festival.views.flashes import say

View = TypeVar("View", bound=Callable[..., Any])


def declare(view: Callable[..., Any], access: str) -> Any:
    """Write on a view who may call it."""
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anyone may call it."""
    return cast(View, declare(view, "public"))


def by_link(view: View) -> View:
    """Whoever holds its secret: a signed link, a booking's cookie, a door pass."""
    return cast(View, declare(view, "by_link"))


def signed_in(view: View) -> View:
    """Anyone who has signed in; the view asks what they may see."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        return ask_to_sign_in() or view(*args, **kwargs)

    return cast(View, declare(checked, "signed_in"))


def office(*offices: Office, administrators: bool = True) -> Callable[[View], View]:
    """People of the festival team who hold one of these roles; administrators always, but for
    what is told to these roles in confidence."""
    allowed = {Office.administrator, *offices} if administrators else {*offices}

    def guard(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if (answer := ask_to_sign_in()) is not None:
                return answer
            if not me().holds(*allowed):
                abort(404)  # what a person may not see does not exist for them
            return view(*args, **kwargs)

        return cast(View, declare(checked, "office:" + ",".join(sorted(allowed))))

    return guard


def ask_to_sign_in() -> Any:
    """None when somebody is signed in, else the way to the sign-in page and back."""
    if current_user.is_authenticated:
        return None
    say(gettext("Sign in to see that page."))
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=back))


def me() -> User:
    """Who is signed in; only for views that declared so."""
    return cast(User, current_user._get_current_object())


def authorise(rule: Callable[[User, Any], bool], thing: Any) -> None:
    """Show a 404 unless this rule lets the signed-in person at this thing."""
    if not rule(me(), thing):
        abort(404)
