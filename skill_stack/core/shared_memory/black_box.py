"""BlackBox: the last minute of control, tick by tick, in a mapped file that outlives its writer.

A ring of fixed rows beside the shared block. Each row carries its number and a checksum over everything else in it, so
a reader never takes a half-written row, even after a crash. Only the control process writes; who follows it has a
minute for each row.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import ControlMode, SkillStatus, SkillWeight
from skill_stack.core.shared_memory.text_field import to_bytes_cut

Array = np.ndarray

SECONDS = 60.0
"""Length of the recording, s."""
REQUEST = 48  # bytes of a request id that fit
SUFFIX = ".blackbox"
MAGIC = b"SKBOX\0\0\2"
MODES = tuple(mode.value for mode in ControlMode)
_MODE_NUMBER = {mode: number for number, mode in enumerate(ControlMode)}
_FAULTS = (ControlMode.DAMPED, ControlMode.ESTOP)
_HEADER = struct.Struct("8s3q")  # magic, bytes of the description, rows written, faults seen
_ROWS_AT, _FAULTS_AT, _TEXT_AT, _PAGE = 16, 24, 64, 4096
_WORD = struct.Struct("q")
_SCALARS = (
    *((name, "i8") for name in ("number", "sample", "setpoint", "command", "stops", "misses", "mode", "command_mode")),
    *((name, "i8") for name in ("limited", "valid", "sample_valid", "reaction", "observed", "acted")),
    *((name, "f8") for name in ("mono", "task_time", "progress", "tilt", "yaw_rate", "tick_ms", "lateness_ms")),
    *((name, "f8") for name in ("sample_age", "base_age")),
    *(("skill", "S24"), ("phase", "S24"), ("request", f"S{REQUEST}"), ("reason", "S120")),
    *(("guard", "S16"), ("skills", "S240")),
)
_FRONT = struct.Struct("=14q9d24s24s48s120s16s240s")
_VECTORS = {"orientation": 4, "angular_velocity": 3, "base_position": 3, "base_velocity": 3}
_IMU = {"imu_orientation": 4, "imu_angular_velocity": 3, "imu_linear_acceleration": 3}
_JOINTS = ("position", "velocity", "torque", "target", "kp", "kd")
_COMMAND = ("command_velocity", "command_torque")
_MEASURED = ("measured_position", "measured_velocity", "measured_torque", "temperature")


def box_path(block: Path) -> Path:
    """Where the black box of a shared block is."""
    return block.with_name(block.name + SUFFIX)


def row_type(joints: int, feet: int = 0, observed: int = 0, acted: int = 0, touch: int = 0) -> np.dtype:
    """One row. ``limited`` is a bit mask over the joints; times in s, angles in rad, the rest in SI.

    Args:
        joints: Number of joints.
        feet: Number of feet.
        observed: Most inputs of a network; ``observed`` of a row says how many count, 0 where none was evaluated.
        acted: Most outputs of one, the same.
        touch: Number of touch sensors.
    """
    sizes = [*((name, joints) for name in _JOINTS), *_VECTORS.items(), *((name, joints) for name in _COMMAND)]
    sizes += [("contact", feet), *((name, joints) for name in _MEASURED), *_IMU.items(), ("foot_force", feet)]
    sizes += [("touch", touch), ("observation", observed), ("action", acted)]
    return np.dtype([("check", "i8"), *_SCALARS, *((name, "f4", (size,)) for name, size in sizes)])


class TickDetails(NamedTuple):
    """What a tick had beside command, status and state.

    Attributes:
        sample: The measurement, or None when there was none.
        reaction: Strongest reaction of the safety layer, 0 for none.
        guard: Guard that reacted, or empty.
        skills: Active skills with their weights.
    """

    sample: SensorSample | None = None
    reaction: int = 0
    guard: str = ""
    skills: tuple[SkillWeight, ...] = ()


_NO_DETAILS = TickDetails()


def skills_text(skills: Sequence[SkillWeight]) -> str:
    """Active skills as text: ``walk 1;wave 0.5 left_arm,head``."""
    return ";".join(f"{one.skill} {one.weight:g} {','.join(one.joints)}".rstrip() for one in skills)


class BlackBox:
    """Writes the ring.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, robot: RobotSpec, observed: int = 0, acted: int = 0) -> None:
        """Continues the existing ring, or makes one when there is none of this robot.

        Args:
            path: The file, see :func:`box_path`.
            robot: The robot.
            observed: Most inputs of its networks.
            acted: Most outputs of them.
        """
        self.path = path
        self._rows = round(SECONDS * robot.control_rate)
        pads = [pad.name for pad in robot.sensors.touch]
        kind = row_type(robot.size, len(robot.feet), observed, acted, len(pads))
        self._size = kind.itemsize
        about = {"robot": robot.name, "rate": robot.control_rate, "joints": list(robot.joint_names)}
        about |= {"feet": [foot.name for foot in robot.feet], "observed": observed, "acted": acted}
        about |= {"touch": pads}
        text = json.dumps({**about, "rows": self._rows, "row_size": self._size}).encode()
        self._begin = -(-(_TEXT_AT + len(text)) // _PAGE) * _PAGE
        if not _fits(path, text):
            self._make(path, text)
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), self._begin + self._rows * self._size)
        self._number = int(_WORD.unpack_from(self._memory, _ROWS_AT)[0])
        self._staging = bytearray(self._size)
        self._checked = memoryview(self._staging)[_WORD.size :]
        vector: Array = np.frombuffer(self._staging, "f4", offset=_WORD.size + _FRONT.size)
        sensed = 10 + len(robot.feet) + len(pads)
        networks, measured = len(vector) - observed - acted, len(_MEASURED) * robot.size + sensed
        self._untouched: Array = np.full(len(pads), np.nan)  # for a driver that reads no touch sensors
        self._vector, self._measured = vector[: networks - measured], vector[networks - measured : networks]
        self._observation, self._action = vector[networks : networks + observed], vector[networks + observed :]
        self._observed = self._acted = 0
        self._named: tuple[object, ...] | None = None
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

    def note_network(self, observed: Sequence[Array], acted: Array) -> None:
        """Takes inputs and outputs of the network that was evaluated, for the tick that is written next.

        Args:
            observed: Its inputs, each of one dimension.
            acted: Its outputs.
        """
        count = sum(map(len, observed))
        if count <= len(self._observation) and len(acted) <= len(self._action):
            np.concatenate(observed, out=self._observation[:count], casting="same_kind")
            self._action[: len(acted)] = acted
            self._observed, self._acted = count, len(acted)

    def _take_sample(self, sample: SensorSample | None) -> bool:
        """Puts a measurement into the row; NaN where there is none, or one of the wrong shape. Whether it is valid."""
        if sample is not None:
            s = sample
            joints = (s.position, s.velocity, s.torque, s.temperature)
            touch = s.touch if np.size(s.touch) else self._untouched
            body = (s.orientation, s.angular_velocity, s.linear_acceleration, s.foot_force, touch)
            try:
                np.concatenate(joints + body, out=self._measured, casting="same_kind")
                return s.valid
            except (ValueError, TypeError):  # whatever a device sends, the loop goes on
                pass
        self._measured[:] = np.nan
        return False

    def write(
        self,
        command: JointCommand,
        status: SkillStatus,
        state: RobotState,
        limited: int,
        mono: float,
        details: TickDetails = _NO_DETAILS,
    ) -> None:
        """Adds one tick; counts a fault when the mode became damped or emergency stop.

        Args:
            command: What was commanded.
            status: What the controller reported.
            state: What it was made from; its values are the last good ones where it is not valid.
            limited: Bit mask of the joints whose targets the safety layer changed.
            mono: Monotonic time of the tick, s.
            details: What else it had.
        """
        s, staging, sample = status, self._staging, details.sample
        names = (s.skill, s.phase, s.request_id, s.reason, details.guard, details.skills)
        if names != self._named:
            self._named = names
            texts = (*names[:-1], skills_text(details.skills))
            self._texts = tuple(to_bytes_cut(text, size) for text, size in zip(texts, (24, 24, 48, 120, 16, 240)))
        np.concatenate(
            (state.position, state.velocity, state.torque, command.q, command.kp, command.kd)
            + (state.orientation, state.angular_velocity, state.base_position, state.base_velocity)
            + (command.dq, command.tau, state.contact),
            out=self._vector,
            casting="unsafe",  # contact is bool
        )
        sound = self._take_sample(sample)
        age = mono - sample.stamp if sample is not None else math.nan
        self._number = number = self._number + 1
        _FRONT.pack_into(
            staging, _WORD.size,
            number, s.sample_sequence, s.setpoint_sequence, command.sequence, s.stop_count, s.deadline_misses,
            _MODE_NUMBER[s.mode], command.mode, limited, state.valid,
            sound, details.reaction, self._observed, self._acted,
            mono, s.task_time, s.progress, s.tilt, s.yaw_rate, s.tick_ms, s.lateness_ms, age, s.base.age, *self._texts,
        )  # fmt: skip
        self._observed = self._acted = 0
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
        feet: Names of its feet.
        touch: Names of its touch sensors.
    """

    robot: str
    rate: float
    joints: tuple[str, ...]
    rows: Array
    torn: int
    faults: int
    feet: tuple[str, ...] = ()
    touch: tuple[str, ...] = ()


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
    about, kind, begin, faults = _layout(data, origin)
    rows: Array = np.frombuffer(data, kind, about["rows"], begin)
    used = np.flatnonzero(rows["number"] != 0)
    whole = [place for place in used if zlib.crc32(rows[place].tobytes()[_WORD.size :]) == rows["check"][place]]
    kept = rows[whole]
    kept = kept[np.argsort(kept["number"], kind="stable")]
    named = tuple(about["joints"]), kept, len(used) - len(whole), faults, tuple(about["feet"]), _touch(about)
    return BlackBoxRecording(about["robot"], float(about["rate"]), *named)


def _touch(about: dict[str, Any]) -> tuple[str, ...]:
    """Names of the touch sensors; none in a ring of a version that did not keep them."""
    return tuple(about.get("touch", ()))


def _layout(data: bytes | mmap.mmap, origin: Path) -> tuple[dict[str, Any], np.dtype, int, int]:
    """Description of a ring, type of its rows, where they begin, and how many faults were seen; raises DataError."""
    if len(data) < _TEXT_AT or data[: len(MAGIC)] != MAGIC:
        raise DataError(f"{origin} is not a black box of this software")
    _, length, _, faults = _HEADER.unpack_from(data)
    about: dict[str, Any] = json.loads(data[_TEXT_AT : _TEXT_AT + length])
    kind = row_type(len(about["joints"]), len(about["feet"]), about["observed"], about["acted"], len(_touch(about)))
    begin = -(-(_TEXT_AT + length) // _PAGE) * _PAGE
    if kind.itemsize != about["row_size"] or len(data) < begin + about["rows"] * kind.itemsize:
        raise DataError(f"{origin} was written by another version of this software")
    return about, kind, begin, int(faults)


class BlackBoxFollower:
    """Reads a ring row by row while it is written; the writer knows nothing of it.

    Attributes:
        robot: Name of the robot.
        rate: Control rate, Hz.
        joints: Names of its joints.
        feet: Names of its feet.
        touch: Names of its touch sensors.
        lost: Rows that were overwritten, or torn, before they were read.
    """

    def __init__(self, path: Path, before: int = 0) -> None:
        """Opens a ring.

        Args:
            path: The file.
            before: Rows of the past that are read too.

        Raises:
            FileNotFoundError: There is none.
            DataError: It is not a black box of this version.
        """
        self._path = path
        with path.open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
            self._file = os.fstat(file.fileno()).st_ino
        about, self._kind, self._begin, _ = _layout(self._memory, path)
        self._rows: int = about["rows"]
        self.robot, self.rate = str(about["robot"]), float(about["rate"])
        self.joints, self.feet, self.touch = tuple(about["joints"]), tuple(about["feet"]), _touch(about)
        self._read = max(self._written() - before, 0)
        self.lost = 0

    @property
    def replaced(self) -> bool:
        """Whether the file is gone, or another one took its place."""
        try:
            return self._path.stat().st_ino != self._file
        except FileNotFoundError:
            return True

    def _written(self) -> int:
        return int(_WORD.unpack_from(self._memory, _ROWS_AT)[0])

    def read(self) -> Array:
        """The rows that were written since the last call, oldest first; see :func:`row_type`."""
        written, kind = self._written(), self._kind
        oldest = max(written - self._rows + 1, 0)
        self.lost += max(oldest - self._read, 0)
        first = max(self._read, oldest)
        places = [self._begin + number % self._rows * kind.itemsize for number in range(first, written)]
        data = b"".join(self._memory[place : place + kind.itemsize] for place in places)
        rows: Array = np.frombuffer(data, kind)
        whole = [
            row
            for row, number in enumerate(range(first + 1, written + 1))
            if rows["number"][row] == number
            and zlib.crc32(memoryview(data)[row * kind.itemsize + _WORD.size : (row + 1) * kind.itemsize])
            == rows["check"][row]
        ]
        self._read = written
        self.lost += len(rows) - len(whole)
        return rows[whole]

    def close(self) -> None:
        """Unmaps the file."""
        self._memory.close()
