"""Proportional memory of the whole running stack without a viewer, and of many policies in one control process."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.control.control_rig import ControlRig, RigNotWalking
from skill_stack.benchmarks.control.synthetic_robot import HIDDEN, more_skills, write_robot
from skill_stack.benchmarks.process_usage import family, proportional_memory
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import running_stack

LIMIT = 1.2  # GiB
GIB = 2.0**30
MIB = 2.0**20
LOOKS = 5
POLICIES, POLICIES_LIMIT = 16, 300.0  # networks; MiB
JOINTS, RATE = 29, 50.0  # joints; Hz


def measure(seconds: float) -> list[Row]:
    """Measures every process several times when the stack is up.

    Args:
        seconds: How long, s.
    """
    looks: list[dict[str, float]] = []
    with running_stack() as stack:
        for _ in range(LOOKS):
            time.sleep(seconds / LOOKS)
            looks.append(
                {name: sum(map(proportional_memory, family(pid))) / GIB for name, pid in stack.pids.items()}
            )
    totals = np.array([sum(look.values()) for look in looks])
    whole = Row("whole stack", float(totals[-1]), "GiB", LIMIT, spread=(float(totals.min()), float(totals.max())))
    note = f"proportional set size of {len(looks[-1])} processes, web monitor included; MuJoCo window excluded"
    parts = sorted(looks[-1].items(), key=lambda item: -item[1])
    return [replace(whole, note=note), *(Row(name, gib * 1024, "MiB") for name, gib in parts), *resident_policies()]


def resident_policies() -> list[Row]:
    """A control process with one network, then with many different ones of the size of a humanoid's, all warm.

    Raises:
        NotWalking: A process does not get to walk, or did not load every network.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as name:
        one, many = (_control_memory(Path(name), count) for count in (1, POLICIES))
    more = Row(f"{POLICIES} resident policies, beyond one", (many - one) / MIB, "MiB", POLICIES_LIMIT)
    sizes = "-".join(map(str, HIDDEN))
    note = f"control process with {JOINTS} joints and {POLICIES} networks of {sizes} units"
    return [replace(more, note=note), Row("control process with one policy", one / MIB, "MiB")]


def _control_memory(folder: Path, policies: int) -> float:
    """Proportional memory of a control process that walks with that many networks loaded, bytes."""
    name = f"synthetic_{policies}_policies"
    write_robot(folder, name, JOINTS, RATE, policies=policies)
    with ControlRig(name, folder, f"memory_{policies}") as rig:
        memory = proportional_memory(rig.pid)
    missing = [skill for skill in more_skills(policies) if skill not in rig.said]
    if missing:
        raise RigNotWalking(f"the control process did not load {', '.join(missing)}:\n{rig.said[-800:]}")
    return memory
