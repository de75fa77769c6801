"""Clearance: whether open jaws reach an object without a collision, and what is then between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.core.robots.gripper import Gripper
from skill_stack.perception.grasps.grasp import Grasp
from skill_stack.perception.grasps.surface import Surface, surface_of
from skill_stack.perception.scene.look_observer import Observation
from skill_stack.perception.scene.support_planes import SupportPlane

Array = np.ndarray
AROUND = 0.30
"""Distance from an object within which everything is considered, m."""
COME = 0.08
"""Length of the jaws' linear approach, m."""
STRAY = 3
"""Number of colliding points that is taken for noise."""
FLOOR_GAP = 0.004
"""Distance kept from the supporting plane, m."""
BEHIND = 0.02
"""Distance behind a seen surface from which a point counts as occluded, m."""


@dataclass(frozen=True, slots=True)
class GraspRoom:
    """Clearance of one grasp.

    Attributes:
        free: Whether nothing is in the way.
        held: Points of the thing between the jaws.
        unseen: Share of the fingers that no camera saw to be free.
    """

    free: bool
    held: int
    unseen: float


class GraspSurroundings:
    """Everything near one object, as points."""

    def __init__(self, observation: Observation, number: int, own: Surface) -> None:
        """Collects what is seen, and the far sides of other objects.

        Args:
            observation: The look.
            number: Place of the thing among those of the look.
            own: Its surface.
        """
        cloud, thing = observation.cloud, observation.things[number]
        self._cloud, self._labels, self._own_label = cloud, observation.labels, thing.label
        self._supports, self._own = observation.supports, own
        near = cloud.valid & (np.linalg.norm(cloud.points - thing.position, axis=2) < AROUND)
        others = [cloud.points[near & (observation.labels != max(thing.label, 1))].astype(float)]
        for place, other in enumerate(observation.things):
            if place != number and other.label > 0 and np.linalg.norm(other.position - thing.position) < AROUND:
                others.append(_hidden_side(observation, place))
        self._others = np.concatenate(others)

    def room(self, grasp: Grasp, gripper: Gripper) -> GraspRoom:
        """Clearance of a grasp."""
        corners = _corners(grasp, gripper)
        if any((corners[:, 2] < plane.height(*corners[:, :2].T) + FLOOR_GAP).any() for plane in self._under(grasp)):
            return GraspRoom(False, 0, 0.0)
        own, others = (_in_tool(points, grasp) for points in (self._own.points, self._others))
        hit = int(_hits(own, grasp, gripper).sum()) + int(_hits(others, grasp, gripper).sum())
        between = int((_between(others, grasp, gripper) & (others[:, 2] < gripper.tip - 0.003)).sum())
        if hit > STRAY or between > STRAY:
            return GraspRoom(False, 0, 0.0)
        return GraspRoom(True, int(_pressed(own, grasp, gripper).sum()), self._unseen(grasp, gripper))

    def _under(self, grasp: Grasp) -> list[SupportPlane]:
        """Planes below a grasp that it could collide with."""
        x, y, z = grasp.position
        return [plane for plane in self._supports if float(plane.height(x, y)) < z]

    def _unseen(self, grasp: Grasp, gripper: Gripper) -> float:
        """Share of the fingers' volume that is occluded by another object, or outside of the picture."""
        places = _finger_grid(grasp, gripper) @ grasp.rotation.T + grasp.position
        local = (places - self._cloud.eye) @ self._cloud.rotation
        pixel = self._cloud.intrinsics.project(local)
        rows, columns = self._labels.shape
        inside = np.all((pixel >= 0) & (pixel < (columns - 1, rows - 1)), axis=1)  # NaN behind the camera is outside
        at = np.where(inside[:, None], np.round(np.nan_to_num(pixel)), 0).astype(int)
        depth, label = self._cloud.depth[at[:, 1], at[:, 0]], self._labels[at[:, 1], at[:, 0]]
        hidden = (depth > 0) & (local[:, 2] > depth + BEHIND) & (label != self._own_label)
        return float((hidden | ~inside).mean())


def _hidden_side(observation: Observation, number: int) -> Array:
    """Points of another object that face away from the camera."""
    surface = surface_of(observation, observation.things[number])
    return surface.points[~surface.seen]


def _in_tool(points: Array, grasp: Grasp) -> Array:
    return np.asarray((points - grasp.position) @ grasp.rotation)


def _hits(tool: Array, grasp: Grasp, gripper: Gripper) -> Array:
    """Points within fingers or body on their approach, bool."""
    x, y, z = np.abs(tool[:, 0]), np.abs(tool[:, 1]), tool[:, 2]
    broad, thick, long = gripper.finger
    inner, base = grasp.opening / 2, gripper.tip - long
    fingers = (x < broad / 2) & (y > inner) & (y < inner + thick) & (z < gripper.tip) & (z > base - COME)
    body = (x < gripper.body[0] / 2) & (y < gripper.body[1] / 2) & (z < base) & (z > base - gripper.body[2] - COME)
    return np.asarray(fingers | body)


def _between(tool: Array, grasp: Grasp, gripper: Gripper) -> Array:
    """Points between the jaws, bool."""
    inside = (np.abs(tool[:, 0]) < gripper.finger[0] / 2) & (np.abs(tool[:, 1]) < grasp.opening / 2)
    return np.asarray(inside & (tool[:, 2] < gripper.tip) & (tool[:, 2] > gripper.tip - gripper.finger[2]))


def _pressed(tool: Array, grasp: Grasp, gripper: Gripper) -> Array:
    """Points that the pads would press, within one tip's length above and below the origin, bool."""
    return np.asarray(_between(tool, grasp, gripper) & (np.abs(tool[:, 2]) < 1.5 * gripper.tip))


def _finger_grid(grasp: Grasp, gripper: Gripper) -> Array:
    """Places inside both fingers in the tool's frame, m, shape (N, 3)."""
    broad, thick, long = gripper.finger
    grid = [np.linspace(-0.4, 0.4, 3) * broad, np.array([0.5]), np.linspace(gripper.tip - long, gripper.tip, 5)]
    x, y, z = (axis.ravel() for axis in np.meshgrid(*grid))
    aside = grasp.opening / 2 + y * thick
    return np.concatenate([np.column_stack([x, side * aside, z]) for side in (-1.0, 1.0)])


def _corners(grasp: Grasp, gripper: Gripper) -> Array:
    """Lowest candidates of fingers and body, m, shape (N, 3)."""
    broad, thick, long = gripper.finger
    outer = grasp.opening / 2 + thick
    tips = [(x, y, gripper.tip) for x in (-broad / 2, broad / 2) for y in (-outer, outer)]
    half = np.array(gripper.body[:2]) / 2
    front, back = gripper.tip - long, gripper.tip - long - gripper.body[2]
    body = [(x, y, z) for x in (-half[0], half[0]) for y in (-half[1], half[1]) for z in (front, back)]
    return np.array([*tips, *body]) @ grasp.rotation.T + grasp.position
