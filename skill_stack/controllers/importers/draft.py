"""Draft: an incomplete policy manifest, and what is still missing in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.quantity import LARGEST
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import PolicyManifest

Plain = dict[str, Any]
PHASE = "motion_phase"
"""The term for the phase of a motion."""

ASKED: dict[str, str] = {
    "rate": "--rate HZ: how often the network runs per second",
    "joint_names": "--joints NAME,NAME,…: the policy's joints in its order",
    "default_joint_pos": "--default-pose robot, or NUMBER,NUMBER,… in the order of the joints, rad",
    "stiffness": "--gains robot, KP/KD for all joints, or KP,KP,…/KD,KD,… in the order of the joints",
    "damping": "--gains robot, KP/KD for all joints, or KP,KP,…/KD,KD,… in the order of the joints",
    "action.kind": "--action-kind: " + "default_plus_scaled, measured_plus_scaled, previous_plus_scaled, "
    "reference_plus_scaled, wheel_velocity or torque",
    "action.scale": "--action-scale: one number, or one per joint",
    "motion_length": "--motion-length SECONDS: how long the motion takes whose share it sees",
    "inputs": "--conventions FILE with the section inputs: the observation's terms in their order",
}
"""What a format may leave out, and the option that states it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Result of a reader.

    Attributes:
        format: Name of the format.
        model: The ONNX file.
        data: A manifest as plain data, perhaps with holes.
        notes: Remarks on the reading, for people.
        hold: Joints that are to be held still, rad, by name.
        hold_gains: Their position gains, N·m/rad, and damping gains, N·m·s/rad, as far as the export has them.
        files: What is to lie beside the network, by name.
    """

    format: str
    model: Path
    data: Plain
    notes: tuple[str, ...] = field(default=())
    hold: Mapping[str, float] = field(default_factory=dict)
    hold_gains: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def with_(self, *others: Mapping[str, Any]) -> Draft:
        """This draft with values of others, later ones take precedence; lists are replaced as a whole."""
        data = self.data
        for other in others:
            data = merged(data, other)
        return replace(self, data=data)

    def _terms(self) -> list[Plain]:
        return [term for one in self.data.get("inputs") or () for term in one.get("terms") or ()]

    def lasting(self, seconds: float) -> Draft:
        """This draft with the length of the motion whose phase its policy observes, s."""
        inputs = [
            {**one, "terms": [
                {**term, "params": {"seconds": seconds}} if term["term"] == PHASE else term for term in one["terms"]
            ]}
            for one in self.data.get("inputs") or ()
        ]  # fmt: skip
        return self.with_({"inputs": inputs})

    def manifest(self) -> PolicyManifest:
        """The finished manifest.

        Raises:
            DataError: Something is missing, with the option that states it; or the parts do not fit together.
        """
        lacking = [key for key in ASKED if key != "motion_length" and _at(self.data, key) is None]
        lacking += ["motion_length"] if any(_endless(term, self.data) for term in self._terms()) else []
        if lacking:
            said = dict.fromkeys(ASKED[key] for key in lacking)
            raise DataError(
                "\n".join(
                    [
                        f"{self.model}: read as {self.format}; it does not say {', '.join(lacking)}. Give",
                        *(f"  {text}" for text in said),
                    ]
                )  # fmt: skip
            )
        data = _limited({**self.data, "format": self.format})
        return parse_model(PolicyManifest, data, f"{self.model} read as {self.format}")


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Plain:
    """Two mappings merged recursively, the second takes precedence."""
    out = dict(base)
    for key, value in over.items():
        mine = out.get(key)
        out[key] = merged(mine, value) if isinstance(mine, Mapping) and isinstance(value, Mapping) else value
    return out


def _limited(data: Any, clip: bool = False) -> Any:
    """A manifest with a limit beyond all values where a format writes an infinite one, as some do for none."""
    if isinstance(data, Mapping):
        return {key: _limited(value, key in ("clip", "target_clip")) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_limited(value, clip) for value in data]
    return math.copysign(LARGEST, data) if clip and isinstance(data, float) and math.isinf(data) else data


def _endless(term: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether a term refers to a motion of unknown length."""
    return term.get("term") == PHASE and not (term.get("params") or {}).get("seconds") and not data.get("reference")


def _at(data: Mapping[str, Any], path: str) -> Any:
    found: Any = data
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def numbers(value: Any, what: str, count: int | None = None) -> list[float]:
    """A list of numbers.

    Raises:
        DataError: It is none, or has another length.
    """
    try:
        found = [float(one) for one in value]
    except (TypeError, ValueError) as error:
        raise DataError(f"{what} must be a list of numbers, not {value!r}") from error
    if count is not None and len(found) != count:
        raise DataError(f"{what} has {len(found)} values for {count} joints")
    return found


def number(value: Any, what: str) -> float:
    """One number; raises DataError naming what it should have been."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{what} must be a number, not {value!r}")
    return float(value)


def product(data: Mapping[str, Any], keys: tuple[str, str], origin: Path) -> float:
    """Two numbers of a format multiplied, as a step and how many of them; raises DataError naming the wrong one."""
    first, second = (number(need(data, key, origin), f"{origin}: {key}") for key in keys)
    return first * second


def scalar_or_list(value: Any) -> float | list[float]:
    """A number, or a list of them, as most formats write a factor."""
    return [float(one) for one in value] if isinstance(value, list) else float(value)


def motor_joints(robot: RobotSpec, motors: Iterable[int], origin: Path) -> list[str]:
    """Joints by the vendor's motor number; by index in the robot's own order where it states none.

    Raises:
        DataError: The robot has no such motors; the message lists its motors.
    """
    stated = robot.driver_data.get("unitree", {}).get("motors") or {}
    by_motor = {number: name for name, number in stated.items()} or dict(enumerate(robot.joint_names))
    asked = list(motors)
    unknown = [motor for motor in asked if motor not in by_motor]
    if unknown:
        raise DataError(f"{origin}: {robot.name} has no motors {unknown}; it has {sorted(by_motor)}")
    return [by_motor[motor] for motor in asked]


def rate_of(period: Any, what: str) -> float:
    """Runs per second, Hz, of a period, s; raises DataError where it is none."""
    seconds = number(period, what)
    if not seconds > 0.0:
        raise DataError(f"{what} must be above 0 s, not {seconds:g}")
    return round(1.0 / seconds, 6)


def need(data: Mapping[str, Any], key: str, origin: Path | str) -> Any:
    """A key that a format always has; raises DataError naming what there is."""
    if not isinstance(data, Mapping) or key not in data:
        there = ", ".join(sorted(map(str, data))) if isinstance(data, Mapping) else type(data).__name__
        raise DataError(f"{origin}: lacks '{key}'; it has {there}")
    return data[key]


def velocity_commands(ranges: Mapping[str, Any], names: Mapping[str, str] | None = None) -> list[Plain]:
    """Commands of a walking policy.

    Args:
        ranges: Lowest and highest value by the format's names.
        names: The format's name of each of ``vx``, ``vy``, ``wz``; None for those of Isaac Lab.
    """
    known = names or {"vx": "lin_vel_x", "vy": "lin_vel_y", "wz": "ang_vel_z"}
    commands = []
    for name, theirs in known.items():
        low, high = numbers(ranges.get(theirs) or (-1.0, 1.0), f"range of {theirs}", 2)
        unit = "rad/s" if name == "wz" else "m/s"
        commands.append({"name": name, "unit": unit, "lower": low, "upper": high, "default": min(max(0.0, low), high)})
    return commands
