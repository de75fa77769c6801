"""PolicyContract: what an ONNX policy states about itself, and what a runtime must comply with.

The keys are mjlab's where mjlab has them (``joint_names``, ``joint_stiffness``, ``joint_damping``,
``default_joint_pos``, ``action_scale``, ``command_names``, ``observation_names``); lists are JSON. Comma-separated
lists, as mjlab writes them, are read too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.controllers.policies.observation_history import HistorySpec
from skill_stack.core.errors import DataError
from skill_stack.core.quantity import FASTEST
from skill_stack.core.robots.adapter_part import AdapterPart
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

ACTION_KINDS = ("default_plus_scaled", "delta")
"""How actions become targets: ``default_plus_scaled`` is ``default_joint_pos + action_scale * action``; ``delta`` is
``action_scale * action``, to be added to the targets of another skill."""


@dataclass(frozen=True, slots=True)
class GaitPhase:
    """Clock that the policy observes.

    Attributes:
        feet: Feet, or for a hand fingertips, in the order of the observation.
        offsets: Phase of each foot, 0 to 1.
        frequency: Gait cycles per second, Hz.
        stand_below: Norm of the command below which the clock is silent and the command is zero.
        stop_delay: Time for which the clock runs on after the last command to move, s.
        offset_commands: Goal values that shift the offsets, each with a factor per foot: how one policy has many gaits.
        frequency_command: Goal value that is the frequency, Hz, instead of :attr:`frequency`; empty for none.
        wake_above: Speed of the base in the plane, by the robot's own estimate, from which on the clock runs as after a
            command to move, m/s: who stands and is pushed steps. 0 for never.
        moved_by: Goal values whose norm counts against :attr:`stand_below` and that are zero below it; empty for all.
    """

    feet: tuple[str, ...]
    offsets: tuple[float, ...]
    frequency: float
    stand_below: float
    stop_delay: float = 0.0
    offset_commands: tuple[tuple[str, tuple[float, ...]], ...] = ()
    frequency_command: str = ""
    moved_by: tuple[str, ...] = ()
    wake_above: float = 0.0

    def offsets_at(self, goals: Mapping[str, Any]) -> list[Any]:
        """Phase of each foot, 0 to 1, at goal values by name: numbers, or arrays of one shape."""
        return [
            offset + sum(factors[foot] * goals[name] for name, factors in self.offset_commands)
            for foot, offset in enumerate(self.offsets)
        ]

    def frequency_at(self, goals: Mapping[str, Any]) -> Any:
        """Gait cycles per second at goal values by name, Hz."""
        return goals[self.frequency_command] if self.frequency_command else self.frequency

    def _check(self, command_names: tuple[str, ...]) -> None:
        if len(self.feet) != len(self.offsets):
            raise DataError(f"policy: gait has {len(self.offsets)} offsets for {len(self.feet)} feet")
        named = [*(name for name, _ in self.offset_commands), *self.moved_by, *filter(None, [self.frequency_command])]
        unknown = [name for name in named if name not in command_names]
        if unknown:
            raise DataError(f"policy: gait refers to the goal values {unknown}; there are {list(command_names)}")
        for name, factors in self.offset_commands:
            if len(factors) != len(self.feet):
                raise DataError(f"policy: gait has {len(factors)} factors of '{name}' for {len(self.feet)} feet")


@dataclass(frozen=True, slots=True)
class PolicyContract:
    """What a policy expects and yields; all lists are ordered by ``joint_names``.

    Attributes:
        joint_names: Joints that the policy observes and drives.
        default_joint_pos: Positions at action zero, rad.
        joint_stiffness: Position gains, N·m/rad.
        joint_damping: Damping gains, N·m·s/rad.
        action_scale: Factor from action to radians.
        observation_names: Observation terms in order.
        observation_sizes: Length of each term in one frame.
        command_names: Names of the goal values in the term ``velocity_commands``.
        command_ranges: Lowest and highest value of each, in its unit.
        control_rate: Rate at which the policy was trained to run, Hz; the control loop may be a whole number of times
            faster.
        action_kind: One of :data:`ACTION_KINDS`.
        gait: Clock, or None for a policy without one.
        history: How much of the past it sees, or None for a policy that sees the present alone.
        predecessor: Hash of the network from whose memory, its last action and clock, the policy was trained to go on;
            empty for none.
        adapters: Adapters in the network, whose coefficients are goal values; None for none.
    """

    joint_names: tuple[str, ...]
    default_joint_pos: tuple[float, ...]
    joint_stiffness: tuple[float, ...]
    joint_damping: tuple[float, ...]
    action_scale: tuple[float, ...]
    observation_names: tuple[str, ...]
    observation_sizes: tuple[int, ...]
    command_names: tuple[str, ...]
    command_ranges: tuple[tuple[float, float], ...]
    control_rate: float
    action_kind: str = "default_plus_scaled"
    gait: GaitPhase | None = None
    history: HistorySpec | None = None
    predecessor: str = ""
    adapters: AdapterPart | None = None

    def __post_init__(self) -> None:
        """Checks that the lists fit one another; raises DataError."""
        joints = len(self.joint_names)
        if joints == 0 or len(set(self.joint_names)) != joints:
            raise DataError("policy: joint_names is empty or names a joint twice")
        for key in ("default_joint_pos", "joint_stiffness", "joint_damping", "action_scale"):
            values = getattr(self, key)
            if len(values) != joints:
                raise DataError(f"policy: {key} has {len(values)} values for {joints} joints")
            if not np.all(np.isfinite(values)):
                raise DataError(f"policy: {key} holds a value that is not finite")
        _same_length(self, "observation_sizes", "observation_names")
        if self.history is not None and len(self.history.lengths) != len(self.observation_names):
            lengths = list(self.history.lengths)
            raise DataError(f"policy: history lengths {lengths} do not fit {len(self.observation_names)} terms")
        _same_length(self, "command_ranges", "command_names")
        if any(low > high for low, high in self.command_ranges):
            raise DataError(f"policy: command_ranges has a low above its high: {self.command_ranges}")
        if self.action_kind not in ACTION_KINDS:
            raise DataError(f"policy: action_kind '{self.action_kind}' is not one of {', '.join(ACTION_KINDS)}")
        if not self.control_rate > 0:
            raise DataError(f"policy: control_rate is {self.control_rate}, it must be above 0 Hz")
        if self.gait is not None:
            self.gait._check(self.command_names)
        if self.adapters is not None and (missing := set(self.adapters.goals) - set(self.command_names)):
            raise DataError(f"policy: adapters are moved by {sorted(missing)}, goals are {list(self.command_names)}")

    @property
    def observation_size(self) -> int:
        """Length of the whole observation, with its history."""
        lengths = self.history.lengths if self.history is not None else (1,) * len(self.observation_sizes)
        return sum(size * length for size, length in zip(self.observation_sizes, lengths))

    @property
    def frame_size(self) -> int:
        """Length of the observation of one moment."""
        return sum(self.observation_sizes)

    @property
    def action_map(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Offset and factor from actions to positions, rad, or to their changes for an action of kind ``delta``."""
        zero = (0.0,) * len(self.joint_names)
        return self.default_joint_pos if self.action_kind == "default_plus_scaled" else zero, self.action_scale

    def ticks_per_run(self, command_rate: float) -> int:
        """Ticks of the control loop per run of the network.

        Args:
            command_rate: Rate of the control loop, Hz.

        Raises:
            DataError: It is not a whole number; the message lists the possible rates.
        """
        ticks = round(command_rate / self.control_rate)
        if ticks < 1 or abs(command_rate - ticks * self.control_rate) > 1e-6 * command_rate:
            works = ", ".join(
                f"{n * self.control_rate:g}" for n in (1, 2, 4, 5, 10) if n * self.control_rate <= FASTEST
            )
            raise DataError(
                f"policy: made for {self.control_rate:g} Hz, the control loop runs at {command_rate:g} Hz, which is no "
                f"multiple of that; {works} Hz work, for example"
            )
        return ticks

    def clip_command(self, command: Array) -> Array:
        """Limits goal values to their ranges, and to zero below the norm at which the policy stands.

        Args:
            command: Goal values ordered by ``command_names``, shape (..., commands).
        """
        low, high = np.array(self.command_ranges).T
        clipped = np.clip(command, low, high)
        return np.where(self.is_moving(clipped)[..., None] | ~self.moves, clipped, 0.0)

    @property
    def moves(self) -> Array:
        """Which goal values make the clock run, and are zero while it stands; bool, shape (commands,)."""
        gait, names = self.gait, self.command_names
        moving = () if gait is None else gait.moved_by or names
        return np.array([name in moving for name in names], dtype=bool)

    def is_moving(self, command: Array) -> Array:
        """Whether a command is large enough to walk, bool, shape (...); always true without a clock."""
        threshold = 0.0 if self.gait is None else self.gait.stand_below
        return np.sqrt(np.sum(np.square(command) * self.moves, axis=-1)) >= threshold

    def gait_at(self, command: Array) -> tuple[Array, Array]:
        """The gait that belongs to goal values; only for a policy with a clock.

        Args:
            command: Goal values ordered by ``command_names``, shape (batch, commands).

        Returns:
            Phase of each foot, 0 to 1, shape (batch, feet); gait cycles per second, Hz, shape (batch,).
        """
        assert self.gait is not None
        goals, every = dict(zip(self.command_names, command.T)), np.ones(len(command))
        offsets = np.stack([offset * every for offset in self.gait.offsets_at(goals)], axis=1)
        return offsets, self.gait.frequency_at(goals) * every

    def check_robot(self, robot: RobotSpec) -> None:
        """Checks that a robot can run this policy.

        Raises:
            DataError: Unknown joints or feet, a control loop whose rate is no multiple of the policy's, or default
                positions beyond the joints' limits; names what the robot has.
        """
        unknown = [name for name in self.joint_names if name not in robot.joint_names]
        if unknown:
            raise DataError(f"policy: {robot.name} has no joints {unknown}; it has {list(robot.joint_names)}")
        self.ticks_per_run(robot.control_rate)
        index = robot.indices(self.joint_names)
        low, high = robot.column("lower")[index], robot.column("upper")[index]
        default = np.array(self.default_joint_pos)
        outside = [name for name, bad in zip(self.joint_names, (default < low) | (default > high)) if bad]
        if outside:
            raise DataError(f"policy: default_joint_pos of {outside} is beyond the limits of {robot.name}")
        feet = [*(foot.name for foot in robot.feet), *robot.fingertips]
        missing = [foot for foot in (self.gait.feet if self.gait else ()) if foot not in feet]
        if missing:
            raise DataError(f"policy: {robot.name} has no feet or fingertips {missing}; it has {feet}")

    def to_metadata(self) -> dict[str, str]:
        """The contract as ONNX metadata: text by key."""
        gait = self.gait
        values: dict[str, Any] = {key: getattr(self, key) for key in _LISTS}
        values["control_rate"] = self.control_rate
        values["command_ranges"] = self.command_ranges
        if gait is not None:
            values["gait_phase"] = {key: getattr(gait, key) for key in GaitPhase.__slots__}
        history = self.history.to_metadata() if self.history is not None else {}
        if self.predecessor:
            history = history | {"predecessor": self.predecessor}
        if self.adapters is not None:
            history = history | {"adapters": self.adapters.model_dump_json()}
        return {key: json.dumps(value) for key, value in values.items()} | {"action_kind": self.action_kind} | history

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str], origin: str = "policy") -> PolicyContract:
        """Reads a contract, for example from ``session.get_modelmeta().custom_metadata_map``.

        Args:
            metadata: Text by key.
            origin: What messages name as the source, usually the file.

        Raises:
            DataError: A key is missing, not readable, or does not fit the others.
        """
        missing = [key for key in (*_LISTS, "control_rate", "command_ranges", "action_kind") if key not in metadata]
        if missing:
            raise DataError(f"{origin}: metadata lacks {missing}; it has {sorted(metadata)}")
        try:
            lists = {key: _parse_list(metadata[key], kind) for key, kind in _LISTS.items()}
            if len(lists["action_scale"]) == 1:  # mjlab writes one number for all joints
                lists["action_scale"] *= len(lists["joint_names"])
            gait = json.loads(metadata["gait_phase"]) if "gait_phase" in metadata else None
            return cls(
                **lists,
                command_ranges=tuple((float(low), float(high)) for low, high in json.loads(metadata["command_ranges"])),
                control_rate=float(metadata["control_rate"]),
                action_kind=metadata["action_kind"],
                gait=None if gait is None else _parse_gait(gait),
                history=HistorySpec.from_metadata(metadata),
                predecessor=metadata.get("predecessor", ""),
                adapters=AdapterPart.model_validate_json(metadata["adapters"]) if "adapters" in metadata else None,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DataError(f"{origin}: metadata cannot be read: {error}") from error
        except DataError as error:
            raise DataError(f"{origin}: {error}") from error


_LISTS: dict[str, type] = {
    "joint_names": str,
    "default_joint_pos": float,
    "joint_stiffness": float,
    "joint_damping": float,
    "action_scale": float,
    "observation_names": str,
    "observation_sizes": int,
    "command_names": str,
}


def _parse_list(text: str, kind: type) -> tuple[Any, ...]:
    """Items of a JSON list, or of comma-separated text."""
    if text.lstrip().startswith("["):
        items = json.loads(text)
    else:
        items = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(kind(item) for item in items)


def _parse_gait(data: Mapping[str, Any]) -> GaitPhase:
    return GaitPhase(
        feet=tuple(str(foot) for foot in data["feet"]),
        offsets=tuple(float(offset) for offset in data["offsets"]),
        frequency=float(data["frequency"]),
        stand_below=float(data["stand_below"]),
        stop_delay=float(data.get("stop_delay", 0.0)),
        offset_commands=tuple((str(name), tuple(map(float, by))) for name, by in data.get("offset_commands", ())),
        frequency_command=str(data.get("frequency_command", "")),
        moved_by=tuple(map(str, data.get("moved_by", ()))),
        wake_above=float(data.get("wake_above", 0.0)),
    )


def _same_length(contract: PolicyContract, values: str, names: str) -> None:
    have, want = len(getattr(contract, values)), len(getattr(contract, names))
    if have != want:
        raise DataError(f"policy: {values} has {have} entries for {want} {names}")
