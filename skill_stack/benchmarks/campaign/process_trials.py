"""Faults of real processes: killed, frozen, and random bytes in the shared block."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable

import numpy as np

from skill_stack.benchmarks.campaign.process_stack import ProcessStack
from skill_stack.benchmarks.report import Row
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.shared_block import PAGE

REACTION = 2.0  # s that a reaction may take before it counts as missing; other work may hold the machine up
LONGEST = 3.0  # s that one trial needs

Trial = Callable[[ProcessStack], float]


def _damped_by_supervisor(stack: ProcessStack) -> bool:
    command = stack.channels.read_command()
    return bool(stack.channels.words.tripped) and command is not None and command.mode is CommandMode.DAMP


def _damped_by_control(stack: ProcessStack) -> bool:
    return stack.status.mode is ControlMode.DAMPED


def _rubbish(stack: ProcessStack) -> float:
    """Every record of the block is overwritten with random bytes while all processes write and read it."""
    rng = np.random.default_rng(7)
    with stack.channels.block.path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size - PAGE
        for _ in range(20):
            file.seek(PAGE)
            file.write(rng.bytes(size))
            file.flush()
            stack.play(0.01)
    stack.play_until(lambda: stack.status.mode is ControlMode.ACTIVE, REACTION, "an active robot after the rubbish")
    stack.assert_alive("control", "supervisor", "simulator")
    return math.nan


def _supervisor_killed(stack: ProcessStack) -> float:
    """Nothing changes; a new supervisor watches again."""
    stack.kill("supervisor", signal.SIGKILL)
    stack.play(0.5)
    stack.expect(stack.status.mode is ControlMode.ACTIVE, "the robot goes on without a supervisor")
    stack.start("supervisor")
    stack.wait_supervised()
    return math.nan


def _control_frozen(stack: ProcessStack) -> float:
    took = stack.time_until("control", signal.SIGSTOP, _damped_by_supervisor, REACTION)
    stack.again("control")
    return took


def _control_killed(stack: ProcessStack) -> float:
    took = stack.time_until("control", signal.SIGKILL, _damped_by_supervisor, REACTION)
    stack.again("control")
    return took


def _simulator_frozen(stack: ProcessStack) -> float:
    took = stack.time_until("simulator", signal.SIGSTOP, _damped_by_control, REACTION)
    stack.kill("simulator", signal.SIGCONT)
    return took


def _simulator_killed(stack: ProcessStack) -> float:
    return stack.time_until("simulator", signal.SIGKILL, _damped_by_control, REACTION)


TRIALS: dict[str, Trial] = {
    "processes: control frozen": _control_frozen,
    "processes: control killed": _control_killed,
    "processes: rubbish in the block": _rubbish,
    "processes: supervisor killed": _supervisor_killed,
    "processes: simulator frozen": _simulator_frozen,
    "processes: simulator killed": _simulator_killed,
}
"""Faults in order on one stack; the last one leaves no robot."""


def process_trials(end: float, repeats: int = 1) -> list[Row]:
    """Applies all faults to a stack of simulator, control process and supervisor.

    Args:
        end: Monotonic time by which it should end, s; trials that do not fit are left out and named.
        repeats: How often each is done.

    Returns:
        A row for each, with the time to the reaction, and one that counts.
    """
    out, good, done = [], 0, 0
    with ProcessStack() as stack:
        for name, trial in TRIALS.items():
            times: list[float] = []
            note = ""
            for _ in range(1 if trial is _simulator_killed else repeats):
                if time.monotonic() > end - LONGEST:
                    note = "left out for lack of time"
                    break
                done += 1
                try:
                    stack.wait_active()
                    times.append(trial(stack))
                    good += 1
                except AssertionError as error:
                    note = f"missed: {error}"
            seen = [value for value in times if math.isfinite(value)]
            worst = max(seen, default=math.nan)
            out.append(Row(name, 1e3 * worst, "ms", note=note or "time to the reaction" if seen else note or "goes on"))
    share = 100.0 * good / done if done else math.nan
    return [Row("processes: as declared", share, "%", 100.0, "higher", note=f"{good} of {done}"), *out]
