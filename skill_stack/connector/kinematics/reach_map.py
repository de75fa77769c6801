"""ReachMap: how well a hand of a humanoid comes to points around its upright pelvis, and base poses by its inverse.

Capability by cells after Zacharias et al. 2007, "Capturing robot workspace structure"; base poses by the inverse, after
Vahrenkamp et al. 2013, "Robot placement based on reachability inversion". A cell counts when inverse kinematics within
the joints' limits reaches it; its score is how far the joint that is nearest to its limit is from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.kinematics.chain import Chain, LinkPlace
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray
HAND, WAIST = "{side}_wrist_yaw_link", "waist"
TIP = (0.13, 0.003, 0.0)
"""The fingertips in the frame of that link, m."""
BEST = 9
"""Largest score of a cell."""
X, Y, Z = np.arange(0.2, 0.551, 0.05), np.arange(-0.3, 0.301, 0.05), np.arange(-0.05, 0.351, 0.05)
"""Centres of the cells ahead, to the left and above the pelvis, m."""


@dataclass(frozen=True, slots=True)
class ReachMap:
    """Scores of the left hand; the right one is its mirror.

    Attributes:
        scores: 0 (out of reach) to 9, shape (z, x, y).
    """

    scores: Array

    def layer(self, side: str, height: float) -> Array:
        """Scores at a height.

        Args:
            side: ``left`` or ``right``.
            height: Above the pelvis, m.

        Returns:
            Shape (x, y); zeros outside of the map.
        """
        number = round((height - Z[0]) / (Z[1] - Z[0]))
        if not 0 <= number < len(Z):
            return np.zeros((len(X), len(Y)))
        layer = self.scores[number]
        return layer if side == "left" else layer[:, ::-1]


def stated_map(robot: RobotSpec) -> ReachMap:
    """The map in a robot's data.

    Raises:
        DataError: It has none.
    """
    if not robot.reach_map:
        raise DataError(f"'{robot.name}' has no reach_map.yaml")
    return ReachMap(np.array([[[int(digit) for digit in row] for row in layer] for layer in robot.reach_map]))


def hand_chain(robot: RobotSpec, side: str) -> Chain:
    """Arm and waist, as they bring the fingertips of a hand somewhere."""
    return Chain(robot, HAND.format(side=side), [f"{side}_arm", WAIST], TIP)


def computed_map(robot: RobotSpec) -> ReachMap:
    """The map of a robot, from its URDF and limits; takes some seconds."""
    chain = hand_chain(robot, "left")
    return ReachMap(np.array([[[score(chain, robot, (x, y, z)) for y in Y] for x in X] for z in Z]))


def score(chain: Chain, robot: RobotSpec, point: tuple[float, float, float]) -> int:
    """Score of one point in the pelvis' frame, m."""
    try:
        found = chain.solve(LinkPlace(np.array(point)))
    except DataError:
        return 0
    return 1 + round((BEST - 1) * 2 * max(0.0, least_room(robot, found)))


def least_room(robot: RobotSpec, values: Mapping[str, float]) -> float:
    """How far the joint that is nearest to its limit is from it, as a share of its range.

    Args:
        robot: The robot.
        values: Joint positions by name, rad.
    """
    joints = {joint.name: joint for joint in robot.joints}
    limits = ((value, joints[name]) for name, value in values.items())
    return min(min(v - j.lower, j.upper - v) / (j.upper - j.lower) for v, j in limits)
