"""Robots of the training that are told a latent from outside."""

from __future__ import annotations

import numpy as np
import torch

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.body_prior.teachers import GOALS
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.task import TrainingTask

Array = np.ndarray
NEVER = 1e6  # s


class LatentWorlds(WalkEnvironment):
    """Many differing robots; goal values are the numbers of a latent, which nobody draws here.

    Attributes:
        place: Where the latent is in an observation.
    """

    def __init__(self, robot: RobotSpec, task: TrainingTask, seed: int) -> None:
        """Builds the robots.

        Args:
            robot: The robot.
            task: The task of the decoder.
            seed: Seed of everything that is random here.
        """
        events = task.events.model_copy(update={"command_interval": (NEVER, NEVER), "curriculum_start": 1.0})
        super().__init__(robot, task.model_copy(update={"events": events}), seed)
        self.place: slice = self._builder.slices[GOALS]

    def picked(self, terms: tuple[str, ...]) -> torch.Tensor:
        """Places of observation terms in the observation."""
        slices = self._builder.slices
        return torch.cat([torch.arange(slices[name].start, slices[name].stop) for name in terms])

    def parts(self) -> dict[str, Array]:
        """Noisy observation terms by name, raw."""
        return {name: self._seen[:, place] for name, place in self._builder.slices.items()}

    @property
    def phase(self) -> Array:
        """Phase of each robot's clock, 0 to 1, shape (robots,)."""
        return self._clock.phase

    @property
    def speed(self) -> Array:
        """True speed of each base in the plane, m/s, shape (robots,)."""
        return np.linalg.norm(self.state.base_velocity[:, :2], axis=1)

    @property
    def tick(self) -> float:
        """Length of a control tick, s."""
        return self._dt
