"""The control core where the robot's own controller moves the joints: a stand-in of that one, with joints that lag."""

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest

from skill_stack.controllers.control_core import ControlCore
from skill_stack.controllers.processes.control_station import ControlStation
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.hardware import Capabilities
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.skills.builtin import MotionCommand
from skill_stack.core.skills.skill_library import load_library

ROOT = Path(__file__).resolve().parents[2]
PERIOD = 0.02
POSES = {"stand_up": "default", "balance_stand": "default", "move": "default", "stop": None, "stand_down": "lie"}


@pytest.fixture(scope="module")
def go2():
    return load_robot(ROOT / "urdf" / "go2")


@pytest.fixture(scope="module")
def built_in(go2, tmp_path_factory):
    return load_library(Resources((ROOT,), tmp_path_factory.mktemp("overlay")), go2, "vendor")


class Body:
    """Joints that go to the pose of the motion they were told, within about a second; sensors that agree."""

    def __init__(self, robot, kit, pose="lie"):
        self.robot, self.kit = robot, kit
        self.position = robot.pose(pose)
        self.told = self.position.copy()
        self.number = 0
        self.heard: list[MotionCommand] = []

    def sample(self, **changes):
        self.number += 1
        time = PERIOD * self.number
        position = changes.pop("position", self.position).copy()
        velocity, self.told = (position - self.told) / PERIOD, position
        noise = np.full(3, 1e-3 * (self.number % 2))  # an IMU that repeats itself to the last bit counts as dead
        felt = {"position": position, "velocity": velocity, "angular_velocity": noise}
        felt |= {"linear_acceleration": np.array([0, 0, 9.81]) + noise, **changes}
        return self.kit.upright(self.robot, self.number, time, **felt)

    def obey(self, command):
        self.heard.append(command)
        pose = POSES.get(command.motion)
        if pose:
            self.position += 0.1 * (self.robot.pose(pose) - self.position)

    @property
    def motions(self):
        """What it was told, each once in a row."""
        names = [command.motion for command in self.heard]
        return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]


class Desk:
    """A control core with such a body."""

    def __init__(self, robot, library, kit, pose="lie"):
        self.core = ControlCore(robot, library)
        self.body = Body(robot, kit, pose)
        self.flags, self.setpoint, self.numbers = Flags(), None, 0

    def ask(self, *skills, **goals):
        self.numbers += 1
        known = self.body.number * PERIOD
        weights = tuple(SkillWeight(skill) for skill in skills)
        self.setpoint = SkillSetpoint(
            "r/1", self.numbers, known + 10.0, "body", "plan", weights, goals, self.flags.stop_count
        )

    def tick(self, count=1, **changes):
        for _ in range(count):
            sample = self.body.sample(**changes)
            now = sample.task_time
            tick = self.core.tick(sample, self.setpoint, self.flags, now, now)
            self.body.obey(self.core.motion)
            if self.setpoint is not None:
                self.setpoint = dataclasses.replace(self.setpoint, valid_until=now + 10.0)
        return tick.status


@pytest.fixture
def desk(go2, built_in, kit):
    return Desk(go2, built_in, kit)


def test_a_robot_that_nobody_asked_for_anything_is_left_as_it_is(desk):
    assert desk.tick(5).mode is ControlMode.DISARMED
    assert desk.body.motions == [""]


def test_rising_goes_through_its_stages_by_what_is_measured(desk):
    desk.ask("rise")
    status = desk.tick(3)
    assert (status.mode, status.phase, status.progress) == (ControlMode.ACTIVE, "rising", 0.0)
    status = desk.tick(150)
    assert (status.phase, status.progress) == ("risen", 1.0)
    assert desk.body.motions == ["stand_up", "balance_stand"]


def test_a_robot_that_does_not_rise_makes_no_progress(desk):
    desk.ask("rise")
    assert desk.tick(200, position=desk.body.robot.pose("lie")).progress == 0.0
    assert desk.body.motions == ["stand_up"]


def test_joints_are_never_commanded(desk):
    desk.ask("walk", vx=0.3)
    desk.tick()
    desk.ask("rise")
    for _ in range(100):
        sample = desk.body.sample()
        tick = desk.core.tick(sample, desk.setpoint, desk.flags, sample.task_time, sample.task_time)
        assert not tick.command.kp.any() and not tick.command.tau.any()


