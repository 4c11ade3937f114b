"""What is different between two wordings, marked word by word."""

from hypothesis import given
from hypothesis import strategies as some

from festival.domain.review import Mark, compare, compare_words
from festival.models import RevisionText

SAME, OUT, NEW = Mark.same, Mark.out, Mark.new


def test_a_changed_word_is_marked_on_both_sides() -> None:
    found = compare("title", "Bring a pencil.", "Bring a pen.")
    assert found.before == ((SAME, "Bring a "), (OUT, "pencil"), (SAME, "."))
    assert found.after == ((SAME, "Bring a "), (NEW, "pen"), (SAME, "."))
    assert found.is_changed


def test_words_side_by_side_are_one_mark() -> None:
    found = compare("title", "Go to the hall", "Go round a corner")
    assert found.after == ((SAME, "Go "), (NEW, "round a corner"))
    assert found.before == ((SAME, "Go "), (OUT, "to the hall"))


def test_another_sentence_is_marked_as_a_whole() -> None:
    before = "Feel ready to help with homework in three short meetings."
    after = "Come and learn to sew, knit and mend with friendly people."
    found = compare("summary", before, after)
    assert (found.before, found.after) == (((OUT, before),), ((NEW, after),))


def test_the_same_words_have_no_mark() -> None:
    found = compare("title", "Line\r\nline", "Line\nline")
    assert not found.is_changed


def test_from_nothing_and_to_nothing() -> None:
    assert compare("title", "", "New").after == ((NEW, "New"),)
    assert compare("title", "Old", "").before == ((OUT, "Old"),)
    assert compare("title", "", "").before == ()


def test_texts_that_are_far_too_long_are_compared_by_line() -> None:
    long = "word " * 3000 + "\n"
    found = compare("description", long + "first", long + "second")
    assert found.before == ((SAME, long), (OUT, "first"))


def test_every_part_of_the_wording_in_order() -> None:
    text = RevisionText(
        title="A",
        summary="",
        description="",
        what_to_bring="",
        what_next="",
        meeting_point="",
        access_note="",
    )
    assert [one.field for one in compare_words(None, text)][:3] == [
        "title",
        "summary",
        "description",
    ]


WRITTEN = some.text("ab1 .,'\n\u0a05", max_size=40)


@given(before=WRITTEN, after=WRITTEN)
def test_the_pieces_are_the_two_texts(before: str, after: str) -> None:
    found = compare("title", before, after)
    assert "".join(text for _mark, text in found.before) == before
    assert "".join(text for _mark, text in found.after) == after
    assert {mark for mark, _text in found.before} <= {SAME, OUT}
    assert {mark for mark, _text in found.after} <= {SAME, NEW}
    assert found.is_changed == (before != after)
