"""Arithmetic of one control tick over all joints, compiled; each part is explained where it is called."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.controllers.compiled import (
    NUMBER,
    READ,
    READ_PLACE_ROWS,
    READ_PLACES,
    READ_ROWS,
    READ_SINGLE,
    WHOLE,
    WRITE,
    WRITE_SINGLE,
    compiled,
)

Array = np.ndarray

ATTITUDE = 10
"""Numbers of a reading behind those of its joints: angular velocity, gravity, orientation."""
SOUND, MISSHAPEN, NO_ORIENTATION, NOT_FINITE = 0, 1, 2, 3
PLAUSIBLE = 1e9
"""Upper bound of every measurement of a robot in SI units; squares and products of smaller ones stay finite."""
NORM_MARGIN = 0.1
"""Largest deviation of the norm of a measured orientation from 1."""
RATE, GRAVITY, POSITION, VELOCITY, BASE_VELOCITY = 0, 1, 2, 3, 4
"""Measured terms of an observation."""


@compiled(WHOLE, *[READ] * 11, WRITE)
def take(
    position: Array,
    velocity: Array,
    rate: Array,
    orientation: Array,
    torque: Array,
    temperature: Array,
    acceleration: Array,
    foot_force: Array,
    place: Array,
    motion: Array,
    feet: Array,
    numbers: Array,
) -> int:
    """Writes a sample into the numbers of a reading, and returns what is wrong with it.

    Args:
        position: Joint positions, rad.
        velocity: Joint velocities, rad/s.
        rate: Angular velocity of the IMU, rad/s.
        orientation: Orientation of the IMU, w-x-y-z, not quite of length 1.
        torque: Joint torques, N·m; only its shape is looked at, as that of the others that follow.
        temperature: Winding temperatures, °C.
        acceleration: Specific force, m/s².
        foot_force: Force on the feet, N.
        place: Position by odometry, m; of any length, as the next.
        motion: Linear velocity by odometry, m/s.
        feet: As many numbers as the robot has feet.
        numbers: Receives position, velocity, angular velocity, gravity and orientation.

    Returns:
        ``SOUND``, ``MISSHAPEN``, ``NO_ORIENTATION`` or ``NOT_FINITE``.
    """
    size = (numbers.size - ATTITUDE) // 2
    if not position.size == velocity.size == torque.size == temperature.size == size:
        return MISSHAPEN
    if not rate.size == acceleration.size == 3 or orientation.size != 4 or foot_force.size != feet.size:
        return MISSHAPEN
    w, x, y, z = orientation[0], orientation[1], orientation[2], orientation[3]
    norm = math.sqrt(w * w + x * x + y * y + z * z)
    if not abs(norm - 1.0) < NORM_MARGIN:
        return NO_ORIENTATION
    finite = True  # and plausible: no comparison holds for what is not a number
    for joint in range(size):
        numbers[joint], numbers[size + joint] = position[joint], velocity[joint]
        finite &= abs(position[joint]) < PLAUSIBLE and abs(velocity[joint]) < PLAUSIBLE
    for value in place:
        finite &= abs(value) < PLAUSIBLE
    for value in motion:
        finite &= abs(value) < PLAUSIBLE
    at = 2 * size
    for axis in range(3):
        numbers[at + axis] = rate[axis]
        finite &= abs(rate[axis]) < PLAUSIBLE
    w, x, y, z = w / norm, x / norm, y / norm, z / norm
    numbers[at + 3] = 2.0 * (w * y - x * z)
    numbers[at + 4] = -2.0 * (y * z + w * x)
    numbers[at + 5] = 2.0 * (x * x + y * y) - 1.0
    numbers[at + 6], numbers[at + 7], numbers[at + 8], numbers[at + 9] = w, x, y, z
    return SOUND if finite else NOT_FINITE


@compiled(WHOLE, READ, NUMBER, NUMBER, NUMBER)
def moves_within_limits(numbers: Array, up: float, rate: float, speed: float) -> int:
    """Whether the robot is upright enough, and neither base nor joints move too fast.

    Args:
        numbers: Those of a reading.
        up: Least upward component of the base's vertical axis.
        rate: Largest angular speed of the base, rad/s.
        speed: Largest joint speed, rad/s, of the slowest joint.

    Returns:
        1 or 0; a number that is not finite is not usual.
    """
    size = (numbers.size - ATTITUDE) // 2
    at = 2 * size
    x, y, z = numbers[at], numbers[at + 1], numbers[at + 2]
    if not (-numbers[at + 5] >= up and x * x + y * y + z * z <= rate * rate):
        return 0
    for joint in range(size, at):
        if not abs(numbers[joint]) <= speed:
            return 0
    return 1


@compiled(WHOLE, READ, READ, READ, READ_PLACES, READ_PLACE_ROWS, WRITE_SINGLE)
def observe(numbers: Array, motion: Array, default: Array, pick: Array, terms: Array, out: Array) -> int:
    """Writes the measured terms of an observation.

    Args:
        numbers: Those of a reading.
        motion: Linear velocity of the base, m/s.
        default: Angles that positions are relative to, rad, ordered as the policy's joints.
        pick: Place of each of the policy's joints in the reading.
        terms: A row for each term: which, and where it begins in the observation.
        out: The observation.

    Returns:
        How many terms were written.
    """
    size = (numbers.size - ATTITUDE) // 2
    for row in range(terms.shape[0]):
        term, begin = terms[row, 0], terms[row, 1]
        if term == POSITION:
            for joint in range(pick.size):
                out[begin + joint] = numbers[pick[joint]] - default[joint]
        elif term == VELOCITY:
            for joint in range(pick.size):
                out[begin + joint] = numbers[size + pick[joint]]
        else:
            for axis in range(3):
                if term == BASE_VELOCITY:
                    out[begin + axis] = motion[axis]
                else:
                    out[begin + axis] = numbers[2 * size + (0 if term == RATE else 3) + axis]
    return int(terms.shape[0])


@compiled(WHOLE, READ_SINGLE, READ, READ, READ_PLACES, WRITE)
def aim(action: Array, zeros: Array, scales: Array, places: Array, out: Array) -> int:
    """Writes the joint targets of an action.

    Args:
        action: The policy's output.
        zeros: Target of an action of zero, rad.
        scales: Change of the target by an action of one, rad.
        places: Place of each of the policy's joints in the targets.
        out: The targets, rad.

    Returns:
        How many joints have a target.
    """
    for joint in range(places.size):
        out[places[joint]] = zeros[joint] + scales[joint] * action[joint]
    return int(places.size)


@compiled(WHOLE, READ, READ, READ, READ_ROWS, NUMBER)
def within(q: Array, numbers: Array, before: Array, limits: Array, step: float) -> int:
    """Whether no joint is beyond any limit; a number that is not finite is beyond.

    Args:
        q: Targets, rad.
        numbers: Those of a reading.
        before: Targets of the tick before, rad.
        limits: Rows of position gain, N·m/rad, damping gain, N·m·s/rad, largest torque, N·m, and lower and upper end of
            the range, rad.
        step: Largest change of a target, rad.

    Returns:
        1 or 0.
    """
    size = q.size
    for joint in range(size):
        p = numbers[joint]
        torque = limits[0, joint] * (q[joint] - p) - limits[1, joint] * numbers[size + joint]
        if not (
            abs(torque) <= limits[2, joint]
            and limits[3, joint] <= p <= limits[4, joint]
            and before[joint] - step <= q[joint] <= before[joint] + step
        ):
            return 0
    return 1
