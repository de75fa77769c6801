"""Properties of every command on random robots with random samples, setpoints and outputs.

No case may give a command beyond a limit, a non-finite one, or an active one after a latched stop. A seed determines a
case: ``skill-stack bench properties --cases 100000 --first 0``.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.pieces import PieceFile, add_piece_options, print_rows
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.wild.case import CaseVerdict, run_case
from skill_stack.benchmarks.wild.robots import random_robot, skills_of
from skill_stack.core.arguments import Parser

TITLE = "samples, setpoints and outputs of any kind, and what must never come out"
PER_ROBOT = 50
"""Cases with one robot before the next one is made up."""
KEPT = 20
"""Cases with problems that are kept."""
PIECE = 1000
"""Cases that are noted together."""


def measure(seconds: float) -> list[Row]:
    """As many cases as fit.

    Args:
        seconds: How long, s.
    """
    end = time.monotonic() + seconds
    tally = PropertyTally(0)
    for verdict in cases(0):
        tally.take(verdict)
        if time.monotonic() >= end:
            break
    return tally.rows()


def cases(first: int) -> Iterator[CaseVerdict]:
    """Endless cases.

    Args:
        first: Seed of the first one; the following ones count up.
    """
    seed, made = first, -1
    while True:
        if seed // PER_ROBOT != made:
            made = seed // PER_ROBOT
            robot = random_robot(np.random.default_rng((made, 72)))
            library = skills_of(robot)
        yield run_case(robot, library, seed)
        seed += 1


@dataclass(slots=True)
class PropertyTally:
    """Counts cases, and keeps those with problems.

    Attributes:
        first: Seed of the first case.
        cases: Cases so far.
        ticks: Ticks in them.
        active: Those of them that drove.
        bad: Cases with problems.
        problems: The first of those, as text.
    """

    first: int
    cases: int = 0
    ticks: int = 0
    active: int = 0
    bad: int = 0
    problems: list[str] = field(default_factory=list)

    def take(self, verdict: CaseVerdict) -> None:
        """Counts one case."""
        self.cases += 1
        self.ticks += verdict.ticks
        self.active += verdict.active
        self.bad += bool(verdict.problems)
        if verdict.problems and len(self.problems) < KEPT:
            self.problems.append(f"seed {verdict.seed} {verdict.problems[0]}")

    def add(self, other: PropertyTally) -> None:
        """Adds the counts of another one."""
        self.cases += other.cases
        self.ticks += other.ticks
        self.active += other.active
        self.bad += other.bad
        self.problems = (self.problems + other.problems)[:KEPT]

    def rows(self) -> list[Row]:
        """The figures."""
        note = "beyond a limit, not finite, after a latched stop, or an error that escaped"
        return [
            Row("wild cases", float(self.cases), "cases", note=f"from seed {self.first}; {self.ticks} commands"),
            Row("commands that drive", 100.0 * self.active / max(self.ticks, 1), "%", note="the others damp"),
            Row("with what must never be", float(self.bad), "cases", 0.0, note="; ".join(self.problems[:3]) or note),
        ]


def count(number: int, first: int, out: Path | None = None) -> PropertyTally:
    """Cases in pieces.

    Args:
        number: How many.
        first: Seed of the first one.
        out: File with the pieces that are done already, which takes the others.
    """
    done = PieceFile(out)
    total = PropertyTally(first)
    for piece in [PropertyTally(**told) for told in done.pieces]:
        if piece.first == first + total.cases:
            total.add(piece)
    while total.cases < number:
        piece = PropertyTally(first + total.cases)
        for verdict in itertools.islice(cases(piece.first), min(PIECE, number - total.cases)):
            piece.take(verdict)
        total.add(piece)
        done.add(asdict(piece))
    return total


def command_line() -> argparse.ArgumentParser:
    """Options of campaigns of any length."""
    parser = Parser(prog="skill-stack bench properties", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="number of cases")
    parser.add_argument("--first", type=int, default=0, help="seed of the first one")
    add_piece_options(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Any number of cases.

    Returns:
        0 when nothing was found that must never be, 1 otherwise.
    """
    options = command_line().parse_args(argv)
    began = time.perf_counter()
    tally = count(options.cases, options.first, options.out)
    print_rows("properties", TITLE, tally.rows(), options.json, began)
    return 0 if not tally.bad else 1


if __name__ == "__main__":
    sys.exit(main())
