"""Any number of faults over the buses of hands: a seed determines a trial except for thread timing."""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.devices.hand_faults import CAN, CAN_ENDINGS, SERIAL, SERIAL_ENDINGS, HandFaultTrial
from skill_stack.benchmarks.devices.hand_rigs import allegro_rig, leap_rig
from skill_stack.benchmarks.pieces import PieceFile
from skill_stack.benchmarks.report import Row

TELL_EVERY = 10
"""Faults between two lines about how far it is."""


@dataclass(frozen=True, slots=True)
class HandVerdict:
    """Verdict on one fault.

    Attributes:
        seed: Seed of the trial.
        fault: Bus and name of the fault.
        ending: How the loop ended after it.
        wrong: What was not as it must be, in words.
        slowest: Longest call of the driver, s.
    """

    seed: int
    fault: str
    ending: str
    wrong: tuple[str, ...]
    slowest: float


def run_fault(seed: int) -> HandVerdict:
    """One fault on a hand that is made for it.

    Args:
        seed: Decides bus, fault, ending and all numbers in them.
    """
    rng = np.random.default_rng((seed, 31))
    serial = bool(rng.random() < 0.5)
    kinds, endings = (SERIAL, SERIAL_ENDINGS) if serial else (CAN, CAN_ENDINGS)
    fault, ending = kinds[rng.integers(len(kinds))], endings[rng.integers(len(endings))]
    with tempfile.TemporaryDirectory(prefix="skill-stack-hand-") as folder:
        rig = (leap_rig if serial else allegro_rig)(Path(folder))
        try:
            trial = HandFaultTrial(rig, rng)
            trial.run(fault, ending)
        finally:
            rig.close()
    return HandVerdict(
        seed, f"{'serial' if serial else 'CAN'}: {fault.name}", ending, tuple(trial.wrong), trial.slowest
    )


def for_a_while(seconds: float, first: int = 0) -> list[HandVerdict]:
    """As many faults as fit, at least one.

    Args:
        seconds: How long, s.
        first: Seed of the first one.
    """
    end, found = time.monotonic() + seconds, []
    for seed in itertools.count(first):
        found.append(run_fault(seed))
        if time.monotonic() >= end:
            break
    return found


def campaign(number: int, first: int, out: Path | None = None) -> list[HandVerdict]:
    """A resumable campaign.

    Args:
        number: How many faults.
        first: Seed of the first one.
        out: File with the faults that are done already, which takes the others.
    """
    done = PieceFile(out)
    verdicts = [HandVerdict(**{**told, "wrong": tuple(told["wrong"])}) for told in done.pieces]
    seeds = {verdict.seed for verdict in verdicts}
    for seed in (seed for seed in range(first, first + number) if seed not in seeds):
        verdicts.append(run_fault(seed))
        done.add(asdict(verdicts[-1]))
        _tell(verdicts, number)
    return sorted((v for v in verdicts if first <= v.seed < first + number), key=lambda verdict: verdict.seed)


def _tell(verdicts: Sequence[HandVerdict], number: int) -> None:
    """Progress beside the report, which goes to standard output."""
    last = verdicts[-1]
    if last.wrong:
        print(f"seed {last.seed}, {last.fault}, {last.ending}: {'; '.join(last.wrong)}", file=sys.stderr, flush=True)
    if len(verdicts) % TELL_EVERY == 0:
        bad = sum(bool(verdict.wrong) for verdict in verdicts)
        print(f"{len(verdicts)} of {number} faults, {bad} ended badly", file=sys.stderr, flush=True)


def rows(verdicts: Sequence[HandVerdict]) -> list[Row]:
    """The figures.

    Args:
        verdicts: At least one.
    """
    bad = [verdict for verdict in verdicts if verdict.wrong]
    examples = "; ".join(f"seed {v.seed} {v.fault}, {v.ending}: {', '.join(v.wrong)}" for v in bad[:5])
    seeds = f"seeds {min(v.seed for v in verdicts)}–{max(v.seed for v in verdicts)}"
    what = f"{seeds}; {len({verdict.fault for verdict in verdicts})} kinds; {_endings(verdicts)}"
    return [
        Row("faults over the buses", float(len(verdicts)), "faults", note=what),
        Row("faults that ended badly", float(len(bad)), "faults", 0.0, note=examples or BAD),
        Row("longest cycle under a fault", 1e3 * max(v.slowest for v in verdicts), "ms"),
        *_by_kind(verdicts),
    ]


BAD = "torque on with nobody watching, a call that hung, no reason said, or not driven again once the fault was mended"


def _endings(verdicts: Sequence[HandVerdict]) -> str:
    return ", ".join(f"{count} × {ending}" for ending, count in sorted(Counter(v.ending for v in verdicts).items()))


def _by_kind(verdicts: Sequence[HandVerdict]) -> Iterator[Row]:
    """Bad ends of each kind of fault."""
    for fault, count in sorted(Counter(verdict.fault for verdict in verdicts).items()):
        bad = sum(bool(verdict.wrong) for verdict in verdicts if verdict.fault == fault)
        yield Row(fault, float(bad), "ended badly", 0.0, note=f"{count} faults")
