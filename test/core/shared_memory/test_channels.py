from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robot_state import BaseKnowledge, RobotState, Source
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.sensor_sample import Odometry, SensorSample
from skill_stack.core.setpoint import ControlMode, Shortfall, SkillSetpoint, SkillStatus, SkillWeight
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.truth_channel import Truth, TruthChannel

ROBOT = load_robot(Path(__file__).parents[3] / "urdf" / "go2")
RNG = np.random.default_rng(1)


@pytest.fixture
def channels(tmp_path):
    made = RobotChannels.open(tmp_path / "block", ROBOT)
    yield made
    made.close()


def assert_same(a, b):
    for name in type(a).__slots__:
        x, y = getattr(a, name), getattr(b, name)
        if isinstance(x, np.ndarray):
            np.testing.assert_array_equal(x, y, err_msg=name)
        elif isinstance(x, Odometry):
            assert_same(x, y)
        else:
            assert x == y and type(x) is type(y), name


def sample(odometry):
    n = ROBOT.size
    return SensorSample(
        5, 1.25, 7.5, *RNG.normal(size=(3, n)), RNG.normal(size=4), *RNG.normal(size=(2, 3)), RNG.normal(size=n),
        RNG.normal(size=len(ROBOT.feet)), 0.75, odometry, False,
    )  # fmt: skip


def test_nothing_written_gives_none(channels):
    for name in ("sample", "command", "setpoint", "status", "state"):
        assert getattr(channels, f"read_{name}")() is None


@pytest.mark.parametrize("odometry", [None, Odometry(RNG.normal(size=3), 0.3, RNG.normal(size=3), -0.2)])
def test_sample(channels, odometry):
    sent = sample(odometry)
    channels.write_sample(sent)
    assert_same(channels.read_sample(), sent)
    assert channels.sample_counter == 1


def test_command(channels):
    sent = JointCommand(*RNG.normal(size=(5, ROBOT.size)), CommandMode.DAMP, 4, 5, 6)
    channels.write_command(sent)
    assert_same(channels.read_command(), sent)


NAMES = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1, max_size=16)


@given(
    st.lists(st.tuples(NAMES, st.floats(0, 1), st.sets(st.sampled_from(ROBOT.joint_names))), max_size=8),
    st.dictionaries(NAMES, st.floats(-1e6, 1e6), max_size=32),
    st.integers(0, 2**60),
)
@settings(max_examples=100, deadline=None)
def test_any_setpoint_that_fits_survives(tmp_path_factory, skills, goals, sequence):
    channels = RobotChannels.open(tmp_path_factory.mktemp("setpoint") / "block", ROBOT)
    weights = tuple(
        SkillWeight(name, weight, tuple(joint for joint in ROBOT.joint_names if joint in joints))
        for name, weight, joints in skills
    )
    sent = SkillSetpoint("plan/1", sequence, 12.5, "body", "plan", weights, goals, 3)
    channels.write_setpoint(sent)
    assert channels.read_setpoint() == sent
    channels.close()


@pytest.mark.parametrize(
    "change, error",
    [
        ({"skills": tuple(SkillWeight(f"s{n}") for n in range(9))}, DataError),
        ({"goals": {f"g{n}": 0.0 for n in range(33)}}, DataError),
        ({"request_id": "x" * 65}, DataError),
        ({"skills": (SkillWeight("walk", 1.0, ("tail",)),)}, UnknownName),
    ],
)
def test_setpoint_that_does_not_fit_is_refused(channels, change, error):
    fields = {"request_id": "1", "sequence": 1, "valid_until": 1.0, "part": "body", "source": "plan", "skills": ()}
    with pytest.raises(error):
        channels.write_setpoint(SkillSetpoint(**{**fields, **change}))
    assert channels.read_setpoint() is None


def test_status_and_a_reason_too_long(channels):
    arrays = {"base_position": RNG.normal(size=3), "orientation": RNG.normal(size=4), "base_velocity": np.zeros(3)}
    names = {"part": "body", "skill": "walk", "phase": "walking", "mode": ControlMode.STANCE, "request_id": "p/1"}
    numbers = {"progress": 0.5, "yaw_rate": 0.1, "tilt": 0.2, "tick_ms": 0.3, "lateness_ms": 0.4, "load": 0.6}
    counts = {"setpoint_sequence": 7, "sample_sequence": 8, "deadline_misses": 9, "stop_count": 10}
    said = {"reason": "ä" * 200, "felt": "holding", "lacks": Shortfall(1, 0.2)}
    sent = SkillStatus(task_time=1.5, **said, **arrays, **names, **numbers, **counts)
    channels.write_status(sent)
    got = channels.read_status()
    assert (got.reason, got.felt, got.lacks, len(got.joints)) == ("ä" * 128, "holding", Shortfall(1, 0.2), 0)
    measured = replace(got, joints=RNG.normal(size=ROBOT.size))
    channels.write_status(measured)
    assert_same(channels.read_status(), measured)


def test_state(channels):
    n = ROBOT.size
    sources = {"orientation": Source("imu", 0.002), "base_position": Source("odometry", 0.01)}
    sent = RobotState(
        2.0, *RNG.normal(size=(3, n)), RNG.normal(size=4), *RNG.normal(size=(4, 3)),
        np.array([True, False, True, True]), sources, False, "no sample",
        BaseKnowledge("odometry", 0.01, 0.3, 0.02, 0.05), 1.2,
    )  # fmt: skip
    channels.write_state(sent)
    assert_same(channels.read_state(), sent)


def test_truth_is_another_file(tmp_path):
    channel = TruthChannel(tmp_path / "block.truth")
    assert channel.read() is None
    channel.vector[:17] = [*range(13), 1, 0, 1, 1]
    channel.write(3, 0.5, True, 4)
    arrays = (np.arange(3.0), np.arange(3.0, 7.0), np.arange(7.0, 10.0), np.arange(10.0, 13.0))
    sent = Truth(3, 0.5, *arrays, np.array([True, False, True, True]), True)
    assert_same(TruthChannel(tmp_path / "block.truth").read(), sent)


def test_a_change_of_the_world_is_told_once(tmp_path):
    scoring = TruthChannel(tmp_path / "block.truth")
    scoring.rolls.give(3, 1.0, 0.0)
    simulator = TruthChannel(tmp_path / "block.truth")
    assert simulator.rolls.take() is None, "that was for the simulation before"
    scoring.rolls.give(7, 0.3, -0.4)
    scoring.loads.give(8, 60.0)
    assert simulator.rolls.take() == (7, (0.3, -0.4)) and simulator.rolls.take() is None
    assert simulator.loads.take() == (8, (60.0,))
    assert simulator.pushes.take() is None and simulator.places.take() is None
