"""The sentences by which skills are measured through the nodes ask for just those skills and arguments."""

from dataclasses import replace
from pathlib import Path

import pytest

from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.suite import load_suite

CONFIG = Path(__file__).resolve().parents[2] / "config"
DRAWN = {
    "duration": 60.0, "direction": "six", "way": 0.0, "target": "ball", "place": "goal", "gait": "pace", "vx": 0.65,
    "swing_height": 0.11, "swing_length": 0.25, "steps": "high",
}  # fmt: skip
SUITES = ("go2", "go2_ball", "go2_terrain", "go2_blocks")
SAID = [
    (suite, task)
    for suite in (load_suite(CONFIG / "scenarios" / f"{name}.yaml") for name in SUITES)
    for task in suite.tasks
    if task.said
]


@pytest.mark.parametrize(("suite", "task"), SAID, ids=lambda one: one.name)
def test_a_sentence_asks_for_its_skill(suite, task, ask, standing):
    setup = set_up(load_scene(CONFIG / "scenes" / f"{task.scene or suite.scene}.yaml"), 0)
    drawn = {name: value if isinstance(value, float) else DRAWN[name] for name, value in task.arguments.items()}
    plan = ask(task.sentence(drawn), standing, replace(setup.graph(), robot=setup.start))
    (step,) = plan.steps
    assert step.skill == task.skill
    assert {name: step.arguments[name] for name in drawn} == drawn


def test_both_ways_of_saying_are_there():
    assert {task.name for _, task in SAID} >= {"roam", "improvise", "kick_ball_to"}
