"""Drafts that may be sent in after the closing day."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import offers
from festival.domain.errors import N_, NotFound
from festival.forms.offers import LateForm
from festival.models import RevisionState
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import REVIEW, blueprint
from festival.views.writing import write_for


@blueprint.get("/offers/late")
@office(*REVIEW)
def late() -> ResponseReturnValue:
    """Ask which draft, and why."""
    return render_template("office/late.html", form=LateForm())


@blueprint.post("/offers/late")
@office(*REVIEW)
def allow_late() -> ResponseReturnValue:
    """Let a draft come late; nothing of it is shown, it is its provider's own."""
    form = LateForm()
    if form.validate_on_submit():
        with write_for(form, "code"):
            revision = offers.revision_of(form.code.data or "")
            if revision is None or revision.state != RevisionState.draft:
                raise NotFound(N_("There is no draft with this code. Ask them for the code again."))
            offers.allow_late(revision, actor=me(), reason=form.reason.data or "")
        if not form.refused and revision is not None:
            told = gettext("%(code)s can be sent in now. Tell them.", code=revision.session.code)
            say(told, kind="success")
            return redirect(url_for("office.queue"))
    return render_template("office/late.html", form=form)
