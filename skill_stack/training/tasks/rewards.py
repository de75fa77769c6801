"""Reward terms by name. Each takes what happened in one control tick and yields one number per robot."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.body_motion import BodyLayout, BodyMotion
from skill_stack.core.rewards.costs import costs, distances
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.term_definition import reward_terms

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class TickRecord:
    """What happened to every robot in one control tick; shapes start with the batch.

    Attributes:
        dt: Length of the tick, s.
        command: vx, vy in m/s, yaw rate in rad/s, shape (n, 3).
        moving: Whether the gait clock runs, bool, shape (n,): a motion command, or steps to a halt.
        linear: Base velocity in the base frame, m/s, shape (n, 3).
        angular: Base angular velocity in the base frame, rad/s, shape (n, 3).
        mean: vx, vy in m/s and yaw rate in rad/s, averaged exponentially over a gait cycle, shape (n, 3).
        gravity: Unit gravity in the base frame, shape (n, 3).
        height: Height of the base over the ground under its feet, m, shape (n,).
        position: Joint positions, rad, shape (n, joints).
        velocity: Joint velocities, rad/s, shape (n, joints).
        previous_velocity: Joint velocities a tick before, rad/s.
        torque: Joint torques, N·m, shape (n, joints).
        default: Default joint positions, rad, shape (joints,).
        pose_weights: Weight of each joint in the pose term, shape (joints,).
        soft_lower: 90 % of the joint ranges, lower end, rad, shape (joints,).
        soft_upper: Upper end, rad, shape (joints,).
        actions: Last three actions, newest first, shape (3, n, joints).
        contact: Which feet carry load, bool, shape (n, feet).
        stance: Which feet should, bool, shape (n, feet).
        foot_clearance: Height of each foot's underside over the ground, m, shape (n, feet).
        foot_target: Height that it should have, m, shape (n, feet).
        foot_speed: Speed of each foot in the plane, m/s, shape (n, feet).
        landing: Downward speed of each foot in the tick before it touched down, m/s, shape (n, feet); 0 for feet that
            did not land in this tick.
        swing_height: Height at mid-swing, m, shape (n,).
        height_target: Height that the base should have, m, shape (n,).
        unison: How much all feet step together, left against right, and front against rear, each 0 to 1, shape (n, 3).
        foot_across: How far each foot is to the left of the base, in the heading's frame, m, shape (n, feet).
        sole_slip: Mean speed in the plane of each foot's points at or near the ground, m/s, shape (n, feet).
        sole_pitch: Pitch of each sole, rad, positive with the toes up, shape (n, feet).
        phase: How far each foot is through its stance, 0 to 1, or through its swing, 1 to 2, shape (n, feet).
        body: The same as terms of ``core/rewards`` look at it, one moment of each robot; None where none is used.
        layout: The robot as they see it.
    """

    dt: float
    command: Array
    moving: Array
    linear: Array
    angular: Array
    mean: Array
    gravity: Array
    height: Array
    position: Array
    velocity: Array
    previous_velocity: Array
    torque: Array
    default: Array
    pose_weights: Array
    soft_lower: Array
    soft_upper: Array
    actions: Array
    contact: Array
    stance: Array
    foot_clearance: Array
    foot_target: Array
    foot_speed: Array
    landing: Array
    swing_height: Array
    height_target: Array
    unison: Array
    foot_across: Array
    sole_slip: Array
    sole_pitch: Array
    phase: Array
    body: BodyMotion | None = None
    layout: BodyLayout | None = None


Reward = Callable[..., Array]

COUNTED = ("heading", "place_x", "place_y")
"""Terms of ``core/rewards`` that are counted from where a set began."""
RESTING_SPEED = 0.2  # m/s
RESTING_TILT = 0.12  # rad


def track_linear(tick: TickRecord, variance: float) -> Array:
    """One at the commanded velocity in the plane, falling off with the squared error."""
    error = np.square(tick.command[:, :2] - tick.linear[:, :2]).sum(axis=1)
    return np.exp(-error / variance)


def track_angular(tick: TickRecord, variance: float) -> Array:
    """One at the commanded yaw rate, falling off with the squared error."""
    return np.exp(-np.square(tick.command[:, 2] - tick.angular[:, 2]) / variance)


def track_mean_linear(tick: TickRecord, variance: float) -> Array:
    """As :func:`track_linear` for the mean over a gait cycle: a biped sways more within one than it may be off."""
    return np.exp(-np.square(tick.command[:, :2] - tick.mean[:, :2]).sum(axis=1) / variance)


def track_mean_angular(tick: TickRecord, variance: float) -> Array:
    """As :func:`track_angular` for the mean over a gait cycle."""
    return np.exp(-np.square(tick.command[:, 2] - tick.mean[:, 2]) / variance)


def linear_error(tick: TickRecord) -> Array:
    """Distance from the commanded velocity in the plane: pulls also where the kernel of track_linear is flat."""
    return np.linalg.norm(tick.command[:, :2] - tick.linear[:, :2], axis=1)


def angular_error(tick: TickRecord) -> Array:
    """Distance from the commanded yaw rate."""
    return np.abs(tick.command[:, 2] - tick.angular[:, 2])


def mean_linear_error(tick: TickRecord) -> Array:
    """As :func:`linear_error` for the mean over a gait cycle."""
    return np.linalg.norm(tick.command[:, :2] - tick.mean[:, :2], axis=1)


def mean_angular_error(tick: TickRecord) -> Array:
    """As :func:`angular_error` for the mean over a gait cycle."""
    return np.abs(tick.command[:, 2] - tick.mean[:, 2])


def place_near(tick: TickRecord, scale: float) -> Array:
    """One at a place that goal values say, ahead and to the left, m; falls with the distance by ``scale``, m."""
    return 1.0 - np.tanh(np.linalg.norm(tick.command[:, :2], axis=1) / scale)


def place_progress(tick: TickRecord, near: float) -> Array:
    """Speed towards that place, m/s, -1 to 1; counts the less the closer it is than ``near``, m."""
    away = np.linalg.norm(tick.command[:, :2], axis=1)
    towards = (tick.command[:, :2] * tick.linear[:, :2]).sum(axis=1) / np.maximum(away, 1e-6)
    return np.clip(towards, -1.0, 1.0) * np.minimum(1.0, away / near)


def heading_near(tick: TickRecord, scale: float, near: float) -> Array:
    """One at the turn that the third goal value says, rad; counts the more the nearer, by ``near``, m, the place is."""
    return (1.0 - np.tanh(np.abs(tick.command[:, 2]) / scale)) * place_near(tick, near)


def alive(tick: TickRecord) -> Array:
    """One as long as the robot has not fallen."""
    return np.ones(len(tick.height))


def _resting(tick: TickRecord) -> Array:
    """A standing command, slow and upright. A robot that was stopped or pushed may step until then."""
    slow = np.square(tick.linear[:, :2]).sum(axis=1) < RESTING_SPEED**2
    return ~tick.moving & slow & (np.square(tick.gravity[:, :2]).sum(axis=1) < RESTING_TILT**2)


def gait_contact(tick: TickRecord) -> Array:
    """Share of the feet whose contact agrees with the gait clock; 1 while a standing robot recovers."""
    share = (tick.contact == tick.stance).mean(axis=1)
    return np.where(tick.moving | _resting(tick), share, 1.0)


def swing_clearance(tick: TickRecord, excess: float = 0.0) -> Array:
    """How much swinging feet are below their height, relative to the height at mid-swing, or at most so far above it.

    Args:
        tick: What happened.
        excess: How much being too high counts compared with being too low.
    """
    lack = (tick.foot_target - tick.foot_clearance) / tick.swing_height[:, None]
    return (np.where(lack > 0, lack, excess * np.clip(-lack, 0.0, 1.0)) * ~tick.stance).mean(axis=1)


def foot_slip(tick: TickRecord) -> Array:
    """Squared speed of the feet that carry load, limited."""
    return (np.square(tick.foot_speed) * tick.contact).sum(axis=1).clip(0.0, 5.0)


def landing_speed(tick: TickRecord) -> Array:
    """Squared speed at which feet land."""
    return np.square(tick.landing).sum(axis=1)


def sole_slip(tick: TickRecord) -> Array:
    """Speed of soles' points at or near the ground, limited; its square would count little while it is low."""
    return tick.sole_slip.clip(0.0, 1.0).sum(axis=1)


