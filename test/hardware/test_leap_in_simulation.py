"""A hand that is bolted down, a cube in it, and the tracker that says where the cube is."""

import math

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import into_body
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

RESOURCES = Resources.from_environment({})
LEAP = load_robot(RESOURCES.robot("leap"), RESOURCES)
SCENE = load_scene(RESOURCES.scene("cube_in_hand"))


def device(noise: float, scene=SCENE, robot=LEAP) -> MujocoDevice:
    return MujocoDevice(robot, set_up(scene, 1).model_copy(update={"noise": noise}), "default")


def test_the_base_stays_where_it_is_bolted_and_the_cube_in_the_hand() -> None:
    hand = device(0.0)
    hand.advance(240)
    assert hand.data.qpos[:3] == pytest.approx(LEAP.fixed.xyz, abs=1e-3)
    assert hand.data.qpos[3] == pytest.approx(1.0, abs=1e-5)
    assert hand.data.body("cube").xpos[2] > LEAP.fixed.xyz[2] - 0.05


def test_without_noise_the_tracker_says_late_what_was_so() -> None:
    hand, tracker = device(0.0), LEAP.sensors.tracker
    assert hand.sample().tracked is None  # nothing is reported before its latency has passed
    hand.advance(math.ceil(tracker.latency / hand.model.opt.timestep))
    seen = hand.sample().tracked
    base, cube = hand.data.body(LEAP.source.base_link), hand.data.body("cube")
    assert seen.task_time <= hand.time - tracker.latency + 1e-9
    assert seen.position == pytest.approx(into_body(base.xquat.tolist(), (cube.xpos - base.xpos).tolist()), abs=0.01)
    assert abs(float(seen.orientation @ cube.xquat)) == pytest.approx(1.0, abs=0.02)


def test_the_tracker_is_as_wrong_as_it_declares() -> None:
    exact, noisy = device(0.0), device(1.0)
    off, turned = [], []
    for _ in range(160):
        for one in (exact, noisy):
            one.advance(3)
        a, b = exact.sample().tracked, noisy.sample().tracked
        if a is not None and b is not None and a.task_time == b.task_time:
            off.append(b.position - a.position)
            turned.append(2.0 * math.acos(min(1.0, abs(float(a.orientation @ b.orientation)))))
    assert np.std(off) == pytest.approx(LEAP.sensors.tracker.position_noise, rel=0.3)
    # The angle about three axes at once is some 1.6 times that about one.
    assert np.mean(turned) == pytest.approx(1.6 * LEAP.sensors.tracker.orientation_noise, rel=0.3)


def test_where_the_object_is_not_in_the_scene_nothing_is_seen() -> None:
    hand = device(1.0, SCENE.model_copy(update={"objects": ()}))
    hand.advance(60)
    assert hand.sample().tracked is None
