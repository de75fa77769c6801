"""Dex3StartUp: conditions for driving a hand, checked repeatedly without blocking."""

from __future__ import annotations

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.hardware.unitree.hand.hand_link import Dex3Link
from skill_stack.hardware.unitree.hand.hand_state import HandStateDecoder
from skill_stack.hardware.unitree.hand.settings import Dex3Settings
from skill_stack.hardware.unitree.network import raise_priority
from skill_stack.hardware.unitree.writer_watch import objection

OUTSIDE = 0.35
"""How far outside its range a joint may be found, rad; beyond that it is another hand, or its zeros are wrong."""


class Dex3StartUp:
    """Requires a valid state of every motor within its range, no other writer, and a hand that listens.

    Attributes:
        ready: Whether the hand may be driven.
        refused: Why it will not be, however long one waits; empty while that is open.
        reason: What is waited for, for people.
    """

    def __init__(
        self,
        robot: RobotSpec,
        settings: Dex3Settings,
        link: Dex3Link,
        decoder: HandStateDecoder,
    ) -> None:
        """Starts with the next :meth:`turn`."""
        self._robot, self._settings, self._link = robot, settings, link
        self._decoder = decoder
        self._since: float | None = None
        self.ready, self.refused = False, ""
        where = f"{settings.interface}, domain {settings.domain}"
        self.reason = f"waits for the hand's state: none came on {link.states} ({where})"

    def turn(self, now: float, raw: bytes | None, sample: SensorSample | None) -> None:
        """One check.

        Args:
            now: Monotonic time, s.
            raw: The newest whole state.
            sample: The sample of it.
        """
        if self.ready or self.refused or raw is None or sample is None:
            return
        self._since = now if self._since is None else self._since
        self.reason = self.interruption(raw) or self._misplaced(sample)
        if self.reason:
            return
        self._link.watch.look()
        self.refused = self.others()
        if self.refused:
            return
        if now - self._since < self._settings.listen:
            self.reason = "listens for other programs that command the hand"
        elif not self._link.outlet.heard:
            self.reason = "waits for the hand to listen to commands"
        else:
            raise_priority()
            self.ready = True

    def interruption(self, raw: bytes) -> str:
        """Why the hand may not be driven by a state, now or at any time later, or an empty string."""
        silent = self._decoder.silent(raw)
        return f"the hand has no contact with the motors of {', '.join(silent)}" if silent else ""

    def others(self) -> str:
        """Which other writer prevents driving, or an empty string."""
        return objection(self._link.watch, self._settings.silent_writers, "hand")

    def _misplaced(self, sample: SensorSample) -> str:
        for joint, q in zip(self._robot.joints, sample.position.tolist(), strict=True):
            if not joint.lower - OUTSIDE <= q <= joint.upper + OUTSIDE:
                return f"{joint.name} stands at {q:.2f} rad, outside of {joint.lower:.2f} to {joint.upper:.2f}"
        return ""