def heel_to_toe(tick: TickRecord, heel: float, toe: float, speed: float) -> Array:
    """Squared distance of soles from a roll over heel and toes, rad².

    A sole lands with its toes up by ``heel``, is level from an eighth to two thirds of its stance, leaves with its heel
    up by ``toe``, and turns evenly in its swing. The angles grow with the commanded speed ahead.

    Args:
        tick: What happened.
        heel: Pitch at touchdown, rad.
        toe: Pitch at lift-off, downwards, rad.
        speed: Commanded speed from which the angles are these, m/s.
    """
    share = np.clip(tick.command[:, :1] / speed, 0.0, 1.0)
    wanted = np.interp(tick.phase, (0.0, 0.125, 0.667, 1.0, 1.9, 2.0), (heel, 0.0, 0.0, -toe, heel, heel))
    return np.square(tick.sole_pitch - share * wanted).sum(axis=1)


def vertical_speed(tick: TickRecord, relax: float = 0.0) -> Array:
    """Squared vertical velocity of the base; ``relax`` is the share that is let off where all feet step together."""
    return np.square(tick.linear[:, 2]) * (1.0 - relax * tick.unison[:, 0])


def roll_pitch_rate(tick: TickRecord, relax: float = 0.0) -> Array:
    """Squared roll and pitch rates; ``relax`` is the share let off where sides, or front and rear, take turns."""
    return (np.square(tick.angular[:, :2]) * (1.0 - relax * tick.unison[:, 1:])).sum(axis=1)


