from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.training.body_prior.new_task import load_new_task
from skill_stack.training.tasks.rewards import REWARDS, TickRecord, group_rewards
from skill_stack.training.tasks.task import load_task

ROOT = Path(__file__).resolve().parents[3]


def perfect_tick(count: int = 3) -> TickRecord:
    """Robots that do exactly what they are told."""
    joints, feet = np.zeros((count, 12)), np.zeros((count, 4))
    stance = np.tile([True, False, False, True], (count, 1))
    return TickRecord(
        dt=0.02,
        command=np.tile([0.5, 0.1, 0.2], (count, 1)),
        moving=np.ones(count, dtype=bool),
        linear=np.tile([0.5, 0.1, 0.0], (count, 1)),
        angular=np.tile([0.0, 0.0, 0.2], (count, 1)),
        mean=np.tile([0.5, 0.1, 0.2], (count, 1)),
        gravity=np.tile([0.0, 0.0, -1.0], (count, 1)),
        height=np.full(count, 0.3),
        position=joints,
        velocity=joints,
        previous_velocity=joints,
        torque=joints,
        default=np.zeros(12),
        pose_weights=np.ones(12),
        soft_lower=np.full(12, -1.0),
        soft_upper=np.full(12, 1.0),
        actions=np.zeros((3, count, 12)),
        contact=stance,
        stance=stance,
        foot_clearance=np.where(stance, 0.0, 0.07),
        foot_target=np.where(stance, 0.0, 0.07),
        foot_speed=feet,
        landing=feet,
        swing_height=np.full(count, 0.07),
        height_target=np.full(count, 0.3),
        unison=np.zeros((count, 3)),
        foot_across=np.tile([0.15, -0.15, 0.15, -0.15], (count, 1)),
        sole_slip=feet,
        sole_pitch=feet,
        phase=np.full((count, 4), 0.5),
    )


def spoilt(tick: TickRecord) -> dict[str, TickRecord]:
    """For every term, a record that is worse for it."""
    one = np.ones_like(tick.position)
    still = {"moving": np.zeros_like(tick.moving), "linear": np.zeros_like(tick.linear)}
    return {
        "track_linear": replace(tick, linear=tick.linear + 0.3),
        "track_angular": replace(tick, angular=tick.angular + 0.3),
        "track_mean_linear": replace(tick, mean=tick.mean + [0.3, 0.0, 0.0]),
        "track_mean_angular": replace(tick, mean=tick.mean + [0.0, 0.0, 0.3]),
        "mean_linear_error": replace(tick, mean=tick.mean + [0.3, 0.0, 0.0]),
        "mean_angular_error": replace(tick, mean=tick.mean + [0.0, 0.0, 0.3]),
        "linear_error": replace(tick, linear=tick.linear + 0.3),
        "angular_error": replace(tick, angular=tick.angular + 0.3),
        "gait_contact": replace(tick, contact=~tick.contact),
        "swing_clearance": replace(tick, foot_clearance=tick.foot_clearance - 0.05),
        "feet_apart": replace(tick, foot_across=tick.foot_across * 0.5),
        "foot_slip": replace(tick, foot_speed=tick.foot_speed + 1.0),
        "landing_speed": replace(tick, landing=tick.landing + 0.5),
        "sole_slip": replace(tick, sole_slip=tick.sole_slip + 0.05),
        "heel_to_toe": replace(tick, sole_pitch=tick.sole_pitch + 0.1),
        "vertical_speed": replace(tick, linear=tick.linear + [0, 0, 0.5]),
        "roll_pitch_rate": replace(tick, angular=tick.angular + [0.5, 0, 0]),
        "tilt": replace(tick, gravity=np.tile([0.6, 0.0, -0.8], (3, 1))),
        "base_height": replace(tick, height=tick.height - 0.1),
        "height_error": replace(tick, height=tick.height - 0.1),
        "torque": replace(tick, torque=5 * one),
        "action_rate": replace(tick, actions=tick.actions + np.array([1, 0, 0])[:, None, None]),
        "action_jerk": replace(tick, actions=tick.actions + np.array([0, 1, 0])[:, None, None]),
        "joint_acceleration": replace(tick, velocity=one),
        "pose": replace(tick, position=one),
        "joint_limits": replace(tick, position=1.5 * one),
        "stand_pose": replace(tick, position=one, **still),
        "stand_motion": replace(tick, velocity=one, **still),
        "place_near": replace(tick, command=2.0 * tick.command),
        "place_progress": replace(tick, linear=-tick.linear),
        "heading_near": replace(tick, command=tick.command + [0.0, 0.0, 0.5]),
    }


TASK = load_task(ROOT / "models" / "go2" / "walk")
GAITS = load_task(ROOT / "models" / "go2" / "gaits")
BIPED = load_task(ROOT / "models" / "g1" / "walk")
PLACE = load_new_task(ROOT / "models" / "go2" / "body_latent")
STROLL = load_task(ROOT / "models" / "g1" / "stroll")
ADAPTED = load_task(ROOT / "models" / "go2" / "walk_adapted")
USED = {term.name: term for task in (ADAPTED, STROLL, PLACE, BIPED, GAITS, TASK) for term in task.rewards}
SETTINGS = {name: term.settings for name, term in USED.items()}
WEIGHTS = {name: term.weight for name, term in USED.items()}


@pytest.mark.parametrize("name", sorted(set(REWARDS) - {"alive", "as_told", "reached"}))
def test_every_term_gets_worse_when_its_matter_does(name: str) -> None:
    tick = perfect_tick()
    settings = SETTINGS[name]
    good, bad = (WEIGHTS[name] * REWARDS[name](record, **settings) for record in (tick, spoilt(tick)[name]))
    assert good.shape == (3,)
    assert (bad < good).all()


