"""Kills, freezes, stops and shutdowns of a walking robot's processes, judged by what is in force at the device.

Whatever happens to control process, supervisor and bring-up: no active command may be in force when it is older than
:data:`~skill_stack.benchmarks.campaign.judge.OLDEST`, and in the end none may be in force at all.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.campaign.brought_up_stack import BRING_UP, END_WITHIN, ROLES, BroughtUpStack
from skill_stack.benchmarks.campaign.judge import OLDEST
from skill_stack.benchmarks.campaign.kept_stack import KeptStack
from skill_stack.benchmarks.campaign.real_trials import declared_row, run_trials
from skill_stack.benchmarks.report import Row

Rng = np.random.Generator

REACTION = 3.0
"""Time limit until no active command is in force, s: generous, for a busy machine."""
SITUATIONS = {"walking": {"vx": 0.5}, "turning": {"wz": 0.8}, "circling": {"vx": 0.3, "wz": 0.6}}
MOMENT = 1.4  # s after the motion has begun at most
STOP, CONT, KILL, INT = signal.SIGSTOP, signal.SIGCONT, signal.SIGKILL, signal.SIGINT


@dataclass(frozen=True, slots=True)
class ShutdownVerdict:
    """How a trial ended.

    Attributes:
        seed: Its seed; timing is the machine's, all else repeats.
        kind: What happened.
        situation: What the robot did.
        oldest: Greatest age of an active command at the device, s.
        seconds: Time from the first signal until no active command was in force, s; negative where that is not
            required.
        ended: Time until all processes had ended, s; negative where they were not to end.
        fallen: Whether the robot lay on its side or back by then; it may still have been sinking.
        problem: What was wrong; empty when all was as declared.
        load: Load average of the machine.
        done: Whether there was a trial at all: False when the robot did not get to walk.
    """

    seed: int
    kind: str
    situation: str
    oldest: float
    seconds: float
    ended: float
    fallen: bool
    problem: str
    load: float
    done: bool = True

    @property
    def name(self) -> str:
        """Name of the fault."""
        return self.kind

    @property
    def as_declared(self) -> bool:
        """Whether no old command was in force, and everything to be ended has ended."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class ShutdownKind:
    """One thing that can happen.

    Attributes:
        act: Makes it happen.
        ends: Whether the whole stack is to be gone afterwards.
        damps: Whether the device must be damped soon; False where fresh commands may go on.
    """

    act: Callable[[BroughtUpStack, Rng], None]
    ends: bool = False
    damps: bool = True


def _signals(*sequence: tuple[str, signal.Signals], gap: float = 0.0) -> Callable[[BroughtUpStack, Rng], None]:
    """Signals one after the other, with random pauses of at most ``gap`` s between them."""

    def act(stack: BroughtUpStack, rng: Rng) -> None:
        for place, (name, number) in enumerate(sequence):
            stack.play(float(rng.uniform(0.0, gap)) if place else 0.0)
            stack.send(name, number)

    return act


def _at_once(number: signal.Signals, *names: str) -> Callable[[BroughtUpStack, Rng], None]:
    """The same signal to several processes, in any order, without a pause."""

    def act(stack: BroughtUpStack, rng: Rng) -> None:
        for name in rng.permutation(names):
            stack.send(str(name), number)

    return act


def _left_by_bring_up(stack: BroughtUpStack, rng: Rng) -> None:
    """The bring-up is killed, perhaps with another process, and the next one clears up."""
    stack.send(BRING_UP, KILL)
    also = str(rng.choice(["nobody", "control", "supervisor"]))
    if also != "nobody":
        stack.send(also, signal.Signals(int(rng.choice([KILL, STOP]))))
    stack.play(float(rng.uniform(0.0, 0.3)))
    stack.end_left()


def _estop_while_frozen(stack: BroughtUpStack, rng: Rng) -> None:
    stack.send("control", STOP)
    stack.channels.words.request_estop("local")


def _stop_and_interrupt(stack: BroughtUpStack, rng: Rng) -> None:
    stack.channels.words.request_stop("local")
    stack.play(float(rng.uniform(0.0, 0.3)))
    stack.send(BRING_UP, INT)


def _thawed_late(stack: BroughtUpStack, rng: Rng) -> None:
    """Everything is killed while the simulated robot is frozen; what it finds afterwards is old."""
    stack.send("simulator", STOP)
    for name in ("control", "supervisor"):
        stack.send(name, KILL)
    stack.play(float(rng.uniform(0.1, 0.4)))
    stack.send("simulator", CONT)


def _emergency(stack: BroughtUpStack, rng: Rng) -> None:
    stack.channels.words.request_estop("local")


def _hiccup(stack: BroughtUpStack, rng: Rng) -> None:
    """A control process stalls for a moment and continues, if the supervisor allows it."""
    stack.send("control", STOP)
    time.sleep(float(rng.uniform(0.02, 0.2)))
    stack.send("control", CONT)
    stack.play(0.3)


