"""The pictures of sessions: kept in the database, shown only with words for who cannot see them.

How a picture is made of what somebody sends is in ``delivery/pictures.py``."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from festival.domain import audit, programme
from festival.domain.accounts import may_see_offer
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.offers import OPEN_STATES
from festival.domain.offers.offer import lock_revision
from festival.extensions import db
from festival.models import FestivalSession, Image, Revision, User

JPEG = "image/jpeg"
FILE_NAME = re.compile(
    r"(?i)[\w() -]*\.(jpe?g|png|webp|gif|heic)|(img|dsc|pxl|photo|image|picture)?[\d\s_()-]*"
)


class PictureRefused(DomainError):
    """What was sent is no picture that can be shown."""

    reason = "picture_refused"

    def __init__(self, text: str, **facts: object) -> None:
        super().__init__(text, field="picture", **facts)


class AltRefused(DomainError):
    """The words for who cannot see the picture are missing, or say nothing of it."""

    reason = "alt_refused"


@dataclass(frozen=True)
class Picture:
    """A finished picture: JPEG, small, with nothing in it but what one sees."""

    data: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def put(revision: Revision, picture: Picture, *, actor: User, now: datetime) -> None:
    """Give a draft this picture. Its words stay only where it is the same picture as before: other
    words belong to another picture. Raises NotAllowed once the offer has been sent in."""
    _may_change(revision)
    before = revision.image
    if before is not None and before.digest == picture.digest:
        return
    revision.image = Image(
        provider_id=revision.session.provider_id,
        digest=picture.digest,
        content_type=JPEG,
        data=picture.data,
        width=picture.width,
        height=picture.height,
        created_at=now,
        created_by_id=actor.id,
    )
    revision.text().image_alt = ""
    db.session.flush()
    _drop_unused(before)
    audit.record("session.picture", revision.session, actor=actor)


def describe(revision: Revision, alt: str) -> None:
    """Keep the words for who cannot see the picture. Raises AltRefused, NotAllowed."""
    _may_change(revision)
    if not alt:
        raise AltRefused(N_("Say in a sentence what the picture shows."), field="alt")
    if FILE_NAME.fullmatch(alt):
        raise AltRefused(
            N_("This looks like the name of a file. Say in a sentence what the picture shows."),
            field="alt",
        )
    revision.text().image_alt = alt
    db.session.flush()


def remove(revision: Revision, *, actor: User) -> None:
    """Take a draft's picture away, with its words; where there is none, nothing happens.

    Raises NotAllowed once the offer has been sent in."""
    _may_change(revision)
    before = revision.image
    if before is None:
        return
    revision.image = None
    revision.text().image_alt = ""
    db.session.flush()
    _drop_unused(before)
    audit.record("session.picture_removed", revision.session, actor=actor)


def shown(revision: Revision) -> Image | None:
    """The revision's picture, where it may be shown: with words for who cannot see it."""
    return revision.image if revision.text().image_alt else None


def lacks_words(revision: Revision) -> bool:
    """Whether it has a picture that nobody has described yet; then it is not shown."""
    return revision.image_id is not None and not revision.text().image_alt


def of_digest(digest: str) -> Image | None:
    """The picture with this address; two organisations may have sent the same."""
    query = sa.select(Image).where(Image.digest == digest).order_by(Image.id)
    return db.session.scalar(query.options(undefer(Image.data)).limit(1))


def is_public(digest: str, now: datetime) -> bool:
    """Whether everybody can see it: it stands on a page of the programme."""
    query = (
        sa.select(sa.literal(1))
        .select_from(FestivalSession)
        .join(FestivalSession.published_revision)
        .join(Revision.image)
        .where(Image.digest == digest, programme.are_public(now))
    )
    return db.session.scalar(query.limit(1)) is not None


def may_see(user: User, digest: str) -> bool:
    """Whether this person may see one of the offers that have this picture."""
    query = (
        sa.select(Revision)
        .join(Revision.image)
        .where(Image.digest == digest)
        .options(joinedload(Revision.session))
    )
    return any(may_see_offer(user, revision) for revision in db.session.scalars(query))


def _may_change(revision: Revision) -> None:
    lock_revision(revision)
    if revision.state not in OPEN_STATES:
        raise NotAllowed(N_("This offer has been sent in. It can be changed when it is returned."))


def _drop_unused(image: Image | None) -> None:
    """Forget the bytes of a picture that no revision has any more."""
    if image is None:
        return
    used = sa.select(sa.literal(1)).select_from(Revision).where(Revision.image_id == image.id)
    if db.session.scalar(used.limit(1)) is None:
        db.session.delete(image)
        db.session.flush()
