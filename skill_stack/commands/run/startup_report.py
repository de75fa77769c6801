"""StartupReport: prints what a robot that does not get ready waits for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from skill_stack.commands.common import block_of
from skill_stack.commands.run.status import channels_of
from skill_stack.core.errors import SkillStackError
from skill_stack.core.setpoint import ControlMode

EVERY = 1.0
"""Time between two checks, s."""
PATIENCE = 2.0
"""Time that a start may take before its reason is reported, s."""
_NUMBERS = re.compile(r"[\d.]+")


class StartupReport:
    """Checks the control process's status at intervals; prints a reason once, regardless of changing numbers."""

    def __init__(
        self, namespace: str, robot: str, tell: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begins to check after the patience is over.

        Args:
            namespace: ROS namespace of the stack.
            robot: Name of the robot.
            tell: Takes lines on what the start waits for, and when that wait is over.
            clock: Monotonic time, s.
        """
        self._namespace, self._robot, self._tell, self._clock = namespace, robot, tell, clock
        self._next, self._told = clock() + PATIENCE, ""

    def __call__(self) -> None:
        """One look, when it is time."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + EVERY
        try:
            status = channels_of(block_of(self._namespace), self._robot, "").read_status()
        except SkillStackError:  # it is just being made, or written
            return
        if status is None:
            return
        waits = status.reason if status.mode is ControlMode.STARTING else ""
        seen = _NUMBERS.sub("#", waits)
        if seen != self._told:
            self._told = seen
            self._tell(f"the robot is not ready: {waits}" if waits else f"the robot is ready ({status.mode.value})")
