"""Days, times and names in the words people read."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

LONDON = ZoneInfo("Europe/London")
ENGLISH = "en"
# The languages we write to people in, each by the name its readers know.
LANGUAGES: Mapping[str, str] = {
    ENGLISH: "English",
    "pa": "ਪੰਜਾਬੀ",
    "ur": "اردو",
    "pl": "Polski",
    "ro": "Română",
    "gu": "ગુજરાતી",
    "ar": "العربية",
    "ckb": "کوردیی ناوەندی",
    "pt": "Português",
}
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "sd", "ur"})
# What belongs to the surname when it stands before it, as people here say it and look it up.
PARTICLES = frozenset(
    {
        *("al", "bin", "bint", "da", "de", "del", "della", "den", "der", "di", "dos", "du"),
        *("el", "ibn", "la", "le", "san", "st", "ter", "van", "von"),
    }
)
# What comes after a surname and is none.
AFTER_SURNAMES = frozenset({"jr", "jnr", "sr", "snr", "ii", "iii", "iv"})
# Letters that are not made of another and an accent; a list has them beside that one.
BESIDE = str.maketrans("łøđħı", "lodhi")


def direction(language: str) -> str:
    """``rtl`` or ``ltr``: where the writing of this language begins."""
    return "rtl" if language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr"


def day(value: date | datetime, zone: ZoneInfo | None = None, language: str = "en_GB") -> str:
    """``Tuesday 8 June 2027``; a datetime is taken to the zone (London by default) first."""
    local = value.astimezone(zone or LONDON).date() if isinstance(value, datetime) else value
    return format_date(local, "EEEE d MMMM y", locale=language)


def hour(value: datetime, zone: ZoneInfo | None = None) -> str:
    """``1pm``, ``2:30pm``, ``midday``, ``midnight``, in the zone."""
    local = value.astimezone(zone or LONDON)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    half = "am" if local.hour < 12 else "pm"
    number = local.hour % 12 or 12
    return f"{number}:{local.minute:02d}{half}" if local.minute else f"{number}{half}"


def range_of_hours(starts_at: datetime, ends_at: datetime, zone: ZoneInfo | None = None) -> str:
    """``1pm to 2:30pm``, in the zone."""
    return f"{hour(starts_at, zone)} to {hour(ends_at, zone)}"


def when(starts_at: datetime, ends_at: datetime, zone: ZoneInfo | None = None) -> str:
    """``Tuesday 8 June 2027, 1pm to 2:30pm``; both days where it ends on another."""
    zone = zone or LONDON
    ends_on = (ends_at - timedelta(seconds=1)).astimezone(zone).date()
    if starts_at.astimezone(zone).date() == ends_on:
        return f"{day(starts_at, zone)}, {range_of_hours(starts_at, ends_at, zone)}"
    return f"{moment(starts_at, zone)} to {moment(ends_at, zone)}"


def moment(value: datetime, zone: ZoneInfo | None = None) -> str:
    """``Monday 10 May 2027, 10am``."""
    return f"{day(value, zone)}, {hour(value, zone)}"


def brief(value: datetime, zone: ZoneInfo | None = None) -> str:
    """``Sat 5 Jun 1pm``: where there is little room."""
    local = value.astimezone(zone or LONDON)
    return f"{format_date(local.date(), 'EEE d MMM', locale='en_GB')} {hour(value, zone)}"


def when_abroad(
    starts_at: datetime, ends_at: datetime, zone: ZoneInfo | None, language: str
) -> str:
    """The same as people write it who read this language. From right to left, hours are in
    numbers alone: Latin letters among them would change their order."""
    first, last = (value.astimezone(zone or LONDON) for value in (starts_at, ends_at))
    hours, comma = ("HH:mm", "، ") if direction(language) == "rtl" else ("short", ", ")

    def said(value: datetime) -> str:
        return comma.join((format_date(value.date(), "full", language), hour_of(value)))

    def hour_of(value: datetime) -> str:
        return format_time(value.time(), hours, locale=language)

    same_day = first.date() == (last - timedelta(seconds=1)).date()
    return f"{said(first)} – {hour_of(last) if same_day else said(last)}"


def direction_of(text: str) -> str:
    """The direction of a name whose language nobody said: that of its first letter."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return (
        "rtl"
        if next((one for one in kinds if one in ("L", "R", "AL")), "L") in ("R", "AL")
        else "ltr"
    )


def surname_first(name: str) -> tuple[str, str]:
    """The surname, with what belongs before it ("van Dijk"), and the rest. The last word is the
    surname, or the first where a comma follows it; one word alone is."""
    before, _comma, after = (part.split() for part in name.partition(","))
    if before and after and all(_is_one_of(word, PARTICLES) for word in before[:-1]):
        return " ".join(before), " ".join(after)
    words = name.split()
    end = len(words)
    while end > 1 and _is_one_of(words[end - 1], AFTER_SURNAMES):
        end -= 1
    first = max(end - 1, 0)
    while first > 1 and _is_one_of(words[first - 1], PARTICLES):
        first -= 1
    return " ".join(words[first:end]).rstrip(","), " ".join(words[:first] + words[end:])


def _is_one_of(word: str, words: frozenset[str]) -> bool:
    return word.lower().strip(".,") in words


def by_surname(name: str) -> tuple[str, str]:
    """What a list of names is ordered by: the surname as it is shown, then all of the name;
    letters with accents beside those without."""
    surname = surname_first(name)[0]
    return fold(surname.lower().translate(BESIDE)), fold(name.lower().translate(BESIDE))


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes and doubled spaces: for comparing names."""
    bare = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("\u2019", "")
    kept = (
        " " if is_separator(letter) else letter
        for letter in bare
        if not unicodedata.combining(letter)
    )
    return " ".join("".join(kept).split())


def is_separator(letter: str) -> bool:
    """Whether this is punctuation, a space, a symbol or a control: nothing of a name."""
    return unicodedata.category(letter)[0] in "PZSC"
