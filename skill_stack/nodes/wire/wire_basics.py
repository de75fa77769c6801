"""Common parts of messages: times, poses, named numbers, JSON arguments."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from std_msgs.msg import Header

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import from_yaw, yaw_of
from skill_stack.core.world.scene import Pose2
from skill_stack_interfaces.msg import NamedValue

FARTHEST = 1e6
"""Farthest position and largest extent accepted in messages, m."""
MOST_WORDS = 20_000
"""Most characters of an instruction; a plan passed as one is the longest."""
ROUNDING = 0.02
"""Largest deviation of a quaternion's length from 1; senders round."""


def time_message(seconds: float) -> Time:
    """A point in time, s; negative and non-finite times become 0."""
    if not (math.isfinite(seconds) and seconds > 0):
        return Time()
    whole = int(seconds)
    return Time(sec=whole, nanosec=min(int((seconds - whole) * 1e9 + 0.5), 999_999_999))


def seconds_of(time: Time) -> float:
    """The point in time, s."""
    return float(time.sec + time.nanosec * 1e-9)


def nanoseconds_of(time: Time) -> int:
    """The point in time, ns."""
    return int(time.sec) * 1_000_000_000 + int(time.nanosec)


def header(stamp: Time, frame: str = "") -> Header:
    """A header with a stamp and a frame, its prefix included."""
    return Header(stamp=stamp, frame_id=frame)


def quaternion_message(wxyz: np.ndarray) -> Quaternion:
    """A quaternion given as w-x-y-z, shape (4,)."""
    w, x, y, z = (float(part) for part in wxyz)
    return Quaternion(w=w, x=x, y=y, z=z)


def wxyz_of(quaternion: Quaternion) -> np.ndarray:
    """w-x-y-z, shape (4,)."""
    return np.array([quaternion.w, quaternion.x, quaternion.y, quaternion.z])


def yaw_in(quaternion: Quaternion) -> float:
    """Heading of an orientation, rad; raises DataError for a quaternion that is no rotation."""
    wxyz = wxyz_of(quaternion)
    norm = float(np.linalg.norm(wxyz))
    if not abs(norm - 1.0) < ROUNDING:
        raise DataError(f"an orientation has a quaternion of length 1, not {norm:g}")
    return yaw_of(wxyz)


def metres(*values: float) -> tuple[float, ...]:
    """Lengths or positions, m; raises DataError for implausible ones."""
    far = [value for value in values if not abs(value) <= FARTHEST]
    if far:
        raise DataError(f"{far[0]:g} m is beyond {FARTHEST:g} m")
    return values


def words_in(text: str) -> str:
    """A person's words; raises DataError for overlong ones."""
    if len(text) > MOST_WORDS:
        raise DataError(f"{len(text)} characters are more than anybody says; at most {MOST_WORDS}")
    return text


def readable(text: str) -> str:
    """A text with spaces for its control characters, so that its sender gets an answer and logs stay intact."""
    return "".join(c if c.isprintable() or c in "\t\n" else " " for c in text)


def vector_message(xyz: np.ndarray) -> Vector3:
    """A vector, shape (3,)."""
    return Vector3(x=float(xyz[0]), y=float(xyz[1]), z=float(xyz[2]))


def pose_message(position: np.ndarray, wxyz: np.ndarray) -> Pose:
    """A pose from a position in m, shape (3,), and a w-x-y-z quaternion, shape (4,)."""
    point = Point(x=float(position[0]), y=float(position[1]), z=float(position[2]))
    return Pose(position=point, orientation=quaternion_message(wxyz))


def pose2_message(pose: Pose2) -> Pose:
    """A pose on the ground."""
    return pose_message(np.array([pose.x, pose.y, 0.0]), from_yaw(pose.yaw))


def pose2_of(pose: Pose) -> Pose2:
    """Position and heading in the plane; height, roll and pitch are dropped. Raises DataError where it is no pose."""
    x, y = metres(pose.position.x, pose.position.y)
    return Pose2(x, y, yaw_in(pose.orientation))


def values_message(values: dict[str, float]) -> list[NamedValue]:
    """Named numbers."""
    return [NamedValue(name=name, value=float(value)) for name, value in values.items()]


def values_of(message: list[NamedValue]) -> dict[str, float]:
    """Named numbers as a dict."""
    return {item.name: item.value for item in message}


def arguments_of(text: str) -> dict[str, Any]:
    """Arguments from their JSON form; an empty text has none.

    Raises:
        DataError: It is not a JSON object.
    """
    try:
        found = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise DataError(f"arguments are not JSON: {error}") from error
    if not isinstance(found, dict):
        raise DataError(f'arguments must be a JSON object, for example {{"target": "red_ball"}}, not {text[:80]}')
    return found
