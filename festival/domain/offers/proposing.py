"""What is public of a session, as its provider would have typed it: where a change begins."""

from typing import Any

from festival.domain.offers.offer import HELP, WORDING
from festival.models import FestivalSession


def proposal_of(session: FestivalSession) -> dict[str, Any]:
    """The fields of the offer's form, filled with what the public reads of this session. Its
    dates are not among them: those that stand are changed on their own pages."""
    text = session.published_revision.text() if session.published_revision else None
    run = session.occurrences[0] if session.occurrences else None
    access = dict.fromkeys(HELP, "no") | dict.fromkeys(session.access_not_known, "unknown")
    access |= {name: "yes" for name in session.access if name in HELP}
    return {
        **{name: getattr(text, name, "") or "" for name in WORDING},
        "theme": _typed(session.theme_id),
        "format": session.format.value,
        "delivery_languages": list(session.delivery_languages),
        "access": [name for name in session.access if name not in HELP],
        **{access_field(name): answer for name, answer in access.items()},
        "age_min": _typed(session.age_min),
        "age_max": _typed(session.age_max),
        "accompaniment": session.accompaniment.value,
        "adults_take_places": "yes" if session.accompanying_adults_take_places else "no",
        "children_per_adult": _typed(session.children_per_adult),
        "most_places": _typed(session.most_places),
        "charge": session.charge,
        "room": _typed(run.room_id if run else None),
        "capacity": _typed(run.capacity if run else None),
        "booking_mode": run.booking_mode.value if run else "required",
        **{f"answer_{key}": answer for key, answer in session.answers.items()},
    }


def access_field(name: str) -> str:
    """The name of the form's field that asks for this help."""
    return "access_" + name.lower().replace(" ", "_")


def _typed(number: int | None) -> str:
    return "" if number is None else str(number)
