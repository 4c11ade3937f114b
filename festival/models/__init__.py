"""What is stored."""

from festival.models.api import (
    ApiToken,
    IdempotencyKey,
    TokenRole,
)
from festival.models.booking import (
    TAKES_PLACES,
    AccessRequest,
    Attendee,
    AttendeeKind,
    Booking,
    Channel,
    Reservation,
    ReservationState,
    Ticket,
    UnmetDemand,
)
from festival.models.contact import (
    Contact,
    ContactKind,
    Feedback,
    Prefers,
    Reminders,
)
from festival.models.door import (
    DoorPass,
    Scan,
    ScanKind,
)
from festival.models.edition import (
    Counter,
    Edition,
    Postcode,
    Theme,
    Ward,
)
from festival.models.message import (
    Attempt,
    AuditEntry,
    Message,
    MessageState,
    Wording,
)
from festival.models.people import (
    Membership,
    MembershipRole,
    Office,
    OfficeRole,
    User,
)
from festival.models.programme import (
    Accompaniment,
    Allocation,
    AllocationKind,
    BookingMode,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    RevisionState,
    RevisionText,
    SessionFormat,
    SessionState,
)
from festival.models.provider import (
    Provider,
)
from festival.models.venue import (
    NOT_KNOWN,
    Room,
    Venue,
)

__all__ = [
    "NOT_KNOWN",
    "TAKES_PLACES",
    "AccessRequest",
    "Accompaniment",
    "Allocation",
    "AllocationKind",
    "ApiToken",
    "Attempt",
    "Attendee",
    "AttendeeKind",
    "AuditEntry",
    "Booking",
    "BookingMode",
    "Channel",
    "Contact",
    "ContactKind",
    "Counter",
    "DoorPass",
    "Edition",
    "Feedback",
    "FestivalSession",
    "IdempotencyKey",
    "Membership",
    "MembershipRole",
    "Message",
    "MessageState",
    "Occurrence",
    "OccurrenceState",
    "Office",
    "OfficeRole",
    "Postcode",
    "Prefers",
    "Provider",
    "Reminders",
    "Reservation",
    "ReservationState",
    "Revision",
    "RevisionState",
    "RevisionText",
    "Room",
    "Scan",
    "ScanKind",
    "SessionFormat",
    "SessionState",
    "Theme",
    "Ticket",
    "TokenRole",
    "UnmetDemand",
    "User",
    "Venue",
    "Ward",
    "Wording",
]
