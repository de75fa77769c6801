"""Varied robots of a training: their models, and which kinds need most training."""

from __future__ import annotations

import mujoco
import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_index import ModelIndex
from skill_stack.hardware.mujoco.model_variation import ModelVariation, vary_model
from skill_stack.training.physics.grounds import Grounds
from skill_stack.training.tasks.contexts import NeedMap
from skill_stack.training.tasks.task import TrainingTask

Array = np.ndarray

CANDIDATES = 4
"""Candidates drawn for each robot; the one with the lowest success is preferred."""

SIZE = 7
"""Number of values that describe a robot's variation to the critic."""


class RobotVariations:
    """One model per robot; a robot whose episode is over is replaced by another.

    Attributes:
        models: The models.
        told: The variation of each, scaled to about one, for the critic; shape (batch, :data:`SIZE`).
        coefficients: Of adapters, as each is told; shape (batch, adapters).
        kp: Position gains of the joints, N·m/rad, shape (batch, joints).
        kd: Damping gains, N·m·s/rad, as in the model's bias: negative.
        needs: Measured success by property.
        world: Index of each robot's world among ``grounds``, int, shape (batch,); 0 on a floor.
    """

    def __init__(
        self,
        nominal: mujoco.MjModel,
        index: ModelIndex,
        robot: RobotSpec,
        task: TrainingTask,
        rng: np.random.Generator,
        grounds: Grounds | None = None,
    ) -> None:
        """Builds every model.

        Args:
            nominal: The model that is varied.
            index: Addresses in it.
            robot: The robot.
            task: The task.
            rng: Source of chance.
            grounds: Worlds in place of the floor of the nominal model; None for that floor.
        """
        self._nominal, self._index, self._robot, self._rng, self._grounds = nominal, index, robot, rng, grounds
        self._ranges, batch, self._adapters = task.variation, task.ppo.robots, task.adapters
        self._failures = task.failures
        self.coefficients = np.zeros((batch, len(task.adapters.goals) if task.adapters is not None else 0))
        axes = [name for name in task.contexts.axes if name in ("foot_friction", "added_mass", "motor_strength")]
        self.needs = NeedMap(axes, [getattr(task.variation, name) for name in axes], task.contexts.bins)
        self.models: list[mujoco.MjModel] = [nominal] * batch
        self.told = np.zeros((batch, SIZE))
        self.world = np.zeros(batch, dtype=int)
        self._axes = np.zeros((batch, len(axes)))
        self.kp, self.kd = np.zeros((2, batch, robot.size))
        for place in range(batch):
            self.redraw(place)

    def redraw(self, place: int) -> mujoco.MjModel:
        """Replaces one robot by another, in another world.

        Args:
            place: Its index.

        Returns:
            Its new model.
        """
        names = self.needs.names
        drawn = [self._ranges.sample(self._rng) for _ in range(CANDIDATES if names else 1)]
        values = np.array([[getattr(one, name) for name in names] for one in drawn], dtype=float)
        chosen = int(self.needs.choose(values[:, None, :], self._rng)[0]) if names else 0
        base, variation = self._nominal, drawn[chosen]
        if self._grounds is not None:
            self.world[place] = self._grounds.draw(self._rng)
            base = self._grounds.models[self.world[place]]
        if self._failures is not None:
            variation = self._failures.put(variation, self._rng)
        if self._adapters is not None:
            variation, self.coefficients[place] = self._adapters.shift(variation, self._rng)
        model = self.models[place] = vary_model(base, self._robot, variation)
        self._axes[place], self.told[place] = values[chosen], _told(variation)
        self.kp[place] = model.actuator_gainprm[self._index.actuator, 0]
        self.kd[place] = model.actuator_biasprm[self._index.actuator, 2]
        return model

    def report(self, which: Array, fallen: Array, followed: Array) -> None:
        """Counts episodes that are over.

        Args:
            which: Indices of the robots.
            fallen: Whether each has fallen, bool, shape (which,).
            followed: Whether each followed its last command, bool, shape (which,).
        """
        self.needs.report(self._axes[which], ~fallen)
        if self._grounds is not None:
            self._grounds.report(self.world[which], followed)


def _told(variation: ModelVariation) -> list[float]:
    v = variation
    shift = [10 * along for along in v.com_offset]
    return [v.foot_friction or 0.0, v.added_mass, *shift, 5 * (v.motor_strength - 1), v.damping_factor - 1]
