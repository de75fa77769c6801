"""The connector: its cycle with many skills, and the gain of choosing among them by their runs.

``skill-stack bench connector --seeds 100``            the choice alone, with more seeds
``skill-stack bench connector --kills 100``            the connector killed at random moments of a running stack
``skill-stack bench connector --sequences 1000``       random switches, interruptions, hand-overs and faults
``skill-stack bench connector --drops 1000``           the same with an object in a hand
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.connecting.connector_cycle import RUNS as KNOWN_RUNS
from skill_stack.benchmarks.connecting.connector_cycle import SKILLS, measure_cycles
from skill_stack.benchmarks.connecting.connector_paces import FILE, load_measured
from skill_stack.benchmarks.connecting.connector_regret import (
    LIKELY,
    RUNS,
    STORIES,
    RegretSeries,
    false_alarms,
    half_and_half,
    run_series,
)
from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.pieces import print_rows
from skill_stack.benchmarks.report import BenchmarkReport, Row, page
from skill_stack.core.arguments import Parser
from skill_stack.core.resources import Resources

TITLE = "the connector's cycle with 200 skills, and what choosing by runs is worth"
SEEDS = 30
ALARM_SERIES = 200
CYCLE_LIMIT = 5.0  # ms
REGRET_LIMIT = 0.5
DELAY_LIMIT = 15.0  # runs
FALSE_LIMIT = 0.05
CHANGE = RUNS // 2
"""Request at which a story changes its conditions."""
BETTER = "friction comes back"
"""A change for the better, in which nothing stops working: its delay is not counted, its regret is."""


def measure(seconds: float) -> list[Row]:
    """Cycles for a third of the time, and thirty seeds of the choice, which take about the rest.

    Args:
        seconds: How long, s.
    """
    each = max(0.5, seconds / 6)
    seen = measure_cycles(each, seen=True)
    return [*cycle_rows(*measure_cycles(each)), *cycle_rows(*seen, " by an occupancy grid"), *choice_rows(SEEDS)]


def cycle_rows(cycles: np.ndarray, computed: np.ndarray, how: str = "") -> list[Row]:
    """Figures of the cycle, from its durations and CPU times, both in ms; ``how`` names the condition."""
    low, middle, high = (float(value) for value in np.percentile(cycles, [10, 50, 99]))
    note = f"{len(cycles)} cycles of errands in the playground, {SKILLS} skills, {KNOWN_RUNS} runs known"
    return [
        Row(f"cycle{how}, p99", high, "ms", CYCLE_LIMIT, spread=(low, float(cycles.max())), note=note),
        Row(f"cycle{how}, median", middle, "ms"),
        Row(f"cycle{how}, p99 of its time on a core", float(np.percentile(computed, 99)), "ms",
            note="what other processes take from it is not in it"),
    ]  # fmt: skip


def choice_rows(seeds: int) -> list[Row]:
    """Figures of choosing, over a number of seeds."""
    measured = load_measured(Resources.from_environment(os.environ).find(FILE, "measured paces"))
    done = {
        name: [run_series(measured, half_and_half(story), seed) for seed in range(seeds)]
        for name, story in STORIES.items()
    }
    regret = sum(_mean(series) for series in done.values())
    fixed = sum(_best_fixed(series) for series in done.values())
    delays = [one.delay(CHANGE) for name, series in done.items() if name != BETTER for one in series]
    early = np.mean([any(at < CHANGE for at in one.noticed) for series in done.values() for one in series])
    alarms = {p: false_alarms(p, ALARM_SERIES) for p in LIKELY}
    told = ", ".join(f"{share:.1%} at {p:g}" for p, share in alarms.items())
    about = f"mean over {', '.join(done)}; {seeds} seeds each, 400 requests, the change after 200"
    return [
        Row("dynamic regret against the best fixed choice", regret / fixed, "x", REGRET_LIMIT, note=about),
        *(_story_row(name, series) for name, series in done.items()),
        Row("runs until a change is noticed, median", float(np.median(delays)), "runs", DELAY_LIMIT,
            spread=(float(np.percentile(delays, 10)), float(np.percentile(delays, 90)))),
        Row("false alarms in 200 runs, largest", 100 * max(alarms.values()), "%", 100 * FALSE_LIMIT,
            note=f"{ALARM_SERIES} series for each success probability: {told}"),
        Row("false alarms before the change", 100 * float(early), "%", 100 * FALSE_LIMIT,
            note="of the series above, 200 requests before the change"),
    ]  # fmt: skip


def _story_row(name: str, series: Sequence[RegretSeries]) -> Row:
    before, after = STORIES[name]
    own, fixed = _mean(series), _best_fixed(series)
    note = f"{before}, then {after}: regret {own:.0f} s, best fixed {fixed:.0f} s"
    return Row(f"{name}: against the best fixed choice", own / fixed, "x", note=note)


def _mean(series: Sequence[RegretSeries]) -> float:
    return float(np.mean([one.regret for one in series]))


def _best_fixed(series: Sequence[RegretSeries]) -> float:
    return float(np.mean([one.fixed for one in series], axis=0).min())


def command_line() -> argparse.ArgumentParser:
    """Options of campaigns of any length."""
    parser = Parser(
        prog="skill-stack bench connector", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--seeds", type=int, help="series of choices for each story")
    what.add_argument("--kills", type=int, help="how often the connector of a running stack is killed")
    what.add_argument("--sequences", type=int, help="random sequences")
    what.add_argument("--drops", type=int, help="random sequences with an object in a hand")
    parser.add_argument("--first", type=int, default=1, help="seed of the first sequence, or of the kills (default: 1)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="one JSON line for each sequence; goes on where it ends"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write a Markdown page")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Campaigns of any length.

    Returns:
        0 when every figure holds, 1 otherwise.
    """
    options = command_line().parse_args(argv)
    began, machine = time.perf_counter(), Machine.here()
    if options.seeds is not None:
        found = choice_rows(max(1, options.seeds))
    elif options.kills is not None:
        from skill_stack.benchmarks.connecting.connector_kills import kill_rows

        found = kill_rows(max(1, options.kills), options.first)
    elif options.drops is not None:
        from skill_stack.benchmarks.connecting.connector_drops import drop_rows

        found = drop_rows(range(options.first, options.first + max(1, options.drops)), options.out)
    else:
        from skill_stack.benchmarks.connecting.connector_sequences import sequence_rows

        found = sequence_rows(range(options.first, options.first + max(1, options.sequences)), options.out)
    print_rows("connector", TITLE, tuple(found), options.json, began)
    if options.write:
        report = BenchmarkReport("connector", TITLE, machine, tuple(found), time.perf_counter() - began)
        options.write.write_text(page([report]), encoding="utf-8")
    return 1 if any(row.holds is False for row in found) else 0


if __name__ == "__main__":
    sys.exit(main())
