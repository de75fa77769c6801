"""RunnerSubstitution: switches between two runners inside a skill, without a jump."""

from __future__ import annotations

from collections.abc import Mapping

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner, Targets


class RunnerSubstitution:
    """Fades from the command at the switch to the present targets.

    Attributes:
        active: Whether the other runner drives.
    """

    def __init__(self, blend: float) -> None:
        """Starts without a command.

        Args:
            blend: Time of a change, s.
        """
        self._blend = blend
        self.active = False
        self.start()

    def start(self) -> None:
        """Restarts, with nothing to fade from."""
        self._last: Targets | None = None
        self._from: Targets | None = None
        self._passed = 0.0
        self.active = False

    def change(self, active: bool) -> None:
        """Switches to the other runner, or back."""
        if active is not self.active:
            self.active = active
            self._from, self._passed = self._last, 0.0

    def fade(self, targets: Targets, dt: float) -> Targets:
        """The faded command.

        Args:
            targets: Targets of the runner that drives.
            dt: Time since the last tick, s.
        """
        before = self._from
        if before is not None:
            self._passed += dt
            share = self._passed / self._blend if self._blend > 0.0 else 1.0
            if share < 1.0 and len(before.q) == len(targets.q):
                mixed = [[a + share * (b - a) for a, b in zip(*pair)] for pair in zip(before, targets)]
                targets = Targets(mixed[0], tuple(mixed[1]), tuple(mixed[2]))
            else:
                self._from = None
        self._last = targets
        return targets


class HandOverRunner:
    """Runs a skill until its motion is over, and then another one. See
    :class:`skill_stack.controllers.runners.runner.Runner`.

    Attributes:
        inner: The one and the other.
    """

    def __init__(self, runner: Runner, then: Runner, blend: float) -> None:
        """Takes two runners.

        Args:
            runner: What runs until its progress is 1.
            then: What runs then; of its own, not shared.
            blend: Time of the change, s.
        """
        self.inner = (runner, then)
        self.spec, self.network = runner.spec, ""  # two networks, so that no other skill is the same
        self.drives = None if runner.drives != then.drives else runner.drives
        self.progress = 0.0
        self._runner, self._then = runner, then
        self._change = RunnerSubstitution(blend)

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Begins with the motion."""
        self._change.start()
        self._runner.start(reading, before)
        self.progress = self._runner.progress

    def rehearse(self, reading: FastEstimate) -> None:
        """Warms up the active runner."""
        (self._then if self._change.active else self._runner).rehearse(reading)

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick of the active runner."""
        change = self._change
        if not change.active and self._runner.progress >= 1.0:
            self._then.start(reading, self._runner)
            change.change(True)
        targets = (self._then if change.active else self._runner).run(reading, goals, dt)
        self.progress = 1.0 if change.active else self._runner.progress
        return change.fade(targets, dt)
