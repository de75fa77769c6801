"""FaultyRunner: a skill whose output can be corrupted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner, Targets


class FaultyRunner:
    """Delegates to a real runner, and corrupts its output on demand; see ``Runner``.

    Attributes:
        progress: Progress of the real runner.
        spoilt: Outputs that were spoilt so far.
        spoil: Turns the output into a wrong one, or raises; None leaves it as it is.
    """

    def __init__(self, inner: Runner) -> None:
        """Takes the real runner."""
        self._inner = inner
        self.spec, self.network, self.drives = inner.spec, inner.network, inner.drives
        self.progress = inner.progress
        self.spoil: Callable[[Targets], Targets] | None = None
        self.spoilt = 0

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Starts; two skills of one network still continue from each other."""
        self._inner.start(reading, before._inner if isinstance(before, FaultyRunner) else before)
        self.progress = self._inner.progress

    def rehearse(self, reading: FastEstimate) -> None:
        """Rehearses the real runner."""
        self._inner.rehearse(reading)

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick of the real runner, corrupted on demand."""
        targets = self._inner.run(reading, goals, dt)
        self.progress = self._inner.progress
        if self.spoil is None:
            return targets
        self.spoilt += 1
        return self.spoil(targets)
