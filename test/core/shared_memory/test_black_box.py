"""The black box keeps the last minute, outlives its writer, and never passes half a row off as a whole one."""

import dataclasses
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from skill_stack.benchmarks.control.synthetic_robot import write_robot
from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.shared_memory.black_box import (
    MODES,
    SECONDS,
    BlackBox,
    box_path,
    read_black_box,
    read_faults,
    row_type,
)


@pytest.fixture(scope="module")
def robot(tmp_path_factory):
    folder = write_robot(tmp_path_factory.mktemp("tiny"), "tiny", 4, 50.0, hidden=(8,))
    return load_robot(folder / "urdf" / "tiny")


def parts(robot, number, mode=ControlMode.ACTIVE, **changes):
    n = robot.size
    row = np.arange(n) + number
    state = RobotState(
        task_time=0.02 * number, position=row, velocity=row + 0.1, torque=row + 0.2,
        orientation=np.array([1.0, 0, 0, 0]),
        angular_velocity=np.zeros(3), projected_gravity=np.array([0.0, 0, -1]), base_position=np.array([1.0, 2.0, 3.0]),
        base_velocity=np.zeros(3), contact=np.ones(len(robot.feet), bool), sources={}, valid=True, reason="",
    )  # fmt: skip
    status = SkillStatus(
        task_time=0.02 * number, part="body", skill="walk", phase="walking", mode=mode, reason="", progress=0.0,
        request_id="plan/1", setpoint_sequence=7, sample_sequence=number, base_position=state.base_position,
        orientation=state.orientation, base_velocity=state.base_velocity, yaw_rate=0.5, tilt=0.25,
    )  # fmt: skip
    command = JointCommand(row + 0.3, row, row, row + 0.4, row + 0.5, CommandMode.ACTIVE, sequence=number)
    return command, dataclasses.replace(status, **changes), state


def test_what_goes_in_comes_out(robot, tmp_path):
    box = BlackBox(tmp_path / "box", robot)
    box.write(*parts(robot, 3, reason="ü" * 100), 0b101, 12.5)
    found = read_black_box(tmp_path / "box")
    assert (found.robot, found.rate, found.joints, found.torn) == ("tiny", 50.0, robot.joint_names, 0)
    (row,) = found.rows
    assert (row["sample"], row["setpoint"], row["command"], row["limited"], row["mono"]) == (3, 7, 3, 5, 12.5)
    assert (row["skill"], row["request"], MODES[row["mode"]]) == (b"walk", b"plan/1", "active")
    assert row["tilt"] == 0.25 and row["task_time"] == 0.06
    for name, value in {"position": 3.0, "velocity": 3.1, "torque": 3.2, "target": 3.3, "kp": 3.4, "kd": 3.5}.items():
        assert row[name] == pytest.approx(np.arange(robot.size) + value, abs=1e-6), name
    assert row["base_position"] == pytest.approx([1, 2, 3])
    assert (tmp_path / "box").stat().st_mode & 0o777 == 0o600


def test_keeps_the_last_minute_in_order(robot, tmp_path):
    box = BlackBox(tmp_path / "box", robot)
    kept = round(SECONDS * robot.control_rate)
    for number in range(1, kept + 12):
        box.write(*parts(robot, number), 0, 0.02 * number)
    rows = read_black_box(tmp_path / "box").rows
    assert rows["number"].tolist() == list(range(12, kept + 12))


def test_a_faster_loop_gets_a_ring_of_its_own_that_holds_as_long(robot, tmp_path):
    slow = BlackBox(tmp_path / "box", robot)
    slow.write(*parts(robot, 1), 0, 0.02)
    slow.close()
    fast = BlackBox(tmp_path / "box", robot.at_rate(500.0))
    for number in range(1, 501):
        fast.write(*parts(robot, number), 0, 0.002 * number)
    found = read_black_box(tmp_path / "box")
    assert found.rate == 500.0 and found.rows["number"].tolist() == list(range(1, 501))
    row = row_type(robot.size, len(robot.feet)).itemsize
    assert 0 <= (tmp_path / "box").stat().st_size - 30_000 * row < 3 * 4096  # 60 s, and a page or two in front


def test_torn_rows_are_left_out_and_counted(robot, tmp_path):
    box = BlackBox(tmp_path / "box", robot)
    for number in range(1, 21):
        box.write(*parts(robot, number), 0, 0.02 * number)
    with (tmp_path / "box").open("r+b") as file:
        data = file.read()
        place = data.index(np.float64(0.02 * 9).tobytes())  # within row 9
        file.seek(place)
        file.write(bytes([data[place] ^ 1]))
    found = read_black_box(tmp_path / "box")
    assert found.torn == 1 and 9 not in found.rows["number"] and len(found.rows) == 19


def test_a_restarted_writer_goes_on_and_another_robot_begins_anew(robot, tmp_path):
    BlackBox(tmp_path / "box", robot).write(*parts(robot, 1), 0, 1.0)
    BlackBox(tmp_path / "box", robot).write(*parts(robot, 2), 0, 2.0)
    assert read_black_box(tmp_path / "box").rows["mono"].tolist() == [1.0, 2.0]
    BlackBox(tmp_path / "box", robot.model_copy(update={"name": "other"}))
    found = read_black_box(tmp_path / "box")
    assert found.robot == "other" and not len(found.rows)


def test_counts_faults_once_each(robot, tmp_path):
    path = tmp_path / "box"
    assert read_faults(path) == 0
    box = BlackBox(path, robot)
    modes = [ControlMode.ACTIVE, ControlMode.DAMPED, ControlMode.DAMPED, ControlMode.STANCE, ControlMode.ESTOP]
    for number, mode in enumerate(modes, 1):
        box.write(*parts(robot, number, mode), 0, 0.0)
    assert read_faults(path) == read_black_box(path).faults == 2


def test_outlives_a_killed_writer(robot, tmp_path):
    text = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from test_black_box import parts
from skill_stack.core.shared_memory.black_box import BlackBox
from skill_stack.core.robots.robot_file import load_robot
robot = load_robot(Path(sys.argv[2]))
box = BlackBox(Path(sys.argv[3]), robot)
number = 0
print("ready", flush=True)
while True:
    number += 1
    box.write(*parts(robot, number), 0, float(number))
"""
    folder = write_robot(tmp_path / "robot", "tiny", 4, 50.0, hidden=(8,)) / "urdf" / "tiny"
    here = os.path.dirname(__file__)
    command = [sys.executable, "-c", text, here, str(folder), str(tmp_path / "box")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        try:
            writer.wait(0.5)
        except subprocess.TimeoutExpired:
            pass
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    found = read_black_box(tmp_path / "box")
    assert found.torn <= 1 and len(found.rows) >= 10
    assert (np.diff(found.rows["number"]) <= 2).all()


def test_other_files_are_refused(tmp_path):
    (tmp_path / "no").write_bytes(b"x" * 9000)
    with pytest.raises(DataError, match="not a black box"):
        read_black_box(tmp_path / "no")
    assert box_path(tmp_path / "block").name == "block.blackbox"
