"""TickTable: control ticks of one part as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.recording.format import CONTROL_TICK, JOINT_NAMES, topic
from skill_stack.recording.reading.episode import ALWAYS, NS, Window, span
from skill_stack.recording.recording import Recording

Array = np.ndarray

JOINTS = (
    "position", "velocity", "torque", "estimated_velocity", "command_position", "command_velocity", "command_torque",
    "kp", "kd", "temperature",
)  # fmt: skip
"""Fields with a value for each joint."""
VECTORS = (
    "imu_orientation", "imu_angular_velocity", "imu_linear_acceleration", "base_orientation", "base_angular_velocity",
    "base_position", "base_velocity",
)  # fmt: skip
NUMBERS = (
    "sequence", "sample_sequence", "stop_count", "deadline_misses", "limited", "command_mode", "reaction",
    "sample_valid", "state_valid", "monotonic", "task_time", "sample_age", "base_age", "progress", "tick_ms",
    "lateness_ms",
)  # fmt: skip
FEET = ("foot_force", "contact")
TOUCH = ("touch",)
"""Not among :data:`ALL`: recordings of earlier versions have no touch sensors."""
NETWORK = ("observation", "action")
TEXTS = ("skill", "phase", "mode", "reason", "guard", "request_id")
ALL = (*NUMBERS, *VECTORS, *JOINTS, *FEET, *TEXTS)


@dataclass(frozen=True, slots=True)
class TickTable:
    """Ticks in their order.

    Attributes:
        part: Actuated part.
        joints: Names of its joints, in the order of the arrays.
        times: When each tick was, as windows and events have it, s, shape (ticks,); never jumps.
        stamps: When each sample was measured, by the clock on the wall, s, shape (ticks,).
        columns: Values by field of ControlTick: shape (ticks,) for numbers, (ticks, n) for arrays; NaN where missing.
        texts: Texts by field, one for each tick.
        network: ``observation`` and ``action`` of each tick, each of its own length; empty where not asked for.
    """

    part: str
    joints: tuple[str, ...]
    times: Array
    stamps: Array
    columns: Mapping[str, Array]
    texts: Mapping[str, tuple[str, ...]]
    network: Mapping[str, tuple[Array, ...]]

    def __len__(self) -> int:
        return len(self.times)

    @property
    def rate(self) -> float:
        """Ticks per second, from the median step; 0 for fewer than two."""
        return float(1.0 / np.median(np.diff(self.times))) if len(self.times) > 1 else 0.0


def parts_of(run: Recording) -> tuple[str, ...]:
    """Actuated parts with ticks, the main one first."""
    found = [name.split("/")[-2] for name in run.topics if name.endswith(f"/{CONTROL_TICK}")]
    return tuple(sorted(found, key=lambda part: part != run.about.main))


def read_ticks(run: Recording, part: str = "", window: Window = ALWAYS, fields: Iterable[str] = ALL) -> TickTable:
    """Ticks of a part.

    Args:
        run: The run.
        part: One of :func:`parts_of`; empty for the first.
        window: Only those in it, by their time of recording.
        fields: Which fields; of :data:`ALL`, :data:`TOUCH` and :data:`NETWORK`.

    Raises:
        DataError: There is no such part, or the recording is of a version without one of the fields.
    """
    part = _part(run, part)
    wanted = tuple(fields)
    values: dict[str, list[Any]] = {name: [] for name in wanted}
    times: list[float] = []
    stamps: list[float] = []
    for _, time, found in run.messages([topic(run.namespace, part, CONTROL_TICK)], *span(window)):
        times.append(time * NS)
        try:
            stamps.append(found.stamp.sec + 1e-9 * found.stamp.nanosec)
            for name in wanted:
                values[name].append(getattr(found, name))
        except AttributeError as error:
            raise DataError(
                f"{run.path}: ControlTick has no {error.name!r}; fields are {', '.join((*ALL, *TOUCH, *NETWORK))}, and "
                "this recording may be of a version without some of them"
            ) from error
    columns = {name: _stacked(values[name]) for name in wanted if name not in (*TEXTS, *NETWORK)}
    texts = {name: tuple(values[name]) for name in wanted if name in TEXTS}
    network = {name: tuple(values[name]) for name in wanted if name in NETWORK}
    width = columns["position"].shape[1] if "position" in columns and len(stamps) else 0
    return TickTable(part, _joints(run, part, width), np.array(times), np.array(stamps), columns, texts, network)


def _part(run: Recording, part: str) -> str:
    """The part that is meant; raises DataError where there is none."""
    parts = parts_of(run)
    if parts and part in ("", *parts):
        return part or parts[0]
    raise DataError(f"{run.path}: has no control ticks of '{part or 'any part'}'; it has {', '.join(parts) or 'none'}")


def _joints(run: Recording, part: str, width: int) -> tuple[str, ...]:
    """Names of a part's joints; numbered where the run does not tell them."""
    for _, _, found in run.messages([topic(run.namespace, part, JOINT_NAMES)]):
        return tuple(found.joints)
    return tuple(f"joint_{number}" for number in range(width))


def _stacked(rows: list[Any]) -> Array:
    """Rows as one array; those that are empty, or shorter than the longest, are filled with NaN."""
    if not rows or np.ndim(rows[0]) == 0:
        return np.array(rows, dtype=float)
    lengths = {len(row) for row in rows}
    if len(lengths) == 1:
        return np.array(rows, dtype=np.float32)
    out = np.full((len(rows), max(lengths)), np.nan, dtype=np.float32)
    for number, row in enumerate(rows):
        out[number, : len(row)] = row
    return out
