"""Results of a benchmark: rows with a value, its spread and a limit, as JSON, as a table, and as a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from skill_stack.benchmarks.machine import Machine


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        name: What was measured.
        value: The figure; NaN when it could not be measured, and ``note`` states why.
        unit: Its unit, e.g. ``ms``; ``x`` for a ratio.
        limit: The figure to reach, or None where the row only informs.
        better: Which side of the limit is good.
        spread: Lowest and highest of what the figure was made of, e.g. 10th and 90th percentile, or None.
        note: How it was measured, or why it was not.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    better: Literal["lower", "higher"] = "lower"
    spread: tuple[float, float] | None = None
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the limit is reached; None without a limit."""
        if self.limit is None:
            return None
        if not math.isfinite(self.value):
            return False
        return self.value <= self.limit if self.better == "lower" else self.value >= self.limit

    def to_json(self) -> dict[str, Any]:
        """The row as plain data; what was not measured is null."""
        spread = [_plain(value) for value in self.spread] if self.spread else None
        return {
            "name": self.name,
            "value": _plain(self.value),
            "unit": self.unit,
            "limit": self.limit,
            "holds": self.holds,
            "spread": spread,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class BenchmarkReport:
    """The result of one benchmark.

    Attributes:
        bench: Its name.
        title: What it measures, in one sentence.
        machine: Where it ran.
        rows: The figures.
        seconds: How long it took, s.
    """

    bench: str
    title: str
    machine: Machine
    rows: tuple[Row, ...]
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack bench NAME --json`` prints."""
        return {"bench": self.bench, "machine": self.machine.to_json(), "rows": [row.to_json() for row in self.rows]}

    def table(self) -> str:
        """The rows for people, with the machine that they were measured on."""
        cells = [[r.name, _number(r.value), r.unit, _spread(r), _limit(r), _verdict(r)] for r in self.rows]
        lines = [f"{self.bench}: {self.title}", *_aligned([_HEAD, *cells])]
        lines += [f"  {row.name}: {row.note}" for row in self.rows if row.note]
        return "\n".join([*lines, f"  machine: {self.machine.sentence()}", f"  took {self.seconds:.0f} s"])


_HEAD = ["figure", "value", "unit", "spread", "to reach", ""]


def merge(reports: Sequence[BenchmarkReport]) -> BenchmarkReport:
    """Several reports as one whose row names begin with their benchmark's name.

    Args:
        reports: At least one report.
    """
    rows = tuple(
        Row(f"{report.bench}: {row.name}", row.value, row.unit, row.limit, row.better, row.spread, row.note)
        for report in reports
        for row in report.rows
    )
    seconds = sum(report.seconds for report in reports)
    return BenchmarkReport("all", "every benchmark", reports[0].machine, rows, seconds)


def page(reports: Sequence[BenchmarkReport]) -> str:
    """A Markdown page with all reports, for ``docs/results/benchmarks.md``."""
    lines = [_PAGE_HEAD if len(reports) > 1 else _one_head(reports[0].bench)]
    for report in reports:
        lines += [f"\n## {report.bench}\n", f"{report.title[0].upper()}{report.title[1:]}.\n"]
        lines += ["| figure | value | spread | to reach | holds |", "|---|---|---|---|---|"]
        for row in report.rows:
            value = f"{_number(row.value)} {row.unit}".strip()
            lines.append(f"| {row.name} | {value} | {_spread(row)} | {_limit(row)} | {_verdict(row) or '–'} |")
        notes = [f"- {row.name}: {row.note}" for row in report.rows if row.note]
        lines += ["", *notes] if notes else []
        lines.append(f"\n{report.seconds:.0f} s; load average before: {report.machine.load:.2f}.")
    first = reports[0].machine
    lines += ["\n## Machine\n", *(f"- {key}: {value}" for key, value in first.to_json().items() if key != "versions")]
    lines += ["- " + ", ".join(f"{name} {version}" for name, version in first.versions.items())]
    return "\n".join(lines) + "\n"


def _one_head(bench: str) -> str:
    """Head of a page with a single benchmark."""
    return f"# {bench.replace('_', ' ').capitalize()}\n\nWritten by `skill-stack bench {bench} --write FILE`." + _SPREAD


_SPREAD = " The spread is\nthe 10th to 90th percentile of what a figure was made of, unless its note says otherwise."
_PAGE_HEAD = """# Benchmarks

Written by `skill-stack bench all --write docs/results/benchmarks.md`. Ratios compare both sides in one run on one
machine; the spread is the 10th to 90th percentile of what a figure was made of, unless its note says otherwise.
Latencies on a machine with other work on it are pessimistic."""


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "not measured"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _spread(row: Row) -> str:
    return f"{_number(row.spread[0])} … {_number(row.spread[1])}" if row.spread else ""


def _limit(row: Row) -> str:
    if row.limit is None:
        return ""
    return f"{'≤' if row.better == 'lower' else '≥'} {row.limit:g}"


def _verdict(row: Row) -> str:
    return {None: "", True: "holds", False: "missed"}[row.holds]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
