"""Steps that only read the device: measurements, their rate and age, posture, condition."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.runtime.checkup.bench import Bench, CheckupRecording
from skill_stack.runtime.checkup.result import Result

LISTEN = 2.0
"""Time for which the device is read, s."""
ENOUGH = 0.9
"""Share of control periods in which there must be a new measurement."""
RANGE_MARGIN = 0.1
"""How far beyond its range a joint may be measured, rad: zero points are set by hand."""
POSE_MARGIN = 0.7
"""How far a joint of a lying robot may be from the pose, rad; a wrong sign shows as more."""
COOL = 20.0
"""Margin of every winding temperature below its limit at which trials may begin, °C."""


def listen(bench: Bench) -> Iterator[Result]:
    """Measurements, their rate and age, and the robot's condition."""
    robot = bench.robot
    record = bench.read(LISTEN)
    yield _rate(robot, record)
    yield _joints(robot, record)
    yield _condition(robot, record)


def _rate(robot: RobotSpec, record: CheckupRecording) -> Result:
    """Whether there is a new measurement for every period, and how old it is."""
    share, oldest = float(record.fresh.mean()), float(record.age.max())
    figures = {"share of periods with news": share, "oldest, s": oldest, "median age, s": float(np.median(record.age))}
    text = f"{share:.0%} of periods at {robot.control_rate:g} Hz had a new measurement, the oldest was {oldest:.3f} s"
    if share >= ENOUGH and oldest <= robot.safety.sample_age:
        return Result("measurements", "good", text, "", figures)
    advice = "look at the cable, the interface, other traffic on it, and the load of this machine"
    return Result("measurements", "bad", text, advice, figures)


def _joints(robot: RobotSpec, record: CheckupRecording) -> Result:
    """Whether all joints are measured within their ranges."""
    mean = record.position.mean(axis=0)
    lower, upper = robot.column("lower") - RANGE_MARGIN, robot.column("upper") + RANGE_MARGIN
    wrong = [
        f"{name} at {value:.2f} rad"
        for name, value, low, high in zip(robot.joint_names, mean, lower, upper, strict=True)
        if not low <= value <= high
    ]
    if not np.isfinite(record.position).all():
        return Result("joint positions", "bad", "not all of them are numbers", "look at the driver's data")
    if wrong:
        advice = (
            "these joints have a wrong sign, zero or place in the driver's data, or the robot needs its calibration"
        )
        return Result("joint positions", "bad", f"beyond their ranges: {', '.join(wrong)}", advice)
    return Result("joint positions", "good", f"all {robot.size} within their ranges")


def _condition(robot: RobotSpec, record: CheckupRecording) -> Result:
    """Charge and temperature."""
    battery, hottest = float(record.last.battery), float(np.max(record.last.temperature))
    limit = robot.safety.motor_temperature - COOL
    text = f"battery at {battery:.0%}, hottest winding {hottest:.0f} °C"
    figures = {"battery": battery, "hottest winding, °C": hottest}
    if not battery >= robot.safety.battery:
        return Result(
            "condition", "bad", text, f"charge it: below {robot.safety.battery:.0%} it will not walk", figures
        )
    if not hottest <= limit:
        return Result("condition", "bad", text, f"let it cool below {limit:.0f} °C", figures)
    return Result("condition", "good", text, "", figures)


def lying(bench: Bench, poses: tuple[str, ...]) -> Result:
    """Whether the joints are near the lying pose: a joint with a wrong sign is not.

    Args:
        bench: The robot.
        poses: Poses one of which it should be near.
    """
    robot, mean = bench.robot, bench.read(0.2).position.mean(axis=0)
    away = {pose: np.abs(mean - robot.pose(pose)) for pose in poses}
    best = min(away, key=lambda pose: float(away[pose].max()))
    far = [f"{robot.joint_names[i]} by {away[best][i]:.2f} rad" for i in np.nonzero(away[best] > POSE_MARGIN)[0]]
    if not far:
        return Result("posture", "good", f"near the pose '{best}', at most {away[best].max():.2f} rad away")
    advice = f"lay the robot down as in the pose '{best}'; if it lies so, these joints have a wrong sign, zero or place"
    return Result("posture", "bad", f"away from the pose '{best}': {', '.join(far)}", advice)
