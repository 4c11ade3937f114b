"""Who can sign in, and what they may do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import accounts, clock
from festival.domain.accounts import WeakPassword, reset_token, user_of_reset
from festival.extensions import db
from festival.models import MembershipRole, Office, User
from tests import factories as make
from tests.support.refusals import broken_check, refused_plainly

pytestmark = pytest.mark.usefixtures("app")
SECRET = "a secret for tests"
NO_LINKS = ["", "-", "--", "1", "1-2", "x-y-z", "1-2-é", "-1-2-3", "1--2-3", "٣-٤-٥", "1-nan-x"]
NO_LINKS += ["0-9999999999-x", "9" * 40 + "-1-x", "1-" + "9" * 400 + "-x"]


class TestPasswords:
    def test_the_right_one_fits(self) -> None:
        user = make.user(password="seven yellow kites")
        assert accounts.password_fits(user, "seven yellow kites")
        for wrong in ("seven yellow kite", "Seven yellow kites", "", "seven yellow kites "):
            assert not accounts.password_fits(user, wrong)

    def test_it_is_kept_as_argon2id(self) -> None:
        kept = accounts.hash_password("seven yellow kites")
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert kept != accounts.hash_password("seven yellow kites")

    def test_nobody_has_a_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known = accounts.hasher.hash("what nobody's hash is made of")
        monkeypatch.setattr(accounts, "nobody", lambda: known)
        assert not accounts.password_fits(None, "what nobody's hash is made of")
        without = make.user(password="")
        for typed in ("", "what nobody's hash is made of"):
            assert not accounts.password_fits(without, typed)

    def test_a_broken_hash_fits_nothing(self) -> None:
        assert not accounts.password_fits(make.user(password_hash="plain text"), "plain text")

    @pytest.mark.parametrize("weak", ["", "short", "123456789", "aaaaaaaaaaaa", "abababababab"])
    def test_weak_ones_are_refused(self, weak: str) -> None:
        with refused_plainly(WeakPassword, field="password"):
            accounts.hash_password(weak)

    def test_letters_of_any_script(self) -> None:
        user = make.user(password="ਪੰਜ ਪੀਲੇ ਪਤੰਗ 🙂")
        assert accounts.password_fits(user, "ਪੰਜ ਪੀਲੇ ਪਤੰਗ 🙂")


class TestPeople:
    def test_found_by_email_in_any_case(self) -> None:
        user = make.user("Ada@Example.org")
        assert accounts.by_email(" ada@example.ORG ") is user
        assert accounts.by_email("grace@example.org") is None
        assert user.email == "Ada@Example.org"  # as they wrote it

    def test_one_account_an_address(self) -> None:
        make.user("ada@example.org")
        # SQLite names the column, PostgreSQL the constraint; both names hold this.
        with broken_check("email_folded"):
            make.user("ADA@example.org")

    def test_offices_are_granted_once(self) -> None:
        user = make.user(offices=[Office.reviewer])
        accounts.grant_office(user, Office.reviewer)
        assert [role.office for role in user.offices] == [Office.reviewer]
        assert user.holds(Office.administrator, Office.reviewer)
        assert not user.holds(Office.administrator)

    def test_a_role_can_change(self) -> None:
        provider = make.provider()
        user = make.user(memberships=[(provider, MembershipRole.editor)])
        accounts.join_provider(user, provider, MembershipRole.lead)
        db.session.flush()
        assert accounts.member_of(user, provider.id) == MembershipRole.lead
        assert len(user.memberships) == 1

    def test_a_new_password_signs_every_other_browser_out(self) -> None:
        user = make.user()
        before = user.get_id()
        user.password_hash = accounts.hash_password("seven yellow kites")
        assert user.get_id() != before


class TestForgottenPasswords:
    def test_the_link_is_its_persons(self) -> None:
        user, other = make.user(), make.user()
        token = reset_token(SECRET, user)
        assert user_of_reset(SECRET, token) is user
        assert user_of_reset("another secret", token) is None
        number, rest = token.split("-", 1)
        assert user_of_reset(SECRET, f"{other.id}-{rest}") is None
        assert number == str(user.id)

    def test_for_an_hour(self, at: Callable[..., None]) -> None:
        at("2027-06-01T10:00+01:00")
        user = make.user()
        token = reset_token(SECRET, user)
        at(clock.now() + timedelta(hours=1))
        assert user_of_reset(SECRET, token) is user
        at(clock.now() + timedelta(seconds=1))
        assert user_of_reset(SECRET, token) is None
        head, until, proof = token.split("-")
        assert user_of_reset(SECRET, f"{head}-{int(until) + 3600}-{proof}") is None

    def test_for_one_change(self) -> None:
        user = make.user()
        token = reset_token(SECRET, user)
        user.password_hash = accounts.hash_password("seven yellow kites")
        assert user_of_reset(SECRET, token) is None

    def test_not_for_who_was_switched_off(self) -> None:
        user = make.user()
        token = reset_token(SECRET, user)
        user.is_active = False
        assert user_of_reset(SECRET, token) is None

    @pytest.mark.parametrize("token", NO_LINKS)
    def test_what_is_no_link(self, token: str) -> None:
        make.user()
        assert user_of_reset(SECRET, token) is None


class TestPermissions:
    @pytest.mark.parametrize(
        ("who", "sees", "edits", "reviews"),
        [
            ("lead", True, True, False),
            ("editor", True, True, False),
            ("door", False, False, False),
            ("other lead", False, False, False),
            ("reviewer", True, False, True),
            ("administrator", True, False, True),
            ("phone line", False, False, False),
            ("nobody in particular", False, False, False),
        ],
    )
    def test_who_may_what(self, who: str, sees: bool, edits: bool, reviews: bool) -> None:
        ours, theirs = make.provider(), make.provider()
        session = make.session(provider=ours, published=False)
        user = {
            "lead": lambda: make.user(memberships=[(ours, MembershipRole.lead)]),
            "editor": lambda: make.user(memberships=[(ours, MembershipRole.editor)]),
            "door": lambda: make.user(memberships=[(ours, MembershipRole.door)]),
            "other lead": lambda: make.user(memberships=[(theirs, MembershipRole.lead)]),
            "reviewer": lambda: make.user(offices=[Office.reviewer]),
            "administrator": lambda: make.user(offices=[Office.administrator]),
            "phone line": lambda: make.user(offices=[Office.phone_line]),
            "nobody in particular": make.user,
        }[who]()
        assert accounts.may_see_offer(user, session.revisions[0]) is sees
        assert accounts.may_edit_session(user, session) is edits
        assert accounts.may_review(user) is reviews

    def test_whom_one_may_offer_for(self) -> None:
        first, second, third = (make.provider(name) for name in ("A", "B", "C"))
        user = make.user(
            memberships=[
                (first, MembershipRole.lead),
                (second, MembershipRole.editor),
                (third, MembershipRole.door),
            ]
        )
        assert accounts.offering_for(user) == [first, second]


def test_a_person_is_read_with_their_roles(app: Flask) -> None:
    provider = make.provider()
    make.user("ada@example.org", offices=[Office.reviewer])
    user = accounts.by_email("ada@example.org")
    assert user is not None
    accounts.join_provider(user, provider, MembershipRole.lead)
    db.session.commit()
    db.session.expire_all()
    user = db.session.scalars(sa.select(User)).one()
    assert user.holds(Office.reviewer)
    assert accounts.member_of(user, provider.id) == MembershipRole.lead