def tilt(tick: TickRecord, relax: float = 0.0) -> Array:
    """Squared sine of the tilt; ``relax`` as for :func:`roll_pitch_rate`."""
    return (np.square(tick.gravity[:, :2]) * (1.0 - relax * tick.unison[:, :0:-1])).sum(axis=1)


def base_height(tick: TickRecord, target: float | None = None, relax: float = 0.0) -> Array:
    """Squared error of the base's height against ``target`` or the command; ``relax`` as above."""
    error = tick.height - (tick.height_target if target is None else target)
    return np.square(error) * (1.0 - relax * tick.unison[:, 0])


def height_error(tick: TickRecord, relax: float = 0.0) -> Array:
    """Distance of the base from its commanded height: has a gradient also where the square of base_height is flat."""
    return np.abs(tick.height - tick.height_target) * (1.0 - relax * tick.unison[:, 0])


def torque(tick: TickRecord) -> Array:
    """Sum of squared torques."""
    return np.square(tick.torque).sum(axis=1)


def action_rate(tick: TickRecord) -> Array:
    """Squared change of the action."""
    return np.square(tick.actions[0] - tick.actions[1]).sum(axis=1)


def action_jerk(tick: TickRecord) -> Array:
    """Squared second difference of the action."""
    return np.square(tick.actions[0] - 2 * tick.actions[1] + tick.actions[2]).sum(axis=1)


def joint_acceleration(tick: TickRecord) -> Array:
    """Squared joint accelerations."""
    return np.square((tick.velocity - tick.previous_velocity) / tick.dt).sum(axis=1)


def pose(tick: TickRecord) -> Array:
    """Weighted squared distance from the default pose."""
    return (tick.pose_weights * np.square(tick.position - tick.default)).sum(axis=1)


def joint_limits(tick: TickRecord) -> Array:
    """How far joints are beyond 90 % of their range."""
    below = np.clip(tick.soft_lower - tick.position, 0.0, None)
    above = np.clip(tick.position - tick.soft_upper, 0.0, None)
    return (below + above).sum(axis=1)


def stand_pose(tick: TickRecord) -> Array:
    """Distance from the default pose while standing at rest."""
    return _resting(tick) * np.abs(tick.position - tick.default).sum(axis=1)


