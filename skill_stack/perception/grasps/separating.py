"""Separating: a push that makes room where objects stand too close for a grasp.

A closed gripper pushes an object through its middle, square against a face, so that it slides without turning. A push
is accepted when its start is free, the pushed object collides with nothing and stays on its support, and the target
could then be grasped, which is checked on the predicted look. An object too wide for the jaws may be several that look
like one; it is pushed beside its middle, to see whether it separates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.robots.gripper import Gripper
from skill_stack.perception.grasps.clearance import STRAY
from skill_stack.perception.grasps.proposing import Reach, graspable, propose
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation
from skill_stack.perception.scene.support_planes import SupportPlane

Array = np.ndarray
FAR = (0.06, 0.10)
"""Tried lengths of pushes, the shorter one first, m."""
APART = (0.06, 0.035)
"""The same of pushes that test whether an object separates, m."""
ROUND = 8
"""Number of directions in which a round object is pushed."""
NEAR = 0.12
"""Distance between outlines up to which an object is a neighbour, m."""
LOW = 0.35
"""Height of a push, as a share of the object's: below its middle, so that it slides rather than falls."""
RUB = 0.006
"""Tolerance by which two outlines may approach on the way, m."""
Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Push:
    """One push.

    Attributes:
        thing: Place of the thing that is pushed, among those of the look.
        start: Where the closed jaws begin, m.
        end: Where they end, m.
        score: Of the best grasp that is expected afterwards; 0 where the push is to show whether something comes apart.
    """

    thing: int
    start: Triple
    end: Triple
    score: float


def push_apart(
    observation: Observation, number: int, gripper: Gripper, reach: Reach | None = None, attempt: int = 0
) -> Push | None:
    """A push after which an object can be grasped: of it, or of one of its neighbours.

    Args:
        observation: The look.
        number: Index of the target among the things.
        gripper: The gripper, which pushes closed.
        reach: Returns which grasps cannot be reached.
        attempt: Number of former pushes without success, so that another one is taken where none is sure.

    Returns:
        The push with the best grasp afterwards, the shortest that gives one; None where there is none.
    """
    things = observation.things
    moved = [n for n in (number, *_neighbours(things, number)) if graspable(things[n])]
    for far in FAR:
        found = [push for n in moved for push in _pushes(observation, number, n, far, gripper, reach)]
        if found:
            return max(found, key=lambda push: push.score)
    unsure = list(_splitting(observation, number, gripper))
    return unsure[attempt % len(unsure)] if unsure else None


def _neighbours(things: Sequence[Detection], number: int) -> list[int]:
    """Objects whose outline is near that of an object."""
    mine = outline(things[number])
    return [n for n, one in enumerate(things) if n != number and one.label > 0 and gap(mine, outline(one)) < NEAR]


def _pushes(
    observation: Observation, number: int, moved: int, far: float, gripper: Gripper, reach: Reach | None
) -> Iterator[Push]:
    """Pushes of one object by one length after which the target can be grasped."""
    thing = observation.things[moved]
    count = 4 if thing.shape == "box" else ROUND
    for angle in thing.yaw + np.arange(count) * 2 * math.pi / count:
        push = _one(observation, moved, angle, far, gripper)
        if push is None:
            continue
        shift = np.array([math.cos(angle), math.sin(angle), 0.0]) * far
        after = propose(_shifted(observation, moved, shift), gripper, [number], reach, most=1)
        if after:
            yield replace(push, score=after[0].score)


def _splitting(observation: Observation, number: int, gripper: Gripper) -> Iterator[Push]:
    """Pushes beside the middle of a too wide object, by half of the size of its assumed parts."""
    thing = observation.things[number]
    if not graspable(thing) or thing.shape != "box" or max(thing.size[:2]) < gripper.opening:
        return
    for quarter in (1, 3, 0, 2) if _side_by_side(observation, thing) == 0 else (0, 2, 1, 3):
        angle, across = thing.yaw + quarter * math.pi / 2, thing.size[1 - quarter % 2]
        beside = across / 2 - gripper.finger[0]
        for side in (beside, -beside):
            tried = (_one(observation, number, angle, far, gripper, side) for far in APART)
            push = next((one for one in tried if one is not None), None)
            if push is not None:
                yield push


def _side_by_side(observation: Observation, thing: Detection, parts: int = 8) -> int:
    """The axis of an object along which its colour changes most: there objects of two colours may stand side by side.
    """
    mask = (observation.labels == thing.label) & observation.cloud.valid
    colour = observation.cloud.colour[mask].astype(float)
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    flat = (observation.cloud.points[mask][:, :2] - thing.position[:2]) @ np.array([[c, -s], [s, c]])
    changes = []
    for axis in (0, 1):
        cell = np.clip(((flat[:, axis] / thing.size[axis] + 0.5) * parts).astype(int), 0, parts - 1)
        means = [colour[cell == n].mean(axis=0) for n in range(parts) if (cell == n).sum() > 3]
        changes.append(float(np.std(means, axis=0).sum()) if means else 0.0)
    return int(np.argmax(changes))


