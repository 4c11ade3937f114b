"""Signing in and forgotten passwords."""

from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import PasswordField

from festival.forms.base import Form, needed, text
from festival.forms.emails import looks_like_email


class SignInForm(Form):
    email = text(
        _("Email address"),
        needed(_("Type your email address.")),
        limit=254,
        type="email",
        autocomplete="username",
    )
    password = PasswordField(
        _("Password"),
        [needed(_("Type your password."))],
        widget=GovPasswordInput(),
    )


class ForgottenForm(Form):
    email = text(
        _("Email address"),
        needed(_("Type your email address.")),
        looks_like_email,
        limit=254,
        type="email",
        autocomplete="email",
    )


class NewPasswordForm(Form):
    password = PasswordField(
        _("New password"),
        [needed(_("Type a new password."))],
        description=_("At least 10 characters. Three words that do not belong together are good."),
        widget=GovPasswordInput(),
    )
