"""The picture of a provider's session: chosen, described, taken away."""

from flask import abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import pictures
from festival.domain import accounts, clock, images, offers
from festival.domain.errors import N_
from festival.domain.images import Picture, PictureRefused
from festival.extensions import write
from festival.forms.images import PictureForm
from festival.models import Revision
from festival.views.access import authorise, me, signed_in
from festival.views.flashes import say
from festival.views.provider.blueprint import blueprint
from festival.views.writing import write_for


@blueprint.get("/sessions/<code>/picture")
@signed_in
def picture(code: str) -> ResponseReturnValue:
    """The picture there is, and the form for another."""
    revision = _own(code)
    form = PictureForm(alt=revision.text().image_alt)
    return _ask(form, revision)


@blueprint.post("/sessions/<code>/picture")
@signed_in
def keep_picture(code: str) -> ResponseReturnValue:
    """Keep the picture and its words. A good picture is kept also where its words are not right
    yet: nobody chooses a file twice."""
    revision, form = _own(code), PictureForm()
    in_order, made = form.validate_on_submit(), _made(form)
    if form.refused:
        return _ask(form, revision)
    if made is None and revision.image_id is None:
        form.refuse(PictureRefused(N_("Choose a picture first.")))
        return _ask(form, revision)
    if made is not None:
        with write_for(form):
            images.put(revision, made, actor=me(), now=clock.now())
    if in_order and not form.refused:
        with write_for(form):
            images.describe(revision, form.alt.data or "")
    if form.errors or form.refused:
        return _ask(form, revision)
    say(gettext("The picture is kept."), kind="success")
    return redirect(url_for("provider.picture", code=code))


@blueprint.post("/sessions/<code>/picture/remove")
@signed_in
def remove_picture(code: str) -> ResponseReturnValue:
    """Take the picture away."""
    revision = _own(code)
    with write():
        images.remove(revision, actor=me())
    say(gettext("The picture is gone. You can choose another one."), kind="success")
    return redirect(url_for("provider.picture", code=code))


def _made(form: PictureForm) -> Picture | None:
    """The picture as it will be shown, where one was sent; what is wrong with it is on the form.
    Takes its time, so it stands outside of the write."""
    try:
        sent = form.sent(current_app.config["PICTURE_MEGABYTES"])
        return pictures.make(sent.stream) if sent is not None else None
    except PictureRefused as refusal:
        form.refuse(refusal)
        return None


def _own(code: str) -> Revision:
    revision = offers.revision_of(code) or abort(404)
    authorise(accounts.may_edit_session, revision.session)
    return revision


def _ask(form: PictureForm, revision: Revision) -> ResponseReturnValue:
    return render_template(
        "provider/picture.html",
        form=form,
        session=revision.session,
        title=revision.text().title or revision.session.code,
        image=revision.image,
        alt=revision.text().image_alt,
        may_change=revision.state in offers.OPEN_STATES,
        most=current_app.config["PICTURE_MEGABYTES"],
    )
