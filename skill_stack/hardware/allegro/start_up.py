"""AllegroStartUp: from an open interface to motors that are on, step by step."""

from __future__ import annotations

import can

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.allegro.can_link import CanLink
from skill_stack.hardware.allegro.frames import HAND_INFO, SYSTEM_OFF, SYSTEM_ON, frame, number_of, period, request
from skill_stack.hardware.allegro.measurement import FingerFrames
from skill_stack.hardware.allegro.settings import AllegroHand, AllegroSettings

ASK_AGAIN = 0.2
"""Time between two unanswered requests, s."""
SETTLE = 10
"""Measurements before the motors are switched on."""
OUTSIDE = 0.35
"""How far outside its range a joint may be found, rad; beyond that the hand's zeros are wrong."""
HOT, CONFUSED = 0x02, 0x04
"""Bits of the hand's status: too hot, and a fault of its internal bus."""


class AllegroStartUp:
    """Identifies the hand, starts its measurements, checks them, and switches the motors on without torque.

    Attributes:
        ready: Whether the motors are on.
        reason: What is waited for, or what is wrong, for people.
    """

    def __init__(self, robot: RobotSpec, hand: AllegroHand, settings: AllegroSettings, link: CanLink) -> None:
        """Begins."""
        self._robot, self._hand, self._settings, self._link = robot, hand, settings, link
        self._asked: float | None = None
        self._known = False
        self.ready = False
        self.reason = f"no hand answers on '{settings.channel}': is its power on, and the bus terminated?"

    def hear(self, message: can.Message) -> None:
        """Takes the hand's reports; raises BusLost."""
        if number_of(message) != HAND_INFO or message.is_remote_frame or len(message.data) < 7:
            return
        side = "right" if message.data[4] == 0 else "left"
        status = message.data[6]
        if side != self._hand.side:
            self.reason = f"this is a {side} hand; {self._robot.name} is a {self._hand.side} one"
        elif status & HOT or status & CONFUSED:
            self.reason = "the hand reports that it is too hot" if status & HOT else "the hand's inner bus has a fault"
        elif not self._known:
            self._known = True
            self.reason = "waiting for measurements"
            self._link.send(frame(SYSTEM_OFF), period(self._settings.period))

    def turn(self, now: float, frames: FingerFrames) -> None:
        """The next step; raises BusLost."""
        if self.ready:
            return
        if self._asked is None or now - self._asked >= ASK_AGAIN:
            self._asked = now
            self._link.send(request(HAND_INFO))
            if self._known:
                self._link.send(period(self._settings.period))
        if self._known and frames.complete >= SETTLE and not frames.lacking(1):
            self.reason = self._misplaced(frames)
            if not self.reason:
                self._link.send(frame(SYSTEM_ON))
                self.ready = True

    def _misplaced(self, frames: FingerFrames) -> str:
        for joint, q in zip(self._robot.joints, frames.position, strict=True):
            if not joint.lower - OUTSIDE <= q <= joint.upper + OUTSIDE:
                return f"{joint.name} stands at {q:.2f} rad, outside of {joint.lower:.2f} to {joint.upper:.2f}"
        return ""
