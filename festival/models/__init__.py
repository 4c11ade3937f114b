"""What is stored."""

from festival.models.booking import (
    Attendee,
    AttendeeKind,
    Booking,
    Channel,
    Reservation,
    ReservationState,
    TAKES_PLACES,
    Ticket,
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
    "Accompaniment",
    "Allocation",
    "AllocationKind",
    "Attempt",
    "Attendee",
    "AttendeeKind",
    "AuditEntry",
    "Booking",
    "BookingMode",
    "Channel",
    "Counter",
    "DoorPass",
    "Edition",
    "FestivalSession",
    "Membership",
    "MembershipRole",
    "Message",
    "MessageState",
    "NOT_KNOWN",
    "Occurrence",
    "OccurrenceState",
    "Office",
    "OfficeRole",
    "Postcode",
    "Provider",
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
    "TAKES_PLACES",
    "Theme",
    "Ticket",
    "User",
    "Venue",
    "Ward",
]
