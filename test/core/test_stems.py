"""Words are stemmed as the indexes of words stem them."""

import sqlite3

import pytest

from skill_stack.core.stems import TOKENIZER, stems_of


def test_forms_of_a_word_share_a_stem_and_other_words_do_not():
    assert len({stems_of(word) for word in ("walk", "walks", "walked", "Walking")}) == 1
    assert stems_of("doors") == stems_of("door") and stems_of("boxes") == stems_of("box")
    assert stems_of("starboard") != stems_of("start"), "a few first letters are no stem"
    assert stems_of("push the Boxes, twice!") == ("push", "the", "box", "twice") and stems_of("") == ()


@pytest.mark.parametrize("word", ["kicked", "turning", "boxes", "slowly"])
def test_an_index_finds_what_has_the_stem(word):
    with sqlite3.connect(":memory:") as index:
        index.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='{TOKENIZER}')")
        index.execute("INSERT INTO texts VALUES (?)", (stems_of(word)[0],))
        assert index.execute("SELECT count(*) FROM texts WHERE texts MATCH ?", (word,)).fetchone() == (1,)
