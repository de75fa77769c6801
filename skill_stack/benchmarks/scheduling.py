"""Temporary real-time priority, where the machine permits it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

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
def urgent(priority: int, *others: int) -> Iterator[bool]:
    """Gives this process real-time priority where permitted, and restores the former one afterwards.

    Args:
        priority: Priority under SCHED_FIFO.
        others: Processes that get it too.

    Yields:
        Whether it was permitted.
    """
    permitted = fifo_permitted()
    for pid in (0, *others) if permitted else ():
        schedule(pid, priority)
    try:
        yield permitted
    finally:
        for pid in (0, *others) if permitted else ():
            with suppress(ProcessLookupError):  # it has ended by then
                schedule(pid, None)


@contextmanager
def apart(*pids: int) -> Iterator[bool]:
    """Pins each of some processes to a core of its own for a while.

    Args:
        pids: The processes; 0 for this one.

    Yields:
        Whether there are as many cores; else nothing is changed.
    """
    before = {pid: os.sched_getaffinity(pid) for pid in pids}
    cores = sorted(os.sched_getaffinity(0))[-len(pids) :]
    enough = len(cores) == len(pids)
    try:
        for pid, core in zip(pids, cores if enough else ()):
            os.sched_setaffinity(pid, {core})
        yield enough
    finally:
        for pid, allowed in before.items():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(pid, allowed)
