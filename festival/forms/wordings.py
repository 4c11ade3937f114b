"""The words of a message as the team types them."""

from flask_babel import lazy_gettext as _

from festival.domain import wordings, words
from festival.domain.wordings.editing import MOST_BODY, MOST_SUBJECT
from festival.forms.base import Form, text


class WordingForm(Form):
    """Subject and body; whether they can be sent is for the domain to say."""

    subject = text(_("Subject"), limit=MOST_SUBJECT)
    body = text(
        _("Words"),
        hint=_("An empty line begins a new paragraph. A line that begins with a dash is a list."),
        limit=MOST_BODY,
        area=True,
    )
    number = text(_("Send a test to this mobile number"), limit=30)

    @classmethod
    def of(
        cls, channel: str, language: str, *, texts: bool, subject: str = "", body: str = ""
    ) -> "WordingForm":
        """Filled in with these words, until others are typed. ``texts``: SMS can be sent."""
        form = cls(data={"subject": subject, "body": body})
        if channel == wordings.SMS:
            del form.subject
        if channel == wordings.EMAIL or not texts:
            del form.number
        written = {"lang": language, "dir": words.direction(language)}
        for name in {"subject", "body"} & {*form._fields}:
            form[name].render_kw = {"params": {"attributes": written}}
        form.body.render_kw["params"]["rows"] = 18 if channel == wordings.EMAIL else 5
        return form

    @property
    def typed_words(self) -> dict[str, str]:
        """The subject (none for SMS) and the body as they were typed."""
        subject = self.subject.data if "subject" in self else ""
        return {"subject": subject or "", "body": (self.body.data or "").replace("\r\n", "\n")}
