"""Resumable campaigns: finished pieces are in a file, and the figures cover all of them."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.report import BenchmarkReport, Row


class PieceFile:
    """One line of JSON for each finished piece; without a file everything is kept in memory.

    Attributes:
        pieces: What is done so far.
    """

    def __init__(self, path: Path | None) -> None:
        """Reads finished pieces; a truncated last line is skipped.

        Args:
            path: The file, or None.
        """
        self._path = path
        self.pieces: list[dict[str, Any]] = []
        lines = path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else []
        for line in lines:
            try:
                self.pieces.append(json.loads(line))
            except json.JSONDecodeError:
                continue

    def add(self, piece: dict[str, Any]) -> None:
        """Adds one."""
        self.pieces.append(piece)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(piece, ensure_ascii=False) + "\n")


def add_piece_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of every campaign in pieces: its file, and figures as JSON."""
    parser.add_argument("--out", type=Path, metavar="FILE", help="file to note what is done in, and to go on from")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def print_rows(name: str, title: str, rows: Sequence[Row], as_json: bool, began: float) -> None:
    """Prints figures as ``skill-stack bench`` does.

    Args:
        name: Name of the benchmark.
        title: What it measures, in one sentence.
        rows: The figures.
        as_json: Whether as JSON instead of a table.
        began: ``time.perf_counter`` at the beginning, s.
    """
    report = BenchmarkReport(name, title, Machine.here(), tuple(rows), time.perf_counter() - began)
    print(json.dumps(report.to_json(), indent=2, ensure_ascii=False) if as_json else report.table())
