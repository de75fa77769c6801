"""What a person can ask for, whatever they type or click on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatorCallbacks:
    """What page and prompt ask for. Each must return at once; the page calls them from threads of its own.

    Attributes:
        instruct: Takes words that a person sent.
        stop: Asks for the safe stance.
        estop: Asks for damping.
        reset: Clears the e-stop.
    """

    instruct: Callable[[str], None]
    stop: Callable[[], None]
    estop: Callable[[], None]
    reset: Callable[[], None]
