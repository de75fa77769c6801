"""The hand as a process of its own, and control process and supervisor that drive it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from unitree.process import PeerProcess
from unitree.stack import BEGUN, RobotStack

from skill_stack.core.setpoint import ControlMode
from test.eventually import eventually


class HandProcess(PeerProcess):
    """A hand; see :class:`unitree.process.PeerProcess`."""

    PROGRAM = Path(__file__).with_name("peer.py")


class HandStack(RobotStack):
    """What drives it; see :class:`unitree.stack.RobotStack`."""

    DRIVER, NAME, PART = "unitree_hand", "dex3_right", "hand"

    def until(self, done: Callable[[], Any], what: str) -> None:
        """Plays the connector until something is so.

        Raises:
            AssertionError: It did not come to that.
        """
        self.goals = {}
        eventually(lambda: self.channels.status_counter, BEGUN, "a status", lambda: self.log("control"))

        def so() -> bool:
            if self.status.mode is not ControlMode.ACTIVE:
                self._known_stops = self.status.stop_count
            return bool(done())

        self.play_until(so, BEGUN, what)
