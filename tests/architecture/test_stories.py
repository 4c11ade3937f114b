"""Which test stands for which line of the stories, and that none of them has gone."""

import ast
from functools import cache
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

from festival.paths import ROOT

TESTS = Path(__file__).resolve().parents[1]
STANDS_FOR = {
    "P1": {
        "invited by email or self-registers": "journeys/test_organisations.py::"
        "test_a_new_organisation_from_its_name_to_the_teams_yes",
        "saved at each step": "views/test_provider.py::test_a_session_is_offered_kept_and_sent_in",
        "I don't know yet": "views/test_provider.py::test_everything_wrong_is_told_at_once",
        "returned with a comment on one field, fixed, approved": "journeys/test_review.py::"
        "test_a_change_is_returned_with_a_comment_and_then_approved",
        "poster PDF": "views/test_posters.py::"
        "test_the_poster_tells_what_when_where_and_how_to_book",
        "no jargon": "architecture/test_stories.py::test_providers_read_no_jargon",
        "default one session": "views/test_wizard.py::"
        "test_a_first_timer_is_told_to_begin_with_one_date",
        "deadline reminders": "views/test_call.py::"
        "test_reminders_to_unfinished_drafts_at_14_and_3_days",
        "two volunteers edit at once": "views/test_wizard.py::"
        "test_what_both_have_changed_stands_side_by_side",
        "leader leaves mid-season": "views/test_office_organisations.py::"
        "test_a_leader_left_and_somebody_else_takes_over",
        "no insurance": "views/test_organisation.py::test_no_insurance_is_no_dead_end",
        "venue not on list": "views/test_wizard.py::test_a_place_that_is_not_on_the_list",
        "past deadline": "views/test_provider.py::test_the_team_lets_one_come_late",
        "12 MB photo": "views/test_pictures.py::test_a_12_mb_photo_from_a_phone",
        "poster has no personal data": "views/test_posters.py::test_a_poster_has_no_personal_data",
    },
    "P3": {
        "E11: 30 to 120, another room": "journeys/test_changes.py::"
        "test_p3_e11_grows_from_30_to_120_and_changes_room",
        "the waiting list first": "views/test_runs.py::"
        "test_p3_a_raise_is_offered_to_the_waiting_list_first",
        "fewer than booked: blocked with choices": "views/test_runs.py::"
        "test_p3_lowering_below_who_is_booked_is_blocked_with_choices_and_never_automatic",
        "old QR still valid": "views/test_runs.py::"
        "test_p3_old_codes_stay_valid_and_changed_back_tells_nobody_anything",
        "volunteers' packs refresh": "views/test_cancelled_everywhere.py::"
        "test_what_moves_to_another_house_is_at_that_door",
        "not step-free and people asked": "views/test_changing.py::"
        "test_p3_people_who_asked_for_no_steps_stop_the_move_until_the_access_lead_agrees",
        "within 24 h": "domain/test_telling.py::"
        "test_p3_a_change_within_a_day_goes_by_text_or_call_too",
        "now overlaps another booking": "domain/test_notices.py::"
        "test_p3_who_now_overlaps_is_counted",
        "changed back": "views/test_changing.py::"
        "test_p3_changed_back_within_two_minutes_tells_nobody",
    },
    "P4": {
        "E25 at 09:10, its people move to E26": "journeys/test_changes.py::"
        "test_p4_e25_is_cancelled_at_0910_and_its_people_move_to_e26",
        "CANCELLED everywhere": "views/test_cancelled_everywhere.py::"
        "test_every_page_list_and_door_says_so_at_the_next_look",
        "SMS first, email second, call list": "domain/test_telling.py::"
        "test_p4_a_cancellation_goes_by_what_reaches_them",
        "tick-off": "views/test_calls.py::test_reached_takes_the_call_off_the_list",
        "poster for the door": "views/test_posters.py::"
        "test_the_door_says_cancelled_why_and_where_to_go",
        "cancelled by organiser": "views/test_cancelled_everywhere.py::"
        "test_it_is_the_organisers_doing_and_nobody_elses",
        "one-tap move keeps party size": "views/test_bookings_instead.py::"
        "test_p4_the_booking_says_why_it_was_called_off_and_what_to_come_to",
        "provider unreachable": "views/test_cancelled_everywhere.py::"
        "test_every_page_list_and_door_says_so_at_the_next_look",
        "cancelled in error": "domain/test_notices.py::"
        "test_p4_cancelled_in_error_the_waiting_list_comes_back_too",
        "drop-in": "views/test_cancelled_everywhere.py::test_a_drop_in_session_has_nobody_to_tell",
        "venue closes": "views/test_changing.py::test_f8_a_venue_is_closed_for_a_day",
    },
    "P5": {
        "door sheet by surname": "views/test_door_sheet.py::"
        "test_by_surname_with_boxes_and_nothing_to_reach_anybody_by",
        "door sheet works offline": "views/test_door_sheet.py::test_one_file_that_needs_no_network",
        "feedback link and paper pack": "views/test_door_sheet.py::"
        "test_as_pdf_with_the_way_to_say_how_it_was",
        "access notes for today only": "views/test_day.py::test_access_notes_for_today_only",
        "live count": "views/test_day.py::test_live_count",
        "walk-up add": "views/test_day.py::test_walk_up_add",
        "message to attendees, moderated": "views/test_announcements.py::"
        "test_words_of_their_own_wait_for_the_team",
        "close": "views/test_runs.py::test_booking_is_closed_and_opened_again",
        "headcount if not scanned": "views/test_day.py::test_enter_headcount_if_not_scanned",
        "paper list, keyed in later": "views/test_attendance.py::test_paper_list_keyed_in_later",
        "facilitator late": "views/test_announcements.py::"
        "test_a_facilitator_who_is_late_tells_everybody_at_once",
        "no export of emails": "views/test_export.py::"
        "test_export_of_emails_is_not_available_and_explained",
    },
    "F1": {
        "set dates, form questions, caps": "views/test_editions.py::"
        "test_dates_of_the_call_are_kept_in_the_festivals_own_time",
        "form questions": "views/test_editions.py::"
        "test_questions_are_asked_reworded_ordered_and_taken_away",
        "caps": "views/test_wizard.py::test_not_more_sessions_than_the_edition_takes",
        "invite list": "views/test_call.py::"
        "test_the_list_is_asked_when_it_was_seen_what_becomes_of_each_line",
        "progress by provider": "views/test_call.py::test_the_team_sees_how_far_everybody_is",
        "chase": "views/test_call.py::"
        "test_who_sent_nothing_in_is_reminded_but_not_within_three_days",
        "close": "views/test_call.py::test_an_administrator_closes_it_and_drafts_stay",
    },
    "F2": {
        "queue by age and completeness": "domain/test_review.py::test_by_age_and_by_completeness",
        "side by side": "views/test_review.py::test_side_by_side_with_what_is_different_marked",
        "comment": "views/test_review.py::test_on_one_part",
        "kind template": "views/test_review.py::test_kind_words_are_put_after_what_was_typed",
        "bulk approve": "views/test_review.py::test_each_is_approved_by_itself",
        "two-person check": "views/test_review.py::test_two_people_look_where_children_come_alone",
        "conflict of interest": "views/test_review.py::test_who_has_an_interest_does_not_answer",
    },
    "F6": {
        "booked, in, walk-up, expected": "views/test_board.py::"
        "test_in_expected_walk_up_waiting_and_heads",
        "no volunteer 20 min before": "views/test_board.py::"
        "test_nobody_signed_in_20_minutes_before",
        "no scans 10 min after": "views/test_board.py::test_no_scans_ten_minutes_after_the_start",
        "over 95% full": "views/test_board.py::test_full_and_over_the_legal_capacity",
        "unsent scans": "views/test_board.py::test_unsent_scans",
        "cancelled but people arriving": "views/test_board.py::test_cancelled_but_people_arrive",
        "data age shown": "views/test_board.py::test_it_says_how_old_it_is_and_looks_again",
        "live": "journeys/test_board.py::test_f6_it_looks_again_by_itself",
        "wallboard without personal data": "views/test_board.py::test_the_wall_names_nobody",
    },
    "F8": {
        "cancel venue": "views/test_changing.py::test_f8_a_venue_is_closed_for_a_day",
        "broadcast": "views/test_announcements.py::"
        "test_the_duty_manager_tells_one_venue_or_everybody",
        "pause booking": "views/test_duty.py::test_booking_is_stopped_and_everybody_reads_why",
        "extend hold": "views/test_duty.py::test_more_time_for_who_is_booking",
        "read-only mode": "views/test_duty.py::test_nothing_can_be_changed_but_all_can_be_read",
        "restore from backup rehearsal": "operations/test_backups.py::"
        "test_while_people_book_it_is_of_one_moment_and_a_rehearsal_touches_nothing",
    },
    "R1": {
        "search tablet, filter, E05": "operations/test_search_examples.py::"
        "test_what_must_come_first_does",
        "no account; JavaScript off": "journeys/test_residents.py::"
        "test_a_resident_books_and_gives_one_place_back",
        "light enough": "views/test_basket_stories.py::test_r1_four_pages_in_60_kilobytes",
        "neither email nor mobile": "views/test_baskets.py::"
        "test_neither_email_nor_mobile_warns_to_note_the_reference",
        "last place taken meanwhile": "views/test_basket_stories.py::"
        "test_r1_the_last_place_taken_between_check_and_submit",
        "double tap": "views/test_basket_stories.py::test_r1_a_double_tap_is_one_booking",
        "Back button": "views/test_basket_stories.py::test_r1_the_back_button_to_the_first_page",
        "hold expired": "views/test_basket_stories.py::"
        "test_r1_a_hold_that_ran_out_is_said_and_taken_again",
        "email typo": "views/test_baskets.py::test_an_unusual_address_is_asked_about_not_refused",
        "the same session again": "views/test_basket_stories.py::test_r1_the_same_session_again",
        "overlapping": "views/test_basket_stories.py::test_r1_an_overlap_warns_and_allows",
        "starts in 10 minutes": "views/test_basket_stories.py::"
        "test_r1_a_session_that_starts_in_ten_minutes",
        "emoji, apostrophes, mononym": "views/test_basket_stories.py::test_r1_names",
    },
    "R7": {
        "by keyboard, read out page by page": "journeys/test_finding.py::"
        "test_e26_is_found_and_booked_by_keyboard_alone",
        "title, error summary, autofill, voice, hold": "journeys/test_finding.py::"
        "test_r7_each_page_is_its_question_and_a_mistake_gets_the_focus",
        "places once; status; map has list": "journeys/test_finding.py::"
        "test_r7_places_are_said_once_and_the_map_is_a_list_too",
        "400% zoom, 320 px": "journeys/test_finding.py::test_e26_is_found_without_scripts",
        "high contrast": "journeys/test_finding.py::"
        "test_r7_with_a_persons_own_colours_and_without_motion",
    },
    "R10": {
        "zero results lead to a wish": "views/test_programme.py::"
        "test_r10_a_search_in_vain_is_counted_and_leads_to_a_wish",
        "nearest alternatives": "views/test_programme.py::test_what_finds_nothing_says_what_would",
        "theme, area, time that suits, optional contact": "views/test_wishes.py::"
        "test_r10_what_somebody_would_like_to_learn_is_kept",
        "zero results": "domain/test_observations.py::"
        "test_the_same_search_is_one_row_and_each_other_its_own",
        "counts toward unmet demand": "views/test_office_wishes.py::"
        "test_r10_all_of_it_counts_by_its_weight_and_by_theme_and_ward",
        "small numbers hidden": "views/test_office_wishes.py::"
        "test_r10_under_ten_is_hidden_and_no_total_gives_it_away",
        "contact forgotten when answered": "views/test_office_wishes.py::"
        "test_answered_it_is_off_the_list_and_the_contact_is_forgotten",
        "contact forgotten after the festival": "domain/test_retention.py::"
        "test_who_wished_is_forgotten_thirty_days_after_the_festival",
    },
    "V1": {
        "link, PIN, you are on the door": "journeys/test_scanner.py::test_the_link_and_its_pin",
        "no install, no account": "views/test_phones.py::test_by_code_and_pin",
        "expires after the shift": "journeys/test_scanner.py::test_after_the_shift",
        "remote sign-out wipes": "journeys/test_scanner.py::test_signed_out_from_afar",
        "test scan": "journeys/test_scanner.py::test_practice_counts_nobody",
        "private browsing": "journeys/test_scanner.py::test_private_browsing",
        "camera refused": "journeys/test_scanner.py::test_find_by_name_and_reference",
        "battery 9 %": "journeys/test_scanner.py::test_a_battery_that_is_nearly_empty",
    },
    "V2": {
        "pre-loads today's list": "views/test_phones.py::"
        "test_has_names_and_places_and_nothing_to_reach_anybody",
        "signed ticket verifies offline": "journeys/test_scanner.py::test_from_a_cold_start",
        "verdict under 0.5 s": "journeys/test_scanner.py::test_how_fast_a_verdict_is",
        "scans are never dropped": "journeys/test_scanner.py::test_300_scans_and_a_killed_browser",
        "each acknowledged once": "journeys/test_scanner.py::"
        "test_an_answer_that_gets_lost_is_asked_for_again",
        "clock wrong by 3 hours": "views/test_phones.py::test_a_clock_that_is_wrong_is_put_right",
        "booked after preload": "journeys/test_scanner.py::test_from_a_cold_start",
        "cancelled after preload": "journeys/test_scanner.py::test_cancelled_after_the_list_came",
        "list older than 2 hours": "journeys/test_scanner.py::test_an_old_list_says_so",
    },
    "V3": {
        "already in, where and when": "journeys/test_scanner.py::"
        "test_already_in_says_where_and_when_and_offers_what_to_do",
        "offline: both green, conflict on sync": "journeys/test_scanner.py::"
        "test_both_green_without_a_network_and_settled_after",
        "2 of 3 in": "journeys/test_scanner.py::test_a_party_in_two_halves",
        "distinct admissions": "views/test_phones.py::"
        "test_the_same_phone_and_code_within_4_seconds_is_one_scan",
        "wording never accuses": "views/test_doors.py::test_the_same_people_are_counted_once",
    },
    "V4": {
        "late": "journeys/test_scanner.py::test_late_is_welcome_while_there_is_room",
        "wrong day": "journeys/test_scanner.py::test_another_day_is_named",
        "wrong venue": "journeys/test_scanner.py::test_another_venue_is_named_with_the_way",
        "wrong session, same building": "journeys/test_scanner.py::"
        "test_another_room_of_this_building",
        "walk-up": "views/test_phones.py::test_what_a_walk_up_says_is_kept_beside",
        "numbered queue, release at start": "journeys/test_scanner.py::"
        "test_numbers_while_it_is_full_and_places_at_the_start",
        "last year": "journeys/test_scanner.py::test_a_ticket_of_last_year",
        "another QR, a URL, half a QR": "journeys/test_scanner.py::test_what_is_no_ticket",
        "reader glare": "journeys/test_scanner.py::test_a_reference_is_typed",
        "party in two halves": "journeys/test_scanner.py::test_a_party_in_two_halves",
        "14-year-old alone": "journeys/test_scanner.py::test_ages_and_adults_are_on_the_card",
        "hard stop at the law": "journeys/test_scanner.py::test_the_law_is_a_hard_stop",
    },
    "V5": {
        "devices add up, undo, milestones": "journeys/test_scanner.py::"
        "test_heads_of_two_phones_add_up",
        "offline safe": "journeys/test_scanner.py::test_300_scans_and_a_killed_browser",
    },
    "V6": {
        "fire roll-call, phone numbers": "journeys/test_scanner.py::"
        "test_fire_roll_call_and_numbers",
        "lost child, no data stored": "journeys/test_scanner.py::test_a_lost_child_stores_nothing",
    },
    "the door's bad input": {
        "a code of 3 MB, Wi-Fi, URL": "journeys/test_scanner.py::test_what_is_no_ticket",
        "batches of 10,000": "views/test_phones.py::test_200_events_are_taken_and_more_are_not",
        "events from the future": "views/test_phones.py::test_it_never_happened_after_it_came",
        "events from 1970": "views/test_phones.py::test_an_event_of_1970_by_a_clock_of_today",
        "the same id with another body": "views/test_phones.py::"
        "test_the_same_id_with_another_body_changes_nothing",
        "unknown target of an undo": "views/test_phones.py::test_an_undo_of_nothing_known_is_kept",
        "a pass revoked mid-shift": "views/test_phones.py::test_a_pass_revoked_in_the_shift",
        "3,000 names": "views/test_phones.py::test_a_list_of_3000_names_travels_in_parts",
        "storage full": "journeys/test_scanner.py::test_a_phone_that_is_full",
        "clock jumping backwards": "views/test_phones.py::test_a_clock_that_jumps_is_told",
        "two tabs": "journeys/test_scanner.py::test_two_tabs",
    },
    "bad input": {
        "a 12 MB photo": "views/test_pictures.py::test_a_12_mb_photo_from_a_phone",
        "40,000 x 40,000": "delivery/test_pictures.py::"
        "test_a_real_picture_of_40_000_by_40_000_is_refused",
        "an SVG with a script": "views/test_pictures.py::"
        "test_what_is_no_picture_lands_on_its_field_and_the_words_stay",
        "an HTML paste": "views/test_wizard.py::"
        "test_a_web_page_that_was_pasted_becomes_plain_words",
        "5,000 words": "views/test_wizard.py::"
        "test_five_thousand_words_are_kept_counted_and_refused_kindly",
        "an end before its start": "views/test_provider.py::test_bad_input_is_told_at_its_field",
        "a date outside the festival": "views/test_provider.py::"
        "test_a_forged_choice_is_told_at_its_field",
        "a room taken": "views/test_wizard.py::"
        "test_a_room_that_is_taken_is_told_and_may_be_sent_all_the_same",
        "a venue that closed": "views/test_wizard.py::test_a_venue_that_closed_is_told_at_its_day",
        "a leader who left": "views/test_office_organisations.py::"
        "test_a_leader_left_and_somebody_else_takes_over",
        "an invitation used twice": "views/test_register.py::"
        "test_an_invitation_used_twice_says_what_to_do",
        "an invitation used by another": "views/test_register.py::"
        "test_an_invitation_opened_by_another_person_says_what_to_do",
        "a comment on a withdrawn session": "views/test_review.py::test_taken_back_meanwhile",
        "an approval of what was replaced": "domain/test_revising.py::"
        "test_not_of_a_version_that_was_replaced",
        "a cancellation confirmed twice": "views/test_changing.py::"
        "test_p4_confirmed_twice_it_is_cancelled_once",
        "changed back within the undo": "views/test_changing.py::"
        "test_p3_changed_back_within_two_minutes_tells_nobody",
    },
}
LINES = [(story, line, test) for story, lines in STANDS_FOR.items() for line, test in lines.items()]


