"""Observation terms of foreign policies: each gives what its page promises."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.controllers.foreign.foreign_observation import ForeignObservation
from skill_stack.controllers.foreign.moment import Moment
from skill_stack.controllers.foreign.terms import TERMS
from skill_stack.controllers.foreign.tracked_motion import TrackedMotion
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.skills.policy_manifest import ManifestInput

from .conftest import REST, manifest_of, nearly, reading_at

POSITION, VELOCITY = (0.4, 0.3, 0.2, 0.1), (1.0, 2.0, 3.0, 4.0)
COMMANDS = [{"name": name, "unit": "m/s", "lower": -1.0, "upper": 1.0} for name in ("vx", "vy", "wz")]
GAIT = {"period": 0.8, "offsets": [0.0, 0.5]}
REFERENCE = {
    "time_step": "t", "joint_pos": "jp", "joint_vel": "jv", "body_quat": "bq", "bodies": ["hand", "base"],
    "anchor": "base", "align": "none",
}  # fmt: skip
TURNED = (math.cos(0.25), 0.0, 0.0, math.sin(0.25))  # half a radian about z


def observe(robot, term, **changes):
    """Values of one term at a known moment."""
    manifest = manifest_of(robot, commands=COMMANDS, **changes)
    entry = ManifestInput(name="obs", terms=[term])
    observation = ForeignObservation(entry, manifest, robot)
    motion = None
    if manifest.reference is not None:
        motion = TrackedMotion(manifest.reference, None, 4)
        motion.take({"jp": np.arange(4.0), "jv": -np.arange(4.0), "bq": np.array([[1.0, 0, 0, 0], TURNED])})
    moment = Moment(
        reading_at(POSITION, VELOCITY), np.array([0.1, 0.2, 0.3]), np.array([5.0, 6.0, 7.0, 8.0]), np.zeros(4),
        moving=True, phases=np.array([0.25, 0.75]), seconds=0.5, motion=motion,
    )  # fmt: skip
    observation.write(moment)
    return observation.array.ravel()


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ({"term": "base_lin_vel"}, (1.0, 2.0, 3.0)),
        ({"term": "base_ang_vel"}, (0.1, 0.2, 0.3)),
        ({"term": "projected_gravity"}, (0.0, 0.6, -0.8)),
        ({"term": "projected_gravity", "params": {"up": True}}, (0.0, -0.6, 0.8)),
        ({"term": "base_orientation", "params": {"order": "wxyz"}}, (1.0, 0.0, 0.0, 0.0)),
        ({"term": "base_orientation", "params": {"order": "xyzw"}}, (0.0, 0.0, 0.0, 1.0)),
        ({"term": "velocity_commands"}, (0.1, 0.2, 0.3)),
        ({"term": "velocity_commands", "params": {"names": ["wz", "vx"]}}, (0.3, 0.1)),
        ({"term": "moving"}, (1.0,)),
        ({"term": "constant", "params": {"values": [2.0, 3.0]}}, (2.0, 3.0)),
        ({"term": "joint_pos"}, POSITION),
        ({"term": "joint_pos_rel"}, tuple(np.subtract(POSITION, REST))),
        ({"term": "joint_vel_rel"}, VELOCITY),
        ({"term": "joint_target_error"}, POSITION),
        ({"term": "last_action"}, (5.0, 6.0, 7.0, 8.0)),
        ({"term": "gait_phase", "params": {"form": "sin_cos"}}, (1.0, -1.0, 0.0, 0.0)),
        ({"term": "gait_phase", "params": {"form": "pairs"}}, (1.0, 0.0, -1.0, 0.0)),
        ({"term": "gait_phase", "params": {"form": "sin"}}, (1.0, -1.0)),
        ({"term": "gait_phase", "params": {"form": "phase"}}, (0.25, 0.75)),
        ({"term": "motion_phase", "params": {"seconds": 2.0}}, (0.25,)),
    ],
)
def test_gives(robot, term, expected) -> None:
    assert nearly(observe(robot, term, gait=GAIT), expected)


def test_scale_and_limits_in_either_order(robot) -> None:
    term = {"term": "joint_vel_rel", "scale": 0.5, "clip": (-1.5, 1.5)}
    assert nearly(observe(robot, term), (0.5, 0.75, 0.75, 0.75))
    assert nearly(observe(robot, term | {"scale_first": True}), (0.5, 1.0, 1.5, 1.5))
    assert nearly(observe(robot, term | {"scale": [1.0, 0.0, -1.0, 2.0]}), (1.0, 0.0, -1.5, 3.0))


def test_joints_in_another_order_and_zeroed(robot) -> None:
    names = list(robot.joint_names)
    term = {"term": "joint_pos", "joints": [names[2], names[0]], "zeroed": [names[0]]}
    assert nearly(observe(robot, term), (POSITION[2], 0.0))


def test_motion_seen_from_the_robot(robot) -> None:
    base = robot.source.base_link
    reference = REFERENCE | {"bodies": ["hand", base], "anchor": base}
    values = observe(robot, {"term": "motion_anchor_ori_b"}, reference=reference)
    c, s = math.cos(0.5), math.sin(0.5)
    assert nearly(values, (c, -s, s, c, 0.0, 0.0))
    assert nearly(observe(robot, {"term": "motion_command"}, reference=reference), (0, 1, 2, 3, 0, -1, -2, -3))
    with pytest.raises(UnknownName, match="torso"):
        observe(robot, {"term": "motion_anchor_ori_b"}, reference=reference | {"anchor": "torso"})


@pytest.mark.parametrize(
    ("term", "error", "text"),
    [
        ({"term": "height_scan"}, UnknownName, "projected_gravity"),
        ({"term": "gait_phase", "params": {"form": "sin"}}, DataError, "section gait"),
        ({"term": "base_orientation"}, DataError, "params.order"),
        ({"term": "base_orientation", "params": {"order": "zyx"}}, UnknownName, "wxyz"),
        ({"term": "velocity_commands", "params": {"names": ["speed"]}}, UnknownName, "vx"),
        ({"term": "joint_pos", "params": {"form": "sin"}}, UnknownName, "form"),
        ({"term": "joint_pos", "scale": [1.0, 2.0]}, DataError, "2 factors for 4 values"),
        ({"term": "motion_command"}, DataError, "section reference"),
        ({"term": "touch"}, DataError, "has none .sensors.touch"),
    ],
)
def test_what_is_wrong_is_named(robot, term, error, text) -> None:
    with pytest.raises(error, match=text):
        observe(robot, term)


def test_torques_and_touch_are_what_the_sample_says(robot) -> None:
    pads = [{"name": name, "link": "base", "radius": 0.01, "range": (0.0, 9.0), "source": "made up"} for name in "ab"]
    sensors = robot.sensors.model_validate({"touch": pads})
    touching = robot.model_copy(update={"sensors": sensors})
    torque, touch = np.array([1.0, -2.0, 3.0, -4.0]), np.array([0.5, math.nan])
    sample = SimpleNamespace(torque=torque, touch=touch)
    names = list(robot.joint_names)
    for term, expected, nothing in (
        ({"term": "joint_effort"}, torque, np.zeros(4)),
        ({"term": "joint_effort", "joints": [names[3], names[0]]}, (-4.0, 1.0), np.zeros(2)),
        ({"term": "touch"}, (0.5, 0.0), np.zeros(2)),
        ({"term": "touch", "params": {"names": ["b", "a"]}}, (0.0, 0.5), np.zeros(2)),
    ):
        observation = ForeignObservation(ManifestInput(name="obs", terms=[term]), manifest_of(robot), touching)
        reading = reading_at(POSITION)._replace(sample=sample)
        for given, values in ((reading, expected), (reading_at(POSITION), nothing)):
            observation.write(Moment(given, np.zeros(3), np.zeros(4), np.zeros(4)))
            assert nearly(observation.array.ravel(), values), term
    with pytest.raises(UnknownName, match="touch sensor.*'c'.*a, b"):
        unknown = ManifestInput(name="obs", terms=[{"term": "touch", "params": {"names": ["c"]}}])
        ForeignObservation(unknown, manifest_of(robot), touching)


def test_every_term_is_documented() -> None:
    for name, kind in TERMS.items():
        assert kind.text and kind.unit and kind.shape, name
