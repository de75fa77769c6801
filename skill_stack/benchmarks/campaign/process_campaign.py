"""Random faults of real processes at random moments, in real time; a stack serves several trials."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.campaign.kept_stack import KeptStack
from skill_stack.benchmarks.campaign.process_stack import ProcessStack
from skill_stack.benchmarks.campaign.real_trials import declared_row, run_trials
from skill_stack.benchmarks.report import Row
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.block_words import word_names
from skill_stack.core.shared_memory.shared_block import PAGE

Rng = np.random.Generator

REACTION = 3.0
"""Time limit of a reaction, s, for a busy machine."""
SITUATIONS = {"walking": {"vx": 0.5}, "turning": {"wz": 0.8}, "sitting": {}}
MOMENT = 1.4  # s after the motion has begun at most
SPINNERS = 8
SPIN = "while True: pass"


@dataclass(frozen=True, slots=True)
class ProcessVerdict:
    """Verdict on a trial with real processes.

    Attributes:
        seed: Its seed; timing is the machine's, all else repeats.
        fault: What happened.
        situation: What the robot did.
        seconds: Time until the reaction had come and everything ran again, s; negative when it did not.
        problem: What was wrong; empty when all was as declared.
        load: Load average of the machine.
        done: Whether there was a fault at all: False when the robot did not get to its feet.
        before: Trials that the same stack had served before.
    """

    seed: int
    fault: str
    situation: str
    seconds: float
    problem: str
    load: float
    done: bool = True
    before: int = 0

    @property
    def name(self) -> str:
        """Name of the fault."""
        return self.fault

    @property
    def as_declared(self) -> bool:
        """Whether the reaction came, and shared memory stayed usable."""
        return not self.problem


def _damp_command(stack: ProcessStack) -> bool:
    command = stack.channels.read_command()
    return command is not None and command.mode is CommandMode.DAMP


def _taken_over(stack: ProcessStack) -> bool:
    return bool(stack.channels.words.tripped) and _damp_command(stack)


def _control_ends(number: signal.Signals) -> Callable[[ProcessStack, Rng], None]:
    def act(stack: ProcessStack, rng: Rng) -> None:
        stack.kill("control", number)
        stack.play_until(lambda: _taken_over(stack), REACTION, "the supervisor damps")
        stack.again("control")

    return act


def _simulator_stops(stack: ProcessStack, rng: Rng) -> None:
    stack.kill("simulator", signal.SIGSTOP)
    stack.play_until(lambda: stack.status.mode is ControlMode.DAMPED, REACTION, "damped, as the device is silent")
    stack.kill("simulator", signal.SIGCONT)


def _simulator_ends(stack: ProcessStack, rng: Rng) -> None:
    stack.kill("simulator", signal.SIGKILL)
    stack.play_until(lambda: stack.status.mode is ControlMode.DAMPED, REACTION, "damped, as the device is gone")
    stack.start("simulator")


def _supervisor(number: signal.Signals) -> Callable[[ProcessStack, Rng], None]:
    def act(stack: ProcessStack, rng: Rng) -> None:
        stack.kill("supervisor", number)
        stack.play_until(lambda: "no supervisor" in stack.status.reason, REACTION, "stance without a supervisor")
        if number is signal.SIGSTOP:
            stack.kill("supervisor", signal.SIGCONT)
        else:
            stack.start("supervisor")
            stack.wait_supervised()

    return act


def _both_end(stack: ProcessStack, rng: Rng) -> None:
    """No process can damp until the next supervisor starts, which must."""
    for name in rng.permutation(["control", "supervisor"]):
        stack.kill(str(name), signal.SIGKILL)
    stack.start("supervisor")
    stack.play_until(lambda: _damp_command(stack), 20.0, "the next supervisor damps")
    stack.again("control")


def _connector_silent(stack: ProcessStack, rng: Rng) -> None:
    skill, stack.skill = stack.skill, ""
    stack.play_until(lambda: stack.status.mode is not ControlMode.ACTIVE, REACTION, "stance without a setpoint")
    stack.skill = skill


def _rubbish(stack: ProcessStack, rng: Rng) -> None:
    with stack.channels.block.path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size - PAGE
        for _ in range(int(rng.integers(1, 40))):
            file.seek(PAGE + int(rng.integers(size - 64)))
            file.write(rng.bytes(int(rng.integers(1, 64))))
            file.flush()
            stack.play(0.005)
    stack.assert_alive("control", "supervisor", "simulator")


def _counters(stack: ProcessStack, rng: Rng) -> None:
    names = [name for name in word_names() if name.startswith(("stop.", "estop.", "reset."))]
    stack.channels.words.set(str(rng.choice(names)), int(rng.integers(2**20, 2**60)))
    stack.play_until(lambda: stack.status.mode is ControlMode.ESTOP, REACTION, "latched by spoilt counters")


def _overload(stack: ProcessStack, rng: Rng) -> None:
    """More load than the machine has cores; all processes must keep running or be taken over."""
    spinners = [subprocess.Popen([sys.executable, "-S", "-c", SPIN]) for _ in range(SPINNERS)]
    try:
        stack.play(float(rng.uniform(0.5, 2.0)))
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()
    stack.assert_alive("supervisor", "simulator")
    if stack.channels.words.tripped:
        stack.again("control")


KINDS: dict[str, Callable[[ProcessStack, Rng], None]] = {
    "control killed": _control_ends(signal.SIGKILL),
    "control frozen": _control_ends(signal.SIGSTOP),
    "simulator killed": _simulator_ends,
    "simulator frozen": _simulator_stops,
    "supervisor killed": _supervisor(signal.SIGKILL),
    "supervisor frozen": _supervisor(signal.SIGSTOP),
    "control and supervisor killed": _both_end,
    "connector silent": _connector_silent,
    "random bytes in records": _rubbish,
    "counters of stops spoilt": _counters,
    "cores overloaded": _overload,
}
"""Kinds of faults; each ends with everything running again."""


def run_process_trial(seed: int, kept: KeptStack[ProcessStack]) -> ProcessVerdict:
    """One trial.

    Args:
        seed: Decides the kind, the motion and its moment.
        kept: The stack of the trials before, if it is still good.
    """
    rng = np.random.default_rng((seed, 21))
    name = list(KINDS)[seed % len(KINDS)]
    situation = str(rng.choice(list(SITUATIONS)))
    seconds, problem, done, before = -1.0, "", False, 0
    try:
        stack = kept.walking()
        before = kept.served
        stack.goals = dict(SITUATIONS[situation])
        stack.skill = "sit" if situation == "sitting" else "walk"
        stack.play(float(rng.uniform(0.1, MOMENT)))
        done = True
        began = time.monotonic()
        KINDS[name](stack, rng)
        seconds = time.monotonic() - began
        _is_usable(stack)
        kept.serve()
    except AssertionError as error:
        problem = str(error)
        kept.give_up()
    return ProcessVerdict(seed, name, situation, seconds, problem, os.getloadavg()[0], done, before)


def _is_usable(stack: ProcessStack) -> None:
    """After a reset by a person a stop and an emergency stop must still work."""
    stack.channels.words.request_reset("local")
    stack.play(0.2)
    stack.skill = ""
    stack.channels.words.request_estop("local")
    stack.play_until(lambda: stack.status.mode is ControlMode.ESTOP, REACTION, "an emergency stop afterwards")
    stack.play_until(lambda: _damp_command(stack), REACTION, "damping afterwards")
    stack.channels.words.request_reset("local")
    stack.play_until(lambda: stack.status.mode is not ControlMode.ESTOP, REACTION, "a reset afterwards")


def process_campaign(number: int, first: int, out: Path | None, end: float = math.inf) -> list[ProcessVerdict]:
    """Trials in pieces.

    Args:
        number: How many.
        first: Seed of the first one.
        out: File with the trials that are done already, which takes the others.
        end: Monotonic time after which no further one begins, s.
    """
    with KeptStack(ProcessStack) as kept:
        seeds = range(first, first + number)
        return run_trials(ProcessVerdict, lambda seed: run_process_trial(seed, kept), seeds, out, end)


def process_rows(verdicts: list[ProcessVerdict]) -> list[Row]:
    """The figures of trials with real processes."""
    unready = sum(not verdict.done for verdict in verdicts)
    verdicts = [verdict for verdict in verdicts if verdict.done]
    rows = [declared_row("processes", verdicts, unready)]
    for name in KINDS:
        mine = [verdict for verdict in verdicts if verdict.fault == name]
        if mine:
            worst = max(verdict.seconds for verdict in mine)
            told = f"{sum(v.as_declared for v in mine)} of {len(mine)}; until everything runs again"
            rows.append(Row(f"processes: {name}", worst, "s", note=told))
    return rows
