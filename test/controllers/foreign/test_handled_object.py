"""What a policy sees of an object that it turns, and what happens when nobody sees it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.foreign.handled_object import HandledObject, from_rpy, orientation_error, position_error
from skill_stack.controllers.foreign.moment import Moment
from skill_stack.controllers.foreign.term_context import Places
from skill_stack.controllers.runners.paced_runner import PacedRunner
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.robots.sensor_spec import TrackerSpec
from skill_stack.core.sensor_sample import SensorSample, TrackedPose
from skill_stack.core.skills.policy_manifest import ManifestTerm, PolicyManifest

from .conftest import reading_at

RESOURCES = Resources.from_environment({})
LEAP = load_robot(RESOURCES.robot("leap"), RESOURCES)
DATA = {
    "rate": 20.0, "joint_names": list(LEAP.joint_names), "default_joint_pos": [0.0] * 16, "stiffness": [3.0] * 16,
    "damping": [0.0] * 16, "action": {"output": "a", "kind": "previous_plus_scaled", "scale": 0.5}, "object": {},
    "commands": [{"name": name, "unit": "rad", "lower": -3.2, "upper": 3.2} for name in ("yaw", "roll", "pitch")],
    "inputs": [{"name": "obs", "terms": [{"term": "object_rot_error"}]}],
}  # fmt: skip
MANIFEST = parse_model(PolicyManifest, DATA, "test")
angle = st.floats(-1.5, 1.5)


def seen(tracked: TrackedPose | None, command: tuple[float, float, float], now: float = 1.0) -> Moment:
    """A moment with the goal as yaw, roll and pitch."""
    zeros = [np.zeros(size) for size in (16, 16, 16, 4, 3, 3, 16, 0)]
    sample = SensorSample(1, now, now, *zeros, tracked=tracked)
    reading = FastEstimate(now, numbers_of([0.0] * 16, [0.0] * 16), sample, 0.0, True, "")
    return Moment(reading, np.array(command), np.zeros(16), np.zeros(16))


@given(angle, angle, angle, angle, angle, angle)
def test_terms_and_progress_are_those_of_scipy(a, b, c, d, e, f) -> None:
    thing, goal = Rotation.from_euler("xyz", (a, b, c)), Rotation.from_euler("xyz", (d, e, f))
    pose = TrackedPose(1.0, np.array([0.1, 0.2, 0.3]), np.array(from_rpy(a, b, c)))
    moment = seen(pose, (f, d, e))
    places = Places(MANIFEST, LEAP, np.arange(16), np.arange(16))
    _, rows = orientation_error(ManifestTerm(term="object_rot_error"), places)
    assert np.array(rows(moment)) == pytest.approx((thing * goal.inv()).as_matrix().ravel()[3:], abs=1e-9)
    off = (thing * goal.inv()).magnitude()
    expected = 1.0 if off <= 0.1 else min(1.0 - off / math.pi, 0.99)
    assert HandledObject(MANIFEST).progress(moment) == pytest.approx(expected, abs=1e-6)
    _, way = position_error(ManifestTerm(term="object_pos_error", params={"point": [1.0, 0.0, 0.0]}), places)
    assert way(moment) == pytest.approx([0.9, -0.2, -0.3])


def test_an_object_that_nobody_sees_any_more_is_lost() -> None:
    pose = TrackedPose(1.0, np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))
    thing = HandledObject(MANIFEST)
    assert not thing.lost(seen(pose, (0, 0, 0), 1.4).reading)
    assert thing.lost(seen(pose, (0, 0, 0), 1.6).reading)
    assert thing.lost(seen(None, (0, 0, 0)).reading) and thing.progress(seen(None, (0, 0, 0))) == 0.0


def test_a_goal_that_is_no_command_is_named() -> None:
    with pytest.raises(UnknownName, match="'tilt'"):
        HandledObject(parse_model(PolicyManifest, {**DATA, "object": {"goal": ["tilt", "pitch", "yaw"]}}, "test"))


def test_what_others_reached_new_goals_have_not(make, robot) -> None:
    commands = [{"name": name, "unit": "rad", "lower": -3.2, "upper": 3.2} for name in ("yaw", "roll", "pitch")]
    sensors = robot.sensors.model_copy(update={"tracker": TrackerSpec(object="cube", rate=30.0)})
    robot = robot.model_copy(update={"sensors": sensors})
    runner = PacedRunner(make(robot=robot, object={}, commands=commands), 0.05)
    pose = TrackedPose(0.0, np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))
    zeros = [np.zeros(size) for size in (4, 4, 4, 4, 3, 3, 0, 0)]

    def reading(now: float, tracked: TrackedPose | None) -> FastEstimate:
        sample = SensorSample(1, now, now, *zeros, tracked=tracked)
        return reading_at([0.0] * 4)._replace(task_time=now, sample=sample)

    runner.start(reading(0.0, pose), None)
    here, there = {"yaw": 0.0, "roll": 0.0, "pitch": 0.0}, {"yaw": 1.0, "roll": 0.0, "pitch": 0.0}
    runner.run(reading(0.0, pose), here, 0.0125)
    assert runner.progress == 1.0
    runner.run(reading(0.0125, pose), dict(here), 0.0125)
    assert runner.progress == 1.0, "the same goal once more"
    runner.run(reading(0.025, pose), there, 0.0125)
    assert runner.progress == 0.0, "told between two runs of the network"
    for _ in range(4):
        runner.run(reading(0.05, pose), there, 0.0125)
    assert 0.0 < runner.progress < 1.0
    runner.start(reading(0.1, pose), None)
    runner.run(reading(0.1, pose), here, 0.0125)
    assert runner.progress == 1.0
    for _ in range(4):
        runner.run(reading(9.0, pose), here, 0.0125)
    assert runner.progress == 0.0, "nobody sees whether it is still there"
