"""CPU time and memory of a running process, from the kernel."""

from __future__ import annotations

from pathlib import Path

from skill_stack.core.errors import SkillStackError


class ProcessGone(SkillStackError):
    """A process ended while it was being measured."""


def cpu_seconds(pid: int) -> float:
    """Time that all threads of a process have spent on a processor, s, to the nanosecond.

    Raises:
        ProcessGone: There is no such process.
    """
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except (OSError, IndexError) as error:
        raise ProcessGone(f"process {pid} ended during the measurement") from error


def proportional_memory(pid: int) -> float:
    """Proportional set size of a process, bytes: pages that several processes share count by their share.

    Raises:
        ProcessGone: There is no such process.
    """
    return _memory(pid, "smaps_rollup", "Pss:")


def resident_memory(pid: int) -> float:
    """Resident set size of a process, bytes.

    Raises:
        ProcessGone: There is no such process.
    """
    return _memory(pid, "status", "VmRSS:")


def _memory(pid: int, file: str, field: str) -> float:
    """A size that the system states of a process, bytes."""
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
        return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith(field))
    except (OSError, StopIteration) as error:
        raise ProcessGone(f"process {pid} ended during the measurement") from error


def family(pid: int) -> list[int]:
    """A process and all its living descendants."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(member for child in children for member in family(child))]
