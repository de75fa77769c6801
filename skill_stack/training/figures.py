"""Figures that a training measured, in a file beside its network or its skill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FIGURES = "figures.json"
"""Name of the file."""


def read_figures(folder: Path) -> dict[str, Any]:
    """Figures in a folder; none where nothing was measured."""
    path = folder / FIGURES
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def write_figures(folder: Path, figures: dict[str, Any]) -> None:
    """Writes figures into a folder, in place of those that are there."""
    (folder / FIGURES).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def add_figures(folder: Path, figures: dict[str, Any]) -> None:
    """Adds figures to those in a folder, or replaces those of the same names."""
    write_figures(folder, read_figures(folder) | figures)
