"""The machine of a benchmark: processor, load, versions, and whether real-time priority is permitted."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = ("skill_stack", "numpy", "onnxruntime", "mujoco", "py_trees", "ros-rclpy")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as a benchmark found it.

    Attributes:
        processor: Model name.
        cores: Cores that this process may use.
        memory: Main memory, GiB.
        kernel: Kernel release.
        governor: Frequency governor of the first core, or ``unknown``.
        load: Load average of the last minute when the benchmark began.
        fifo: Whether SCHED_FIFO is permitted.
        versions: Versions of Python and of what the figures depend on.
    """

    processor: str
    cores: int
    memory: float
    kernel: str
    governor: str
    load: float
    fifo: bool
    versions: dict[str, str]

    @classmethod
    def here(cls) -> Machine:
        """This machine, now."""
        versions = {"python": platform.python_version()}
        for name in _PACKAGES:
            try:
                versions[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
        return cls(
            processor=_processor(),
            cores=len(os.sched_getaffinity(0)),
            memory=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            kernel=platform.release(),
            governor=_read(Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")) or "unknown",
            load=os.getloadavg()[0],
            fifo=fifo_permitted(),
            versions=versions,
        )

    def to_json(self) -> dict[str, Any]:
        """The machine as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}

    def sentence(self) -> str:
        """The machine for people."""
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        fifo = "SCHED_FIFO permitted" if self.fifo else "SCHED_FIFO not permitted"
        return f"{self.processor}, {self.cores} cores, {self.memory:g} GiB, load {self.load:.2f}, {fifo}; {versions}"


def fifo_permitted() -> bool:
    """Whether this process may use SCHED_FIFO, tested briefly."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        return False
    os.sched_setscheduler(0, policy, parameters)
    return True


def _processor() -> str:
    for line in _read(Path("/proc/cpuinfo")).splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
