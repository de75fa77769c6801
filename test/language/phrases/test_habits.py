"""What is asked or told of what somebody can do or of what is always so."""

import pytest

from skill_stack.language.phrases.habits import asks_ability, recurs
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.language.words.text import tokenise

WORDS = load_lexicon().generic


def _tokens(text):
    return tokenise(text, {}).tokens


@pytest.mark.parametrize(("text", "ability"), [
    ("can you open doors", True), ("are you able to wash dirty dishes", True),
    ("do you know how to water plants", True),
    ("can you open the doors", False), ("can you bring drinks", False), ("can you close windows please", False),
    ("can you dance", False),
])  # fmt: skip
def test_bare_things_of_a_kind_ask_for_an_ability(text, ability):
    assert asks_ability(_tokens(text), asked=True, words=WORDS) is ability
    assert not asks_ability(_tokens(text), asked=False, words=WORDS)


@pytest.mark.parametrize(("text", "told"), [
    ("the gate must be closed every evening", True), ("the shop has to be locked at night", True),
    ("the gate must be closed", False), ("you must close the gate every evening", False),
])  # fmt: skip
def test_what_is_to_be_so_again_and_again_is_told(text, told):
    assert recurs(_tokens(text), WORDS) is told
