"""Reward terms of hands by name. Each takes what happened in one tick and yields one number per hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class HandTick:
    """What happened to every hand in one tick of its policy; shapes start with the batch.

    Attributes:
        dt: Length of the tick, s.
        turn: Rotation of the object about the axis asked for over the time, to the side asked for, rad/s, shape (n,).
        tumble: The rest of its angular velocity, rad/s, shape (n,).
        away: Its centre from where it lay at the beginning, in the palm's frame, m, shape (n, 3).
        off: Distance of its centre from where it shall lie in the palm, however far out of it, m, shape (n,).
        askew: Angle between how its upper side leans, in the palm's frame, and how it shall lean, rad, shape (n,).
        velocity: Of its centre, m/s, shape (n, 3).
        upright: Cosine of the angle between the palm's direction and the axis of the object nearest to it, shape (n,).
        position: Joint positions, rad, shape (n, joints).
        joint_velocity: Joint velocities, rad/s, shape (n, joints).
        torque: Joint torques, N·m, shape (n, joints).
        default: Joint positions at action zero, rad, shape (joints,).
        actions: Last three actions, newest first, shape (3, n, joints).
    """

    dt: float
    turn: Array
    tumble: Array
    away: Array
    off: Array
    askew: Array
    velocity: Array
    upright: Array
    position: Array
    joint_velocity: Array
    torque: Array
    default: Array
    actions: Array


HandReward = Callable[..., Array]


def turn(tick: HandTick, most: float) -> Array:
    """Turning speed to the side asked for, up to ``most`` either way, rad/s."""
    return np.clip(tick.turn, -most, most)


def tumble(tick: HandTick, most: float) -> Array:
    """Squared angular speed about other axes, up to ``most``."""
    return np.clip(np.square(tick.tumble), 0.0, most)


def object_speed(tick: HandTick) -> Array:
    """Sum of the speeds along the axes, up to 1 m/s."""
    return np.clip(np.abs(tick.velocity).sum(axis=1), 0.0, 1.0)


def object_away(tick: HandTick) -> Array:
    """Squared distance of the object from where it lay, m²."""
    return np.square(tick.away).sum(axis=1)


def object_at(tick: HandTick, within: float) -> Array:
    """How near the object is to its place in the palm: 1 there, 0.37 at the distance ``within``, m."""
    return np.exp(-np.square(tick.off / within))


def object_off(tick: HandTick, most: float) -> Array:
    """Distance of the object from its place in the palm, up to ``most``, m."""
    return np.minimum(tick.off, most)


def object_leant(tick: HandTick, within: float) -> Array:
    """How near the object is to the lean asked for: 1 there, 0.37 at the error ``within``, rad."""
    return np.exp(-np.square(tick.askew / within))


def object_askew(tick: HandTick, most: float) -> Array:
    """Error of the object's lean, up to ``most``, rad."""
    return np.minimum(tick.askew, most)


def object_upright(tick: HandTick) -> Array:
    """How flat the object lies: the cosine of its lean, from 0 (45° or more) to 1."""
    least = np.sqrt(0.5)
    return np.clip((tick.upright - least) / (1.0 - least), 0.0, 1.0)


def alive(tick: HandTick) -> Array:
    """One."""
    return np.ones(len(tick.turn))


def pose(tick: HandTick) -> Array:
    """Squared distance of the joints from the pose at action zero."""
    return np.square(tick.position - tick.default).sum(axis=1)


def torque(tick: HandTick) -> Array:
    """Squared torques."""
    return np.square(tick.torque).sum(axis=1)


def work(tick: HandTick) -> Array:
    """Mechanical power, up to 4 W."""
    return np.clip(np.abs(tick.torque * tick.joint_velocity).sum(axis=1), 0.0, 4.0)


def action_rate(tick: HandTick) -> Array:
    """Squared change of the action."""
    return np.square(tick.actions[0] - tick.actions[1]).sum(axis=1)


def action_jerk(tick: HandTick) -> Array:
    """Squared change of the change of the action."""
    return np.square(tick.actions[0] - 2.0 * tick.actions[1] + tick.actions[2]).sum(axis=1)


HAND_REWARDS: dict[str, HandReward] = {
    term.__name__: term
    for term in (
        turn, tumble, object_speed, object_away, object_at, object_off, object_leant, object_askew, object_upright,
        alive, pose, torque, work, action_rate, action_jerk,
    )
}  # fmt: skip
"""Every reward term of hands by name."""
