"""Sessions, parties and cautions in the words of the team's and the providers' pages."""

from collections.abc import Sequence

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from festival.domain.bookings import Caution
from festival.domain.parties import Person
from festival.models import AllocationKind, AttendeeKind, FestivalSession, NoticeKind

NOTICES = {
    NoticeKind.moved: _("Moved or changed"),
    NoticeKind.cancelled: _("Cancelled"),
    NoticeKind.reinstated: _("Put on again"),
    NoticeKind.fewer_places: _("Fewer places"),
    NoticeKind.access: _("Help that is not there any more"),
}


def title(session: FestivalSession) -> str:
    """What a session is called that people can see."""
    revision = session.published_revision
    return revision.text().title if revision else session.code


def people_in_words(party: Sequence[Person]) -> str:
    """``1 adult, 2 children (7 and 10 years)``."""
    kinds = [person.kind for person in party]
    adults, children, companions, others = (kinds.count(kind) for kind in AttendeeKind)
    ages = ", ".join(str(person.age) for person in party if person.age is not None)
    young = ngettext("%(num)s child", "%(num)s children", children)
    counts = (
        (adults, ngettext("%(num)s adult", "%(num)s adults", adults)),
        (
            children,
            gettext("%(children)s (ages: %(ages)s)", children=young, ages=ages) if ages else young,
        ),
        (companions, ngettext("%(num)s companion", "%(num)s companions", companions)),
        (
            others,
            ngettext("%(num)s place for a group", "%(num)s places for a group", others),
        ),
    )
    return ", ".join(said for number, said in counts if number)


def caution_in_words(one: Caution) -> str:
    """What may go wrong for the people of a booking, in a sentence."""
    first, second = title(one.first.session), title(one.second.session)
    if one.kind == "twice":
        return gettext("They have booked %(title)s before.", title=second)
    if one.kind == "overlap":
        return gettext("%(first)s and %(second)s overlap.", first=first, second=second)
    return gettext(
        "From %(first)s to %(second)s there are %(minutes)s minutes. The way takes about "
        "%(needed)s minutes.",
        first=first,
        second=second,
        minutes=one.minutes,
        needed=one.needed,
    )


def share(kind: AllocationKind) -> str:
    """For whom a share of the places is."""
    return {
        AllocationKind.public: gettext("Everybody"),
        AllocationKind.phone: gettext("Phone and counter"),
        AllocationKind.partner: gettext("Partners"),
        AllocationKind.access: gettext("Access reserve"),
        AllocationKind.walk_up: gettext("At the door"),
        AllocationKind.phase: gettext("Opens later"),
    }[kind]
