"""Keys of the word files: a misspelt one is found, and so is one that nothing reads."""

import re
from pathlib import Path

import pytest

from skill_stack.core.errors import DataError
from skill_stack.language.words import lexicon_files as files
from skill_stack.language.words.function_words import FOLDER, read_words

READERS = (FOLDER.parents[1], FOLDER.parents[2] / "planner" / "hazards")  # rules on hazards speak of words, too
CODE = "\n".join(path.read_text(encoding="utf-8") for folder in READERS for path in folder.rglob("*.py"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_key_is_read(path: Path):
    assert not [key for key in read_words(path) if not re.search(rf"\.{key}_?\b|\"{key}\"", CODE)]


def test_an_entry_with_fields_of_its_own_is_checked():
    with pytest.raises(DataError, match="senses"):
        files.parse_words(files.Verbs, {"same": ["go"]}, "verbs.yaml")
    with pytest.raises(DataError, match="verb"):
        files.parse_words(files.Verbs, {"senses": {"go": [{"verbs": ["go"], "verb": "x"}]}}, "verbs.yaml")


def test_lists_are_sets_that_keep_their_order():
    read = files.parse_words(files.WordFile, {"where": ["b", "a"], "if": ["go", "go"]}, "statements.yaml")
    assert tuple(read.where) == ("b", "a") and read.if_ == {"go"}


def test_numbers_are_floats_and_words_with_digits_stay_words():
    read = files.parse_words(files.WordFile, {"units": {"1": ["m"]}, "counts": {"2": "2", "two": "2"}}, "nouns.yaml")
    assert read.units == {1.0: {"m"}} and read.counts == {"2": 2.0, "two": 2.0}
