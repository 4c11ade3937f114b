"""The wizard: short pages, several dates, places, words and their length, two who write at once."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from festival.domain import clock, offers
from festival.extensions import db
from festival.models import (
    Closure,
    DraftSave,
    Edition,
    Occurrence,
    Provider,
    Revision,
    RevisionState,
    RevisionText,
    Room,
    Venue,
    VenueState,
)
from tests import factories
from tests.cast import Somebody
from tests.support.offering import (
    CONTINUE,
    STOP,
    begin,
    code_of,
    fill_in,
    go_to,
    kept,
    send,
    typed_in,
)

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

Answers = dict[str, Any]
HARD = (
    "Participants will familiarise themselves with contemporary methodologies of "
    "interdisciplinary collaboration, facilitating transformational organisational "
    "development opportunities notwithstanding considerable environmental uncertainty."
)
EASY = (
    "We bake a loaf. You mix the flour. You add the salt. Then you wait. It is free. Come in. " * 2
)


@pytest.fixture
def room(edition: Edition) -> Room:
    return factories.room(12, venue=factories.venue("Central Library"), name="Studio")


@pytest.fixture
def answers(edition: Edition, room: Room) -> Answers:
    """A whole and correct offer, as it is typed."""
    theme = factories.theme("Making")
    db.session.commit()
    return {
        "title": "Bread from nothing",
        "summary": "Bake a loaf and take it home.",
        "description": "You need no oven of your own.",
        "theme": str(theme.id),
        "room": str(room.id),
        "day": edition.starts_on.isoformat(),
        "starts": "10:30am",
        "ends": "midday",
        "capacity": "12",
    }


def the_revision() -> Revision:
    return db.session.scalars(sa.select(Revision)).one()


def day(edition: Edition, number: int) -> str:
    return (edition.starts_on + timedelta(days=number)).isoformat()


# --- how far it is


def test_how_far_it_is(lead: Somebody, answers: Answers) -> None:
    code = code_of(begin(lead))
    address = f"/provider/sessions/{code}/edit"
    assert "0 of 6 parts are done" in lead.client.get(address).words
    lead.client.submit(go_to(lead, code, "what"), STOP, title="Bread from nothing")
    half = lead.client.get(address)
    assert "0 of 6 parts are done" in half.words
    assert "What it is Begun" in half.words
    fill_in(lead, code, answers | {"capacity": ""})
    nearly = lead.client.get(address)
    assert "5 of 6 parts are done" in nearly.words
    check = lead.client.get(f"/provider/sessions/{code}/check")
    assert "This is still to do" in check.words
    missing = lead.client.get(check.page.link("Type a whole number, like 2.").split("#")[0])
    done = lead.client.submit(missing, CONTINUE, capacity="12")
    assert done.request.path.endswith("/check")
    assert "All of it is there." in done.words
    assert "6 of 6 parts are done" in lead.client.get(address).words


def test_the_card_as_it_will_be(lead: Somebody, answers: Answers) -> None:
    page = begin(lead)
    assert "No title yet" in page.words
    code = code_of(page)
    fill_in(lead, code, answers | {"age_min": "7", "accompaniment": "adult-stays"})
    shown = lead.client.get(f"/provider/sessions/{code}/edit").words
    for words in ("Bake a loaf and take it home.", "Central Library", "Ages 7 and over", "midday"):
        assert words in shown


def test_a_first_timer_is_told_to_begin_with_one_date(
    lead: Somebody, provider: Provider, answers: Answers
) -> None:
    """P1: default one session."""
    code = code_of(begin(lead))
    page = go_to(lead, code, "dates")
    assert "Is it your first time? Offer one date." in page.words
    assert [name for name in typed_in(page) if name.startswith("day")] == ["day"]
    factories.session(provider=provider)
    assert "Is it your first time?" not in go_to(lead, code, "dates").words


# --- words


def test_five_thousand_words_are_kept_counted_and_refused_kindly(
    lead: Somebody, answers: Answers
) -> None:
    """Bad input: 5,000 words where 600 characters fit."""
    long = "bread " * 4999 + "bread"
    code = code_of(begin(lead))
    for page in fill_in(lead, code, answers | {"description": long}):
        assert page.page.error_summary == []
    page = go_to(lead, code, "words")
    assert "This has 29999 characters. 600 fit in print. We keep all of it" in page.words
    answer = send(lead, code)
    assert answer.page.error_summary == ["This is 29999 characters long. Make it 600 or fewer."]
    assert the_revision().proposal["description"] == long


def test_a_web_page_that_was_pasted_becomes_plain_words(lead: Somebody, answers: Answers) -> None:
    """Bad input: an HTML paste into the description."""
    pasted = (
        '<div class="x"><h2>Bread</h2><p>Bake &amp; <b>eat</b>.<br>Bring 3 < 4 friends.</p>'
        "<script>alert(1)</script><ul><li>Salt</li><li>Flour</li></ul></div>"
    )
    code = code_of(begin(lead))
    answer = lead.client.submit(go_to(lead, code, "words"), CONTINUE, description=pasted)
    assert "You pasted the codes of a web page. We kept the words." in answer.words
    assert answer.request.path.endswith("/edit/words")
    plain = "Bread\n\nBake & eat.\nBring 3 < 4 friends.\n\nSalt\nFlour"
    assert typed_in(answer)["description"] == [plain]
    again = lead.client.submit(answer, CONTINUE)
    assert again.request.path.endswith("/edit/dates")


@pytest.mark.parametrize("words", ["I <3 bread", "a < b > c", "Write to <me@example.org>"])
def test_angle_brackets_that_are_no_codes_stay(lead: Somebody, words: str) -> None:
    code = code_of(begin(lead))
    lead.client.submit(go_to(lead, code, "words"), CONTINUE, description=words)
    assert the_revision().proposal["description"] == words


def test_hard_words_are_a_hint_and_no_more(lead: Somebody, answers: Answers) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers | {"description": HARD})
    page = go_to(lead, code, "words")
    assert "This reads like words for experts." in page.words
    assert "Is there a shorter word for: participants, familiarise, contemporary" in page.words
    assert "Thank you." in send(lead, code).words


def test_easy_words_are_praised(lead: Somebody) -> None:
    code = code_of(begin(lead))
    lead.client.submit(go_to(lead, code, "words"), STOP, description=EASY)
    assert "can read this easily" in go_to(lead, code, "words").words


# --- access


def test_not_known_is_an_answer_that_people_see(
    lead: Somebody, resident: Somebody, answers: Answers
) -> None:
    code = code_of(begin(lead))
    help_there_is = {
        "access_seated": "yes",
        "access_relaxed": "no",
        "access_quiet_space": "unknown",
    }
    fill_in(lead, code, answers | help_there_is)
    send(lead, code)
    session = the_revision().session
    assert session.access == ["seated"]
    assert session.access_not_known == ["BSL interpreter", "live captions", "quiet space"]
    offers.approve(the_revision(), reviewer=factories.user())
    page = resident.client.get(f"/sessions/{code}")
    unknown = page.words.split("We do not know yet")[1]
    for help_ in ("British Sign Language interpreter", "Live captions", "A quiet space"):
        assert help_ in unknown


def test_what_we_know_of_the_room(lead: Somebody, room: Room, answers: Answers) -> None:
    room.hearing_loop = "not known"
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    words = go_to(lead, code, "access").words
    assert "What we know of Studio" in words
    assert "Hearing loop Not known yet: ask us" in words


# --- dates


def test_several_dates_at_once(lead: Somebody, edition: Edition, answers: Answers) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    more = lead.client.submit(go_to(lead, code, "dates"), "Add another date")
    assert [name for name in typed_in(more) if name.startswith("day")] == ["day", "day_2"]
    later = {"day_2": day(edition, 1), "starts_2": "2pm", "ends_2": "4pm"}
    more = lead.client.submit(more, "Add another date", **later)
    third = {"day_3": day(edition, 2), "starts_3": "2pm", "ends_3": "4pm", "together": "all"}
    lead.client.submit(more, CONTINUE, **third)
    removed = lead.client.submit(go_to(lead, code, "dates"), "Remove date 2")
    shown = typed_in(removed)
    assert (shown["day_2"], shown["starts_2"]) == ([day(edition, 2)], ["2pm"])
    assert "day_3" not in shown
    assert "Thank you." in send(lead, code).words
    runs = the_revision().session.occurrences
    assert [(one.starts_at.date().isoformat(), one.series_part) for one in runs] == [
        (day(edition, 0), 1),
        (day(edition, 2), 2),
    ]


def test_a_second_date_that_is_half_there(
    lead: Somebody, edition: Edition, answers: Answers
) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    more = lead.client.submit(go_to(lead, code, "dates"), "Add another date")
    lead.client.submit(more, CONTINUE, day_2=day(edition, 1), starts_2="2pm")
    assert send(lead, code).page.error_summary == ["Type a time, like 10:30am or 2pm."]
    wrong = lead.client.submit(go_to(lead, code, "dates"), CONTINUE, ends_2="1pm")
    assert wrong.page.error_summary == ["The end must be after the start."]
    assert wrong.page.by_id("ends_2-error") is not None


def test_the_enter_key_removes_nothing(lead: Somebody) -> None:
    code = code_of(begin(lead))
    assert go_to(lead, code, "dates").page.form(CONTINUE).buttons[0] == CONTINUE


def test_a_room_that_is_taken_is_told_and_may_be_sent_all_the_same(
    lead: Somebody, provider: Provider, room: Room, edition: Edition, answers: Answers
) -> None:
    """Bad input: a room taken."""
    start = factories.at_hour(edition, hour=11)
    factories.session(title="Choir", room=room, starts_at=start)
    code = code_of(begin(lead))
    told = fill_in(lead, code, answers)[2]
    assert told.request.path.endswith("/edit/dates")
    assert "Studio is taken by another session at 11am to 12:30pm" in told.words
    assert "Choir" not in told.words
    on = lead.client.submit(told, CONTINUE)
    assert on.h1 == "Who it is for"
    assert (
        "Studio is taken by another session"
        in lead.client.get(f"/provider/sessions/{code}/check").words
    )
    assert "Thank you." in send(lead, code).words
    (clash,) = offers.clashes(factories.occurrence_of(the_session(code)))
    assert clash.run.session.code != code


def the_session(code: str) -> Any:
    revision = offers.revision_of(code)
    assert revision is not None
    return revision.session


def test_ones_own_session_in_the_room_is_named(
    lead: Somebody, provider: Provider, room: Room, edition: Edition, answers: Answers
) -> None:
    start = factories.at_hour(edition, hour=11)
    factories.session(title="Choir", room=room, starts_at=start, provider=provider)
    code = code_of(begin(lead))
    assert "Studio is taken by Choir at 11am" in fill_in(lead, code, answers)[2].words


def test_the_very_same_time_is_refused(
    lead: Somebody, room: Room, edition: Edition, answers: Answers
) -> None:
    start = factories.at_hour(edition, hour=10) + timedelta(minutes=30)
    factories.session(room=room, starts_at=start, ends_at=start + timedelta(minutes=90))
    code = code_of(begin(lead))
    told = ["Studio is taken at exactly this time. Choose another time or another room."]
    assert fill_in(lead, code, answers)[2].page.error_summary == told
    assert send(lead, code).page.error_summary == told


def test_a_venue_that_closed_is_told_at_its_day(
    lead: Somebody, room: Room, edition: Edition, answers: Answers
) -> None:
    """Bad input: a venue that closed."""
    day_one = edition.starts_on
    room.venue.closures.append(Closure(starts_on=day_one, ends_on=day_one, reason="Polling"))
    code = code_of(begin(lead))
    (told,) = fill_in(lead, code, answers)[2].page.error_summary
    assert told.startswith("Central Library is closed on that day (Polling).")
    assert send(lead, code).page.error_summary == [told]
    room.venue.state = VenueState.closed
    (told,) = send(lead, code).page.error_summary
    assert told == "Central Library is closed for good. Choose another place."


def test_a_place_that_is_not_on_the_list(
    lead: Somebody, other_lead: Somebody, answers: Answers
) -> None:
    """P1 edge: venue not on list -> proposes one."""
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    ask = lead.client.submit(go_to(lead, code, "dates"), "My place is not on the list")
    wrong = lead.client.submit(ask, "Use this place", name="Scout Hut")
    assert "Type the street." in wrong.page.error_summary
    place = {"address": "3 Fir Road", "postcode": "wv3 9aa", "room": "Hall", "people": "25"}
    back = lead.client.submit(wrong, "Use this place", **place)
    assert "The festival team checks it." in back.words
    room = db.session.scalars(sa.select(Room).join(Venue).where(Venue.name == "Scout Hut")).one()
    assert typed_in(back)["room"] == [str(room.id)]
    assert (room.legal_capacity, room.step_free) == (25, "not known")
    assert (room.venue.state, room.venue.postcode) == (VenueState.proposed, "WV3 9AA")
    lead.client.submit(ask, "Use this place", name="Scout Hut", **place)
    assert len(db.session.scalars(sa.select(Venue).where(Venue.name == "Scout Hut")).all()) == 1
    assert "Scout Hut" not in go_to(other_lead, code_of(begin(other_lead)), "dates").words
    assert "Thank you." in send(lead, code).words


# --- questions, and how many


def test_the_editions_own_questions(lead: Somebody, edition: Edition, answers: Answers) -> None:
    edition.questions = [
        {"key": "photos", "label": "May we take photos?", "hint": "", "needed": True},
        {"key": "grant", "label": "Do you want a grant?", "hint": "Up to 50", "needed": False},
    ]
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    assert send(lead, code).page.error_summary == ["Answer this question."]
    lead.client.submit(go_to(lead, code, "questions"), CONTINUE, answer_photos="Yes, of hands")
    sent = send(lead, code)
    assert "May we take photos? Yes, of hands" in sent.words
    assert the_revision().session.answers == {"photos": "Yes, of hands", "grant": ""}


def test_not_more_sessions_than_the_edition_takes(
    lead: Somebody, provider: Provider, edition: Edition, answers: Answers
) -> None:
    edition.most_sessions = 1
    factories.session(provider=provider)
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    (told,) = send(lead, code).page.error_summary
    assert told.startswith("Each organisation can send in up to 1.")


# --- a session that people can see already


def test_dates_that_stand_are_only_shown(
    lead: Somebody, provider: Provider, edition: Edition, answers: Answers
) -> None:
    session = factories.session(title="Choir", provider=provider)
    published = session.published_revision
    assert published is not None
    newer = Revision(
        session=session,
        number=2,
        based_on_id=published.id,
        created_at=clock.now(),
        proposal=offers.proposal_of(session),
        texts=[RevisionText(language="en")],
    )
    db.session.add(newer)
    page = go_to(lead, session.code, "dates")
    assert "Dates that people know already" in page.words
    assert typed_in(page)["day"] == [""]
    edition.submissions_close_at = clock.now()
    assert "Thank you." in send(lead, session.code).words
    assert newer.state == RevisionState.submitted
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Occurrence)) == 1


# --- two who write at once


def test_what_each_has_changed_is_kept(lead: Somebody, editor: Somebody) -> None:
    """P1 edge: two volunteers edit at once."""
    page = begin(lead)
    code = code_of(page)
    theirs = go_to(editor, code, "what")
    lead.client.submit(page, CONTINUE, title="Hers")
    merged = editor.client.submit(theirs, CONTINUE, summary="His.")
    assert "Somebody else has changed this session too: Title." in merged.words
    shown = typed_in(go_to(lead, code, "what"))
    assert (shown["title"], shown["summary"]) == (["Hers"], ["His."])


def test_what_both_have_changed_stands_side_by_side(lead: Somebody, editor: Somebody) -> None:
    """P1 edge: two volunteers edit at once. The second sees what changed, nothing is lost."""
    page = begin(lead)
    code = code_of(page)
    theirs = go_to(editor, code, "what")
    lead.client.submit(page, CONTINUE, title="Hers", summary="Kept.")
    both = editor.client.submit(theirs, CONTINUE, title="His", format="outdoors")
    assert both.page.error_summary == [
        "Somebody else has changed this too. Look at both, then save again."
    ]
    assert "Somebody else has written this meanwhile: Hers" in both.words
    assert typed_in(both)["title"] == ["His"]
    assert typed_in(both)["summary"] == ["Kept."]
    assert the_revision().proposal["title"] == "Hers"
    assert the_revision().proposal["format"] == "outdoors"
    saved = [one.proposal.get("title") for one in db.session.scalars(sa.select(DraftSave))]
    assert "His" in saved
    decided = editor.client.submit(both, CONTINUE, title="Ours")
    assert decided.page.error_summary == []
    assert the_revision().proposal["title"] == "Ours"
    assert the_revision().text().title == "Ours"


def test_what_was_changed_meanwhile_is_not_sent_unread(
    lead: Somebody, editor: Somebody, answers: Answers
) -> None:
    code = code_of(begin(lead))
    fill_in(lead, code, answers)
    check = lead.client.get(f"/provider/sessions/{code}/check")
    editor.client.submit(go_to(editor, code, "what"), STOP, title="Worse words")
    late = lead.client.submit(check, "Send in")
    (told,) = late.page.error_summary
    assert told.startswith("Somebody else has changed this session since you opened it.")
    assert "Worse words" in late.words
    assert the_revision().state == RevisionState.draft
    assert "Thank you." in lead.client.submit(late, "Send in").words


def test_a_version_that_nobody_knows_overwrites_nothing(lead: Somebody) -> None:
    page = begin(lead)
    code = code_of(page)
    lead.client.submit(page, STOP, title="Hers")
    address, pairs = page.page.form(CONTINUE).filled({"title": "His"}, CONTINUE)
    answer = lead.client.post(address, data=dict(pairs) | {"version": "forged"})
    assert "Hers" in answer.words
    assert kept(lead, code)["title"] == ["Hers"]
