"""Plausible sensor values that contradict the others, or the clocks."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from skill_stack.benchmarks.campaign.fault import (
    DAMPED,
    STANCE,
    Alter,
    Fault,
    Injection,
    Rng,
    altered,
    ticks,
    with_value,
)
from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.controllers.estimation.attitude_filter import matrix
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.rotation import multiply
from skill_stack.core.sensor_sample import SensorSample

MOVING = ("walking", "turning")
RISING = ("rising",)
SOON, LATE, ON_FEET = 0.8, 1.5, 2.6
"""Time within which faults are found while the robot moves, by averages, and once it stands, s."""


def _seen(rig: FaultRig, rng: Rng, alter: Alter, within: float) -> Injection:
    wait = ticks(rig, within) + 1
    return altered(rig, rng, alter, lasts=wait + 2, visible=wait)


def _offset(rig: FaultRig, rng: Rng, field: str, size: tuple[float, float], within: float) -> Injection:
    """A constant offset on one value of a field."""
    place, off = int(rng.integers(100)), float(rng.choice([-1, 1])) * float(rng.uniform(*size))

    def alter(sample: SensorSample) -> SensorSample:
        values = getattr(sample, field)
        wrong: dict[str, Any] = {field: with_value(values, place, float(values[place % values.size]) + off)}
        return dataclasses.replace(sample, **wrong)

    return _seen(rig, rng, alter, within)


def _accelerometer_stuck(rig: FaultRig, rng: Rng) -> Injection:
    kept: list[np.ndarray] = []

    def alter(sample: SensorSample) -> SensorSample:
        kept.append(sample.linear_acceleration)
        return dataclasses.replace(sample, linear_acceleration=kept[0])

    return _seen(rig, rng, alter, rig.robot.safety.imu_silence)


def _gyro_off(rig: FaultRig, rng: Rng) -> Injection:
    return _offset(rig, rng, "angular_velocity", (0.5, 1.0), SOON)


def _velocity_off(rig: FaultRig, rng: Rng) -> Injection:
    return _offset(rig, rng, "velocity", (3.0, 5.0), SOON)


def _torque_off(rig: FaultRig, rng: Rng) -> Injection:
    return _offset(rig, rng, "torque", (8.0, 11.0), SOON)


def _feet_numb(rig: FaultRig, rng: Rng) -> Injection:
    return _seen(rig, rng, lambda s: dataclasses.replace(s, foot_force=np.zeros_like(s.foot_force)), LATE)


def _askew(rig: FaultRig, rng: Rng, angle: float, fields: tuple[str, ...], within: float) -> Injection:
    """The IMU, or a part of it, is rotated about the forward axis, since before the robot was switched on."""
    mount = math.cos(angle / 2), math.sin(angle / 2), 0.0, 0.0
    back = (mount[0], -mount[1], 0.0, 0.0)
    turn = np.array(matrix(back))

    def alter(sample: SensorSample) -> SensorSample:
        changes: dict[str, Any] = {field: turn @ getattr(sample, field) for field in fields if field != "orientation"}
        if "orientation" in fields:
            w, x, y, z = sample.orientation.tolist()
            changes["orientation"] = np.array(multiply((w, x, y, z), mount))
        return dataclasses.replace(sample, **changes)

    injection = _seen(rig, rng, alter, within)
    rig.core.checks.forget()
    return injection


_WHOLE = ("orientation", "angular_velocity", "linear_acceleration")


def _accelerometer_askew(rig: FaultRig, rng: Rng) -> Injection:
    return _askew(rig, rng, float(rng.uniform(0.2, 0.4)), ("linear_acceleration",), LATE)


def _imu_askew(rig: FaultRig, rng: Rng) -> Injection:
    return _askew(rig, rng, float(rng.choice([-1, 1])) * float(rng.uniform(0.18, 0.26)), _WHOLE, ON_FEET)


def _imu_far_askew(rig: FaultRig, rng: Rng) -> Injection:
    return _askew(rig, rng, float(rng.choice([-1, 1])) * float(rng.uniform(0.4, 0.6)), _WHOLE, ON_FEET)


def _ahead(rig: FaultRig, rng: Rng) -> Injection:
    far = float(rng.uniform(1.2, 1e4)) * rig.robot.safety.stamp_ahead
    return altered(rig, rng, lambda s: dataclasses.replace(s, stamp=s.stamp + far, task_time=s.task_time + far))


AGREEMENT_FAULTS = (
    Fault("IMU: accelerometer stuck", Guard.IMU_SILENCE, STANCE, "to the last bit", 1, _accelerometer_stuck),
    Fault("IMU: gyro off", Guard.GYRO, STANCE, "gyro", 1, _gyro_off, MOVING),
    Fault("IMU: accelerometer askew", Guard.GRAVITY, STANCE, "apart", 1, _accelerometer_askew, RISING),
    Fault("IMU: askew", Guard.LEG_FORCE, DAMPED, "legs' torques", 1, _imu_askew, RISING),
    Fault("IMU: far askew", Guard.GROUND, DAMPED, "off level", 1, _imu_far_askew, RISING),
    Fault("joint: velocity off", Guard.JOINT_MOTION, DAMPED, "than its velocity says", 1, _velocity_off, MOVING),
    Fault("joint: torque off", Guard.DRIVE, DAMPED, "its target and measured", 1, _torque_off, MOVING),
    Fault("feet: numb", Guard.FOOT_FORCE, STANCE, "feel nothing", 1, _feet_numb, MOVING),
    Fault("sample: from the future", Guard.STAMP, DAMPED, "from the future", 1, _ahead),
)
"""Sensors that do not agree with one another, or with the clocks."""
