"""A live hand: what it shows becomes goal values, and its silence ends what follows on and on."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS")

from sensor_msgs.msg import JointState

from skill_stack.connector.retargeting.shared_space import shared_space
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.nodes.clients.mirrors import hand_mirror
from skill_stack.nodes.clients.mirrors.hand_mirror import SKILL, STALE, HandMirror

FOUND = Resources.from_environment({})
LEAP = load_robot(FOUND.robot("leap"), FOUND)


class Follower:
    """Stands for the client of the connector."""

    taken, problem, wanted, ends = 0, "", None, 0

    def __init__(self, node, name):
        """As the real one."""

    def end(self):
        """As the real one."""
        self.ends += 1
        self.wanted = None


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(hand_mirror.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(hand_mirror, "GoalFollower", Follower)
    monkeypatch.setattr(hand_mirror, "subscribe", lambda *_: None)
    return now


def shown(led, pose="fist"):
    led._joints(JointState(name=list(LEAP.joint_names), position=LEAP.pose(pose).tolist()))
    return led._follower


def test_who_stops_showing_ends_what_follows(clock):
    led = HandMirror(None, LEAP, shared_space(), "hand_input", "follow_fingers")
    led.look()
    follower = shown(led)
    assert set(follower.wanted.goal) == {f"s{number}" for number in range(1, 9)}
    clock[0] += 0.9 * STALE
    led.look()
    assert follower.wanted is not None
    clock[0] += 0.2 * STALE
    led.look()
    led.look()
    assert follower.wanted is None and follower.ends == 1
    shown(led, "open")
    assert follower.wanted.skill == "follow_fingers"


def test_a_posture_that_is_taken_ends_by_itself(clock):
    led = HandMirror(None, LEAP, shared_space(), "hand_input")
    follower = shown(led)
    clock[0] += 10.0 * STALE
    led.look()
    assert follower.wanted.skill == SKILL and not follower.ends


def test_what_is_no_number_is_left_out(clock):
    led = HandMirror(None, LEAP, shared_space(), "hand_input", "follow_fingers")
    led._joints(JointState(name=list(LEAP.joint_names), position=[np.nan] * len(LEAP.joint_names)))
    assert led._follower.wanted is None
