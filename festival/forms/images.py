"""A session's picture, and the words for who cannot see it."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf.form import _Auto, _is_submitted
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import FileField

from festival.domain.errors import N_
from festival.domain.images import PictureRefused
from festival.forms.base import Form, text

MEGABYTE = 1024 * 1024
READ = ".jpg,.jpeg,.png,.webp,.gif,image/jpeg,image/png,image/webp,image/gif"


class PictureForm(Form):
    """A file, the one kind of form that takes one, and its words."""

    class Meta(Form.Meta):
        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            if formdata is not _Auto:
                return formdata
            return CombinedMultiDict((request.files, request.form)) if _is_submitted() else None

    picture = FileField(
        _("Choose a picture"),
        widget=GovFileInput(),
        render_kw={"accept": READ},
    )
    alt = text(
        _("What does the picture show?"),
        hint=_(
            "One sentence for people who cannot see it. For example: Two women at a table sew a "
            "red quilt."
        ),
        limit=200,
    )

    def sent(self, most_megabytes: int) -> FileStorage | None:
        """The file, where one was chosen. Raises PictureRefused for one that is too large."""
        file = self.picture.data
        if not isinstance(file, FileStorage) or not file.filename:
            return None
        size = file.stream.seek(0, 2)
        file.stream.seek(0)
        if size > most_megabytes * MEGABYTE:
            raise PictureRefused(
                N_(
                    "This file is too large. Choose one of at most %(most)s MB, or make the "
                    "picture smaller first."
                ),
                most=most_megabytes,
            )
        return file
