"""Quantities of places: distance to objects, visited places, paths around, pushed objects."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity
from skill_stack.evaluation.record import EpisodeRecord

CENTRE_REACH = 0.6
"""Distance of base to an object's centre that counts as reached, m."""
OUTLINE_REACH = 0.48
"""The same to its outline, for things too wide for the above, m: 0.6 less the radius of a playground ball."""
VISITED = OUTLINE_REACH + 0.1
"""Distance from base to outline that counts as visited, m: that of the end, plus sway."""
CORNER_REACH = 0.3
"""Distance within which a stretch of a path was reached, m."""
PATH_SHARE = 95.0
"""Percentile of the distances to a path that is used."""
PATH_STEP = 0.05  # m between the points of a path that are looked at


def _target(record: EpisodeRecord, parameters: Parameters) -> SceneObject:
    return record.thing(parameters[0] if parameters else str(record.argument("target")))


def _things(record: EpisodeRecord, parameters: Parameters) -> list[SceneObject]:
    return [record.thing(name) for name in parameters] or [_target(record, ())]


def _centre(record: EpisodeRecord, parameters: Parameters) -> Array:
    thing = _target(record, parameters)
    return np.hypot(*(record.position[:, :2] - np.array(thing.position[:2])).T)


def _outline(record: EpisodeRecord, thing: SceneObject) -> Array:
    return np.array([record.outline(thing, float(x), float(y)) for x, y in record.position[:, :2]])


def _near(record: EpisodeRecord, parameters: Parameters) -> Array:
    missed = np.minimum(
        _centre(record, parameters)[record.end] - CENTRE_REACH,
        _outline(record, _target(record, parameters))[record.end] - OUTLINE_REACH,
    )
    return np.maximum(missed, 0.0)


def _bearing(record: EpisodeRecord, parameters: Parameters) -> Array:
    thing = _target(record, parameters)
    ticks = np.flatnonzero(record.end).tolist()
    return np.array([abs(record.pose(tick).bearing_to(thing.position[0], thing.position[1])) for tick in ticks])


def _gap(record: EpisodeRecord, parameters: Parameters) -> Array:
    return _outline(record, _target(record, parameters))[record.end] - record.robot.footprint.front


def _unvisited(record: EpisodeRecord, parameters: Parameters) -> float:
    left = _things(record, parameters)
    ways = {thing.id: _outline(record, thing) for thing in left}
    for tick in range(len(record.time)):
        if left and ways[left[0].id][tick] <= VISITED:
            left.pop(0)
    return float(len(left))


def _nearest(record: EpisodeRecord, parameters: Parameters) -> Array:
    return np.concatenate([_outline(record, thing) for thing in _things(record, parameters)])


def _beyond(record: EpisodeRecord, parameters: Parameters) -> float:
    thing, start = _target(record, parameters), record.start
    ahead = start.yaw + start.bearing_to(thing.position[0], thing.position[1])
    x, y = record.position[-1, :2] - np.array(thing.position[:2])
    return float(math.cos(ahead) * x + math.sin(ahead) * y)


def _around(record: EpisodeRecord, parameters: Parameters) -> float:
    """Around in either direction; the sign shows whether it was the requested one, or that of the second parameter."""
    sign = -1.0 if record.arguments.get("direction") == "right" else 1.0
    turns = float(parameters[1]) if len(parameters) > 1 else sign * float(record.arguments.get("turns", 1.0))
    x, y = (record.position[:, :2] - np.array(_target(record, parameters).position[:2])).T
    angle = np.unwrap(np.arctan2(y, x))
    return float(abs(angle[-1] - angle[0] - 2 * math.pi * turns))


def _object_error(record: EpisodeRecord, parameters: Parameters) -> Array:
    """The place is an object of the scene, named by the second parameter or the argument ``place``."""
    names = parameters or (str(record.argument("target")), str(record.argument("place")))
    if len(names) != 2:
        raise DataError(f"({', '.join(names)}) is not an object and a place")
    way, place = record.object_way(names[0]), record.thing(names[1])
    return np.hypot(*(way[record.end, :2] - np.array(place.position[:2])).T)


def _corners(record: EpisodeRecord) -> Array:
    if record.path is None or len(record.path) < 2:
        raise DataError("the episode had no path to follow")
    return record.path


def _to_stretches(points: Array, corners: Array) -> Array:
    """Distance of points to a path, m, shape (points,)."""
    best = np.full(len(points), np.inf)
    for a, b in pairwise(corners):
        along = np.clip((points - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-12), 0.0, 1.0)
        best = np.minimum(best, np.linalg.norm(points - a - along[:, None] * (b - a), axis=1))
    return best


def _path_error(record: EpisodeRecord, _: Parameters) -> float:
    ticks = record.time <= record.ended
    return float(np.percentile(_to_stretches(record.position[ticks, :2], _corners(record)), PATH_SHARE))


def _path_left(record: EpisodeRecord, _: Parameters) -> float:
    corners, way = _corners(record), record.position[:, :2]
    left = 0.0
    for a, b in pairwise(corners):
        length = float(np.linalg.norm(b - a))
        for share in np.linspace(0.0, 1.0, max(2, math.ceil(length / PATH_STEP))):
            missed = np.linalg.norm(way - (a + share * (b - a)), axis=1).min() > CORNER_REACH
            left += PATH_STEP if missed else 0.0
    return left


PLACE: dict[str, Quantity] = {
    "end_distance": Quantity("m", lambda r, p: _centre(r, p)[r.end], "distance to the target's centre over the end"),
    "end_near": Quantity("m", _near, "distance by which centre and outline are both missed, over the end"),
    "end_bearing": Quantity("rad", _bearing, "angle past the target over the end"),
    "end_gap": Quantity("m", _gap, "free space between the robot's front and the target over the end"),
    "unvisited": Quantity("", _unvisited, "objects, in order, that it did not get to"),
    "nearest": Quantity("m", _nearest, "distance to the outlines, all the time"),
    "beyond": Quantity("m", _beyond, "way beyond the target's centre, along the way from the start"),
    "around_error": Quantity("rad", _around, "angle travelled around the target less the one asked for"),
    "end_object_error": Quantity("m", _object_error, "distance of the object from where it should be, over the end"),
    "path_error": Quantity("m", _path_error, "95th percentile of the distance to the path"),
    "path_left": Quantity("m", _path_left, "way along the path that was not reached within 0.3 m"),
}
"""Quantities of places and objects."""
