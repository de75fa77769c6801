"""What a quadruped is told of a ball that it plays, for one robot or many at once."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

LABELS = ("dribble", "kick", "stop")
"""What may be done with a ball; a player is told which by three numbers, of which one is 1."""
TOLD = ("ball_ahead", "ball_aside", "ball_vx", "ball_vy", "goal_ahead", "goal_aside", *LABELS)
"""What a player is told: place, m, and velocity, m/s, of the ball and place of the goal, all in the
base's frame, and the label."""
FAR = 3.0
"""Distance beyond which a goal or a ball is taken to be so far away, in the same direction, m."""
FASTEST = 2.0
"""Velocity of a ball along an axis beyond which it is told as this, m/s."""
LEAD = 2.5
"""How far before the ball the goal of a dribble lies, m."""


def observe(ball: Array, velocity: Array, goal: Array, label: Array) -> Array:
    """What a player is told, in the order of :data:`TOLD`.

    Args:
        ball: The ball in the base's frame, m, shape (..., 2).
        velocity: Its velocity along the base's axes, m/s, shape (..., 2).
        goal: Where it is to go, in the base's frame, m, shape (..., 2).
        label: Number of the label, int, shape (...).

    Returns:
        Shape (..., 9).
    """
    rolls = np.clip(velocity, -FASTEST, FASTEST)
    return np.concatenate([_near(ball), rolls, _near(goal), np.eye(len(LABELS))[label]], axis=-1)


def searching(side: Array) -> Array:
    """What a player is told when nobody knows where the ball is: that one beside it is to be stopped, so that it turns.

    Args:
        side: 1 to turn left, -1 right, shape (...).

    Returns:
        Shape (..., 9).
    """
    beside = np.stack([np.zeros_like(side), side], axis=-1)
    return observe(beside, np.zeros_like(beside), beside, np.full(np.shape(side), LABELS.index("stop")))


def _near(point: Array) -> Array:
    """A point, not farther away than :data:`FAR`."""
    away = np.linalg.norm(point, axis=-1, keepdims=True)
    return np.asarray(point * np.minimum(1.0, FAR / np.maximum(away, 1e-6)))
