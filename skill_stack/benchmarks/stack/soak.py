"""The whole stack for a long time: whether memory or lateness grow while the robot runs one errand after the other."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable

from skill_stack.benchmarks.control.reference_loop import ReferenceLoop
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import Probe, RunningStack, running_stack
from skill_stack.benchmarks.stack.scripted_operator import ScriptedOperator
from skill_stack.benchmarks.stack.soak_memory import remember
from skill_stack.benchmarks.stack.soak_record import SoakRecord, SoakWindow
from skill_stack.benchmarks.stack.soak_rows import soak_rows

RATE = 500.0
"""Rate of the control loop, Hz; policies run at their own rate within it."""
ROBOT, SCENE = "go2", "playground"
REMEMBERED = ("walk to the red ball", "turn left", "sit down", "go home", "turn right")
"""Past tasks of the robot before the run, similar to those of the run."""
READY = 120.0  # s until the stack must work: a long run may begin on a busy machine
BEGINNING = 120.0  # s that it may take until the first errand begins
WINDOWS = 10  # at least; a long run has one for each minute
MINUTE = 60.0  # s
LOOK = 15.0  # s between two readings of the black box, which holds a minute
NAP = 0.25  # s between two looks at the processes

Say = Callable[[str], None]
"""Takes a line about how far it is."""


def tell(line: str) -> None:
    """Shows progress beside the report, which goes to standard output."""
    print(line, file=sys.stderr, flush=True)


def measure(seconds: float, say: Say = tell, rate: float = RATE) -> list[Row]:
    """Lets the stack run and samples it once per window.

    Args:
        seconds: How long, s.
        say: Where progress is shown.
        rate: Rate of the control loop, Hz.
    """
    # Errands are no experience of the user's.
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as overlay:
        known = remember(overlay, ROBOT, SCENE, REMEMBERED)
        say(f"begins with a memory of {known} tasks")
        with running_stack(control_rate=rate, ready=READY, more={"SKILL_STACK_OVERLAY": overlay}) as stack:
            return soak(stack, "errands", seconds, rate, say)


def soak(stack: RunningStack, errands: str, seconds: float, rate: float, say: Say) -> list[Row]:
    """Lets a stack that is up work and samples it once per window.

    Args:
        stack: The stack.
        errands: What the probe has it do, one of its modes.
        seconds: How long, s.
        rate: Rate of its control loop, Hz.
        say: Where progress is shown.
    """
    windows: list[SoakWindow] = []
    with stack.probe(errands, seconds + BEGINNING) as probe, ReferenceLoop(rate) as reference:
        stack.wait_for(probe, "begun", BEGINNING)
        record = SoakRecord(stack, reference)
        attendant = ScriptedOperator(stack.channels)
        count = max(WINDOWS, round(seconds / MINUTE))
        end = time.monotonic()
        for number in range(1, count + 1):
            end += seconds / count
            _wait(stack, probe, record, attendant, end)
            windows.append(record.close_window())
            say(f"{number * seconds / count / MINUTE:6.1f} min  {windows[-1].sentence()}")
    return soak_rows(windows, record, rate, attendant.answers)


def _wait(stack: RunningStack, probe: Probe, record: SoakRecord, attendant: ScriptedOperator, end: float) -> None:
    """Watches the stack until a time, answers its robot, and reads the black box before it is overwritten."""
    looked = time.monotonic()
    while (now := time.monotonic()) < end:
        stack.up.poll()
        attendant.asked = record.listen(probe) or attendant.asked
        attendant.look()
        if now >= looked + LOOK:
            looked = now
            record.read_ticks()
        time.sleep(max(0.0, min(NAP, end - now)))
