"""Quantities of objects that a hand takes, turns and puts down, and of its joints."""

from __future__ import annotations

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import tilt_of
from skill_stack.core.spatial.mouths import Mouths
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity
from skill_stack.evaluation.record import EpisodeRecord


def _name(record: EpisodeRecord, parameters: Parameters) -> str:
    """The object: the first parameter, or the skill's argument."""
    return parameters[0] if parameters else str(record.argument("target"))


def _risen(record: EpisodeRecord, parameters: Parameters) -> Array:
    height = record.object_way(_name(record, parameters))[:, 2]
    return np.asarray(height[record.end] - height[0])


def _tilt(record: EpisodeRecord, parameters: Parameters) -> Array:
    return tilt_of(record.object_attitude(_name(record, parameters))[record.end])


def turned_about_vertical(attitudes: Array) -> Array:
    """How far a thing has turned about the world's vertical since the first of its orientations, rad, shape (N,).

    The parts of small turns from one look to the next are added up, so that it may topple or turn on and on.

    Args:
        attitudes: Orientations in the world, w-x-y-z, shape (N, 4).
    """
    w, x, y, z = attitudes[1:].T
    a, b, c, d = attitudes[:-1].T
    real = w * a + x * b + y * c + z * d  # of one orientation times the inverse of that before it
    about = -w * d - x * c + y * b + z * a
    steps = 2.0 * np.arctan2(about, np.abs(real)) * np.where(real < 0.0, -1.0, 1.0)
    return np.concatenate(([0.0], np.cumsum(steps)))


def _turned_error(record: EpisodeRecord, parameters: Parameters) -> Array:
    """Parameters: the thing, and the angle; else the arguments ``target`` and ``angle``."""
    if len(parameters) not in (0, 2):
        raise DataError("which thing, and by how much? Write for example 'end_turn_error(cylinder, 1.571) <= 0.2 rad'")
    angle = float(parameters[1]) if parameters else float(record.argument("angle"))
    return np.abs(turned_about_vertical(record.object_attitude(_name(record, parameters)))[record.end] - angle)


def _gap(record: EpisodeRecord, parameters: Parameters) -> Array:
    """Between a link of the hand and the centre of a thing."""
    if len(parameters) != 2:
        raise DataError("which thing and link? Write for example 'end_away(cylinder, right_hand_link_3.0) >= 0.1 m'")
    way = record.object_way(parameters[0]) - record.link_way(parameters[1])
    return np.asarray(np.linalg.norm(way[record.end], axis=1))


def _from_front(record: EpisodeRecord, parameters: Parameters) -> Array:
    """Between the robot's front and the centre of a thing, in the plane, every tick."""
    front = record.robot.footprint.front
    reach = np.stack([np.cos(record.yaw), np.sin(record.yaw)], axis=1) * front
    away = record.object_way(_name(record, parameters))[:, :2] - record.position[:, :2] - reach
    return np.asarray(np.linalg.norm(away, axis=1))


def _speed(record: EpisodeRecord, parameters: Parameters) -> Array:
    way = record.object_way(_name(record, parameters))[:, :2][record.end]
    time = record.time[record.end]
    if len(time) < 2:
        return np.zeros(1)
    return np.asarray(np.linalg.norm(way[-1:] - way[:1], axis=1) / (time[-1] - time[0]))


def _pair(record: EpisodeRecord, parameters: Parameters) -> tuple[str, str]:
    """A thing and a place; raises DataError for anything else."""
    names = tuple(parameters) or (str(record.argument("target")), str(record.argument("place")))
    if len(names) != 2:
        raise DataError(f"({', '.join(names)}) is not an object and a place")
    return names


def _passed(record: EpisodeRecord, parameters: Parameters) -> float:
    """Parameters: the thing and the place; else the arguments ``target`` and ``place``."""
    thing, place = _pair(record, parameters)
    away = record.object_way(thing)[:, :2] - np.array(record.thing(place).position[:2])
    return float(np.linalg.norm(away, axis=1).min())


def _entered(record: EpisodeRecord, parameters: Parameters) -> Array:
    """How far from the middle of a mouth a thing went through it in each tick, m, shape (N - 1,); infinite: it did not.

    Parameters: the thing and the place; else the arguments ``target`` and ``place``.
    """
    thing, place = _pair(record, parameters)
    way = record.object_way(thing)[:, :2]
    return Mouths.of(record.thing(place)).passed_by(way[:-1], way[1:])


def _entered_after(record: EpisodeRecord, parameters: Parameters) -> float:
    """Time until the first passage through the mouth itself, s."""
    thing, place = _pair(record, parameters)
    inside = _entered(record, (thing, place)) <= Mouths.of(record.thing(place)).half
    return float(record.time[1:][inside][0] - record.time[0]) if inside.any() else float("inf")


def _carried(record: EpisodeRecord, parameters: Parameters) -> float:
    """How far a thing has come from where it was, along the heading at the begin."""
    way = record.object_way(_name(record, parameters))[:, :2]
    return float((way[-1] - way[0]) @ [np.cos(record.yaw[0]), np.sin(record.yaw[0])])


def _bend(record: EpisodeRecord, parameters: Parameters) -> Array:
    if not parameters:
        raise DataError("which joints? Write for example 'end_bend(joint_1.0, joint_2.0, joint_3.0) <= 0.6 rad'")
    return np.asarray(sum(record.joint_way(name)[record.end] for name in parameters))


OBJECTS: dict[str, Quantity] = {
    "end_risen": Quantity("m", _risen, "height of a thing over where it was at first, over the end"),
    "end_toppled": Quantity("rad", _tilt, "angle between a thing's own z axis and the vertical, over the end"),
    "end_turn_error": Quantity("rad", _turned_error, "how far a thing has turned about the vertical, less goal"),
    "end_away": Quantity("m", _gap, "distance of a thing's centre from a link of the robot, over the end"),
    "end_from_front": Quantity(
        "m", lambda r, p: _from_front(r, p)[r.end], "distance of a thing's centre from the robot's front, over the end"
    ),
    "end_object_speed": Quantity("m/s", _speed, "mean speed of a thing in the plane over the end"),
    "object_passed": Quantity("m", _passed, "least distance of a thing's centre from a place, all the time"),
    "object_entered": Quantity(
        "m", lambda r, p: float(_entered(r, p).min(initial=np.inf)),
        "least distance from the middle at which a thing's centre goes through a place's mouth, from its front",
    ),
    "object_entered_after": Quantity("s", _entered_after, "time until a thing's centre is first through that mouth"),
    "object_ahead": Quantity("m", _carried, "way of a thing along the heading of the begin"),
    "end_bend": Quantity("rad", _bend, "angles of joints added up, over the end"),
}
"""Quantities of things in a hand, and of its joints."""
