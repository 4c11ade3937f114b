"""Tokens that let programs in: made, recognised, ended; and the first answers to what they ask.

A token's secret is 256 random bits, so a plain SHA-256 keeps it: there is nothing to guess.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import sqlalchemy as sa

from festival.domain import audit, clock
from festival.domain.bookings import Who
from festival.domain.errors import N_, DomainError, NotFound
from festival.extensions import db
from festival.models import ApiToken, Booking, Channel, Edition, IdempotencyKey, TokenRole

PREFIX = "festival_"  # so that a secret that leaked into a file can be found
CHANNELS = {
    TokenRole.web: Channel.web,
    TokenRole.partner: Channel.partner,
    TokenRole.desk: Channel.phone,
}
LONGEST_NAME, MOST_DAYS = 80, 3650


class TokenRefused(DomainError):
    """This token lets nobody in: ``reason`` says whether it is unknown, revoked or expired."""

    def __init__(self, text: str, reason: str) -> None:
        self.reason = reason
        super().__init__(text)


class BadToken(DomainError):
    """No such token can be made."""

    reason = "bad_token"


@dataclass(frozen=True)
class Caller:
    """A token that was recognised, and the first answer to the key it came with, if any. Both are
    only to be read: they belong to no database session."""

    token: ApiToken
    first: IdempotencyKey | None = None
    only_reads: bool = False  # nothing may be changed now, by anybody

    @property
    def who(self) -> Who:
        """Who books with it: through its role's channel, from its share."""
        return Who(channel=CHANNELS.get(self.token.role, Channel.web), token=self.token)

    def may_see(self, booking: Booking) -> bool:
        """The desk sees every booking, other programs those they made."""
        return self.token.role == TokenRole.desk or booking.token_id == self.token.id


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create(*, name: str, role: TokenRole, days: int | None = None) -> tuple[ApiToken, str]:
    """A new token, for ever or for so many days, and its secret, which only its owner keeps.

    Raises BadToken.
    """
    name = name.strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise BadToken(N_("Give the token a name of 1 to 80 letters: who uses it."), field="name")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadToken(N_("A token can last for 1 to 3650 days."), field="days")
    now, secret = clock.now(), PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=name,
        role=role,
        secret_hash=hash_secret(secret),
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    db.session.add(token)
    db.session.flush()
    audit.record("token.created", token, actor=None, role=role.value, days=days)
    return token, secret


def revoke(token_id: int) -> ApiToken:
    """Let nobody in with this token any more; pressed twice, it is one. Raises NotFound."""
    token = db.session.get(ApiToken, token_id, with_for_update=True)
    if token is None:
        raise NotFound(N_("There is no such token."))
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        db.session.flush()
        audit.record("token.revoked", token, actor=None)
    return token


def every() -> list[ApiToken]:
    """All tokens, the oldest first."""
    return list(db.session.scalars(sa.select(ApiToken).order_by(ApiToken.id)))


ONLY_READS = sa.exists().where(Edition.is_current, Edition.read_only_at.is_not(None))
LOOK = (
    sa.select(ApiToken, IdempotencyKey, ONLY_READS)
    .outerjoin(
        IdempotencyKey,
        sa.and_(
            IdempotencyKey.token_id == ApiToken.id, IdempotencyKey.key == sa.bindparam("answered")
        ),
    )
    .where(ApiToken.secret_hash == sa.bindparam("secret"))
)

KEEP = cast("sa.Table", IdempotencyKey.__table__).insert()


def recognise(secret: str, key: str | None = None) -> Caller:
    """Whose secret this is, with the first answer to this key: one question to the database.

    Raises TokenRefused.
    """
    facts = {"secret": hash_secret(secret), "answered": key}
    found = db.session.execute(LOOK, facts).one_or_none()
    if found is None:
        raise TokenRefused(N_("We do not know this token."), "token_unknown")
    token, first, only_reads = found
    for one in filter(None, (token, first)):
        db.session.expunge(one)  # else it would be read again after every rollback
    if token.revoked_at is not None:
        raise TokenRefused(N_("This token has been revoked."), "token_revoked")
    if token.expires_at is not None and token.expires_at <= clock.now():
        raise TokenRefused(N_("This token has expired. Ask for a new one."), "token_expired")
    return Caller(token, first, only_reads)


def keep_answer(token: ApiToken, key: str, request_hash: str, status: int, answer: str) -> None:
    """Remember the answer to this write, in its own transaction. A key that has an answer already
    fails by its UNIQUE, so that of two at once only one is carried out."""
    facts = {
        "token_id": token.id,
        "key": key,
        "request_hash": request_hash,
        "status": status,
        "answer": answer,
        "created_at": clock.now(),
    }
    db.session.flush()
    db.session.connection().execute(KEEP, facts)  # a row of which no object is needed


FIRST = sa.select(IdempotencyKey).where(
    IdempotencyKey.token_id == sa.bindparam("owner"),
    IdempotencyKey.key == sa.bindparam("answered"),
)


def first_answer(token: ApiToken, key: str) -> IdempotencyKey | None:
    """What was answered to this key before."""
    return db.session.scalar(FIRST, {"owner": token.id, "answered": key})
