"""Teacher-student distillation: a student learns the teacher's actions in the states that the student visits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from rsl_rl.env import VecEnv
from tensordict import TensorDict
from torch import nn

from skill_stack.core.data_file import DataModel
from skill_stack.training.learners.cloning import CloneResult, CloneSettings, clone, make_network

Teacher = Callable[[TensorDict], torch.Tensor]
"""Actions of a batch of observations; it may use every group, also those hidden from the student."""


class DistilSettings(DataModel):
    """Settings of a distillation.

    Attributes:
        rounds: Rounds of acting and fitting; in the first one the teacher acts, in the last one the student alone.
        ticks: Control ticks of all robots per round.
        group: Observation group that the student sees.
        fit: How the student is fitted after every round, to everything seen so far.
    """

    rounds: int = 5
    ticks: int = 100
    group: str = "actor"
    fit: CloneSettings = CloneSettings(epochs=10)


def distil(
    environment: VecEnv,
    teacher: Teacher,
    settings: DistilSettings,
    seed: int,
    report: Callable[[str], None] = lambda _: None,
) -> CloneResult:
    """Fits a student by dataset aggregation.

    Source: S. Ross, G. Gordon, D. Bagnell, "A Reduction of Imitation Learning and Structured Prediction to No-Regret
    Online Learning" (AISTATS 2011): the teacher labels the states that the student reaches, so that the student also
    learns to come back from its own mistakes.

    Args:
        environment: Many robots; see ``rsl_rl.env.VecEnv``.
        teacher: Whom to learn from.
        settings: How.
        seed: Seed of who acts, of weights and order.
        report: Takes progress lines.

    Returns:
        The student, and its error on examples that were held back from the last fit.
    """
    rng = np.random.default_rng(seed)
    seen: list[np.ndarray] = []
    done: list[np.ndarray] = []
    torch.manual_seed(seed)
    observations = environment.get_observations()
    size = observations[settings.group].shape[1]
    student = make_network(size, settings.fit.hidden, environment.num_actions)
    result = None
    for number in range(settings.rounds):
        share = 1.0 - number / max(1, settings.rounds - 1)
        for _ in range(settings.ticks):
            observations = _act(environment, observations, teacher, student, share, settings.group, rng, seen, done)
        result = clone(np.concatenate(seen), np.concatenate(done), settings.fit, seed, student)
        report(f"round {number + 1} of {settings.rounds}  teacher acts {share:.0%}  error {result.error.mean():.4f}")
    assert result is not None
    return result


def _act(
    environment: VecEnv,
    observations: TensorDict,
    teacher: Teacher,
    student: nn.Sequential,
    share: float,
    group: str,
    rng: np.random.Generator,
    seen: list[np.ndarray],
    done: list[np.ndarray],
) -> TensorDict:
    """One tick: the teacher labels all states, and acts for a share of the robots."""
    with torch.inference_mode():
        told, own = teacher(observations), student(observations[group])
    seen.append(observations[group].numpy().copy())
    done.append(told.numpy().copy())
    led = torch.from_numpy(rng.random(len(told)) < share)[:, None]
    return environment.step(torch.where(led, told, own))[0]
