"""BlackBox: the last minute of control, tick by tick, in a mapped file that outlives its writer.

A ring of fixed rows beside the shared block. Each row carries its number and a checksum over everything else in it, so
a reader never takes a half-written row, even after a crash. Only the control process writes.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.shared_memory.text_field import to_bytes_cut

Array = np.ndarray

SECONDS = 60.0
"""Length of the recording, s."""
REQUEST = 48  # bytes of a request id that fit
SUFFIX = ".blackbox"
MAGIC = b"SKBOX\0\0\1"
MODES = tuple(mode.value for mode in ControlMode)
_MODE_NUMBER = {mode: number for number, mode in enumerate(ControlMode)}
_FAULTS = (ControlMode.DAMPED, ControlMode.ESTOP)
_HEADER = struct.Struct("8s3q")  # magic, bytes of the description, rows written, faults seen
_ROWS_AT, _FAULTS_AT, _TEXT_AT, _PAGE = 16, 24, 64, 4096
_WORD = struct.Struct("q")
_SCALARS = (
    *((name, "i8") for name in ("number", "sample", "setpoint", "command", "stops", "misses", "mode", "command_mode")),
    *((name, "i8") for name in ("limited", "valid")),
    *((name, "f8") for name in ("mono", "task_time", "progress", "tilt", "yaw_rate", "tick_ms", "lateness_ms")),
    *(("skill", "S24"), ("phase", "S24"), ("request", f"S{REQUEST}"), ("reason", "S120")),
)
_FRONT = struct.Struct("=10q7d24s24s48s120s")
_VECTORS = {"orientation": 4, "angular_velocity": 3, "base_position": 3, "base_velocity": 3}
_JOINTS = ("position", "velocity", "torque", "target", "kp", "kd")


def box_path(block: Path) -> Path:
    """Where the black box of a shared block is."""
    return block.with_name(block.name + SUFFIX)


def row_type(joints: int) -> np.dtype:
    """One row. ``limited`` is a bit mask over the joints; times in s, angles in rad, the rest in SI.

    Args:
        joints: Number of joints.
    """
    vectors = [(name, "f4", (joints,)) for name in _JOINTS] + [(name, "f4", (size,)) for name, size in _VECTORS.items()]
    return np.dtype([("check", "i8"), *_SCALARS, *vectors])


class BlackBox:
    """Writes the ring.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, robot: RobotSpec) -> None:
        """Continues the existing ring, or makes one when there is none of this robot.

        Args:
            path: The file, see :func:`box_path`.
            robot: The robot.
        """
        self.path = path
        self._rows = round(SECONDS * robot.control_rate)
        self._size = row_type(robot.size).itemsize
        about = {"robot": robot.name, "rate": robot.control_rate, "joints": list(robot.joint_names)}
        text = json.dumps({**about, "rows": self._rows, "row_size": self._size}).encode()
        self._begin = -(-(_TEXT_AT + len(text)) // _PAGE) * _PAGE
        if not _fits(path, text):
            self._make(path, text)
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), self._begin + self._rows * self._size)
        self._number = int(_WORD.unpack_from(self._memory, _ROWS_AT)[0])
        self._staging = bytearray(self._size)
        self._checked = memoryview(self._staging)[_WORD.size :]
        self._vector: Array = np.frombuffer(self._staging, "f4", offset=_WORD.size + _FRONT.size)
        self._named: tuple[str, str, str, str] | None = None
        self._texts: tuple[bytes, ...] = ()
        self._mode = ControlMode.STARTING

    def _make(self, path: Path, text: bytes) -> None:
        """A new file, complete before others can see it."""
        draft = path.with_name(f"{path.name}.new-{os.getpid()}")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.ftruncate(handle, self._begin + self._rows * self._size)
            os.pwrite(handle, _HEADER.pack(MAGIC, len(text), 0, 0), 0)
            os.pwrite(handle, text, _TEXT_AT)
            os.replace(draft, path)
        finally:
            os.close(handle)
            draft.unlink(missing_ok=True)

    def write(self, command: JointCommand, status: SkillStatus, state: RobotState, limited: int, mono: float) -> None:
        """Adds one tick; counts a fault when the mode became damped or emergency stop.

        Args:
            command: What was commanded.
            status: What the controller reported.
            state: What it was made from; its values are the last good ones where it is not valid.
            limited: Bit mask of the joints whose targets the safety layer changed.
            mono: Monotonic time of the tick, s.
        """
        s, staging = status, self._staging
        names = (s.skill, s.phase, s.request_id, s.reason)
        if names != self._named:
            self._named = names
            self._texts = tuple(to_bytes_cut(text, size) for text, size in zip(names, (24, 24, 48, 120)))
        np.concatenate(
            (state.position, state.velocity, state.torque, command.q, command.kp, command.kd)
            + (state.orientation, state.angular_velocity, state.base_position, state.base_velocity),
            out=self._vector,
            casting="same_kind",
        )
        self._number = number = self._number + 1
        _FRONT.pack_into(
            staging, _WORD.size,
            number, s.sample_sequence, s.setpoint_sequence, command.sequence, s.stop_count, s.deadline_misses,
            _MODE_NUMBER[s.mode], command.mode, limited, state.valid,
            mono, s.task_time, s.progress, s.tilt, s.yaw_rate, s.tick_ms, s.lateness_ms, *self._texts,
        )  # fmt: skip
        _WORD.pack_into(staging, 0, zlib.crc32(self._checked))
        place = self._begin + (number - 1) % self._rows * self._size
        self._memory[place : place + self._size] = staging
        self._memory[_ROWS_AT : _ROWS_AT + _WORD.size] = _WORD.pack(number)  # in one store, which pack_into is not
        if s.mode is not self._mode:
            self._mode = s.mode
            if s.mode in _FAULTS:
                faults = _WORD.unpack_from(self._memory, _FAULTS_AT)[0] + 1
                self._memory[_FAULTS_AT : _FAULTS_AT + _WORD.size] = _WORD.pack(faults)

    def close(self) -> None:
        """Unmaps the file."""
        self._memory.close()


