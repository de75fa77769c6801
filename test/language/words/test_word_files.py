"""Keys of the word files: a misspelt one is found, and so is one that nothing reads."""

import re
from pathlib import Path

import pytest

from skill_stack.core.errors import DataError
from skill_stack.language.words import lexicon_files as files
from skill_stack.language.words.function_words import FOLDER, read_words

CODE = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.parents[1].rglob("*.py"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_key_is_read(path: Path):
    assert not [key for key in read_words(path) if not re.search(rf"\.{key}_?\b|\"{key}\"", CODE)]


def test_a_key_of_another_type_than_the_usual_one_is_declared():
    with pytest.raises(DataError, match="quantifiers"):
        files.parse_words(files.StatementWords, {"where": ["where is"]}, "statements.yaml")
    with pytest.raises(DataError, match="where"):
        files.parse_words(files.StatementWords, {"where": {"is": "1"}, "quantifiers": {}}, "statements.yaml")


def test_lists_are_sets_that_keep_their_order():
    read = files.parse_words(files.StatementWords, {"where": ["b", "a"], "quantifiers": {}}, "statements.yaml")
    assert tuple(read.where) == ("b", "a")
    assert files.parse_words(files.WordFile, {"base": ["go", "go"]}, "english_verbs.yaml").base == {"go"}
