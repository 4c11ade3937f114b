"""What made-up sessions are called, and what is said of them."""

from festival.domain.demonstration.synthetic.chance import Chance
from festival.domain.demonstration.synthetic.kinds import Kind

# What can be learned, by theme.
TOPICS = {
    "Try something new": ("juggling", "calligraphy", "bell ringing", "signing a song"),
    "Digital": ("your phone's camera", "video calls", "spreadsheets", "staying safe online"),
    "Languages": ("everyday Polish", "Urdu script", "Spanish for travel", "British Sign Language"),
    "Health and wellbeing": ("better sleep", "chair yoga", "first aid", "breathing for calm"),
    "Careers": ("writing a CV", "job interviews", "starting a business", "volunteering"),
    "Food": ("soda bread", "dosas", "cooking with beans", "jam from the hedge"),
    "Arts and crafts": ("lino printing", "crochet", "watercolours", "paper folding"),
    "Music": ("the ukulele", "the dhol", "singing in parts", "writing a song"),
    "History": ("your family's past", "canal stories", "old maps", "locks and keys"),
    "Repair": ("mending clothes", "fixing a bicycle", "sharpening tools", "simple wiring"),
    "Nature": ("bird song", "pond life", "wild flowers", "growing tomatoes"),
    "Science": ("the night sky", "kitchen chemistry", "building a bridge", "how magnets work"),
    "City and climate": ("saving energy", "reading a bus map", "rain gardens", "counting traffic"),
    "Money": ("a budget that works", "reading a bill", "saving a little", "pensions"),
    "Sport": ("table tennis", "walking football", "bhangra steps", "Nordic walking"),
    "Reading": ("reading aloud", "poems in a pocket", "choosing a book", "telling a story"),
    "Maths": ("numbers without fear", "puzzles", "measuring", "helping with homework"),
}
FORMS = ("a first taste of {}", "{} for beginners", "an hour of {}", "{} together")
ON_HAND = ("There is somebody to ask all the time.", "We go slowly, with a break for tea.")


def texts_of(chance: Chance, theme: str, kind: Kind, venue: str, room: str) -> dict[str, str]:
    """The English wording of one session."""
    topic = chance.one_of(TOPICS[theme])
    title = chance.one_of(FORMS).format(topic)
    return {
        "title": title[0].upper() + title[1:],
        "summary": f"Come and try {topic}. You do not need to know anything before.",
        "description": (
            f"We show you {topic} step by step, and you have a go yourself. "
            f"{chance.one_of(ON_HAND)}\n\nIt is for {kind.audience}. It is free."
        ),
        "what_to_bring": "Nothing: all you need is there.",
        "what_next": f"You will be able to go on with {topic} at home.",
        "meeting_point": f"Come to the front door of {venue} and ask for the {room}.",
        "access_note": chance.one_of(("", "", "Ask us about access and we will ring you back.")),
    }
