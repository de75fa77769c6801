"""Whole-body tasks: what a small network decides, and what becomes of it."""

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.mixer import make_mixer
from skill_stack.connector.reaching.planted import STILL
from skill_stack.connector.whole_body.blend_network import BlendNetwork, load_network
from skill_stack.connector.whole_body.decisions import CYCLE, SEES, acting
from skill_stack.connector.whole_body.learnt_mixer import HALT, LEAN, WAIST_SPEED
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from test.says import Says

FOUND = Resources.from_environment(os.environ)
G1 = load_robot(FOUND.robot("g1"), FOUND)
LIBRARY = load_library(FOUND, G1)
LEG = dict.fromkeys(G1.members(["legs"]), 0.0)
SEEN = {"ahead": 0.4, "aside": -0.1, "up": 0.95, "tip_ahead": 0.1, "tip_aside": 0.0, "tip_up": 0.1, "height": 0.755,
        **LEG}  # fmt: skip
LEGS = {"walk_and_halt", "squat"}


def mixed(method, actions, cycles=40, **goals):
    """The last mix of an actor that says the same all the time."""
    with acting(Says(method, actions)):
        mixer = make_mixer(LIBRARY["blend_body"], LIBRARY, G1)
    for _ in range(cycles):
        last = mixer.mix({**SEEN, **goals}, {})
    return last


def stepping(cycle):
    """A leg that steps."""
    return {"left_knee_joint": 0.3 * (cycle % 2)}


def weights(mix):
    return {one.skill: one.weight for one in mix.skills if one.skill in LEGS}


def test_legs_are_shared_as_the_actions_say_and_goal_values_stay_in_range():
    even = mixed("blended", np.zeros(13))
    assert sum(weights(even).values()) == pytest.approx(1.0, abs=0.11) and set(weights(even)) == LEGS
    one = mixed("blended", [5, 5, 5, -5, 0, 0, 0, 0, 3, 0, 0, 0, 0])
    assert weights(one) == {"walk_and_halt": pytest.approx(1.0)}
    assert [one.goals[name] for name in ("vx", "vy", "wz")] == [0.0] * 3 and one.goals["height"] == 0.65
    walks = mixed("blended", [5, 5, 5, -5, 0, 0, 0, 3, 0, 0, 0, 0, 0])
    assert [walks.goals[name] for name in ("vx", "vy", "wz")] == [0.7, 0.3, 0.7]


def test_each_group_of_joints_has_a_share_of_its_own_and_the_waist_is_slow():
    still = mixed("blended", [0] * 10 + [-5, -5, -5])
    rest = dict(zip(G1.joint_names, G1.pose("default")))
    assert all(still.goals[name] == pytest.approx(rest[name], abs=1e-3) for name in G1.members(["arms", "waist"]))
    arm = mixed("blended", [0] * 10 + [-5, 5, -5])
    moved = {name for name in still.goals if abs(arm.goals[name] - still.goals[name]) > 0.05}
    assert moved and moved <= set(G1.members(["right_arm"]))
    trunk = mixed("blended", [0] * 10 + [5, 5, -5], cycles=4, ahead=0.9)
    assert 0.0 < max(abs(trunk.goals[name]) for name in G1.members(["waist"])) <= 4 * CYCLE * WAIST_SPEED


def test_who_is_told_less_than_to_walk_stops_further_from_the_target():
    speeds = [mixed("blended", [more, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0], ahead=0.6).goals["vx"] for more in (0, -0.5)]
    assert speeds == pytest.approx([0.35, 0.15])
    far = mixed("blended", [-0.5, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0], ahead=2.0)
    assert far.goals["vx"] == 0.4


def test_arms_keep_still_after_a_halt_until_the_legs_are_at_rest():
    with acting(actor := Says("blended", [0] * 7 + [-5, 5, -5, -5, 5, -5])):
        mixer = make_mixer(LIBRARY["blend_body"], LIBRARY, G1)
    arm, calm = G1.members(["right_arm"]), SEES.index("calm")

    def goes_on(seconds, steps, **goals):
        for cycle in range(round(seconds / CYCLE)):
            last = mixer.mix({**SEEN, **(stepping(cycle) if steps else {}), **goals}, {})
        return np.array([last.goals[name] for name in arm])

    halts = goes_on(HALT - 0.4, True)
    arrives = goes_on(4.0, True)
    steps = goes_on(2.0, True, tip_up=-0.1, up=0.7)
    assert np.abs(arrives - halts).max() > 0.01 and np.abs(steps - arrives).max() < 1e-3 and actor.seen[-1][calm] == 0.0
    rests = goes_on(STILL + 1.0, False, tip_up=-0.1, up=0.7)
    assert np.abs(rests - steps).max() > 0.05 and actor.seen[-1][calm] == 1.0
    goes_on(STILL, True, tip_up=-0.1, up=0.7)
    assert actor.seen[-1][calm] == 0.0


