"""FeltContact: what carries a robot on legs, by the forces on its feet instead of by what a skill declares."""

from __future__ import annotations

import math
from collections.abc import Sequence

from skill_stack.core.setpoint import Felt

REFERENCE, KNOWN = 1.0, 0.5
"""Time constant of the average that counts as the whole weight, s, and time of it after which it counts at all, s."""
SMOOTHED = 0.06
"""Time constant of the share that the feet carry, s."""
CARRIED, RESTS = 0.85, 0.7
"""Share of the weight on the feet from which they carry the robot, and below which something else does, too."""
LOADED = 0.04
"""Share of the weight on a foot from which it stands."""
STEP = 0.4
"""Longest time for which a foot of a robot that stands or walks is in the air, s."""
STILL, STILL_FOR = 0.5, 0.2
"""Speed of every joint below which a robot that rests keeps still, rad/s, and for how long, s."""
NEAR = 0.7
"""Largest distance of a joint from the standing pose from which a robot on its feet may begin anything, rad: from
deeper down the walk of the Go2 leaps."""


class FeltContact:
    """Tells ``free``, ``contact`` and ``holding`` apart, see :data:`skill_stack.core.setpoint.Felt`.

    The weight is what the feet carried on average in skills that declare their phase free and keep upright, so that
    sensors without a known scale do as well.

    Attributes:
        phase: What is felt now; empty while the weight is unknown, or a force is no number.
        load: Not felt by feet.
    """

    load = math.nan

    def __init__(self, feet: int, stand: Sequence[float]) -> None:
        """Knows nothing yet.

        Args:
            feet: Number of feet; a robot without any feels nothing.
            stand: Joint positions when it stands, rad.
        """
        self.phase: Felt = ""
        self._feet, self._stand = feet, tuple(stand)
        self.forget()

    def forget(self) -> None:
        """Restarts, for example when the device began anew."""
        self.phase = ""
        self._before = math.nan
        self._weight, self._weighed, self._share = 0.0, 0.0, 1.0
        self._lifted = [0.0] * self._feet
        self._carried, self._quiet = False, 0.0

    def update(
        self, now: float, forces: Sequence[float], joints: Sequence[float], speeds: Sequence[float], stands: bool
    ) -> None:
        """Takes a measurement.

        Args:
            now: Task time, s.
            forces: On the feet, N or any other unit.
            joints: Joint positions, rad.
            speeds: Of the joints, rad/s.
            stands: Whether the running skill declares that the robot stands or walks.
        """
        passed = now - self._before if now > self._before else 0.0
        self._before = now
        total = sum(forces) if self._feet else math.nan
        if not math.isfinite(total) or len(forces) != self._feet:
            self.phase = ""
            return
        if stands:
            average = min(REFERENCE, self._weighed + passed) or 1.0
            self._weight += min(1.0, passed / average) * (total - self._weight)
            self._weighed += passed
        if self._weighed < KNOWN or self._weight <= 0.0:
            self.phase = ""
            return
        self._feel(forces, speeds, passed)
        off = max((abs(a - b) for a, b in zip(joints, self._stand, strict=True)), default=0.0)
        self.phase = self._told(stands or off <= NEAR)

    def _feel(self, forces: Sequence[float], speeds: Sequence[float], passed: float) -> None:
        """Takes what the feet carry, for how long each is in the air, and for how long no joint moves."""
        self._share += min(1.0, passed / SMOOTHED) * (sum(forces) / self._weight - self._share)
        loaded = [force >= LOADED * self._weight for force in forces]
        self._lifted = [0.0 if on else time + passed for on, time in zip(loaded, self._lifted, strict=True)]
        self._carried = self._share >= (RESTS if self._carried else CARRIED)
        self._quiet = self._quiet + passed if max(map(abs, speeds), default=0.0) < STILL else 0.0

    def _told(self, upright: bool) -> Felt:
        if upright and self._carried and max(self._lifted) <= STEP:
            return "free"
        return "holding" if self._quiet >= STILL_FOR else "contact"
