"""What a policy observes of a handled object, by the robot's declared tracker."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.foreign.moment import Moment
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.rotation import Quaternion, multiply
from skill_stack.core.skills.policy_manifest import ManifestTerm, PolicyManifest

if TYPE_CHECKING:
    from skill_stack.controllers.foreign.term_context import Places

Array = np.ndarray


class HandledObject:
    """Goal and progress of turning one object."""

    def __init__(self, manifest: PolicyManifest) -> None:
        """Resolves the goal's names.

        Args:
            manifest: The policy's conventions, with the section ``object``.

        Raises:
            UnknownName: A goal value is none of the policy's commands.
        """
        spec = manifest.object
        assert spec is not None, "only made for policies that handle an object"
        self._lost, self._reached = spec.lost, spec.reached
        self._goal = goal_places(manifest)

    def lost(self, reading: FastEstimate) -> bool:
        """Whether the pose of the object is no longer known."""
        tracked = reading.sample.tracked if reading.sample else None
        return tracked is None or reading.task_time - tracked.task_time > self._lost

    def progress(self, moment: Moment) -> float:
        """1 at the goal, else closeness to it, from 0 (opposite orientation) to below 1."""
        tracked = moment.reading.sample.tracked if moment.reading.sample else None
        if tracked is None:
            return 0.0
        w = abs(_error(tracked.orientation.tolist(), moment.command[self._goal].tolist())[0])
        angle = 2.0 * math.acos(min(w, 1.0))
        return 1.0 if angle <= self._reached else min(1.0 - angle / math.pi, 0.99)


def goal_places(manifest: PolicyManifest) -> Array:
    """Indices of roll, pitch and yaw of the goal among the commands.

    Raises:
        DataError: The manifest has no section ``object``.
        UnknownName: A goal value is none of the commands.
    """
    if manifest.object is None:
        raise DataError("policy: terms of an object need the section object, with its goal")
    known = [command.name for command in manifest.commands]
    for name in manifest.object.goal:
        if name not in known:
            raise UnknownName("command of the policy", name, known)
    return np.array([known.index(name) for name in manifest.object.goal], int)


def position_error(term: ManifestTerm, places: Places) -> tuple[int, Callable[[Moment], Sequence[float]]]:
    """Vector from the object to a point of the base."""
    point = [float(value) for value in term.params.get("point", (0.0, 0.0, 0.0))]

    def values(moment: Moment) -> Sequence[float]:
        tracked = moment.reading.sample.tracked if moment.reading.sample else None
        if tracked is None:
            return (0.0, 0.0, 0.0)
        return [mine - its for mine, its in zip(point, tracked.position.tolist())]

    return 3, values


def orientation_error(term: ManifestTerm, places: Places) -> tuple[int, Callable[[Moment], Sequence[float]]]:
    """Second and third row of the rotation from the goal to the object."""
    goal = goal_places(places.manifest)

    def values(moment: Moment) -> Sequence[float]:
        tracked = moment.reading.sample.tracked if moment.reading.sample else None
        if tracked is None:
            return (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
        w, x, y, z = _error(tracked.orientation.tolist(), moment.command[goal].tolist())
        return (
            2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
            2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
        )  # fmt: skip

    return 6, values


def _error(orientation: list[float], rpy: list[float]) -> Quaternion:
    """The remaining rotation from a goal, given as roll, pitch and yaw, to an orientation, w-x-y-z."""
    w, x, y, z = orientation
    a, b, c, d = from_rpy(*rpy)
    return multiply((w, x, y, z), (a, -b, -c, -d))


def from_rpy(roll: float, pitch: float, yaw: float) -> Quaternion:
    """Roll, pitch and yaw about fixed axes, rad, as a quaternion, w-x-y-z."""
    around = [(math.cos(0.5 * angle), math.sin(0.5 * angle)) for angle in (roll, pitch, yaw)]
    (a, b), (c, d), (e, f) = around
    return multiply((e, 0.0, 0.0, f), multiply((c, 0.0, d, 0.0), (a, b, 0.0, 0.0)))
