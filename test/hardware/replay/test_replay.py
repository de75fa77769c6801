"""A recording in place of a robot: samples at their times, commands compared, nothing that moves."""

import json
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import check_driver, open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.black_box import BlackBox, read_black_box
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.replay.driver import ReplayDriver
from skill_stack.hardware.replay.recorded_run import COLUMNS
from skill_stack.runtime.line.line import Line

RESOURCES = Resources.from_environment({})
LEAP = load_robot(RESOURCES.robot("leap"), RESOURCES)
TICKS, PERIOD = 40, 0.0125


class Clock:
    now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def box(tmp_path):
    """A run of half a second: joints move on with every tick, every fourth tick measured nothing new."""
    line = Line(LEAP, load_library(RESOURCES, LEAP), set_up(load_scene(RESOURCES.scene("bench")), 0), pose="default")
    made = BlackBox(tmp_path / "run.blackbox", LEAP)
    zero = np.zeros(16)
    for tick in range(TICKS):
        status = replace(line.status, sample_sequence=tick - tick // 4, mode=ControlMode.ACTIVE)
        state = replace(line.state, position=np.full(16, 0.01 * tick) + 0.001 * np.arange(16), valid=True)
        target = LEAP.pose("default") + 0.01 * tick
        command = JointCommand(target, zero, zero, zero, zero, CommandMode.ACTIVE, tick)
        made.write(command, status, state, 0, 1000.0 + PERIOD * tick)
    made.close()
    return tmp_path / "run.blackbox"


@pytest.fixture
def channels(tmp_path):
    made = RobotChannels.open(tmp_path / "block", LEAP)
    yield made
    made.close()


def replayed(channels, recording, **settings):
    clock = Clock()
    lease = channels.words.take_lease("control")
    return ReplayDriver(LEAP, channels, lease, {"recording": str(recording), **settings}, clock), clock


def commanded(q, mode=CommandMode.ACTIVE):
    zero = np.zeros(16)
    return JointCommand(q, zero, zero, LEAP.column("kp"), LEAP.column("kd"), mode)


def test_samples_come_at_their_times_and_in_the_robots_order(channels, box):
    driver, clock = replayed(channels, box)
    first = driver.read()
    assert first.valid and first.position == pytest.approx(0.001 * np.arange(16), abs=1e-6)
    assert driver.read().sequence == first.sequence
    clock.now += 10 * PERIOD + 1e-4
    later = driver.read()
    assert later.position[0] == pytest.approx(0.1, abs=1e-6) and later.sequence > first.sequence
    assert later.task_time == pytest.approx(10 * PERIOD, abs=1e-3) and later.stamp == clock.now


def test_a_recording_in_another_order_of_joints_is_replayed_in_the_robots(channels, box, tmp_path):
    recording, other = read_black_box(box), np.random.default_rng(0).permutation(16)
    columns = {name: recording.rows[name] for name in COLUMNS}
    columns |= {name: columns[name][:, other] for name in ("position", "velocity", "torque", "target")}
    np.savez(tmp_path / "other.npz", joints=[recording.joints[place] for place in other], **columns)
    (same, clock), (sorted_otherwise, its_clock) = (replayed(channels, path) for path in (box, tmp_path / "other.npz"))
    for _ in range(2):
        first, second = same.read(), sorted_otherwise.read()
        assert first.position.tolist() == second.position.tolist() and len(set(first.position)) == 16
        assert first.velocity.tolist() == second.velocity.tolist() and first.torque.tolist() == second.torque.tolist()
        clock.now = its_clock.now = clock.now + 10 * PERIOD
    sorted_otherwise.write(commanded(LEAP.pose("default") + 0.1))
    assert sorted_otherwise.health.counts == same.health.counts | {"compared": 1}


def test_what_was_not_measured_anew_then_is_not_new_now(channels, box):
    driver, clock = replayed(channels, box)
    seen = [driver.read().sequence]
    clock.now -= PERIOD / 2
    for _ in range(TICKS):
        clock.now += PERIOD
        seen.append(driver.read().sequence)
    rows = read_black_box(box).rows
    assert len(set(seen)) == len(set(rows["sample"].tolist())) < TICKS


def test_commands_are_compared_and_nothing_else_happens(channels, box, tmp_path):
    driver, clock = replayed(channels, box, tolerance=0.05, report=str(tmp_path / "compared.json"))
    driver.read()
    for tick in range(TICKS):
        clock.now += PERIOD / 2
        driver.read()
        off = 0.2 if tick >= 30 else 0.0
        driver.write(commanded(LEAP.pose("default") + 0.01 * tick + off * (np.arange(16) == 3)))
        clock.now += PERIOD / 2
    assert driver.health.counts["compared"] == TICKS and driver.health.counts["different"] == 10
    assert channels.command_counter == 0
    driver.close()
    told = json.loads((tmp_path / "compared.json").read_text())
    assert told["joints"][LEAP.joint_names[3]]["largest"] == pytest.approx(0.2, abs=1e-3)
    assert told["joints"][LEAP.joint_names[2]]["largest"] < 1e-3


def test_its_end_is_a_reason_and_it_may_begin_again(channels, box):
    driver, clock = replayed(channels, box)
    driver.read()
    clock.now += 10.0
    last = driver.read()
    assert not driver.health.drives and "ended" in driver.health.reason
    assert driver.read().sequence == last.sequence
    again, clock = replayed(channels, box, again=True)
    first = again.read()
    clock.now += 10.0
    second = again.read()
    assert again.health.drives and second.sequence > first.sequence and second.task_time > first.task_time
    assert second.position == pytest.approx(first.position)


def test_it_keeps_to_the_lease_and_refuses_what_is_not_finite(channels, box):
    driver, _ = replayed(channels, box)
    with pytest.raises(ValueError, match="not finite"):
        driver.write(commanded(np.full(16, np.nan)))
    channels.words.take_lease("supervisor")
    with pytest.raises(LeaseRefused):
        driver.write(commanded(LEAP.pose("default")))
    with pytest.raises(LeaseRefused):
        driver.damp()
    driver.close()
    driver.close()


@pytest.mark.parametrize(
    ("content", "expected"), [(b"", "cannot be replayed|not a black box"), (b"x" * 5000, "not a black box")]
)
def test_a_file_that_is_no_recording_is_refused(channels, tmp_path, content, expected):
    (tmp_path / "odd.blackbox").write_bytes(content)
    with pytest.raises(DataError, match=expected):
        replayed(channels, tmp_path / "odd.blackbox")


def test_a_recording_of_another_robot_names_the_joints(tmp_path, box):
    hand = load_robot(RESOURCES.robot("allegro_right"), RESOURCES)
    made = RobotChannels.open(tmp_path / "other", hand)
    with pytest.raises(DataError, match=r"joint_0\.0"):
        open_driver(hand, "replay", made, made.words.take_lease("control"), {"recording": str(box)})
    made.close()


def test_every_robot_can_be_replayed_and_a_missing_file_is_told_before_anything_starts():
    go2 = load_robot(RESOURCES.robot("go2"), RESOURCES)
    with pytest.raises(DataError, match="no recording"):
        check_driver(go2, "replay", {"recording": "/nowhere.zip"})
    with pytest.raises(DataError, match="--replay FILE"):
        check_driver(go2, "replay", {})