def _one(
    observation: Observation, moved: int, angle: float, far: float, gripper: Gripper, side: float = 0.0
) -> Push | None:
    """A push of one object in one direction with an offset from its middle, where nothing prevents it."""
    things, thing = observation.things, observation.things[moved]
    along = np.array([math.cos(angle), math.sin(angle)])
    start = _start(thing, along, gripper)
    if start is None:
        return None
    start[:2] += side * np.array([-along[1], along[0]])
    if not _free(things, moved, start, gripper) or not _way_free(things, moved, along, far):
        return None
    if _met(observation, thing, start, gripper) > STRAY:
        return None
    shifted = replace(thing, position=thing.position + np.array([*along, 0.0]) * far)
    if not _carried(observation, _carrier(observation, thing), shifted):
        return None
    x, y = start[:2] + along * (gripper.slack + far)
    place = (float(start[0]), float(start[1]), float(start[2]))
    return Push(moved, place, (float(x), float(y), place[2]), 0.0)


def _shifted(observation: Observation, moved: int, shift: Array) -> Observation:
    """The predicted look with one object moved, from the same viewpoint."""
    thing, cloud = observation.things[moved], observation.cloud
    points = cloud.points.copy()
    points[observation.labels == thing.label] += shift.astype(points.dtype)
    placed = replace(thing, position=thing.position + shift)
    things = tuple(placed if n == moved else one for n, one in enumerate(observation.things))
    return replace(observation, cloud=replace(cloud, points=points), things=things)


def outline(thing: Detection, turns: int = 16) -> Array:
    """Corners of an object seen from above, m, shape (N, 2)."""
    if thing.shape == "box":
        x, y = thing.size[0] / 2, thing.size[1] / 2
        flat = np.array([[-x, -y], [x, -y], [x, y], [-x, y]])
    else:
        angle = np.arange(turns) * 2 * math.pi / turns
        flat = np.column_stack([np.cos(angle), np.sin(angle)]) * thing.size[0] / 2
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    return flat @ np.array([[c, s], [-s, c]]) + np.asarray(thing.position)[:2]


def gap(one: Array, other: Array) -> float:
    """Distance between two convex outlines, m; negative by how deep they overlap (separating axes)."""
    widest = -math.inf
    for corners in (one, other):
        edges = np.roll(corners, -1, axis=0) - corners
        for normal in np.column_stack([edges[:, 1], -edges[:, 0]]) / np.linalg.norm(edges, axis=1)[:, None]:
            a, b = one @ normal, other @ normal
            widest = max(widest, float(b.min() - a.max()), float(a.min() - b.max()))
    return widest


def _edge(thing: Detection, along: Array) -> Array:
    """Where the line from an object's middle in a direction crosses its outline, m, shape (2,)."""
    corners = outline(thing) - np.asarray(thing.position)[:2]
    edges = np.roll(corners, -1, axis=0) - corners
    normals = np.column_stack([edges[:, 1], -edges[:, 0]])
    ahead = normals @ along
    reach = np.where(ahead > 1e-9, (normals * corners).sum(axis=1) / np.maximum(ahead, 1e-9), np.inf).min()
    return np.asarray(thing.position)[:2] + along * reach


def _start(thing: Detection, along: Array, gripper: Gripper) -> Array | None:
    """Start of closed jaws for pushing an object, m, shape (3,)."""
    back = max(gripper.finger[0], 2 * gripper.finger[1]) / 2 + gripper.slack
    x, y = _edge(thing, -along) - along * back
    low, height = float(thing.position[2]) - thing.size[2] / 2, max(LOW * thing.size[2], gripper.tip + 0.008)
    return np.array([x, y, low + height]) if height < thing.size[2] else None


def _free(things: Sequence[Detection], moved: int, start: Array, gripper: Gripper) -> bool:
    """Whether closed fingers can come down there from above without touching an object."""
    half = max(gripper.finger[0], 2 * gripper.finger[1]) / 2
    corners = start[:2] + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return all(gap(corners, outline(one)) > 0.003 for n, one in enumerate(things) if one.label > 0 and n != moved)


def _met(observation: Observation, thing: Detection, start: Array, gripper: Gripper) -> int:
    """Points of anything else that closed fingers would touch when they come down there."""
    half = max(gripper.finger[0], 2 * gripper.finger[1]) / 2
    cloud = observation.cloud
    near = cloud.valid & (observation.labels != thing.label)
    near &= (np.abs(cloud.points[..., :2] - start[:2]) < half).all(axis=2)
    return int((near & (cloud.points[..., 2] > start[2] - gripper.tip)).sum())


def _way_free(things: Sequence[Detection], moved: int, along: Array, far: float) -> bool:
    """Whether an object's path is free; along one that it already touches it may slide."""
    mine = outline(things[moved])
    others = [outline(one) for n, one in enumerate(things) if n != moved and one.label > 0]
    for part in (0.25, 0.5, 0.75, 1.0):
        there = mine + along * far * part
        if any(gap(there, other) < min(0.004, gap(mine, other) - RUB) for other in others):
            return False
    return True


def _carrier(observation: Observation, thing: Detection) -> SupportPlane | None:
    """The plane that supports an object."""
    x, y, z = thing.position
    bottom = z - thing.size[2] / 2
    planes = [one for one in observation.supports if abs(float(one.height(x, y)) - bottom) < 0.03]
    return min(planes, key=lambda one: abs(float(one.height(x, y)) - bottom), default=None)


def _carried(observation: Observation, support: SupportPlane | None, thing: Detection) -> bool:
    """Whether an object is still on its plane there: some of the plane is seen near each of its corners."""
    if support is None:
        return False
    own = observation.cloud.points[support.mask][::5, :2]
    return all(float(np.hypot(*(own - corner).T).min(initial=1.0)) < 0.05 for corner in outline(thing, 8))
