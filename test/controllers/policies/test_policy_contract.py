from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.controllers.policies.policy_contract import GaitPhase, PolicyContract
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot

ROOT = Path(__file__).resolve().parents[3]
FEET = ("FL", "FR", "RL", "RR")


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    return load_robot(ROOT / "urdf" / "go2")


@pytest.fixture(scope="module")
def contract(robot: RobotSpec) -> PolicyContract:
    return PolicyContract(
        joint_names=robot.joint_names,
        default_joint_pos=tuple(robot.pose("default").tolist()),
        joint_stiffness=(25.0,) * 12,
        joint_damping=(0.5,) * 12,
        action_scale=(0.25,) * 12,
        observation_names=("base_ang_vel", "velocity_commands"),
        observation_sizes=(3, 3),
        command_names=("vx", "vy", "wz"),
        command_ranges=((-0.5, 1.0), (-0.4, 0.4), (-1.0, 1.0)),
        control_rate=50.0,
        gait=GaitPhase(FEET, (0.0, 0.5, 0.5, 0.0), 2.4, 0.1),
    )


def test_metadata_returns_the_same_contract(contract: PolicyContract) -> None:
    assert PolicyContract.from_metadata(contract.to_metadata()) == contract
    without = replace(contract, gait=None)
    assert PolicyContract.from_metadata(without.to_metadata()) == without


def test_lists_may_be_comma_separated_and_the_scale_one_number(contract: PolicyContract) -> None:
    metadata = contract.to_metadata()
    metadata["joint_names"] = ", ".join(contract.joint_names)
    metadata["joint_stiffness"] = ",".join(["25.0"] * 12)
    metadata["action_scale"] = "0.25"
    assert PolicyContract.from_metadata(metadata) == contract


@pytest.mark.parametrize("key", ["joint_names", "default_joint_pos", "control_rate", "command_ranges", "action_kind"])
def test_missing_key_is_named(contract: PolicyContract, key: str) -> None:
    metadata = contract.to_metadata()
    del metadata[key]
    with pytest.raises(DataError, match=rf"file.onnx: metadata lacks \['{key}'\]"):
        PolicyContract.from_metadata(metadata, "file.onnx")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("joint_stiffness", "[1, 2]", "joint_stiffness has 2 values for 12 joints"),
        ("default_joint_pos", json.dumps([float("nan")] * 12), "not finite"),
        ("observation_sizes", "[3]", "observation_sizes has 1 entries for 2 observation_names"),
        ("command_ranges", "[[0, 1]]", "command_ranges has 1 entries"),
        ("command_ranges", "[[1, 0], [0, 1], [0, 1]]", "low above its high"),
        ("command_ranges", "[1, 2, 3]", "cannot be read"),
        ("action_kind", "incremental", "'incremental' is not one of default_plus_scaled"),
        ("control_rate", "fast", "cannot be read"),
        ("control_rate", "0", "must be above 0 Hz"),
        ("joint_names", "[]", "joint_names is empty"),
        ("joint_damping", "[", "cannot be read"),
        ("gait_phase", '{"feet": ["FL"]}', "cannot be read"),
        ("gait_phase", '{"feet": ["FL"], "offsets": [0, 1], "frequency": 2, "stand_below": 0}', "2 offsets for 1 feet"),
    ],
)
def test_bad_metadata_says_what_is_wrong(contract: PolicyContract, key: str, value: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        PolicyContract.from_metadata(contract.to_metadata() | {key: value})


def test_fitting_robot_passes(contract: PolicyContract, robot: RobotSpec) -> None:
    contract.check_robot(robot)


def test_unknown_joint_lists_those_of_the_robot(contract: PolicyContract, robot: RobotSpec) -> None:
    other = replace(contract, joint_names=("tail_joint", *contract.joint_names[1:]))
    with pytest.raises(DataError, match="no joints .'tail_joint'.; it has .'FL_hip_joint'"):
        other.check_robot(robot)


def test_other_rate_pose_or_feet_do_not_fit(contract: PolicyContract, robot: RobotSpec) -> None:
    with pytest.raises(DataError, match="made for 100 Hz, the control loop runs at 50 Hz.*100, 200, 400"):
        replace(contract, control_rate=100.0).check_robot(robot)
    with pytest.raises(DataError, match="FL_hip_joint.*beyond the limits"):
        replace(contract, default_joint_pos=(3.0, *contract.default_joint_pos[1:])).check_robot(robot)
    with pytest.raises(DataError, match="no feet or fingertips .'left'."):
        replace(contract, gait=GaitPhase(("left",), (0.0,), 1.0, 0.1)).check_robot(robot)


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=3))
def test_clipped_commands_are_in_range_or_zero(values: list[float]) -> None:
    gait = GaitPhase(FEET, (0.0,) * 4, 2.0, 0.1)
    ranges = ((-0.5, 1.0), (-0.4, 0.4), (-1.0, 1.0))
    one = (0.0,)
    contract = PolicyContract(("j",), one, one, one, one, ("velocity_commands",), (3,), ("a", "b", "c"), ranges, 50.0,
                              gait=gait)  # fmt: skip
    clipped = contract.clip_command(np.array(values))
    low, high = np.array(ranges).T
    assert (clipped >= low).all() and (clipped <= high).all()
    assert (clipped == 0).all() or np.linalg.norm(clipped) >= 0.1
    assert contract.clip_command(clipped) == pytest.approx(clipped), "clipping twice changes nothing"


