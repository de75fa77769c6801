"""Postures that a hand takes in its work, drawn at random: what synergies are made of, and what they are tried on."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray
APART = 0.25
"""How much further or less far single fingers are on their way than the hand."""
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
    """Postures between two known ones, each finger and joint with a share of its own, rad, shape (number, joints)."""
    known, span = known_postures(robot), shape.upper - shape.lower
    postures = np.empty((number, len(shape.names)))
    for row in range(number):
        begin, end = known[rng.integers(len(known), size=2)]
        share, way = np.full(len(shape.names), rng.random()), end - begin
        for joints in shape.fingers:
            share[joints] += APART * rng.standard_normal()
        postures[row] = begin + np.clip(share, 0, 1) * way + OWN * span * rng.standard_normal(len(span))
    return np.clip(postures, shape.lower, shape.upper)
