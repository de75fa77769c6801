"""What is said of a whole kind is told from what is said of things that are here."""

import pytest

from skill_stack.language.words.generic import habitual, of_a_kind
from skill_stack.language.words.lexicon import load_lexicon

LEXICON = load_lexicon()


@pytest.mark.parametrize("text", [
    "open doors invite burglars", "nurses work hard", "full buckets attract wasps",
    "dogs bark when someone is at the door", "you get cold when you stand still", "milk goes sour in the sun",
    "wellies are no good in the snow", "silence is golden", "bright light is bad for the eyes",
])  # fmt: skip
def test_a_whole_kind(text):
    assert of_a_kind(text.split(), LEXICON)


@pytest.mark.parametrize("text", [
    "guests are waiting outside", "close doors quietly", "put cups back here", "go backwards half a metre",
    "clear tables before lunch", "wasps get into the jam",
    "the doors invite burglars", "light is on", "eggs do not live on a bar : fridge",
    "water drips from the ceiling", "you get the cup", "crumbs everywhere in the hall", "mosquitoes bite me",
])  # fmt: skip
def test_things_that_are_here(text):
    assert not of_a_kind(text.split(), LEXICON)


@pytest.mark.parametrize(("text", "habit"), [
    ("we turn the heating off in april", True), ("she feeds the hens at dawn", True), ("i need the big spoon", False),
    ("i eat in a minute and the table is bare", False), ("he keeps coughing all night", False),
])  # fmt: skip
def test_a_habit(text, habit):
    assert habitual(text.split(), LEXICON.generic) is habit
