"""StepClock: the phase of a gait, and for how long it still runs."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.policies.policy_contract import GaitPhase
from skill_stack.controllers.runners.counterbalance import Counterbalance
from skill_stack.controllers.runners.step_watch import CALM, SILENT, StepWatch

ELSEWHERE = 0.38
"""Share of a gait's period by which the next halt is later, after one that did not last.

Halts come at any phase, and a few phases upset a body; a clock that runs for whole periods would halt at the same one
over and over. By about the golden section of a period soon none is near one that was tried."""


class StepClock:
    """Does for one robot what ``GaitClock`` does for batches; tests hold them together.

    Attributes:
        watched: Whether it also runs where the robot has to step although nothing told it to move.
        moving: Whether it is told to move; always, for a policy without a gait.
        phase: Phase of the gait, 0 to 1; it goes on while the clock is silent.
        left: Time for which it still runs, s; minus the time for which it has been silent.
    """

    def __init__(self, gait: GaitPhase | None, others: np.ndarray) -> None:
        """Stands at phase zero.

        Args:
            gait: The gait; None for a policy without one, whose clock never runs.
            others: Places of the joints that another skill drives, shape (others,).
        """
        self._gait = gait
        wakes = gait.wake_above if gait is not None else 0.0
        self._watch = StepWatch(wakes, others) if wakes > 0.0 else None
        self.watched = self._watch is not None
        self.moving, self.phase, self.left = True, 0.0, 0.0
        self._offsets = [2.0 * math.pi * offset for offset in gait.offsets] if gait is not None else []
        self._frequency = gait.frequency if gait is not None else 0.0
        self._silence = [0.0] * (2 * len(self._offsets))

    @property
    def runs(self) -> bool:
        """Whether feet are told a phase: the robot moves, or comes to a halt."""
        return self.moving or self.left > SILENT

    @property
    def rests(self) -> bool:
        """Whether it has been silent for so long that the robot stands calmly."""
        return not self.moving and self.left <= -CALM

    def forget(self) -> None:
        """Clears what it saw of the robot."""
        if self._watch is not None:
            self._watch.forget()

    def start(self) -> None:
        """Starts at phase zero, at rest."""
        self.phase, self.left = 0.0, -CALM

    def follow(self, other: StepClock) -> None:
        """Goes on from another clock; where that moved, for as long as a halt takes."""
        self.phase, self.left = other.phase, other.left
        if other.moving:
            self.halt()

    def halt(self) -> None:
        """Runs for as long as a halt takes."""
        if self._gait is not None:
            self.left = self._gait.stop_delay

    def take(self, gait: GaitPhase, speed: float, command: Mapping[str, float]) -> None:
        """Takes what the robot is told.

        Args:
            gait: The gait.
            speed: Norm of the goal values that make it move.
            command: All goal values.
        """
        self.moving = speed >= gait.stand_below
        if gait.offset_commands:
            self._offsets = [2.0 * math.pi * offset for offset in gait.offsets_at(command)]
        self._frequency = gait.frequency_at(command)

    def feel(self, gait: GaitPhase, reading: FastEstimate, displaced: bool, counter: Counterbalance | None) -> None:
        """Lets it run on for as long as the robot moves or has to step.

        Args:
            gait: The gait.
            reading: Where the robot is.
            displaced: Whether it is off the way that it is to keep.
            counter: How legs on planted feet give way.
        """
        left = math.inf if self.moving or displaced else 0.0
        longest = gait.stop_delay
        if self._watch is not None and not left:
            place, speed = (0.0, 0.0) if counter is None else (counter.place, counter.speed)
            left = self._watch.steps(reading, self.left, self.phase, place, speed)
            if -CALM < self.left <= SILENT:  # the halt before did not last
                longest += ELSEWHERE / self._frequency
        if left > 0.0:
            self.left = max(self.left, min(left, longest))

    def advance(self, dt: float) -> None:
        """A tick of dt, s, goes by."""
        self.phase = (self.phase + self._frequency * dt) % 1.0
        self.left -= dt

    def angles(self) -> list[float]:
        """Sines of all feet, then cosines, at the present phase; zeros once it has run out."""
        if not self.runs:
            return self._silence
        phase = 2.0 * math.pi * self.phase
        angles = [phase + offset for offset in self._offsets]
        return [*map(math.sin, angles), *map(math.cos, angles)]
