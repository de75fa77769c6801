"""How a ball is brought into a goal: which play, and to where, for one robot or many at once.

A linear layer scores five plays by what is known of ball, goal and robot; the best one is played until the next choice.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skill_stack.connector.balls.ball_play import LABELS, LEAD
from skill_stack.core.errors import DataError
from skill_stack.core.spatial.mouths import Mouths

Array = np.ndarray

DECIDES = 0.5
"""Time from one choice to the next, s."""
PLAYS = ("dribble_mouth", "kick_mouth", "dribble_front", "kick_front", "stop")
"""What may be done: a label, and whether towards the mouth or the point before it."""
FEATURES = ("always", "far", "aside", "comes", "straight", "apart")
"""What scores a play: 1; distance of the ball from the mouth, 3 m; angle by which it lies off the mouth's axis, rad;
its speed towards the mouth, m/s; cosine of the angle between the robot's way to it and its way to the mouth; distance
of the robot from it, m, at most :data:`_APART`."""
PLACES = ("front", "beyond")
"""How far before the mouth the point lies to which a ball is brought that is aside, and how far behind it a shot aims,
m."""
NUMBERS = (*(f"{play}_{name}" for play in PLAYS[1:] for name in FEATURES), *PLACES)
"""Names of all numbers of a player; the first play has the score 0."""
_UNIT, _APART = 3.0, 3.0
_LABEL = np.array([LABELS.index(play.split("_")[0]) for play in PLAYS])
_AT_MOUTH = np.array([play.endswith("mouth") for play in PLAYS])


def numbers_of(values: Mapping[str, float]) -> Array:
    """The numbers of a player, in the order of :data:`NUMBERS`.

    Args:
        values: By name.

    Raises:
        DataError: Some are missing, or there are others.
    """
    if set(values) != set(NUMBERS):
        strange = sorted(set(values) ^ set(NUMBERS))
        raise DataError(f"a player of goals needs the numbers {', '.join(NUMBERS)}; look at {', '.join(strange)}")
    return np.array([values[name] for name in NUMBERS], float)


def choose(numbers: Array, ball: Array, velocity: Array, base: Array, mouths: Mouths) -> tuple[Array, Array]:
    """What is done next.

    Args:
        numbers: Of the players, in the order of :data:`NUMBERS`, shape (..., numbers).
        ball: Where the balls are, m, shape (..., 2).
        velocity: How they roll, m/s, shape (..., 2).
        base: Where the robots are, m, shape (..., 2).
        mouths: The goals.

    Returns:
        Numbers of the labels, int, shape (...), and where the balls are to go, m, shape (..., 2).
    """
    way, reach = mouths.middle - ball, ball - base
    far, apart = (np.linalg.norm(one, axis=-1) for one in (way, reach))
    ahead = _unit(way)
    aside = np.arccos(np.clip((ahead * mouths.into).sum(-1), -1.0, 1.0))
    comes, straight = (velocity * ahead).sum(-1), (_unit(reach) * ahead).sum(-1)
    seen = np.stack([np.ones_like(far), far / _UNIT, aside, comes, straight, np.minimum(apart, _APART)], axis=-1)
    weights = numbers[..., : -len(PLACES)].reshape(*numbers.shape[:-1], len(PLAYS) - 1, len(FEATURES))
    scores = (weights * seen[..., None, :]).sum(-1)
    play = np.argmax(np.concatenate([np.zeros_like(scores[..., :1]), scores], axis=-1), axis=-1)
    front, beyond = (np.maximum(0.0, numbers[..., place, None]) for place in (-2, -1))
    aim = np.where(_AT_MOUTH[play][..., None], mouths.middle + beyond * ahead, mouths.middle - front * mouths.into)
    return _LABEL[play], aim


def place_told(label: Array, ball: Array, aim: Array) -> Array:
    """The place that the network is told for a label and where a ball is to go, m, shape (..., 2)."""
    lead = ball + LEAD * _unit(aim - ball)
    placed = np.where((label == LABELS.index("dribble"))[..., None], lead, aim)
    return np.asarray(np.where((label == LABELS.index("stop"))[..., None], ball, placed))


def _unit(way: Array) -> Array:
    return np.asarray(way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-6))
