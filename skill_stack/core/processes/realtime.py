"""Real-time settings of a process, where the machine permits them."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
from collections.abc import Iterator
from pathlib import Path

_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4  # sys/mman.h
_PR_SET_TIMERSLACK = 29  # sys/prctl.h
_MADV_COLLAPSE = 25  # sys/mman.h, since Linux 6.1
LARGE_PAGE = 2 << 20  # bytes, on x86-64 and on aarch64 with small pages of 4 KiB
USED = 0.5  # share of a mapping that must be in use: stacks of threads would only grow
MAPS = Path("/proc/self/smaps")


def enter_real_time(priority: int | None) -> list[str]:
    """Freezes garbage collection, shortens timer slack, takes large pages, locks memory and requests SCHED_FIFO.

    To be called when everything is loaded.

    Args:
        priority: Priority under SCHED_FIFO, 1 to 99; None stays in the ordinary class.

    Returns:
        One sentence for each thing that the machine did not permit.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    notes: list[str] = []
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_TIMERSLACK, ctypes.c_ulong(1000), 0, 0, 0)  # ns
    if priority is None:
        return notes
    use_large_pages()
    # With a finite limit a locked process could be refused memory in the middle of its work.
    unlimited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY
    if not (unlimited or os.geteuid() == 0):
        notes.append("memory is not locked: the limit 'memlock' is finite")
    elif libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) != 0:
        notes.append(f"memory is not locked: {os.strerror(ctypes.get_errno())}")
    try:
        # A process that is started from this one is an ordinary one again.
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
    except OSError as error:
        notes.append(f"no SCHED_FIFO ({error.strerror}); permit it with the limit 'rtprio' for steadier control")
    return notes


def end_promptly() -> None:
    """Spares the interpreter its last collection; call it when nothing is left but to end.

    The collection walks over all that was ever loaded, which takes up to half a second.
    """
    gc.freeze()


def use_large_pages(maps: Path = MAPS) -> int:
    """Moves the memory allocated so far into large pages, where the kernel can.

    After a period of sleep, neither the data of a control loop nor their address translations are in the caches. In a
    virtual machine a page-table walk costs more than a data access; large pages need far fewer of them.

    Args:
        maps: The kernel's list of this process's mappings with their use.

    Returns:
        Bytes that are in large pages now.
    """
    madvise = ctypes.CDLL(None, use_errno=True).madvise
    madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return sum(size for begin, size in _own_memory(maps.read_text()) if madvise(begin, size, _MADV_COLLAPSE) == 0)


def _own_memory(maps: str) -> Iterator[tuple[int, int]]:
    """Start and size of whole large pages in private writable memory that is mostly in use and no file."""
    begin = end = 0
    for line in maps.splitlines():
        first, *rest = line.split()
        if first == "Rss:" and end > begin and 1024 * int(rest[0]) >= USED * (end - begin):
            yield begin, end - begin
        elif "-" in first:
            permissions, _, _, inode, *name = rest
            low, high = (int(part, 16) for part in first.split("-"))
            mine = permissions == "rw-p" and inode == "0" and name in ([], ["[heap]"])
            begin, end = -(-low // LARGE_PAGE) * LARGE_PAGE, high // LARGE_PAGE * LARGE_PAGE if mine else 0