def _fits(path: Path, text: bytes) -> bool:
    """Whether a file is a ring with exactly this description."""
    try:
        with path.open("rb") as file:
            head = file.read(_TEXT_AT)
            return len(head) == _TEXT_AT and _HEADER.unpack_from(head)[:2] == (MAGIC, len(text)) and (
                file.read(len(text)) == text
            )
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class BlackBoxRecording:
    """Content of a black box.

    Attributes:
        robot: Name of the robot.
        rate: Control rate, Hz.
        joints: Names of its joints.
        rows: The whole rows, oldest first; see :func:`row_type`.
        torn: Rows that were refused because they were not whole.
        faults: How often the mode became damped or emergency stop since the ring was made.
    """

    robot: str
    rate: float
    joints: tuple[str, ...]
    rows: Array
    torn: int
    faults: int


def read_faults(path: Path) -> int:
    """How often the mode became damped or emergency stop; 0 when there is no black box."""
    try:
        with path.open("rb") as file:
            head = file.read(_TEXT_AT)
    except OSError:
        return 0
    return int(_WORD.unpack_from(head, _FAULTS_AT)[0]) if len(head) == _TEXT_AT and head.startswith(MAGIC) else 0


def read_black_box(path: Path) -> BlackBoxRecording:
    """Reads a ring, also while it is being written.

    Raises:
        FileNotFoundError: There is none.
        DataError: The file is not a black box.
    """
    return parse_black_box(path.read_bytes(), path)


def parse_black_box(data: bytes, origin: Path) -> BlackBoxRecording:
    """The whole rows in a copy of a ring.

    Args:
        data: The copy.
        origin: What the message names as the source.

    Raises:
        DataError: It is not a black box.
    """
    if len(data) < _TEXT_AT or not data.startswith(MAGIC):
        raise DataError(f"{origin} is not a black box of this software")
    _, length, _, faults = _HEADER.unpack_from(data)
    about: dict[str, Any] = json.loads(data[_TEXT_AT : _TEXT_AT + length])
    kind = row_type(len(about["joints"]))
    begin = -(-(_TEXT_AT + length) // _PAGE) * _PAGE
    if kind.itemsize != about["row_size"] or len(data) < begin + about["rows"] * kind.itemsize:
        raise DataError(f"{origin} was written by another version of this software")
    rows: Array = np.frombuffer(data, kind, about["rows"], begin)
    used = np.flatnonzero(rows["number"] != 0)
    whole = [place for place in used if zlib.crc32(rows[place].tobytes()[_WORD.size :]) == rows["check"][place]]
    kept = rows[whole]
    kept = kept[np.argsort(kept["number"], kind="stable")]
    joints = tuple(about["joints"])
    return BlackBoxRecording(about["robot"], float(about["rate"]), joints, kept, len(used) - len(whole), int(faults))
