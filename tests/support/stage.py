"""The stage of one organisation: rows of everything there is, with which every address of the
application can be filled in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from festival.delivery import booking_rules
from festival.domain import (
    accounts,
    announcements,
    bookings,
    clock,
    contacts,
    door,
    links,
    mine,
    review,
    running,
    sending,
    venues,
)
from festival.domain.announcements import Words
from festival.domain.bookings import Asked, Contact, Who, Wish
from festival.domain.channels import CALL
from festival.domain.providers import invitations
from festival.extensions import db
from festival.models import (
    Booking,
    ContactKind,
    DeclarationKind,
    Edition,
    MembershipRole,
    Message,
    MessageState,
    Occurrence,
    Provider,
    Reservation,
    ShiftRole,
    User,
    Venue,
    VenueState,
)
from tests import factories
from tests.factories import occurrence_of

Values = dict[str, Any]
SECRETS = ("secret", "token")
REASON = "The heating has failed."


@dataclass(eq=False)
class Stage:
    """A session with a booking, a draft, an offer that waits; a door that is open.

    What nobody but its own people (and the team) may read has ``mark`` in its words.
    """

    app: Flask
    edition: Edition
    provider: Provider
    lead: User
    team: User  # who has looked at what was offered
    mark: str = "Kestrel"
    starts_at: datetime | None = None
    values: Values = field(default_factory=dict)
    under: dict[str, Values] = field(default_factory=dict)  # of addresses that begin so
    own: dict[str, Values] = field(default_factory=dict)  # of one endpoint
    other: dict[str, Values] = field(default_factory=dict)  # what is a draft, what waits

    def __post_init__(self) -> None:
        self.session = factories.session(
            title="Sing Together", provider=self.provider, starts_at=self.starts_at
        )
        self.run = occurrence_of(self.session)
        self.place = self.run.room.venue
        self.online = self._one_more(venue=factories.venue(is_online=True))
        self.gone = self._one_more(venue=self.place)
        runs = (self.run, self.online, self.gone)
        self.booking = self.book(f"{self.mark.lower()}@example.org", *runs)
        self.at_home = self.book(f"home.{self.mark.lower()}@example.org", self.run)
        (self.notice,) = running.cancel_runs([self.gone.id], REASON, actor=self.lead)
        self.draft = factories.draft(self.provider, self.lead, title=f"{self.mark}, half-made")
        self.waiting = factories.session(
            published=False, provider=self.provider, title=f"{self.mark} waits"
        )
        self.door_pass, self.secret, self.pin = factories.door_pass(
            self.place, until_at=self.run.ends_at + timedelta(hours=1)
        )
        self.phone, _key = door.pair(self.door_pass)
        self.shift = door.make_shift(
            venue=self.place,
            volunteer="Sam",
            role=ShiftRole.door,
            from_at=clock.now(),
            until_at=self.run.ends_at,
            actor=self.team,
        ).shift
        self.edition.questions = [{"key": "projector", "label": "A projector?"}]
        db.session.flush()
        self._fill()

    # --- its addresses

    def address(self, rule: Rule, *, guessed: bool = False, **instead: Any) -> str:
        """The address of this rule, filled in; ``guessed`` by who does not know its secret."""
        known = self.values.copy()
        for start, values in self.under.items():
            known |= values if rule.rule.startswith(start) else {}
        known |= self.own.get(rule.endpoint, {}) | instead
        missing = [name for name in rule.arguments if name not in known]
        assert not missing, f"fill in {missing} of {rule.endpoint}"
        for name in SECRETS if guessed else ():
            known[name] = _another(known[name])
        built = rule.build({name: known[name] for name in rule.arguments}, append_unknown=False)
        assert built is not None, f"{rule.endpoint} does not take {known}"
        return built[1]

    def opens(self, purpose: str = links.MANAGE) -> str:
        """The part of a booking's link that proves whose it is."""
        return links.token(self.app.config["SECRET_KEY"], self.booking, purpose)

    def _fill(self) -> None:
        assert self.session.published_revision is not None
        waits, secret = self.waiting.revisions[-1], self.app.config["SECRET_KEY"]
        self.values |= {
            "code": self.session.code,
            "occurrence_id": self.run.id,
            "reservation_id": self._claim(self.run).id,
            "reference": self.booking.reference,
            "digest": factories.picture(self.session.published_revision).digest,
            "number": 1,
            "part": "dates",
            "kind": "svg",
            "what": "booking",
            "filename": "css/festival.css",
            "secret": self.secret,
            "token": accounts.reset_token(secret, self.lead),
        }
        self.other |= {
            "draft": {
                "code": self.draft.session.code,
                "digest": factories.picture(self.draft).digest,
            },
            "waiting": {"code": self.waiting.code, "digest": factories.picture(waits).digest},
        }
        self._fill_people(secret)
        self._fill_team()
        run = links.of_occurrence(secret, self.run)
        self.own |= {
            "bookings.instead": {"reservation_id": self._claim(self.gone).id},
            "bookings.come_instead": {"reservation_id": self._claim(self.gone).id},
            "bookings.join": {"reservation_id": self._claim(self.online).id},
            "bookings.join_it": {"reservation_id": self._claim(self.online).id},
            "feeds.mine": {"token": links.of_calendar(secret, self.booking)},
            "feeds.provider": {"slug": self.provider.slug},
            "feeds.theme": {"slug": self.session.theme and self.session.theme.slug},
            "feeds.venue": {"slug": self.place.slug},
            "saved.shared": {"codes": self.session.code},
            "office.set_meeting": {"occurrence_id": self.online.id},
            "office.undo_change": {"occurrence_id": self.gone.id, "notice_id": self.notice.id},
            "provider.cancelled_poster": {"occurrence_id": self.gone.id},
            "provider.cancelled_poster_file": {"occurrence_id": self.gone.id},
            "provider.set_meeting": {"occurrence_id": self.online.id},
            "provider.undo_change": {"occurrence_id": self.gone.id, "notice_id": self.notice.id},
        }
        self.under["/feedback/"] = {"token": run}

    def _fill_people(self, secret: str) -> None:
        factories.declaration(self.provider, DeclarationKind.insurance, holder=self.mark)
        invited = invitations.invite(
            self.edition,
            f"new.{self.mark.lower()}@example.org",
            provider=self.provider,
            role=MembershipRole.editor,
            inviter=self.lead,
        )
        mine.ask_code(self.booking.email)
        contact = contacts.remember(ContactKind.email, self.booking.email)
        organisation: Values = {
            "slug": self.provider.slug,
            "kind": "insurance",
            "user_id": self.lead.id,
            "invitation_id": invited.id,
        }
        self.under |= {
            "/bookings/mine/link/": {"token": links.of_contact(secret, contact)},
            "/provider/join/": {"token": links.of_invitation(secret, invited)},
            "/provider/organisation": organisation,
            "/provider/people": organisation,
            "/office/organisations": organisation,
        }

    def _fill_team(self) -> None:
        proposed = factories.venue(state=VenueState.proposed, proposed_by_id=self.provider.id)
        day = self.edition.ends_on
        closure = venues.add_closure(self.place, day, day, "Stocktaking", actor=self.team)
        comment = review.comment(
            self.waiting.revisions[-1], "", f"{self.mark}: why so long?", author=self.team
        )
        words = announcements.announce(
            self.run.id,
            Words("words", own=f"{self.mark}: come in by the garden gate."),
            key=self.mark,
            actor=self.lead,
        )
        refused, call = _refuse(self.at_home)
        self.under |= {
            "/office/addresses": {
                "contact_id": contacts.remember(ContactKind.email, self.at_home.email).id
            },
            "/office/announcements": {"announcement_id": words.id},
            "/office/calls": {"call_id": call.id},
            "/office/conflicts": {"number": self.booking.reservations[0].ticket.number},
            "/office/door-passes": {"pass_id": self.door_pass.id},
            "/office/door-phones": {"device_id": self.phone.id},
            "/office/shifts": {"shift_id": self.shift.id},
            "/office/editions": {"slug": self.edition.slug, "key": "projector"},
            "/office/offers": {"code": self.waiting.code, "comment_id": comment.id},
            "/office/other-forms": {
                "request_id": factories.form_request(contact=f"{self.mark} Lane 1").id
            },
            "/office/outbox": {"message_id": refused.id},
            "/office/venues": {
                "slug": self.place.slug,
                "room_id": self.run.room_id,
                "closure_id": closure.id,
            },
            "/office/wishes": {"wish_id": factories.wish(words=f"{self.mark}: knots").id},
            "/office/wordings": {"kind": "booked", "channel": "email", "language": "en"},
        }
        for endpoint in ("list_venue", "merge_it", "merge_venue"):
            self.own[f"office.{endpoint}"] = {"slug": proposed.slug}

    # --- its rows

    def _one_more(self, *, venue: Venue) -> Occurrence:
        room = factories.room(venue=venue)
        return factories.occurrence(self.session, room=room, starts_at=self.run.starts_at)

    def book(self, email: str, *runs: Occurrence, who: Who | None = None) -> Booking:
        """A booking by somebody who needs something."""
        asked = Asked(note=f"{self.mark}: a chair with arms", consent=True)
        return bookings.book(
            wishes=[Wish(one.id, factories.party(2), asked=asked) for one in runs],
            contact=Contact(f"{self.mark} Lovelace", email, "01902 550000"),
            rules=booking_rules(),
            who=who or Who(),
        )

    def _claim(self, run: Occurrence) -> Reservation:
        (found,) = [one for one in self.booking.reservations if one.occurrence_id == run.id]
        return found


def _refuse(booking: Booking) -> tuple[Message, Message]:
    """A mail to who booked came back: the mail, and the call that somebody has to make instead."""
    query = sa.select(Message).where(Message.booking_id == booking.id).order_by(Message.id)
    mail = db.session.scalars(query).first()
    assert mail is not None
    mail.state = MessageState.leased
    sending.mark_failed(mail, "550 5.1.1 No such person", refused=True)
    db.session.flush()
    call = next(one for one in db.session.scalars(query) if one.channel == CALL)
    return mail, call


def _another(secret: str) -> str:
    """The same but for its last letter, however it is spelt."""
    return secret[:-1] + ("a" if secret[-1] not in "aA" else "b")
