"""What somebody would like to learn; and how much each kind of unmet demand counts."""

import re
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovCheckboxInput
from wtforms import BooleanField, HiddenField, SelectMultipleField
from wtforms.validators import ValidationError

from festival.domain import slugs
from festival.domain.unmet import Weights
from festival.domain.wishes import LONGEST
from festival.forms.base import Choice, Form, needed, pairs, text, visible
from festival.forms.baskets.contact import looks_like_phone
from festival.forms.door import KEY
from festival.forms.emails import better_email, did_you_mean, looks_like_email
from festival.models import Theme, Ward

UNSAID = "unsaid"
# When it would suit, as it is kept.
SUITS = {
    "weekday mornings": _("Weekday mornings"),
    "weekday afternoons": _("Weekday afternoons"),
    "weekday evenings": _("Weekday evenings"),
    "Saturdays": _("Saturdays"),
    "Sundays": _("Sundays"),
    "school holidays": _("In the school holidays"),
    "online": _("Online"),
}


class WishForm(Form):
    key = HiddenField()  # makes a second press harmless
    words = text(
        _("What would you like to learn?"),
        hint=_("A few words will do. Please write nothing that tells who you are."),
        limit=LONGEST,
        area=True,
    )
    theme = Choice(_("What is it about?"))
    ward = Choice(_("Where do you live, roughly?"))
    suits = SelectMultipleField(
        _("When would suit you?"),
        description=_("Tick all that would."),
        choices=pairs(list(SUITS.items())),
        widget=GovCheckboxesInput(),
        validate_choice=False,
    )
    contact = text(
        _("Your email address or phone number"),
        hint=_("Only if you want to hear from us. You can leave this out."),
        limit=254,
        spellcheck="false",
        autocomplete="email",
    )
    contact_is_right = BooleanField(
        _("Yes, this email address is right"), widget=GovCheckboxInput()
    )

    asks = False  # whether the email address is right
    themes: Mapping[str, Theme]
    wards: Mapping[str, Ward]

    @classmethod
    def of(
        cls,
        themes: Sequence[Theme],
        wards: Sequence[Ward],
        *,
        words: str = "",
        theme: str = "",
        near: str = "",
    ) -> "WishForm":
        """Begun with these words; this theme and ward, by their slugs, where there are such."""
        by_theme = {one.slug: one for one in themes}
        by_ward = {slugs.slug(one.name): one for one in wards}
        form = cls(
            data={
                "key": str(uuid.uuid4()),
                "words": visible(words)[:LONGEST].strip(),
                "theme": theme if theme in by_theme else UNSAID,
                "ward": near if near in by_ward else UNSAID,
            }
        )
        form.themes, form.wards = by_theme, by_ward
        form.theme.choices = pairs(
            [
                (UNSAID, _("I am not sure")),
                *((slug, one.name) for slug, one in by_theme.items()),
            ]
        )
        form.ward.choices = pairs(
            [
                (UNSAID, _("I would rather not say")),
                *((slug, one.name) for slug, one in by_ward.items()),
            ]
        )
        return form

    def validate_key(self, field: Any) -> None:
        if not KEY.fullmatch(field.data or ""):
            field.data = str(uuid.uuid4())

    def validate_words(self, field: Any) -> None:
        if not field.data and self.theme.data == UNSAID:
            raise ValidationError(
                gettext("Tell us what you would like to learn, or choose what it is about below.")
            )

    def validate_contact(self, field: Any) -> None:
        typed = field.data or ""
        if "@" in typed:
            self._check_email(field, typed)
        elif typed and not looks_like_phone(typed):
            raise ValidationError(
                gettext(
                    "Type an email address like name@example.org, "
                    "or a phone number like 07700 900 982."
                )
            )

    def _check_email(self, field: Any, typed: str) -> None:
        looks_like_email(self, field)
        better = better_email(typed)
        self.asks = better is not None
        if better is not None and not self.contact_is_right.data:
            raise ValidationError(did_you_mean(better))

    @property
    def chosen(self) -> dict[str, Any]:
        """What was typed, as it is kept."""
        ticked = set(self.suits.data or ())
        return {
            "words": (self.words.data or "").replace("\r\n", "\n"),
            "theme": self.themes.get(self.theme.data or ""),
            "ward": self.wards.get(self.ward.data or ""),
            "suits": [one for one in SUITS if one in ticked],
            "contact": self.contact.data or "",
            "key": self.key.data or "",
        }


WEIGHT = re.compile(r"(0|1|[01]?[.,][0-9]{1,2})")


def _weight(label: Any) -> Any:
    return text(
        label, needed(_("Type a number from 0 to 1, like 0.5.")), limit=8, inputmode="decimal"
    )


class WeightsForm(Form):
    """How much each counts, as the address says: nothing is kept."""

    waited = _weight(_("One party that waited in vain"))
    asked = _weight(_("One that told us what they would like to learn"))
    searched = _weight(_("One search that found nothing"))

    @classmethod
    def of(cls, typed: Any) -> "WeightsForm":
        shipped = Weights()
        named = {name: str(getattr(shipped, name)) for name in NAMES}
        return cls(typed, data=named, meta={"csrf": False})

    def validate_waited(self, field: Any) -> None:
        if field.data and (not WEIGHT.fullmatch(field.data) or _number(field.data) > 1):
            raise ValidationError(gettext("Type a number from 0 to 1, like 0.5."))

    validate_asked = validate_searched = validate_waited

    @property
    def weights(self) -> Weights:
        """As they were typed, or as they are shipped where that will not do."""
        if not self.validate():
            return Weights()
        return Weights(**{name: _number(self._fields[name].data) for name in NAMES})


NAMES = ("waited", "asked", "searched")


def _number(typed: str) -> Decimal:
    return Decimal(typed.replace(",", "."))
