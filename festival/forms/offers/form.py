"""What a provider types to offer a session, and what a reviewer answers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCharacterCount, GovCheckboxesInput, GovRadioInput
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.validators import ValidationError

from festival.domain import clock, words
from festival.domain.offers import WORDING, Offer, OfferedRun
from festival.forms.base import (
    Choice,
    Form,
    TimeOfDay,
    WholeNumber,
    at_most,
    needed,
    no_control_characters,
    pairs,
    strip,
    text,
)
from festival.models import (
    Accompaniment,
    BookingMode,
    Edition,
    Room,
    SessionFormat,
    Theme,
)

ACCESS = (
    ("BSL interpreter", _("A British Sign Language interpreter")),
    ("live captions", _("Live captions")),
    ("relaxed", _("Relaxed: you can move about and make noise")),
    ("quiet space", _("A quiet space")),
    ("seated", _("You can sit all the time")),
)
LANGUAGES = (
    ("en", _("English")),
    ("pa", _("Panjabi")),
    ("ur", _("Urdu")),
    ("pl", _("Polish")),
    ("ro", _("Romanian")),
    ("gu", _("Gujarati")),
    ("ar", _("Arabic")),
    ("ku", _("Kurdish")),
    ("pt", _("Portuguese")),
    ("bfi", _("British Sign Language")),
)
MODES = (
    (BookingMode.required.value, _("People must book")),
    (BookingMode.preferred.value, _("People can book, or just come along")),
    (BookingMode.none.value, _("Nobody books: people just come along")),
)
CHILDREN = (
    (Accompaniment.none.value, _("No adult is needed")),
    (Accompaniment.adult_stays.value, _("An adult must stay with children")),
    (Accompaniment.under_16_with_adult.value, _("Under 16s must come with an adult")),
    (Accompaniment.babes_in_arms.value, _("Adults only, but babies under 2 may come")),
)
FORMATS = (
    (SessionFormat.in_person.value, _("In a room")),
    (SessionFormat.outdoors.value, _("Outdoors")),
    (SessionFormat.online.value, _("Online")),
)


def counted(label: Any, *checks: Any, hint: Any, limit: int, rows: int) -> StringField:
    """Longer words whose characters are counted while one types."""
    return StringField(
        label,
        [*checks, no_control_characters, at_most(limit)],
        filters=[strip],
        description=hint,
        widget=GovCharacterCount(),
        render_kw={"params": {"rows": rows, "maxlength": limit}},
    )


class OfferForm(Form):
    """A whole offer. A draft keeps it as typed; sending it in checks all of it."""

    version = HiddenField()  # of the draft that the page shows, not part of it
    title = text(
        _("Title"),
        needed(_("Give your session a title.")),
        hint=_("Up to 60 characters, so that it fits in print."),
        limit=60,
    )
    summary = counted(
        _("In one sentence"),
        needed(_("Say in one sentence what happens.")),
        hint=_("This is what people see in the list."),
        limit=150,
        rows=2,
    )
    description = counted(
        _("What will people do?"),
        needed(_("Say what people will do.")),
        hint=_("Short sentences and everyday words. Say if no experience is needed."),
        limit=600,
        rows=7,
    )
    what_to_bring = text(_("What should people bring?"), limit=300)
    what_next = text(_("What will they be able to do afterwards?"), limit=300)
    meeting_point = text(_("Where do they go when they arrive?"), limit=200)
    access_note = text(
        _("What should disabled people know?"),
        hint=_(
            "For example how far it is to walk, or how noisy it gets. Say so if you do not know."
        ),
        limit=300,
    )
    theme = Choice(_("Theme"), wrong=_("Choose a theme."))
    format = RadioField(
        _("How does it happen?"),
        choices=pairs(FORMATS),
        default="in person",
        widget=GovRadioInput(),
    )
    delivery_languages = SelectMultipleField(
        _("Which languages is it in?"),
        choices=pairs(LANGUAGES),
        default=["en"],
        widget=GovCheckboxesInput(),
    )
    access = SelectMultipleField(
        _("What do you provide?"), choices=pairs(ACCESS), widget=GovCheckboxesInput()
    )
    age_min = WholeNumber(
        _("Youngest age"),
        least=0,
        most=100,
        needed=False,
        description=_("Leave empty if there is none."),
    )
    age_max = WholeNumber(
        _("Oldest age"),
        least=0,
        most=120,
        needed=False,
        description=_("Leave empty if there is none."),
    )
    accompaniment = RadioField(
        _("Do children need an adult?"),
        choices=pairs(CHILDREN),
        default="none",
        widget=GovRadioInput(),
    )
    adults_take_places = RadioField(
        _("Do adults who come with children take a place?"),
        choices=pairs([("yes", _("Yes")), ("no", _("No"))]),
        default="yes",
        widget=GovRadioInput(),
    )
    children_per_adult = WholeNumber(
        _("Most children for each adult"),
        least=1,
        most=50,
        needed=False,
        description=_("Leave empty if it does not matter."),
    )
    charge = text(
        _("Does anything cost money on the day?"),
        hint=_("Sessions are free. Materials may cost a little, for example 3.00 for materials."),
        limit=120,
    )
    room = Choice(
        _("Venue and room"), wrong=_("Choose a room from the list. Call us if yours is not there.")
    )
    day = Choice(_("Day"), wrong=_("Choose a day of the festival."))
    starts = TimeOfDay(_("Start time"), description=_("For example 10:30am or 2pm"))
    ends = TimeOfDay(_("End time"), description=_("For example 12:30pm or 4pm"))
    capacity = WholeNumber(
        _("How many places are there?"),
        least=1,
        most=100_000,
        description=_("Not more than the room can hold by law."),
    )
    booking_mode = RadioField(
        _("Do people book?"), choices=pairs(MODES), default="required", widget=GovRadioInput()
    )
    most_places = WholeNumber(
        _("Most places in one booking"),
        least=1,
        most=50,
        needed=False,
        description=_("Leave empty for the festival's usual number."),
    )

    @classmethod
    def of(
        cls,
        edition: Edition,
        rooms: Sequence[Room],
        themes: Sequence[Theme],
        days: Sequence[date],
        kept: dict[str, Any] | None = None,
    ) -> "OfferForm":
        """The form for this edition, filled with what a draft has kept."""
        form = cls(data=kept)
        form.edition = edition
        form.theme.choices = pairs(
            [(theme.id, theme.name) for theme in themes], _("Choose a theme")
        )
        form.room.choices = pairs(
            [
                (
                    room.id,
                    gettext(
                        "%(venue)s: %(room)s (up to %(people)s people)",
                        venue=room.venue.name,
                        room=room.name,
                        people=room.legal_capacity,
                    ),
                )
                for room in rooms
            ],
            _("Choose a room"),
        )
        form.day.choices = pairs(
            [(one.isoformat(), words.day(one)) for one in days], _("Choose a day")
        )
        return form

    edition: Edition

    def typed(self) -> dict[str, Any]:
        """Every answer as it was typed, to be kept in a draft."""
        return {name: typed for name, typed in super().typed().items() if name != "version"}

    def validate_age_max(self, field: WholeNumber) -> None:
        if (
            field.number is not None
            and self.age_min.number is not None
            and field.number < self.age_min.number
        ):
            raise ValidationError(gettext("The oldest age must not be below the youngest."))

    def validate_ends(self, field: TimeOfDay) -> None:
        if field.time and self.starts.time and field.time <= self.starts.time:
            raise ValidationError(gettext("The end must be after the start."))

    @property
    def offer(self) -> Offer:
        """The clean offer; only after validation. Raises NoSuchTime on its field."""
        day, zone = date.fromisoformat(self.day.data), self.edition.zone
        assert self.starts.time is not None
        assert self.ends.time is not None
        return Offer(
            wording={name: self._fields[name].data or "" for name in WORDING},
            theme_id=int(self.theme.data),
            runs=(
                OfferedRun(
                    room_id=int(self.room.data),
                    starts_at=clock.local_moment(day, self.starts.time, zone, field="starts"),
                    ends_at=clock.local_moment(day, self.ends.time, zone, field="ends"),
                    capacity=self.capacity.number or 0,
                ),
            ),
            booking_mode=BookingMode(self.booking_mode.data),
            format=SessionFormat(self.format.data),
            age_min=self.age_min.number,
            age_max=self.age_max.number,
            accompaniment=Accompaniment(self.accompaniment.data),
            accompanying_adults_take_places=self.adults_take_places.data == "yes",
            children_per_adult=self.children_per_adult.number,
            most_places=self.most_places.number,
            delivery_languages=list(self.delivery_languages.data or ["en"]),
            access=list(self.access.data or []),
            charge=self.charge.data or "",
        )
