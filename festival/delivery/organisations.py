"""Mail about organisations: who is invited, who registers, what the team says to them."""

from typing import Any

from flask import current_app
from flask_babel import gettext

from festival.delivery.addresses import address
from festival.delivery.letters import NoLongerTrue
from festival.domain import clock, editions, links
from festival.domain.call.deadline import unfinished
from festival.domain.providers import invitations
from festival.domain.providers.invitations import How
from festival.extensions import db
from festival.models import Edition, Invitation, MembershipRole, Message, Provider, User


def of_invitation(message: Message) -> tuple[str, dict[str, Any]]:
    """The link that lets one person in. Raises NoLongerTrue when it would let nobody in."""
    invitation = db.session.get(Invitation, message.facts["invitation"])
    if invitation is None or invitations.how(invitation, clock.now()) != How.open:
        raise NoLongerTrue("the invitation is over")
    organisation = invitation.provider.name if invitation.provider else invitation.organisation
    inviter = invitation.created_by_id and db.session.get(User, invitation.created_by_id)
    token = links.of_invitation(current_app.config["SECRET_KEY"], invitation)
    return organisation or gettext("offer a session"), {
        "name": invitation.name,
        "organisation": organisation,
        "is_new": invitation.provider is None,
        "at_door": invitation.role == MembershipRole.door,
        "inviter": inviter.name if inviter else "",
        "until": invitation.until_at,
        "link": address("provider.join", token=token),
    }


def of_provider(message: Message) -> tuple[str, dict[str, Any]]:
    """What the team says to an organisation. Raises NoLongerTrue when it is gone."""
    provider = db.session.get(Provider, message.facts["provider"])
    if provider is None:
        raise NoLongerTrue("the organisation is gone")
    return provider.name, {
        "name": message.facts["name"],
        "provider": provider,
        "link": address("provider.home"),
    }


def of_call(message: Message) -> tuple[str, dict[str, Any]]:
    """That the team asks for sessions. Raises NoLongerTrue when none can be sent in."""
    title, facts = of_provider(message)
    edition = editions.current()
    if edition is None or not _takes_sessions(edition):
        raise NoLongerTrue("the call is over")
    return title, facts | {
        "until": edition.submissions_close_at,
        "drafts": _drafts(facts["provider"], edition),
        "again_link": address("provider.offer_again"),
    }


def of_deadline(message: Message) -> tuple[str, dict[str, Any]]:
    """That drafts wait to be sent in, and until when. Raises NoLongerTrue when there are none."""
    title, facts = of_call(message)
    if not facts["drafts"]:
        raise NoLongerTrue("everything is sent in")
    return title, facts


def _takes_sessions(edition: Edition) -> bool:
    """Whether the call is not over; it may begin later."""
    end = edition.submissions_close_at
    return end is None or clock.now() < end


def _drafts(provider: Provider, edition: Edition) -> list[tuple[str, str]]:
    """Title and address of each draft that was not sent in."""
    return [
        (
            one.text().title or gettext("A session without a title"),
            address("provider.show", code=one.session.code),
        )
        for one in unfinished(provider, edition)
    ]
