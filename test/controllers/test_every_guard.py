"""Every guard meets its fault with the declared reaction, within its time, with its reason in status and log.

The table in docs/safety.md, the guards in code, the limits in data and the fault campaign must name the same.
"""

import dataclasses
import io
import math
import re
from pathlib import Path

import numpy as np
import pytest

from skill_stack.benchmarks.campaign.trial import FAULTS
from skill_stack.controllers.control_core import ControlCore
from skill_stack.controllers.processes.control_station import ControlStation
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.controllers.processes.supervisor import Supervisor
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.errors import LeaseRefused
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.safety_limits import limit_names
from skill_stack.core.sensor_sample import Odometry
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.skills.skill import PhaseSpec
from skill_stack.hardware.command_inlet import CommandInlet, longest_silence
from skill_stack.hardware.shared_memory_driver import SharedMemoryDriver

TABLE = Path(__file__).parents[2] / "docs" / "safety.md"
PERIOD = 0.02
STANCE, DAMPED, ESTOP = ControlMode.STANCE, ControlMode.DAMPED, ControlMode.ESTOP
ACTIVE, DISARMED = ControlMode.ACTIVE, ControlMode.DISARMED
FAR = [1.9, -1.9, 1.9, -1.9]


class Desk:
    """A control station that walks, with its device, its connector and its people written by hand."""

    def __init__(self, robot, library, channels, kit):
        self.robot, self.channels, self.kit = robot, channels, kit
        self.log = io.StringIO()
        self.core = ControlCore(robot, library)
        self.opener = lambda lease: open_driver(robot, "mujoco", channels, lease)
        self.station = ControlStation(self.core, channels, self.opener, "person", ProcessLog("control", self.log))
        self.number, self.time, self.timing = 0, 0.0, LoopTiming()
        self.rng = np.random.default_rng(1)
        self.fixed = {}
        self.device = lambda sample: sample
        self.connector = lambda setpoint: setpoint

    def turn(self, count=1):
        for _ in range(count):
            self.number += 1
            self.time += PERIOD
            noise = self.rng.normal(0.0, 1e-4, (3, self.robot.size))
            position = self.robot.pose("default") + noise[0]
            fields = {"position": position, "velocity": noise[1], "torque": noise[2]}
            sample = self.device(self.kit.upright(self.robot, self.number, self.time, **fields))
            if sample is not None:
                self.channels.write_sample(sample)
            self.ask()
            read = self.station.read()
            now = self.time if read is None else read.task_time + (self.time - read.stamp)
            self.station.turn(read, now, self.time, self.timing)
        return self.channels.read_status()

    def ask(self, skill="walk"):
        stops = self.channels.flags().stop_count
        made = SkillSetpoint("r", self.number, self.time + 0.5, "body", "plan", (SkillWeight(skill),), {}, stops)
        if (setpoint := self.connector(made)) is not None:
            self.channels.write_setpoint(setpoint)

    def measure(self, **fields):
        self.device = lambda sample: dataclasses.replace(sample, **fields)

    def spoil(self, targets):
        """The skill's output from now on."""
        runner = self.core.bank.runners["walk"]
        run = runner.run
        runner.run = lambda reading, goals, dt: targets(run(reading, goals, dt))


@pytest.fixture
def channels(tmp_path, robot):
    made = RobotChannels.open(tmp_path / "block", robot)
    yield made
    made.close()


CHECKED = {
    Guard.IMU_SILENCE: {"imu_silence": 0.2},
    Guard.GYRO: {"gyro_error": 0.06},
    Guard.GRAVITY: {"gravity_error": 0.12},
    Guard.JOINT_MOTION: {"joint_error": 0.5},
}
"""Limits of guards that the made-up robot does not have: it declares no sensors that could be compared."""


@pytest.fixture
def desk(request, robot, library, channels, kit):
    checked = CHECKED.get(request.node.callspec.params.get("guard"), {})
    robot = robot.model_copy(update={"safety": robot.safety.model_copy(update=checked)})
    if request.node.callspec.params.get("guard") is Guard.EXIT:
        down = (PhaseSpec(name="down", kind="contact", stance="walk", leave_through="rise"),)
        library = kit.changed(library, "walk", phases=down)
    made = Desk(robot, library, channels, kit)
    made.turn(3)
    assert made.turn().mode is ACTIVE
    return made


def one(value, place=0, size=4):
    out = np.zeros(size)
    out[place] = value
    return out


def turned(angle):
    return np.array([math.cos(angle / 2), math.sin(angle / 2), 0.0, 0.0])


def still_joint(desk):
    kept = {}

    def device(sample):
        fields = {}
        for name in ("position", "velocity", "torque"):
            values = np.array(getattr(sample, name))
            values[1] = kept.setdefault(name, values[1])
            fields[name] = values
        return dataclasses.replace(sample, **fields)

    desk.device = device


def counter_stands(desk):
    number = desk.number
    desk.device = lambda sample: dataclasses.replace(sample, sequence=number)


def old(desk):
    desk.device = lambda s: dataclasses.replace(s, stamp=s.stamp - 0.2, task_time=s.task_time - 0.2)


