"""A thing is meant by a part of its name where that is the name of nothing else."""

import pytest


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("shawl: the shelf", ["lay shawl long_shelf"]),
        ("stew on the shelf, please", ["lay stew long_shelf"]),
        ("the lamp on, please", ["flip hearth_lamp on"]),
    ],
)
def test_the_last_word_of_a_name_is_enough(asked, words, steps):
    assert asked(words) == steps


@pytest.mark.parametrize("words", ["stew on the hearth, please", "shawl: the long one", "the yard a sweep, please"])
def test_another_word_of_a_name_is_not(asked, words):
    assert isinstance(asked(words), str)
