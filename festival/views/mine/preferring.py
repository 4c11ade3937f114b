"""How somebody wants to hear of us, and the address by which their calendar follows."""

from flask import abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery.addresses import address
from festival.domain import contacts, links, mine, words
from festival.extensions import write
from festival.forms.mine import EACH_ITS_OWN, PREFERS, REMINDERS, PreferencesForm
from festival.models import Contact, Prefers, Reminders
from festival.views.access import by_link
from festival.views.flashes import say
from festival.views.mine.opened import blueprint, let_in, somebody


def preferences_in_words(contact: Contact) -> list[tuple[str, str]]:
    """What is preferred, as questions and answers."""
    return [
        (gettext("Language"), str(words.LANGUAGES.get(contact.language, EACH_ITS_OWN))),
        (gettext("If something changes"), str(dict(PREFERS)[contact.prefers])),
        (gettext("Reminders"), str(dict(REMINDERS)[contact.reminders])),
    ]


def household() -> Contact:
    """Who is in, where the address is one household's; on a shared one nobody decides for all."""
    contact = somebody()
    if contacts.is_shared(contact, contacts.bookings_under(contact)):
        abort(redirect(url_for("mine.show")))
    return contact


@blueprint.get("/preferences")
@by_link
def preferences() -> ResponseReturnValue:
    """Language, channel, reminders."""
    return _ask(PreferencesForm.of(household()))


@blueprint.post("/preferences")
@by_link
def save_preferences() -> ResponseReturnValue:
    contact, form = household(), PreferencesForm()
    if not form.validate_on_submit():
        return _ask(form)
    with write():
        mine.prefer(
            contact,
            language=form.chosen_language,
            prefers=Prefers(form.prefers.data),
            reminders=Reminders(form.reminders.data),
        )
    say(gettext("Saved. This is how we write to you from now on."), kind="success")
    return redirect(url_for("mine.show"))


def _ask(form: PreferencesForm) -> str:
    return render_template("mine/preferences.html", form=form)


@blueprint.get("/calendar")
@by_link
def calendar() -> ResponseReturnValue:
    """The address that a calendar follows, and the way to end it."""
    feed = feed_address(household())
    subscribe = "webcal://" + feed.split("://", 1)[1]
    return render_template("mine/calendar.html", feed=feed, subscribe=subscribe)


@blueprint.post("/calendar")
@by_link
def new_calendar() -> ResponseReturnValue:
    """End the address and make another; whoever else is in by this email address is out."""
    contact = household()
    with write():
        mine.end_calendar(contact)
        let_in(contact)
    say(gettext("The old calendar address has ended. Here is the new one."), kind="success")
    return redirect(url_for("mine.calendar"))


def feed_address(contact: Contact) -> str:
    """The secret address of this person's calendar."""
    token = links.of_contact(current_app.config["SECRET_KEY"], contact, links.FEED)
    return address("feeds.mine", token=token)
