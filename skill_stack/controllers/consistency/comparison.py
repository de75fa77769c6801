"""Comparisons of redundant measurements, once per tick: compiled, without allocation."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.controllers.compiled import NUMBER, READ, WHOLE, WRITE, WRITE_ROWS, compiled
from skill_stack.controllers.joint_arithmetic import ATTITUDE, PLAUSIBLE

Array = np.ndarray

DRIFT, MISFIT, LOAD, PLACE, TORQUE = range(5)
"""Rows of the per-joint values: drift beyond velocity, misfit to the command, load, averages of position and torque."""
JOINT_ROWS = 5
TURN, SMOOTH, FORCE, DOWN, LEG_FORCE, LEG_DOWN = range(0, 18, 3)
"""Start indices of the vectors among the body values."""
WAY, ALIKE, SQUARE, HELD = 18, 21, 24, 27
QUIET, RESTED, DRIVEN, SPEED, PASSED, BODY = range(31, 37)
"""Indices of the scalars among the body values, and their number; the forces on the feet follow."""

WINDOW = 1.0
"""Time over which rates are integrated for the comparison, s."""
LONG = 5.0
"""Time over which the change of orientation is related to the gyro, s."""
MOVED = 0.002
"""Sum of squared rotations, rad², each over :data:`STEP`, from which that ratio is known."""
STEP = 0.02
"""Time between two orientations of that ratio, s: noise of an orientation counts once for each."""
SMOOTHED = 0.2
"""Time over which the difference is smoothed, s: noise of an orientation does not grow with time."""
MEAN = 0.3
"""Time over which torques, loads and positions are averaged, s: longer than a step's impact."""
REST = 1.0
"""Time over which gravity is averaged in a robot at rest, s."""
SETTLED = 0.5
"""Time for which a robot must have rested, or a drive been commanded, before averages count, s."""
STILL_TURN, STILL_FORCE = 0.25, 1.0
"""Angular speed, rad/s, and how far the specific force may be from gravity, m/s², of a body at rest."""
STILL_JOINTS = 0.1
"""Joint speed, rad/s, root of the mean square, from which the base may move though it does not turn.

A robot that sinks or brakes from 0.6 m/s within half a second has 0.12 rad between force and gravity; over :data:`REST`
it takes twice that speed.
"""
STANDARD_GRAVITY = 9.81
"""m/s²."""


@compiled(WHOLE, READ, READ, READ)
def finite(torque: Array, force: Array, feet: Array) -> int:
    """Whether every number is finite and plausible: 1 or 0; an average would never recover from another."""
    total = 0.0
    for value in torque:
        total += abs(value)
    for value in force:
        total += abs(value)
    for value in feet:
        total += abs(value)
    return 1 if total < PLAUSIBLE else 0


@compiled(NUMBER, READ, READ, NUMBER, WRITE_ROWS, NUMBER)
def integrate_joints(numbers: Array, before: Array, seconds: float, joints: Array, allowed: float) -> float:
    """Integrates the change of joint positions beyond the measured velocities.

    Args:
        numbers: Those of a reading.
        before: Those of the one before.
        seconds: Time between them, s.
        joints: What is kept of the joints; its row ``DRIFT`` is written, rad.
        allowed: Largest difference, rad.

    Returns:
        The largest difference as a share of what is allowed.
    """
    size = (numbers.size - ATTITUDE) // 2
    keep, worst = max(1.0 - seconds / WINDOW, 0.0), 0.0
    for joint in range(size):
        way = 0.5 * seconds * (numbers[size + joint] + before[size + joint])
        drift = keep * joints[DRIFT, joint] + numbers[joint] - before[joint] - way
        joints[DRIFT, joint] = drift
        worst = max(worst, abs(drift))
    return worst / allowed