def test_walking_hands_on_its_goals(desk):
    stand(desk)
    desk.ask("walk", vx=0.3, wz=-0.2)
    desk.tick()
    assert desk.body.heard[-1] == MotionCommand("move", {"vx": 0.3, "wz": -0.2})


def stand(desk):
    desk.ask("rise")
    desk.tick(150)


def test_a_stop_ends_in_the_vendors_stance(desk):
    stand(desk)
    desk.ask("walk", vx=0.3)
    desk.tick()
    desk.flags = Flags(stop=1)
    status = desk.tick()
    assert (status.mode, status.skill, status.reason) == (ControlMode.STANCE, "stand", "stop")
    assert desk.body.heard[-1].motion == "balance_stand"


def test_an_emergency_stop_damps_until_a_reset(desk):
    stand(desk)
    desk.flags = Flags(estop=1)
    assert desk.tick(3).mode is ControlMode.ESTOP
    assert desk.body.heard[-1].motion == "damp"
    desk.flags = Flags(estop=1, reset=1)
    assert desk.tick().mode is ControlMode.DISARMED
    assert desk.body.heard[-1].motion == ""


def test_a_tilted_robot_is_damped(desk):
    stand(desk)
    desk.tick(orientation=np.array([np.cos(0.8), np.sin(0.8), 0, 0]))
    assert desk.body.heard[-1].motion == "damp"


def test_a_robot_out_of_sight_is_stopped_and_not_dropped(desk):
    stand(desk)
    desk.ask("walk", vx=0.3)
    desk.tick()
    status = desk.tick(30, valid=False)
    assert status.mode is ControlMode.DAMPED
    assert desk.body.heard[-1].motion == "stop"
    assert "damp" not in desk.body.motions


def test_what_the_robot_refuses_is_a_reason_and_no_silent_failure(desk):
    stand(desk)
    desk.ask("walk", vx=0.3)
    desk.core.trouble = "the robot refused 'move': code 4202"
    status = desk.tick(2)
    assert (status.mode, status.skill) == (ControlMode.STANCE, "stand")
    assert "refused 'move'" in status.reason


def test_motions_cannot_be_mixed(desk):
    stand(desk)
    desk.ask("walk", "sit")
    assert "cannot be mixed" in desk.tick().reason


def test_heading_does_not_matter(desk):
    desk.ask("rise")
    assert desk.tick(150, orientation=np.array(from_yaw(2.0))).progress == 1.0


class MotionDevice:
    """A driver of a built-in controller, with its notes."""

    capabilities = Capabilities((), 50.0, "", "", "")

    def __init__(self, channels):
        self.channels, self.trouble = channels, ""
        self.told: list[MotionCommand] = []
        self.written, self.closed, self.lost = 0, False, False

    def read(self):
        return self.channels.read_sample()

    def write(self, command):
        self.written += 1

    def motion(self, command):
        if self.lost:
            raise LeaseRefused("the lease went to supervisor")
        self.told.append(command)

    def damp(self):
        self.told.append(MotionCommand("damp"))

    def close(self):
        self.closed = True


@pytest.fixture
def channels(tmp_path, go2):
    made = RobotChannels.open(tmp_path / "block", go2)
    yield made
    made.close()


def turned(go2, built_in, kit, channels, opener, count=1):
    core = ControlCore(go2, built_in)
    station = ControlStation(core, channels, opener, "person", ProcessLog("control", io.StringIO()))
    for number in range(1, count + 1):
        time = PERIOD * number
        channels.write_sample(kit.upright(go2, number, time))
        station.turn(station.read(), time, time, LoopTiming())
    return station


def test_the_station_tells_the_driver_and_writes_no_joints(go2, built_in, kit, channels):
    device = MotionDevice(channels)
    channels.write_setpoint(SkillSetpoint("r", 1, 10.0, "body", "plan", (SkillWeight("stand"),)))
    device.trouble = "the robot does not answer"
    station = turned(go2, built_in, kit, channels, lambda lease: device, 3)
    assert device.written == 0 and len(device.told) == 3
    assert channels.read_status().reason == "the robot does not answer"
    device.lost = True
    station.turn(station.read(), 0.08, 0.08, LoopTiming())
    assert not station.holds_lease


def test_a_driver_without_motions_is_refused(go2, built_in, kit, channels):
    with pytest.raises(DataError, match="this driver cannot"):
        turned(go2, built_in, kit, channels, lambda lease: open_driver(go2, "mujoco", channels, lease))