def goes_back(desk):
    desk.time -= 5.0


def late(desk):
    desk.timing = LoopTiming(misses=5, misses_in_row=5)


def unwatched(desk):
    desk.timing = LoopTiming(unwatched=1.1)


def raises(_):
    raise ValueError("made by a test")


def moved(q):
    return lambda targets: targets._replace(q=list(q))


def stiff(q, kp):
    return lambda targets: Targets(list(q), (kp,) * 4, (0.1,) * 4)


def hold(desk, angle):
    """All joints at one angle, whatever is commanded."""
    desk.measure(position=np.full(4, angle), velocity=np.zeros(4))


def spoil_after_hold(desk):
    hold(desk, 1.99)
    desk.spoil(stiff([2.5] * 4, 60.0))


FAST_BASE = Odometry(np.zeros(3), 0.0, np.array([9.0, 0, 0]), 0.0)
REQUEST = {
    Guard.STOP: lambda desk: desk.channels.words.request_stop("local"),
    Guard.ESTOP: lambda desk: desk.channels.words.request_estop("local"),
    Guard.MEMORY: lambda desk: desk.channels.words.set("stop.ros", 2**40),
}

# guard: how it is provoked, mode, text of the reason, control periods within which it is declared
INJECTIONS = {
    Guard.OUTPUT: (lambda desk: desk.spoil(moved([math.nan] * 4)), DAMPED, "output is not finite", 1),
    Guard.TILT: (lambda desk: desk.measure(orientation=turned(1.2)), DAMPED, "tilt 1.20 rad", 1),
    Guard.ANGULAR_SPEED: (lambda desk: desk.measure(angular_velocity=one(6.5, 1, 3)), DAMPED, "turns at 6.5", 1),
    Guard.BASE_SPEED: (lambda desk: desk.measure(odometry=FAST_BASE), STANCE, "base moves at 9.0 m/s", 7),
    Guard.JOINT_SPEED: (lambda desk: desk.measure(velocity=one(25.0)), DAMPED, "joint_00 moves at 25.0", 1),
    Guard.JOINT_POSITION: (lambda desk: hold(desk, 2.6), DAMPED, "measured at 2.6 rad", 1),
    Guard.MEASURED_TORQUE: (lambda desk: desk.measure(torque=one(-100.0, 2)), DAMPED, "joint_02 gives -100.0", 7),
    Guard.TEMPERATURE: (lambda desk: desk.measure(temperature=np.full(4, 130.0)), DAMPED, "130 °C", 27),
    Guard.BATTERY: (lambda desk: desk.measure(battery=0.1), STANCE, "battery at 10%", 27),
    Guard.SENSOR: (lambda desk: desk.measure(foot_force=one(math.nan, 0, 2)), STANCE, "foot_force", 12),
    Guard.JOINT_DATA: (still_joint, DAMPED, "nothing new from joint_01", 12),
    Guard.IMU_SILENCE: (lambda desk: None, DAMPED, "gyro and accelerometer said the same", 12),  # as they do there
    Guard.GYRO: (lambda desk: desk.measure(angular_velocity=one(0.8, 1, 3)), DAMPED, "of what the gyro says", 40),
    Guard.GRAVITY: (
        lambda desk: desk.measure(linear_acceleration=np.array([0.0, 2.9, 9.37])), DAMPED, "rad apart, limit 0.12", 50,
    ),
    Guard.JOINT_MOTION: (lambda desk: desk.measure(velocity=one(5.0, 1)), DAMPED, "joint_01 turned -0.5", 40),
    Guard.STAMP: (lambda desk: desk.measure(stamp=desk.time + 9.0), DAMPED, "from the future", 1),
    Guard.SAMPLE: (lambda desk: desk.measure(valid=False), DAMPED, "invalid", 1),
    Guard.SAMPLE_AGE: (old, DAMPED, "is late with", 1),
    Guard.COUNTER: (counter_stands, DAMPED, "repeats", 5),
    Guard.CLOCK: (goes_back, DISARMED, "began anew", 1),
    Guard.SETPOINT_AGE: (lambda desk: setattr(desk, "connector", lambda _: None), STANCE, "no setpoint", 27),
    Guard.SETPOINT: (
        lambda desk: setattr(desk, "connector", lambda s: dataclasses.replace(s, part="tail")), STANCE, "'tail'", 1,
    ),
    Guard.EXIT: (
        lambda desk: setattr(desk, "connector", lambda s: dataclasses.replace(s, skills=(SkillWeight("stand"),))),
        STANCE, "through rise alone", 1,
    ),
    Guard.DEADLINE: (late, STANCE, "5 control deadlines missed", 1),
    Guard.LOOP: (lambda desk: desk.spoil(raises), ESTOP, "ValueError: made by a test", 1),
    Guard.SUPERVISOR: (unwatched, STANCE, "no supervisor: silent for 1.1 s", 1),
    Guard.STOP: (REQUEST[Guard.STOP], STANCE, "stop", 2),
    Guard.ESTOP: (REQUEST[Guard.ESTOP], ESTOP, "emergency", 2),
    Guard.MEMORY: (REQUEST[Guard.MEMORY], ESTOP, "shared memory is spoilt", 1),
}  # fmt: skip

