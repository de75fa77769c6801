"""Faults of the robot's condition: too fast, too much torque, a failing sensor or joint, a missing supervisor."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from skill_stack.benchmarks.campaign.fault import (
    ANY,
    BAD,
    DAMPED,
    STANCE,
    Fault,
    Injection,
    Rng,
    altered,
    duration,
    spoilt,
    ticks,
    with_value,
)
from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.sensor_sample import SensorSample


def _lasting(rig: FaultRig, seconds: float) -> int:
    """Ticks until a lasting condition counts, and one more, as the check comes after the command."""
    return ticks(rig, seconds) + 1


def _base_runs(rig: FaultRig, rng: Rng) -> Injection:
    way = rng.standard_normal(3)
    limit = rig.robot.safety.base_speed
    linear = way / np.linalg.norm(way) * limit * float(rng.uniform(1.05, 4.0))

    def alter(sample: SensorSample) -> SensorSample:
        assert sample.odometry is not None
        return dataclasses.replace(sample, odometry=dataclasses.replace(sample.odometry, linear=linear))

    wait = _lasting(rig, rig.robot.safety.base_speed_time)
    return altered(rig, rng, alter, lasts=wait + duration(rig, rng, 2), visible=wait)


def _drive_too_strong(rig: FaultRig, rng: Rng) -> Injection:
    place, safety = int(rng.integers(rig.robot.size)), rig.robot.safety
    limit = float(rig.robot.column("effort")[place]) * safety.torque_margin
    torque = float(rng.choice([-1, 1])) * limit * float(rng.uniform(1.01, 4.0))
    wait = _lasting(rig, safety.torque_time)
    return altered(
        rig,
        rng,
        lambda s: dataclasses.replace(s, torque=with_value(s.torque, place, torque)),
        lasts=wait + duration(rig, rng, 2),
        visible=wait,
    )


def _sensor_fails(rig: FaultRig, rng: Rng) -> Injection:
    """Non-finite values on which no command depends at once."""
    field = str(rng.choice(["torque", "foot_force", "linear_acceleration", "yaw rate"]))
    place, value = int(rng.integers(100)), float(rng.choice(BAD))

    def alter(sample: SensorSample) -> SensorSample:
        if field == "yaw rate" and sample.odometry is not None:
            return dataclasses.replace(sample, odometry=dataclasses.replace(sample.odometry, angular=value))
        name = "torque" if field == "yaw rate" else field
        spoilt: dict[str, Any] = {name: with_value(getattr(sample, name), place, value)}
        return dataclasses.replace(sample, **spoilt)

    wait = _lasting(rig, rig.robot.safety.sensor_time)
    return altered(rig, rng, alter, lasts=wait + duration(rig, rng, 2), visible=wait)


def _joint_silent(rig: FaultRig, rng: Rng) -> Injection:
    """A drive repeats its values, while the others change."""
    place = int(rng.integers(rig.robot.size))
    kept: list[SensorSample] = []

    def alter(sample: SensorSample) -> SensorSample:
        kept.append(sample)
        same: dict[str, Any] = {
            name: with_value(getattr(sample, name), place, float(getattr(kept[0], name)[place]))
            for name in ("position", "velocity", "torque")
        }
        return dataclasses.replace(sample, **same)

    wait = _lasting(rig, rig.robot.safety.joint_silence)
    return altered(rig, rng, alter, lasts=wait + duration(rig, rng, 2), visible=wait)


def _joint_impossible(rig: FaultRig, rng: Rng) -> Injection:
    place, spec = int(rng.integers(rig.robot.size)), rig.robot.safety
    far = spec.beyond_range + float(rng.choice([0.01, 1.0, 1e9]))
    joint = rig.robot.joints[place]
    angle = float(rng.choice([joint.lower - far, joint.upper + far]))
    return altered(rig, rng, lambda s: dataclasses.replace(s, position=with_value(s.position, place, angle)))


def _unwatched(rig: FaultRig, rng: Rng) -> Injection:
    rig.unwatched = rig.robot.safety.supervisor_age * float(rng.uniform(1.01, 100.0))

    def undo() -> None:
        rig.unwatched = 0.0

    return Injection(undo, duration(rig, rng))


def _aimed(rig: FaultRig, rng: Rng, aim: np.ndarray, lasts: float) -> Injection:
    injection = spoilt(rig, rng, lambda targets: Targets(aim.tolist(), targets.kp, targets.kd))
    return dataclasses.replace(injection, lasts=ticks(rig, lasts))


def _to_the_end(rig: FaultRig, rng: Rng) -> Injection:
    """Targets far beyond one end of every joint's range."""
    ends = np.where(rng.random(rig.robot.size) < 0.5, rig.robot.column("lower") - 1.0, rig.robot.column("upper") + 1.0)
    return _aimed(rig, rng, ends, 0.2)


def _jumps(rig: FaultRig, rng: Rng) -> Injection:
    """Targets that jump within the range of the joints."""
    lower, upper = rig.robot.column("lower"), rig.robot.column("upper")
    return _aimed(rig, rng, lower + (upper - lower) * rng.random(rig.robot.size), 0.06)


CONDITION_FAULTS = (
    Fault("sensor: base too fast", Guard.BASE_SPEED, STANCE, "the base moves at", 1, _base_runs, odometry=True),
    Fault("sensor: torque beyond the limit", Guard.MEASURED_TORQUE, DAMPED, "gives", 1, _drive_too_strong),
    Fault("sensor: not finite, not needed at once", Guard.SENSOR, STANCE, "not finite for", 1, _sensor_fails),
    Fault("sensor: one joint silent", Guard.JOINT_DATA, DAMPED, "nothing new from", 1, _joint_silent),
    Fault("sensor: joint far outside its range", Guard.JOINT_POSITION, DAMPED, "is measured at", 1, _joint_impossible),
    Fault("supervisor silent", Guard.SUPERVISOR, STANCE, "no supervisor", 1, _unwatched),
    Fault("output: towards the end of the range", Guard.RANGE, ANY, "", 1, _to_the_end),
    Fault("output: targets leap", Guard.SLEW, ANY, "", 1, _jumps),
)
"""Faults of the robot's condition, and targets that must be limited."""
