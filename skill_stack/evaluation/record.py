"""EpisodeRecord: the truth of an episode, tick by tick; for scoring only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import headings_of, tilt_of, yaw_of
from skill_stack.core.world.scene import Pose2, SceneObject

Array = np.ndarray

SETTLING = 0.5
"""Time that the robot is given to come to rest before its end is judged, s."""
JUDGED = 1.0
"""Length of the end, s."""
TICK = 1e-6  # s: times that differ by less are the same


@dataclass(frozen=True)
class EpisodeRecord:
    """One episode on simulator truth, N ticks.

    Attributes:
        robot: The robot.
        time: Task time, s, shape (N,).
        position: Base in the world, m, shape (N, 3).
        orientation: Base in the world, w-x-y-z, shape (N, 4).
        linear: Velocity in the base frame, m/s, shape (N, 3).
        angular: Angular velocity in the base frame, rad/s, shape (N, 3).
        contact: Feet that carry load, bool, shape (N, feet).
        ended: Time at which the request had ended, s.
        arguments: Arguments of the request, by name.
        things: Objects where they stood at the beginning, by id.
        outline: Distance of a point to an object's outline, m.
        feet: Feet in the world, m, shape (N, feet, 3); None where the simulator does not give them.
        moved: Movable objects in the world: centre, m, and orientation, w-x-y-z, shape (N, 7) each; None where the
            simulator does not give them.
        said: Times of requests in words in between, s.
        path: Path that was to be followed, corner by corner in the world, m, shape (K, 2); None where there was none.
        joints: Joint positions, rad, shape (N, joints); None where the simulator does not give them.
        power: Mechanical power of all joints, done by them or on them, W, shape (N,); None where the simulator does not
            give it.
        links: A point of a link in the world by the link's name and the point in its frame, m, shape (N, 3); None where
            the simulator does not give them.
    """

    robot: RobotSpec
    time: Array
    position: Array
    orientation: Array
    linear: Array
    angular: Array
    contact: Array
    ended: float
    arguments: Mapping[str, Any]
    things: Mapping[str, SceneObject]
    outline: Callable[[SceneObject, float, float], float]
    feet: Array | None = None
    moved: Mapping[str, Array] | None = None
    said: tuple[float, ...] = ()
    path: Array | None = None
    joints: Array | None = None
    power: Array | None = None
    links: Callable[..., Array] | None = None

    def __post_init__(self) -> None:
        """Raises DataError when nothing was recorded."""
        if not len(self.time):
            raise DataError("nothing was recorded that could be judged")

    @cached_property
    def start(self) -> Pose2:
        """The base on the ground at the beginning."""
        return self.pose(0)

    def pose(self, tick: int) -> Pose2:
        """The base on the ground at a tick."""
        return Pose2(float(self.position[tick, 0]), float(self.position[tick, 1]), yaw_of(self.orientation[tick]))

    @cached_property
    def end(self) -> Array:
        """Ticks of the end, at least the last one, bool, shape (N,)."""
        since = min(self.ended + SETTLING - TICK, float(self.time[-1]))
        return (self.time >= since) & (self.time <= max(since, self.ended + SETTLING + JUDGED) + TICK)

    def running(self, since: float = 0.0) -> Array:
        """Ticks from so many seconds after the beginning to when it had ended, at least the last one, shape (N,)."""
        ticks = (self.time >= self.time[0] + since - TICK) & (self.time <= self.ended + TICK)
        return ticks if ticks.any() else np.arange(len(self.time)) == len(self.time) - 1

    @cached_property
    def yaw(self) -> Array:
        """Heading without jumps, rad, shape (N,)."""
        return np.unwrap(headings_of(self.orientation))

    @cached_property
    def pitch(self) -> Array:
        """Rise of the nose, rad, shape (N,)."""
        w, x, y, z = self.orientation.T
        return np.asarray(np.arcsin(np.clip(2 * (x * z - w * y), -1.0, 1.0)))

    @cached_property
    def roll(self) -> Array:
        """Rise of the left side, rad, shape (N,)."""
        w, x, y, z = self.orientation.T
        return np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))

    @cached_property
    def tilt(self) -> Array:
        """Angle between the base's z axis and upright, rad, shape (N,)."""
        return tilt_of(self.orientation)

    def thing(self, name: str) -> SceneObject:
        """An object by id; raises UnknownName."""
        if name not in self.things:
            raise UnknownName("object", name, self.things)
        return self.things[name]

    def argument(self, name: str) -> Any:
        """A requested argument; raises DataError without one of that name."""
        if name not in self.arguments:
            asked = ", ".join(self.arguments) or "nothing"
            raise DataError(f"the episode has no argument '{name}'; asked for was: {asked}")
        return self.arguments[name]

    def known_feet(self) -> Array:
        """Feet in the world; raises DataError where the simulator does not give them."""
        if self.feet is None:
            raise DataError("the simulator did not tell where the feet are")
        return self.feet

    def joint_way(self, name: str) -> Array:
        """Positions of a joint, rad, shape (N,); raises DataError where the simulator does not give them."""
        if self.joints is None:
            raise DataError("the simulator did not tell where joints are")
        return np.asarray(self.joints[:, int(self.robot.indices([name])[0])])

    def link_way(self, name: str, point: Sequence[float] = ()) -> Array:
        """A link's origin, or a point in its frame, in the world, m, shape (N, 3).

        Raises:
            DataError: The simulator does not give it.
        """
        if self.links is None:
            raise DataError("the simulator did not tell where links are")
        return self.links(name, point) if len(point) else self.links(name)

    def object_way(self, name: str) -> Array:
        """Centre of a movable object in the world, m, shape (N, 3).

        Raises:
            DataError: The simulator does not give it.
            UnknownName: There is no such movable object.
        """
        return self._moved(name)[:, :3]

    def object_attitude(self, name: str) -> Array:
        """Orientation of a movable object in the world, w-x-y-z, shape (N, 4); raises as :meth:`object_way`."""
        return self._moved(name)[:, 3:]

    def _moved(self, name: str) -> Array:
        if self.moved is None:
            raise DataError("the simulator did not tell where objects have gone")
        if name not in self.moved:
            raise UnknownName("movable object", name, self.moved)
        return self.moved[name]
