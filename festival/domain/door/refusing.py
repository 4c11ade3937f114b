"""Why a door does not open, or lets nobody in."""

from festival.domain.errors import DomainError


class PassRefused(DomainError):
    """This pass does not open the door, or not now."""

    reason = "pass_refused"


class OverLegal(DomainError):
    """More people than the room may hold by law."""

    reason = "over_legal"


class NothingToAdmit(DomainError):
    """Nobody, or more people than the ticket still lets in."""

    reason = "nothing_to_admit"