def feet_apart(tick: TickRecord, least: float) -> Array:
    """How much closer together the left and the right foot of a biped are than ``least``, m."""
    return np.clip(least - (tick.foot_across[:, 0] - tick.foot_across[:, 1]), 0.0, None)


def stand_motion(tick: TickRecord) -> Array:
    """Squared joint velocities while standing at rest."""
    return _resting(tick) * np.square(tick.velocity).sum(axis=1).clip(0.0, 50.0)


def as_told(tick: TickRecord, terms: list[dict[str, Any]]) -> Array:
    """Cost of the motion by terms of ``core/rewards``, those that always hold included: the same number as a planner's.

    Args:
        tick: What happened, with ``body``.
        terms: As in a set of reward terms.

    Raises:
        DataError: A term is wrong, or is counted from where a set began: episodes have no such place.
    """
    if tick.body is None or tick.layout is None:
        raise DataError("as_told: nothing was noted of the body")
    return costs(_told(json.dumps(terms)), tick.body, tick.layout)[:, 0]


def reached(tick: TickRecord, terms: list[dict[str, Any]]) -> Array:
    """One where every aim of terms of ``core/rewards`` is within its tolerance, else zero: a sparse reward.

    Args:
        tick: What happened, with ``body``.
        terms: As in a set of reward terms.

    Raises:
        DataError: A term is wrong, is counted from where a set began, or is judged by its mean over some time.
    """
    if tick.body is None or tick.layout is None:
        raise DataError("reached: nothing was noted of the body")
    rewards = _told(json.dumps(terms))
    if slow := [one.term for one in rewards.aims if one.kind.average > tick.dt]:
        mean = reward_terms()[slow[0]].average
        raise DataError(f"reached: {slow[0]} is judged by its mean over {mean:g} s; take as_told")
    return np.all(distances(rewards, tick.body, tick.layout) <= 1.0, axis=0)[:, 0].astype(float)


@cache
def _told(terms: str) -> RewardSet:
    rewards = RewardSet.parse({"terms": json.loads(terms)}, "as_told")
    counted = [one.term for one in rewards.terms if one.term in COUNTED]
    if counted:
        raise DataError(f"as_told: {counted[0]} is counted from where a set began; take a speed instead")
    return rewards


REWARDS: dict[str, Reward] = {
    term.__name__: term
    for term in (
        track_linear,
        track_angular,
        track_mean_linear,
        track_mean_angular,
        linear_error,
        angular_error,
        mean_linear_error,
        mean_angular_error,
        place_near,
        place_progress,
        heading_near,
        alive,
        gait_contact,
        swing_clearance,
        foot_slip,
        landing_speed,
        sole_slip,
        heel_to_toe,
        vertical_speed,
        roll_pitch_rate,
        tilt,
        base_height,
        height_error,
        torque,
        action_rate,
        action_jerk,
        joint_acceleration,
        pose,
        joint_limits,
        feet_apart,
        stand_pose,
        stand_motion,
        as_told,
        reached,
    )
}
"""Every reward term by name."""


def group_rewards(
    tick: TickRecord, terms: Sequence[tuple[Reward, Array | float, dict[str, Any]]], groups: Sequence[int]
) -> tuple[Array, list[float]]:
    """Weighted sums of terms, scaled by the tick, together never negative, so that falling early never pays.

    Args:
        tick: What happened.
        terms: Function, weight, of every robot or of all, and settings of every term.
        groups: Group of every term, from 0 on.

    Returns:
        The reward of each group, shape (n, groups), in which costs beyond what the others earn are left out, and the
        mean of every weighted term.
    """
    values = np.stack([weight * term(tick, **settings) for term, weight, settings in terms], axis=1)
    sums = values @ np.eye(max(groups) + 1)[list(groups)] * tick.dt
    earned, cost = sums.clip(0.0, None).sum(axis=1), -sums.clip(None, 0.0).sum(axis=1)
    kept = np.minimum(earned, cost) / np.maximum(cost, np.finfo(float).tiny)
    return np.where(sums < 0.0, sums * kept[:, None], sums), values.mean(axis=0).tolist()
