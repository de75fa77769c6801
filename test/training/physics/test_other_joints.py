"""Joints that a policy does not drive."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.physics.other_joints import OtherJoints, OtherJointsTask, without

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    return load_robot(ROOT / "urdf" / "g1")


def test_a_robot_without_its_arms_weighs_the_same_and_has_its_legs(robot: RobotSpec) -> None:
    arms = robot.members(["arms"])
    less = without(robot, ["arms"])
    assert less.joint_names == tuple(name for name in robot.joint_names if name not in arms)
    assert "arms" not in less.groups and less.groups["legs"] == robot.groups["legs"]
    whole, rigid = build_model(robot), build_model(less, rigid=arms, coarse=True)
    assert rigid.body_mass.sum() == pytest.approx(whole.body_mass.sum())
    assert rigid.nv == whole.nv - len(arms)
    assert without(robot, []) is robot
    with pytest.raises(UnknownName):
        without(robot, ["wings"])


def test_others_wander_within_their_ranges_and_no_faster_than_told(robot: RobotSpec) -> None:
    task = OtherJointsTask(ranges={"shoulder_roll": (0.0, 1.0)}, interval=(0.2, 0.5), speed=(1.0, 2.0), rest=0.2)
    others = OtherJoints(robot, robot.groups["legs"], task, 16, np.random.default_rng(1))
    left, right = (robot.joint_names.index(f"{side}_shoulder_roll_joint") for side in ("left", "right"))
    seen = [others.target.copy()]
    for _ in range(200):
        others.advance(0.02)
        seen.append(others.target.copy())
    path = np.array(seen)
    moved = np.ptp(path, axis=(0, 1)) > 0.0
    assert [robot.joint_names[place] for place in np.flatnonzero(moved)] == [
        "left_shoulder_roll_joint",
        "right_shoulder_roll_joint",
    ]
    assert path[..., left].min() >= 0.0 and 0.8 < path[..., left].max() <= 1.0
    assert path[..., right].max() <= 0.0 and -1.0 <= path[..., right].min() < -0.8, "mirrored on the right"
    assert np.abs(np.diff(path, axis=0)).max() <= 2.0 * 0.02 + 1e-12
    others.reset(np.array([0]))
    assert np.array_equal(others.target[0], robot.pose("default"))


def test_without_a_task_they_rest(robot: RobotSpec) -> None:
    others = OtherJoints(robot, robot.groups["legs"], None, 2, np.random.default_rng(1))
    others.advance(10.0)
    assert np.array_equal(others.target, np.tile(robot.pose("default"), (2, 1)))
