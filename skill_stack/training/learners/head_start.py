"""A learner initialised from a teacher: its actor copies the teacher, its critic is fitted to the copy."""

from __future__ import annotations

from collections.abc import Callable

from rsl_rl.algorithms import PPO
from torch import nn

from skill_stack.core.errors import DataError
from skill_stack.training.learners.cloning import CloneSettings
from skill_stack.training.learners.distillation import DistilSettings, Teacher, distil
from skill_stack.training.learners.learner import collect
from skill_stack.training.physics.training_environment import TrainingEnvironment

ROUNDS, TICKS, EPOCHS, BATCH = 6, 60, 6, 1024
"""How the actor learns: from some 180 000 examples of 512 robots."""
VALUE_ITERATIONS = 20
"""Updates of the critic alone: an untrained one would spoil the actor within its first updates."""
VALUE_RATE = 1e-3
FIRST_RATE = 3e-5
"""Learning rate at which the actor continues, adapted from there. A first step at 1e-3 made a walk fall twice a second.
"""


def take_after(
    learner: PPO,
    environment: TrainingEnvironment,
    teacher: Teacher,
    seed: int,
    report: Callable[[str], None] = lambda _: None,
    settings: DistilSettings | None = None,
    iterations: int | None = None,
    rounds: int | None = None,
) -> None:
    """Fits a learner's actor to a teacher, and its critic to that actor.

    Args:
        learner: The learner; both of its networks change.
        environment: The robots.
        teacher: Whom to copy.
        seed: Seed of who acts and of the examples' order.
        report: Takes progress lines.
        settings: How the copy is made; the networks' sizes are the task's.
        iterations: Updates of the critic; None: :data:`VALUE_ITERATIONS`.
        rounds: Rounds of the copy without ``settings``; None: :data:`ROUNDS`.
    """
    ppo = environment.ppo
    fit = CloneSettings(hidden=ppo.hidden, epochs=EPOCHS, batch=BATCH)
    settings = settings or DistilSettings(rounds=rounds or ROUNDS, ticks=TICKS, fit=fit)
    result = distil(environment, teacher, settings, seed, report)
    begin_as(learner, environment, result.network, report, iterations or VALUE_ITERATIONS)


def begin_as(
    learner: PPO,
    environment: TrainingEnvironment,
    student: nn.Sequential,
    report: Callable[[str], None] = lambda _: None,
    iterations: int = VALUE_ITERATIONS,
) -> None:
    """Puts a student in the place of a learner's actor, and fits its critic to that.

    Args:
        learner: The learner; both of its networks change.
        environment: The robots that the critic learns from.
        student: Layers of the sizes of the task's network.
        report: Takes progress lines.
        iterations: Updates of the critic.

    Raises:
        DataError: The student has other sizes.
    """
    try:
        learner.actor.mlp.load_state_dict(student.state_dict())
    except RuntimeError as error:
        raise DataError(f"the network to begin as does not fit the task's observations or layers: {error}") from error
    fit_critic(learner, environment, report, iterations)


def fit_critic(
    learner: PPO,
    environment: TrainingEnvironment,
    report: Callable[[str], None] = lambda _: None,
    iterations: int = VALUE_ITERATIONS,
) -> None:
    """Updates only the critic, at a fixed rate; the actor then goes on slowly.

    Args:
        learner: The learner.
        environment: The robots that the critic learns from.
        report: Takes progress lines.
        iterations: Updates.
    """
    schedule = learner.schedule
    learner.schedule = "fixed"
    learner.actor.requires_grad_(False)
    _set_rate(learner, VALUE_RATE)
    environment.statistics.clear()
    for number in range(iterations):
        collect(environment, learner, environment.ppo.steps)
        learner.update()
        if (number + 1) % 5 == 0:
            falls = environment.statistics.summary()["falls_per_minute"]
            report(f"critic {number + 1} of {iterations}  falls/min {falls:.2f}")
            environment.statistics.clear()
    learner.actor.requires_grad_(True)
    learner.schedule = schedule
    _set_rate(learner, FIRST_RATE)


def _set_rate(learner: PPO, rate: float) -> None:
    learner.learning_rate = rate
    for group in learner.optimizer.param_groups:
        group["lr"] = rate
