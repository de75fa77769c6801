"""What the driver makes of joint states, and what it tells a controller; no ROS here."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.ros2_control.driver import Ros2ControlDriver
from skill_stack.hardware.ros2_control.link import JointStates
from skill_stack.hardware.ros2_control.settings import place_settings

ROBOT = load_robot(Path(__file__).parents[3] / "urdf" / "allegro_right")
NAMES = ROBOT.joint_names


class Robot:
    """A robot's topics by hand, and time."""

    def __init__(self, kind="position", **settings):
        self.now, self.count, self.others = 10.0, 0, 0
        self.q = dict(ROBOT.poses["default"])
        self.joints, self.asked = tuple(reversed(NAMES)), 0
        self.sent, self.trajectories = [], []
        self.answers, self.known = True, False
        self.driver = Ros2ControlDriver(
            ROBOT, {"controller": "hand", "kind": kind, **settings}, self, lambda: self.now, self.sleep
        )

    def sleep(self, seconds):
        self.now += seconds
        self.measure()

    def measure(self):
        self.count += 1
        names = list(self.q)
        self._states = JointStates(self.count, self.now, dict(self.q), dict.fromkeys(names, 0.1), {})

    def states(self):
        return self._states if self.count else None

    def ask_joints(self):
        self.asked += 1
        self.known = True

    def controller_joints(self):
        return self.joints if self.known and self.answers else None

    def forget_joints(self):
        self.known = False

    def other_publishers(self):
        return self.others

    def send_array(self, values):
        self.sent.append(dict(zip(self.joints, values, strict=True)))

    def send_trajectory(self, joints, positions, seconds):
        self.trajectories.append((dict(zip(joints, positions, strict=True)), seconds))

    def cycle(self, command=None, seconds=0.01):
        self.now += seconds
        self.measure()
        sample = self.driver.read()
        if command is not None:
            self.driver.write(command)
        return sample

    def started(self):
        for _ in range(3):
            self.cycle()
        assert self.driver.health.drives, self.driver.health.reason
        return self


def towards(q, **changes):
    zero = np.zeros(ROBOT.size)
    base = JointCommand(np.asarray(q, float), zero, zero, ROBOT.column("kp"), ROBOT.column("kd"), CommandMode.ACTIVE)
    return replace(base, **changes)


def test_commands_are_in_the_controllers_order():
    robot = Robot().started()
    q = ROBOT.pose("default") + 0.001 * np.arange(ROBOT.size)
    robot.cycle(towards(q))
    assert robot.sent[-1] == pytest.approx(dict(zip(NAMES, q, strict=True)))


def test_positions_stay_in_range_and_move_no_faster_than_the_joints_can():
    robot = Robot().started()
    before = ROBOT.pose("default")
    for _ in range(3):
        robot.cycle(towards(np.full(ROBOT.size, 50.0)))
        told = np.array([robot.sent[-1][name] for name in NAMES])
        assert np.all(told <= ROBOT.column("upper") + 1e-12)
        assert np.all(told - before <= ROBOT.column("velocity") * 0.01 + 1e-9)
        before = told


@pytest.mark.parametrize(("kind", "column"), [("effort", "effort"), ("velocity", "velocity")])
def test_efforts_and_velocities_stay_within_the_joints_limits(kind, column):
    robot = Robot(kind).started()
    robot.cycle(towards(np.full(ROBOT.size, 50.0), tau=np.full(ROBOT.size, 1e3)))
    told = np.array([robot.sent[-1][name] for name in NAMES])
    assert np.allclose(told, ROBOT.column(column))


def test_a_trajectory_names_its_joints_and_has_time():
    robot = Robot("trajectory").started()
    robot.cycle(towards(ROBOT.pose("default")))
    joints, seconds = robot.trajectories[-1]
    assert set(joints) == set(NAMES) and seconds > 0


def test_a_command_that_is_not_finite_is_not_sent():
    robot = Robot().started()
    count = len(robot.sent)
    with pytest.raises(ValueError, match="not finite"):
        robot.cycle(towards(np.full(ROBOT.size, np.nan)))
    assert len(robot.sent) == count


