"""PacedRunner: runs a policy at its own rate within a faster control loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Continuing, GoalListener, Runner, Targets, inside

SLACK = 1e-6
"""Time by which a run may come early, s, since sums of periods are inexact."""


class PacedRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`.

    Between two runs the last targets hold, or joints go straight from the targets before to them. The safety layer sees
    every tick: with new measurements it limits the torque that held targets request.

    Attributes:
        inner: The policy.
    """

    def __init__(self, policy: Runner, period: float, interpolation: str = "hold") -> None:
        """Takes a policy.

        Args:
            policy: The policy; each of its runs stands for one period.
            period: Time between two runs, s.
            interpolation: What is said between two runs, ``hold`` or ``linear``.
        """
        self.inner = (policy,)
        self.spec, self.network, self.drives = policy.spec, policy.network, policy.drives
        self.progress = 0.0
        self._policy = policy
        self._period = period
        self._linear = interpolation == "linear"
        self._due = 0.0
        self._targets: Targets | None = None
        self._from: Sequence[float] | np.ndarray = ()
        self._goals: Mapping[str, float] | None = None

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Runs the network at the next tick, or in the rhythm of a predecessor with the same network."""
        self._due, self._targets = 0.0, None
        for other in inside(before):
            if isinstance(other, PacedRunner) and other.network == self.network:
                self._due, self._targets, self._from = other._due, other._targets, other._from
        self._policy.start(reading, before)
        self.progress = self._policy.progress

    def continues(self, before: Runner) -> bool:
        """Whether the policy goes on from the memory of a runner."""
        other = before._policy if isinstance(before, PacedRunner) else before
        return isinstance(self._policy, Continuing) and self._policy.continues(other)

    def rehearse(self, reading: FastEstimate) -> None:
        """Rehearses the policy."""
        self._policy.rehearse(reading)

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick of the control loop."""
        if goals is not self._goals and isinstance(self._policy, GoalListener):
            self._policy.hear(goals)
            self.progress = self._policy.progress
        self._goals, targets = goals, self._targets
        if targets is None:
            targets = self._next(reading, goals)
            self._from = targets.q
        else:
            self._due -= dt
            if self._due <= SLACK:
                self._from = targets.q
                targets = self._next(reading, goals)
        if not self._linear or len(self._from) != len(targets.q):
            return targets
        share = min(1.0 - (self._due - dt) / self._period, 1.0)
        return targets._replace(q=[a + share * (b - a) for a, b in zip(self._from, targets.q)])

    def _next(self, reading: FastEstimate, goals: Mapping[str, float]) -> Targets:
        """Runs the network; missed runs are skipped."""
        self._targets = targets = self._policy.run(reading, goals, self._period)
        self.progress = self._policy.progress
        self._due += self._period
        if self._due <= SLACK:
            self._due = self._period
        return targets
