"""A live person: frames become changes of goal values, and silence becomes none."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS")

from geometry_msgs.msg import Point, Pose, PoseArray

from skill_stack.connector.mirroring.correspondence import load_correspondence
from skill_stack.core.skills.skill import load_skill
from skill_stack.nodes.clients.mirrors import body_mirror
from skill_stack.training.mirroring.persons import Person, moving

FOLDER = Path(__file__).parents[3] / "models" / "go2" / "follow_body"
FRAMES = moving({"ahead": 1.0, "lift": 0.1, "cadence": 0.9}, Person(), 2.0, np.random.default_rng(1)).positions


class Follower:
    """Stands for the client of the connector."""

    taken, problem, wanted, ended = 0, "", None, False

    def __init__(self, node, name):
        """As the real one."""

    def end(self):
        """As the real one."""
        self.ended = True


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(body_mirror.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def led(monkeypatch, clock):
    monkeypatch.setattr(body_mirror, "GoalFollower", Follower)
    return body_mirror.BodyFollower(None, load_correspondence(load_skill(FOLDER), FOLDER), "follow_body", "")


def message(points):
    return PoseArray(poses=[Pose(position=Point(**dict(zip("xyz", point.tolist())))) for point in points])


def heard(led, clock, frames):
    for frame in frames:
        clock[0] += 0.02
        led._heard(message(frame))
        led.look()


def test_frames_become_goal_values_and_each_of_them_is_passed_on(led, clock):
    heard(led, clock, FRAMES)
    wanted = led._follower.wanted
    assert wanted.skill == "follow_body" and wanted.goal["vx"] * (1 - wanted.goal["planted"]) > 0.2
    assert not wanted.near(wanted), "what does not change is said again, as silence means that nobody is there"


def test_once_frames_stay_away_nothing_is_passed_on_until_they_come_again(led, clock):
    heard(led, clock, FRAMES[:50])
    clock[0] += 0.5
    led.look()
    assert led._follower.wanted is None and led.problem == ""
    heard(led, clock, FRAMES[50:60])
    assert led._follower.wanted is not None


def test_messages_that_are_no_person_are_left_out_with_the_reason(led, clock):
    heard(led, clock, FRAMES[:20])
    before = led._follower.wanted
    led._heard(message(FRAMES[20][:3]))
    assert led.problem.startswith("left_hip: 10 places") and led._follower.wanted.goal == before.goal
    wrong = FRAMES[20].copy()
    wrong[3] = np.nan
    led._heard(message(wrong))
    assert led.problem.startswith("right_knee")
