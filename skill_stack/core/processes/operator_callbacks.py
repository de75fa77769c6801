"""OperatorCallbacks: what a person can request from page or prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatorCallbacks:
    """Requests of page and prompt. Each must return at once; the page calls them from its own threads.

    The stop callbacks may return False: no process could be reached, and the page does not confirm the stop.

    Attributes:
        instruct: Takes words that a person sent.
        stop: Requests the safe stance.
        estop: Requests damping.
        reset: Clears the e-stop.
        keep: Marks this moment of the recording and keeps the run; None where nothing can be kept.
        recordings: Opens the page of the recordings, whose address comes later; None where there is none.
    """

    instruct: Callable[[str], None]
    stop: Callable[[], bool | None]
    estop: Callable[[], bool | None]
    reset: Callable[[], bool | None]
    keep: Callable[[], object] | None = None
    recordings: Callable[[], object] | None = None
