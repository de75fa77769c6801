"""Training a walk in one context alone, and measuring it in all of them, in the training's physics."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.adapters.compared_walk import PLAIN, walk
from skill_stack.training.export import export, exported_network
from skill_stack.training.learners.head_start import begin_as
from skill_stack.training.learners.learner import TrainingProgress, make_learner
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.task import TrainingTask
from skill_stack.training.train import GOING_ON_STD, go_on

Array = np.ndarray
Report = Callable[[str], None]

LONGEST = 60.0
"""Wall time after which a training in one context ends in any case, minutes."""


@dataclass(frozen=True, slots=True)
class ContextTraining:
    """How a policy is trained in one context.

    Attributes:
        robot: The robot.
        task: The task; it goes on from ``installed``.
        installed: Exported policy to begin as.
        axis: Property of the robot that is the context, by its name in ``variation``.
        robots: Robots at once.
        ticks: Control ticks of all robots together.
        seed: Seed of all that is random.
    """

    robot: RobotSpec
    task: TrainingTask
    installed: Path
    axis: str
    robots: int
    ticks: int
    seed: int

    def __post_init__(self) -> None:
        """Raises UnknownName where the property is none that differs between robots."""
        if self.axis not in PLAIN:
            raise UnknownName("property of a robot", self.axis, PLAIN)

    def train(self, value: float, folder: Path, report: Report) -> Path:
        """The policy of one context; one that is there already is taken as it is.

        Args:
            value: The context.
            folder: Where checkpoints and the policy go.
            report: Takes progress lines.
        """
        path = folder / "policy.onnx"
        if path.is_file():
            return path
        variation = self.task.variation.model_copy(update={self.axis: (value, value)})
        deviation = {"initial_std": GOING_ON_STD, "largest_std": GOING_ON_STD}
        ppo = self.task.ppo.model_copy(update={"robots": self.robots, "patience": 0, **deviation})
        events = self.task.events.model_copy(update={"curriculum_start": 1.0})
        changed = {"variation": variation, "ppo": ppo, "events": events, "teacher": None}
        task = self.task.model_copy(update=changed)
        environment = WalkEnvironment(self.robot, task, self.seed)
        learner, progress = make_learner(environment), TrainingProgress(level=1.0, seed=self.seed)
        begin_as(learner, environment, exported_network(self.installed), report)
        iterations = self.ticks // (ppo.robots * ppo.steps)
        spent = lambda rewards: "its ticks are spent" if len(rewards) >= iterations else ""  # noqa: E731
        last = go_on(environment, learner, progress, folder, LONGEST, report, given_up=spent)
        export(self.robot, task, last, path)
        return path

    def measure(self, path: Path, values: Sequence[float], robots: int, seed: int) -> Array:
        """Rate of success of a policy in each context: a walk of 8 s at any velocity, pushed.

        Args:
            path: The policy.
            values: The contexts.
            robots: Robots in each; their commands and pushes are the same for every policy.
            seed: Of these robots.

        Returns:
            Shape (contexts,).
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        told = Namespace(robots=robots, seed=seed)
        contexts = [{self.axis: value} for value in values]
        return np.array([walk(self.robot, self.task, session, one, (), told).good(one).mean() for one in contexts])
