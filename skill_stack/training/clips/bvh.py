"""Motions of people in the format BVH (Biovision, 1999): a skeleton of offsets, and rotations frame by frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.training.clips.human_motion import HumanMotion

Array = np.ndarray

AXES = {"X": 0, "Y": 1, "Z": 2}
TO_WORLD = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""From the format's usual frame (y up, looking along z) to that of robots (z up, looking along x)."""
MOST_FRAMES = 1_000_000


@dataclass(slots=True)
class BvhJoint:
    """One joint of the skeleton.

    Attributes:
        name: Its name; that of an end is its parent's with ``_end``.
        parent: Index of its parent, -1 for a root.
        offset: Where it is seen from its parent, in the file's unit.
        channels: Names of its channels, such as ``Zrotation``.
    """

    name: str
    parent: int
    offset: Array = field(default_factory=lambda: np.zeros(3))
    channels: tuple[str, ...] = ()


def load_bvh(path: Path, scale: float = 0.01) -> HumanMotion:
    """Reads a file.

    Args:
        path: The file.
        scale: Metres per unit of the file; most are in centimetres.

    Raises:
        DataError: It is missing, or violates the format; the message names the line or what is missing.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    try:
        joints, after = _skeleton(lines)
        values, rate = _frames(lines, after, sum(len(joint.channels) for joint in joints))
        return HumanMotion(tuple(joint.name for joint in joints), _positions(joints, values) * scale @ TO_WORLD.T, rate)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _skeleton(lines: list[str]) -> tuple[list[BvhJoint], int]:
    """The joints in the file's order, and the number of the line ``MOTION``."""
    joints: list[BvhJoint] = []
    open_ones: list[int] = []
    for number, line in enumerate(lines):
        words = line.split()
        if not words or words[0] in ("HIERARCHY", "{"):
            continue
        if words[0] == "MOTION":
            if open_ones:
                raise DataError(f"line {number + 1}: MOTION before '{joints[open_ones[-1]].name}' is closed")
            return joints, number
        _take(words, number, joints, open_ones)
    raise DataError("has no MOTION; is it a BVH file?")


def _take(words: list[str], number: int, joints: list[BvhJoint], open_ones: list[int]) -> None:
    """One line of the skeleton."""
    parent = open_ones[-1] if open_ones else -1
    if words[0] in ("ROOT", "JOINT") and len(words) > 1:
        joints.append(BvhJoint(words[1], parent))
        open_ones.append(len(joints) - 1)
    elif words[:2] == ["End", "Site"] and open_ones:
        joints.append(BvhJoint(f"{joints[parent].name}_end", parent))
        open_ones.append(len(joints) - 1)
    elif words[0] == "OFFSET" and open_ones:
        joints[parent].offset = np.array(_numbers(words[1:], 3, number))
    elif words[0] == "CHANNELS" and open_ones:
        joints[parent].channels = _channels(words[1:], number)
    elif words[0] == "}" and open_ones:
        open_ones.pop()
    else:
        raise DataError(f"line {number + 1}: '{' '.join(words)[:40]}' is not expected here")


def _channels(words: list[str], number: int) -> tuple[str, ...]:
    """The names of a joint's channels, behind their count."""
    names = words[1:]
    wrong = [name for name in names if name[1:] not in ("position", "rotation") or name[0] not in AXES]
    if wrong or [str(len(names))] != words[:1]:
        raise DataError(f"line {number + 1}: channels {words} are not a count and that many names")
    return tuple(names)


def _frames(lines: list[str], motion: int, channels: int) -> tuple[Array, float]:
    """Values of the channels, shape (frames, channels), and frames per second."""
    header = [line.split() for line in lines[motion + 1 : motion + 3]]
    if len(header) < 2 or header[0][:1] != ["Frames:"] or header[1][:2] != ["Frame", "Time:"]:
        raise DataError(f"line {motion + 2}: 'Frames: N' and 'Frame Time: S' are needed after MOTION")
    count = int(_numbers(header[0][1:], 1, motion + 1)[0])
    time = _numbers(header[1][2:], 1, motion + 2)[0]
    rows = [(at, line.split()) for at, line in enumerate(lines[motion + 3 :], motion + 3) if line.strip()]
    if not 2 <= count <= min(len(rows), MOST_FRAMES) or time <= 0.0:
        raise DataError(f"{count} frames of {time:g} s are announced, {len(rows)} are there; 2 or more are needed")
    return np.array([_numbers(row, channels, at) for at, row in rows[:count]]), 1.0 / time


def _numbers(words: list[str], count: int, line: int) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if len(values) != count:
        raise DataError(f"line {line + 1}: {count} numbers are needed, not '{' '.join(words)[:40]}'")
    return values


def _positions(joints: list[BvhJoint], values: Array) -> Array:
    """Where all joints are, in the file's unit and frame, shape (frames, joints, 3)."""
    frames = len(values)
    turns = np.empty((len(joints), frames, 3, 3))
    places = np.empty((frames, len(joints), 3))
    column = 0
    for index, joint in enumerate(joints):
        turn, shift = np.tile(np.eye(3), (frames, 1, 1)), np.tile(joint.offset, (frames, 1))
        for name in joint.channels:
            axis, angles = AXES[name[0]], values[:, column]
            if name.endswith("position"):
                shift[:, axis] = angles + (0.0 if joint.parent < 0 else joint.offset[axis])
            else:
                turn = turn @ _about(axis, np.radians(angles))
            column += 1
        if joint.parent < 0:
            turns[index], places[:, index] = turn, shift
            continue
        above = turns[joint.parent]
        turns[index] = above @ turn
        places[:, index] = places[:, joint.parent] + np.einsum("fij,fj->fi", above, shift)
    return places


def _about(axis: int, angles: Array) -> Array:
    """Rotations about one axis, shape (frames, 3, 3)."""
    turn = np.tile(np.eye(3), (len(angles), 1, 1))
    one, two = (axis + 1) % 3, (axis + 2) % 3
    turn[:, one, one] = turn[:, two, two] = np.cos(angles)
    turn[:, two, one] = np.sin(angles)
    turn[:, one, two] = -np.sin(angles)
    return turn
