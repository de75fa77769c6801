"""Whole-body tasks in the line: what counts as done, on simulator truth."""

import os

import numpy as np
import pytest

from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.bodies.body_scenes import PLACE, SURFACE, TARGET, body_scene
from skill_stack.evaluation.bodies.body_suite import load_body_suite
from skill_stack.planner.planner import Planner
from skill_stack.runtime.bodies.body_line import BodyLine
from skill_stack.runtime.bodies.other_methods import alone, library_of
from test.says import Says

FOUND = Resources.from_environment(os.environ)
G1 = load_robot(FOUND.robot("g1"), FOUND)
LIBRARY = alone(load_library(FOUND, G1))
SUITES = {"g1": "bodies", "go2": "go2_bodies"}
TASKS = {robot: load_body_suite(FOUND.find(f"config/scenarios/{name}.yaml", "suite")).tasks
         for robot, name in SUITES.items()}  # fmt: skip


STILL = [0] * 7 + [-5, 5, -5] + [-5, -5, -5]


def line_of(task, actor=None, method="blended", seed=1):
    library = library_of(LIBRARY, method)
    actor = actor or Says("blended", [*STILL, -5] if task == "box_carry" else STILL)
    return BodyLine(G1, library, Planner(library), body_scene(task, seed, "g1"), actor)


@pytest.mark.parametrize("task", TASKS["g1"])
def test_who_only_stands_does_nothing_and_does_not_fall(task):
    line = line_of(task)
    for _ in range(100):
        assert line.advance()
    assert not line.done and not line.fallen and line.came < 0.9


@pytest.mark.parametrize("task", TASKS["go2"])
def test_a_quadruped_has_worlds_of_its_height_and_does_nothing_by_a_posture_alone(task):
    go2 = load_robot(FOUND.robot("go2"), FOUND)
    library, stands = alone(load_library(FOUND, go2)), Says("blended", [0.0] * 7 + [-5, 5] * 2)
    line = BodyLine(go2, library, Planner(library), body_scene(task, 1, "go2"), stands)
    for _ in range(100):
        assert line.advance()
    assert not line.done and not line.fallen and line.came < 0.95 and len(line.body.tips()) == 1
    assert line.scene.objects[TARGET].position[2] < 0.4


def test_a_robot_of_which_nobody_said_how_it_is_built_has_no_such_worlds():
    with pytest.raises(UnknownName, match="go2"):
        body_scene("door", 1, "allegro_right")


def test_a_ball_that_rolled_far_enough_and_a_door_that_is_open_are_seen():
    ball = line_of("ball_kick")
    at = ball.device.model.jnt_qposadr[ball.device.model.body(TARGET).jntadr[0]]
    ball.device.data.qpos[at] += 1.2
    ball.advance()
    assert ball.body.rolled() == pytest.approx(1.2, abs=0.05) and ball.holds
    door = line_of("door")
    at = door.device.model.jnt_qposadr[door.device.model.body(SURFACE).jntadr[0]]
    low, high = door.device.model.jnt_range[door.device.model.body(SURFACE).jntadr[0]]
    door.device.data.qpos[at] = high if abs(high) > abs(low) else low
    door.advance()
    door.advance()
    assert door.body.opened() > 1.0 and door.holds and door.done


def test_a_box_counts_as_carried_in_the_air_over_its_place_until_it_is_dropped():
    line = line_of("box_carry")
    at = line.device.model.jnt_qposadr[line.device.model.body(TARGET).jntadr[0]]
    there = line.scene.objects[PLACE].position[:2]

    def held_at(height, ticks):
        for _ in range(ticks):
            line.device.data.qpos[at : at + 3] = (*there, height)
            line.device.data.qvel[line.device.model.body(TARGET).dofadr[0] :][:6] = 0.0
            line.advance()

    held_at(1.2, 60)
    assert line.done and line.body.to_place() < 0.05 and line.body.risen() > 0.2
    held_at(0.1, 2)
    assert not line.done


def test_joint_targets_that_mean_nothing_end_in_a_fall():
    rng = np.random.default_rng(1)
    line = line_of("far_reach", Says("scratch", rng.normal(0.0, 2.0, G1.size)), "scratch")
    while line.advance():
        pass
    assert line.fallen and not line.done and line.now - line.began < 6.0


def test_the_same_seed_gives_the_same_episode():
    ends = []
    for _ in range(2):
        line = line_of("far_reach", Says("blended", [0.0] * 13))
        for _ in range(60):
            line.advance()
        ends.append(line.device.data.qpos.copy())
    assert (ends[0] == ends[1]).all()