def test_over_planted_feet_a_reach_is_corrected_only_once_the_arm_is_where_it_was_told_to_be():
    def hand(on_its_way, there):
        with acting(Says("blended", [0] * 7 + [-5, 5, -5, -5, 5, -5])):
            mixer = make_mixer(LIBRARY["blend_body"], LIBRARY, G1)
        for error, cycles in ((0.0, 12), (on_its_way, 15), (0.0, 160), (there, 60)):
            for _ in range(cycles):
                last = mixer.mix({**SEEN, "ahead": 0.5, "up": 1.2, "tip_ahead": 0.0, "tip_up": error}, {})
        return np.array([last.goals[name] for name in G1.members(["right_arm"])])

    assert np.abs(hand(0.1, 0.0) - hand(0.0, 0.0)).max() < 0.02
    assert np.abs(hand(0.0, 0.1) - hand(0.0, 0.0)).max() > 0.1


def test_over_planted_feet_the_trunk_leans_by_what_the_arm_is_short_of():
    def leans(**goals):
        mix = mixed("blended", [0] * 7 + [-5, 5, -5, -5, 5, -5], cycles=160, **goals)
        return mix.goals["waist_pitch_joint"]

    assert abs(leans()) < 0.05 and leans(ahead=0.6) > 0.05 and leans(ahead=2.0) == pytest.approx(LEAN, abs=0.01)
    assert abs(leans(ahead=2.0, left_knee_joint=math.nan)) < 0.05  # nobody knows whether it steps


def test_the_other_hand_does_the_same_mirrored():
    right = mixed("blended", [0, 0.5, 0.5, 0, 0, 0.3, 0, 0, 0, 0, 5, 5, -5])
    left = mixed("blended", [0, 0.5, 0.5, 0, 0, 0.3, 0, 0, 0, 0, 5, 5, -5], mirrored=1.0)
    assert left.goals["vy"] == -right.goals["vy"] and left.goals["wz"] == pytest.approx(-right.goals["wz"])
    for name in G1.members(["right_arm"]):
        other = left.goals[name.replace("right", "left")]
        sign = -1.0 if "roll" in name or "yaw" in name else 1.0
        assert other == pytest.approx(sign * right.goals[name], abs=0.05)


def test_one_primitive_at_a_time_has_the_legs_and_only_the_reach_moves_the_arms():
    walks = mixed("switched", [0] * 7 + [1, 0, 0, 0.5])
    reaches = mixed("switched", [0] * 7 + [0, 0, 0, 0.5])
    assert weights(walks) == weights(reaches) == {"walk_and_halt": 1.0}
    assert walks.goals["vx"] > 0.0 == reaches.goals["vx"]
    assert abs(walks.goals["right_shoulder_pitch_joint"]) < 0.01 < abs(reaches.goals["right_shoulder_pitch_joint"])


def test_joint_targets_from_scratch_stay_within_limits():
    mix = mixed("scratch", 5.0 * np.ones(G1.size))
    targets = np.array([mix.goals[name] for name in G1.joint_names])
    assert (targets <= G1.column("upper") + 1e-9).all() and targets.size == G1.size


def test_a_decision_is_taken_once_in_four_cycles_on_what_was_seen_before():
    with acting(actor := Says("blended", np.zeros(13))):
        mixer = make_mixer(LIBRARY["blend_body"], LIBRARY, G1)
    for cycle in range(9):
        mixer.mix({**SEEN, "ahead": float(cycle)}, {})
    assert [numbers[0] for numbers in actor.seen] == [0.0, 4.0, 8.0]


def network(size=13, hidden=3):
    rng = np.random.default_rng(1)
    shapes = [(hidden, len(SEES)), (size, hidden)]
    return BlendNetwork("blended", SEES, tuple((rng.normal(size=one), rng.normal(size=one[0])) for one in shapes))


def test_a_network_acts_the_same_from_its_file(tmp_path):
    made = network()
    made.save(tmp_path / "one.npz")
    numbers = np.linspace(-1.0, 1.0, len(SEES))
    assert load_network(tmp_path / "one.npz").act(numbers) == pytest.approx(made.act(numbers), abs=1e-5)


@pytest.mark.parametrize("spoilt", ["missing", "no network", "not finite", "does not fit"])
def test_a_file_that_is_no_network_is_refused(tmp_path, spoilt):
    path, made = tmp_path / "one.npz", network()
    (weights_1, bias_1), last = made.layers
    if spoilt == "no network":
        Path(path).write_bytes(b"nothing")
    elif spoilt == "not finite":
        replace(made, layers=((weights_1 * np.nan, bias_1), last)).save(path)
    elif spoilt == "does not fit":
        replace(made, layers=((weights_1[:, 1:], bias_1), last)).save(path)
    with pytest.raises(DataError, match="no network of a blend"):
        load_network(path)


def test_a_network_with_other_actions_is_refused_where_it_would_act():
    with acting(Says("blended", np.zeros(4))):
        mixer = make_mixer(LIBRARY["blend_body"], LIBRARY, G1)
    mixer.mix(SEEN, {})
    with pytest.raises(DataError, match="4 actions, not 13"):
        mixer.mix(SEEN, {})
