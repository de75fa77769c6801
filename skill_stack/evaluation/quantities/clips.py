"""Deviation of joints from a clip that a skill follows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import yaw_of
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity
from skill_stack.evaluation.record import TICK, EpisodeRecord

APPROACH = 1.5
"""Time in which a skill that follows a clip moves to its first frame, s."""
HELD = 0.2
"""Time for which a skill holds the last frame of a clip of a whole body, as its success asks for, s."""
NEARBY = 5
"""Frames of a clip from one that is compared with a posture to the next: 0.1 s."""
LATE = 0.2
"""Largest delay of the robot behind the clip, s."""


def _clip_error(record: EpisodeRecord, parameters: Parameters) -> float:
    """Root mean square over joints and frames, by the shift in time within :data:`LATE` that fits best."""
    if len(parameters) < 2:
        raise DataError("which clip, and which joints? Write 'clip_error(greet, waist, arms) <= 0.1 rad'")
    skill, *groups = parameters
    names = record.robot.members(groups)
    frames, rate = _clip(f"models/{record.robot.name}/{skill}/motion.npz", names)
    begin, step = float(record.time[0]) + APPROACH, float(np.median(np.diff(record.time)))
    ways = np.stack([record.joint_way(name) for name in names], axis=1)
    asked, late = begin + np.arange(len(frames)) / rate, np.arange(0.0, LATE + step / 2, step)
    return min(_distance(record.time, ways, asked + shift, frames) for shift in late)


def _distance(time: Array, ways: Array, asked: Array, frames: Array) -> float:
    places = np.round((asked - time[0]) / np.median(np.diff(time))).astype(int)
    if places[-1] >= len(time):
        return float("inf")  # it ended before the clip did
    return float(np.sqrt(np.mean(np.square(ways[places] - frames))))


def _clip(path: str, names: tuple[str, ...]) -> tuple[Array, float]:
    """Frames of some joints, rad, shape (frames, joints), and their rate, Hz."""
    file = Resources.from_environment(os.environ).find(path, "clip")
    with np.load(file, allow_pickle=False) as data:
        known = [str(name) for name in data["joint_names"]]
        missing = sorted(set(names) - set(known))
        if missing:
            raise DataError(f"{path}: has no joint '{missing[0]}'")
        return np.asarray(data["joint_pos"], float)[:, [known.index(name) for name in names]], float(
            np.ravel(data["fps"])[0]
        )


def nearest_frames(robot: RobotSpec, skills: Sequence[str], postures: Array) -> Array:
    """How far postures are from the nearest frame of any clip, root mean square over joints, rad, shape (N,).

    Args:
        robot: The robot.
        skills: Skills beside which clips lie.
        postures: Joint positions in the robot's order, rad, shape (N, joints).
    """
    clips = [_clip(f"models/{robot.name}/{skill}/motion.npz", robot.joint_names)[0][::NEARBY] for skill in skills]
    frames = np.concatenate(clips)
    return np.array([np.sqrt(np.mean(np.square(frames - one), axis=1)).min() for one in postures])


@dataclass(frozen=True, slots=True)
class _Followed:
    """A clip of a whole body, and the ticks of an episode in which it was followed.

    Attributes:
        bodies: Their names.
        places: Where the clip has them, m, shape (frames, bodies, 3).
        heading: Heading of the first body, the base, at the first frame, rad.
        ticks: Tick of each frame, shape (frames,).
    """

    bodies: tuple[str, ...]
    places: Array
    heading: float
    ticks: Array


@cache
def _body_clip(file: Path) -> tuple[tuple[str, ...], Array, float, float]:
    """Bodies, their places, the heading of the first of them at first, and frames per second of a motion file."""
    with np.load(file, allow_pickle=False) as data:
        bodies = tuple(str(name) for name in data["body_names"])
        places, turns = np.asarray(data["body_pos_w"], float), np.asarray(data["body_quat_w"], float)
        return bodies, places, yaw_of(turns[0, 0]), float(np.ravel(data["fps"])[0])


def _followed(record: EpisodeRecord, parameters: Parameters) -> _Followed | None:
    """The clip that a skill followed up to :data:`HELD` before it ended; None where it ended too early."""
    names = parameters or tuple(str(value) for name, value in record.arguments.items() if name == "clip")
    if len(names) != 1:
        raise DataError("which clip? Write 'body_error(deep_bow) <= 0.1 m'; without one, the argument 'clip' says it")
    name = f"models/{record.robot.name}/{names[0]}/motion.npz"
    bodies, places, heading, rate = _body_clip(Resources.from_environment(os.environ).find(name, "clip"))
    asked = record.ended - HELD - np.arange(len(places))[::-1] / rate
    ticks = nearest(record.time, asked)  # looks from another process do not come at even times
    return _Followed(bodies, places, heading, ticks) if asked[0] >= record.time[0] - TICK else None


def nearest(times: Array, asked: Array) -> Array:
    """Indices of the times that are nearest to others, s; times ascend, shape (n,)."""
    after = np.clip(np.searchsorted(times, asked), 1, len(times) - 1)
    return after - (asked - times[after - 1] < times[after] - asked)


def _body_error(record: EpisodeRecord, parameters: Parameters) -> float:
    """Mean over frames and bodies, the clip laid where the robot's base was at its first frame."""
    clip = _followed(record, parameters)
    if clip is None:
        return float("inf")
    ways = np.stack([record.link_way(name)[clip.ticks] for name in clip.bodies], axis=1)
    turn = record.yaw[clip.ticks[0]] - clip.heading
    c, s = np.cos(turn), np.sin(turn)
    turned = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    wanted = (clip.places - clip.places[0, 0] * [1.0, 1.0, 0.0]) @ turned
    return float(np.linalg.norm(ways - ways[0, 0] * [1.0, 1.0, 0.0] - wanted, axis=2).mean())


def _clip_slip(record: EpisodeRecord, parameters: Parameters) -> float:
    """Way of the feet along the ground while they carry, all together."""
    clip = _followed(record, parameters)
    if clip is None:
        return float("inf")
    steps = np.linalg.norm(np.diff(record.known_feet()[clip.ticks, :, :2], axis=0), axis=2)
    carried = record.contact[clip.ticks].astype(bool)
    return float(steps[carried[1:] & carried[:-1]].sum())


def _clip_power(record: EpisodeRecord, parameters: Parameters) -> float:
    clip = _followed(record, parameters)
    if record.power is None:
        raise DataError("the power of the joints is known in the in-process runner alone: --through line")
    return float("inf") if clip is None else float(record.power[clip.ticks].mean())


CLIPS: dict[str, Quantity] = {
    "body_error": Quantity("m", _body_error, "mean distance of bodies from the clip of a whole body"),
    "clip_slip": Quantity("m", _clip_slip, "way of feet that carry along the ground during such a clip"),
    "clip_power": Quantity("W", _clip_power, "mean mechanical power of the joints during such a clip"),
    "clip_error": Quantity("rad", _clip_error, "root mean square distance of joints from the clip that it follows"),
}
"""Quantities of tracked motions."""
