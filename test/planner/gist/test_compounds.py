"""A noun beside the name of a thing makes another thing of it; a word that describes it does not."""

import pytest


@pytest.mark.parametrize("words", ["bring me the leather shawl", "bring me the stew ladle", "put the ceiling lamp on"])
def test_another_thing_is_not_brought(asked, words):
    assert isinstance(asked(words), str)


def test_a_describing_word_makes_no_other_thing(asked):
    assert asked("that grotty shawl: the shelf") == asked("shawl: the shelf")
