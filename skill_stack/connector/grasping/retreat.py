"""Direction in which an open hand leaves or approaches an object without touching it."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.grasping.grasp_plan import GraspPlan
from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray
_WAYS = 0.01 * np.arange(0, 16)  # m


def retreat(hand: RobotSpec, plan: GraspPlan) -> Array:
    """Direction in the hand's frame, shape (3,), on which the preshaped hand stays farthest from object and ground.

    Args:
        hand: The hand.
        plan: The grasp.
    """
    kinematics = HandKinematics(hand)
    turns, origins = kinematics.frames(plan.fit.shaped)
    points, radii = [], []
    for link, spheres in kinematics.book.bodies.items():
        row = kinematics.indices((link,))[0]
        for x, y, z, radius in spheres:
            points.append(turns[row] @ np.array((x, y, z)) + origins[row])
            radii.append(radius)
    return max(_candidates(plan), key=lambda way: _room(np.array(points), np.array(radii), plan, way))


def _candidates(plan: GraspPlan) -> list[Array]:
    """Backwards from palm or fingertips, between the two, and straight up."""
    back = (np.array([-1.0, 0.0, 0.0]), np.array([0.0, 0.0, -1.0]))
    ways = [*back, (back[0] + back[1]) / np.sqrt(2.0), plan.fit.turn[:, 2]]
    return [way for way in ways if way @ plan.fit.turn[:, 2] > -0.3]  # never into the ground


def _room(points: Array, radii: Array, plan: GraspPlan, way: Array) -> float:
    """Least distance to object and ground on the path, m; that at its start is an upper bound.

    A hand that comes from below is where the ground would be: there is none that counts.
    """
    least, below = np.inf, plan.template.approach == "below"
    for passed in _WAYS:
        seen = (points + passed * way - plan.fit.centre) @ plan.fit.turn
        gaps = plan.shape.distance(seen) - radii
        ground = seen[:, 2] + plan.shape.half[2] - radii
        least = min(least, float(gaps.min()), np.inf if below else float(ground.min()))
    return least
