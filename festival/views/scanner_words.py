"""Every sentence of the scanner, which shows them without asking anybody: it has no network.

They stand beside one another so that a translator sees them as one. Numbers stand apart from
nouns where they can, because a phone does not know the plurals of every language.
"""

from flask_babel import lazy_gettext as _

WORDS = {
    # --- the head
    "phone": _("phone %(letter)s"),
    "online": _("Online"),
    "offline": _("No network: it works on"),
    "connecting": _("Looking for the network"),
    "no_list": _("No list yet"),
    "list_age": _("List of %(hour)s"),
    "list_old": _("The list is old: %(ago)s"),
    "to_send": _("To send: %(n)s"),
    "all_sent": _("All sent"),
    "send_now": _("Send now"),
    "no_storage": _(
        "This browser keeps nothing (private browsing?). Stay on this page, and where there is"
        " network: scans that were not sent are lost when it closes."
    ),
    "storage_full": _(
        "This phone is full. Scans are only in its memory: go where there is network and press"
        " “Send now”, then make room."
    ),
    "stuck": _("The festival could not read %(n)s of the scans. They are kept: tell the team."),
    "conflicts": _("Same ticket at two doors: %(n)s"),
    "look": _("Look"),
    "in_of": _("%(inside)s in, %(expected)s expected"),
    "training_on": _("Practice: nothing is counted."),
    "training_end": _("End practice"),
    # --- tabs
    "tab_scan": _("Scan"),
    "tab_find": _("Find"),
    "tab_walkups": _("No ticket"),
    "tab_help": _("Help"),
    "tab_more": _("More"),
    # --- scanning
    "camera_start": _("Open the camera"),
    "camera_off": _("The camera is off."),
    "camera_none": _("No camera was found. Type the reference, or find the name."),
    "camera_refused": _(
        "The camera is not allowed. Type the reference, or find the name; or allow the camera for"
        " this page in the browser’s settings."
    ),
    "camera_reader": _("Codes cannot be read on this phone. Type the reference, or find the name."),
    "light_on": _("Light on"),
    "light_off": _("Light off"),
    "type_reference": _("Or type the reference or a name"),
    "check": _("Check"),
    "two_tabs": _("The scanner is already open in another tab"),
    "two_tabs_hint": _("Use only one. You can close the other tab, or go on here."),
    "use_here": _("Use it here"),
    "taken_over": _("You went on in another tab"),
    # --- cards
    "word_yes": _("Yes"),
    "word_look": _("Look"),
    "word_no": _("No"),
    "title_welcome": _("Welcome"),
    "title_welcome_more": _("Welcome: %(admitted)s of %(people)s are in already"),
    "title_unlisted": _("Real ticket, not on our list: let them in"),
    "title_already_in": _("%(admitted)s of %(people)s already in"),
    "title_other_session": _("This ticket is for another session"),
    "title_other": _("This ticket is for “%(title)s”"),
    "title_other_room": _("This ticket is for another room here"),
    "title_later": _("They are early"),
    "title_over": _("This session is over"),
    "title_older": _("There is a newer ticket"),
    "title_full": _("It has begun, and the places were given away"),
    "title_full_by_law": _("The room is full: %(legal)s people is the most the law allows"),
    "title_cancelled": _("This session is cancelled"),
    "title_given_back": _("These places were given back"),
    "title_not_ours": _("This is not one of our tickets"),
    "title_not_genuine": _("This ticket was not made by this festival"),
    "hint_not_ours": _("Ask for the booking reference and type it, or find the name."),
    "hint_not_genuine": _(
        "Ask for the booking reference and type it. If that fails, ask for help."
    ),
    "hint_already_in": _("Are they coming back in? Then they are welcome."),
    "hint_unlisted": _("It was booked after our list of %(hour)s. We note it and check later."),
    "hint_older": _("The booking was changed. Ask for the new ticket, or find the name."),
    "hint_cancelled": _("If they did not know that, ask for help."),
    "hint_given_back": _("If they did not know that, they may come in as people without a ticket."),
    "hint_full": _("If there is room, let them in."),
    "hint_full_by_law": _("Nobody more may come in. Ask for help."),
    "hint_over": _("You can still count them as people without a ticket."),
    "hint_later": _("Ask them to come back, or let them in now."),
    "what_address": _("It is the address of a web page. We do not open it."),
    "what_wifi": _("It is the code of a wireless network."),
    "told": _("They asked us for help to take part. Tell the host that they are here."),
    "told_done": _("I have told the host"),
    "some_in": _("%(admitted)s of %(people)s are in already."),
    "last_in": _("%(where)s at %(hour)s"),
    "this_phone": _("This phone"),
    "another_door": _("Another door"),
    "elsewhere_unknown": _("We do not know which one. Ask for help."),
    "send_to_room": _("Show them the way to %(room)s."),
    "walk_in_time": _("On foot about %(minutes)s minutes: they can be there in time."),
    "walk_too_late": _("On foot about %(minutes)s minutes: they will be late."),
    "hours": _("%(starts)s to %(ends)s"),
    "party": _("Adults: %(adults)s, children: %(children)s, companions: %(companions)s"),
    "age_from": _("From %(age)s years on. Somebody younger? Ask the host."),
    "age_to": _("Up to %(age)s years."),
    "adults_adult-stays": _("A child needs an adult who stays. A child alone? Call the host."),
    "adults_with-adult": _("Children come with an adult. A child alone? Call the host."),
    "adults_under-16-with-adult": _("Under 16 only with an adult. A child alone? Call the host."),
    "adults_babes-in-arms": _("Babies in arms are welcome."),
    "one_more": _("One more"),
    "one_fewer": _("One fewer"),
    "next": _("Next"),
    "undo": _("Undo"),
    "undone": _("Undone"),
    "let_in": _("Let them in"),
    "coming_back": _("They are coming back in"),
    "as_walk_up": _("Let in without a ticket: %(title)s"),
    "ask_help": _("Ask for help"),
    "close": _("Close"),
    "flag_unknown_ticket": _("The festival does not know this ticket. It is noted."),
    "flag_over_admitted": _("More people came in by this ticket than it has places. It is noted."),
    "flag_admitted_cancelled": _("This booking was cancelled. It is noted."),
    "flag_superseded": _("There is a newer ticket of this booking. It is noted."),
    "flag_over_capacity": _("There are more people in than places."),
    "flag_over_legal": _("There are more people in than the law allows. Ask for help now."),
    "flag_clock_jump": _("This phone’s clock was set anew."),
    "flag_late_upload": _("Sent after the shift."),
    "flag_repeat": _("Scanned twice at once: counted once."),
    "flag_elsewhere": _("This session is at another venue. It is noted."),
    # --- finding
    "find_label": _("Name or reference"),
    "find_hint": _("Two letters are enough."),
    "find_nothing": _("Nobody is found. Try the first letters of another name."),
    "find_found": _("Found: %(n)s"),
    "no_name": _("No name"),
    "people": _("People: %(n)s"),
    # --- without a ticket
    "which_session": _("Which session?"),
    "which_hint": _("Choose one when this door is only for that."),
    "all_sessions": _("All that run here"),
    "is_cancelled": _("cancelled"),
    "nothing_runs": _("Nothing runs here in your shift."),
    "walk_up_title": _("How many people?"),
    "walk_up_more": _("If they like: first name, age"),
    "walk_up_hint": _("Nobody has to say anything. It is deleted 30 days after the session."),
    "first_name": _("First name"),
    "age_band": _("Age"),
    "not_said": _("Not said"),
    "walked_in": _("Let in: %(n)s"),
    "to_queue": _("Give them a number to wait"),
    "queued": _("Their number is %(label)s."),
    "queue_title": _("Waiting for a place"),
    "gave_up": _("Gone"),
    "free_now": _("Free places: %(n)s"),
    "free_released": _("It has begun. Places that nobody claimed: %(n)s"),
    "full_now": _("All places are booked. Give numbers: at the start, unclaimed places are free."),
    "full_law_now": _("The room is full: %(legal)s people is the most the law allows."),
    "walk_ups_in": _("In without a ticket: %(n)s"),
    "heads_title": _("Count heads"),
    "heads_hint": _("All phones of this door count together."),
    "heads_mark": _("%(part)s%% of %(capacity)s places"),
    "heads_full": _("Full: all %(capacity)s places"),
    # --- the log
    "log_title": _("What happened here"),
    "log_nothing": _("Nothing yet."),
    "logged_walk_up": _("Without a ticket: %(n)s"),
    "logged_headcount": _("Heads counted: %(n)s"),
    "logged_heads": _("Heads: %(n)s"),
    "logged_queue": _("Number %(label)s given, people: %(n)s"),
    "not_sent_yet": _("Not sent yet"),
    "not_taken": _("The festival could not read this one."),
    "conflict": _("%(reference)s: %(people)s came in, %(places)s are booked"),
    "conflict_hint": _("Nobody did anything wrong. Do you know what happened?"),
    "same_people": _("The same people: count them once"),
    "extra_people": _("More people: count them too"),
    # --- something is wrong
    "call_999": _("Call 999"),
    "back": _("Back"),
    "phones_title": _("Call somebody"),
    "no_phones": _("No numbers are kept yet: they come with the list."),
    "who_office": _("Festival team"),
    "who_safeguarding": _("Safeguarding lead"),
    "who_provider": _("Organisation"),
    "help_fire": _("Fire, or everybody must leave"),
    "help_first_aid": _("Somebody is hurt or ill"),
    "help_lost_child": _("A child is lost, or was found"),
    "help_safeguarding": _("I am worried about somebody"),
    "help_cancel": _("The session cannot take place"),
    "help_access": _("Somebody cannot get in or take part"),
    "help_complaint": _("Somebody wants to complain"),
    "steps_fire": _(
        "Get everybody out. Leave bags.\nCall 999.\nGo to the meeting point and call the list"
        " below.\nNobody goes back in until the fire service says so.\nThen call the festival team."
    ),
    "steps_first_aid": _(
        "Call the venue’s first aider.\nIf it is serious, call 999 first.\nStay with the person."
        "\nThen call the festival team."
    ),
    "steps_lost_child": _(
        "Stay calm, and stay with the child or the adult who is looking.\nNever be alone with a"
        " child: ask somebody to stay with you.\nOne person waits at the door: no child leaves"
        " alone.\nCall the safeguarding lead.\nNot found after 10 minutes: call 999.\nDo not write"
        " or send the child’s name."
    ),
    "steps_safeguarding": _(
        "Is anybody in danger now? Call 999.\nListen. Do not promise to keep it secret.\nCall the"
        " safeguarding lead today.\nTell nobody else."
    ),
    "steps_cancel": _(
        "Call the festival team: only they can cancel it, and they tell everybody.\nAsk people to"
        " wait, or give them a number.\nWhen it is cancelled, this phone says so."
    ),
    "steps_access": _(
        "Ask the person what would help.\nAsk the host of the session.\nCall the festival team:"
        " they can reach the access lead."
    ),
    "steps_complaint": _(
        "Listen, and say thank you.\nOffer the festival team’s number, or note it for them."
        "\nThey answer within 30 days."
    ),
    "roll_count": _("In: %(all)s, of these without a ticket: %(walkUps)s"),
    # --- more
    "shift_until": _("Your shift ends at %(hour)s."),
    "self_test": _("Is everything ready?"),
    "self_test_again": _("Look again"),
    "hear": _("Hear the sound"),
    "test_storage": _("Scans are kept on this phone"),
    "test_shell": _("The scanner opens without a network"),
    "test_list": _("The list is here"),
    "test_network": _("There is network"),
    "test_clock": _("The clock is right"),
    "clock_off": _("(wrong by %(minutes)s minutes; we put it right)"),
    "test_keys": _("Tickets can be checked without a network"),
    "test_camera": _("The camera works"),
    "test_reader": _("Codes can be read"),
    "training": _("Practice"),
    "training_hint": _("These cards are made up. Nothing that you do here is counted."),
    "training_session": _("A session"),
    "training_room": _("A room"),
    "sample_welcome": _("A ticket that is right"),
    "sample_told": _("Somebody who asked for help"),
    "sample_already_in": _("A ticket that was shown before"),
    "sample_unlisted": _("A ticket that is not on our list"),
    "sample_other_session": _("A ticket for somewhere else"),
    "sample_cancelled": _("A cancelled session"),
    "sample_not_ours": _("Something that is no ticket"),
    "sample_full_by_law": _("A full room"),
    "camera_choice": _("Another camera"),
    "camera_number": _("Camera %(n)s"),
    "sound_on": _("Sound on"),
    "sound_off": _("Sound off"),
    "hand_over": _("Another phone takes over"),
    "hand_over_hint": _(
        "Not sent yet: %(n)s. Give them to another phone as a file. What both send counts once."
    ),
    "hand_over_give": _("Give the file"),
    "hand_over_take": _("Take a file from another phone"),
    "hand_over_taken": _("Taken over: %(n)s"),
    "hand_over_wrong": _("This is not a file of the scanner."),
    "sign_out": _("Sign out this phone"),
    "sign_out_hint": _("The list with its names is deleted from this phone."),
    "sign_out_waiting": _("Not sent yet: %(n)s. Send them first, or give them to another phone."),
    "plain_page": _("The plain page, without a camera"),
    # --- opening
    "pair_title": _("Open your door"),
    "pair_hint": _("You need the code on your slip, and the PIN that the venue lead has."),
    "pair_code": _("Code"),
    "pair_code_hint": _("12 letters and numbers, like 7KQM-42XT-PW9R"),
    "pair_pin": _("PIN"),
    "pair_open": _("Open"),
    "pair_scan": _("Scan the code on the slip"),
    "pair_no_network": _("There is no network. You need it once, to fetch the list."),
    "pass_signed_out": _("This phone was signed out"),
    "pass_over": _("Your shift is over. Thank you!"),
    "pass_unknown": _("This phone is not signed in any more"),
    "pass_early": _("It opens at %(hour)s."),
    "still_to_send": _("Still to send: %(n)s. They can be sent although the shift is over."),
}


def all_words() -> dict[str, str]:
    """Every sentence in the reader's language."""
    return {name: str(words) for name, words in WORDS.items()}
