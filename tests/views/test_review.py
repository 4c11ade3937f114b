"""The team's pages of what is offered: the queue, one offer, work on it together, its history."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import mail, ticket_keys
from festival.domain import clock, offers, review
from festival.extensions import db
from festival.models import (
    AuditEntry,
    ChangeNotice,
    FestivalSession,
    Message,
    Office,
    Provider,
    ProviderState,
    ReviewComment,
    RevisionState,
    SessionState,
)
from tests import factories
from tests.cast import Somebody
from tests.support.client import FestivalClient, PageResponse
from tests.support.page import words as words_of
from tests.support.review import ALONE, change, newest
from tests.support.statements import recorded

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def offer(provider: Provider) -> FestivalSession:
    return factories.session(title="Sing Together", provider=provider, published=False)


@pytest.fixture
def public(provider: Provider) -> FestivalSession:
    return factories.session(
        title="Sing Together", provider=provider, access=["seated"], delivery_languages=["en"]
    )


def page_of(person: Somebody, session: FestivalSession, query: str = "") -> PageResponse:
    return person.client.get(f"/office/offers/{session.code}{query}")


def answer(person: Somebody, session: FestivalSession, decision: str, **typed: str) -> PageResponse:
    page = page_of(person, session)
    return person.client.submit(page, "Send the answer", decision=decision, **typed)


def titles(page: PageResponse) -> list[str]:
    return [words_of(one) for one in page.page.with_class("queue__title")]


def marked(page: PageResponse, tag: str) -> list[str]:
    return [words_of(one) for one in page.page.all(tag)]


def mailed_words(message: Message) -> str:
    body = mail.render(message, ticket_keys()).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


class TestQueue:
    def test_what_each_offer_says(self, reviewer: Somebody, offer: FestivalSession) -> None:
        """F2 must: queue by age and completeness."""
        offer.revisions[0].submitted_at = clock.now() - timedelta(days=2, hours=1)
        page = reviewer.client.get("/office/offers")
        assert "Waits for 2 days" in page.words
        assert "4 of 7 useful things" in page.words
        assert "Not there: what people can do afterwards" in page.words
        assert "Nobody looks at it" in page.words

    def test_it_is_filtered_and_ordered(
        self, reviewer: Somebody, offer: FestivalSession, provider: Provider
    ) -> None:
        theme = factories.theme("Music")
        factories.session(title="Alone", provider=provider, published=False, theme=theme, **ALONE)
        page = reviewer.client.get("/office/offers")
        assert titles(page) == ["Sing Together", "Alone"]
        some = reviewer.client.submit(page, "Show these", theme=theme.slug, order="complete")
        assert titles(some) == ["Alone"]
        two = reviewer.client.get(some.page.link("Two people must look 1"))
        assert titles(two) == ["Alone"]
        nobody = reviewer.client.get("/office/offers?show=mine")
        assert "No offers here." in nobody.words

    @pytest.mark.parametrize("query", ["show=x", "order=x", "theme=x", "show=&order=&theme="])
    def test_any_address_is_answered(
        self, reviewer: Somebody, offer: FestivalSession, query: str
    ) -> None:
        assert reviewer.client.get(f"/office/offers?{query}").status_code == 200

    def test_it_asks_the_same_for_one_and_for_three(
        self, app: Flask, reviewer: Somebody, offer: FestivalSession
    ) -> None:
        def cost() -> int:
            with recorded(app) as statements:
                assert reviewer.client.get("/office/offers").status_code == 200
            return statements.count

        reviewer.client.get("/office/offers")
        one = cost()
        for _ in range(2):
            factories.session(published=False)
        db.session.commit()
        assert cost() == one


class TestWorkingTogether:
    def test_an_offer_is_given_to_somebody(
        self, reviewer: Somebody, administrator: Somebody, offer: FestivalSession
    ) -> None:
        """F2 must: reviewer assignment."""
        assert administrator.user is not None
        page = page_of(reviewer, offer)
        told = reviewer.client.submit(
            page, "Save who looks at it", reviewer=str(administrator.user.id)
        )
        assert "Amir Admin looks at this offer now." in told.words
        mine = administrator.client.get("/office/offers?show=mine")
        assert titles(mine) == ["Sing Together"]

    def test_who_has_an_interest_does_not_answer(
        self, reviewer: Somebody, administrator: Somebody, offer: FestivalSession
    ) -> None:
        """F2 must: conflict-of-interest mark."""
        page = reviewer.client.submit(page_of(reviewer, offer), "I have an interest in it")
        assert "somebody else of the team answers it" in page.words
        late = answer(reviewer, offer, "approve")
        assert late.page.error_summary == [
            "You said that you have an interest in this, so somebody else must decide."
        ]
        assert "You have an interest in it" in reviewer.client.get("/office/offers").words
        answer(administrator, offer, "approve")
        assert newest(offer).state == RevisionState.approved

    def test_it_was_a_slip(self, reviewer: Somebody, offer: FestivalSession) -> None:
        page = reviewer.client.submit(page_of(reviewer, offer), "I have an interest in it")
        reviewer.client.submit(page, "I have no interest in it after all")
        answer(reviewer, offer, "approve")
        assert newest(offer).state == RevisionState.approved

    def test_two_people_look_where_children_come_alone(
        self, reviewer: Somebody, administrator: Somebody, provider: Provider
    ) -> None:
        """F2 must: two-person check for sessions with children unaccompanied."""
        factories.declarations(provider)
        session = factories.session(provider=provider, published=False, **ALONE)
        page = page_of(reviewer, session)
        assert "Before it can be approved" in page.words
        page = reviewer.client.submit(page, "I have looked at it")
        assert "Rita Reviewer has looked at it first." in page.words
        refused = answer(reviewer, session, "approve")
        assert refused.page.error_summary == [
            "You were the first to look at this. Somebody else of the team must approve it."
        ]
        answer(administrator, session, "approve")
        assert newest(session).state == RevisionState.approved

    def test_what_must_be_done_before_is_told(
        self, reviewer: Somebody, offer: FestivalSession
    ) -> None:
        offer.provider.state = ProviderState.unchecked
        page = page_of(reviewer, offer)
        told = "We have not checked Penn Fields Makers yet. Check the organisation first."
        assert told in page.words
        late = answer(reviewer, offer, "approve", comment="Lovely.")
        assert late.page.error_summary == [told]
        assert late.page.form("Send the answer").controls["comment"].values() == ["Lovely."]
        assert newest(offer).state == RevisionState.submitted

    def test_the_same_room_at_the_same_time_is_told(
        self, reviewer: Somebody, offer: FestivalSession
    ) -> None:
        run = factories.occurrence_of(offer)
        other = factories.session(room=run.room, starts_at=run.starts_at + timedelta(minutes=30))
        assert f"is also wanted by {other.code}" in page_of(reviewer, offer).words


class TestComments:
    def test_on_one_part(self, reviewer: Somebody, lead: Somebody, offer: FestivalSession) -> None:
        """P1 must: moderator returns with a comment on one field."""
        page = page_of(reviewer, offer, "?about=summary")
        form = page.page.form("Keep the comment")
        assert form.controls["comment-field"].values() == ["summary"]
        page = reviewer.client.submit(
            page, "Keep the comment", **{"comment-words": "Say <b>what</b> they bake."}
        )
        assert "Your comment is kept." in page.words
        assert "Say <b>what</b> they bake." in page.words
        told = answer(reviewer, offer, "return")
        assert "Done. We tell the provider by email." in told.words
        (message,) = db.session.scalars(sa.select(Message))
        assert "In one sentence: Say <b>what</b> they bake." in mailed_words(message)
        shown = lead.client.get(f"/provider/sessions/{offer.code}")
        assert "Say <b>what</b> they bake." in shown.words

    def test_a_settled_one_is_not_sent(self, reviewer: Somebody, offer: FestivalSession) -> None:
        page = page_of(reviewer, offer, "?about=title")
        page = reviewer.client.submit(page, "Keep the comment", **{"comment-words": "Which songs?"})
        page = reviewer.client.submit(page, "Settled: Title, 1")
        assert "That is settled." in page.words
        late = answer(reviewer, offer, "return")
        assert late.page.error_summary == ["Say what to change, so that they can put it right."]

    def test_one_without_words_is_told_at_its_field(
        self, reviewer: Somebody, offer: FestivalSession
    ) -> None:
        again = reviewer.client.submit(page_of(reviewer, offer), "Keep the comment")
        assert again.page.error_summary == ["Type your comment."]

    def test_of_another_offer_it_is_not_settled(
        self, reviewer: Somebody, offer: FestivalSession
    ) -> None:
        assert reviewer.user is not None
        other = factories.session(published=False)
        made = review.comment(other.revisions[0], "title", "Why?", author=reviewer.user)
        token = page_of(reviewer, offer).page.form("Keep the comment").controls
        data = {"csrf_token": token["comment-csrf_token"].values()[0]}
        path = f"/office/offers/{offer.code}/comments/{made.id}"
        assert reviewer.client.post(path, data=data).status_code == 404
        db.session.expire_all()
        assert db.session.scalars(sa.select(ReviewComment)).one().settled_at is None

    def test_taken_back_meanwhile(
        self, reviewer: Somebody, lead: Somebody, offer: FestivalSession
    ) -> None:
        """F2 bad input: a comment on a withdrawn session."""
        page = page_of(reviewer, offer)
        assert lead.user is not None
        offers.withdraw(offer.revisions[0], author=lead.user)
        late = reviewer.client.submit(
            page, "Keep the comment", **{"comment-words": "A long thought."}
        )
        assert late.status_code == 200
        assert "They have taken it back" in late.words
        assert "A long thought." in late.words
        assert db.session.scalars(sa.select(ReviewComment)).all() == []


class TestAnswers:
    def test_kind_words_are_put_after_what_was_typed(
        self, reviewer: Somebody, lead: Somebody, offer: FestivalSession
    ) -> None:
        """F2 must: return / decline with kind template."""
        page = reviewer.client.submit(
            page_of(reviewer, offer),
            "Put these words into the comment",
            start="full",
            comment="Dear singers,",
        )
        typed = page.page.form("Send the answer").controls["comment"].values()[0]
        assert typed.startswith("Dear singers,")
        assert "Please offer it again next year." in typed
        told = reviewer.client.submit(page, "Send the answer")
        assert "Done." in told.words
        assert newest(offer).state == RevisionState.declined
        (message,) = db.session.scalars(sa.select(Message))
        assert "Please offer it again next year." in mailed_words(message)

    @pytest.mark.parametrize("start", ["", "no-such-words"])
    def test_no_words_are_chosen(
        self, reviewer: Somebody, offer: FestivalSession, start: str
    ) -> None:
        page = page_of(reviewer, offer)
        form = page.page.form("Send the answer").controls
        data = {name: form[name].values()[0] for name in ("csrf_token", "version")}
        data |= {"insert": "yes", "start": start, "comment": "Mine."}
        again = reviewer.client.post(f"/office/offers/{offer.code}", data=data)
        assert again.page.error_summary == ["Choose an answer from the list."]
        assert again.page.form("Send the answer").controls["comment"].values() == ["Mine."]

    @pytest.mark.parametrize("first", ["return", "approve", "decline"])
    def test_the_second_sees_what_the_first_has_decided(
        self, reviewer: Somebody, administrator: Somebody, offer: FestivalSession, first: str
    ) -> None:
        """F2 must: two reviewers at once lose nothing."""
        page = page_of(reviewer, offer)
        answer(administrator, offer, first, comment="The first was quicker.")
        late = reviewer.client.submit(
            page, "Send the answer", decision="return", comment="A long and careful answer."
        )
        for words in ("Amir Admin", "The first was quicker.", "A long and careful answer."):
            assert words in late.words

    def test_what_is_being_written_is_not_shown(
        self, reviewer: Somebody, administrator: Somebody, offer: FestivalSession
    ) -> None:
        page = page_of(reviewer, offer)
        answer(administrator, offer, "return", comment="Which songs?")
        revision = newest(offer)
        offers.save_draft(revision, {"title": "Half a thought"})
        late = reviewer.client.submit(page, "Send the answer", decision="approve")
        assert "Half a thought" not in late.words
        assert page_of(reviewer, offer).status_code == 404

    def test_a_draft_that_was_never_sent_in_takes_no_answer(
        self, reviewer: Somebody, lead: Somebody, offer: FestivalSession, provider: Provider
    ) -> None:
        assert lead.user is not None
        draft = factories.draft(provider, lead.user)
        token = page_of(reviewer, offer).page.form("Send the answer").controls["csrf_token"]
        data = {"csrf_token": token.values()[0], "decision": "approve"}
        path = f"/office/offers/{draft.session.code}"
        assert reviewer.client.post(path, data=data).status_code == 404


class TestChanges:
    def test_side_by_side_with_what_is_different_marked(
        self, reviewer: Somebody, lead: Somebody, public: FestivalSession
    ) -> None:
        """F2 must: side-by-side submitted/published."""
        assert lead.user is not None
        change(public, lead.user, title="Shout Together", age_min=18, charge="2.00")
        page = page_of(reviewer, public)
        assert "(taken out: Sing)" in " ".join(marked(page, "del"))
        assert "(new: Shout)" in " ".join(marked(page, "ins"))
        assert any("2.00" in one for one in marked(page, "ins"))
        assert any("Adults" in one for one in marked(page, "ins"))
        assert page.words.count("Public now") == 3

    def test_the_pictures_stand_side_by_side(
        self, reviewer: Somebody, lead: Somebody, public: FestivalSession
    ) -> None:
        """F2 must: side-by-side; nobody approves a picture that they have not seen."""
        assert lead.user is not None
        assert public.published_revision is not None
        old = factories.picture(public.published_revision, alt="Old hands").digest
        changed = change(public, lead.user, title="Shout Together")
        new = factories.picture(changed, alt="New hands").digest
        db.session.commit()
        page = page_of(reviewer, public)
        for digest, words in ((old, "In words: Old hands"), (new, "In words: New hands")):
            assert f"/images/{digest}.jpg" in page.get_data(as_text=True)
            assert words in page.words
            assert reviewer.client.get(f"/images/{digest}.jpg").status_code == 200

    def test_people_who_lose_something_are_told_why(
        self, reviewer: Somebody, lead: Somebody, public: FestivalSession
    ) -> None:
        """F2 must: who booked hears that a provision is gone, with a reason."""
        assert lead.user is not None
        factories.booking(factories.occurrence_of(public))
        change(public, lead.user, access=[])
        page = page_of(reviewer, public)
        assert "People who have booked would lose something" in page.words
        assert "1 by email, 0 by text, 0 to call" in page.words
        again = answer(reviewer, public, "approve")
        assert again.page.error_summary == [
            "People have booked this. Say why it changes: they read your words."
        ]
        told = answer(reviewer, public, "approve", reason="Our chairs are broken.")
        assert "Done." in told.words
        (notice,) = db.session.scalars(sa.select(ChangeNotice))
        assert notice.reason == "Our chairs are broken."

    def test_a_change_that_is_written_leaves_the_page_of_the_team_as_it_is(
        self, reviewer: Somebody, lead: Somebody, public: FestivalSession
    ) -> None:
        assert lead.user is not None
        draft = offers.revise(public, author=lead.user)
        offers.save_draft(draft, draft.proposal | {"title": "Half a thought"})
        page = page_of(reviewer, public)
        assert page.h1 == "Sing Together"
        assert "Half a thought" not in page.words

    def test_the_whole_way(
        self, reviewer: Somebody, lead: Somebody, resident: Somebody, public: FestivalSession
    ) -> None:
        """P1 must: the public always reads the approved words."""
        own, theirs = f"/provider/sessions/{public.code}", f"/sessions/{public.code}"
        page = lead.client.submit(lead.client.get(own), "Change the words")
        assert "People see the old words until the new ones are approved." in page.words
        page = lead.client.get(f"{own}/edit/what")
        lead.client.submit(page, "Save and stop for now", title="Shout Together")
        page = lead.client.submit(lead.client.get(f"{own}/check"), "Send in")
        assert "Public, with a change sent in" in page.words
        assert resident.client.get(theirs).h1 == "Sing Together"
        answer(reviewer, public, "approve", comment="Lovely.")
        assert resident.client.get(theirs).h1 == "Shout Together"
        message = db.session.scalars(sa.select(Message)).one()
        assert 'your change of "Shout Together"' in mailed_words(message)

    def test_typing_mistakes_are_public_at_once(
        self, lead: Somebody, resident: Somebody, public: FestivalSession
    ) -> None:
        """P1 must: small edits (typos) by rule at once."""
        own = f"/provider/sessions/{public.code}"
        lead.client.submit(lead.client.get(own), "Change the words")
        page = lead.client.get(f"{own}/edit/what")
        lead.client.submit(page, "Save and stop for now", title="Sing together!")
        page = lead.client.submit(lead.client.get(f"{own}/check"), "Send in")
        assert "These are small changes, so people read them now." in page.words
        assert resident.client.get(f"/sessions/{public.code}").h1 == "Sing together!"

    def test_only_who_writes_for_it_changes_it(
        self, other_lead: Somebody, reviewer: Somebody, public: FestivalSession, lead: Somebody
    ) -> None:
        path = f"/provider/sessions/{public.code}/revise"
        for person in (other_lead, reviewer):
            page = person.client.get("/provider/" if person is other_lead else "/office/")
            token = page.page.form("Sign out").controls["csrf_token"].values()[0]
            assert person.client.post(path, data={"csrf_token": token}).status_code == 404
        assert newest(public).number == 1

    def test_a_withdrawn_session_is_not_changed(
        self, lead: Somebody, public: FestivalSession
    ) -> None:
        page = lead.client.get(f"/provider/sessions/{public.code}")
        public.state = SessionState.withdrawn
        late = lead.client.submit(page, "Change the words")
        assert "there is nothing to change yet" in late.words


class TestHistory:
    def test_who_and_when_and_the_words(
        self, reviewer: Somebody, lead: Somebody, public: FestivalSession
    ) -> None:
        """P1 must: history with who and when."""
        assert lead.user is not None
        change(public, lead.user, title="Shout Together")
        answer(reviewer, public, "approve", comment="Lovely.")
        own = lead.client.get(f"/provider/sessions/{public.code}/history")
        assert "by Leah Lead" in own.words
        assert "by the festival team" in own.words
        assert "Rita Reviewer" not in own.words
        teams = reviewer.client.get(f"/office/offers/{public.code}/history")
        assert "by Rita Reviewer" in teams.words
        one = lead.client.get(own.page.link("Version 2: Shout Together"))
        assert "(new: Shout)" in " ".join(marked(one, "ins"))
        assert "Lovely." in one.words
        old = reviewer.client.get(teams.page.link("Version 1: Sing Together"))
        assert "Sing Together" in old.words

    def test_of_others_and_of_drafts_there_is_none(
        self, other_lead: Somebody, reviewer: Somebody, lead: Somebody, public: FestivalSession
    ) -> None:
        assert lead.user is not None
        offers.revise(public, author=lead.user)
        for path in ("", "/1", "/2"):
            own = f"/provider/sessions/{public.code}/history{path}"
            assert other_lead.client.get(own).status_code == 404
            assert lead.client.get(own).status_code == 200
        assert lead.client.get(f"/provider/sessions/{public.code}/history/3").status_code == 404
        team = f"/office/offers/{public.code}/history"
        assert reviewer.client.get(f"{team}/1").status_code == 200
        assert reviewer.client.get(f"{team}/2").status_code == 404


class TestTogether:
    def tick(self, person: Somebody, *sessions: FestivalSession) -> PageResponse:
        page = person.client.get("/office/offers")
        values = [f"{one.code}:{offers.version(newest(one))}" for one in sessions]
        return person.client.submit(
            page, "Check the ticked ones, to approve them together", offer=values
        )

    def test_each_is_approved_by_itself(
        self, reviewer: Somebody, provider: Provider, offer: FestivalSession
    ) -> None:
        """F2 must: bulk approve."""
        other = factories.session(title="Bake", provider=provider, published=False)
        bad = factories.session(
            title="Glue", published=False, provider=factories.provider(state="unchecked")
        )
        page = self.tick(reviewer, offer, other, bad)
        assert "2 sessions can be approved. People see them at once." in page.words
        assert "We have not checked" in page.words
        told = reviewer.client.submit(page, "Approve the ticked ones")
        assert "2 sessions are approved." in told.words
        assert titles(told) == ["Glue"]
        entries = db.session.scalars(sa.select(AuditEntry.action)).all()
        assert entries == ["session.approved"] * 2

    def test_what_was_answered_meanwhile_is_named(
        self,
        reviewer: Somebody,
        administrator: Somebody,
        provider: Provider,
        offer: FestivalSession,
    ) -> None:
        other = factories.session(title="Bake", provider=provider, published=False)
        page = self.tick(reviewer, offer, other)
        answer(administrator, other, "decline", comment="No.")
        told = reviewer.client.submit(page, "Approve the ticked ones")
        assert "1 session is approved." in told.words
        assert f"Not approved: Bake ({other.code})." in told.words

    def test_a_change_that_people_must_hear_of_is_not_among_them(
        self, reviewer: Somebody, lead: Somebody, public: FestivalSession
    ) -> None:
        assert lead.user is not None
        factories.booking(factories.occurrence_of(public))
        change(public, lead.user, access=[])
        page = self.tick(reviewer, public)
        assert "None of these can be approved now." in page.words
        assert "People who have booked must be told why it changes." in page.words

    def test_nothing_is_ticked(self, reviewer: Somebody, offer: FestivalSession) -> None:
        assert "Tick the sessions you want to approve." in self.tick(reviewer).words

    @pytest.mark.parametrize("value", ["", ":", "E01", "E99:x", "%:%", "x" * 500])
    def test_a_forged_one_is_left_out(
        self, reviewer: Somebody, offer: FestivalSession, value: str
    ) -> None:
        token = reviewer.client.get("/office/offers").page.form(
            "Check the ticked ones, to approve them together"
        )
        data = {
            "csrf_token": token.controls["csrf_token"].values()[0],
            "offer": value,
            "sure": "yes",
        }
        page = reviewer.client.post("/office/offers/together", data=data, follow_redirects=True)
        assert page.status_code == 200
        assert newest(offer).state == RevisionState.submitted


class TestLate:
    def test_a_draft_may_come_late(
        self, reviewer: Somebody, lead: Somebody, provider: Provider
    ) -> None:
        """F1 must: late entries only by the team, logged."""
        assert lead.user is not None
        draft = factories.draft(provider, lead.user, title="A secret recipe")
        draft.session.edition.submissions_close_at = clock.now() - timedelta(hours=1)
        page = reviewer.client.get("/office/offers/late")
        told = reviewer.client.submit(
            page, "Let it come late", code=draft.session.code.lower(), reason="Their post was lost."
        )
        assert f"{draft.session.code} can be sent in now." in told.words
        assert "secret recipe" not in told.words
        entry = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "session.late_allowed")
        ).one()
        assert entry.actor == reviewer.user
        assert entry.facts["reason"] == "Their post was lost."

    @pytest.mark.parametrize("code", ["E99", "%", "no", ""])
    def test_what_is_no_draft(self, reviewer: Somebody, offer: FestivalSession, code: str) -> None:
        page = reviewer.client.get("/office/offers/late")
        for typed in (code, offer.code):
            again = reviewer.client.submit(page, "Let it come late", code=typed, reason="Why not")
            assert len(again.page.error_summary) == 1
            assert again.page.by_id("code-error") is not None


@pytest.mark.parametrize("role", Office)
def test_only_reviewers_work_on_offers(
    new_client: Callable[[], FestivalClient], offer: FestivalSession, role: Office
) -> None:
    client = new_client()
    client.sign_in(factories.user(offices=[role]))
    token = client.get("/office/").page.form("Sign out").controls["csrf_token"].values()[0]
    may = role in (Office.reviewer, Office.administrator)
    base = f"/office/offers/{offer.code}"
    for path in ("interest", "first-look", "reviewer", "comments", "comments/1"):
        answered = client.post(f"{base}/{path}", data={"csrf_token": token})
        expected = {200, 302} if may and path != "comments/1" else {404}
        assert answered.status_code in expected, path
    for path in ("/office/offers/late", "/office/offers/together"):
        answered = client.post(path, data={"csrf_token": token})
        assert answered.status_code in ({200, 302} if may else {404}), path
