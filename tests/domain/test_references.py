"""References and codes that people say, type and print."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from festival.domain import references
from festival.domain.references import ALPHABET, make_reference, read_reference
from festival.extensions import db, write
from festival.models import Edition
from tests import factories as make


@pytest.mark.usefixtures("app")
class TestMaking:
    def test_they_have_no_letters_that_look_alike(self) -> None:
        assert not set("01ILOS5") & set(ALPHABET)
        assert len(ALPHABET) == len(set(ALPHABET))
        edition = make.edition()
        shape = re.compile(rf"WLF-[{ALPHABET}]{{3}}-[{ALPHABET}]{{3}}")
        made = {make_reference(edition) for _ in range(50)}
        assert len(made) == 50
        assert all(shape.fullmatch(one) for one in made)

    def test_one_that_is_taken_is_not_given_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        booking = make.booking(make.occurrence_of(make.session()))
        booking.reference = "WLF-222-222"
        letters = iter("222222333333")
        monkeypatch.setattr(references.secrets, "choice", lambda _: next(letters))
        assert make_reference(make.the_edition()) == "WLF-333-333"

    def test_session_codes_rise_and_are_never_given_again(self) -> None:
        edition = make.edition()
        assert [references.next_session_code(edition) for _ in range(3)] == ["E01", "E02", "E03"]
        references.note_session_code("E40")
        references.note_session_code("E07")
        references.note_session_code("Workshop")
        assert references.next_session_code(edition) == "E41"
        references.note_session_code("E99")
        references.note_session_code("E100")
        references.note_session_code("E99")
        assert references.next_session_code(edition) == "E101"

    def test_session_codes_are_kept_in_upper_case(self) -> None:
        assert references.next_session_code(make.edition(code_prefix="w")) == "W01"


@pytest.mark.races
def test_the_first_session_codes_given_at_once(committed_app: Flask) -> None:
    with write():
        edition_id = make.edition().id
    together = Barrier(5)

    def give(_: int) -> str:
        with committed_app.app_context():
            edition = db.session.get_one(Edition, edition_id)
            together.wait(timeout=30)
            with write():
                return references.next_session_code(edition)

    with ThreadPoolExecutor(5) as pool:
        codes = list(pool.map(give, range(5)))
    assert sorted(codes) == ["E01", "E02", "E03", "E04", "E05"]


@pytest.mark.parametrize(
    "typed",
    [
        "WLF-7K4-92M",
        "wlf-7k4-92m",
        " WLF 7K4 92M ",
        "wlf7k492m",
        "7K4-92M",
        "7k492m",
        "7 k 4 9 2 m",
        "WLF–7K4–92M",
        "WLF_7K4_92M",
        "Wlf-7k4/92m.",
    ],
)
def test_a_reference_is_read_as_people_type_it(typed: str) -> None:
    assert read_reference(typed, "WLF") == "WLF-7K4-92M"


@pytest.mark.parametrize(
    "typed",
    ["", "WLF", "7K4-92", "7K4-92MM", "XXX-7K4-92M", "7K4-92O", "7K4-921", "7K4 92é", "ਗੁਰਪ੍ਰੀਤ"],
)
def test_what_cannot_be_a_reference(typed: str) -> None:
    assert read_reference(typed, "WLF") is None


def test_a_prefix_of_lower_case_letters_is_kept() -> None:
    assert read_reference("abc-7k4-92m", "ABC") == "ABC-7K4-92M"
