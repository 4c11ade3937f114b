"""What organisations say of themselves, and who works in them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovPasswordInput, GovRadioInput
from wtforms import BooleanField, PasswordField, RadioField
from wtforms.validators import ValidationError

from festival.forms.base import Choice, Form, needed, pairs, text
from festival.forms.emails import looks_like_email
from festival.forms.office import read_day
from festival.models import Declaration, DeclarationKind, Membership, MembershipRole, Provider

ROLES = (
    (MembershipRole.lead.value, _("Leads: writes sessions, invites people, answers to the team")),
    (MembershipRole.editor.value, _("Writes: works on the sessions")),
    (MembershipRole.door.value, _("Helps at the door: sees the list of who comes, on the day")),
)
FEW_WORDS = {MembershipRole.lead: _("Leads"), MembershipRole.editor: _("Writes")} | {
    MembershipRole.door: _("Helps at the door")
}
KINDS = (
    ("charity", _("A charity or a voluntary group")),
    ("community", _("An informal group of people")),
    ("school", _("A school, college or university")),
    ("public", _("A public body, such as a library")),
    ("business", _("A business")),
    ("person", _("One person")),
)


def radio(label: Any, wrong: Any, choices: Sequence[tuple[str, Any]] = ()) -> RadioField:
    """One of these; anything else is told in words that say what to do."""

    def check(_form: Any, field: Any) -> None:
        if str(field.data) not in {str(value) for value, *_rest in field.iter_choices()}:
            raise ValidationError(str(wrong))

    return RadioField(
        label, [check], choices=pairs(choices), validate_choice=False, widget=GovRadioInput()
    )


def _email(label: Any, empty: Any, hint: Any = "") -> Any:
    return text(
        label,
        needed(empty),
        looks_like_email,
        hint=hint,
        limit=254,
        type="email",
        autocomplete="email",
        spellcheck="false",
    )


class RegisterForm(Form):
    """Who wants to offer sessions."""

    organisation = text(
        _("What is your organisation called?"),
        needed(_("Type the name of your organisation. Your own name will do, if it is only you.")),
        hint=_("A club, a school, a business, or your own name"),
        limit=160,
        autocomplete="organization",
    )
    name = text(_("Your name"), needed(_("Type your name.")), limit=120, autocomplete="name")
    email = _email(
        _("Your email address"),
        _("Type your email address."),
        _("We send a link to it. We do not show it to anybody."),
    )


class JoinForm(Form):
    """Who comes by an invitation and has no account yet."""

    name = text(_("Your name"), needed(_("Type your name.")), limit=120, autocomplete="name")
    password = PasswordField(
        _("Choose a password"),
        [needed(_("Choose a password."))],
        description=_("At least 10 characters. Three words that do not belong together are good."),
        widget=GovPasswordInput(),
    )


class InviteForm(Form):
    """Whom to ask in, and as what."""

    name = text(_("Their name"), hint=_("You can leave this empty."), limit=120)
    email = _email(_("Their email address"), _("Type their email address."))
    role = radio(_("What will they do?"), _("Choose what they will do."), ROLES)


class RoleForm(Form):
    """What somebody does from now on."""

    role = radio(_("What will they do?"), _("Choose what they will do."), ROLES)


class HandOverForm(Form):
    """Who leads from now on."""

    taker = radio(_("Who takes over?"), _("Choose who takes over."))
    leaves = BooleanField(_("I leave the organisation as well"), widget=GovCheckboxInput())

    @classmethod
    def of(cls, people: Sequence[tuple[int, str]]) -> "HandOverForm":
        form = cls()
        form.taker.choices = pairs(people)
        return form


class ReassignForm(Form):
    """Whom the team puts at the head of an organisation, and who is gone."""

    taker = radio(_("Who leads from now on?"), _("Choose who leads from now on."))
    gone = Choice(_("Who has left?"), wrong=_("Choose somebody from the list."))

    @classmethod
    def of(cls, members: Sequence[Membership]) -> "ReassignForm":
        form = cls()
        form.taker.choices = pairs(
            [(one.user_id, one.user.name) for one in members if one.user.is_active]
        )
        everybody = [(one.user_id, one.user.name) for one in members]
        form.gone.choices = pairs([(0, _("Nobody")), *everybody])
        return form


class OrganisationForm(Form):
    """What an organisation says of itself."""

    name = text(_("Name"), needed(_("Type the name of your organisation.")), limit=160)
    kind = RadioField(
        _("What are you?"), choices=pairs(KINDS), validate_choice=False, widget=GovRadioInput()
    )
    about = text(
        _("What do you do?"),
        hint=_("In a few sentences. You can leave this empty."),
        limit=600,
        area=True,
    )
    website = text(
        _("Website"), hint=_("For example https://www.example.org"), limit=300, type="url"
    )
    phone = text(
        _("Phone number"),
        hint=_("For the festival team, in case something happens on the day"),
        limit=40,
        type="tel",
        autocomplete="tel",
    )
    phone_is_public = BooleanField(_("People may see this number"), widget=GovCheckboxInput())
    charity_number = text(_("Charity number"), hint=_("Only if you have one."), limit=20)

    @classmethod
    def of(cls, provider: Provider) -> "OrganisationForm":
        return cls(obj=provider)

    def validate_website(self, field: Any) -> None:
        typed = field.data or ""
        if typed and "://" not in typed and "." in typed and " " not in typed:
            field.data = typed = f"https://{typed}"
        if typed and not (typed.startswith(("http://", "https://")) and " " not in typed):
            raise ValidationError(gettext("Type an address like https://www.example.org."))

    def facts(self) -> dict[str, Any]:
        """What was said; only after validation."""
        said = {name: field.data for name, field in self._fields.items() if name != "csrf_token"}
        if said["kind"] not in dict(KINDS):
            del said["kind"]  # nothing was chosen: what the team wrote stays
        return said


DECLARED = {
    DeclarationKind.insurance: (
        _("Public liability insurance"),
        _("It pays if somebody is hurt at your session, or if something gets broken."),
        _("Who insures you?"),
        _("For example Zurich. Or the council, if it insures you."),
    ),
    DeclarationKind.safeguarding: (
        _("Somebody who looks after safeguarding"),
        _("One person whom people can tell when a child or an adult may be in danger."),
        _("Name of this person"),
        "",
    ),
    DeclarationKind.risk_assessment: (
        _("Risk assessment"),
        _("You have thought about what could go wrong, and written down what you do about it."),
        _("Who made it?"),
        _("The name of a person"),
    ),
}


class DeclarationForm(Form):
    """What an organisation declares of one kind."""

    holder = text("", limit=160)
    phone = text(
        _("Phone number of this person"),
        hint=_("The festival team and the people at the door call it in an emergency."),
        limit=40,
        type="tel",
    )
    reference = text(_("Number of the policy"), hint=_("You can leave this empty."), limit=80)
    ends = text(
        _("Until when is it good?"), hint=_("The last day, for example 31/12/2027"), limit=12
    )
    note = text(
        _("Is there anything else we should know?"),
        hint=_("You can leave this empty."),
        limit=300,
        area=True,
    )
    kind: DeclarationKind

    @classmethod
    def of(cls, kind: DeclarationKind, declared: Declaration | None) -> "DeclarationForm":
        """For this kind, with what was declared before."""
        kept = {}
        if declared is not None:
            ends = declared.expires_on
            kept = {name: getattr(declared, name) for name in ("holder", "phone", "reference")}
            kept |= {"note": declared.note, "ends": f"{ends:%d/%m/%Y}" if ends else ""}
        form = cls(data=kept)
        form.kind = kind
        _title, _why, label, hint = DECLARED[kind]
        form.holder.label.text, form.holder.description = str(label), str(hint)
        if kind != DeclarationKind.safeguarding:
            del form.phone
        if kind != DeclarationKind.insurance:
            del form.reference
            form.ends.description = gettext(
                "The day when you look at it again, for example 31/12/2027. You can leave it empty."
            )
        return form

    def validate_holder(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(gettext("Type a name here."))

    def validate_phone(self, field: Any) -> None:
        if sum(letter.isdigit() for letter in field.data or "") < 6:
            raise ValidationError(gettext("Type the phone number of this person."))

    def validate_ends(self, field: Any) -> None:
        if field.data and read_day(field.data) is None:
            raise ValidationError(gettext("Type a day, like 31/12/2027."))
        if not field.data and self.kind == DeclarationKind.insurance:
            raise ValidationError(gettext("Type the last day of your insurance, like 31/12/2027."))

    def facts(self) -> dict[str, Any]:
        """What was declared; only after validation."""
        ends: date | None = read_day(self.ends.data or "")
        names = [name for name in ("holder", "phone", "reference", "note") if name in self]
        return {name: self[name].data for name in names} | {"expires_on": ends}


class CheckOrganisationForm(Form):
    """What the team says to an organisation."""

    decision = radio(
        _("What do you say?"),
        _("Choose what you say."),
        (
            ("check", _("We know them: what we approve of theirs may be published")),
            ("refuse", _("We cannot take them")),
        ),
    )
    comment = text(
        _("Why you cannot take them"),
        hint=_("They read this by email. Say it kindly."),
        limit=1000,
        area=True,
    )
