"""Separate fine-tunes: adapters that PPO trains one by one, each for a gait, with the gait clock of the base."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.adapters.adapted_layers import Layers
from skill_stack.training.adapters.compared_walk import PLAIN, steady
from skill_stack.training.archive.cells import SPEEDS
from skill_stack.training.archive.deltas import Delta, acted, bounded, decomposed
from skill_stack.training.learners.head_start import fit_critic
from skill_stack.training.learners.learner import collect, limit_exploration, make_learner
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.task import TrainingTask

Array = np.ndarray

ROBOTS, CRITIC, CONTACTS = 128, 3, 20.0
"""Robots that PPO learns with, updates of the critic alone before, and weight of contacts that are right."""
LEARNING = {"initial_std": 0.4, "largest_std": 0.4, "desired_kl": 0.03, "gamma": 0.97}
"""Wider exploration, longer updates and a nearer horizon than the task's: that changed the adapters the most."""


class TunedLayers(nn.Module):
    """The base's layers, which stay, and one adapter that learns; see :func:`~.deltas.acted`."""

    def __init__(self, base: Layers, rank: int) -> None:
        """Begins with an adapter that changes nothing, as ``AdaptedLayers`` does."""
        super().__init__()
        self._base, self.rank = base, rank
        self.down, self.up = nn.ParameterList(), nn.ParameterList()
        for weight, _ in base:
            outputs, inputs = weight.shape
            self.down.append(torch.randn(1, inputs, rank) / inputs**0.5)
            self.up.append(torch.zeros(1, rank, outputs))

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Outputs of a batch of observations."""
        return acted(self._base, list(zip(self.down, self.up)), observation)

    def delta(self, turned: Array) -> Delta:
        """The adapter as it is now; ``turned`` makes the observations that it sees from those of the base's clock."""
        pairs = [
            (up.detach()[0].T.double().numpy(), down.detach()[0].T.double().numpy())
            for down, up in zip(self.down, self.up)
        ]
        pairs[0] = (pairs[0][0], pairs[0][1] @ turned)
        return tuple(decomposed(up, down, self.rank) for up, down in pairs)


def gait_task(task: TrainingTask, duty: float, rear: float) -> TrainingTask:
    """The task of walking straight at any speed of the archive with a symmetrical gait; worlds are those of trials.

    Args:
        task: The task of adapters.
        duty: Share of a stride for which a foot is to stand.
        rear: How far the rear foot of a side is to be behind the front one, a share of a stride.
    """
    feet = dict(zip(task.gait.offsets, (0.0, 0.5, -rear % 1.0, (0.5 - rear) % 1.0)))
    plain = steady(task, PLAIN, ROBOTS)
    train = {"vx": (float(SPEEDS[0]), float(SPEEDS[-1])), "vy": (0.0, 0.0), "wz": (0.0, 0.0)}
    rewards = tuple(
        one.model_copy(update={"weight": CONTACTS}) if one.name == "gait_contact" else one for one in plain.rewards
    )
    return plain.model_copy(
        update={
            "commands": tuple(one.model_copy(update={"train": train[one.name]}) for one in plain.commands),
            "gait": task.gait.model_copy(update={"offsets": feet, "stance": duty}),
            "events": plain.events.model_copy(
                update={"episode": 10.0, "command_interval": (3.0, 6.0), "single_axis_share": 0.0}
            ),
            "rewards": rewards,
            "ppo": plain.ppo.model_copy(update=LEARNING),
        }
    )


def turned_clock(robot: RobotSpec, task: TrainingTask, other: TrainingTask) -> Array:
    """The matrix that makes an observation with the clock of another gait from one with the task's; they are scaled.

    Sine and cosine of each foot's phase are turned by the difference of the offsets: a network whose first layer is
    multiplied with the transpose sees the other clock and acts by its own.
    """
    contract = task.contract(robot)
    place = contract.observation_names.index("gait_phase")
    begin, feet = sum(contract.observation_sizes[:place]), len(robot.feet)
    matrix = np.eye(sum(contract.observation_sizes))
    for number, foot in enumerate(one.name for one in robot.feet):
        angle = 2.0 * np.pi * (other.gait.offsets[foot] - task.gait.offsets[foot])
        sine, cosine = begin + number, begin + feet + number
        matrix[sine, [sine, cosine]] = np.cos(angle), np.sin(angle)
        matrix[cosine, [sine, cosine]] = -np.sin(angle), np.cos(angle)
    return matrix


def fine_tuned(
    robot: RobotSpec, task: TrainingTask, base: Layers, gait: tuple[float, float], bounds: Array, seed: int,
    iterations: int, every: int, report: Callable[[str], None],
) -> Iterator[tuple[Delta, int]]:  # fmt: skip
    """Adapters on the way of a fine-tune, and the control ticks of all robots since the one before.

    Args:
        robot: The robot.
        task: The task of adapters; its rank is theirs.
        base: Layers of the base.
        gait: Duty factor and phase of the rear feet that are wanted.
        bounds: Largest singular value of each layer, shape (layers,).
        seed: Seed of worlds and network.
        iterations: Updates.
        every: Updates between adapters.
        report: Takes a line for each adapter.
    """
    torch.manual_seed(seed)
    assert task.adapters is not None
    wanted = gait_task(task, *gait)
    environment = WalkEnvironment(robot, wanted, seed)
    turned = turned_clock(robot, steady(task, PLAIN, 1), wanted)
    first = base[0][0] @ torch.from_numpy(turned.T.astype(np.float32))
    layers = TunedLayers([(first, base[0][1]), *base[1:]], task.adapters.rank)
    learner = make_learner(environment)
    learner.actor.mlp = layers
    learner.optimizer = torch.optim.Adam(
        [*learner.actor.parameters(), *learner.critic.parameters()], lr=learner.learning_rate
    )
    rate, ticks = learner.learning_rate, wanted.ppo.steps * ROBOTS
    fit_critic(learner, environment, iterations=CRITIC)
    learner.learning_rate = rate
    steps = CRITIC * ticks
    for number in range(1, iterations + 1):
        collect(environment, learner, wanted.ppo.steps)
        learner.update()
        limit_exploration(learner, wanted.ppo.largest_std)
        steps += ticks
        if number % every == 0 or number == iterations:
            summary = environment.statistics.summary()
            report(f"  update {number} of {iterations}  " + "  ".join(
                f"{name} {summary[name]:.2f}" for name in ("gait_contact", "linear_error_mps", "falls_per_minute")))
            environment.statistics.clear()
            yield bounded(layers.delta(turned), bounds), steps
            steps = 0
