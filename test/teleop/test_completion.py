"""Completion of sentences."""

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from skill_stack.teleop.completion import PhraseCompleter

COMPLETER = PhraseCompleter(["red ball", "red  box", "walk to {target}", "sit down", "{target} first"])


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("walk to the re", ["walk to the red ball", "walk to the red box"]),
        ("RED B", ["red ball", "red box"]),
        ("wal", ["walk to"]),
        ("please sit", ["please sit down"]),
        ("walk to the red ball", []),
        ("", []),
        ("xyz", []),
        ("walk ", ["walk to"]),
    ],
)
def test_the_longest_ending_that_begins_a_phrase_is_completed(text, completed):
    found = COMPLETER.get_completions(Document(text), CompleteEvent())
    assert [text[: len(text) + each.start_position] + each.text for each in found] == completed
