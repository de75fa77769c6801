"""A batch of robots stepped by MuJoCo's own thread pool, and the interface of every such batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Protocol

import mujoco
import numpy as np
from mujoco import rollout

from skill_stack.hardware.mujoco.model_index import ModelIndex

Array = np.ndarray

MOST_THREADS = 8
"""Threads of a pool on a machine with more cores: beyond, what is done in one thread takes the most time."""


class Physics(Protocol):
    """Many robots, stepped together; see :class:`BatchPhysics`.

    Attributes:
        qpos: Positions, shape (batch, nq); writable.
        qvel: Velocities, shape (batch, nv); writable.
    """

    qpos: Array
    qvel: Array

    @property
    def sensors(self) -> Array:
        """Sensor values after the last physics step, shape (batch, nsensordata)."""

    def replace(self, which: int, model: mujoco.MjModel) -> None:
        """Replaces one robot by another of the same sizes."""

    def step(self, target: Array, previous: Array, delay: Array) -> Array:
        """One control tick; returns which robots' simulation diverged."""

    def reset(self, which: Array, qpos: Array, qvel: Array) -> None:
        """Sets the state of some robots."""

    def push(self, body: int, force: Array) -> None:
        """Pushes one body of each robot from now on, N in the world, shape (batch, 3)."""


PhysicsMaker = Callable[[Sequence[mujoco.MjModel], ModelIndex, int], Physics]


class BatchPhysics:
    """Steps many robots by one control tick at a time.

    Attributes:
        qpos: Positions, shape (batch, nq); writable.
        qvel: Velocities, shape (batch, nv); writable.
        sensors: Sensor values after the last physics step, shape (batch, nsensordata).
    """

    def __init__(self, models: Sequence[mujoco.MjModel], index: ModelIndex, substeps: int, threads: int = 0) -> None:
        """Allocates everything.

        Args:
            models: One model per robot, all of the same sizes.
            index: Addresses, the same for all.
            substeps: Physics steps per control tick.
            threads: Threads of the pool; 0 for one for each core that this process may use, at most
                :data:`MOST_THREADS`.
        """
        threads = threads or min(MOST_THREADS, len(os.sched_getaffinity(0)))
        self._models = list(models)
        self._index = index
        model, batch = self._models[0], len(self._models)
        self._timestep = model.opt.timestep
        self._velocity = slice(1 + model.nq, 1 + model.nq + model.nv)
        size = mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS)
        self._state = np.zeros((batch, size))
        self._warmstart = np.zeros((batch, model.nv))
        self._states = np.zeros((batch, substeps, size))
        self._sensors = np.zeros((batch, substeps, model.nsensordata))
        self._bodies = model.nbody
        self._control, self._kinds = np.zeros((batch, substeps, model.nu)), int(mujoco.mjtState.mjSTATE_CTRL)
        self._data = [mujoco.MjData(model) for _ in range(threads)]
        self._pool = rollout.Rollout(nthread=threads)
        # The state vector is time, qpos, qvel for models without activations and plugins.
        self.qpos = self._state[:, 1 : 1 + model.nq]
        self.qvel = self._state[:, self._velocity]
        self.sensors = self._sensors[:, -1]

    def replace(self, which: int, model: mujoco.MjModel) -> None:
        """Replaces one robot by another of the same sizes; its state stays.

        Args:
            which: Index of the robot.
            model: Its new model.
        """
        self._models[which] = model

    def step(self, target: Array, previous: Array, delay: Array) -> Array:
        """One control tick.

        Args:
            target: New joint targets, rad, shape (batch, joints).
            previous: Targets that stay in force until the new ones arrive, same shape.
            delay: Physics steps until they arrive, int, shape (batch,).

        Returns:
            Whether each robot's simulation broke down (and was put back to zero), bool, shape (batch,).
        """
        for step in range(self._control.shape[1]):
            late = (step < delay)[:, None]
            self._control[:, step, self._index.actuator] = np.where(late, previous, target)
        before = self.qvel.copy()
        self._pool.rollout(
            self._models,
            self._data,
            self._state,
            self._control,
            control_spec=self._kinds,
            state=self._states,
            sensordata=self._sensors,
            initial_warmstart=self._warmstart,
        )
        speeds = self._states[:, :, self._velocity]
        before = speeds[:, -2] if speeds.shape[1] > 1 else before
        self._warmstart = (speeds[:, -1] - before) / self._timestep
        self._state[:] = self._states[:, -1]
        broken = ~np.isfinite(self._state).all(axis=1) | (np.abs(self._state[:, 1:]).max(axis=1) > 1e3)
        if broken.any():
            self.reset(np.flatnonzero(broken), self._models[0].qpos0, np.zeros(self.qvel.shape[1]))
        return broken

    def push(self, body: int, force: Array) -> None:
        """Pushes one body of each robot from now on.

        Args:
            body: Its number.
            force: At its centre of mass in the world, N, shape (batch, 3).
        """
        forces = int(mujoco.mjtState.mjSTATE_XFRC_APPLIED)
        if not self._kinds & forces:
            self._kinds |= forces
            self._control = np.pad(self._control, ((0, 0), (0, 0), (0, 6 * self._bodies)))
        at = self._control.shape[2] + 6 * (body - self._bodies)
        self._control[:, :, at : at + 3] = force[:, None]

    def reset(self, which: Array, qpos: Array, qvel: Array) -> None:
        """Sets the state of some robots.

        Args:
            which: Indices of the robots, shape (n,).
            qpos: Their positions, shape (n, nq) or (nq,).
            qvel: Their velocities, shape (n, nv) or (nv,).
        """
        self._state[which, 0] = 0.0
        self.qpos[which] = qpos
        self.qvel[which] = qvel
        self._warmstart[which] = 0.0
        self.sensors[which] = 0.0
