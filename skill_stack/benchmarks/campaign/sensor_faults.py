"""Faults of the device: wrong, late, repeated or missing samples, and extreme values."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from skill_stack.benchmarks.campaign.fault import (
    BAD,
    DAMPED,
    DISARMED,
    STANCE,
    Fault,
    Injection,
    Rng,
    altered,
    duration,
    ticks,
    with_value,
)
from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.sensor_sample import Odometry, SensorSample


def _not_finite(rig: FaultRig, rng: Rng) -> Injection:
    fields = ["position", "velocity", "orientation", "angular_velocity"]
    field = str(rng.choice([*fields, "odometry"] if rig.robot.sensors.odometry else fields))
    place, value = int(rng.integers(100)), float(rng.choice(BAD))

    def alter(sample: SensorSample) -> SensorSample:
        if field != "odometry":
            spoilt: dict[str, Any] = {field: with_value(getattr(sample, field), place, value)}
            return dataclasses.replace(sample, **spoilt)
        known = sample.odometry
        assert known is not None
        report = Odometry(with_value(known.position, place, value), known.yaw, known.linear, known.angular)
        return dataclasses.replace(sample, odometry=report)

    return altered(rig, rng, alter)


def _invalid(rig: FaultRig, rng: Rng) -> Injection:
    return altered(rig, rng, lambda sample: dataclasses.replace(sample, valid=False))


def _torn(rig: FaultRig, rng: Rng) -> Injection:
    rig.torn.add("sample")
    return Injection(lambda: rig.torn.discard("sample"), duration(rig, rng))


def _old(rig: FaultRig, rng: Rng) -> Injection:
    late = float(rng.uniform(1.2, 20.0)) * rig.robot.safety.sample_age
    return altered(rig, rng, lambda sample: dataclasses.replace(sample, stamp=sample.stamp - late))


def _repeats(rig: FaultRig, rng: Rng) -> Injection:
    """The device's counter stands still while its clocks go on."""
    last = rig.heard
    assert last is not None

    def alter(sample: SensorSample) -> SensorSample:
        return dataclasses.replace(last, stamp=sample.stamp, task_time=sample.task_time)

    wait = ticks(rig, rig.robot.safety.sample_age)
    return altered(rig, rng, alter, lasts=wait + duration(rig, rng, 2), visible=wait)


def _frozen(rig: FaultRig, rng: Rng) -> Injection:
    """Nothing new comes at all."""
    last = rig.heard
    assert last is not None
    wait = ticks(rig, rig.robot.safety.sample_age)
    return altered(rig, rng, lambda _: last, lasts=wait + duration(rig, rng, 2), visible=wait)


def _slow(rig: FaultRig) -> int:
    """Ticks between two checks of temperature and charge, and one more, as the check comes after the command."""
    return ticks(rig, rig.robot.safety.slow_look) + 1


def _hot(rig: FaultRig, rng: Rng) -> Injection:
    limit, place = rig.robot.safety.motor_temperature, int(rng.integers(100))
    value = float(rng.choice([limit, limit + 30.0, math.nan]))
    return altered(
        rig,
        rng,
        lambda s: dataclasses.replace(s, temperature=with_value(s.temperature, place, value)),
        lasts=2 * _slow(rig),
        visible=_slow(rig),
    )


def _warm(rig: FaultRig, rng: Rng) -> Injection:
    limit, place = rig.robot.safety.motor_temperature, int(rng.integers(100))
    value = limit - float(rng.uniform(0.01, rig.robot.safety.warm_margin - 0.01))
    return altered(
        rig,
        rng,
        lambda s: dataclasses.replace(s, temperature=with_value(s.temperature, place, value)),
        lasts=2 * _slow(rig),
        visible=_slow(rig),
    )


def _empty(rig: FaultRig, rng: Rng) -> Injection:
    charge = float(rng.choice([0.0, rig.robot.safety.battery - 0.01, math.nan]))
    return altered(rig, rng, lambda s: dataclasses.replace(s, battery=charge), lasts=2 * _slow(rig), visible=_slow(rig))