# guard: how it is provoked; the command is limited and the skill goes on
LIMITED = {
    Guard.TORQUE: lambda desk: desk.spoil(stiff([0.5] * 4, 400.0)),
    Guard.RANGE: spoil_after_hold,
    Guard.SLEW: lambda desk: desk.spoil(stiff(FAR, 10.0)),
}
ELSEWHERE = {Guard.WRITER, Guard.HEARTBEAT, Guard.DEAD_MAN}
ON_LEGS = {Guard.DRIVE, Guard.LEG_FORCE, Guard.GROUND, Guard.FOOT_FORCE}
"""What takes a robot that stands: test/controllers/consistency/test_sensor_checks.py."""


@pytest.mark.parametrize("guard", INJECTIONS, ids=lambda guard: guard.value)
def test_reacts_as_declared(desk, guard):
    provoke, mode, reason, within = INJECTIONS[guard]
    if guard is Guard.STOP:
        desk.connector = lambda _: None
    provoke(desk)
    for _ in range(within):
        status = desk.turn()
        if status.mode is mode:
            break
    assert status.mode is mode and reason in status.reason
    if mode in (DAMPED, ESTOP, DISARMED):
        assert desk.channels.read_command().mode is CommandMode.DAMP
    else:
        assert status.skill in ("stand", "walk") and desk.channels.read_command().mode is CommandMode.ACTIVE
    assert status.reason in desk.log.getvalue(), "the reason stands in the log"


@pytest.mark.parametrize("guard", LIMITED, ids=lambda guard: guard.value)
def test_limits_the_command_and_says_so(desk, guard):
    LIMITED[guard](desk)
    limited = desk.core.safety.limited
    for _ in range(15):  # the walk is still fading in
        status = desk.turn()
        if any(name.startswith(f"{guard.value} joint_") for name in limited):
            break
    else:
        raise AssertionError(limited)
    assert status.mode is ACTIVE and desk.core.safety.touched
    assert "commands limited so far" in desk.log.getvalue()
    assert desk.channels.words.get("control.limited") == sum(limited.values())


@pytest.mark.parametrize("guard", [Guard.WRITER], ids=lambda guard: guard.value)
def test_a_second_writer_is_refused(desk, guard):
    former = dataclasses.replace(desk.channels.words.lease, generation=desk.channels.words.lease.generation - 1)
    with pytest.raises(LeaseRefused):
        desk.opener(former).damp()
    assert desk.turn().mode is ACTIVE


@pytest.mark.parametrize("guard", [Guard.HEARTBEAT], ids=lambda guard: guard.value)
def test_the_supervisor_damps_what_a_dead_control_process_drove(desk, guard):
    words, log = desk.channels.words, io.StringIO()
    words.set("control.active", 1)
    words.register("control", ProcessIdentity(2**22 + 1, 1))  # no process has that number
    supervisor = Supervisor(desk.channels, desk.opener, desk.robot.safety.heartbeat_age, ProcessLog("s", log))
    assert supervisor.look(desk.time + 1.0)
    assert desk.channels.read_command().mode is CommandMode.DAMP
    assert "is gone" in log.getvalue() and "is gone" in desk.channels.read_status().reason
    assert desk.turn().mode is DISARMED  # a person re-arms
    assert desk.turn(5).mode is DISARMED
    words.request_reset("local")
    assert desk.turn(3).mode is not DAMPED


@pytest.mark.parametrize("guard", [Guard.DEAD_MAN], ids=lambda guard: guard.value)
def test_the_device_damps_when_commands_stop(desk, guard):
    inlet = CommandInlet(desk.channels, desk.robot, longest_silence(desk.robot))
    driver = SharedMemoryDriver(desk.robot, desk.channels, desk.channels.words.lease, clock=lambda: 5.0)
    driver.write(desk.channels.read_command())
    limit = desk.robot.safety.command_age
    assert inlet.take(5.0).command.mode is CommandMode.ACTIVE and inlet.take(5.0 + limit - 1e-6) is None
    assert inlet.take(5.0 + limit + 1e-6).command.mode is CommandMode.DAMP


def rows():
    """The guards of the table: name and the rest of the row."""
    found = re.findall(r"^\| `(\w+)` \|(.*)\|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: rest for name, rest in found if name in {guard.value for guard in Guard} or "safety." in rest}


def test_code_table_tests_and_campaign_name_the_same_guards():
    names = {guard.value for guard in Guard}
    assert set(rows()) == names
    assert {*INJECTIONS, *LIMITED, *ELSEWHERE, *ON_LEGS} == set(Guard)
    assert {fault.guard for fault in FAULTS} == set(Guard)


def test_every_limit_stands_in_the_table_and_every_limit_of_the_table_exists():
    named = set(re.findall(r"`safety\.(\w+)`", " ".join(rows().values())))
    assert named == set(limit_names())
