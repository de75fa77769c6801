"""Orientation words such as "upright" and "handle towards me" as a goal rotation."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import multiply, wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject

Array = np.ndarray
Quaternion = tuple[float, float, float, float]
_TILTS = {"upright": 0.0, "upside down": math.pi, "on its side": math.pi / 2}
_SAID = {
    "upright": r"upright|standing(?: up)?|right way up|the right way round",
    "upside down": r"upside[- ]down|on (?:its|the) head|bottom up|inverted",
    "on its side": r"on (?:its|the) side|lying(?: down)?|flat on (?:its|the) side",
}
_TOWARDS = re.compile(
    r"(?:(?:the |its |with (?:the |its ))?(?P<part>handle|spout|front|label|button|lid|opening|face|screen) )?"
    r"(?:facing|pointing|turned|looking)? ?(?P<way>towards?|to|at|away from|left|right|(?<=facing)|(?<=facing ))"
    r"(?: ?(?:of |the )*(?P<whom>me|you|[a-z_ ]+?))?$"
)
KNOWN = "upright, upside down, on its side, [handle] towards me, away from the table, handle left, handle right"


@dataclass(frozen=True, slots=True)
class Goal:
    """Goal orientation of an object.

    Attributes:
        orientation: Of the thing in ``map``, w-x-y-z.
        yaw: Its heading then, rad.
        said: What was understood.
    """

    orientation: Quaternion
    yaw: float
    said: str


def orientation(
    words: str,
    thing: SceneObject,
    viewer: Pose2 | None = None,
    parts: Mapping[str, Array] | None = None,
    others: Mapping[str, SceneObject] | None = None,
) -> Goal:
    """The rotation described by words.

    Args:
        words: E.g. ``upright``, ``with the handle towards me``, ``facing the red box``.
        thing: The thing to turn, as it stands.
        viewer: The viewpoint of ``me``, left and right.
        parts: Places of its parts in ``map`` as it stands, m, by name.
        others: Other things by what they are called.

    Raises:
        DataError: The words describe no orientation, or refer to an unknown person or thing; the message states valid
            words.
    """
    text = " ".join(words.lower().replace(",", " ").replace(" and ", " ").strip(" .!?").split())
    tilt, rest = _tilted(text)
    yaw = thing.yaw
    if rest:
        found = _TOWARDS.search(rest)
        if found is None or found.start():
            raise DataError(f"'{words}' says no orientation that is known: {KNOWN}")
        own, wanted = _turned(found, thing, viewer, parts or {}, others or {})
        yaw = wanted + own if tilt == "upside down" else wanted - own  # head over, what was left is right
    elif tilt is None:
        raise DataError(f"'{words}' says no orientation that is known: {KNOWN}")
    over = _TILTS[tilt] if tilt is not None else 0.0
    heading = (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
    w, x, y, z = multiply(heading, (math.cos(over / 2), math.sin(over / 2), 0.0, 0.0))
    return Goal((w, x, y, z), wrap_angle(yaw), text)


def _tilted(text: str) -> tuple[str | None, str]:
    """The goal tilt, and the remaining words."""
    for name, pattern in _SAID.items():
        if match := re.search(rf"\b(?:{pattern})\b", text):
            return name, " ".join((text[: match.start()] + text[match.end() :]).split())
    return None, text


def _turned(
    found: re.Match[str], thing: SceneObject, viewer: Pose2 | None, parts: Mapping[str, Array],
    others: Mapping[str, SceneObject],
) -> tuple[float, float]:  # fmt: skip
    """Direction of the named part on the object, relative to its heading, and its goal direction, rad."""
    part, way, whom = found["part"], found["way"], (found["whom"] or "").strip()
    if part is not None and part not in ("front", "face") and part not in parts:
        raise DataError(f"where the {part} of {thing.label} is has not been seen")
    own = 0.0
    if part in parts:
        dx, dy = np.asarray(parts[part], float)[:2] - thing.position[:2]
        own = math.atan2(float(dy), float(dx)) - thing.yaw
    x, y, _ = thing.position
    if way in ("left", "right") or whom in ("left", "right"):
        if viewer is None:
            raise DataError("left and right depend on who looks, and nobody is known")
        ahead = math.atan2(y - viewer.y, x - viewer.x)
        wanted = ahead + (math.pi / 2 if "left" in (way, whom) else -math.pi / 2)
    else:
        px, py = _place(whom, viewer, others)
        wanted = math.atan2(py - y, px - x) + (math.pi if way.startswith("away") else 0.0)
    return own, wanted


def _place(whom: str, viewer: Pose2 | None, others: Mapping[str, SceneObject]) -> tuple[float, float]:
    """Position of a person or object."""
    if whom in ("me", "you", "yourself", ""):
        if viewer is None:
            raise DataError("who speaks is not seen, so nothing can be turned towards them")
        return viewer.x, viewer.y
    name = whom.removeprefix("the ")
    for called, one in others.items():
        if name in (called.lower(), one.label, one.id.replace("_", " ")):
            return one.position[0], one.position[1]
    known = ", ".join(one.label for one in others.values()) or "none"
    raise DataError(f"'{name}' is not known here; known are {known}")
