"""Nasty: samples, setpoints, outputs, clocks and counters beyond all plausible values."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from skill_stack.benchmarks.wild.robots import SKILLS
from skill_stack.controllers.runners.runner import Targets
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import Odometry, SensorSample
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight

Rng = np.random.Generator
Array = np.ndarray

NUMBERS = (math.nan, math.inf, -math.inf, 1e308, -1e308, 1e30, -1e12, 1e6, -50.0, 3.0, -0.0, 5e-324, 1e-12)
FIELDS = (
    "position", "velocity", "torque", "orientation", "angular_velocity", "linear_acceleration", "temperature",
    "foot_force",
)  # fmt: skip
NAMES = (*SKILLS, "no_such_skill", "")


def number(rng: Rng) -> float:
    """A number that a careless program trips over."""
    return float(NUMBERS[int(rng.integers(len(NUMBERS)))])


def healthy_sample(
    robot: RobotSpec, rng: Rng, sequence: int, time: float, stamp: float, position: Array
) -> SensorSample:
    """A sample of a healthy device.

    Args:
        robot: The robot.
        rng: Random numbers.
        sequence: The device's counter.
        time: Task time, s.
        stamp: Monotonic time, s.
        position: Joint positions, rad, shape (joints,).
    """
    n = robot.size
    noise = rng.standard_normal(2 * n + 13)
    tilt = 0.1 * float(noise[0])
    rest = noise[1:13]
    return SensorSample(
        sequence=sequence,
        task_time=time,
        stamp=stamp,
        position=position,
        velocity=noise[13 : 13 + n],
        torque=noise[13 + n :],
        orientation=np.array([math.cos(tilt / 2), math.sin(tilt / 2), 0.0, 0.0]),
        angular_velocity=0.3 * rest[0:3],
        linear_acceleration=rest[3:6] + (0.0, 0.0, 9.81),
        temperature=np.full(n, 40.0),
        foot_force=np.full(1, 50.0),
        odometry=Odometry(rest[6:9], float(rest[0]), 0.1 * rest[9:12], 0.0),
    )


def corrupted_sample(rng: Rng, sample: SensorSample) -> SensorSample | None:
    """One that is spoilt in one way or another, or none at all."""
    kind = int(rng.integers(12))
    if kind == 0:
        return None
    if kind == 10:
        turned = rng.standard_normal(4)
        return dataclasses.replace(sample, orientation=turned / np.linalg.norm(turned))
    if kind == 11:
        return dataclasses.replace(sample, angular_velocity=rng.uniform(-20.0, 20.0, 3))
    if kind == 1:
        return dataclasses.replace(sample, valid=False)
    if kind == 2:
        return dataclasses.replace(sample, battery=number(rng))
    if kind == 3:
        times: dict[str, Any] = {str(rng.choice(["task_time", "stamp"])): number(rng)}
        return dataclasses.replace(sample, **times)
    if kind == 4:
        parts: dict[str, Any] = {"linear": np.full(3, number(rng)), "yaw": number(rng), "angular": number(rng)}
        chosen = str(rng.choice(list(parts)))
        assert sample.odometry is not None
        report = dataclasses.replace(sample.odometry, **{chosen: parts[chosen]})
        return dataclasses.replace(sample, odometry=None if rng.random() < 0.2 else report)
    field = str(rng.choice(FIELDS))
    values = np.array(getattr(sample, field))
    if kind == 5:
        values = values[:-1] if rng.random() < 0.5 else np.concatenate([values, values])
    elif kind == 6:
        values = values * float(rng.uniform(-30.0, 30.0))
    else:
        values[int(rng.integers(values.size))] = number(rng)
    spoilt: dict[str, Any] = {field: values}
    return dataclasses.replace(sample, **spoilt)


def setpoint(robot: RobotSpec, rng: Rng, sequence: int, now: float, stops: int, nasty: bool) -> SkillSetpoint:
    """A setpoint of a connector, valid or not.

    Args:
        robot: The robot.
        rng: Random numbers.
        sequence: Number of the setpoint.
        now: Task time, s.
        stops: Stops that there were.
        nasty: Whether it is wrong in one way or another.
    """
    skills = tuple(_weight(robot, rng, False) for _ in range(int(rng.choice([1, 1, 1, 2]))))
    made = SkillSetpoint(
        "wild/1", sequence, now + float(rng.uniform(0.05, 3.0)), "body", "plan", skills, {"vx": 0.3}, stops
    )
    if not nasty:
        return made
    changes: tuple[dict[str, Any], ...] = (
        {"skills": tuple(_weight(robot, rng, True) for _ in range(int(rng.integers(0, 4))))},
        {"goals": {"vx": number(rng), "": number(rng)}},
        {"valid_until": number(rng)},
        {"valid_until": now - float(rng.uniform(0.0, 3.0))},
        {"part": str(rng.choice(["", "tail"]))},
        {"stop_count": stops - int(rng.integers(0, 5))},
        {"sequence": int(rng.integers(-5, 5))},
    )
    return dataclasses.replace(made, **changes[int(rng.integers(len(changes)))])


def _weight(robot: RobotSpec, rng: Rng, nasty: bool) -> SkillWeight:
    if nasty:
        joints = tuple(rng.choice([*robot.joint_names, "tail"], int(rng.integers(0, 3))).tolist())
        return SkillWeight(str(rng.choice(NAMES)), number(rng), joints)
    some = tuple(robot.joint_names[: int(rng.integers(1, robot.size + 1))]) if rng.random() < 0.2 else ()
    return SkillWeight(str(rng.choice(SKILLS)), float(rng.uniform(0.1, 1.0)), some)


def spoil(rng: Rng, targets: Targets) -> Targets:
    """A skill's output as no skill should give it.

    Raises:
        RuntimeError: Now and then, as a skill may.
    """
    kind, q = int(rng.integers(9)), list(targets.q)
    if kind == 0:
        raise RuntimeError("made by a wild case")
    if kind == 1:
        q[int(rng.integers(len(q)))] = number(rng)
    elif kind == 2:
        return targets._replace(q=q[:-1] if rng.random() < 0.5 else q + q)
    elif kind == 3:
        gains: dict[str, Any] = {str(rng.choice(["kp", "kd"])): tuple(number(rng) for _ in q)}
        return targets._replace(**gains)
    elif kind == 4:
        return targets._replace(kp=targets.kp[:-1])
    elif kind == 5:
        size = len(q)
        kp, kd = tuple(rng.uniform(0.0, 500.0, size).tolist()), tuple(rng.uniform(0.0, 20.0, size).tolist())
        return Targets(rng.uniform(-100.0, 100.0, size).tolist(), kp, kd)
    else:
        q = rng.uniform(-4.0, 4.0, len(q)).tolist()
    return targets._replace(q=q)
