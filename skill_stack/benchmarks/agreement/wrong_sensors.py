"""Sensor errors that look plausible: each kind changes a simulated robot's measurements, or its drives."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import multiply
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.hardware.mujoco.realistic_device import RealisticDevice

Array = np.ndarray
Alter = Callable[[SensorSample], SensorSample]
Bend = Callable[[JointCommand], JointCommand]
Change = Callable[[float], float]

OFFSET = 0.35  # rad
AHEAD = 3600.0  # s
STUCK, NOISE = 45.0, 4.0  # N


class WrongDevice(RealisticDevice):
    """A simulated robot with injectable errors of sensors or drives.

    Attributes:
        alter: Changes the measurements; None leaves them.
        bend: Changes the commands to the drives; None leaves them.
    """

    alter: Alter | None = None
    bend: Bend | None = None

    def sample(self) -> SensorSample:
        """See the base class."""
        sample = super().sample()
        return self.alter(sample) if self.alter is not None else sample

    def receive(self, command: JointCommand) -> None:
        """See the base class."""
        super().receive(self.bend(command) if self.bend is not None else command)


Begin = Callable[[WrongDevice, RobotSpec, np.random.Generator], None]


def _measured(**changes: Callable[[Any], Any]) -> Begin:
    """A fault of fields of the sample, each computed from itself."""

    def begin(device: WrongDevice, robot: RobotSpec, rng: np.random.Generator) -> None:
        device.alter = lambda sample: dataclasses.replace(
            sample, **{name: change(getattr(sample, name)) for name, change in changes.items()}
        )

    return begin


def _lying_foot(noise: float) -> Begin:
    """A sensor of one random foot that goes on telling a load, with a deviation, N."""

    def begin(device: WrongDevice, robot: RobotSpec, rng: np.random.Generator) -> None:
        foot = int(rng.integers(len(robot.feet)))

        def alter(sample: SensorSample) -> SensorSample:
            force = sample.foot_force.copy()
            force[foot] = STUCK + noise * float(rng.normal())
            return dataclasses.replace(sample, foot_force=force)

        device.alter = alter

    return begin


def flip_pitch(orientation: Array) -> Array:
    """The orientation with the opposite pitch, w-x-y-z."""
    w, x, y, z = orientation.tolist()
    roll = math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
    pitch = -math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x))))
    yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    about = [(math.cos(angle / 2), math.sin(angle / 2)) for angle in (roll, pitch, yaw)]
    (a, b), (c, d), (e, f) = about
    return np.array(multiply(multiply((e, 0.0, 0.0, f), (c, 0.0, d, 0.0)), (a, b, 0.0, 0.0)))


def _turned_round(vector: Array) -> Array:
    """A vector measured by a sensor mounted the wrong way round."""
    return vector * np.array([-1.0, -1.0, 1.0])


def _of_joint(kind: str, change: Change, fields: tuple[str, ...], tell: Change | None = None) -> Begin:
    """A fault of one random joint of a kind; ``tell`` maps its target to the drive's."""

    def begin(device: WrongDevice, robot: RobotSpec, rng: np.random.Generator) -> None:
        joint = int(rng.choice([place for place, name in enumerate(robot.joint_names) if kind in name]))

        _measured(**dict.fromkeys(fields, lambda values: _with(values, joint, change)))(device, robot, rng)
        if tell is not None:
            device.bend = lambda command: dataclasses.replace(command, q=_with(command.q, joint, tell))

    return begin


def _with(values: Array, joint: int, change: Change) -> Array:
    """Values with one changed."""
    out = np.array(values)
    out[joint] = change(float(out[joint]))
    return out


def _negative(value: float) -> float:
    return -value


def _more(value: float) -> float:
    return value + OFFSET


def _less(value: float) -> float:
    return value - OFFSET


_JOINT = ("position", "velocity", "torque")
WRONG: Mapping[str, Begin] = {
    "IMU: pitch flipped": _measured(orientation=flip_pitch),
    "IMU: gyro exactly zero": _measured(angular_velocity=np.zeros_like),
    "IMU: quaternion x-y-z-w": _measured(orientation=lambda q: np.roll(q, -1)),
    "joint: sign of a hip": _of_joint("hip", _negative, ("position",)),
    "feet: forces zero": _measured(foot_force=np.zeros_like),
    "joint: thigh 0.35 rad off": _of_joint("thigh", _more, ("position",)),
    "clock: stamp an hour ahead": _measured(stamp=lambda stamp: stamp + AHEAD),
    "clock: task time an hour ahead": _measured(task_time=lambda time: time + AHEAD),
    "IMU: mounted the wrong way round": _measured(
        orientation=lambda q: q * np.array([1.0, -1.0, -1.0, 1.0]),
        angular_velocity=_turned_round,
        linear_acceleration=_turned_round,
    ),
    "joint: sign of a hip, velocity too": _of_joint("hip", _negative, ("position", "velocity")),
    "drive: sign of a hip": _of_joint("hip", _negative, _JOINT, _negative),
    "drive: thigh 0.35 rad off": _of_joint("thigh", _more, ("position",), _less),
    "drive: thigh -0.35 rad off": _of_joint("thigh", _less, ("position",), _more),
    "drive: calf 0.35 rad off": _of_joint("calf", _more, ("position",), _less),
    "foot: one sensor stuck": _lying_foot(0.0),
    "foot: one sensor always tells a load": _lying_foot(NOISE),
}
"""Kinds by name. Those of a joint change only the measurement; those of a drive change its targets too."""
