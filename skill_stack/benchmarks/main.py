"""The verb ``skill-stack bench``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from skill_stack.benchmarks.catalogue import BENCHMARKS, run
from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.report import BenchmarkReport, Row, merge, page
from skill_stack.core.arguments import Parser, number
from skill_stack.core.errors import SkillStackError, UnknownName

LONGEST = 45.0
"""Longest measurement that still ends within 50 s, s."""
LONG = ("soak", "hand_soak", "record", "cloning", "stops", "voice")
"""Benchmarks that may run for as long as one likes."""
WEEK = 7 * 24 * 60.0  # min


def command_line(argv: Sequence[str]) -> tuple[argparse.ArgumentParser, Sequence[str]]:
    """The argument parser of a command line, and its words.

    Args:
        argv: Command line without the program's name and verb. Where an option of a single benchmark is used, that
            benchmark's own command line parses the arguments after its name.
    """
    own = _own(argv)
    return (own.command_line(), argv[1:]) if own else (_parser(), argv)


def main(argv: Sequence[str]) -> int:
    """Runs benchmarks and prints what they found.

    Args:
        argv: Command line without the program's name and verb.

    Returns:
        0 when everything requested was measured (whether or not the limits hold), 1 otherwise, 2 for a
        wrong command line, 3 with ``--strict`` when a limit is missed.
    """
    if own := _own(argv):
        return int(own.main(argv[1:]))
    options = _parser().parse_args(argv)
    if options.minutes is not None and options.name not in LONG:
        print(f"--minutes is for: {', '.join(LONG)}; the others take --seconds", file=sys.stderr)
        return 2
    seconds = options.seconds if options.minutes is None else 60.0 * options.minutes
    names = list(BENCHMARKS) if options.name == "all" else [options.name]
    reports, failed = [], False
    for name in names:
        try:
            reports.append(run(name, seconds))
        except UnknownName as error:
            print(error, file=sys.stderr)
            return 2
        except SkillStackError as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
            reports.append(_not_measured(name, str(error)))
        if not options.json:
            print(reports[-1].table() + "\n", flush=True)
    result = merge(reports) if options.name == "all" else reports[0]
    _put_out(result, reports, options)
    missed = any(row.holds is False for row in result.rows)
    return 1 if failed else 3 if options.strict and missed else 0


def _put_out(result: BenchmarkReport, reports: Sequence[BenchmarkReport], options: argparse.Namespace) -> None:
    """Prints and writes the results."""
    if options.json:
        print(json.dumps(result.to_json(), indent=2, ensure_ascii=False))
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(page(reports), encoding="utf-8")


def _own(argv: Sequence[str]) -> ModuleType | None:
    """The benchmark's module, where it has campaigns of any length and one of their options is used."""
    if not argv or argv[0] not in BENCHMARKS:
        return None
    general = {option for action in _parser()._actions for option in action.option_strings}
    if not any(word.startswith("--") and word.split("=")[0] not in general for word in argv[1:]):
        return None
    module = importlib.import_module(f"skill_stack.benchmarks.{BENCHMARKS[argv[0]].module}")
    return module if hasattr(module, "command_line") else None


def _not_measured(name: str, why: str) -> BenchmarkReport:
    row = Row(name, float("nan"), "", note=f"not measured: {why}")
    return BenchmarkReport(name, BENCHMARKS[name].title, Machine.here(), (row,))


def _seconds(text: str) -> float:
    seconds = number(text)
    if not 0.5 <= seconds <= LONGEST:
        raise argparse.ArgumentTypeError(f"{text} s is outside 0.5…{LONGEST:g} s")
    return seconds


def _minutes(text: str) -> float:
    minutes = number(text)
    if not 0.2 <= minutes <= WEEK:
        raise argparse.ArgumentTypeError(f"{text} min is outside 0.2…{WEEK:g} min")
    return minutes


def _parser() -> argparse.ArgumentParser:
    listing = "\n".join(f"  {name:<16} {bench.title}" for name, bench in BENCHMARKS.items())
    parser = Parser(
        prog="skill-stack bench",
        description="Measures the stack on this machine. Each benchmark ends within 50 s unless told otherwise.",
        epilog=f"benchmarks:\n{listing}\n  {'all':<16} all of them, one after the other (some minutes)\n\n"
        "example:\n  skill-stack bench tick --json\n  skill-stack bench faults --faults 1000 --out FILE\n"
        "  skill-stack bench all --write docs/results/benchmarks.md\n"
        "  skill-stack bench soak --minutes 30",
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("name", metavar="NAME", help="benchmark, or 'all'")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--seconds", type=_seconds, metavar="N", help="length of the measurement, set-up excluded")
    parser.add_argument("--minutes", type=_minutes, metavar="N", help=f"the same for {', '.join(LONG)}: any length")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write a Markdown page")
    parser.add_argument("--strict", action="store_true", help="exit code 3 when a figure misses its limit")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
