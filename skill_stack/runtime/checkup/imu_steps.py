"""Checks of the IMU: direction of gravity and of its axes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base, multiply, rotate_inverse, yaw_of
from skill_stack.runtime.checkup.bench import Bench, CheckupRecording
from skill_stack.runtime.checkup.operator import CheckupOperator
from skill_stack.runtime.checkup.result import Result

Array = np.ndarray

LEVEL = 0.35
"""Tilt of a lying or hanging robot, rad."""
AGREE = 0.2
"""Angle between up as the attitude filter has it and as the accelerometer has it, rad."""
REST = 0.1
"""Angular speed of a robot at rest, rad/s."""
GRAVITY, GRAVITY_MARGIN = 9.81, 1.0
LEAN = 0.15
"""Sine of the smallest detectable tilt."""
TURN = 0.5
"""Smallest detectable turn, rad."""
WATCHED = 5.0
"""Time for which a turn is measured, s."""
AGAIN = "Once more?"
ADVICE = "correct sensors.imu_rotation in robot.yaml, or the driver's reading of the IMU"

# What the person does, axis of gravity in the base that answers, and its sign.
LEANS = (
    ("nose up", "Lift the front of the robot by a hand's breadth and hold it", 0, -1.0),
    ("left side up", "Lift the left side of the robot by a hand's breadth and hold it", 1, -1.0),
)


def at_rest(bench: Bench) -> Iterator[Result]:
    """Checks while the robot lies or hangs still."""
    record = bench.read(1.0)
    gravity, force, rate = _in_base(bench.robot, record)
    tilt = float(np.arccos(np.clip(-gravity[2], -1, 1)))
    norm = float(np.linalg.norm(force))
    apart = float(np.arccos(np.clip(-(force @ gravity) / max(norm, 1e-9), -1, 1)))
    figures = {"tilt, rad": tilt, "specific force, m/s²": norm, "apart, rad": apart, "turning, rad/s": rate}
    text = f"tilt {tilt:.2f} rad, specific force {norm:.1f} m/s², {apart:.2f} rad apart, turning {rate:.3f} rad/s"
    problems = [
        (not tilt <= LEVEL, "up is not up: lay the robot level, else " + ADVICE),
        (not abs(norm - GRAVITY) <= GRAVITY_MARGIN, "the accelerometer is not in m/s², or the robot moves"),
        (not apart <= AGREE, "accelerometer and orientation disagree: their axes differ; " + ADVICE),
        (not rate <= REST, "the gyroscope does not rest: keep the robot still, else it is not in rad/s"),
    ]
    advice = "; ".join(what for wrong, what in problems if wrong)
    yield Result("IMU at rest", "bad" if advice else "good", text, advice, figures)


def by_hand(bench: Bench, operator: CheckupOperator) -> Iterator[Result]:
    """Checks while a person tilts and turns the robot, the only way to find exchanged axes."""
    for name, task, axis, sign in LEANS:
        step = f"IMU {name}"
        if not operator.attended:
            yield Result(step, "open", "nobody there to tilt the robot", "run this with a person, without --yes")
            continue
        while True:
            operator.wait(task)
            result = _lean(step, _in_base(bench.robot, bench.read(0.5))[0], axis, sign)
            operator.wait("Put it down again")
            if result.verdict == "good" or not operator.confirm(f"{result.found}: {result.advice}. {AGAIN}"):
                break
        yield result
    result = _turn(bench, operator)
    while result.verdict == "bad" and operator.confirm(f"{result.found}: {result.advice}. {AGAIN}"):
        result = _turn(bench, operator)
    yield result


def _lean(step: str, gravity: Array, axis: int, sign: float) -> Result:
    figures = {f"gravity {name}": float(value) for name, value in zip("xyz", gravity, strict=True)}
    text = "gravity in the base is ({:.2f}, {:.2f}, {:.2f})".format(*gravity)
    other = 1 - axis
    if sign * gravity[axis] >= LEAN and abs(gravity[other]) < abs(gravity[axis]):
        return Result(step, "good", text, "", figures)
    if max(abs(gravity[0]), abs(gravity[1])) < LEAN:
        return Result(step, "bad", text, "it shows no lean: tilt it further, else the IMU is not this robot's", figures)
    what = "the wrong way round" if abs(gravity[axis]) > abs(gravity[other]) else "about the other axis"
    return Result(step, "bad", text, f"it leans {what}: {ADVICE}", figures)


def _turn(bench: Bench, operator: CheckupOperator) -> Result:
    step = "IMU turn"
    if not operator.attended:
        return Result(step, "open", "nobody there to turn the robot", "run this with a person, without --yes")
    operator.wait(f"Turn the robot to the left by a quarter turn within the next {WATCHED:g} s, beginning now")
    record = bench.read(WATCHED)
    rate = _rates(bench.robot, record)[:, 2]
    turned = float(rate[1:] @ np.diff(record.time))
    heading = np.unwrap([yaw_of(q) for q in _orientations(bench.robot, record)])
    change = float(heading[-1] - heading[0])
    figures = {"gyroscope, rad": turned, "orientation, rad": change}
    text = f"the gyroscope saw {turned:.2f} rad, the orientation {change:.2f} rad"
    if turned >= TURN and change >= TURN:
        return Result(step, "good", text, "", figures)
    if abs(turned) < TURN and abs(change) < TURN:
        return Result(step, "bad", text, "it shows no turn: turn it further, else the IMU is not this robot's", figures)
    return Result(step, "bad", text, f"to the left must be positive in both: {ADVICE}", figures)


def _orientations(robot: RobotSpec, record: CheckupRecording) -> list[Array]:
    """Orientations of the base, w-x-y-z."""
    w, x, y, z = robot.sensors.imu_rotation
    back = (w, -x, -y, -z)
    return [np.array(multiply(tuple(q.tolist()), back)) for q in record.orientation]


def _rates(robot: RobotSpec, record: CheckupRecording) -> Array:
    """Angular velocity in the base frame, rad/s, shape (n, 3)."""
    w, x, y, z = robot.sensors.imu_rotation
    return rotate_inverse(np.tile((w, -x, -y, -z), (len(record.time), 1)), record.angular_velocity)


def _in_base(robot: RobotSpec, record: CheckupRecording) -> tuple[Array, Array, float]:
    """Mean gravity and specific force in the base frame, and the mean angular speed, rad/s."""
    w, x, y, z = robot.sensors.imu_rotation
    gravity = gravity_in_base(np.array(_orientations(robot, record))).mean(axis=0)
    gravity /= max(float(np.linalg.norm(gravity)), 1e-9)
    force = rotate_inverse(np.array((w, -x, -y, -z)), record.linear_acceleration.mean(axis=0))
    return gravity, force, float(np.linalg.norm(_rates(robot, record).mean(axis=0)))
