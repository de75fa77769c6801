"""Phrases are found where they stand, the longest first."""

from hypothesis import given
from hypothesis import strategies as st

from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import tokenise

WORDS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4)


def test_a_phrase_may_mean_several_things_and_the_longest_comes_first():
    table = PhraseTable([(("red",), 1), (("red", "cup"), 2), (("red",), 3), (("blue",), 4), ((), 5)])
    assert list(table.match(tokenise("the red cup", {}).tokens, 1)) == [(3, 2), (2, 1), (2, 3)]
    assert table.longest(tokenise("green", {}).tokens, 0) is None
    assert table.longest(tokenise("red", {}).tokens, 5) is None


@given(phrases=st.lists(WORDS, max_size=12), text=WORDS)
def test_every_phrase_that_stands_there_is_found(phrases, text):
    table = PhraseTable((tuple(one), number) for number, one in enumerate(phrases))
    found = list(table.match(tokenise(" ".join(text), {}).tokens, 0))
    assert {number for _, number in found} == {n for n, one in enumerate(phrases) if text[: len(one)] == one}
    assert [end for end, _ in found] == sorted((end for end, _ in found), reverse=True)
