"""Sight: what the camera in a simulated humanoid's head tells of known things, with its errors."""

from __future__ import annotations

import math
from collections.abc import Iterable

import mujoco
import numpy as np

from skill_stack.core.rotation import yaw_of
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.sighting import Sighting
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

Array = np.ndarray
EVERY = 0.2
"""Time between two looks, s."""
MOUNT, AT, DOWN = "torso_link", (0.0576, 0.0175, 0.4299), 0.8308
"""Link of the camera, its place there, m, and how far it looks down, rad: ``d435_joint`` of the G1's URDF."""
ASIDE, UPWARD = math.radians(34.5), math.radians(21.0)
"""Half angles of view of a RealSense D435, in colour."""
NEAR, FAR = 0.3, 4.0
"""Distances between which things are recognised, m."""
ERROR, SHARE = 0.01, 0.01
"""Standard deviation of a place, m, and what each metre adds; perception of this stack has 0.006 and 0.012 m."""
PLACES = np.array([(x, y, z) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) for z in (0.0, 1.0)])
"""Points of a thing that are looked for, as shares of its half size."""
PART, WHOLE, PARTLY = 0.15, 0.6, 2.0
"""Shares of them from which a thing is recognised, and seen as a whole; factor of the error below that."""
STREAM = 31
"""Random stream of the errors."""


class Sight:
    """Looks from the true place of the camera; whoever asks gets distances from the base, with errors."""

    def __init__(self, device: MujocoDevice, seed: int) -> None:
        """Finds the camera.

        Args:
            device: The simulated robot.
            seed: Of the errors.
        """
        self._device, self._rng = device, np.random.default_rng([seed, STREAM])
        self._mount = int(device.model.body(device.prefix + MOUNT).id)
        self._due = 0.0

    @classmethod
    def of(cls, device: MujocoDevice, seed: int) -> Sight | None:
        """The sight of a robot; None for one that has no such camera."""
        names = {device.model.body(number).name for number in range(device.model.nbody)}
        return cls(device, seed) if device.prefix + MOUNT in names else None

    def look(self, things: Iterable[SceneObject], now: float) -> list[Sighting] | None:
        """What is seen of some things; None while no look is due.

        Args:
            things: Things that it recognises.
            now: Task time, s.
        """
        if now < self._due - 1e-9:
            return None
        self._due = now + EVERY
        data, truth = self._device.data, self._device.truth()
        turn = data.xmat[self._mount].reshape(3, 3)
        eye = data.xpos[self._mount] + turn @ np.array(AT)
        c, s = math.cos(DOWN), math.sin(DOWN)
        ahead, up = turn @ np.array([c, 0.0, -s]), turn @ np.array([s, 0.0, c])
        axes = np.stack([ahead, turn[:, 1], up])
        seen = []
        for thing in things:
            share = self._share(thing, eye, axes) if thing.shape != "point" else 0.0
            if share >= PART:
                seen.append(self._sighting(thing.id, share, truth.position, yaw_of(truth.orientation)))
        return seen

    def _share(self, thing: SceneObject, eye: Array, axes: Array) -> float:
        """Share of points on a thing that are in view, and to which rays from the camera meet nothing else before."""
        model, data = self._device.model, self._device.data
        geom = int(model.geom(thing.id).id)
        centre, turn = data.geom_xpos[geom], data.geom_xmat[geom].reshape(3, 3)
        half, seen = 0.45 * np.array(thing.size), 0
        for place in PLACES:
            way = centre + turn @ (half * place) - eye
            x, y, z = (axes @ way).tolist()
            if not NEAR <= x <= FAR or abs(y) > x * math.tan(ASIDE) or abs(z) > x * math.tan(UPWARD):
                continue
            met = np.array([-1], dtype=np.int32)
            length = mujoco.mj_ray(model, data, eye, way, None, 1, self._mount, met)
            seen += int(met[0]) in (-1, geom) or length >= 1.0
        return seen / len(PLACES)

    def _sighting(self, name: str, share: float, base: Array, yaw: float) -> Sighting:
        dx, dy, high = (self._device.data.geom(name).xpos - (base[0], base[1], 0.0)).tolist()
        c, s = math.cos(yaw), math.sin(yaw)
        deviation = (ERROR + SHARE * math.hypot(dx, dy)) * (1.0 if share >= WHOLE else PARTLY)
        ahead, left, height = self._rng.normal((c * dx + s * dy, -s * dx + c * dy, high), deviation).tolist()
        return Sighting(name, ahead, left, deviation, height)
