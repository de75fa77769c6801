"""Words that are said while a robot works: what they correct, and how a new instruction stands to the old one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.language.corrections.words import correction, order, with_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("slower", "slower"), ("Please go slower!", "slower"), ("not so fast", "slower"),
        ("slow down, please", "slower"),
        ("don't rush", "slower"), ("could you slow down a bit?", "slower"), ("you're too fast", "slower"),
        ("faster", "faster"), ("hurry up", "faster"), ("a bit quicker", "faster"),
        ("more to the left", "left"), ("a bit to the right", "right"), ("further left", "left"),
        ("a bit further", "further"), ("keep going", "go_on"), ("not far enough", "further"),
        ("closer", "closer"), ("come a little closer", "closer"), ("not so close", "less_close"),
        ("that's too close", "less_close"), ("keep more distance", "less_close"),
        ("the other one", "other"), ("no, the other one", "other"), ("the other ball", "other"),
        ("the blue one", "target"), ("no, the left one", "target"), ("I meant the green box", "target"),
        ("not that one, the red one", "target"), ("the one on the left please", "target"),
        ("skip this", "skip"), ("next one", "skip"), ("again", "again"), ("once more", "again"),
        ("wait", "hold"), ("hold on a moment", "hold"), ("continue", "go_on"), ("go on", "go_on"),
        ("carry on", "go_on"),
        ("forget that", "cancel"), ("never mind", "cancel"), ("yes", "yes"), ("no", "no"), ("okay", "yes"),
    ],
)  # fmt: skip
def test_corrections_are_heard(text, kind):
    found = correction(text)
    assert found is not None and found.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "", "go to the red ball", "sit down", "wait 5 seconds", "turn left", "the cup is mine", "this is the kitchen",
        "the red ball is called Bob", "walk to the ball and sit", "what do you see?", "no, sit down", "x" * 5000,
        "the blue box and then the red ball", "stop that", "move 2 m to the left and sit",
    ],
)  # fmt: skip
def test_instructions_and_statements_are_none(text):
    assert correction(text) is None


@pytest.mark.parametrize(
    ("text", "strength", "amount", "unit"),
    [
        ("a bit slower", 0.5, None, ""),
        ("much slower", 2.0, None, ""),
        ("slower", 1.0, None, ""),
        ("30 cm further", 1.0, 0.3, "m"),
        ("half a metre more to the left", 1.0, 0.5, "m"),
        ("turn 20 degrees further", 1.0, pytest.approx(0.349, abs=1e-3), "rad"),
        ("two steps closer", 1.0, 0.8, "m"),
    ],
)
def test_how_much_is_heard(text, strength, amount, unit):
    found = correction(text)
    assert found is not None
    assert (found.strength, found.amount, found.unit) == (strength, amount, unit)


@pytest.mark.parametrize(
    ("text", "noun"),
    [("the blue one, please", "the blue one"), ("no, the one behind the table", "the one behind the table"),
     ("the red one instead", "the red one")],
)  # fmt: skip
def test_what_is_meant_is_taken_out(text, noun):
    found = correction(text)
    assert found is not None and found.noun == noun


def test_one_is_read_as_what_the_step_is_about():
    assert with_kind("the blue one", "ball") == "the blue ball"
    assert with_kind("the stone", "ball") == "the stone"


@pytest.mark.parametrize(
    ("text", "mode", "rest"),
    [
        ("sit down", "plain", "sit down"),
        ("also sit down", "append", "sit down"),
        ("go to the box afterwards", "append", "go to the box"),
        ("when you're done, sit down", "append", "sit down"),
        ("go to the table too", "append", "go to the table"),
        ("first turn around", "first", "turn around"),
        ("before that, turn around", "first", "turn around"),
        ("Sit down first.", "first", "Sit down"),
        ("quickly go to the blue ball, then go on", "first", "go to the blue ball"),
        ("wait 3 seconds and then continue with that", "first", "wait 3 seconds"),
        ("sit down instead", "instead", "sit down"),
        ("forget that, go to the Kitchen", "instead", "go to the Kitchen"),
        ("no, sit down", "instead", "sit down"),
        ("change of plan: sit down", "instead", "sit down"),
        ("first sit down instead", "unclear", "sit down"),
        ("first go to the ball, then sit", "plain", "first go to the ball, then sit"),
        ("walk to the red ball, then sit down", "plain", "walk to the red ball, then sit down"),
    ],
)
def test_how_a_new_instruction_stands_to_the_old_one(text, mode, rest):
    found = order(text)
    assert (found.mode, found.text) == (mode, rest)


@settings(max_examples=50)
@given(st.text(max_size=80))
def test_any_text_is_answered(text):
    found = order(text)
    assert found.mode in ("plain", "append", "first", "instead", "unclear")
    correction(text)


@settings(max_examples=50)
@given(st.lists(st.sampled_from("slower the one no left first then also 30 cm please wait go on other , .".split())))
def test_any_order_of_such_words_is_answered(words):
    text = " ".join(words)
    assert order(text).text.strip() in text
    correction(text)


@pytest.mark.parametrize(
    ("words", "kind", "mode"),
    [("no faster", "limit", "unclear"), ("no closer please", "limit", "unclear"), ("no, faster", None, "instead"),
     ("no sit down", None, "instead"), ("no", "no", "plain"), ("faster", "faster", "plain")],
)  # fmt: skip
def test_no_before_a_comparative_is_a_limit_unless_a_comma_parts_them(words, kind, mode):
    heard = correction(words)
    assert (heard.kind if heard else None) == kind and order(words).mode == mode
