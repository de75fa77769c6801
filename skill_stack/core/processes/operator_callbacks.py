"""OperatorCallbacks: what a person can request from page or prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatorCallbacks:
    """Requests of page and prompt. Each must return at once; the page calls them from its own threads.

    Those of the stops may answer False, which says that nobody could be asked; the page then confirms nothing.

    Attributes:
        instruct: Takes words that a person sent.
        stop: Asks for the safe stance.
        estop: Asks for damping.
        reset: Clears the e-stop.
    """

    instruct: Callable[[str], None]
    stop: Callable[[], bool | None]
    estop: Callable[[], bool | None]
    reset: Callable[[], bool | None]
