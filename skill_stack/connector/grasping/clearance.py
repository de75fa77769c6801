"""Clearance: how far a hand around an object stays from other objects."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from skill_stack.connector.grasping.grasp_plan import GraspPlan
from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.connector.grasping.shape import KINDS, Shape
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
ENOUGH = 0.02
"""Distance beyond which more makes no difference, m."""
STEP = 0.004
"""Differences of the distance below this do not count, m: they are within the errors of positions."""
UNDER = 0.01
"""Height over the bottom of the grasped object up to which another one ends that it may stand on, m."""


def freest_first(
    hand: RobotSpec, plan: GraspPlan, spot: Array, yaw: float, others: Iterable[SceneObject]
) -> tuple[int, ...]:
    """The yaws of a grasp, that on which the preshaped hand stays farthest from other objects first.

    Args:
        hand: The hand.
        plan: The grasp.
        spot: Centre of the grasped object in the map, m, shape (3,).
        yaw: Its heading, rad.
        others: Everything else; what the object may stand on does not count.

    Returns:
        Numbers of :attr:`GraspPlan.yaws`; equal ones in the usual order.
    """
    floor = float(spot[2]) - float(plan.shape.half[2]) + UNDER
    beside = [one for one in others if one.shape in KINDS and one.position[2] + one.size[2] / 2 > floor]
    points, radii = _bodies(hand, plan)
    rooms = [_room(plan, spot, yaw, number, points, radii, beside) for number in range(len(plan.yaws))]
    return tuple(sorted(range(len(rooms)), key=lambda number: -round(min(rooms[number], ENOUGH) / STEP)))


def _bodies(hand: RobotSpec, plan: GraspPlan) -> tuple[Array, Array]:
    """Spheres of the preshaped hand in its own frame: centres, m, shape (n, 3), and radii, m, shape (n,)."""
    kinematics = HandKinematics(hand)
    turns, origins = kinematics.frames(plan.fit.shaped)
    rows = kinematics.indices(kinematics.book.bodies)
    spheres = [
        (*(turns[row] @ np.array(sphere[:3]) + origins[row]).tolist(), sphere[3])
        for row, listed in zip(rows, kinematics.book.bodies.values())
        for sphere in listed
    ]
    made = np.array(spheres)
    return made[:, :3], made[:, 3]


def _room(
    plan: GraspPlan, spot: Array, yaw: float, number: int, points: Array, radii: Array, others: Iterable[SceneObject]
) -> float:
    """Least distance of the hand from other objects, m; :data:`ENOUGH` without any."""
    place, least = plan.hand_in(spot, yaw, number), ENOUGH
    there = points @ np.asarray(place.turn).T + place.position
    for one in others:
        c, s = np.cos(one.yaw), np.sin(one.yaw)
        own = (there - np.array(one.position)) @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        least = min(least, float((Shape.from_object(one).distance(own) - radii).min()))
    return least