AT_A_PLACE = {"place_near", "place_progress", "heading_near"}
"""Terms whose goal values are a place, where the perfect tick has velocities."""


@pytest.mark.parametrize("name", sorted(set(REWARDS) - {"as_told", "reached"} - AT_A_PLACE))
def test_terms_are_bounded_as_their_sign_says(name: str) -> None:
    value = REWARDS[name](perfect_tick(), **SETTINGS[name])
    best = 1.0 if name.startswith("track_") or name in ("alive", "gait_contact") else 0.0
    assert value == pytest.approx(np.full(3, best), abs=1e-9)


def test_who_is_at_the_place_and_looks_where_it_is_told_gets_all_and_makes_no_progress() -> None:
    there = replace(perfect_tick(), command=np.zeros((3, 3)))
    names = ("place_near", "heading_near", "place_progress")
    found = [float(REWARDS[name](there, **SETTINGS[name])[0]) for name in names]
    assert found == pytest.approx([1.0, 1.0, 0.0])


def test_standing_still_does_not_beat_walking_as_told() -> None:
    terms = [(REWARDS[term.name], term.weight, term.settings) for term in TASK.rewards]
    walking = perfect_tick()
    standing = replace(
        walking,
        linear=np.zeros((3, 3)),
        angular=np.zeros((3, 3)),
        contact=np.ones((3, 4), dtype=bool),
        foot_clearance=np.zeros((3, 4)),
    )
    earned, idle = (group_rewards(tick, terms, [0] * len(terms))[0] for tick in (walking, standing))
    assert (earned > 1.5 * idle).all()


def test_a_robot_that_was_stopped_may_step_until_it_rests() -> None:
    one = np.ones((3, 12))
    tick = perfect_tick()
    stopped = replace(tick, moving=np.zeros(3, dtype=bool), position=one, velocity=one, contact=~tick.stance)
    resting = replace(stopped, linear=np.zeros((3, 3)))
    tilted = replace(resting, gravity=np.tile([0.3, 0.0, -0.954], (3, 1)))
    for name, free in (("gait_contact", 1.0), ("stand_pose", 0.0), ("stand_motion", 0.0)):
        for recovering in (stopped, tilted):
            assert REWARDS[name](recovering) == pytest.approx(np.full(3, free))
        assert (WEIGHTS[name] * REWARDS[name](resting) < WEIGHTS[name] * free).all()


def test_a_gait_that_bounces_rolls_or_pitches_may_do_so() -> None:
    tick = perfect_tick()
    rocking = replace(tick, linear=tick.linear + [0, 0, 0.5], angular=tick.angular + [0.5, 0.4, 0])
    rocking = replace(rocking, gravity=np.tile([0.3, 0.2, -0.93], (3, 1)), height=tick.height + 0.05)
    pronk, pace, bound = (replace(rocking, unison=np.tile(np.eye(3)[axis], (3, 1))) for axis in range(3))
    for name, free in (("vertical_speed", pronk), ("base_height", pronk)):
        assert REWARDS[name](free, relax=1.0) == pytest.approx(np.zeros(3))
        assert (REWARDS[name](bound, relax=1.0) > 0).all()
    for name, roll, pitch in (("roll_pitch_rate", 0.5, 0.4), ("tilt", 0.2, 0.3)):
        assert REWARDS[name](pace, relax=1.0) == pytest.approx(np.full(3, pitch**2))
        assert REWARDS[name](bound, relax=1.0) == pytest.approx(np.full(3, roll**2))
        assert REWARDS[name](pronk, relax=1.0) == pytest.approx(np.full(3, roll**2 + pitch**2))


def test_feet_may_be_too_low_or_too_high() -> None:
    tick = perfect_tick()
    high = replace(tick, foot_clearance=np.where(tick.stance, 0.0, 0.14))
    assert REWARDS["swing_clearance"](high) == pytest.approx(np.zeros(3))
    assert REWARDS["swing_clearance"](high, excess=0.5) == pytest.approx(np.full(3, 0.25))


@given(st.floats(-100, 100))
def test_total_is_never_negative(weight: float) -> None:
    reward, parts = group_rewards(perfect_tick(), [(REWARDS["alive"], weight, {})], [0])
    assert (reward >= 0).all()
    assert parts == [pytest.approx(weight)]


@pytest.mark.parametrize(
    ("weights", "groups", "sums"),
    [
        ((3.0, -1.0, 2.0), (0, 1, 2), (3.0, -1.0, 2.0)),
        ((3.0, -1.0, 2.0), (0, 0, 1), (2.0, 2.0)),
        ((2.0, -3.0, -1.0), (0, 1, 2), (2.0, -1.5, -0.5)),  # costs beyond what is earned are left out
        ((-2.0, -3.0, 0.0), (0, 1, 0), (0.0, 0.0)),
    ],
)
def test_groups_of_rewards_are_together_what_one_critic_gets(weights, groups, sums) -> None:
    tick = perfect_tick()
    terms = [(REWARDS["alive"], weight, {}) for weight in weights]
    rewards, parts = group_rewards(tick, terms, groups)
    assert rewards == pytest.approx(np.tile(np.array(sums) * tick.dt, (3, 1)))
    assert rewards.sum(axis=1) == pytest.approx(group_rewards(tick, terms, [0, 0, 0])[0][:, 0])
    assert parts == pytest.approx(list(weights))
