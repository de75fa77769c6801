"""Joints that a policy does not drive: left out of the model, or moved at random in training."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from skill_stack.core.data_file import DataModel
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

Range = tuple[float, float]


class OtherJointsTask(DataModel):
    """Random motion of joints that the policy does not drive.

    Attributes:
        ranges: Range of each joint's angle, rad, by a part of its name; the others rest. For the right side of the body
            angles about x and z are those of the left one mirrored.
        interval: Time between new poses, s.
        speed: Range of the speed with which a pose is gone to, rad/s.
        rest: Share of the poses that are the default one.
    """

    ranges: dict[str, Range]
    interval: Range = (1.0, 5.0)
    speed: Range = (0.3, 3.0)
    rest: float = 0.3


def without(robot: RobotSpec, names: Iterable[str]) -> RobotSpec:
    """A robot that lacks some joints, as ``build_model`` makes it with the same ``rigid`` ones.

    Args:
        robot: The robot.
        names: Joints and groups.
    """
    gone = set(robot.members(names))
    if not gone:
        return robot
    kept = tuple(name for name in robot.joint_names if name not in gone)
    body = next(iter(robot.parts.values())).model_copy(update={"joints": kept})
    changes = {
        "joints": tuple(joint for joint in robot.joints if joint.name in kept),
        "parts": {robot.main_part: body},
        "poses": {pose: {name: values[name] for name in kept} for pose, values in robot.poses.items()},
        "groups": {
            group: rest for group, members in robot.groups.items() if (rest := tuple(m for m in members if m in kept))
        },
    }
    return RobotSpec.model_validate({**{key: getattr(robot, key) for key in RobotSpec.model_fields}, **changes})


class OtherJoints:
    """Targets of all joints of a batch of robots, of which the undriven ones move at random.

    Attributes:
        target: Present targets, rad, shape (batch, joints); those of driven joints stay at the default pose.
    """

    def __init__(
        self,
        robot: RobotSpec,
        driven: Iterable[str],
        task: OtherJointsTask | None,
        batch: int,
        rng: np.random.Generator,
    ) -> None:
        """Starts at rest.

        Args:
            robot: The robot.
            driven: Joints that the policy drives.
            task: How the others move; None lets them rest.
            batch: Number of robots.
            rng: Source of chance.
        """
        self._task, self._rng, self._default = task, rng, robot.pose("default")
        self.target = np.tile(self._default, (batch, 1))
        low, high = np.tile(self._default, (2, 1))
        others = set(robot.joint_names) - set(driven)
        for place, name in enumerate(robot.joint_names):
            if task is not None and name in others:
                low[place], high[place] = _range_of(name, task.ranges, float(self._default[place]))
        self._low, self._high = low, high
        self._goal, self._step = self.target.copy(), np.ones(batch)
        self._left = rng.uniform(0.0, 1.0, batch)

    def reset(self, which: Array) -> None:
        """Resets the joints of some robots to the default pose."""
        self.target[which] = self._goal[which] = self._default

    def advance(self, seconds: float) -> None:
        """Advances time: moves towards poses, and draws new ones."""
        if self._task is None:
            return
        limit = (self._step * seconds)[:, None]
        self.target += np.clip(self._goal - self.target, -limit, limit)
        self._left -= seconds
        over = np.flatnonzero(self._left <= 0.0)
        if not len(over):
            return
        drawn = self._rng.uniform(self._low, self._high, (len(over), len(self._low)))
        rests = self._rng.random(len(over)) < self._task.rest
        self._goal[over] = np.where(rests[:, None], self._default, drawn)
        self._step[over] = self._rng.uniform(*self._task.speed, len(over))
        self._left[over] = self._rng.uniform(*self._task.interval, len(over))


def _range_of(name: str, ranges: dict[str, Range], default: float) -> Range:
    """Range of a joint; those about x and z are mirrored on the right."""
    low, high = next((limits for part, limits in ranges.items() if part in name), (default, default))
    mirrored = name.startswith("right_") and ("roll" in name or "yaw" in name)
    return (-high, -low) if mirrored else (low, high)
