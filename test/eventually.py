"""The one loop in which tests wait for what another process, thread or node does."""

import time
from collections.abc import Callable
from typing import Any

PAUSE = 0.005  # s between two looks


def pause() -> None:
    """Lets others work for a moment."""
    time.sleep(PAUSE)


def eventually(
    condition: Callable[[], Any],
    seconds: float = 60.0,
    what: str = "it",
    else_: Callable[[], Any] = str,
    between: Callable[[], Any] = pause,
) -> Any:
    """Waits until something is so, and gives it.

    Args:
        condition: Whether it is so: anything true.
        seconds: How long to wait at most: enough for a busy machine.
        what: What is waited for.
        else_: Tells what is so instead, for people.
        between: What happens between two looks; spins a node, steps a device or just pauses.

    Raises:
        AssertionError: It did not come about.
    """
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come about within {seconds:g} s: {else_()}"
        between()
    return found
