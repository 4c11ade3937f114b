"""The history of a session's words, for its provider and for the team."""

from flask import render_template
from flask.typing import ResponseReturnValue

from festival.domain import accounts, review
from festival.models import FestivalSession, Revision, User
from festival.views import offered, reviewed

# Where the pages of each lead to: the session, its history, one version.
PAGES = {
    "office": ("office.review", "office.offer_history", "office.offer_version"),
    "provider": ("provider.show", "provider.history", "provider.version"),
}


def listed(side: str, session: FestivalSession, reader: User) -> ResponseReturnValue:
    """All versions that the reader may see, newest first."""
    found = review.versions(session, reader)
    return render_template(
        "offers/history.html",
        session=session,
        found=found,
        names=review.names_of(found),
        sees_team=accounts.may_review(reader),
        pages=PAGES[side],
        offered=offered,
    )


def version_of(session: FestivalSession, number: int, reader: User) -> Revision | None:
    """The version of this number, where the reader may see it."""
    found = review.versions(session, reader)
    return next((one for one in found if one.number == number), None)


def one(side: str, revision: Revision, reader: User) -> ResponseReturnValue:
    """The words of one version."""
    return render_template(
        "offers/version.html",
        revision=revision,
        session=revision.session,
        wording=reviewed.wording(revision),
        is_change=reviewed.is_change(revision),
        comment=revision.comment if accounts.may_read_comment(reader, revision) else "",
        pages=PAGES[side],
        offered=offered,
    )
