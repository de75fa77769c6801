"""Several slips in one instruction, words that sound alike, missing blanks, no capitals and no marks."""

import pytest

from test.language.wording.test_wording import ask, asked


@pytest.mark.parametrize(
    ("name", "text", "steps"),
    [
        ("home", "pik up teh appel", [("pick_up", "apple")]),
        ("home", "opne the frige", [("open", "fridge")]),
        ("home", "pleaes put teh banana in teh bowl", [("put_in", "banana", "bowl")]),
        ("home", "pickup the apple", [("pick_up", "apple")]),
        ("home", "goto teh kichen adn pick up the bananna", [("go_to", "kitchen"), ("pick_up", "banana")]),
        ("home", "open the refridgrator", [("open", "fridge")]),
        ("home", "wait for too minutes", [("wait",)]),
        ("home", "could you plase giv anna teh water botle", [("hand_over", "water_bottle", "anna")]),
        ("home", "go to the kitchen pick up the banana bring it to anna",
         [("go_to", "kitchen"), ("pick_up", "banana"), ("hand_over", "banana", "anna")]),
    ],
)  # fmt: skip
def test_slips_are_mended_together_and_said(name, text, steps):
    plan = ask(name, text)
    assert plan.tree is not None, plan.reason
    assert asked(plan.tree) == steps


def test_what_was_mended_is_said():
    reason = ask("home", "pik up teh appel").reason
    assert all(f"I read '{word}'" in reason for word in ("pik", "teh", "appel"))


@pytest.mark.parametrize(
    "text", ["my sister lives in Berlni", "i lvoe pizza", "the wether is nice today", "I went to teh shop yesterday"]
)
def test_a_remark_with_slips_stays_a_remark(text):
    plan = ask("home", text)
    assert plan.status == "statement" and plan.reason.startswith("Noted")


@pytest.mark.parametrize("text", ["walk to the blel", "fetch the zorble", "pick up the bell"])
def test_what_is_not_here_is_not_made_into_something_else(text):
    assert ask("home", text).status in ("refusal", "question")
