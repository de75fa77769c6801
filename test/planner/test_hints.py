"""Needs that are told by a few words of a remark."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.planner import Planner
from skill_stack.planner.knowledge import Knowledge

WORDS = """
strangers: [aunt]
now: [is, am, feel]
barred: [perhaps]
hints:
  - {hear: ["bounc* + dog|cat + !asleep"], use: play, ask: ["go to {thing}"]}
  - {hear: ["lonely"], of: me, use: play, ask: ["go to {thing}"]}
uses: {play: [ball]}
"""


@pytest.fixture()
def planner(tmp_path, library):
    (tmp_path / "hints.yaml").write_text(WORDS)
    return Planner(library, knowledge=Knowledge.load([tmp_path / "hints.yaml"]))


@pytest.mark.parametrize("text", ["the dog is bouncing off the walls", "I am ever so lonely"])
def test_a_need_is_heard_in_any_remark_that_tells_of_now(planner, scene, standing, text):
    plan = planner.plan(Instruction(text), scene, standing)
    assert [(s.skill, s.arguments["target"]) for s in plan.steps] == [("go_to", "red_ball")]


@pytest.mark.parametrize("text", [
    "the dog is bouncing, and asleep now", "my aunt is lonely", "I am not lonely", "perhaps the dog is bouncing",
    "the dog bounces every day", "the street is lonely",
])  # fmt: skip
def test_what_is_denied_possible_usual_or_of_strangers_moves_nothing(planner, scene, standing, text):
    assert planner.plan(Instruction(text), scene, standing).tree is None
