"""Taker: a simulated person who takes what is held out, by a hand that draws at it like a spring."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.world.scene import SceneObject
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

Array = np.ndarray
ARM = 1.0
"""How far from the outline of the person a thing is taken at most, m."""
CALM, HIGH = 3.0, 0.7
"""Time for which it must have been held out, s, and its least height then, m."""
STIFF, DAMP, STRONG = 250.0, 12.0, 25.0
"""Spring of the hand, N/m and N·s/m, and its greatest force besides the weight, N."""
DRAWN, PACE = 0.15, 0.15
"""How far the hand draws, m, and how fast, m/s."""
TAKES = 0.3
"""Time in which it takes the whole weight, s."""
HAD = 0.1
"""Distance between hand and thing within which the person has it, m."""


class Taker:
    """Draws at a thing that is held out, and has it when it follows.

    Attributes:
        force: Greatest force that it took, N.
    """

    def __init__(self, device: MujocoDevice, thing: str, person: SceneObject) -> None:
        """Waits for a thing.

        Args:
            device: The simulated world.
            thing: Name of its body.
            person: Who takes it.
        """
        self._data, self._model = device.data, device.model
        self._body = int(device.model.body(thing).id)
        self._person = person
        self._mass = float(device.model.body_mass[self._body])
        self._calm = self._since = 0.0
        self._begun: Array | None = None
        self.force = 0.0

    def step(self, dt: float, held_out: bool) -> None:
        """One control period; sets the force on the thing for the physics of the next one.

        Args:
            dt: Its length, s.
            held_out: Whether whoever brings it stands and moves its arms.
        """
        place = self._data.xpos[self._body].copy()
        if self._begun is None:
            near = math.dist(place[:2], self._person.position[:2]) - self._person.radius < ARM
            self._calm = self._calm + dt if held_out and near and place[2] > HIGH else 0.0
            if self._calm < CALM:
                return
            self._begun = place
        self._since += dt
        pull = STIFF * (self._hand() - place) - DAMP * self._velocity()
        pull *= min(1.0, STRONG / max(float(np.linalg.norm(pull)), 1e-9))
        self.force = max(self.force, float(np.linalg.norm(pull)))
        weight = self._mass * 9.81 * min(1.0, self._since / TAKES)
        self._data.xfrc_applied[self._body, :3] = pull + (0.0, 0.0, weight)

    @property
    def has(self) -> bool:
        """Whether the thing followed the hand as far as that drew."""
        if self._begun is None or self._since * PACE < DRAWN:
            return False
        return bool(np.linalg.norm(self._data.xpos[self._body] - self._hand()) < HAD)

    def _hand(self) -> Array:
        """Where the hand is, m."""
        assert self._begun is not None
        way = np.array(self._person.position[:2]) - self._begun[:2]
        way = way / max(float(np.linalg.norm(way)), 1e-6) * min(DRAWN, self._since * PACE)
        return np.array([self._begun[0] + way[0], self._begun[1] + way[1], self._begun[2]])

    def _velocity(self) -> Array:
        return np.asarray(self._data.qvel[self._model.body_dofadr[self._body] :][:3].copy())
