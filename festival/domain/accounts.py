"""Who can sign in: passwords, forgotten ones, people and their roles."""

import hashlib
import hmac
import secrets
from functools import lru_cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from festival.domain import audit, clock
from festival.domain.errors import N_, DomainError
from festival.extensions import db
from festival.models import (
    FestivalSession,
    Membership,
    MembershipRole,
    Office,
    OfficeRole,
    Provider,
    Revision,
    RevisionState,
    User,
)

# OWASP's smallest recommended Argon2id: 19 MiB, two passes, one lane.
hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
SHORTEST_PASSWORD = 10
RESET_SECONDS = 3600
LONGEST_ID = 9  # digits; longer numbers do not fit the column


class WeakPassword(DomainError):
    """The password is too short or too easy to guess."""

    reason = "weak_password"


class LinkOver(DomainError):
    """The link was used before, or it is too old."""

    reason = "link_over"


def fold_email(email: str) -> str:
    """The address as it is compared: however it was typed, it is the same one."""
    return email.strip().lower()


def by_email(email: str) -> User | None:
    """Who signs in with this address, however it is typed; also somebody who may not any more."""
    return db.session.scalar(sa.select(User).where(User.email_folded == fold_email(email)))


def add_user(*, email: str, name: str) -> User:
    """Someone who can sign in, once they have a password: chosen by a mailed link, say."""
    user = User(
        email=email.strip(),
        email_folded=fold_email(email),
        name=name,
        password_hash="",
        created_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    return user


def grant_office(user: User, office: Office) -> None:
    """Let this person do what this role of the festival team may; again changes nothing."""
    if not user.holds(office):
        user.offices.append(OfficeRole(office=office))
        db.session.flush()


def join_provider(user: User, provider: Provider, role: MembershipRole) -> None:
    """Give this person a role in this organisation; again changes the role."""
    for membership in user.memberships:
        if membership.provider_id == provider.id:
            membership.role = role
            return
    user.memberships.append(Membership(provider_id=provider.id, role=role))
    db.session.flush()


def password_fits(user: User | None, password: str) -> bool:
    """Whether this is the user's password. Takes as long for nobody as for somebody, so that the
    time tells nothing."""
    known = user.password_hash if user else ""
    try:
        hasher.verify(known or nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(known)


@lru_cache(maxsize=1)
def nobody() -> str:
    """A hash that no password fits: checking it takes as long as checking somebody's."""
    return hasher.hash(secrets.token_hex())


def check_password(password: str) -> None:
    """Raise WeakPassword for one that is too short or all of one kind."""
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(
            N_("Choose a longer password: at least %(count)s letters, numbers or words."),
            field="password",
            count=SHORTEST_PASSWORD,
        )
    if len(set(password)) < 4:
        raise WeakPassword(N_("Choose a password that is harder to guess."), field="password")


def hash_password(password: str) -> str:
    """The hash to store. Slow on purpose: made outside of a write transaction.

    Raises WeakPassword.
    """
    check_password(password)
    return hasher.hash(password)


def reset_token(secret: str, user: User) -> str:
    """What a forgotten-password link carries: good for an hour and for one change."""
    until = int(clock.now().timestamp()) + RESET_SECONDS
    return f"{user.id}-{until}-{_reset_proof(secret, user, until)}"


def user_of_reset(secret: str, token: str) -> User | None:
    """Whose link this is; None when it is wrong, too old, or already used."""
    try:
        user_id, until, proof = token.split("-", 2)
        if len(user_id) > LONGEST_ID:
            return None
        user = db.session.get(User, int(user_id))
        deadline = int(until)
    except ValueError:
        return None
    if user is None or not user.is_active or deadline < clock.now().timestamp():
        return None
    expected = _reset_proof(secret, user, deadline)
    return user if hmac.compare_digest(proof.encode(), expected.encode()) else None


def choose_password(secret: str, token: str, password_hash: str) -> User:
    """Give whom this link belongs to a new password; the link and every sign-in are over.

    Raises LinkOver.
    """
    user = user_of_reset(secret, token)
    if user is not None:
        db.session.refresh(user, with_for_update=True)  # two presses at once are one change
        user = user_of_reset(secret, token)
    if user is None:
        raise LinkOver(N_("This link does not work any more. Ask for a new one."))
    user.password_hash = password_hash
    db.session.flush()
    audit.record("user.password_chosen", user, actor=user)
    return user


def _reset_proof(secret: str, user: User, until: int) -> str:
    told = f"password-reset/1\0{user.id}\0{until}\0{user.password_hash}"
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()[:40]


# Permissions: short predicates, shared by views and templates.

FOR_REVIEWERS = (
    RevisionState.submitted,
    RevisionState.approved,
    RevisionState.declined,
    RevisionState.superseded,
)


def may_see_offer(user: User, revision: Revision) -> bool:
    """Who writes it, always; reviewers once it was sent in; who stands at its door when approved.

    A returned one is being written again.
    """
    if may_edit_session(user, revision.session):
        return True
    if may_review(user):
        return revision.state in FOR_REVIEWERS
    at_door = member_of(user, revision.session.provider_id) is not None
    return at_door and revision.state == RevisionState.approved


def may_read_comment(user: User, revision: Revision) -> bool:
    """Who writes the offer, and who answers it."""
    return may_edit_session(user, revision.session) or may_review(user)


def may_edit_session(user: User, session: FestivalSession) -> bool:
    """Leads and editors of the provider that owns it."""
    role = member_of(user, session.provider_id)
    return role in (MembershipRole.lead, MembershipRole.editor)


def may_run_day(user: User, session: FestivalSession) -> bool:
    """Everybody of the organisation, whoever stands at the door among them; the duty manager and
    administrators, who help on the day."""
    ours = member_of(user, session.provider_id) is not None
    return ours or user.holds(Office.duty_manager, Office.administrator)


def may_know_needs(user: User, session: FestivalSession) -> bool:
    """Who runs the session: what people need to take part is told to them in confidence, and to
    nobody who only helps on the day."""
    return member_of(user, session.provider_id) is not None


def may_return(user: User, session: FestivalSession) -> bool:
    """Who says afterwards how many came, and takes the names home: leads and editors, the duty
    manager and administrators."""
    return may_edit_session(user, session) or user.holds(Office.duty_manager, Office.administrator)


def may_review(user: User, _thing: object = None) -> bool:
    """Reviewers and administrators."""
    return user.holds(Office.reviewer, Office.administrator)


def member_of(user: User, provider_id: int) -> MembershipRole | None:
    """The person's role in this organisation."""
    roles = {membership.provider_id: membership.role for membership in user.memberships}
    return roles.get(provider_id)


def offering_for(user: User) -> list[Provider]:
    """The organisations this person may offer sessions for."""
    return [
        membership.provider
        for membership in user.memberships
        if membership.role in (MembershipRole.lead, MembershipRole.editor)
    ]
