"""Control ticks: from the black box to messages, without loss, as an independent decoder reads them."""

import dataclasses
import math
import time
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.robots.sensor_spec import TouchSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.shared_memory.black_box import BlackBox, BlackBoxFollower, TickDetails, read_black_box
from skill_stack.recording.control_ticks import TickEncoder
from skill_stack.recording.format import CONTROL_TICK_TYPE
from test.core.shared_memory.test_black_box import parts, robot  # noqa: F401
from test.recording.test_format import decoded


def details(robot, number: int) -> TickDetails:  # noqa: F811
    row, feet = np.arange(robot.size) + number, len(robot.feet)
    sample = SensorSample(
        number, 0.02 * number, 0.02 * number - 0.004, row + 0.6, row + 0.7, row + 0.8, np.array([1.0, 0, 0, 0]),
        np.array([0.1, 0.2, 0.3]), np.array([0, 0, 9.81]), row + 30.0, np.full(feet, 50.0),
    )  # fmt: skip
    return TickDetails(sample, 3, "tilt", (SkillWeight("walk", 1.0), SkillWeight("wave", 0.5, ("a", "b"))))


def test_every_value_arrives_under_its_name(robot, tmp_path: Path) -> None:  # noqa: F811
    box = BlackBox(tmp_path / "box", robot, 5, 3)
    follower = BlackBoxFollower(tmp_path / "box")
    box.note_network((np.array([1.0, 2.0], np.float32), np.array([3.0])), np.array([7.0, 8.0], np.float32))
    box.write(*parts(robot, 4, reason="tilted"), 0b101, 0.08, details(robot, 4))
    box.write(*parts(robot, 5), 0, 0.1)
    rows = follower.read()
    (time_a, first), (_, second) = TickEncoder("body", rows.dtype).encode(rows, 1000.0, 400.0)
    tick, empty = decoded(CONTROL_TICK_TYPE, first, second)
    assert time_a == 400_080_000_000 and (tick.stamp.sec, tick.stamp.nanosec) == (1000, 76_000_000)
    assert (tick.sequence, tick.sample_sequence, tick.setpoint_sequence, tick.command_sequence) == (1, 4, 7, 4)
    assert (tick.part, tick.skill, tick.mode, tick.reason, tick.guard) == ("body", "walk", "active", "tilted", "tilt")
    assert (tick.limited, tick.reaction, tick.sample_valid, tick.state_valid) == (5, 3, True, True)
    active = [(one.skill, one.weight, one.joints) for one in tick.skills]
    assert active == [("walk", 1.0, []), ("wave", 0.5, ["a", "b"])]
    row = np.arange(robot.size) + 4
    for name, offset in {
        "position": 0.6, "velocity": 0.7, "torque": 0.8, "estimated_velocity": 0.1, "command_position": 0.3,
        "command_velocity": 0, "command_torque": 0, "kp": 0.4, "kd": 0.5, "temperature": 30,
    }.items():  # fmt: skip
        assert list(getattr(tick, name)) == pytest.approx(row + offset, abs=1e-5), name
    assert list(tick.imu_angular_velocity) == pytest.approx([0.1, 0.2, 0.3])
    assert list(tick.base_position) == [1, 2, 3] and list(tick.contact) == [1] * len(robot.feet)
    assert list(tick.observation) == [1, 2, 3] and list(tick.action) == [7, 8]
    assert list(empty.observation) == [] and np.isnan(empty.position).all() and not empty.sample_valid


def test_touch_arrives_and_a_driver_that_reads_none_is_told(robot, tmp_path: Path) -> None:  # noqa: F811
    row = {"link": "base", "radius": 0.02, "range": (0.0, 10.0), "source": "made up"}
    pads = tuple(TouchSpec(name=name, **row) for name in ("thumb", "palm"))
    robot = robot.model_copy(update={"sensors": robot.sensors.model_copy(update={"touch": pads})})
    box = BlackBox(tmp_path / "box", robot, 5, 3)
    follower = BlackBoxFollower(tmp_path / "box")
    said = details(robot, 4)
    pressed = dataclasses.replace(said.sample, touch=np.array([2.5, math.nan]))
    box.note_network((np.array([1.0, 2.0], np.float32),), np.array([7.0], np.float32))
    box.write(*parts(robot, 4), 0, 0.08, said._replace(sample=pressed))
    box.write(*parts(robot, 5), 0, 0.1, said)
    rows = follower.read()
    (_, first), (_, second) = TickEncoder("body", rows.dtype).encode(rows, 1000.0, 400.0)
    tick, without = decoded(CONTROL_TICK_TYPE, first, second)
    assert follower.touch == read_black_box(tmp_path / "box").touch == ("thumb", "palm")
    assert list(tick.touch) == pytest.approx([2.5, math.nan], nan_ok=True) and np.isnan(without.touch).all()
    assert list(tick.foot_force) == [50.0] * len(robot.feet) and without.sample_valid
    assert list(tick.observation) == [1, 2] and list(tick.action) == [7]


def test_a_sample_of_the_wrong_shape_does_not_stop_the_loop(robot, tmp_path: Path) -> None:  # noqa: F811
    box = BlackBox(tmp_path / "box", robot)
    follower = BlackBoxFollower(tmp_path / "box")
    wrong = details(robot, 1)
    box.write(*parts(robot, 1), 0, 0.02, wrong)
    short = dataclasses.replace(wrong.sample, position=np.zeros(1))
    box.write(*parts(robot, 2), 0, 0.04, wrong._replace(sample=short))
    assert np.isnan(follower.read()["measured_position"]).any(axis=1).tolist() == [False, True]


def test_a_follower_loses_nothing_within_a_minute_and_counts_what_it_loses_later(robot, tmp_path: Path) -> None:  # noqa: F811
    box = BlackBox(tmp_path / "box", robot)
    follower = BlackBoxFollower(tmp_path / "box")
    numbers = []
    for number in range(1, 2001):
        box.write(*parts(robot, 3), 0, 0.02 * number)
        if number % 700 == 0:
            numbers += follower.read()["number"].tolist()
    numbers += follower.read()["number"].tolist()
    assert numbers == list(range(1, 2001)) and follower.lost == 0
    for number in range(3100):  # 3000 fit, of which one may be under way
        box.write(*parts(robot, 3), 0, 0.02 * number)
    assert follower.read()["number"].tolist() == list(range(2102, 5101)) and follower.lost == 101
    assert not follower.replaced
    (tmp_path / "box").unlink()
    assert follower.replaced


def test_writing_stays_cheap(robot, tmp_path: Path) -> None:  # noqa: F811
    """The loop of 500 Hz may spend one hundredth of a core on it: 20 µs; measured are far less, machines vary."""
    box = BlackBox(tmp_path / "box", robot, 100, 12)
    given, more = parts(robot, 3), details(robot, 3)
    best = min(_seconds(box, given, more) for _ in range(20))
    assert best < 100e-6


def _seconds(box: BlackBox, given: tuple, more: TickDetails) -> float:
    begin = time.perf_counter()
    for _ in range(50):
        box.write(*given, 0, 0.02, more)
    return (time.perf_counter() - begin) / 50
