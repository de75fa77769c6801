"""SharedWorld: several robots in one physics, each behind its own device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.model_index import ModelIndex, index_model
from skill_stack.hardware.mujoco.model_variation import vary_model
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.mujoco_model import IMU_SITE, robot_spec, scene_variation
from skill_stack.hardware.mujoco.persons.taker import takers
from skill_stack.hardware.mujoco.scene_geometry import ROBOT_BIT, add_objects, add_patches

Array = np.ndarray

PHYSICS_STEP = 0.005
"""Longest physics step, s, as that of a robot alone."""
MOST = 8
"""Most robots in one world: each needs its own contact bit."""
_PARKED, _APART = 20.0, 5.0  # m above the ground, and from robot to robot, where those wait that are not placed yet


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """A robot of a shared world.

    Attributes:
        robot: The robot.
        setup: The scene with its seed applied, and this robot's own start.
    """

    robot: RobotSpec
    setup: SceneSetup


class SharedWorld:
    """One model and its data. Time advances when the step function of every robot's device was called.

    Attributes:
        model: The MuJoCo model of all robots and the scene's objects.
        data: Its data.
        devices: One device for each robot, in the order given.
        touched: Pairs of robots, by their numbers, that have touched one another; for scoring only.
    """

    def __init__(self, inhabitants: Sequence[Inhabitant]) -> None:
        """Builds the world and places every robot at its start: lying, or hung from a gantry if it cannot lie.

        Args:
            inhabitants: The robots; the objects are those of the first one's scene.

        Raises:
            DataError: Too many robots, different control rates, or one that is bolted down or of several parts.
            ResourceNotFound: A URDF or meshes are not installed.
        """
        _check(inhabitants)
        substeps = int(np.ceil(1.0 / (inhabitants[0].robot.control_rate * PHYSICS_STEP) - 1e-9))
        self.model = _build(inhabitants, 1.0 / (inhabitants[0].robot.control_rate * substeps))
        self.data = mujoco.MjData(self.model)
        self._takers = takers(self.data, inhabitants[0].setup)
        self._owed: dict[int, int] = {}
        self.devices: list[SharedDevice] = []
        for number, one in enumerate(inhabitants):
            base = index_model(self.model, one.robot, prefix_of(number)).base_qpos
            self.data.qpos[base : base + 3] = (_APART * number, 0.0, _PARKED)
        for number, one in enumerate(inhabitants):
            self.devices.append(SharedDevice(self, number, one))
        self.data.time = 0.0
        self._own = _objects_state(self.model, self.devices)
        self.touched: set[tuple[int, int]] = set()
        self._robot_of = np.full(self.model.ngeom, -1)
        for number, device in enumerate(self.devices):
            root = self.model.body_rootid[device._index.base_body]
            self._robot_of[self.model.body_rootid[self.model.geom_bodyid] == root] = number

    def objects(self) -> Array:
        """Poses of movable objects, as in ``qpos`` behind a single robot."""
        return self.data.qpos[self._own]

    def request_steps(self, number: int, steps: int) -> None:
        """Registers physics steps of one robot; they are taken once all are registered."""
        self._owed[number] = steps
        if len(self._owed) < len(self.devices):
            return
        if len(set(self._owed.values())) != 1:
            raise DataError("robots of one world step together")
        self._owed.clear()
        for _ in range(steps):
            for device in self.devices:
                device.begin_step()
            for taker in self._takers:
                taker.step()
            mujoco.mj_step(self.model, self.data)
            for device in self.devices:
                device.end_step()
            self._note_contacts()

    def _note_contacts(self) -> None:
        """Notes robots in contact with one another."""
        pairs = self._robot_of[self.data.contact.geom].reshape(-1, 2)
        between = (pairs[:, 0] >= 0) & (pairs[:, 1] >= 0) & (pairs[:, 0] != pairs[:, 1])
        if between.any():
            self.touched |= {(int(min(pair)), int(max(pair))) for pair in pairs[between]}


class SharedDevice(MujocoDevice):
    """One robot of a shared world; see :class:`~skill_stack.hardware.mujoco.mujoco_device.MujocoDevice`."""

    def __init__(self, world: SharedWorld, number: int, one: Inhabitant) -> None:
        """Places the robot at its start.

        Args:
            world: The world, built and not stepped yet.
            number: Place of the robot in it.
            one: The robot.
        """
        self._world, self._number, self.prefix = world, number, prefix_of(number)
        self._held: Array | None = None
        super().__init__(one.robot, one.setup)
        index = self._index
        self._body = slice(index.base_qpos, index.base_qpos + 7 + one.robot.size)
        self._speed = slice(index.base_qvel, index.base_qvel + 6 + one.robot.size)
        self._site = self.model.site(self.prefix + IMU_SITE).id
        if self._hung:
            self._held = self.data.qpos[self._body].copy()

    def _build(
        self, robot: RobotSpec, setup: SceneSetup, timestep: float
    ) -> tuple[mujoco.MjModel, mujoco.MjData, ModelIndex]:
        world = self._world
        return world.model, world.data, index_model(world.model, robot, self.prefix)

    def advance(self, steps: int = 1) -> None:
        """Steps the physics as soon as the other robots are to advance as far."""
        self._world.request_steps(self._number, steps)

    def begin_step(self) -> None:
        """Applies commands that are due."""
        while self._pending and self._pending[0][0] <= self._steps:
            self._obey_next()
        self._steps += 1

    def end_step(self) -> None:
        """Adds the gantry's force on a hanging robot to its accelerometer."""
        if self._held is None:
            return
        if not self._hung:
            self._held = None
            return
        self.data.qpos[self._body], self.data.qvel[self._speed] = self._held, 0.0
        up = self.data.site_xmat[self._site].reshape(3, 3)[2]
        self._sensordata[self._index.accelerometer] = -self.model.opt.gravity[2] * up
        self._sensordata[self._index.gyro] = 0.0

    def state(self) -> Array:
        """See the base class: this robot, and movable objects."""
        return np.concatenate((self.data.qpos[self._body], self._world.objects()))


