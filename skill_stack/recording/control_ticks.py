"""Rows of the black box as ControlTick messages: a batch at a time, since they come at control rate."""

from __future__ import annotations

import numpy as np

from skill_stack.core.shared_memory.black_box import MODES
from skill_stack.recording.cdr import HEAD, CdrWriter

Array = np.ndarray
_COUNTERS = {
    "sequence": "number", "sample_sequence": "sample", "setpoint_sequence": "setpoint", "command_sequence": "command",
    "stop_count": "stops", "deadline_misses": "misses", "limited": "limited",
}  # fmt: skip
_FLAGS = {
    "command_mode": "command_mode", "reaction": "reaction", "sample_valid": "sample_valid", "state_valid": "valid",
}  # fmt: skip
_NUMBERS = {name: name for name in ("sample_age", "base_age", "progress", "tick_ms", "lateness_ms")}
_VECTORS = {
    "imu_orientation": "imu_orientation", "imu_angular_velocity": "imu_angular_velocity",
    "imu_linear_acceleration": "imu_linear_acceleration", "base_orientation": "orientation",
    "base_angular_velocity": "angular_velocity", "base_position": "base_position", "base_velocity": "base_velocity",
}  # fmt: skip
_SEQUENCES = {
    "position": "measured_position", "velocity": "measured_velocity", "torque": "measured_torque",
    "estimated_velocity": "velocity", "command_position": "target", "command_velocity": "command_velocity",
    "command_torque": "command_torque", "kp": "kp", "kd": "kd", "temperature": "temperature",
    "foot_force": "foot_force", "contact": "contact", "touch": "touch",
}  # fmt: skip
"""Fields of the message in its order, and the columns of a row."""
_TEXTS = ("skill", "phase", "mode", "reason", "guard", "request", "skills")


class TickEncoder:
    """Makes messages of the rows of one part.

    What has a fixed size in a row lies in one block at the front of the message and is filled in for all rows at once;
    texts come last and change rarely.

    Attributes:
        kind: Type of the rows.
    """

    def __init__(self, part: str, kind: np.dtype) -> None:
        """Lays the block out.

        Args:
            part: Name of the part.
            kind: Type of the rows.
        """
        self._part, self.kind = part, kind
        fields: list[tuple[str, str] | tuple[str, str, tuple[int, ...]]] = [("head", "S4"), ("sec", "<i4")]
        fields += [("nanosec", "<u4"), *((name, "<u8") for name in _COUNTERS), *((name, "u1") for name in _FLAGS)]
        fields += [("gap", "V4"), ("monotonic", "<f8"), ("task_time", "<f8"), *((name, "<f4") for name in _NUMBERS)]
        fields += [(name, "<f4", kind[column].shape) for name, column in _VECTORS.items()]
        for name, column in _SEQUENCES.items():
            fields += [(f"{name}.size", "<u4"), (name, "<f4", kind[column].shape)]
        self._front = np.dtype(fields)
        self._sizes = {f"{name}.size": kind[column].shape[0] for name, column in _SEQUENCES.items()}
        self._known: tuple[object, ...] = ()
        self._tail = b""

    def encode(self, rows: Array, wall: float, epoch: float) -> list[tuple[int, bytes]]:
        """Returns the time of each tick in the recording, ns, and its message, stamped with wall time.

        Args:
            rows: The rows.
            wall: Wall time when monotonic time was zero, s, as the clock on the wall goes now.
            epoch: The same as it was when the run began.
        """
        front = np.zeros(len(rows), self._front)
        front["head"] = HEAD
        stamps, times = (np.round((rows["mono"] + zero) * 1e9).astype(np.int64) for zero in (wall, epoch))
        measured = stamps - np.nan_to_num(rows["sample_age"] * 1e9).astype(np.int64)
        front["sec"], front["nanosec"] = measured // 10**9, measured % 10**9
        for name, column in (_COUNTERS | _FLAGS | _NUMBERS | _VECTORS | _SEQUENCES).items():
            front[name] = rows[column]
        front["monotonic"], front["task_time"] = rows["mono"], rows["task_time"]
        for name, size in self._sizes.items():
            front[name] = size
        data, size = front.tobytes(), self._front.itemsize
        return [
            (time, data[place * size : (place + 1) * size] + self._network(row) + self._texts(row))
            for place, (row, time) in enumerate(zip(rows, times.tolist()))
        ]

    @staticmethod
    def _network(row: np.void) -> bytes:
        observed, acted = int(row["observed"]), int(row["acted"])
        parts = (observed, row["observation"][:observed]), (acted, row["action"][:acted])
        return b"".join(size.to_bytes(4, "little") + values.tobytes() for size, values in parts)

    def _texts(self, row: np.void) -> bytes:
        """The end of a message: all before it, and in it, is aligned to four bytes, so that it is made once."""
        known = tuple(row[name] for name in _TEXTS)
        if known != self._known:
            self._known = known
            skill, phase, mode, reason, guard, request, skills = known
            cdr = CdrWriter()
            for text in (self._part, _text(skill), _text(phase), MODES[mode], *map(_text, (reason, guard, request))):
                cdr.text(text)
            active = _skills(_text(skills))
            cdr.number("I", len(active))
            for name, weight, joints in active:
                cdr.text(name)
                cdr.number("f", weight)
                cdr.texts(joints)
            self._tail = cdr.done()[len(HEAD) :]
        return self._tail


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _skills(text: str) -> list[tuple[str, float, tuple[str, ...]]]:
    """Reads what ``skills_text`` wrote; an entry that was cut off is left out."""
    found = []
    for entry in filter(None, text.split(";")):
        name, *rest = entry.split(" ")
        try:
            found.append((name, float(rest[0]), tuple(rest[1].split(",")) if len(rest) > 1 else ()))
        except (IndexError, ValueError):
            continue
    return found
