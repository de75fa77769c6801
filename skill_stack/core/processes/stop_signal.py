"""StopSignal: requests that a process loop ends in order."""

from __future__ import annotations

import signal
from types import FrameType


class StopSignal:
    """Set by SIGTERM and SIGINT.

    Attributes:
        asked: Whether the process was asked to end.
    """

    def __init__(self) -> None:
        """Installs the handlers; call it in the main thread."""
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
