"""Quantities of goals: result minus request."""

from __future__ import annotations

import math
import os

import numpy as np

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.skills.skill import DescriptorTable
from skill_stack.core.skills.skill_results import read_descriptors
from skill_stack.core.world.scene import Pose2
from skill_stack.evaluation.quantities.base import STEADY
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity, beyond, numbers
from skill_stack.evaluation.record import EpisodeRecord

SHARE = 0.1
"""Additional tolerance as a share of a distance or velocity."""
LAST = 1.0
"""Period before the end of a skill over which a pose is measured, s."""


def _way(record: EpisodeRecord, parameters: Parameters) -> tuple[float, float]:
    """The expected position in the frame of its start: ahead and to the left, m."""
    given = record.arguments
    if parameters:
        ahead, left = numbers(parameters, 2, "a way ahead and to the left, m")
    elif "vx" in given and "duration" in given:
        ahead, left = float(given["vx"]) * float(given["duration"]), 0.0
    elif "distance" in given:
        ahead, left = float(given["distance"]), 0.0
    elif "x" in given and "y" in given:
        ahead, left = float(given["x"]), float(given["y"])
    else:
        ahead, left = float(record.argument("forward")), float(given.get("left", 0.0))
    return ahead, left


def _way_error(record: EpisodeRecord, parameters: Parameters) -> Array:
    if record.path is not None and not parameters:
        goal, allowed = record.path[-1], 0.0
    else:
        ahead, left = _way(record, parameters)
        pose = record.start.compose(Pose2(ahead, left, 0.0))
        goal, allowed = np.array((pose.x, pose.y)), SHARE * math.hypot(ahead, left)
    off = np.linalg.norm(record.position[record.end, :2] - goal, axis=1)
    return np.maximum(off - allowed, 0.0)


def _angle(record: EpisodeRecord, parameters: Parameters) -> float:
    return numbers(parameters, 1, "an angle, rad")[0] if parameters else float(record.argument("angle"))


def _heading_error(record: EpisodeRecord, parameters: Parameters) -> Array:
    off = record.yaw[record.end] - record.yaw[0] - _angle(record, parameters)
    return np.abs((off + math.pi) % (2 * math.pi) - math.pi)


def _turned_error(record: EpisodeRecord, parameters: Parameters) -> float:
    return float(abs(record.yaw[-1] - record.yaw[0] - _angle(record, parameters)))


def _turn_rate(record: EpisodeRecord, _: Parameters) -> float:
    ticks = record.running()
    seconds = float(record.time[ticks][-1] - record.time[0])
    return float(abs(record.yaw[ticks][-1] - record.yaw[0]) / seconds) if seconds > 0 else 0.0


def _velocity_error(record: EpisodeRecord, _: Parameters) -> float:
    asked = np.array([float(record.arguments.get(name, 0.0)) for name in ("vx", "vy")])
    done = record.linear[record.running(STEADY), :2].mean(axis=0)
    return beyond(float(np.linalg.norm(done - asked)), SHARE * float(np.linalg.norm(asked)))


def _turn_rate_error(record: EpisodeRecord, _: Parameters) -> float:
    asked, ticks = float(record.arguments.get("wz", 0.0)), np.flatnonzero(record.running(STEADY))
    seconds = float(record.time[ticks[-1]] - record.time[ticks[0]])
    if seconds <= 0:
        return math.nan
    done = float(record.yaw[ticks[-1]] - record.yaw[ticks[0]]) / seconds
    return beyond(abs(done - asked), SHARE * abs(asked))


def _pose(record: EpisodeRecord, name: str) -> float:
    """The requested pose; angles after REP-103, so that a positive pitch lowers the nose; height against standing."""
    ticks = record.running() & (record.time >= record.ended - LAST)
    ticks = ticks if ticks.any() else record.running()
    done = {
        "height": record.position[ticks, 2] - record.robot.stand_height,
        "roll": record.roll[ticks],
        "pitch": -record.pitch[ticks],
        "yaw": record.yaw[ticks] - record.yaw[0],
    }
    if name not in done:
        raise DataError(f"a pose has no '{name}'")
    return abs(float(done[name].mean()) - float(record.argument(name)))


def _direction_error(record: EpisodeRecord, parameters: Parameters) -> float:
    """Bearing of the end from the start, against what ``figures.json`` beside the skill states for its direction."""
    if len(parameters) != 1:
        raise DataError("of which skill? Write for example 'direction_error(roam) <= 0.35 rad'")
    name, told = f"models/{record.robot.name}/{parameters[0]}", str(record.argument("direction"))
    folder = Resources.from_environment(os.environ).find(name, "skill")
    known = read_descriptors(folder, DescriptorTable(rows="directions", units={"heading": "rad"})).rows
    if told not in known:
        raise UnknownName("direction", told, known)
    x, y = record.position[-1, :2]
    return abs(float(wrap_angle(record.start.bearing_to(float(x), float(y)) - known[told]["heading"])))


GOAL: dict[str, Quantity] = {
    "end_way_error": Quantity("m", _way_error, "distance from where it should be, less a tenth of the way"),
    "end_heading_error": Quantity("rad", _heading_error, "angle to the heading that it should have, over the end"),
    "direction_error": Quantity("rad", _direction_error, "bearing of the end less that which is known of a direction"),
    "turned_error": Quantity("rad", _turned_error, "turned angle less the one asked for, through full turns"),
    "turn_rate": Quantity("rad/s", _turn_rate, "turned angle by time"),
    "velocity_error": Quantity("m/s", _velocity_error, "mean velocity after 2 s less that asked for, less a tenth"),
    "turn_rate_error": Quantity("rad/s", _turn_rate_error, "mean turning rate after 2 s less goal, less a tenth"),
    "pose_height_error": Quantity("m", lambda r, _: _pose(r, "height"), "mean height over the last second less goal"),
    "pose_roll_error": Quantity("rad", lambda r, _: _pose(r, "roll"), "mean roll over the last second less goal"),
    "pose_pitch_error": Quantity("rad", lambda r, _: _pose(r, "pitch"), "mean pitch over the last second less goal"),
    "pose_yaw_error": Quantity("rad", lambda r, _: _pose(r, "yaw"), "mean heading over the last second less goal"),
}
"""Quantities of goals."""
