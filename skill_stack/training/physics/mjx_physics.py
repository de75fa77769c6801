"""MjxPhysics: a batch of robots stepped by MJX, MuJoCo on JAX, on a GPU."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import jax
import mujoco
import numpy as np
from jax import numpy as jnp
from mujoco import mjx

from skill_stack.hardware.mujoco.model_index import ModelIndex

Array = np.ndarray

VARIED = (
    "body_mass", "body_inertia", "body_ipos", "body_subtreemass", "body_invweight0", "dof_invweight0",
    "dof_frictionloss", "geom_friction", "actuator_gainprm", "actuator_biasprm",
)  # fmt: skip
"""Fields in which the robots of a batch differ: those that ``vary_model`` sets, and derived ones."""
STEPS = 8
"""Most steps of the solver, and of each of its line searches: all robots wait for the one that needs most. Of 16 robots
with random targets none was elsewhere after 25 ticks than with 20, which MuJoCo has; with 4 by 2 mm (median), with 2
by 0.2 m.
"""
WILD = 1e3
"""Magnitude of any number of a state beyond which the simulation has diverged, SI."""


def gpu_is_available() -> bool:
    """Whether JAX sees a GPU."""
    return any(device.platform in ("gpu", "cuda", "rocm") for device in jax.devices())


class MjxPhysics:
    """Steps many robots by one control tick at a time; see :class:`skill_stack.training.physics.physics.BatchPhysics`.

    States cross between host and device once for every control tick, so that observations and rewards are the very code
    that trains without it.

    Attributes:
        qpos: Positions, shape (batch, nq); writable.
        qvel: Velocities, shape (batch, nv); writable.
        sensors: Sensor values after the last physics step, shape (batch, nsensordata).
    """

    def __init__(self, models: Sequence[mujoco.MjModel], index: ModelIndex, substeps: int) -> None:
        """Transfers the models; the first step compiles, which takes a minute.

        Args:
            models: One model per robot, all of the same sizes.
            index: Addresses, the same for all.
            substeps: Physics steps per control tick.

        Raises:
            NotImplementedError: The model has something that MJX lacks.
        """
        model, batch = copy.copy(models[0]), len(models)
        model.opt.iterations = min(model.opt.iterations, STEPS)
        model.opt.ls_iterations = min(model.opt.ls_iterations, STEPS)
        self._model, self._index = model, index
        self._shared, self._template = mjx.put_model(model), mjx.make_data(model)
        self._fields = {name: np.array([getattr(one, name) for one in models]) for name in VARIED}
        self._sent: dict[str, Any] | None = None
        self.qpos, self.qvel = np.tile(model.qpos0, (batch, 1)), np.zeros((batch, model.nv))
        self.sensors = np.zeros((batch, model.nsensordata))
        self._warmstart = np.zeros((batch, model.nv))
        self._control, self._forces = np.zeros((batch, substeps, model.nu)), np.zeros((batch, model.nbody, 6))
        self._tick = jax.jit(jax.vmap(self._one_tick))

    def replace(self, which: int, model: mujoco.MjModel) -> None:
        """Replaces one robot by another of the same sizes; its state stays.

        Args:
            which: Index of the robot.
            model: Its new model.
        """
        for name, values in self._fields.items():
            values[which] = getattr(model, name)
        self._sent = None

    def step(self, target: Array, previous: Array, delay: Array) -> Array:
        """One control tick; see :meth:`skill_stack.training.physics.physics.BatchPhysics.step`."""
        for step in range(self._control.shape[1]):
            late = (step < delay)[:, None]
            self._control[:, step, self._index.actuator] = np.where(late, previous, target)
        if self._sent is None:
            self._sent = {name: jnp.asarray(values) for name, values in self._fields.items()}
        found = self._tick(self._sent, self.qpos, self.qvel, self._warmstart, self._control, self._forces)
        for place, values in zip((self.qpos, self.qvel, self._warmstart, self.sensors), found, strict=True):
            place[:] = values
        states = np.concatenate((self.qpos, self.qvel), axis=1)
        broken = ~np.isfinite(states).all(axis=1) | (np.abs(states).max(axis=1) > WILD)
        if broken.any():
            self.reset(np.flatnonzero(broken), self._model.qpos0, np.zeros(self._model.nv))
        return broken

    def reset(self, which: Array, qpos: Array, qvel: Array) -> None:
        """Sets the state of some robots.

        Args:
            which: Indices of the robots, shape (n,).
            qpos: Their positions, shape (n, nq) or (nq,).
            qvel: Their velocities, shape (n, nv) or (nv,).
        """
        self.qpos[which], self.qvel[which] = qpos, qvel
        self._warmstart[which], self.sensors[which] = 0.0, 0.0

    def push(self, body: int, force: Array) -> None:
        """Pushes one body; see :meth:`skill_stack.training.physics.physics.BatchPhysics.push`."""
        self._forces[:, body, :3] = force

    def _one_tick(
        self, fields: dict[str, Any], qpos: Any, qvel: Any, warmstart: Any, control: Any, forces: Any
    ) -> tuple[Any, ...]:
        """All physics steps of one robot, on the device."""
        model = self._shared.replace(**fields)
        begin = self._template.replace(qpos=qpos, qvel=qvel, qacc_warmstart=warmstart, xfrc_applied=forces)

        def once(data: Any, ctrl: Any) -> tuple[Any, None]:
            return mjx.step(model, data.replace(ctrl=ctrl)), None

        end, _ = jax.lax.scan(once, begin, control)
        return end.qpos, end.qvel, end.qacc_warmstart, end.sensordata
