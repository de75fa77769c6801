"""The fault campaign: random faults at random moments of walking, turning and sitting down, each with its verdict.

A seed decides everything about a trial, so that a campaign may be done in pieces and a trial repeated alone:
``skill-stack bench faults --faults 1000 --first 0 --out FILE``; the same command continues where it ended.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from skill_stack.benchmarks.campaign.process_campaign import KINDS, process_campaign, process_rows
from skill_stack.benchmarks.campaign.shutdown_campaign import shutdown_campaign, shutdown_rows
from skill_stack.benchmarks.campaign.trial import FAULTS, TrialOptions, TrialVerdict, run_trial, verdict_of
from skill_stack.benchmarks.campaign.world import CampaignWorld
from skill_stack.benchmarks.pieces import PieceFile, add_piece_options, print_rows
from skill_stack.benchmarks.report import Row
from skill_stack.core.arguments import Parser, at_least_one, positive

TITLE = "faults at random moments, each against its declared reaction"
PROCESSES_FROM = 30.0
"""Length of a measurement from which real processes are killed too, s."""
PROCESSES_SHARE = 0.5
"""Their share of it."""
LONGEST = 5.0  # s that one trial with processes needs


def measure(seconds: float) -> list[Row]:
    """As many trials as fit, then faults of real processes when there is time for them.

    Args:
        seconds: How long, s.
    """
    begin = time.monotonic()
    for_processes = PROCESSES_SHARE * seconds if seconds >= PROCESSES_FROM else 0.0
    verdicts: list[TrialVerdict] = []
    for verdict in trials(0):
        verdicts.append(verdict)
        if time.monotonic() - begin >= seconds - for_processes:
            break
    found = rows(verdicts)
    if not for_processes:
        return found
    return found + process_rows(process_campaign(len(KINDS), 0, None, begin + seconds - LONGEST))


def trials(first: int) -> Iterator[TrialVerdict]:
    """Endless trials.

    Args:
        first: Seed of the first one; the following ones count up.
    """
    world = CampaignWorld.load()
    with tempfile.TemporaryDirectory(prefix="skill-stack-faults-") as folder:
        seed = first
        while True:
            yield run_trial(world, seed, Path(folder))
            seed += 1


def rows(verdicts: Sequence[TrialVerdict]) -> list[Row]:
    """The figures of a campaign.

    Args:
        verdicts: At least one.
    """
    done = [verdict for verdict in verdicts if verdict.done]
    good = sum(verdict.as_declared for verdict in done)
    failed = [v for v in verdicts if not v.as_declared]
    unready = len(verdicts) - len(done)
    examples = "; ".join(f"seed {v.seed} {v.fault}: {' / '.join((*v.problems, *v.violations))}" for v in failed[:3])
    commands = sum(verdict.commands for verdict in verdicts)
    used = [verdict.ticks / verdict.allowed for verdict in done if verdict.ticks]
    note = f"{len({v.fault for v in done})} of {len(FAULTS)} kinds, seeds {verdicts[0].seed}–{verdicts[-1].seed}"
    return [
        Row("faults", float(len(done)), "faults", note=f"{note}; {unready} trials did not get as far"),
        Row(
            "in the declared reaction",
            100.0 * good / len(done) if done else math.nan,
            "%",
            100.0,
            "higher",
            note=examples or "mode, reason and number of ticks as declared, and in the end standing, seated or damped",
        ),
        Row("worst reaction / declared ticks", max(used, default=math.nan), "x", 1.0, note="of those that came"),
        Row(
            "commands that must never be",
            float(sum(len(verdict.violations) for verdict in verdicts)),
            "commands",
            0.0,
            note=f"not finite, beyond a limit, or after a latched stop; {commands} commands looked at",
        ),
        *_by_kind(done),
    ]


def _by_kind(done: Sequence[TrialVerdict]) -> list[Row]:
    """Worst reaction for each kind of fault."""
    out = []
    for fault in FAULTS:
        mine = [verdict for verdict in done if verdict.fault == fault.name]
        ticks = [verdict.ticks for verdict in mine if verdict.ticks]
        if mine:
            good, allowed = sum(v.as_declared for v in mine), max(v.allowed for v in mine)
            modes = "any mode" if len(fault.modes) > 3 else " or ".join(sorted(mode.value for mode in fault.modes))
            note = f"{modes} within {allowed}; {good} of {len(mine)} as declared"
            out.append(Row(fault.name, float(max(ticks, default=math.nan)), "ticks", note=note))
    return out


def campaign(number: int, first: int, options: TrialOptions, out: Path | None = None) -> list[TrialVerdict]:
    """A campaign in pieces.

    Args:
        number: How many trials.
        first: Seed of the first one.
        options: What kind of trials.
        out: File with the trials that are done already, which takes the others.
    """
    done = PieceFile(out)
    verdicts = [verdict_of(told) for told in done.pieces]
    seeds = {verdict.seed for verdict in verdicts if verdict.options == options}
    wanted = [seed for seed in range(first, first + number) if seed not in seeds]
    world = CampaignWorld.load()
    with tempfile.TemporaryDirectory(prefix="skill-stack-faults-") as folder:
        for seed in wanted:
            verdict = run_trial(world, seed, Path(folder), options)
            verdicts.append(verdict)
            done.add(asdict(verdict))
    return [v for v in verdicts if v.options == options and first <= v.seed < first + number]


def command_line() -> argparse.ArgumentParser:
    """Options of campaigns of any length."""
    parser = Parser(prog="skill-stack bench faults", description=__doc__)
    parser.add_argument("--faults", type=at_least_one, default=1000, help="number of trials")
    parser.add_argument("--first", type=int, default=0, help="seed of the first one")
    parser.add_argument("--pairs", action="store_true", help="two faults at once in every trial")
    parser.add_argument("--rate", type=positive, help="rate of the control loop, Hz (default: the robot's own)")
    parser.add_argument("--processes", action="store_true", help="real processes, in real time")
    text = "kill, freeze, stop and shut down the processes of a walking robot, in real time"
    parser.add_argument("--shutdowns", type=at_least_one, metavar="N", help=text)
    text = "with --shutdowns: safety.command_age in place of the robot's, s, to see what would be without it"
    parser.add_argument("--command-age", type=positive, metavar="S", help=text)
    add_piece_options(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """A campaign of any length.

    Returns:
        0 when every fault met its declared reaction, 1 otherwise.
    """
    options = command_line().parse_args(argv)
    began = time.perf_counter()
    if options.processes:
        found = process_campaign(options.faults, options.first, options.out)
        print_rows("faults", TITLE, process_rows(found), options.json, began)
        return 0 if all(verdict.as_declared for verdict in found) else 1
    if options.shutdowns:
        ends = shutdown_campaign(options.shutdowns, options.first, options.out, options.command_age)
        print_rows("faults", TITLE, shutdown_rows(ends), options.json, began)
        return 0 if all(verdict.as_declared for verdict in ends) else 1
    verdicts = campaign(options.faults, options.first, TrialOptions(options.pairs, options.rate), options.out)
    print_rows("faults", TITLE, rows(verdicts), options.json, began)
    return 0 if all(verdict.as_declared for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
