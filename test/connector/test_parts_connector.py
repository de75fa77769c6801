"""Requests for the parts of a Go2 with a hand: each part has its own, a stop ends all."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.parts_connector import PartsConnector
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillRequest, SkillStatus
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph

ROOT = Path(__file__).resolve().parents[2]
HAND = "right_hand"


class World:
    """The connector with a controller that obeys at once."""

    def __init__(self):
        robot = load_robot(ROOT / "urdf" / "go2_hand")
        self.connector = PartsConnector(robot, load_library(Resources((ROOT,), ROOT), robot))
        self.time, self.stops = 0.0, 0
        self.modes = dict.fromkeys(robot.parts, ControlMode.DISARMED)
        self.setpoints, self.outcomes = {}, {}
        self.progress = dict.fromkeys(robot.parts, 0.0)
        self.cycle()

    def cycle(self, seconds=0.1):
        self.time += seconds
        for part, mode in list(self.modes.items()):
            setpoint = self.setpoints.get(part)
            skill = setpoint.skills[0].skill if setpoint and setpoint.skills else ""
            mode = ControlMode.ACTIVE if skill and mode is ControlMode.DISARMED else mode
            self.modes[part] = mode
            status = SkillStatus(
                self.time, part, skill, "", mode, "", self.progress[part], setpoint.request_id if setpoint else "",
                setpoint.sequence if setpoint else 0, 1, np.zeros(3), np.array([1.0, 0, 0, 0]), np.zeros(3), 0.0, 0.0,
                stop_count=self.stops,
            )  # fmt: skip
            cycle = self.connector.update(status, SceneGraph())
            if cycle.setpoint is not None:
                assert cycle.setpoint.part == part
                self.setpoints[part] = cycle.setpoint
            self.outcomes |= {outcome.request_id: outcome for outcome in cycle.outcomes}

    def start(self, request_id, skill):
        self.connector.start(SkillRequest(request_id, skill), SceneGraph(), self.time)


@pytest.fixture
def world():
    return World()


def test_requests_for_different_parts_run_at_the_same_time(world):
    world.start("a/1", "rise")
    world.start("b/1", "close_hand")
    world.cycle()
    assert world.setpoints["body"].skills[0].skill == "rise"
    assert world.setpoints[HAND].skills[0].skill == "close_hand"
    assert [request.id for request in world.connector.running] == ["a/1", "b/1"]
    world.progress[HAND] = 1.0
    for _ in range(4):
        world.cycle()
    assert world.outcomes["b/1"].outcome == "succeeded" and "a/1" not in world.outcomes


def test_a_request_replaces_only_what_runs_on_its_own_part(world):
    world.start("a/1", "rise")
    world.start("b/1", "close_hand")
    world.cycle()
    world.start("c/1", "open_hand")
    world.cycle()
    assert world.outcomes["b/1"].outcome == "interrupted"
    assert {request.id for request in world.connector.running} == {"a/1", "c/1"}
    assert world.setpoints[HAND].skills[0].skill == "open_hand"


def test_a_stop_ends_all_of_them(world):
    world.start("a/1", "rise")
    world.start("b/1", "close_hand")
    world.cycle()
    world.stops = 1
    world.cycle()
    assert {key: outcome.reason for key, outcome in world.outcomes.items()} == {"a/1": "stop", "b/1": "stop"}
    assert world.connector.running == ()
    with pytest.raises(DataError, match="was stopped"):
        world.start("b/2", "open_hand")
    assert all(setpoint.stop_count == 1 for setpoint in world.setpoints.values())


def test_one_part_damped_fails_its_own_request_alone(world):
    world.start("a/1", "rise")
    world.start("b/1", "close_hand")
    world.cycle()
    world.cycle()
    world.modes[HAND] = ControlMode.DAMPED
    world.cycle()
    assert world.outcomes["b/1"].outcome == "failed" and "a/1" not in world.outcomes


def test_cancel_ends_one_request_or_all(world):
    world.start("a/1", "rise")
    world.start("b/1", "close_hand")
    assert not world.connector.cancel("z/1", "cancelled", world.time)
    assert world.connector.cancel("b/1", "cancelled", world.time)
    assert [request.id for request in world.connector.running] == ["a/1"]
    world.start("b/2", "close_hand")
    assert world.connector.cancel("", "cancelled", world.time) and world.connector.active is None


def test_an_idle_hand_is_asked_for_nothing(world):
    world.cycle()
    assert world.setpoints == {}
    world.start("a/1", "rise")
    world.cycle()
    assert set(world.setpoints) == {"body"}


def test_unknown_parts_and_skills_are_named(world):
    status = SkillStatus(
        9.0, "tail", "", "", ControlMode.ACTIVE, "", 0.0, "", 0, 1, np.zeros(3), np.array([1.0, 0, 0, 0]), np.zeros(3),
        0.0, 0.0,
    )  # fmt: skip
    with pytest.raises(UnknownName, match="part of the robot 'tail'.*body, right_hand"):
        world.connector.update(status, SceneGraph())
    with pytest.raises(UnknownName, match="no skill of go2_hand 'juggle'"):
        world.start("a/1", "juggle")
