"""RecordedRun: the recording of one part in a black box or report, ordered for the robot that replays it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.black_box import parse_black_box

Array = np.ndarray

KINDS = "a report of 'skill-stack report' (.zip), a table out of one (.npz), or a black box"
MEASURED = ("position", "velocity", "torque", "orientation", "angular_velocity", "base_position", "base_velocity")
COLUMNS = ("mono", "sample", "valid", "command_mode", "target", *MEASURED)


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """One row for each recorded tick of control; joints in the order of the robot.

    Attributes:
        times: Time since the first row, s, shape (rows,).
        numbers: Number of the measurement in each row, from 1; the same twice where nothing new was measured.
        valid: Whether the robot could be driven by it, shape (rows,).
        active: Whether a skill or a stance was commanded, shape (rows,).
        target: Commanded joint positions, rad, shape (rows, joints).
        measured: Arrays by name (:data:`MEASURED`), SI, each with one row for each tick.
    """

    times: Array
    numbers: Array
    valid: Array
    active: Array
    target: Array
    measured: Mapping[str, Array]

    @property
    def seconds(self) -> float:
        """Length, s."""
        return float(self.times[-1])

    def row_at(self, seconds: float) -> int:
        """Index of the last row at a time since the start, s."""
        return int(np.searchsorted(self.times, seconds, side="right")) - 1


def read_run(path: Path, robot: RobotSpec, part: str = "") -> RecordedRun:
    """Reads a recording of a robot.

    Args:
        path: The file.
        robot: The robot, or the part of one, that replays it.
        part: Name of the part where it is not the main one; a report keeps a table for each.

    Raises:
        DataError: There is no such file, it is no recording, or one of other joints.
    """
    try:
        columns, names = _columns(path, part)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, json.JSONDecodeError) as error:
        raise DataError(f"{path} cannot be replayed: {error}; it must be {KINDS}") from error
    missing = sorted(set(robot.joint_names) - set(names))
    if missing:
        has = f"{robot.name} has {', '.join(missing[:4])}, it {', '.join(names[:4])}"
        raise DataError(f"{path} is a recording of other joints: {has}")
    if not len(columns["mono"]):
        raise DataError(f"{path} holds nothing: its black box is empty")
    order = [names.index(name) for name in robot.joint_names]
    return _run(columns, order)


def _run(columns: Mapping[str, Array], order: list[int]) -> RecordedRun:
    by_joint = ("position", "velocity", "torque")
    measured = {name: np.asarray(columns[name], float) for name in MEASURED}
    measured |= {name: measured[name][:, order] for name in by_joint}
    times = np.asarray(columns["mono"], float)
    new = np.diff(columns["sample"], prepend=columns["sample"][0] - 1) != 0
    return RecordedRun(
        times=times - times[0],
        numbers=np.cumsum(new),
        valid=np.asarray(columns["valid"], bool),
        active=np.asarray(columns["command_mode"]) == CommandMode.ACTIVE,
        target=np.asarray(columns["target"], float)[:, order],
        measured=measured,
    )


def _columns(path: Path, part: str) -> tuple[dict[str, Array], list[str]]:
    """Columns by name, and the names of the joints."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as file:
            return _table(file.read(f"black_box.{part}.npz" if part else "black_box.npz"))
    if path.suffix == ".npz":
        return _table(path.read_bytes())
    recording = parse_black_box(path.read_bytes(), path)
    return {name: recording.rows[name] for name in COLUMNS}, list(recording.joints)


def _table(data: bytes) -> tuple[dict[str, Array], list[str]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as table:
        columns: dict[str, Any] = {name: table[name] for name in COLUMNS}
        return columns, [str(name) for name in table["joints"]]