def test_nothing_is_sent_until_the_controller_has_said_its_joints():
    robot = Robot()
    robot.answers = False
    robot.cycle(towards(ROBOT.pose("default")))
    assert not robot.sent and "does not say its joints" in robot.driver.health.reason
    asked = robot.asked
    for _ in range(150):
        robot.cycle()
    assert asked < robot.asked < 5, "it asks again, not all the time"


@pytest.mark.parametrize(
    ("joints", "expected"),
    [((*NAMES, "wrist"), "has wrist"), (NAMES[1:], f"lacks {NAMES[0]}"), ((), "lacks")],
)
def test_a_controller_of_other_joints_is_refused_with_their_names(joints, expected):
    robot = Robot()
    robot.joints = joints
    for _ in range(3):
        robot.cycle(towards(ROBOT.pose("default")))
    assert expected in robot.driver.health.reason and not robot.sent


def test_missing_joint_states_are_named():
    robot = Robot()
    del robot.q[NAMES[4]]
    robot.cycle()
    assert robot.driver.health.reason == f"joint states lack {NAMES[4]}"


def test_silence_of_the_joint_states_stops_commands_and_is_over_when_they_return():
    robot = Robot().started()
    robot.now += 1.0
    robot.driver.read()
    robot.driver.write(towards(ROBOT.pose("default")))
    assert "no joint states" in robot.driver.health.reason and not robot.sent
    robot.cycle(towards(ROBOT.pose("default")))
    assert robot.sent


def test_a_controller_that_was_loaded_anew_is_told_in_its_new_order():
    robot = Robot().started()
    robot.joints = NAMES
    goal = ROBOT.pose("default") + 0.001 * np.arange(ROBOT.size)
    for _ in range(150):
        robot.cycle(towards(goal))
    assert robot.sent[-1] == pytest.approx(dict(zip(NAMES, goal, strict=True)))


def test_who_returns_after_a_silence_is_asked_for_its_order_before_it_is_told_anything():
    robot = Robot().started()
    robot.now += 1.0
    robot.driver.read()
    robot.answers, asked = False, robot.asked
    robot.cycle(towards(ROBOT.pose("default")))
    assert robot.asked > asked and not robot.sent and "does not say its joints" in robot.driver.health.reason


@pytest.mark.parametrize(("kind", "told"), [("velocity", [0.0]), ("effort", [0.0]), ("position", [])])
def test_a_driven_robot_that_falls_silent_is_let_go(kind, told):
    """Its controller would hold the last velocity or effort for ever; a held position is a halt."""
    robot = Robot(kind).started()
    robot.cycle(towards(ROBOT.pose("fist")))
    robot.sent.clear()
    robot.now += 1.0
    robot.driver.read()
    robot.driver.write(towards(ROBOT.pose("fist")))
    assert [sorted(set(sent.values())) for sent in robot.sent] == ([told] if told else [])


def test_another_publisher_is_not_fought():
    robot = Robot().started()
    robot.others = 1
    with pytest.raises(LeaseRefused, match="hand/commands"):
        for _ in range(60):
            robot.cycle(towards(ROBOT.pose("default")))
    robot.others = 0
    for _ in range(60):
        robot.cycle()
    assert robot.driver.health.drives


@pytest.mark.parametrize("kind", ["position", "velocity", "effort"])
def test_closing_halts_as_the_controllers_kind_allows(kind):
    robot = Robot(kind).started()
    robot.cycle(towards(ROBOT.pose("fist")))
    robot.driver.close()
    robot.driver.close()
    told = np.array([robot.sent[-1][name] for name in NAMES])
    if kind == "position":
        assert np.allclose(told, ROBOT.pose("default"), atol=1e-6), "where it was measured"
    elif kind == "velocity":
        assert not told.any()
    else:
        assert np.allclose(told, -0.1 * ROBOT.column("damp_kd"))


def test_no_more_commands_than_the_controller_takes():
    robot = Robot(rate=50.0).started()
    robot.sent.clear()
    for _ in range(100):
        robot.cycle(towards(ROBOT.pose("default")), seconds=0.002)
    assert len(robot.sent) <= 21


def test_settings_say_what_is_missing():
    with pytest.raises(DataError, match="list_controllers"):
        place_settings({})
    with pytest.raises(DataError, match="kind"):
        place_settings({"controller": "arm", "kind": "telepathy"})
