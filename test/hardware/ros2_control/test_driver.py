"""What the driver makes of joint states, and what it tells a controller; no ROS here."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.ros2_control.controller_manager import ANY, TRAJECTORY, ControllerState
from skill_stack.hardware.ros2_control.driver import Ros2ControlDriver
from skill_stack.hardware.ros2_control.link import JointStates
from skill_stack.hardware.ros2_control.settings import place_settings
from test.hardware.ros2_control.managed_robot import Manager
from test.hardware.ros2_control.test_urdf_tags import interface, urdf

ROBOT = load_robot(Path(__file__).parents[3] / "urdf" / "allegro_right")
NAMES = ROBOT.joint_names


class Robot:
    """A robot's topics by hand, and time."""

    def __init__(self, kind="position", *, by=None, **settings):
        self.now, self.count, self.others = 10.0, 0, 0
        self.q = dict(ROBOT.poses["default"])
        self.joints, self.asked = tuple(reversed(NAMES)), 0
        self.sent, self.trajectories = [], []
        self.answers, self.known, self.urdf = True, False, None
        told = {"controller": "hand", "kind": kind, "manager": "none", **settings}
        self.driver = Ros2ControlDriver(ROBOT, told, self, lambda: self.now, self.sleep, by)

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

    def description(self):
        return self.urdf

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
    sent = len(robot.sent)
    robot.driver.damp()
    assert len(robot.sent) == sent
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


def managed(names=NAMES, state="inactive", **settings):
    """A robot whose hand is held by a trajectory controller until the forward one is started."""
    claims = tuple(f"{name}/position" for name in names)
    forward = ControllerState("hand", state, ANY, claims if state == "active" else (), claims)
    manager = Manager(forward, ControllerState("traj", "active", TRAJECTORY, claims, claims))
    robot = Robot(by=manager, **{"manager": "controller_manager", **settings})
    robot.manager, robot.joints = manager, names
    cycle = robot.cycle

    def together(command=None, seconds=0.01):
        manager.now = robot.now + seconds
        return cycle(command, seconds)

    robot.cycle = together
    return robot


def driven(robot):
    for _ in range(60):
        robot.cycle(towards(ROBOT.pose("fist")))
    assert robot.driver.health.drives and robot.sent, robot.driver.health.reason
    return robot


def test_nothing_is_sent_before_the_manager_has_switched():
    robot = managed()
    robot.manager.deaf = True
    for _ in range(60):
        robot.cycle(towards(ROBOT.pose("default")))
    assert not robot.sent and "is switching" in robot.driver.health.reason
    assert not robot.driver.read().valid


def test_closing_halts_first_and_then_puts_the_controllers_back():
    robot = driven(managed())
    robot.sent.clear()
    sent_before = []
    switch = robot.manager.switch
    robot.manager.switch = lambda *given: (sent_before.append(len(robot.sent)), switch(*given))
    robot.driver.close()
    assert sent_before and sent_before[0] > 0 and robot.manager.active == {"traj"}
    assert robot.driver.health.reason == "" and not robot.driver.health.drives


def test_a_controller_that_is_switched_off_ends_driving_until_a_reset():
    robot = driven(managed())
    robot.manager.set(("hand",), "inactive")
    with pytest.raises(LeaseRefused, match="no longer the only active one"):
        for _ in range(20):
            robot.cycle(towards(ROBOT.pose("default")))
    assert not robot.driver.health.drives and not robot.driver.read().valid
    robot.sent.clear()
    robot.driver.close()
    assert not robot.sent and not robot.manager.active, "what another person did stays"


def test_a_refused_switch_lets_the_robot_go():
    robot = managed()
    robot.manager.refusal = "no"
    with pytest.raises(LeaseRefused, match="refused to start hand, stop traj"):
        for _ in range(20):
            robot.cycle(towards(ROBOT.pose("default")))
    assert not robot.sent


def test_claims_in_another_order_than_the_parameters_are_not_driven():
    robot = managed()
    robot.joints = tuple(reversed(NAMES))
    for _ in range(60):
        robot.cycle(towards(ROBOT.pose("default")))
    assert not robot.sent and "in another order" in robot.driver.health.reason


def test_joints_may_have_a_prefix_in_ros():
    prefixed = tuple(f"left_{name}" for name in reversed(NAMES))
    robot = managed(prefixed, joint_prefix="left_")
    robot.q = {f"left_{name}": q for name, q in robot.q.items()}
    goal = ROBOT.pose("default") + 0.001 * np.arange(ROBOT.size)
    for _ in range(60):
        robot.cycle(towards(goal))
    assert robot.sent[-1] == pytest.approx({f"left_{name}": q for name, q in zip(NAMES, goal, strict=True)})


def test_a_published_description_is_waited_for_checked_and_narrows_the_limits():
    robot = Robot(description="/robot_description")
    robot.cycle(towards(ROBOT.pose("default")))
    assert "no robot description on '/robot_description'" in robot.driver.health.reason
    for text, expected in (("<robot/>", "no <ros2_control> tags"), ("<", "not XML"), (urdf(joints=NAMES[1:]), "lack")):
        robot.urdf = text
        robot.cycle(towards(ROBOT.pose("default")))
        assert expected in robot.driver.health.reason and not robot.sent
    robot.urdf = urdf(interface("position") + interface("velocity", -0.2, 0.1))
    robot.started().cycle(towards(np.full(ROBOT.size, 50.0)))
    told = np.array([robot.sent[-1][name] for name in NAMES])
    assert np.all(told - ROBOT.pose("default") <= 0.1 * 0.01 + 1e-9)


def test_a_manager_that_is_wanted_must_be_there():
    with pytest.raises(DataError, match="controller manager"):
        Robot(manager="controller_manager")
