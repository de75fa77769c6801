"""Quantities of arms and trunk: hand position, pointing direction, bow of the trunk."""

from __future__ import annotations

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.evaluation.quantities.feet import there_and_back
from skill_stack.evaluation.quantities.goal import LAST
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity
from skill_stack.evaluation.record import EpisodeRecord

SIDE = "side"
"""Argument that selects the arm; its word is part of a link's name."""


LIFTED = 0.75
"""Share of its greatest height above the base from which a hand counts as lifted."""


def _link(record: EpisodeRecord, parameters: Parameters) -> Array:
    """Positions of the link that a parameter names; ``side_`` in its name is replaced by the requested side."""
    if len(parameters) != 1:
        raise DataError("which link? Write for example 'link_height(right_wrist_yaw_link) >= 1 m'")
    name = parameters[0]
    if name.startswith(f"{SIDE}_"):
        name = str(record.argument(SIDE)) + name.removeprefix(SIDE)
    return record.link_way(name)


def _last(record: EpisodeRecord) -> Array:
    """Ticks of the last second that it ran."""
    ticks = record.running() & (record.time >= record.ended - LAST)
    return ticks if ticks.any() else record.running()


def _swings(record: EpisodeRecord, parameters: Parameters) -> float:
    """Along the heading, since a hand that a turning body carries round has not waved.

    Only while it is lifted; otherwise the lifting would be its main direction.
    """
    way, ticks = _link(record, parameters) - record.position, record.running()
    c, s = np.cos(record.yaw), np.sin(record.yaw)
    way = np.stack([c * way[:, 0] + s * way[:, 1], c * way[:, 1] - s * way[:, 0], way[:, 2]], axis=1)
    return there_and_back(way, ticks & (way[:, 2] > max(LIFTED * float(way[:, 2].max()), 0.0)))


def _reach_error(record: EpisodeRecord, parameters: Parameters) -> Array:
    """The requested point: ahead and to the left of the pelvis, along its heading, and above the ground."""
    ticks = _last(record)
    yaw, base = record.yaw[ticks], record.position[ticks]
    x, y, z = (float(record.argument(name)) for name in ("x", "y", "z"))
    c, s = np.cos(yaw), np.sin(yaw)
    goal = np.stack([base[:, 0] + c * x - s * y, base[:, 1] + s * x + c * y, np.full(len(yaw), z)], axis=1)
    return np.asarray(np.linalg.norm(_link(record, parameters)[ticks] - goal, axis=1).mean())


def _pointing_error(record: EpisodeRecord, parameters: Parameters) -> float:
    """Of the requested arm, or of the one that points better; the target may be named by a third parameter."""
    if len(parameters) not in (2, 3):
        raise DataError("which arm? Write 'pointing_error(side_shoulder_roll_link, side_wrist_yaw_link) <= 0.2 rad'")
    named = parameters[2] if len(parameters) == 3 else str(record.argument("target"))
    ticks = _last(record)
    target = np.array(record.thing(named).position)
    sides = (str(record.arguments[SIDE]),) if SIDE in record.arguments else ("left", "right")
    errors = []
    for side in sides:
        shoulder, hand = (record.link_way(side + name.removeprefix(SIDE))[ticks] for name in parameters[:2])
        along, wanted = hand - shoulder, target - shoulder
        cosine = (along * wanted).sum(axis=1) / np.linalg.norm(along, axis=1) / np.linalg.norm(wanted, axis=1)
        errors.append(float(np.arccos(np.clip(cosine, -1.0, 1.0)).mean()))
    return min(errors)


def _lean(record: EpisodeRecord, parameters: Parameters) -> Array:
    """How far the trunk leans forward: of the base, and of the waist joint that is named."""
    if len(parameters) != 1:
        raise DataError("which joint bends the waist? Write for example 'lean(waist_pitch_joint) >= 0.3 rad'")
    return record.joint_way(parameters[0]) - record.pitch


def _arm_error(record: EpisodeRecord, _: Parameters) -> float:
    """Largest mean error of the joints requested by name."""
    ticks = _last(record)
    asked = [name for name in record.robot.joint_names if name in record.arguments]
    if not asked:
        raise DataError("no argument is named like a joint")
    return max(abs(float(record.joint_way(name)[ticks].mean()) - float(record.arguments[name])) for name in asked)


def _height_error(record: EpisodeRecord, _: Parameters) -> float:
    return abs(float(record.position[_last(record), 2].mean()) - float(record.argument("height")))


LIMBS: dict[str, Quantity] = {
    "link_height": Quantity("m", lambda r, p: _link(r, p)[:, 2].max(), "greatest height of a link"),
    "link_swings": Quantity("", _swings, "how often a lifted link went there and back by 5 cm"),
    "reach_error": Quantity("m", _reach_error, "mean distance of a link from the point, over the last second"),
    "pointing_error": Quantity("rad", _pointing_error, "mean angle between arm and target, over the last second"),
    "deepest_lean": Quantity("rad", lambda r, p: _lean(r, p).max(), "furthest that the trunk leaned forward"),
    "end_lean": Quantity("rad", lambda r, p: np.abs(_lean(r, p)[r.end]), "lean of the trunk over the end"),
    "arm_error": Quantity("rad", _arm_error, "largest error of a joint that was asked for, over the last second"),
    "height_error": Quantity("m", _height_error, "mean height over the last second less goal"),
}
"""Quantities of arms and trunk."""
