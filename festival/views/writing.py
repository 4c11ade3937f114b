"""The write of a view: one domain verb in one transaction, its refusal on the form."""

from collections.abc import Iterator
from contextlib import contextmanager

from festival.domain.errors import DomainError
from festival.extensions import write
from festival.forms.base import Form


@contextmanager
def write_for(form: Form, otherwise: str | None = None) -> Iterator[None]:
    """A write transaction whose refusal lands on its field of the form, else on ``otherwise``.

    Look at ``form.refused`` after it.
    """
    try:
        with write():
            yield
    except DomainError as error:
        form.refuse(error, otherwise)