@compiled(NUMBER, READ, READ, NUMBER, WRITE, NUMBER)
def integrate_turn(numbers: Array, before: Array, seconds: float, body: Array, allowed: float) -> float:
    """Integrates the change of orientation beyond the gyro.

    Args:
        numbers: Those of a reading.
        before: Those of the one before.
        seconds: Time between them, s.
        body: What is kept of the body; ``TURN``, ``SMOOTH`` and what :func:`relate_turn` needs are written.
        allowed: Largest difference, rad.

    Returns:
        The difference as a share of what is allowed.
    """
    at, rate = numbers.size - 4, numbers.size - ATTITUDE
    if not body[HELD] ** 2 + body[HELD + 1] ** 2 + body[HELD + 2] ** 2 + body[HELD + 3] ** 2 > 0.5:
        for part in range(4):
            body[HELD + part] = before[at + part]
    for axis in range(3):
        body[WAY + axis] += 0.5 * seconds * (numbers[rate + axis] + before[rate + axis])
    body[PASSED] += seconds
    if body[PASSED] < 0.9 * STEP:
        return 0.0
    passed, body[PASSED] = body[PASSED], 0.0
    w, x, y, z = body[HELD], body[HELD + 1], body[HELD + 2], body[HELD + 3]
    p, q, r, s = numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3]
    # Vector part of conjugate(held) * now: half of the rotation between them, seen from the base.
    sign = math.copysign(2.0, w * p + x * q + y * r + z * s)
    turned = (w * q - x * p - y * s + z * r, w * r + x * s - y * p - z * q, w * s - x * r + y * q - z * p)
    keep, longer, share = max(1.0 - passed / WINDOW, 0.0), max(1.0 - passed / LONG, 0.0), min(passed / SMOOTHED, 1.0)
    square = 0.0
    for axis in range(3):
        way, change = body[WAY + axis], sign * turned[axis]
        body[WAY + axis] = 0.0
        body[TURN + axis] = keep * body[TURN + axis] + change - way
        body[SMOOTH + axis] += share * (body[TURN + axis] - body[SMOOTH + axis])
        square += body[SMOOTH + axis] ** 2
        body[ALIKE + axis] = longer * body[ALIKE + axis] + change * way
        body[SQUARE + axis] = longer * body[SQUARE + axis] + way * way
    for part in range(4):
        body[HELD + part] = numbers[at + part]
    return math.sqrt(square) / allowed


@compiled(NUMBER, READ)
def relate_turn(body: Array) -> float:
    """Ratio of the change of orientation to the integrated gyro, about the axis where it is least; 1 when they agree.

    A sensor that turns the other way about one axis gives -1, and one that exchanges axes about 0.

    Args:
        body: What is kept of the body.
    """
    least = 1.0
    for axis in range(3):
        if body[SQUARE + axis] > MOVED:
            least = min(least, body[ALIKE + axis] / body[SQUARE + axis])
    return least


@compiled(NUMBER, READ, READ)
def apart(up: Array, down: Array) -> float:
    """Angle between a vector and the opposite of another one, rad."""
    a, b, c = up[0], up[1], up[2]
    x, y, z = -down[0], -down[1], -down[2]
    across = math.sqrt((b * z - c * y) ** 2 + (c * x - a * z) ** 2 + (a * y - b * x) ** 2)
    return math.atan2(across, a * x + b * y + c * z)


@compiled(NUMBER, READ, READ, NUMBER, WRITE, NUMBER)
def rest_on(numbers: Array, force: Array, seconds: float, body: Array, allowed: float) -> float:
    """Compares gravity by the accelerometer with gravity by the orientation, at rest.

    Args:
        numbers: Those of a reading.
        force: Specific force in the base frame, m/s².
        seconds: Time since the last reading, s.
        body: What is kept of the body; ``FORCE``, ``DOWN``, ``QUIET`` and ``RESTED`` are written, ``SPEED`` is read.
        allowed: Largest angle, rad.

    Returns:
        The angle as a share of what is allowed; 0 while the body moves or has not rested for long enough.
    """
    rate = numbers.size - ATTITUDE
    square = numbers[rate] ** 2 + numbers[rate + 1] ** 2 + numbers[rate + 2] ** 2
    body[QUIET] += min(seconds / SMOOTHED, 1.0) * (square - body[QUIET])
    strength = math.sqrt(force[0] ** 2 + force[1] ** 2 + force[2] ** 2)
    if not (body[QUIET] < STILL_TURN**2 and abs(strength - STANDARD_GRAVITY) < STILL_FORCE):
        body[RESTED] = 0.0
        return 0.0
    body[RESTED] += seconds
    share = seconds / min(body[RESTED], REST)  # of all samples alike until there are enough of them
    for axis in range(3):
        body[FORCE + axis] += share * (force[axis] - body[FORCE + axis])
        body[DOWN + axis] += share * (numbers[rate + 3 + axis] - body[DOWN + axis])
    if body[RESTED] < (SETTLED if body[SPEED] < STILL_JOINTS**2 else REST):
        return 0.0
    return apart(body[FORCE : FORCE + 3], body[DOWN : DOWN + 3]) / allowed


