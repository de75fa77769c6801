"""Trials with real processes: finished ones are read from a file, and one row summarises all."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import Field, asdict
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from skill_stack.benchmarks.pieces import PieceFile
from skill_stack.benchmarks.report import Row


class RealTrialVerdict(Protocol):
    """How a trial ended; a dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def seed(self) -> int:
        """Its seed."""

    @property
    def name(self) -> str:
        """Name of the fault."""

    @property
    def problem(self) -> str:
        """Failure; empty when all was as declared."""

    @property
    def load(self) -> float:
        """Load average of the machine."""

    @property
    def as_declared(self) -> bool:
        """Whether all was as declared."""


AnyVerdict = TypeVar("AnyVerdict", bound=RealTrialVerdict)


def run_trials(
    kind: Callable[..., AnyVerdict],
    trial: Callable[[int], AnyVerdict],
    seeds: range,
    out: Path | None,
    end: float = math.inf,
) -> list[AnyVerdict]:
    """Runs the trials of some seeds that are not done yet.

    Args:
        kind: Makes a verdict from its entry in the file.
        trial: Runs the trial of a seed.
        seeds: Seeds of all trials.
        out: File with the trials that are done already, which takes the others.
        end: Monotonic time after which no further one begins, s.

    Returns:
        Verdicts of those that are done, in the order of the seeds.
    """
    done = PieceFile(out)
    found = {piece["seed"]: kind(**piece) for piece in done.pieces}
    for seed in seeds:
        if seed not in found and time.monotonic() < end:
            found[seed] = trial(seed)
            done.add(asdict(found[seed]))
    return [found[seed] for seed in seeds if seed in found]


def declared_row(title: str, verdicts: Sequence[RealTrialVerdict], unready: int) -> Row:
    """The share of trials that ended as declared, with those that did not.

    Args:
        title: What the campaign is called.
        verdicts: Trials in which something happened.
        unready: How many others did not get as far.
    """
    good = sum(verdict.as_declared for verdict in verdicts)
    missed = "; ".join(f"seed {v.seed} {v.name}: {v.problem}" for v in verdicts if not v.as_declared)
    share = 100.0 * good / len(verdicts) if verdicts else float("nan")
    load = max((verdict.load for verdict in verdicts), default=0.0)
    note = missed[:600] or f"{good} of {len(verdicts)}; {unready} did not get as far; load average up to {load:.0f}"
    return Row(f"{title}: as declared", share, "%", 100.0, "higher", note=note)
