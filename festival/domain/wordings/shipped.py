"""The words that come with the system. Each paragraph is a message of the catalogue, so that
translators see whole sentences."""

from collections.abc import Mapping
from dataclasses import dataclass

from festival.domain.errors import N_
from festival.domain.wordings.kinds import EMAIL, SMS


@dataclass(frozen=True)
class Shipped:
    """A subject (none for SMS), and the paragraphs of a body."""

    subject: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        return "\n\n".join(self.paragraphs)


HELLO = N_("Hello {name},")
REFERENCE = N_("Your reference: {reference}")
NEW_TICKET = N_("There is a new ticket in this email. Please use it instead of the old one.")
SHOW_TICKETS = N_("{tickets: Show my tickets}")
CHANGE_IT = N_("{manage: Change or cancel my booking}")
SEE_IT = N_("{manage: See my booking}")
WELCOME = N_("You are always welcome to book something else.")
LOOK = N_("{programme: Look at the programme}")
DETAILS = "{details}"

EMAILS: Mapping[str, Shipped] = {
    "booked": Shipped(
        N_("Your booking {reference}: {title}"),
        (
            HELLO,
            N_("Your places are booked."),
            REFERENCE,
            DETAILS,
            N_("Show your ticket at the door. It is in this email. Your reference works as well."),
            SHOW_TICKETS,
            CHANGE_IT,
        ),
    ),
    "changed": Shipped(
        N_("your booking {reference}: {title}"),
        (
            HELLO,
            N_("Your booking {reference} has changed. This is how it is now:"),
            DETAILS,
            NEW_TICKET,
            SHOW_TICKETS,
            CHANGE_IT,
        ),
    ),
    "cancelled": Shipped(
        N_("your booking {reference}: {title}"),
        (
            HELLO,
            N_("Your places are cancelled. You do not need to do anything."),
            REFERENCE,
            DETAILS,
            N_("Thank you for telling us."),
            WELCOME,
            LOOK,
        ),
    ),
    "reminded": Shipped(
        N_("Your booking reference is {reference}"),
        (
            HELLO,
            N_("You asked us to send your booking reference again."),
            REFERENCE,
            DETAILS,
            N_("{manage: See your tickets or change your booking}"),
            N_("Did you not ask for this? Then you can ignore it."),
        ),
    ),
    "waiting": Shipped(
        N_("You are on the waiting list: {title} ({reference})"),
        (
            HELLO,
            N_("You are on the waiting list. You do not have places yet."),
            REFERENCE,
            DETAILS,
            N_(
                "When places come free, we write to you. You then have time to say yes or no. "
                "You do not need to sign in."
            ),
            SEE_IT,
        ),
    ),
    "offered": Shipped(
        N_("Places for you, please answer: {title} ({reference})"),
        (
            HELLO,
            N_("Good news: places have come free, and it is your turn."),
            REFERENCE,
            DETAILS,
            "{answer}",
            N_(
                "Say no thanks if you cannot come: then the next in line can. "
                "If you do not answer in time, the places go to them too."
            ),
            SEE_IT,
        ),
    ),
    "offer_over": Shipped(
        N_("Stay in line? {title} ({reference})"),
        (
            HELLO,
            N_(
                "We had places for you, but we did not hear from you in time. "
                "They went to whoever was next."
            ),
            DETAILS,
            N_(
                "Do you want to stay in line? You keep your turn. "
                "Until you say yes, we do not offer you places."
            ),
            "{answer}",
            REFERENCE,
        ),
    ),
    "place_free": Shipped(
        N_("Places are free, first come: {title} ({reference})"),
        (
            HELLO,
            N_(
                "Places have come free for a session you wait for. It starts soon, so we keep "
                "them for nobody: whoever is first has them."
            ),
            DETAILS,
            "{book}",
            N_("You can also just come and ask at the door."),
            REFERENCE,
        ),
    ),
    "swapped": Shipped(
        N_("your booking {reference}: now {title}"),
        (
            HELLO,
            N_("You have moved. These are your places now:"),
            REFERENCE,
            DETAILS,
            N_("You gave up your places here:"),
            "{given_up}",
            NEW_TICKET,
            SHOW_TICKETS,
            CHANGE_IT,
        ),
    ),
    "passed_on": Shipped(
        N_("You gave your places to somebody else: {title} ({reference})"),
        (
            HELLO,
            N_("You gave these places to somebody else. They have a booking of their own now."),
            REFERENCE,
            DETAILS,
            N_("Your ticket for this does not work any more. Please throw it away."),
            SEE_IT,
        ),
    ),
    "reminder": Shipped(
        N_("Reminder: {title}, {when} ({reference})"),
        (
            HELLO,
            N_("Your session is {how_soon}. We look forward to seeing you."),
            DETAILS,
            "{getting_there}",
            "{bring}",
            "{expect}",
            N_("Show your ticket at the door, or say your reference: {reference}"),
            SHOW_TICKETS,
            N_("Cannot come? Please tell us. It takes one press, and somebody else can come."),
            "{cannot_come}",
        ),
    ),
    "joining": Shipped(
        N_("Your link to join: {title}, {when} ({reference})"),
        (
            HELLO,
            N_("Your online session is {how_soon}. This is how you join:"),
            "{join}",
            DETAILS,
            "{bring}",
            "{expect}",
            N_("The link is for you. Please do not share it."),
            "{cannot_come}",
        ),
    ),
    "changed_by_us": Shipped(
        N_("{title}, {when} ({reference})"),
        (
            HELLO,
            N_("We are sorry. We had to change something about your session:"),
            "{change}",
            "{reason}",
            N_("Nothing else has changed. Your reference stays the same: {reference}"),
            SHOW_TICKETS,
            N_("Does it not suit you any more? You can move to another date, or tell us."),
            N_("{manage: See my booking, or move to another date}"),
            "{cannot_come}",
        ),
    ),
    "access_changed": Shipped(
        N_("{title}, {when} ({reference})"),
        (
            HELLO,
            N_("We are sorry. We told you of something that is not there any more:"),
            "{lost}",
            "{reason}",
            DETAILS,
            N_("Do you need it to take part? Please tell us, and we look for a way together."),
            N_("{manage: See my booking, or move to another date}"),
            "{cannot_come}",
        ),
    ),
    "announcement": Shipped(
        N_("Please read: {title}, {when} ({reference})"),
        (
            HELLO,
            N_("There is something you should know about what you have booked:"),
            "{announcement}",
            DETAILS,
            REFERENCE,
            SEE_IT,
        ),
    ),
    "fewer_places": Shipped(
        N_("Fewer places: {title} ({reference})"),
        (
            HELLO,
            N_(
                "This session has fewer places now. You are still in line, but it is less likely "
                "that a place comes free for you."
            ),
            DETAILS,
            "{reason}",
            N_("You need do nothing. You may like something else as well."),
            LOOK,
        ),
    ),
    "withdrawn": Shipped(
        N_("{title} ({reference})"),
        (
            HELLO,
            N_("We are sorry. This is called off, and does not take place:"),
            DETAILS,
            "{reason}",
            N_("You need do nothing. Please do not come."),
            "{alternatives}",
            REFERENCE,
            WELCOME,
            LOOK,
        ),
    ),
    "reinstated": Shipped(
        N_("It takes place after all: {title} ({reference})"),
        (
            HELLO,
            N_(
                "We told you that this was called off. That was wrong, and we are sorry. "
                "It takes place after all, and you have again what you had:"
            ),
            REFERENCE,
            DETAILS,
            NEW_TICKET,
            SHOW_TICKETS,
            CHANGE_IT,
        ),
    ),
    "thanks": Shipped(
        N_("Thank you for coming: {title}"),
        (
            HELLO,
            N_("Thank you for coming. How was it? It takes a minute, and nobody sees who you are."),
            "{feedback}",
            N_("We hope to see you again."),
            LOOK,
        ),
    ),
    "bookings_code": Shipped(
        N_("Your code: {code}"),
        (
            N_("Hello,"),
            N_("You asked to see your bookings. Type this code where you asked for it:"),
            N_("{code}"),
            N_("Or press this link. The code and the link work for {minutes} minutes."),
            N_("{code_link: See my bookings}"),
            N_("Did you not ask for this? Then you can ignore it. Do not tell anybody the code."),
        ),
    ),
}
TEXTS: Mapping[str, Shipped] = {
    kind: Shipped("", (body,))
    for kind, body in {
        "booked": N_("Booked: {title}, {when}, {where}. {people}. Your reference: {reference}"),
        "offered": N_("{title}: places for you. Answer by {until}: {answer}"),
        "offer_over": N_("{title}: stay in line? Please say so here: {answer}"),
        "place_free": N_("{title}, {when}: places free, first come. Book: {book}"),
        "reminder": N_(
            "{how_soon}: {title}, {when}, {where}. Reference {reference}. "
            "Cannot come? Tell us: {help_phone}"
        ),
        "joining": N_("{title}, {when}. Join here: {join}"),
        "changed_by_us": N_(
            "CHANGED: {title} is now {when}, {where}. Reference {reference}. Help: {help_phone}"
        ),
        "announcement": N_("{title}, {when}: {announcement_text} Help: {help_phone}"),
        "withdrawn": N_(
            "CANCELLED: {title}, {when}. We are sorry. Do not come. "
            "Reference {reference}. Help: {help_phone}"
        ),
        "reinstated": N_(
            "{title}, {when}, {where} takes place after all. You have again what you had. "
            "Reference {reference}"
        ),
    }.items()
}
SHIPPED: Mapping[tuple[str, str], Shipped] = {
    **{(kind, EMAIL): one for kind, one in EMAILS.items()},
    **{(kind, SMS): one for kind, one in TEXTS.items()},
}
