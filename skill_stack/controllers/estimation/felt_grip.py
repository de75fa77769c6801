"""FeltGrip: whether a hand holds something, by torques and touch sensors instead of by what a skill declares."""

from __future__ import annotations

import math
from collections.abc import Sequence

from skill_stack.controllers.estimation.felt_contact import SMOOTHED, STILL, STILL_FOR
from skill_stack.core.setpoint import Felt

PRESSED, LET_GO = 0.1, 0.06
"""Share of its largest torque by which that of a joint has changed when it presses, and below which it does no more."""
WEIGHT, USUAL = 0.12, 0.5
"""Share that the weight of a finger may take, so that a joint with less does not press; and time constant of the
torque that is usual for a joint that does not, s: weight changes slower than a touch."""
TOUCHED = 0.085
"""The same share for all joints together, as the root of the sum of squares, from which something is touched. In the
simulated Allegro hand a touch of 1 N may stay below that, and noise and weight come to 0.08."""
RECENT = 1.0
"""Time constant of the load, s: about one cycle of fingers that move, in which they touch and let go."""
PRESSING = 2
"""Joints that must press, or touch sensors: one alone may touch by chance."""


class FeltGrip:
    """Tells ``free``, ``contact`` and ``holding`` apart, see :data:`skill_stack.core.setpoint.Felt`.

    What a servo presses with is its deflection times its stiffness, so that the torques tell what fingers do not feel
    themselves. Something that slips lets the pressing joints move on. A touch sensor feels what is too light for that.

    Attributes:
        phase: What is felt now; empty before the first measurement, or where a torque is no number.
        load: Root of the sum of squared shares of the largest torques, of late; moving fingers press little on nothing.
    """

    def __init__(self, efforts: Sequence[float], pads: Sequence[float] = ()) -> None:
        """Knows nothing yet.

        Args:
            efforts: Largest torque of each joint, N·m.
            pads: What each touch sensor reports at least when something presses on it, N or 1.
        """
        self.phase: Felt = ""
        self.load = math.nan
        self._efforts, self._pads = tuple(efforts), tuple(pads)
        self.forget()

    def forget(self) -> None:
        """Restarts, for example when the device began anew."""
        self.phase, self.load = "", math.nan
        self._before, self._quiet = math.nan, 0.0
        self._torques = [0.0] * len(self._efforts)
        self._usual = [math.nan] * len(self._efforts)
        self._presses = [False] * len(self._efforts)

    def update(
        self, now: float, loads: Sequence[float], joints: Sequence[float], speeds: Sequence[float], stands: bool
    ) -> None:
        """See :class:`skill_stack.controllers.estimation.felt.Feeling`.

        ``loads`` are torques, N·m, and what the touch sensors report: a driver may read none of these, and one that
        says nothing, NaN, is not pressed.
        """
        share = 1.0 if math.isnan(self._before) else min(1.0, max(now - self._before, 0.0) / SMOOTHED)
        passed = now - self._before if now > self._before else 0.0
        self._before = now
        joints_end = len(self._efforts)
        loads, pads = loads[:joints_end], loads[joints_end:]
        if len(loads) != joints_end or len(pads) not in (0, len(self._pads)) or not math.isfinite(sum(loads)):
            self.phase, self.load = "", math.nan
            return
        self._torques = [old + share * (new - old) for old, new in zip(self._torques, loads)]
        for joint, most in enumerate(self._efforts):
            self._feel(joint, most, passed)
        now_pressed = math.hypot(*(torque / most for torque, most in zip(self._torques, self._efforts)))
        old = now_pressed if math.isnan(self.load) else self.load
        self.load = old + min(1.0, passed / RECENT) * (now_pressed - old)
        self._quiet = self._quiet + passed if max(map(abs, speeds), default=0.0) < STILL else 0.0
        self.phase = self._told(sum(felt >= least for felt, least in zip(pads, self._pads)))

    def _feel(self, joint: int, most: float, passed: float) -> None:
        """Takes the torque of one joint, against that which is usual for it without a touch."""
        torque, usual, pressed = self._torques[joint], self._usual[joint], self._presses[joint]
        if math.isnan(usual):
            usual = torque if abs(torque) < WEIGHT * most else 0.0
        changed = abs(torque - usual)
        holds = changed >= LET_GO * most and abs(torque) >= WEIGHT * most
        self._presses[joint] = holds if pressed else changed >= PRESSED * most
        self._usual[joint] = usual if self._presses[joint] else usual + min(1.0, passed / USUAL) * (torque - usual)

    def _told(self, pads: int) -> Felt:
        pressing = max(sum(self._presses), pads)
        told = zip(self._torques, self._usual, self._efforts)
        if not pressing and math.hypot(*((now - usual) / most for now, usual, most in told)) < TOUCHED:
            return "free"
        return "holding" if pressing >= PRESSING and self._quiet >= STILL_FOR else "contact"