def prefix_of(number: int) -> str:
    """Name prefix of a robot; empty for the first one."""
    return f"robot{number}/" if number else ""


def _check(inhabitants: Sequence[Inhabitant]) -> None:
    if not 0 < len(inhabitants) <= MOST:
        raise DataError(f"{len(inhabitants)} robots in one world; it takes 1 to {MOST}")
    for one in inhabitants:
        if one.robot.fixed is not None or len(one.robot.parts) > 1:
            raise DataError(f"{one.robot.name} is bolted down or of several parts: it needs a world of its own")
        if one.setup.harsh.any:
            raise DataError(f"scene '{one.setup.name}' is harsh, which a robot needs a world of its own for")
    rates = {one.robot.control_rate for one in inhabitants}
    if len(rates) > 1:
        raise DataError(f"robots of one world step together; their control rates are {sorted(rates)} Hz")


def _build(inhabitants: Sequence[Inhabitant], timestep: float) -> mujoco.MjModel:
    """The first robot with the scene's objects, and the others attached to it."""
    specs = [robot_spec(one.robot, timestep) for one in inhabitants]
    whole, setup = specs[0], inhabitants[0].setup
    for number, spec in enumerate(specs):
        _tell_apart(spec, number)
    for number, spec in enumerate(specs[1:], 1):
        spec.delete(spec.geom("floor"))
        for light in list(spec.lights):
            spec.delete(light)
        whole.attach(spec, prefix=prefix_of(number), frame=whole.worldbody.add_frame())
    add_objects(whole, setup.objects)
    add_patches(whole, setup.patches)
    model = whole.compile()
    for number, one in enumerate(inhabitants):
        model = vary_model(model, one.robot, scene_variation(one.robot, one.setup), prefix_of(number))
    return model


def _tell_apart(spec: mujoco.MjSpec, number: int) -> None:
    """Contact bits with which a robot collides with the world and the robots before it, but never with itself."""
    own, before = ROBOT_BIT << (number + 1), sum(ROBOT_BIT << (other + 1) for other in range(number))
    for body in spec.bodies:
        for geom in body.geoms if body.name != "world" else ():
            if geom.contype & ROBOT_BIT:
                geom.contype, geom.conaffinity = ROBOT_BIT | own, before


def _objects_state(model: mujoco.MjModel, devices: Sequence[SharedDevice]) -> Array:
    """Addresses in ``qpos`` that belong to no robot."""
    free = np.ones(model.nq, bool)
    for device in devices:
        free[device._body] = False
    return np.flatnonzero(free)
