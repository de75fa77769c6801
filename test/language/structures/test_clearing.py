"""Which loose things are to be brought where."""

import pytest

from skill_stack.language import ClearingWords, load_lexicon
from skill_stack.language.structures.structure_reader import StructureReader


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("put all the blocks on the tray", ClearingWords(place="tray")),
        ("please put all blocks into the grey bin", ClearingWords(place="bin")),
        ("move every red cube to the tray", ClearingWords("red", "cube", "tray")),
        ("put all boxes in the basket.", ClearingWords("", "box", "basket")),
        ("bring everything onto the tray", ClearingWords(place="tray")),
        ("clear the table", ClearingWords()),
        ("clear the table into the bin", ClearingWords(place="bin")),
    ],
)
def test_requests_are_read(text, meant):
    assert StructureReader(load_lexicon()).clearing(text) == meant


@pytest.mark.parametrize(
    "text",
    ["put the red block on the tray", "clear", "put all blocks in a row", "clear the table and sit", "build a tower",
     "put all the blocks", "put all the blocks on the red box", "tidy up the kitchen", "what is on the tray?"],
)  # fmt: skip
def test_other_words_are_left_to_others(text):
    assert StructureReader(load_lexicon()).clearing(text) is None
