"""Devices of lesson scenes: doors that are locked until a foot stands on a plate, by the simulator's contacts."""

from __future__ import annotations

import math

from skill_stack.core.data_file import DataModel
from skill_stack.core.world.scene import SceneObject
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import true_support
from skill_stack.hardware.mujoco.scene_geometry import DOOR_DAMPING, HINGE_SUFFIX

LOCKED = 1e5
"""Damping of a locked hinge, N·m·s/rad: it turns by less than 1 degree while a robot pushes."""
PLATE, PRESSED = 0.4, 10.0
"""Radius of a pressure plate in the floor, m, and the force of a foot on it that counts, N."""


class LessonDevice(DataModel):
    """What unlocks every door of the kind with the rule; on no map.

    Attributes:
        unlocks: Id of the place where a pressure plate lies in the floor.
        places: Other places that have no part in it, as their ids.
        lasts: How long it stays unlocked, s; None: for good.
    """

    unlocks: str
    places: tuple[str, ...] = ()
    lasts: float | None = None


class DoorLock:
    """The lock of one door in one simulated world."""

    def __init__(
        self, device: MujocoDevice, what: LessonDevice, door: SceneObject, plate: SceneObject, feet: tuple[str, ...]
    ) -> None:
        """Locks the door.

        Args:
            device: The simulated world.
            what: What unlocks it.
            door: The door.
            plate: The place that unlocks it.
            feet: Names of the robot's feet.
        """
        self._device, self._what, self._plate, self._feet = device, what, plate, feet
        self._until = -math.inf
        self._joint = device.model.joint(f"{door.id}{HINGE_SUFFIX}")

    def step(self, now: float) -> None:
        """Locks or unlocks the hinge.

        Args:
            now: Task time, s.
        """
        if self._pressed():
            self._until = math.inf if self._what.lasts is None else now + self._what.lasts
        self._joint.damping[:] = DOOR_DAMPING if now <= self._until else LOCKED

    def _pressed(self) -> bool:
        """Whether a foot stands on the plate."""
        forces, _ = true_support(self._device, self._feet)
        sites = [self._device.data.site(foot).xpos for foot in self._feet]
        away = [math.dist(site[:2], self._plate.position[:2]) for site in sites]
        return any(force >= PRESSED and off <= PLATE for force, off in zip(forces, away, strict=True))
