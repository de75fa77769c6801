"""StandingCheck: a scene that explodes, tips over or has things inside of each other is refused with the reason."""

from pathlib import Path

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, set_up
from skill_stack.hardware.mujoco.standing_check import settling_problem
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice_scenes import practice_scene

ROOT = Path(__file__).resolve().parents[2]
ROBOT = load_robot(ROOT / "urdf" / "go2", Resources((ROOT,), ROOT))


def problem(*things: ObjectFile) -> str:
    return settling_problem(ROBOT, set_up(SceneFile(name="s", description="A scene.", objects=things), 1))


def box(name: str, x: float, z: float = 0.15, edge: float = 0.3, **others) -> ObjectFile:
    return ObjectFile(
        id=name, kind="box", size=(edge, edge, edge), position=(x, 1.0, z), movable=True, **{"mass": 1.0, **others}
    )


def test_things_that_stand_and_lie_on_one_another_are_fine():
    assert problem(box("under", 2.0), box("over", 2.0, 0.35, 0.1), box("beside", 3.0)) == ""


def test_a_thing_inside_of_another_is_told_by_name():
    told = problem(box("one", 2.0), box("other", 2.1))
    assert "'one' and 'other' are" in told and "inside of each other" in told


def test_a_thing_inside_of_the_robot_is_told():
    told = problem(ObjectFile(id="crate", kind="box", size=(0.3, 0.3, 0.6), position=(0.0, 0.0)))
    assert "crate" in told and "inside" in told


def test_a_scene_that_explodes_is_told():
    thrown = box("thrown", 2.0, 60.0)  # falls from so high that it hits the ground at more than is taken for a scene
    assert "explodes: 'thrown' moves at" in settling_problem(
        ROBOT, set_up(SceneFile(name="s", description="A scene.", objects=(thrown,)), 1), seconds=4.0
    )


def test_what_tips_over_or_rolls_on_is_told():
    assert "'over' does not" in problem(box("under", 2.0), box("over", 2.2, 0.4, 0.2))


def test_what_cannot_be_loaded_is_told():
    flat = ObjectFile(id="flat", kind="box", size=(0.3, 0.3, 0.0), position=(2.0, 1.0))
    assert "cannot be loaded: object 'flat' has no extent" in problem(flat)


@pytest.mark.parametrize("seed", range(1, 6))
def test_generated_scenes_pass(seed):
    rewards = RewardSet.parse({"terms": [{"term": "base_pitch", "target": 0.3}]}, "test")
    goal = Goal(robot="go2", words="nod", rewards=rewards)
    assert settling_problem(ROBOT, set_up(practice_scene(goal, seed), seed)) == ""