@cache
def named_in(path: str) -> dict[str, str]:
    """The tests of this file, with what is written above each."""
    tree = ast.parse((TESTS / path).read_text())
    return {
        node.name: ast.get_docstring(node) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    }


@pytest.mark.parametrize(("story", "line", "test"), LINES, ids=lambda one: one[:40])
def test_every_line_has_its_test(story: str, line: str, test: str) -> None:
    path, name = test.split("::")
    assert name in named_in(path), f"{story}, {line}: there is no {test}"


JARGON = (
    *("occurrence", "revision", "metadata", "submission", "moderat", "entity", "stakeholder"),
    *("workflow", "slug", "csv", "edition", "capacity", "provider", "invalid", "deliverable"),
    *("beneficiar", "signpost", "outcomes", "synergy", "facilitator", "safeguarding lead", "dbs"),
)
READ_BY_PROVIDERS = sorted((ROOT / "templates" / "provider").glob("*.html"))


def sentences(path: Path) -> list[str]:
    """What a template says in English."""
    with path.open("rb") as file:
        found = babel_extract(file, {"_": None, "ngettext": (1, 2)}, (), {})
        return [
            one
            for _line, _name, words, _notes in found
            for one in ([words] if isinstance(words, str) else words)
            if one
        ]


@pytest.mark.parametrize("path", READ_BY_PROVIDERS, ids=lambda path: path.name)
def test_providers_read_no_jargon(path: Path) -> None:
    """P1 must: no jargon, on any page that a small charity reads."""
    said = sentences(path)
    found = [(word, one) for one in said for word in JARGON if word in one.lower()]
    assert found == []
