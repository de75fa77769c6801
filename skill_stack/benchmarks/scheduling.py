"""Real-time priority for a while, where the machine permits it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from skill_stack.benchmarks.machine import fifo_permitted


def schedule(pid: int, priority: int | None) -> None:
    """Puts a process into the real-time class, or back into the ordinary one.

    Args:
        pid: The process; 0 for this one.
        priority: Priority under SCHED_FIFO; None for the ordinary class.
    """
    policy = os.SCHED_OTHER if priority is None else os.SCHED_FIFO
    os.sched_setscheduler(pid, policy, os.sched_param(priority or 0))


@contextmanager
def urgent(priority: int) -> Iterator[bool]:
    """Gives this process real-time priority where that is permitted, and takes it back afterwards.

    Args:
        priority: Priority under SCHED_FIFO.

    Yields:
        Whether it was permitted.
    """
    permitted = fifo_permitted()
    if permitted:
        schedule(0, priority)
    try:
        yield permitted
    finally:
        if permitted:
            schedule(0, None)
