"""SteppedRobot: a simulated robot that is stepped one control period at a time, with joint targets that come late."""

from __future__ import annotations

from typing import TypeAlias

import mujoco
import numpy as np

Array = np.ndarray
Model: TypeAlias = mujoco.MjModel
"""A compiled model of the physics."""
Data: TypeAlias = mujoco.MjData
"""A state of a model."""


class SteppedRobot:
    """A simulated robot in lock-step.

    Attributes:
        data: Its state; what writes to it moves the robot by hand.
    """

    def __init__(
        self, model: Model, data: mujoco.MjData, actuators: Array, target: Array, tick: float, latency: float
    ) -> None:
        """Begins in a state.

        Args:
            model: Its model.
            data: The state.
            actuators: Actuators of the joint targets, shape (joints,).
            target: The targets in force, rad, shape (joints,).
            tick: Control period, s.
            latency: Time after which targets come into force, below one period, s.
        """
        self.data, self._model, self._actuators = data, model, actuators
        self._steps, self._late = round(tick / model.opt.timestep), round(latency / model.opt.timestep)
        self._target = target

    def tick(self, target: Array) -> None:
        """One control period.

        Args:
            target: New joint targets, rad, shape (joints,).
        """
        for step in range(self._steps):
            self.data.ctrl[self._actuators] = self._target if step < self._late else target
            mujoco.mj_step(self._model, self.data)
        self._target = target

    def look(self) -> tuple[Array, Array]:
        """Its full state (time, positions, velocities), and its sensors at the same moment."""
        mujoco.mj_forward(self._model, self.data)
        return np.concatenate([[self.data.time], self.data.qpos, self.data.qvel]), self.data.sensordata.copy()
