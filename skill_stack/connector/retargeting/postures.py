"""Random working postures of a hand, for computing and testing synergies."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray
APART = 0.25
"""Spread of the shares of single fingers around that of the hand."""
OWN = 0.06
"""Standard deviation of single joints, of their range."""


def known_postures(robot: RobotSpec) -> Array:
    """Named poses and the postures that grasps close from, rad, shape (postures, joints)."""
    found = [robot.pose(name) for name in sorted(robot.poses)]
    if robot.grasps is not None:
        templates = [robot.grasps.templates[name] for name in sorted(robot.grasps.templates)]
        found += [robot.by_name({**robot.poses[one.pose], **one.rest}) for one in templates]
    return np.unique(np.array(found), axis=0)


def drawn_postures(robot: RobotSpec, shape: HandShape, number: int, rng: np.random.Generator) -> Array:
    """Postures between two known ones, with a random share for each finger and joint, rad, shape (number, joints)."""
    known, span = known_postures(robot), shape.upper - shape.lower
    postures = np.empty((number, len(shape.names)))
    for row in range(number):
        begin, end = known[rng.integers(len(known), size=2)]
        share, way = np.full(len(shape.names), rng.random()), end - begin
        for joints in shape.fingers:
            share[joints] += APART * rng.standard_normal()
        postures[row] = begin + np.clip(share, 0, 1) * way + OWN * span * rng.standard_normal(len(span))
    return np.clip(postures, shape.lower, shape.upper)
