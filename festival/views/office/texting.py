"""The switch for texts, on the page of what messages say."""

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain.errors import DomainError
from festival.domain.texting import send_texts
from festival.extensions import db, write
from festival.forms.base import in_words
from festival.models import Edition
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import WORDINGS, blueprint
from festival.views.page import edition as current_edition


@blueprint.post("/texts")
@office(*WORDINGS)
def switch_texts() -> ResponseReturnValue:
    """Texts are sent from now on, or they are not."""
    found = current_edition() or abort(404)
    wanted, number = request.form.get("texts") == "on", found.id
    config = current_app.config
    can_send = bool(config["SMS_NOTIFY_KEY"]) or config["ENV"] == "development"
    try:
        with write():
            edition = db.session.get_one(Edition, number)
            send_texts(edition, wanted=wanted, can_send=can_send, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        on = gettext("Texts are on. Who gave only a mobile number is told by text.")
        off = gettext("Texts are off. Who gave only a phone number comes onto the call list.")
        say(on if wanted else off, kind="success")
    return redirect(url_for("office.wording_list"))
