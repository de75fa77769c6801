"""Whole-body tasks of a robot with legs alone: what a small network decides, and what becomes of it."""

import os

import numpy as np
import pytest

from skill_stack.connector.mixer import make_mixer
from skill_stack.connector.whole_body.decisions import acting
from skill_stack.connector.whole_body.legs_mixer import names_of
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from test.says import Says

FOUND = Resources.from_environment(os.environ)
GO2 = load_robot(FOUND.robot("go2"), FOUND)
LIBRARY = load_library(FOUND, GO2)
SPEC = LIBRARY["blend_body"]
SEEN = {"ahead": 0.35, "aside": -0.1, "up": 0.3, "tip_up": 0.0, "tip_aside": 0.0, "nose": 0.34}
WALKS = {"walk": 3.0, "body_pose": -3.0}
POSES = {"walk": -3.0, "body_pose": 3.0}


def mixed(method="blended", cycles=40, seen=SEEN, **actions):
    """The last mix of an actor that says the same all the time."""
    with acting(Says(method, [actions.get(name, 0.0) for name in names_of(method, SPEC, LIBRARY, GO2)])):
        mixer = make_mixer(SPEC, LIBRARY, GO2)
    for _ in range(cycles):
        last = mixer.mix(seen, {})
    return last


def weights(mix):
    return {(one.skill, *one.joints): one.weight for one in mix.skills}


def test_every_group_of_legs_has_weights_of_its_own():
    even = weights(mixed())
    assert even == {(skill, legs): pytest.approx(0.5) for skill in ("walk", "body_pose")
                    for legs in ("front_legs", "rear_legs")}  # fmt: skip
    names = names_of("blended", SPEC, LIBRARY, GO2)
    rows = np.zeros(len(names))
    rows[-4:] = [3.0, -3.0, -3.0, 3.0]
    with acting(Says("blended", rows)):
        mixer = make_mixer(SPEC, LIBRARY, GO2)
    apart = [mixer.mix(SEEN, {}) for _ in range(3)][-1]
    assert weights(apart) == {("walk", "front_legs"): 1.0, ("body_pose", "rear_legs"): 1.0}


def test_who_is_switched_has_one_primitive_with_all_legs():
    assert weights(mixed("switched", walk=0.2, body_pose=0.1)) == {("walk",): 1.0}
    assert weights(mixed("switched", walk=0.1, body_pose=0.2)) == {("body_pose",): 1.0}


def test_a_walk_comes_to_the_target_and_a_posture_has_no_velocity():
    walk = mixed(**WALKS).goals
    assert walk["vx"] == pytest.approx(0.1) and walk["wz"] == pytest.approx(np.arctan2(-0.1, 0.35))
    mirror = mixed(seen={**SEEN, "mirrored": 1.0}, **WALKS, vy=1.0).goals
    assert mirror["wz"] == pytest.approx(-walk["wz"]) and mirror["vy"] == pytest.approx(-0.4)
    posed = mixed(**POSES).goals
    assert [posed[name] for name in ("vx", "vy", "wz")] == [0.0] * 3


def test_a_posture_has_the_nose_at_the_target_within_its_limits():
    def posed(up, aside=0.0):
        return mixed(seen={**SEEN, "tip_up": up, "tip_aside": aside}, cycles=200, **POSES).goals

    raised, lowered, turned = posed(0.05), posed(-0.05), posed(0.0, 0.1)
    assert (raised["height"], raised["pitch"]) == pytest.approx((0.02, -0.25))
    assert (lowered["height"], lowered["pitch"]) == pytest.approx((-0.08, 0.25)) and turned["yaw"] == 0.25
    little = mixed(seen={**SEEN, "tip_up": -0.05}, cycles=14, **POSES).goals
    assert -0.08 < little["height"] < 0.0 and little["pitch"] == pytest.approx(0.0)


def test_joint_targets_from_scratch_stay_within_limits():
    mix = mixed("scratch", **dict.fromkeys(GO2.joint_names, 5.0))
    targets = np.array([mix.goals[name] for name in GO2.joint_names])
    assert (targets <= GO2.column("upper") + 1e-9).all() and targets.size == GO2.size
