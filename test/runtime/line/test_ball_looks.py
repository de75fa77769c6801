"""Simulated looks at a rolling ball come late, now and then, and only of what is in view."""

import os

import mujoco
import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.object_mover import move_object, roll_object, true_place
from skill_stack.hardware.mujoco.realistic_device import simulated_device
from skill_stack.runtime.line.ball_looks import ERROR, EVERY, LATE, LOST, BallLooks

FOUND = Resources.from_environment(os.environ)
ROBOT = load_robot(FOUND.robot("go2"), FOUND)


@pytest.fixture(scope="module")
def world():
    setup = set_up(load_scene(FOUND.scene("ball_game")), 0)
    return setup, simulated_device(ROBOT, setup, "lie")


def put(device, place):
    move_object(device, "ball", place)
    mujoco.mj_forward(device.model, device.data)


def looks(world, count=200):
    """Positions that became known, with the times of their looks and of their news."""
    setup, device = world
    balls, scene, found = BallLooks.of(setup), setup.graph(), []
    for number in range(count):
        after = balls.look(device, scene, Pose2(0.0, 0.0, 0.0), number * EVERY)
        if after["ball"].last_seen != scene["ball"].last_seen or (number and not found and after != scene):
            found.append((number * EVERY, after["ball"].last_seen, *after["ball"].position[:2]))
        scene = after
    return np.array(found).reshape(-1, 4)


def test_looks_are_late_noisy_and_lost_as_said(world) -> None:
    put(world[1], (1.5, 0.2))
    found = looks(world)
    assert found[:, 0] - found[:, 1] == pytest.approx(LATE)
    assert 0.6 < len(found) / 200 / (1.0 - LOST) < 1.2
    assert found[:, 2:].mean(axis=0) == pytest.approx([1.5, 0.2], abs=0.02)
    assert found[:, 2:].std(axis=0) == pytest.approx(ERROR, rel=0.4)


@pytest.mark.parametrize("place", [(-1.0, 0.0), (0.3, 1.5), (6.0, 0.0)])
def test_what_is_behind_beside_or_far_away_is_not_seen(world, place) -> None:
    put(world[1], place)
    assert len(looks(world, 30)) == 0


def test_what_does_not_roll_is_in_the_map_alone() -> None:
    assert BallLooks.of(set_up(load_scene(FOUND.scene("moving_box")), 1)) is None


def test_a_ball_that_is_set_rolling_rolls_without_sliding(world) -> None:
    setup, device = world
    put(device, (2.0, 0.0))
    roll_object(device, "ball", (0.0, 0.5))
    ball = next(thing for thing in setup.objects if thing.id == "ball")
    x, y, _ = true_place(device, ball).position
    for _ in range(40):
        mujoco.mj_step(device.model, device.data)
    moved = true_place(device, ball).position
    assert moved[0] == pytest.approx(x, abs=0.01)
    assert moved[1] - y == pytest.approx(0.5 * 40 * device.model.opt.timestep, rel=0.15)