@compiled(NUMBER, READ, READ, READ, READ, NUMBER, WRITE, WRITE_ROWS)
def average(
    numbers: Array, torque: Array, force: Array, feet: Array, seconds: float, body: Array, joints: Array
) -> float:
    """Averages the measurements by which the legs are checked.

    Args:
        numbers: Those of a reading.
        torque: Joint torques, N·m.
        force: Specific force in the base frame, m/s².
        feet: Force on the feet by their sensors, N.
        seconds: Time since the last reading, s.
        body: What is kept of the body; ``LEG_FORCE``, ``LEG_DOWN``, ``SPEED`` and the feet behind them are written.
        joints: What is kept of the joints; ``PLACE`` and ``TORQUE`` are written.

    Returns:
        Mean square of the joint velocities, rad²/s².
    """
    size = torque.size
    share = min(seconds / MEAN, 1.0)
    square = 0.0
    for joint in range(size):
        square += numbers[size + joint] ** 2
        joints[PLACE, joint] += share * (numbers[joint] - joints[PLACE, joint])
        joints[TORQUE, joint] += share * (torque[joint] - joints[TORQUE, joint])
    body[SPEED] += share * (square / size - body[SPEED])
    for axis in range(3):
        body[LEG_FORCE + axis] += share * (force[axis] - body[LEG_FORCE + axis])
        body[LEG_DOWN + axis] += share * (numbers[2 * size + 3 + axis] - body[LEG_DOWN + axis])
    for foot in range(feet.size):
        body[BODY + foot] += share * (feet[foot] - body[BODY + foot])
    return float(body[SPEED])


@compiled(NUMBER, *[READ] * 6, NUMBER, NUMBER, NUMBER, WRITE, WRITE_ROWS)
def drive(
    numbers: Array,
    torque: Array,
    target: Array,
    kp: Array,
    kd: Array,
    effort: Array,
    seconds: float,
    angle: float,
    part: float,
    body: Array,
    joints: Array,
) -> float:
    """Compares measured torques with those commanded, given the measured positions and velocities.

    Args:
        numbers: Those of a reading.
        torque: Measured torques, N·m.
        target: Commanded positions, rad.
        kp: Their position gains, N·m/rad.
        kd: Their damping gains, N·m·s/rad.
        effort: Largest torque of each joint, N·m.
        seconds: Time since the last reading, s.
        angle: Deflection that may be missing, rad.
        part: Share of the measured torque that may be missing besides.
        body: What is kept of the body; ``DRIVEN`` is written.
        joints: What is kept of the joints; ``MISFIT`` and ``LOAD`` are written.

    Returns:
        The largest difference as a share of what is allowed; 0 until commands have been in force for long enough.
    """
    size, share, worst = torque.size, min(seconds / MEAN, 1.0), 0.0
    body[DRIVEN] += seconds
    for joint in range(size):
        told = kp[joint] * (target[joint] - numbers[joint]) - kd[joint] * numbers[size + joint]
        told = min(max(told, -effort[joint]), effort[joint])
        joints[MISFIT, joint] += share * (torque[joint] - told - joints[MISFIT, joint])
        joints[LOAD, joint] += share * (abs(torque[joint]) - joints[LOAD, joint])
        # A drive's own friction and ripple are about 1 % of its effort; that is not a fault of its encoder.
        allowed = angle * kp[joint] + part * joints[LOAD, joint] + 0.01 * effort[joint]
        worst = max(worst, abs(joints[MISFIT, joint]) / allowed)
    return worst if body[DRIVEN] > SETTLED else 0.0