def _tilted(rig: FaultRig, rng: Rng) -> Injection:
    angle, way = float(rng.uniform(1.6, 3.0)), float(rng.uniform(-math.pi, math.pi))
    turn = np.array([math.cos(angle / 2), math.sin(angle / 2) * math.cos(way), math.sin(angle / 2) * math.sin(way), 0])
    return altered(rig, rng, lambda s: dataclasses.replace(s, orientation=turn))


def _spins(rig: FaultRig, rng: Rng) -> Injection:
    rate, place = float(rng.choice([-1, 1])) * float(rng.uniform(7.0, 60.0)), int(rng.integers(3))
    return altered(
        rig, rng, lambda s: dataclasses.replace(s, angular_velocity=with_value(s.angular_velocity, place, rate))
    )


def _joint_runs(rig: FaultRig, rng: Rng) -> Injection:
    place = int(rng.integers(rig.robot.size))
    limit = float(rig.robot.column("velocity")[place]) * rig.robot.safety.joint_speed_margin
    speed = float(rng.choice([-1, 1])) * limit * float(rng.uniform(1.01, 5.0))
    return altered(rig, rng, lambda s: dataclasses.replace(s, velocity=with_value(s.velocity, place, speed)))


def _began_anew(rig: FaultRig, rng: Rng) -> Injection:
    """Task time and counter jump backwards, as when a device restarts."""
    rig.time_shift -= float(rng.uniform(0.05, 10.0))
    return Injection(lambda: None)


def _jumped_ahead(rig: FaultRig, rng: Rng) -> Injection:
    """Task time jumps forwards beyond the validity of any setpoint, before the connector has seen it."""
    rig.time_shift += float(rng.uniform(1.0, 1000.0))
    rig.silent = True

    def undo() -> None:
        rig.silent = False

    return Injection(undo, duration(rig, rng))


def _slept(rig: FaultRig, rng: Rng) -> Injection:
    """The control process's clock jumps forwards, as after a suspended machine, while no new sample came."""
    last = rig.heard
    assert last is not None
    jump = float(rng.uniform(0.2, 1000.0))
    rig.mono_shift += jump
    injection = altered(rig, rng, lambda _: last)

    def undo() -> None:
        injection.undo()
        rig.mono_shift -= jump

    return dataclasses.replace(injection, undo=undo)


SENSOR_FAULTS = (
    Fault("sample: value not finite", Guard.SAMPLE, DAMPED, "", 1, _not_finite),
    Fault("sample: marked invalid", Guard.SAMPLE, DAMPED, "invalid", 1, _invalid),
    Fault("sample: torn record", Guard.SAMPLE, DAMPED, "no sample", 1, _torn),
    Fault("sample: old", Guard.SAMPLE_AGE, DAMPED, "old", 1, _old),
    Fault("sample: counter repeats", Guard.COUNTER, DAMPED, "repeats", 1, _repeats),
    Fault("sample: device silent", Guard.SAMPLE_AGE, DAMPED, "old", 1, _frozen),
    Fault("sensor: motor at its limit", Guard.TEMPERATURE, DAMPED, "°C", 1, _hot),
    Fault("sensor: motor warm", Guard.TEMPERATURE, STANCE, "close to the limit", 1, _warm),
    Fault("sensor: battery empty", Guard.BATTERY, STANCE, "battery", 1, _empty),
    Fault("sensor: tilt", Guard.TILT, DAMPED, "tilt", 1, _tilted),
    Fault("sensor: base spins", Guard.ANGULAR_SPEED, DAMPED, "turns at", 1, _spins),
    Fault("sensor: joint too fast", Guard.JOINT_SPEED, DAMPED, "moves at", 1, _joint_runs),
    Fault("clock: device begins anew", Guard.CLOCK, DISARMED, "began anew", 1, _began_anew),
    Fault("clock: task time jumps ahead", Guard.SETPOINT_AGE, STANCE, "no setpoint", 1, _jumped_ahead),
    Fault("clock: machine slept", Guard.SAMPLE_AGE, DAMPED, "old", 1, _slept),
)
"""Faults of the device and of clocks."""
