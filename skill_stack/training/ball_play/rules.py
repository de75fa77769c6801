"""A rule-based player of a ball, who demonstrates what a network learns."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

TOUCH = 0.47
"""Distance of the base from the middle of a ball of 30 cm that its chin touches, m."""

_BEHIND, _BESIDE = 0.95, 0.75  # m: where it goes behind a ball, and by what distance it passes it on the way there
_PUSHES, _CORRIDOR, _FACES = -0.3, 0.3, 0.7  # m behind, m beside, rad: within these it may push
_STEER, _WIDEST = 0.5, 0.1
"""Offset of a ball for each rad of its wanted direction, m/rad, and the largest one, m: a ball that is touched 0.1 m
aside of its middle goes off by some 0.2 rad."""
_DRIBBLES, _KICKS = 0.5, 0.55
"""Speed of a dribble, m/s, and that of a kick for each root of a metre to its goal: a ball rolls as far as the
square of its speed."""
_KEEPS = 0.66  # m before the base where a ball that is to be stopped is kept


def play(told: Array) -> Array:
    """Velocities of the rule-based player.

    Args:
        told: What :func:`observe` gives, shape (n, 9).

    Returns:
        vx, vy, m/s, and wz, rad/s, shape (n, 3).
    """
    ball, velocity, goal = told[:, :2], told[:, 2:4], told[:, 4:6]
    fast = np.where(told[:, 7] > 0.5, _KICKS * np.sqrt(np.linalg.norm(goal - ball, axis=1)), _DRIBBLES)
    stops = told[:, 8:9] > 0.5
    return np.where(stops, _stop(ball, velocity), _drive(ball, velocity, goal, fast))


def _drive(ball: Array, velocity: Array, goal: Array, fast: Array) -> Array:
    """Gets behind the ball and pushes it to the goal."""
    way = goal - ball
    ahead = way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
    left = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    along, across = -(ball * ahead).sum(1), -(ball * left).sum(1)
    turn = np.arctan2(ahead[:, 1], ahead[:, 0])
    pushes = (along < _PUSHES) & (np.abs(across) < _CORRIDOR) & (np.abs(turn) < _FACES)
    return np.where(pushes[:, None], _push(ball, velocity, turn, fast), _get_behind(ball, ahead, left, along, across))


def _push(ball: Array, velocity: Array, turn: Array, fast: Array) -> Array:
    """Pushes with the ball so far aside that it goes off in the wanted direction."""
    off = ball[:, 1] - np.clip(_STEER * turn, -_WIDEST, _WIDEST)
    gap = ball[:, 0] - TOUCH
    lead = np.maximum(velocity[:, 0], 0.0)
    chase = np.clip(fast + 0.8 * (gap - 0.2), 0.0, np.maximum(fast, lead + 0.4))
    misses = (np.abs(off) > 0.13) & (gap < 0.25)
    vx = np.where(misses, -0.1, chase)
    return np.stack([vx, np.clip(2.0 * off, -0.3, 0.3), np.clip(1.5 * turn, -0.8, 0.8)], axis=1)


def _get_behind(ball: Array, ahead: Array, left: Array, along: Array, across: Array) -> Array:
    """Walks around the ball to a point behind it, and faces it there."""
    side = np.where(across >= 0.0, 1.0, -1.0)
    beside = along > -0.5
    to = np.where(beside, np.maximum(along - 0.6, -0.85), -_BEHIND)
    aim = ball + to[:, None] * ahead + np.where(beside, _BESIDE * side, 0.0)[:, None] * left
    away, bearing = np.linalg.norm(aim, axis=1), np.arctan2(aim[:, 1], aim[:, 0])
    there = ~beside & (away < 0.45)
    turn = np.where(there, np.arctan2(ahead[:, 1], ahead[:, 0]), bearing)
    vx = np.where(there, 0.8 * aim[:, 0], 0.7 * np.cos(bearing) * (np.abs(bearing) < 1.2))
    vy = np.where(there, 0.9 * aim[:, 1], 0.3 * np.sin(bearing))
    limits = np.clip(vx, -0.3, 0.7), np.clip(vy, -0.3, 0.3), np.clip(1.8 * turn, -0.8, 0.8)
    return np.stack(limits, axis=1)


def _stop(ball: Array, velocity: Array) -> Array:
    """Keeps the ball before itself and gives way to it, so that it rolls out there."""
    bearing = np.arctan2(ball[:, 1], ball[:, 0])
    before = np.abs(bearing) < 1.0
    vx = np.where(before, velocity[:, 0] + 1.2 * (ball[:, 0] - _KEEPS), 0.0)
    vy = np.where(before, 0.7 * velocity[:, 1] + 0.8 * ball[:, 1], 0.0)
    told = np.stack([np.clip(vx, -0.4, 0.9), np.clip(vy, -0.25, 0.25), np.clip(1.8 * bearing, -0.8, 0.8)], axis=1)
    rests = (np.linalg.norm(velocity, axis=1) < 0.08) & (np.abs(ball[:, 0] - _KEEPS) < 0.08) & (np.abs(bearing) < 0.15)
    return np.where(rests[:, None], 0.0, told)
