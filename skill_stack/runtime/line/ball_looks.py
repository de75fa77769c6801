"""BallLooks: simulated perception of balls that roll, for scenarios: late, noisy, with gaps and a limited view."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from skill_stack.core.rotation import yaw_of
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.runtime.line.seen_things import placed

EVERY, LATE = 0.1, 0.1
"""Time between two looks, and from a look to when it is known, s: a detector at 10 Hz."""
LOST = 0.15
"""Share of looks that do not show a ball in view."""
ERROR = 0.03
"""Standard deviation of a seen position along x and y, m."""
HALF_VIEW, REACH = 1.05, 4.0
"""Half of the field of view, rad, and the range, m: those of a wide camera of 120 degrees. The declared depth camera
loses a ball nearer than 0.7 m to the base."""
STREAM = 67  # of the random numbers


class BallLooks:
    """Looks at movable balls with a rolling friction, placed by the estimated pose."""

    def __init__(self, balls: tuple[SceneObject, ...], seed: int) -> None:
        """Begins without a look.

        Args:
            balls: What is looked at.
            seed: Of errors and losses.
        """
        self._balls, self._rng, self._due = balls, np.random.default_rng((seed, STREAM)), 0.0
        self._coming: deque[tuple[float, SceneObject]] = deque()

    @classmethod
    def of(cls, setup: SceneSetup) -> BallLooks | None:
        """Those of a world, or None where no ball rolls."""
        balls = tuple(thing for thing in setup.objects if thing.rolls)
        return cls(balls, setup.seed) if balls else None

    def look(self, device: MujocoDevice, scene: SceneGraph, here: Pose2 | None, now: float) -> SceneGraph:
        """The map with what has become known by now.

        Args:
            device: The simulated world, in which balls are where they really are.
            scene: What was known before.
            here: The estimated pose in ``map``; without one nothing can be placed.
            now: Task time, s.
        """
        if here is not None and now >= self._due - 1e-9:
            self._due = now + EVERY
            truth = device.truth()
            true = Pose2(float(truth.position[0]), float(truth.position[1]), yaw_of(truth.orientation))
            for ball in self._balls:
                real, error = true_place(device, ball), self._rng.normal(0.0, ERROR, 2)
                near = true.distance_to(*real.position[:2]) < REACH
                shown = near and abs(true.bearing_to(*real.position[:2])) < HALF_VIEW
                if shown and self._rng.random() >= LOST:
                    self._coming.append((now + LATE, placed(real, true, here, now, error)))
        known = dict(scene.objects)
        while self._coming and self._coming[0][0] <= now + 1e-9:
            seen = self._coming.popleft()[1]
            known[seen.id] = replace(seen, yaw=0.0)
        return SceneGraph(known, scene.facts, scene.robot)