def test_small_command_means_standing(contract: PolicyContract) -> None:
    batch = np.array([[0.05, 0.0, 0.05], [0.0, 0.0, 0.3]])
    assert contract.is_moving(batch).tolist() == [False, True]
    assert contract.clip_command(batch).tolist() == [[0.0, 0.0, 0.0], [0.0, 0.0, 0.3]]


MANY = GaitPhase(
    FEET, (0.0, 0.0, 0.1, 0.1), 2.0, 0.1,
    offset_commands=(("side", (0.0, 1.0, 0.0, 1.0)),), frequency_command="frequency", moved_by=("vx",),
)  # fmt: skip


@pytest.fixture(scope="module")
def steered(contract: PolicyContract) -> PolicyContract:
    """A policy whose goal values choose the gait."""
    ranges = ((-0.5, 1.0), (0.0, 0.5), (1.0, 3.0))
    return replace(contract, command_names=("vx", "side", "frequency"), command_ranges=ranges, gait=MANY)


def test_goal_values_steer_the_gait(steered: PolicyContract) -> None:
    assert PolicyContract.from_metadata(steered.to_metadata()) == steered
    offsets, frequency = steered.gait_at(np.array([[0.5, 0.5, 1.5], [0.0, 0.0, 3.0]]))
    assert offsets == pytest.approx(np.array([[0.0, 0.5, 0.1, 0.6], [0.0, 0.0, 0.1, 0.1]]))
    assert frequency.tolist() == [1.5, 3.0]


def test_what_says_how_to_move_does_not_move(steered: PolicyContract) -> None:
    standing = np.array([[0.05, 0.5, 3.0]])
    assert steered.is_moving(standing).tolist() == [False]
    assert steered.clip_command(standing).tolist() == [[0.0, 0.5, 3.0]]
    assert steered.clip_command(np.array([[0.2, 0.7, 9.0]])).tolist() == [[0.2, 0.5, 3.0]]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"frequency_command": "rate"}, "rate"),
        ({"moved_by": ("speed",)}, "speed"),
        ({"offset_commands": (("side", (1.0,)),)}, "1 factors of 'side' for 4 feet"),
    ],
)
def test_gait_must_fit_the_goal_values(steered: PolicyContract, changes: dict[str, object], says: str) -> None:
    with pytest.raises(DataError, match=says):
        replace(steered, gait=replace(MANY, **changes))
