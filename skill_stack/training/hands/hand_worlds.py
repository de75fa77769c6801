"""Hands with an object in the palm: their models, and the states in which a policy takes over."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.camera_spec import matrix_of
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import multiply
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.model_index import ModelIndex, index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.hands.hand_task import HandledShape, HandTrainingTask
from skill_stack.training.physics.physics import BatchPhysics
from skill_stack.training.tasks.contexts import NeedMap

Array = np.ndarray
THING = "thing"
GRAVITY = 9.81  # m/s²
STARTS = 2
"""States per world in which a policy takes over: the object is let go at another place each time."""
CANDIDATES = 4
"""Worlds drawn for each new episode; the one with the lowest success is preferred."""
AXES = ("size", "mass", "friction", "motor_strength")
PALM_TURNS = {"up": 0.0, "side": 0.5 * np.pi, "down": np.pi}
"""Angle between the palm's direction and up, rad."""


@dataclass(frozen=True, slots=True)
class HandWorld:
    """One hand with its object.

    Attributes:
        model: Its model.
        values: Size, m, mass, kg, friction and motor strength, as in :data:`AXES`, shape (4,).
        states: Positions and velocities when a policy takes over, shape (starts, nq + nv).
    """

    model: mujoco.MjModel
    values: Array
    states: Array


