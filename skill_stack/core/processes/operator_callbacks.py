"""OperatorCallbacks: what a person can request from a terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatorCallbacks:
    """Requests of the prompt and of ``skill-stack watch``. Each must return at once.

    The stop callbacks may return False: no process could be reached.

    Attributes:
        instruct: Takes words that a person sent.
        stop: Requests the safe stance.
        estop: Requests damping.
        reset: Clears the e-stop.
    """

    instruct: Callable[[str], None]
    stop: Callable[[], bool | None]
    estop: Callable[[], bool | None]
    reset: Callable[[], bool | None]