KINDS: dict[str, ShutdownKind] = {
    "control frozen, then Ctrl-C": ShutdownKind(_signals(("control", STOP), (BRING_UP, INT), gap=0.2), ends=True),
    "control and supervisor killed": ShutdownKind(_at_once(KILL, "control", "supervisor")),
    "Ctrl-C": ShutdownKind(_signals((BRING_UP, INT)), ends=True),
    "control killed": ShutdownKind(_at_once(KILL, "control")),
    "Ctrl-C, then control frozen": ShutdownKind(_signals((BRING_UP, INT), ("control", STOP), gap=0.1), ends=True),
    "control frozen": ShutdownKind(_at_once(STOP, "control")),
    "supervisor frozen, control killed": ShutdownKind(_signals(("supervisor", STOP), ("control", KILL), gap=0.3)),
    "control and supervisor frozen, then Ctrl-C": ShutdownKind(
        _signals(("control", STOP), ("supervisor", STOP), (BRING_UP, INT), gap=0.1), ends=True
    ),
    "control and supervisor frozen": ShutdownKind(_at_once(STOP, "control", "supervisor")),
    "supervisor killed, control frozen, Ctrl-C": ShutdownKind(
        _signals(("supervisor", KILL), ("control", STOP), (BRING_UP, INT), gap=0.05), ends=True
    ),
    "emergency stop": ShutdownKind(_emergency),
    "emergency stop of a frozen control process": ShutdownKind(_estop_while_frozen),
    "bring-up killed, cleared up by the next": ShutdownKind(_left_by_bring_up, ends=True),
    "simulator frozen while all are killed": ShutdownKind(_thawed_late),
    "control and supervisor killed, then Ctrl-C": ShutdownKind(
        _signals(("control", KILL), ("supervisor", KILL), (BRING_UP, INT), gap=0.05), ends=True
    ),
    "control stands still for a moment": ShutdownKind(_hiccup, damps=False),
    "all interrupted at once": ShutdownKind(_at_once(INT, *ROLES, BRING_UP), ends=True),
    "stop, then Ctrl-C": ShutdownKind(_stop_and_interrupt, ends=True),
    "supervisor killed": ShutdownKind(_at_once(KILL, "supervisor"), damps=False),
    "control, supervisor and bring-up killed": ShutdownKind(_at_once(KILL, "control", "supervisor", BRING_UP)),
}
"""Kinds of shutdowns."""


def run_shutdown_trial(seed: int, kept: KeptStack[BroughtUpStack]) -> ShutdownVerdict:
    """One trial.

    Args:
        seed: Decides the kind, the motion, its moment and the pauses.
        kept: The stack of the trials before, if it is still good.
    """
    rng = np.random.default_rng((seed, 22))
    name = list(KINDS)[seed % len(KINDS)]
    kind, situation = KINDS[name], str(rng.choice(list(SITUATIONS)))
    seconds = ended = -1.0
    oldest, fallen, problem, done = 0.0, False, "", False
    try:
        stack = kept.walking()
        stack.goals = dict(SITUATIONS[situation])
        stack.play(float(rng.uniform(0.1, MOMENT)))
        done, began = True, time.monotonic()
        kind.act(stack, rng)
        if kind.damps:
            stack.skill = ""  # what the bring-up starts again must not be asked to go on
            _wait(lambda: not stack.truth.driven, REACTION, "nothing active in force")
            seconds = time.monotonic() - began
        if kind.ends:
            _wait(lambda: stack.has_ended, END_WITHIN, "the end of everything")
            ended = time.monotonic() - began
        truth = stack.truth
        oldest, fallen = truth.oldest, truth.fallen
        assert oldest <= OLDEST, f"an active command of {1e3 * oldest:.0f} ms was in force"
        assert not (kind.ends and truth.driven), "an active command in force at the end"
        stack.channels.words.request_reset("local")
        kept.serve()
        if kind.ends:
            kept.give_up()
    except AssertionError as error:
        problem = str(error)
        kept.give_up()
    return ShutdownVerdict(
        seed, name, situation, oldest, seconds, ended, fallen, problem, os.getloadavg()[0], done
    )  # fmt: skip


def _wait(done: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"not so: {what}"
        time.sleep(0.002)


def shutdown_campaign(
    number: int, first: int, out: Path | None, command_age: float | None = None
) -> list[ShutdownVerdict]:
    """Trials in pieces; each is reported on standard error.

    Args:
        number: How many.
        first: Seed of the first one.
        out: File with the trials that are done already, which takes the others.
        command_age: Limit in place of the robot's, s: a long one shows what would be without it.
    """
    safety = {} if command_age is None else {"command_age": command_age}
    with KeptStack(functools.partial(BroughtUpStack, safety=safety)) as kept:

        def trial(seed: int) -> ShutdownVerdict:
            verdict = run_shutdown_trial(seed, kept)
            told = verdict.problem or f"{1e3 * verdict.oldest:.0f} ms"
            print(f"{seed - first + 1} of {number}: {verdict.kind}: {told}", file=sys.stderr, flush=True)
            return verdict

        return run_trials(ShutdownVerdict, trial, range(first, first + number), out)


def shutdown_rows(verdicts: list[ShutdownVerdict]) -> list[Row]:
    """The figures of a campaign."""
    unready = sum(not verdict.done for verdict in verdicts)
    verdicts = [verdict for verdict in verdicts if verdict.done]
    oldest = max((verdict.oldest for verdict in verdicts), default=float("nan"))
    fallen = sum(verdict.fallen for verdict in verdicts)
    told = f"{fallen} of {len(verdicts)} robots were tilted by more than 1 rad by then"
    rows = [
        declared_row("shutdowns", verdicts, unready),
        Row("shutdowns: oldest active command in force", 1e3 * oldest, "ms", 1e3 * OLDEST, note=told),
    ]
    for name in KINDS:
        mine = [verdict for verdict in verdicts if verdict.kind == name]
        if mine:
            count = f"{sum(v.as_declared for v in mine)} of {len(mine)}"
            damped, ended = max(v.seconds for v in mine), max(v.ended for v in mine)
            told = f"{count}; damped after at most {damped:.2f} s" if damped >= 0 else f"{count}; goes on"
            told += f", all gone after {ended:.1f} s" if ended >= 0 else ""
            rows.append(Row(f"shutdowns: {name}", 1e3 * max(v.oldest for v in mine), "ms", note=told))
    return rows
