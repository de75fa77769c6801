"""KeptBest: the best state of a training run, for one that gets worse later, or diverges."""

from __future__ import annotations

import math
from collections import deque
from pathlib import Path

from rsl_rl.algorithms import PPO

from skill_stack.training.learners.divergence import TrainingDiverged, finite
from skill_stack.training.learners.learner import TrainingProgress, save_checkpoint

WINDOW = 20
"""Iterations whose mean score counts: of a single one, robots that were just put back make a good part."""
GAIN = 0.01
"""Gain of the score from which the state is written anew, so that not every iteration writes a file."""


class KeptBest:
    """Writes ``best.pt`` whenever the mean score of the last :data:`WINDOW` iterations is better than ever."""

    def __init__(self, folder: Path) -> None:
        """Has kept nothing yet.

        Args:
            folder: Folder of the run.
        """
        self._path, self._scores = folder / "best.pt", deque[float](maxlen=WINDOW)

    def update(self, score: float, learner: PPO, progress: TrainingProgress, alone: bool = True) -> None:
        """Takes one iteration.

        Args:
            score: How good it was, see :class:`skill_stack.training.learners.run_log.StuckWatch`.
            learner: The learner.
            progress: How far it is; its best score is that of the run, also of the one that it goes on from.
            alone: Whether nothing helped; what did well with help is not kept.

        Raises:
            TrainingDiverged: Score or weights are no numbers.
            DataError: The file cannot be written.
        """
        if not (math.isfinite(score) and finite(learner.actor, learner.critic)):
            kept = f"--resume {self._path}" if progress.best > -math.inf else "begin anew"
            raise TrainingDiverged(
                f"diverged: weights or rewards are no numbers after iteration {progress.iteration}; {kept}, with a "
                "smaller learning_rate or desired_kl in train.yaml, or another --seed"
            )
        if not alone:
            return
        self._scores.append(score)
        mean = sum(self._scores) / WINDOW
        if len(self._scores) == WINDOW and mean > progress.best + GAIN:
            progress.best = mean
            save_checkpoint(self._path, learner, progress)
