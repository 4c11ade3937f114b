"""Who may call what: every endpoint says so, and a change of it is seen here; no GET writes."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask import Flask

from festival.delivery.addresses import manage_path
from festival.domain import accounts, contacts, links, mine
from festival.domain.providers import invitations
from festival.extensions import db
from festival.models import (
    Booking,
    ContactKind,
    Edition,
    Invitation,
    Office,
    Provider,
    Revision,
    TokenRole,
    Venue,
    VenueState,
)
from tests import factories
from tests.cast import Somebody, Volunteer
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, make_client
from tests.support.mine import ask, enter
from tests.support.programs import make_token
from tests.support.statements import recorded

ACCESS = {
    "accounts.check_sign_in": "public",
    "accounts.choose_password": "by_link",
    "accounts.forgotten": "public",
    "accounts.reset_sent": "public",
    "accounts.save_password": "by_link",
    "accounts.send_reset": "public",
    "accounts.sign_in": "public",
    "accounts.sign_out": "public",
    "api.accept": "token:web,partner,desk",
    "api.book": "token:web,partner,desk",
    "api.booking": "token:web,partner,desk",
    "api.cancel_booking": "token:web,partner,desk",
    "api.cancel_reservation": "token:web,partner,desk",
    "api.change_booking": "token:web,partner,desk",
    "api.change_reservation": "token:web,partner,desk",
    "api.decline": "token:web,partner,desk",
    "api.join": "token:web,partner,desk",
    "api.leave": "token:web,partner,desk",
    "api.occurrence": "token:reader,web,partner,desk",
    "api.occurrences": "token:reader,web,partner,desk",
    "api.stay": "token:web,partner,desk",
    "api.swap": "token:web,partner,desk",
    "api_guide.home": "public",
    "api_guide.openapi": "public",
    "baskets.check": "by_link",
    "baskets.confirm": "by_link",
    "baskets.contact": "by_link",
    "baskets.extend": "by_link",
    "baskets.hold": "public",
    "baskets.leave": "by_link",
    "baskets.party": "public",
    "baskets.people": "by_link",
    "baskets.remove": "by_link",
    "baskets.save_contact": "by_link",
    "baskets.save_people": "by_link",
    "baskets.show": "by_link",
    "bookings.access": "by_link",
    "bookings.add": "by_link",
    "bookings.add_them": "by_link",
    "bookings.answer": "by_link",
    "bookings.calendar": "by_link",
    "bookings.cancel": "by_link",
    "bookings.cancel_all": "by_link",
    "bookings.cancel_all_of_it": "by_link",
    "bookings.cancel_it": "by_link",
    "bookings.cannot_come": "by_link",
    "bookings.change": "by_link",
    "bookings.code": "by_link",
    "bookings.come_instead": "by_link",
    "bookings.contact": "by_link",
    "bookings.find": "public",
    "bookings.find_it": "public",
    "bookings.instead": "by_link",
    "bookings.join": "by_link",
    "bookings.join_it": "by_link",
    "bookings.lost": "public",
    "bookings.lost_sent": "public",
    "bookings.names": "by_link",
    "bookings.nobody_comes": "by_link",
    "bookings.offer": "by_link",
    "bookings.pass_it_on": "by_link",
    "bookings.pass_on": "by_link",
    "bookings.save_access": "by_link",
    "bookings.save_contact": "by_link",
    "bookings.save_names": "by_link",
    "bookings.send_again": "by_link",
    "bookings.send_lost": "public",
    "bookings.show": "by_link",
    "bookings.show_tickets": "by_link",
    "bookings.split": "by_link",
    "bookings.split_it": "by_link",
    "bookings.swap": "by_link",
    "bookings.swap_it": "by_link",
    "bookings.tickets_file": "by_link",
    "bookings.to_calendar": "by_link",
    "feedback.give": "by_link",
    "feedback.keep": "by_link",
    "feedback.thank": "by_link",
    "feeds.as_json": "public",
    "feeds.atom": "public",
    "feeds.mine": "by_link",
    "feeds.provider": "public",
    "feeds.session": "public",
    "feeds.session_download": "public",
    "feeds.theme": "public",
    "feeds.venue": "public",
    "feeds.whole": "public",
    "health.healthz": "public",
    "health.readyz": "public",
    "images.show": "public",
    "images.show_small": "public",
    "mine.ask": "public",
    "mine.calendar": "by_link",
    "mine.code": "public",
    "mine.enter": "public",
    "mine.follow": "by_link",
    "mine.link": "by_link",
    "mine.new_calendar": "by_link",
    "mine.preferences": "by_link",
    "mine.save_preferences": "by_link",
    "mine.send_code": "public",
    "mine.send_references": "by_link",
    "mine.show": "by_link",
    "mine.sign_out": "public",
    "office.access_requests_to_come": "office:access_lead",
    "office.add_room": "office:access_lead,administrator,reviewer",
    "office.add_venue": "office:access_lead,administrator,reviewer",
    "office.address_works": "office:administrator,duty_manager,phone_line",
    "office.allow_late": "office:administrator,reviewer",
    "office.approve_many": "office:administrator,reviewer",
    "office.ask_question": "office:administrator",
    "office.ask_to_show": "office:administrator",
    "office.assign": "office:administrator,reviewer",
    "office.audit_log": "office:administrator,data_protection",
    "office.begin_edition": "office:administrator",
    "office.book": "office:access_lead,administrator,duty_manager,phone_line",
    "office.booked": "office:access_lead,administrator,duty_manager,phone_line",
    "office.call_list": "office:access_lead,administrator,duty_manager,phone_line",
    "office.came_back": "office:administrator,duty_manager,phone_line",
    "office.cancel_everything_there": "office:administrator,duty_manager",
    "office.cancel_it": "office:access_lead,administrator,duty_manager,reviewer",
    "office.cancel_run": "office:access_lead,administrator,duty_manager,reviewer",
    "office.cancel_venue": "office:administrator,duty_manager",
    "office.change_edition": "office:administrator",
    "office.change_run": "office:administrator,duty_manager,reviewer",
    "office.changes": "office:access_lead,administrator,duty_manager,phone_line,reviewer",
    "office.check_declaration": "office:administrator,reviewer",
    "office.check_organisation": "office:administrator,reviewer",
    "office.close_account": "office:administrator,reviewer",
    "office.close_days": "office:access_lead,administrator,reviewer",
    "office.close_venue": "office:access_lead,administrator,reviewer",
    "office.comment": "office:administrator,reviewer",
    "office.conflict": "office:administrator,reviewer",
    "office.decide": "office:administrator,reviewer",
    "office.door_passes": "office:administrator,duty_manager",
    "office.edit_room": "office:access_lead,administrator,reviewer",
    "office.edit_venue": "office:access_lead,administrator,reviewer",
    "office.edition": "office:administrator",
    "office.edition_list": "office:administrator",
    "office.edition_part": "office:administrator",
    "office.find_booking": "office:access_lead,administrator,duty_manager,phone_line",
    "office.first_look": "office:administrator,reviewer",
    "office.found_bookings": "office:access_lead,administrator,duty_manager,phone_line",
    "office.give_more_time": "office:administrator,duty_manager",
    "office.go_on": "office:administrator,duty_manager",
    "office.home": "office:" + ",".join(sorted(Office)),
    "office.invite_into_organisation": "office:administrator,reviewer",
    "office.late": "office:administrator,reviewer",
    "office.list_venue": "office:access_lead,administrator,reviewer",
    "office.look_at_access_requests": "office:access_lead",
    "office.look_at_wording": "office:administrator",
    "office.make_pass": "office:administrator,duty_manager",
    "office.merge_it": "office:access_lead,administrator,reviewer",
    "office.merge_venue": "office:access_lead,administrator,reviewer",
    "office.messages": "office:administrator,duty_manager,phone_line",
    "office.more_time": "office:administrator,duty_manager",
    "office.move_it": "office:access_lead,administrator,duty_manager,reviewer",
    "office.move_question": "office:administrator",
    "office.move_run": "office:access_lead,administrator,duty_manager,reviewer",
    "office.new_edition": "office:administrator",
    "office.new_room": "office:access_lead,administrator,reviewer",
    "office.new_venue": "office:access_lead,administrator,reviewer",
    "office.offer_history": "office:administrator,reviewer",
    "office.offer_version": "office:administrator,reviewer",
    "office.on_duty": "office:administrator,duty_manager",
    "office.open_or_close_run": "office:administrator,duty_manager,reviewer",
    "office.open_venue": "office:access_lead,administrator,reviewer",
    "office.organisation": "office:administrator,reviewer",
    "office.organisation_list": "office:administrator,reviewer",
    "office.organisation_people": "office:administrator,reviewer",
    "office.question": "office:administrator",
    "office.question_list": "office:administrator",
    "office.queue": "office:administrator,reviewer",
    "office.reassign_organisation": "office:administrator,reviewer",
    "office.refused_addresses": "office:administrator,duty_manager,phone_line",
    "office.reinstate_run": "office:administrator,duty_manager,reviewer",
    "office.remove_closure": "office:access_lead,administrator,reviewer",
    "office.remove_question": "office:administrator",
    "office.review": "office:administrator,reviewer",
    "office.revoke": "office:administrator,duty_manager",
    "office.reword_question": "office:administrator",
    "office.run": "office:access_lead,administrator,duty_manager,reviewer",
    "office.run_list": "office:administrator,duty_manager,reviewer",
    "office.run_shares": "office:administrator,duty_manager,reviewer",
    "office.save_room": "office:access_lead,administrator,reviewer",
    "office.save_shares": "office:administrator,duty_manager,reviewer",
    "office.save_sharing": "office:access_lead,administrator,duty_manager,phone_line",
    "office.save_venue": "office:access_lead,administrator,reviewer",
    "office.save_wording": "office:administrator",
    "office.scans": "office:administrator,duty_manager",
    "office.send_again": "office:administrator,duty_manager,phone_line",
    "office.set_meeting": "office:administrator,duty_manager,reviewer",
    "office.settle_comment": "office:administrator,reviewer",
    "office.sharing": "office:access_lead,administrator,duty_manager,phone_line",
    "office.ship_wording": "office:administrator",
    "office.show_edition": "office:administrator",
    "office.stop": "office:administrator,duty_manager",
    "office.stop_it": "office:administrator,duty_manager",
    "office.switch_texts": "office:administrator",
    "office.take_booking": "office:access_lead,administrator,duty_manager,phone_line",
    "office.test_wording": "office:administrator",
    "office.tick_off": "office:access_lead,administrator,duty_manager,phone_line",
    "office.undo_change": "office:access_lead,administrator,duty_manager,reviewer",
    "office.venue": "office:access_lead,administrator,reviewer",
    "office.venue_list": "office:access_lead,administrator,reviewer",
    "office.wording": "office:administrator",
    "office.wording_list": "office:administrator",
    "pages.accessibility": "public",
    "pages.cookies": "public",
    "pages.privacy": "public",
    "programme.home": "public",
    "programme.session": "public",
    "provider.accept": "by_link",
    "provider.access_requests_of": "signed_in",
    "provider.add_place": "signed_in",
    "provider.add_walk_up": "signed_in",
    "provider.attendance_return": "signed_in",
    "provider.cancel_it": "signed_in",
    "provider.cancel_run": "signed_in",
    "provider.cancelled_poster": "signed_in",
    "provider.cancelled_poster_file": "signed_in",
    "provider.change_organisation": "signed_in",
    "provider.change_run": "signed_in",
    "provider.check": "signed_in",
    "provider.count_heads": "signed_in",
    "provider.day": "signed_in",
    "provider.declaration": "signed_in",
    "provider.declare": "signed_in",
    "provider.declare_none": "signed_in",
    "provider.download_names": "signed_in",
    "provider.edit": "signed_in",
    "provider.edit_part": "signed_in",
    "provider.export": "signed_in",
    "provider.hand_it_over": "signed_in",
    "provider.hand_over": "signed_in",
    "provider.history": "signed_in",
    "provider.home": "signed_in",
    "provider.invite_again": "signed_in",
    "provider.invite_person": "signed_in",
    "provider.join": "by_link",
    "provider.keep_picture": "signed_in",
    "provider.key_in_paper": "signed_in",
    "provider.leave": "signed_in",
    "provider.leave_it": "signed_in",
    "provider.look_at_access_requests": "signed_in",
    "provider.look_at_access_today": "signed_in",
    "provider.move_it": "signed_in",
    "provider.move_run": "signed_in",
    "provider.offer_again": "signed_in",
    "provider.open_or_close_run": "signed_in",
    "provider.organisation": "signed_in",
    "provider.people": "signed_in",
    "provider.person": "signed_in",
    "provider.picture": "signed_in",
    "provider.poster": "signed_in",
    "provider.poster_file": "signed_in",
    "provider.propose_place": "signed_in",
    "provider.register": "public",
    "provider.registration_sent": "public",
    "provider.remove_person": "signed_in",
    "provider.remove_picture": "signed_in",
    "provider.report": "signed_in",
    "provider.revise": "signed_in",
    "provider.roll_over": "signed_in",
    "provider.run": "signed_in",
    "provider.save_attendance": "signed_in",
    "provider.save_organisation": "signed_in",
    "provider.save_paper": "signed_in",
    "provider.save_part": "signed_in",
    "provider.send": "signed_in",
    "provider.send_invitation": "signed_in",
    "provider.send_registration": "public",
    "provider.set_meeting": "signed_in",
    "provider.set_role": "signed_in",
    "provider.show": "signed_in",
    "provider.start": "signed_in",
    "provider.step_heads": "signed_in",
    "provider.take_invitation_back": "signed_in",
    "provider.talk_to_us": "signed_in",
    "provider.undo_change": "signed_in",
    "provider.undo_count": "signed_in",
    "provider.version": "signed_in",
    "provider.withdraw": "signed_in",
    "scan.admit": "by_link",
    "scan.check": "by_link",
    "scan.check_pin": "by_link",
    "scan.home": "by_link",
    "scan.pin": "by_link",
    "scan.plain": "by_link",
    "scan.undo": "by_link",
    "static": "public",
}
OF_A_LINE = (
    "access",
    "add",
    "cancel",
    "cannot-come",
    "change",
    "join",
    "instead",
    "names",
    "offers",
    "pass-on",
    "split",
    "swap",
)
OF_A_RUN = ("attendance", "export", "paper", "today")  # of another session than the address says
OPEN_TO_ALL = ("/provider/register", "/provider/join/")  # the way in
OF_AN_OFFER = ("office.review", "office.offer_history", "office.offer_version")  # that waits
AT_HOME = "home@example.org"  # whose bookings somebody looks at
COUNTS_TRIES = "festival.domain.observations"


def test_every_endpoint_declares_who_may_call_it(app: Flask) -> None:
    declared = {name: getattr(view, "access", None) for name, view in app.view_functions.items()}
    assert declared == ACCESS


@dataclass
class Stage:
    """Rows that every address can be filled with."""

    app: Flask
    booking: Booking
    offer: Revision
    volunteer: Volunteer
    values: dict[str, object]
    own: dict[str, dict[str, object]]  # of one endpoint, where it means something else by a name


@pytest.fixture
def set_stage(
    app: Flask, edition: Edition, lead: Somebody, volunteer: Volunteer, administrator: Somebody
) -> Stage:
    """A published session with a booking, an offer that waits, a door that is open."""
    assert lead.user is not None
    provider = lead.user.memberships[0].provider
    session = factories.session(title="Sing Together", provider=provider)
    booking = factories.booking(occurrence_of(session), adults=2)
    factories.booking(occurrence_of(session), email=AT_HOME, name="Grace Hopper")
    mine.ask_code(booking.email)
    contact = contacts.remember(ContactKind.email, booking.email)
    offer = factories.draft(provider, lead.user)
    waiting = factories.session(published=False)
    assert session.published_revision is not None
    digest = factories.picture(session.published_revision).digest
    db.session.commit()
    values: dict[str, object] = {
        "code": session.code,
        "occurrence_id": occurrence_of(session).id,
        "digest": digest,
        "notice_id": 1,
        "reference": booking.reference,
        "reservation_id": booking.reservations[0].id,
        "kind": "svg",
        "channel": "email",
        "language": "en",
        "secret": volunteer.secret,
        "token": accounts.reset_token(app.config["SECRET_KEY"], lead.user),
        "filename": "css/festival.css",
        "waiting": waiting.code,
        "organisation": provider.slug,
        "number": 1,
        "part": "dates",
        "what": "booking",
    }
    assert session.theme is not None
    edition.questions = [{"key": "projector", "label": "A projector?"}]
    of_edition: dict[str, object] = {"slug": edition.slug, "key": "projector"}
    secret = app.config["SECRET_KEY"]
    of_provider: dict[str, object] = {
        "slug": provider.slug,
        "user_id": lead.user.id,
        "kind": "insurance",
    }
    room = occurrence_of(session).room
    of_venue: dict[str, object] = {"slug": room.venue.slug, "room_id": room.id}
    own: dict[str, dict[str, object]] = {
        "feedback.give": {"token": links.of_occurrence(secret, occurrence_of(session))},
        "feedback.thank": {"token": links.of_occurrence(secret, occurrence_of(session))},
        "mine.link": {"token": links.of_contact(secret, contact)},
        "feeds.mine": {"token": links.of_calendar(app.config["SECRET_KEY"], booking)},
        "feeds.provider": {"slug": provider.slug},
        "office.organisation": of_provider,
        "office.organisation_people": of_provider,
        "office.venue": of_venue,
        "office.edit_venue": of_venue,
        "office.edit_room": of_venue,
        "office.new_room": of_venue,
        "office.merge_venue": {"slug": _proposed(provider).slug},
        "provider.join": {"token": links.of_invitation(secret, _invited())},
        "provider.people": of_provider,
        "provider.person": of_provider,
        "provider.hand_over": of_provider,
        "provider.leave": of_provider,
        "provider.invite_person": of_provider,
        "provider.organisation": of_provider,
        "provider.change_organisation": of_provider,
        "provider.declaration": of_provider,
        "provider.talk_to_us": of_provider,
        "office.ask_to_show": of_edition,
        "office.edition": of_edition,
        "office.edition_part": of_edition,
        "office.question": of_edition,
        "office.question_list": of_edition,
        "feeds.theme": {"slug": session.theme.slug},
        "feeds.venue": {"slug": occurrence_of(session).room.venue.slug},
    }
    return Stage(app, booking, offer, volunteer, values, own)


def _proposed(provider: Provider) -> Venue:
    return factories.venue(state=VenueState.proposed, proposed_by_id=provider.id)


def _invited() -> Invitation:
    return invitations.invite(None, "new@example.org", organisation="New Group", inviter=None)


def _addresses(stage: Stage) -> list[str]:
    """Every address that can be asked for by GET, filled in; provider pages with the offer too."""
    urls = stage.app.url_map.bind("localhost")
    found = []
    for rule in stage.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        own = stage.own.get(rule.endpoint, {})
        values = {name: own.get(name, stage.values.get(name)) for name in rule.arguments}
        assert None not in values.values(), f"fill in the arguments of {rule.endpoint}"
        if rule.endpoint in OF_AN_OFFER:
            values["code"] = stage.values["waiting"]
        if rule.endpoint == "office.wording":
            values["kind"] = "booked"
        found.append(urls.build(rule.endpoint, values))
        if "code" in values and rule.endpoint not in OF_AN_OFFER:
            found.append(urls.build(rule.endpoint, {**values, "code": stage.offer.session.code}))
        if "reference" in values:
            query = urlsplit(manage_path(stage.booking)).query
            found.append(f"{found[-1]}?{query}")
    return found


def _people(stage: Stage, *somebodies: Somebody) -> list[FestivalClient]:
    basket, at_the_door = make_client(stage.app), make_client(stage.app)
    page = basket.get(f"/sessions/{stage.values['code']}/book/{stage.values['occurrence_id']}")
    basket.submit(page, "Continue", adults="1")
    page = at_the_door.get(f"/scan/open/{stage.volunteer.secret}")
    at_the_door.submit(page, "Open", pin=stage.volunteer.pin)
    asks, at_home = make_client(stage.app), make_client(stage.app)
    ask(asks)
    enter(at_home, AT_HOME)
    people = [
        make_client(stage.app),
        basket,
        at_the_door,
        asks,
        at_home,
        *(one.client for one in somebodies),
    ]
    return [*people, _program(stage.app)]


def _program(app: Flask) -> FestivalClient:
    """A program that may see everything a program may."""
    client = make_client(app)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {make_token(TokenRole.desk)}"
    return client


def test_no_get_writes(
    set_stage: Stage,
    lead: Somebody,
    other_lead: Somebody,
    reviewer: Somebody,
    administrator: Somebody,
    access_lead: Somebody,
) -> None:
    answered = set()
    for client in _people(set_stage, lead, other_lead, reviewer, administrator, access_lead):
        for address in _addresses(set_stage):
            with recorded(set_stage.app) as statements:
                answer = client.get(address)
            assert answer.status_code < 500, address
            written = {
                statement: module
                for statement, module in statements.written_by.items()
                if module != COUNTS_TRIES
            }
            assert written == {}, address
            if answer.status_code == 200:
                answered.add(address)
    unanswered = set(_addresses(set_stage)) - answered
    assert unanswered == _never_shown(set_stage)


def _never_shown(stage: Stage) -> set[str]:
    """What is right to be refused to all of them: bookings without their token, drafts in public,
    addresses that only lead elsewhere."""
    reference, code = stage.booking.reference, stage.offer.session.code
    claim = stage.values["reservation_id"]
    run = stage.values["occurrence_id"]
    return {
        f"/bookings/{reference}",
        f"/bookings/{reference}/calendar",
        f"/bookings/{reference}/calendar?{urlsplit(manage_path(stage.booking)).query}",  # leads on
        f"/bookings/{reference}/calendar.ics",
        f"/bookings/{reference}/cancel",
        f"/bookings/{reference}/contact",
        *(f"/bookings/{reference}/{one}/{claim}" for one in OF_A_LINE),
        # Only what was called off is asked about.
        f"/bookings/{reference}/instead/{claim}?{urlsplit(manage_path(stage.booking)).query}",
        # Only what is online is joined.
        f"/bookings/{reference}/join/{claim}?{urlsplit(manage_path(stage.booking)).query}",
        f"/bookings/{reference}/tickets",
        f"/bookings/{reference}/tickets.pdf",
        f"/bookings/{reference}/tickets/{claim}.svg",
        f"/office/booked/{reference}",
        f"/office/booked/{reference}?{urlsplit(manage_path(stage.booking)).query}",
        f"/provider/sessions/{code}/runs/{run}",
        *(f"/provider/sessions/{code}/runs/{run}/{one}" for one in OF_A_RUN),
        f"/provider/sessions/{code}/runs/{run}/cancel",
        f"/provider/sessions/{code}/runs/{run}/change",
        # There is a poster of what people can see, and one for a door where it is called off.
        f"/provider/sessions/{code}/poster",
        f"/provider/sessions/{code}/poster.pdf",
        *(
            f"/provider/sessions/{one}/runs/{run}/cancelled-poster{kind}"
            for one in (code, stage.values["code"])
            for kind in ("", ".pdf")
        ),
        f"/sessions/{code}",
        f"/sessions/{code}.ics",
        f"/sessions/{code}/calendar",  # leads on
        f"/sessions/{stage.values['code']}/calendar",
        f"/sessions/{code}/book/{run}",
        f"/provider/sessions/{stage.values['code']}/check",
        f"/provider/sessions/{stage.values['code']}/edit",
        f"/provider/sessions/{stage.values['code']}/edit/dates",
        f"/provider/sessions/{stage.values['code']}/place",
        "/basket",
        "/basket/check",
        # Only who has said that they have none is told what to do without it.
        f"/provider/organisation/{stage.values['organisation']}/insurance/none",
        "/scan/",
    }


def test_a_stranger_sees_nothing_of_the_team_or_of_providers(
    set_stage: Stage, stranger: Somebody
) -> None:
    for address in _addresses(set_stage):
        if address.startswith(("/office", "/provider/")) and not address.startswith(OPEN_TO_ALL):
            answer = stranger.client.get(address)
            assert answer.status_code == 302, address
            assert answer.location.startswith("/sign-in"), address


def test_what_is_not_ones_own_is_not_there(set_stage: Stage, other_lead: Somebody) -> None:
    code = set_stage.offer.session.code
    for address in _addresses(set_stage):
        if address.startswith("/office") or code in address:
            answer = other_lead.client.get(address)
            assert answer.status_code == 404, address
            assert "half-made" not in answer.words
