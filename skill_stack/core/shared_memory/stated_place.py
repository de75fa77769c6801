"""StatedPlace: the robot's pose as stated by a person or a localization, at run time.

``odom`` continues unchanged, as path followers expect; the pose of ``odom`` in ``map`` and its uncertainty change. Both
are kept in the words of the shared block: the front end publishes the pose, the control process takes over the
uncertainty, and either may be restarted.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError, StaleData
from skill_stack.core.rotation import wrap_angle, yaw_of
from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.world.scene import Pose2

UNIT = 1e-6  # m and rad that a word counts
FARTHEST = 1e5  # m; what is farther away was never stated
WIDEST = 100.0  # m and rad
STILL, STILL_TURN = 0.1, 0.2  # m/s and rad/s below which a robot stands still enough to say where it is
EXTERNAL = "external"
LANDMARKS = "landmarks"
SOURCES = ("stated", "tags", EXTERNAL, LANDMARKS)
"""Sources of a stated pose: a person (or any publisher of ``initialpose``), markers seen by the robot's camera, a
localization that is no part of the stack, or things of the map that the camera saw.
"""
_VALUES = ("place.x", "place.y", "place.yaw", "place.position", "place.heading")


@dataclass(frozen=True, slots=True)
class StatedPlace:
    """A stated pose.

    Attributes:
        number: How often something was stated; grows.
        origin: Where the origin of ``odom`` lies in ``map``.
        position: Standard deviation of the robot's position at that moment, m.
        heading: Standard deviation of its heading, rad.
        source: Who stated it, one of :data:`SOURCES`.
    """

    number: int
    origin: Pose2
    position: float
    heading: float
    source: str = SOURCES[0]


def stated_place(words: BlockWords) -> StatedPlace | None:
    """The last stated pose; None when there is none, or it was not written completely.

    Args:
        words: The words of the robot.
    """
    number = words.get("place.number")
    if number <= 0:
        return None
    values = [words.get(name) for name in _VALUES]
    if words.get("place.check") != _check(number, values) or words.get("place.number") != number:
        return None
    x, y, yaw, position, heading = (UNIT * value for value in values)
    said = words.get("place.source")
    source = SOURCES[said] if 0 <= said < len(SOURCES) else SOURCES[0]
    return StatedPlace(number, Pose2(x, y, yaw), position, heading, source)


def forget_place(words: BlockWords) -> None:
    """Removes the stated pose: the device restarted, and ``odom`` with it."""
    words.set("place.number", 0)


def state_place(channels: RobotChannels, pose: Pose2, position: float = 0.1, heading: float = 0.1) -> StatedPlace:
    """States the robot's pose.

    Args:
        channels: The shared memory of the robot's main part.
        pose: The robot in ``map``.
        position: How certain that is: standard deviation along x and along y, m.
        heading: The same of the heading, rad.

    Raises:
        DataError: A value makes no sense, nothing is measured, or the robot moves, so that its pose is not defined.
    """
    _checked(pose, position, heading)
    odom = _standing(channels)
    yaw = wrap_angle(pose.yaw - odom.yaw)
    c, s = math.cos(yaw), math.sin(yaw)
    origin = Pose2(pose.x - c * odom.x + s * odom.y, pose.y - s * odom.x - c * odom.y, yaw)
    return state_origin(channels, origin, position, heading, SOURCES[0])


def state_origin(channels: RobotChannels, origin: Pose2, position: float, heading: float, source: str) -> StatedPlace:
    """States the pose of ``odom`` in ``map``, also while the robot moves, for sources that measured it at a past
    moment.

    Args:
        channels: The shared memory of the robot's main part.
        origin: The origin of ``odom`` in ``map``.
        position: How certain the robot's place is by that: standard deviation along x and along y, m.
        heading: The same of its heading, rad.
        source: Origin of the statement, one of :data:`SOURCES`.

    Raises:
        DataError: A value makes no sense.
    """
    _checked(origin, position, heading)
    words = channels.common
    number = max(words.get("place.number"), words.get("place.heeded"), 0) + 1
    counts = [round(value / UNIT) for value in (origin.x, origin.y, origin.yaw, position, heading)]
    for name, count in zip(_VALUES, counts):
        words.set(name, count)
    words.set("place.source", SOURCES.index(source))
    words.set("place.check", _check(number, counts))
    words.set("place.number", number)  # last: only now it counts
    return StatedPlace(number, origin, position, heading, source)


def _checked(pose: Pose2, position: float, heading: float) -> None:
    """The values, checked; raises DataError."""
    values = (pose.x, pose.y, position, heading)
    if not (all(abs(value) <= FARTHEST for value in values) and math.isfinite(pose.yaw)):
        raise DataError(f"x {pose.x:g} m, y {pose.y:g} m, yaw {pose.yaw:g} rad is no place")
    if not (0.0 <= position <= WIDEST and 0.0 <= heading <= WIDEST):
        raise DataError(f"a place known within {position:g} m and {heading:g} rad: both must be from 0 to {WIDEST:g}")


def _standing(channels: RobotChannels) -> Pose2:
    """Pose of the robot in ``odom``."""
    try:
        state = channels.read_state()
    except StaleData:
        state = None
    if state is None or not state.valid:
        why = state.reason if state is not None else "the control process has not reported yet"
        raise DataError(f"nobody measures how the robot stands: {why}")
    speed = float(np.linalg.norm(state.base_velocity[:2]))
    turn = float(np.linalg.norm(state.angular_velocity))
    if not (speed <= STILL and turn <= STILL_TURN):
        raise DataError(f"the robot moves ({speed:.2f} m/s, {turn:.2f} rad/s): stop it, then say where it is")
    x, y, _ = state.base_position.tolist()
    return Pose2(x, y, yaw_of(state.orientation))


def _check(number: int, values: list[int]) -> int:
    return zlib.crc32(struct.pack(f"<{1 + len(values)}q", number, *values))
