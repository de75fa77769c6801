"""What a planner begins with, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class StartState:
    """The state of a robot where a plan begins, in a world whose ground is at height 0.

    Attributes:
        time: Task time, s.
        place: Place of the base, m, shape (3,); a hand that is bolted down is where its model has it.
        orientation: Of the base, w-x-y-z, shape (4,).
        linear: Velocity of the base in its own frame, m/s, shape (3,).
        angular: Angular velocity of the base in its own frame, rad/s, shape (3,).
        position: Joint positions in the robot's order, rad, shape (joints,).
        velocity: Joint velocities, rad/s, same shape.
        thing: Place, m, and orientation, w-x-y-z, of the object in a hand, shape (7,); None without one.
        thing_velocity: Its velocity in the world, m/s, and angular velocity in its own frame, rad/s, shape (6,); None:
            at rest.
    """

    time: float
    place: Array
    orientation: Array
    linear: Array
    angular: Array
    position: Array
    velocity: Array
    thing: Array | None = None
    thing_velocity: Array | None = None

    @property
    def finite(self) -> bool:
        """Whether every number is one."""
        arrays = (self.place, self.orientation, self.linear, self.angular, self.position, self.velocity)
        objects = tuple(one for one in (self.thing, self.thing_velocity) if one is not None)
        return all(bool(np.isfinite(one).all()) for one in (*arrays, *objects))


@dataclass(frozen=True, slots=True)
class MotionPlan:
    """Joint targets for the next moments, and what they are expected to do.

    Attributes:
        start: Task time of the first target, s.
        step: Time between two targets, s.
        targets: Joint targets in the robot's order, within its limits, rad, shape (steps, joints).
        cost: Expected cost of a moment.
        height: Expected height of the base towards the end of each step, m, shape (steps,).
        tilt: Expected angle between the base's axis and the vertical there, rad, shape (steps,).
        violation: Which limit it is expected to go beyond, or an empty string.
    """

    start: float
    step: float
    targets: Array
    cost: float
    height: Array
    tilt: Array
    violation: str = ""

    @property
    def life(self) -> float:
        """Time after its start for which it may drive the robot, s: half of what it looked ahead."""
        return 0.5 * self.step * len(self.targets)

    def at(self, time: float) -> Array:
        """The joint targets at a time, rad, shape (joints,); the last ones beyond the end.

        Args:
            time: Task time, s.
        """
        place = min(max((time - self.start) / self.step + 1e-6, 0.0), len(self.targets) - 1.0)
        return np.asarray(self.targets[int(place)])
