"""SightedLine: a line whose map is what the robot's simulated camera and floor sensor show."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.runtime.line.event_line import LOOK_EVERY, EventLine
from skill_stack.runtime.line.floor_scan import seen_floor
from skill_stack.runtime.line.seen_things import seen_things


class SightedLine(EventLine):
    """See :class:`skill_stack.runtime.line.event_line.EventLine`.

    Attributes:
        everything: Things that can be seen.
        before: The map when it stood up.
        hides: Whether what stands on the floor hides from the floor sensor what is behind it.
    """

    everything: dict[str, SceneObject]
    before: SceneGraph
    hides = False
    _rng: np.random.Generator

    def wake(self, known: Mapping[str, SceneObject], everything: Mapping[str, SceneObject], seed: int) -> None:
        """Stands up with a map, and looks from then on.

        Args:
            known: The map.
            everything: What can be seen.
            seed: Of the errors of its looks.
        """
        self.begin()
        self.everything, self._rng = dict(everything), np.random.default_rng((seed, 66))
        self._map(dict(known))
        self.before = self.scene
        self._seen_until = math.inf

    def _look(self) -> None:
        """Looks at the floor and at things, at the rate of the sensors."""
        here = self.connector.locate(self.status)
        if here is None or not self._look_at <= self.now < self._seen_until:
            return
        self._look_at = self.now + LOOK_EVERY
        self._look_at_floor(here)
        known = seen_things(self.device, self.everything, self.scene.objects, here, self.now, self._rng)
        self.scene = SceneGraph(known, self.scene.facts, self.scene.robot)

    def _look_at_floor(self, here: Pose2) -> None:
        """Passes what the floor sensor shows, placed at the estimated pose."""
        self.connector.see(seen_floor(self.device, self.everything, here, self.now, self.hides), self.scene)
