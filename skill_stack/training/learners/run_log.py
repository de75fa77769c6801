"""Output of a training run: progress lines, a curve, TensorBoard; and detection of a stuck run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.practice.curve import rises
from skill_stack.training.learners.learner import TrainingProgress

_UNITS = {"mps": "m/s", "radps": "rad/s", "m": "m"}


class TrainingStuck(SkillStackError):
    """A training run no longer improves and is not good either; the message names the weakest bin."""


@dataclass(slots=True)
class StuckWatch:
    """Detects a run without improvement that does not fulfil its task.

    The score is the level of the curriculum, since all other figures fall when that rises, plus the tracking, plus the
    success: a gait may still improve when the velocity tracking has converged.

    Attributes:
        patience: Iterations without a trend upwards after which it is stuck; 0 never.
        enough: Tracking, as a share of the best, from which a run that gets no better is simply done.
    """

    patience: int
    enough: float
    _scores: list[float] = field(default_factory=list)

    def update(self, level: float, tracking: float, success: float, weakest: str) -> float:
        """Takes one iteration; returns its score.

        Args:
            level: Level of the curriculum, 0 to 1.
            tracking: Reward for tracking as a share of the best, 0 to 1.
            success: Share of successes, over all kinds of commands and robots alike.
            weakest: The bin with the lowest success, for the message.

        Raises:
            Stuck: It is.
        """
        score = level + tracking + success
        self._scores = [*self._scores, score][-self.patience :]
        if not self.patience or tracking >= self.enough or len(self._scores) < self.patience or rises(self._scores):
            return score
        hint = f"; weakest where {weakest}" if weakest else ""
        raise TrainingStuck(
            f"stuck: no trend upwards in {self.patience} iterations at level {level:.2f}, tracking {tracking:.0%} "
            f"of the best, {success:.0%} do as told{hint}. What helps: a stronger gait reward, a prior, a smaller "
            "curriculum_start, another --seed"
        )


class RunLog:
    """Writes ``curve.jsonl``, TensorBoard events where tensorboard is installed, and lines for people."""

    def __init__(self, folder: Path, report: Callable[[str], None]) -> None:
        """Opens the folder.

        Args:
            folder: Folder of the run.
            report: Takes lines.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._curve, self._report = folder / "curve.jsonl", report
        self._events: Any = None
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return
        self._events = SummaryWriter(str(folder))  # type: ignore[no-untyped-call]

    def write(
        self, progress: TrainingProgress, summary: dict[str, float], std: float, left: float, weakest: str
    ) -> None:
        """One entry.

        Args:
            progress: How far the run is.
            summary: Means of the iteration by name.
            std: Standard deviation of the exploration.
            left: Wall time that is left, s.
            weakest: What it fails at most.
        """
        counts = {"iteration": progress.iteration, "steps": progress.steps}
        times = {"wall_seconds": round(progress.wall_seconds, 1), "cpu_seconds": round(progress.cpu_seconds, 1)}
        state = {"level": round(progress.level, 2), "std": round(std, 3)}
        row = {**counts, **times, **state, **{name: round(value, 4) for name, value in summary.items()}}
        with self._curve.open("a", encoding="utf-8") as curve:
            curve.write(json.dumps(row) + "\n")
        if self._events is not None:
            for name, value in (state | summary).items():
                self._events.add_scalar(name, value, progress.steps)
        rate = progress.steps / max(progress.wall_seconds, 1e-9)
        expected = (progress.steps + rate * max(left, 0.0)) / 1e6
        self._report(
            f"iteration {progress.iteration:5d}  {progress.steps / 1e6:6.2f} M ticks"
            f"  {progress.cpu_seconds:5.0f} CPU-s  reward {summary['reward']:5.2f}"
            f"{_told(summary)}"
            f"  falls/min {summary['falls_per_minute']:5.2f}  level {progress.level:.2f}  std {std:.2f}"
            f"  {max(left, 0.0) / 60:.1f} min left, {expected:.1f} M ticks by then{f'  ({weakest})' if weakest else ''}"
        )

    def close(self) -> None:
        """Writes what is left."""
        if self._events is not None:
            self._events.close()


def _told(summary: dict[str, float]) -> str:
    """Figures of a summary whose names end in a unit, for people."""
    told = ""
    for name, value in summary.items():
        what, _, unit = name.rpartition("_")
        if unit in _UNITS:
            told += f"  {what.replace('_', ' ')} {value:.3f} {_UNITS[unit]}"
    return told
