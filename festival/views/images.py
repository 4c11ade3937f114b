"""The pictures of sessions, each under the name of exactly its bytes."""

from flask import Blueprint, Flask, Response, abort, current_app, request, session
from flask_login import current_user

from festival.delivery import pictures
from festival.domain import clock, images
from festival.forms.images import MEGABYTE
from festival.views.access import public

blueprint = Blueprint("images", __name__)
TAKES_FILES = "provider.keep_picture"
SLACK = 4 * MEGABYTE  # so that a file that is somewhat too large is refused on its field
FOR_A_YEAR = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    app.url_value_preprocessor(take_files)


def take_files(endpoint: str | None, _values: object) -> None:
    """One address takes more than words, from who has signed in. Said before anything of what was
    sent is read."""
    if endpoint == TAKES_FILES and "_user_id" in session:
        most = current_app.config["PICTURE_MEGABYTES"] * MEGABYTE
        request.max_content_length = most + SLACK


@blueprint.get("/images/<digest>.jpg")
@public
def show(digest: str) -> Response:
    """A picture that stands in the programme, for everybody; others for who may see their offer."""
    return _answer(digest, small=False)


@blueprint.get("/images/<digest>-small.jpg")
@public
def show_small(digest: str) -> Response:
    """The same for the card of a list: a fifth of the bytes."""
    return _answer(digest, small=True)


def _answer(digest: str, *, small: bool) -> Response:
    image = images.of_digest(digest) or abort(404)
    is_public = images.is_public(digest, clock.now())
    if not is_public and not (
        current_user.is_authenticated and images.may_see(current_user, digest)
    ):
        abort(404)
    data = pictures.smaller(image.data) if small else image.data
    answer = Response(data, mimetype=image.content_type)
    answer.headers["Cache-Control"] = FOR_A_YEAR if is_public else "private, no-cache"
    answer.set_etag(f"{image.digest}-small" if small else image.digest)
    answer.make_conditional(request)
    return answer
