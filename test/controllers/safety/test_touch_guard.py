"""A touch sensor that says nothing, or always the same, brings the robot to its stance with the sensor's name."""

import math

import numpy as np
import pytest

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.safety.condition_guards import ConditionGuards
from skill_stack.controllers.safety.guard_violation import Guard, Reaction
from skill_stack.core.robots.sensor_spec import TouchSpec

ROW = {"link": "base", "radius": 0.02, "range": (0.0, 10.0), "noise": 0.05, "source": "made up"}
SENSORS = (TouchSpec(name="thumb", **ROW), TouchSpec(name="palm", **ROW | {"kind": "switch", "threshold": 1.0}))


@pytest.fixture
def findings(robot, kit):
    """Findings after a second in which the joints move a little, by what the sensors say at each moment."""
    robot = robot.model_copy(update={"sensors": robot.sensors.model_copy(update={"touch": SENSORS})})

    def run(said, moves=True, robot=robot):
        rng, guards, estimator = np.random.default_rng(1), ConditionGuards(robot), Estimator(robot)
        for number in range(1, 51):
            time = 0.02 * number
            noise = 1e-4 * rng.standard_normal((3, robot.size)) * moves
            fields = {"position": robot.pose("default") + noise[0], "velocity": noise[1], "torque": noise[2]}
            sample = kit.upright(robot, number, time, touch=np.array(said(rng)), **fields)
            guards.look(estimator.read(sample, time, time), sample, 10.0)
        return guards.findings

    return run


def test_sensors_that_work_are_no_finding(findings) -> None:
    """Zeros, a force at the end of the range and a switch may stay as they are; a force has noise."""
    assert findings(lambda rng: (0.0, 0.0)) == []
    assert findings(lambda rng: (10.0, 1.0)) == []
    assert findings(lambda rng: (2.0 + 0.05 * rng.standard_normal(), 1.0)) == []


def test_one_that_says_nothing_is_named(findings) -> None:
    (found,) = findings(lambda rng: (math.nan, 0.0))
    assert (found.guard, found.reaction) == (Guard.SENSOR, Reaction.STANCE)
    assert "not finite" in found.reason and found.reason.endswith(": touch sensor thumb")


def test_one_that_is_stuck_is_named_while_joints_change(findings) -> None:
    (found,) = findings(lambda rng: (2.0, 1.0))
    assert (found.guard, found.reaction) == (Guard.SENSOR, Reaction.STANCE)
    assert "nothing new from touch sensor thumb for" in found.reason
    assert findings(lambda rng: (2.0, 1.0), moves=False) == []


def test_one_without_declared_noise_may_repeat_itself(findings, robot) -> None:
    exact = (SENSORS[0].model_copy(update={"noise": 0.0}), SENSORS[1])
    robot = robot.model_copy(update={"sensors": robot.sensors.model_copy(update={"touch": exact})})
    assert findings(lambda rng: (2.0, 1.0), robot=robot) == []


def test_a_robot_that_is_driven_takes_its_stance(robot, library, kit) -> None:
    robot = robot.model_copy(update={"sensors": robot.sensors.model_copy(update={"touch": SENSORS})})
    rig = kit.Rig(robot, library)
    assert rig.walk().status.mode.value == "active"
    tick = rig.tick(30, touch=np.array([0.0, math.nan]))
    assert "touch sensor palm" in tick.status.reason and tick.status.mode.value == "stance"