class HandWorlds:
    """A bank of worlds, and which kinds of them need most training.

    Attributes:
        worlds: The bank; only worlds whose object stays in the hand while that closes.
        nominal: A model with the sizes of all of them.
        index: Addresses in it.
        thing: First address of the object's pose in ``qpos``, and of its velocity in ``qvel``.
        body: Number of the object's body.
        substeps: Physics steps in a tick of the control loop.
        palm: Position, m, and orientation of the palm in the world, w-x-y-z, which do not change.
        needs: Measured success by property.
        kept: Share of drawn worlds whose object stayed.
    """

    def __init__(self, robot: RobotSpec, task: HandTrainingTask, rng: np.random.Generator) -> None:
        """Draws the worlds and lets each hand close around its object.

        Args:
            robot: A hand that is bolted down.
            task: The task.
            rng: Source of chance.

        Raises:
            DataError: No object stays in the hand.
            UnknownName: A context that is not known.
        """
        self._robot, self._task, self._rng = robot, task, rng
        self.substeps = task.substeps(robot.control_rate)
        strange = [name for name in task.contexts.axes if name not in AXES]
        if strange:
            raise UnknownName("context of a hand", strange[0], AXES)
        drawn = [self._draw() for _ in range(task.worlds)]
        self.nominal = drawn[0][0]
        self.index: ModelIndex = index_model(self.nominal, robot)
        joint = self.nominal.joint(f"{THING}_free")
        self.thing = int(joint.qposadr[0]), int(joint.dofadr[0])
        self.body = int(self.nominal.body(THING).id)
        base, frame = self.nominal.qpos0[self.index.base_qpos :][:7], robot.palm_frame.pose
        turned = multiply(tuple(base[3:].tolist()), tuple(frame[3:].tolist()))
        self.palm = base[:3] + matrix_of(base[3:]) @ frame[:3], np.array(turned)
        self.worlds = self._close(drawn)
        self.kept = sum(len(world.states) for world in self.worlds) / (STARTS * task.worlds)
        if not self.worlds:
            raise DataError(f"{task.robot}/{task.skill}: no object stays in the hand; try another objects.place")
        values = np.array([world.values for world in self.worlds])
        self._axes = [AXES.index(name) for name in task.contexts.axes]
        self.middle, self.width = values.mean(axis=0), values.std(axis=0) + 1e-6
        limits = [(float(values[:, axis].min()), float(values[:, axis].max())) for axis in self._axes]
        self.needs = NeedMap(task.contexts.axes, limits, task.contexts.bins)
        self._needed = values[:, self._axes]

    def _draw(self) -> tuple[mujoco.MjModel, Array]:
        objects, rng = self._task.objects, self._rng
        size, shape = _extent(objects.shapes[int(rng.integers(len(objects.shapes)))], rng)
        mass, friction = float(rng.uniform(*objects.mass)), float(rng.uniform(*objects.friction))
        strength = float(rng.uniform(*self._task.events.motor_strength))
        thing = SceneObject(
            THING, THING, (0.0, 0.0, 1.0), shape=shape, size=size, movable=True, mass=mass, friction=friction
        )
        start = Pose2(0.0, 0.0, 0.0)
        setup = SceneSetup(name=THING, seed=0, start=start, objects=(thing,), motor_strength=strength)
        model = build_model(self._robot, setup, timestep=1.0 / (self._robot.control_rate * self.substeps))
        model.opt.gravity[:] = -GRAVITY * self._up(model)
        return model, np.array([size[0], mass, friction, strength])

    def _up(self, model: mujoco.MjModel) -> Array:
        """Direction against gravity in the world, shape (3,), for a palm that looks where it should."""
        objects, rng = self._task.objects, self._rng
        base = matrix_of(model.body(self._robot.source.base_link).quat)
        palm = base @ matrix_of(self._robot.palm_frame.pose[3:])
        away = PALM_TURNS[objects.palm] + float(rng.uniform(-objects.tilt, objects.tilt))
        around = float(rng.uniform(-np.pi, np.pi))
        in_palm = np.array([np.cos(away), np.sin(away) * np.cos(around), np.sin(away) * np.sin(around)])
        return np.asarray(palm @ in_palm)

    def _close(self, drawn: list[tuple[mujoco.MjModel, Array]]) -> list[HandWorld]:
        """Lets each hand close around its object; worlds with the states in which it still lies there."""
        models = [model for model, _ in drawn for _ in range(STARTS)]
        events, robot, count = self._task.events, self._robot, len(models)
        physics = BatchPhysics(models, self.index, self.substeps)
        qpos = np.tile(self.nominal.qpos0, (count, 1))
        open_hand, closed = robot.pose("default"), robot.pose(self._task.pose)
        qpos[:, self.index.joint_qpos] = open_hand
        at = self.thing[0]
        qpos[:, at : at + 7] = [self._lie() for _ in range(count)]
        physics.reset(np.arange(count), qpos, np.zeros((count, self.nominal.nv)))
        before, none = np.tile(open_hand, (count, 1)), np.zeros(count, int)
        ticks = [round(seconds * robot.control_rate) for seconds in (events.settle, events.close, events.settle)]
        shares = [*np.zeros(ticks[0]), *(0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, ticks[1]))), *np.ones(ticks[2])]
        lost = np.zeros(count, bool)
        for share in shares:
            target = np.tile(open_hand + share * (closed - open_hand), (count, 1))
            lost |= physics.step(target, before, none)
            before = target
        place = self.in_palm(physics.qpos[:, at : at + 3])
        lost |= np.linalg.norm(place - self._task.objects.place, axis=1) > self._task.lost.strayed
        states = np.concatenate([physics.qpos, physics.qvel], axis=1).reshape(len(drawn), STARTS, -1)
        there = ~lost.reshape(-1, STARTS)
        worlds = [HandWorld(model, values, states[n][there[n]]) for n, (model, values) in enumerate(drawn)]
        return [world for world in worlds if len(world.states)]

    def _lie(self) -> Array:
        """Pose of an object let go over the palm, m and w-x-y-z, shape (7,)."""
        objects, rng = self._task.objects, self._rng
        place = np.add(objects.place, (0.0, *rng.uniform(-objects.shift, objects.shift, 2)))
        angle = float(rng.uniform(-objects.turned, objects.turned)) + 0.5 * np.pi * int(rng.integers(4))
        about = (float(np.cos(0.5 * angle)), float(np.sin(0.5 * angle)), 0.0, 0.0)
        position, orientation = self.palm
        turned = multiply(tuple(orientation.tolist()), about)  # as in the episodes that judge
        return np.array([*(position + self.rotation @ place), *turned])

    @property
    def rotation(self) -> Array:
        """Rotation from the palm's frame to the world, shape (3, 3)."""
        return matrix_of(self.palm[1])

    def in_palm(self, place: Array) -> Array:
        """Places in the frame of the palm, m, of places in the world, shape (n, 3)."""
        return np.asarray((place - self.palm[0]) @ self.rotation)

    def choose(self, count: int) -> tuple[Array, Array]:
        """Worlds for new episodes, by their need.

        Returns:
            Numbers of the worlds, int, shape (count,), and states to begin with, shape (count, nq + nv).
        """
        rng = self._rng
        candidates = rng.integers(len(self.worlds), size=(CANDIDATES, count))
        chosen = self.needs.choose(self._needed[candidates], rng) if self._axes else np.zeros(count, int)
        numbers = candidates[chosen, np.arange(count)]
        states = [self.worlds[number].states for number in numbers]
        return numbers, np.array([state[int(rng.integers(len(state)))] for state in states])

    def report(self, numbers: Array, succeeded: Array) -> None:
        """Counts episodes that are over: worlds, shape (n,), and whether each went well, bool, shape (n,)."""
        self.needs.report(self._needed[numbers], succeeded)


def _extent(kind: HandledShape, rng: np.random.Generator) -> tuple[tuple[float, float, float], str]:
    """Extents of one object, m, and its shape."""
    across = float(rng.uniform(*kind.across))
    other = across * (float(rng.uniform(*kind.other)) if kind.shape == "box" else 1.0)
    height = float(rng.uniform(*kind.height)) if kind.height and kind.shape != "sphere" else across
    return (across, other, height), kind.shape
