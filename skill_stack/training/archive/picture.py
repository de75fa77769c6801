"""A picture of the cells that are filled: duty factor by phase of the rear feet, one map for each way and speed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw

from skill_stack.training.archive.cells import DUTIES, REARS, SPEEDS, Archive

Array = np.ndarray

SIDE, GAP, TITLE = 10, 14, 30
"""Side of a cell, space between maps, and height of the words above them, pixels."""
EMPTY, WORST, BEST = np.array([236, 236, 236]), np.array([160, 200, 230]), np.array([10, 60, 140])
"""Colours of a cell with no elite, with one at the limit of drift, and with one that goes straight."""


def draw(archives: Mapping[str, Archive], file: Path) -> None:
    """Draws a row of maps for each way, and a map for each speed; duty factors upwards, phases to the right."""
    rows, columns, speeds = len(DUTIES) - 1, REARS // 2, len(SPEEDS) - 1
    width, height = columns * SIDE + GAP, rows * SIDE + TITLE + GAP
    image = PIL.Image.new("RGB", (speeds * width + GAP, len(archives) * height + GAP), "white")
    pen = PIL.ImageDraw.Draw(image)
    for row, (way, archive) in enumerate(archives.items()):
        for speed in range(speeds):
            corner = GAP + speed * width, GAP + row * height
            name = f"{way}: {len(archive.elites)} cells" if not speed else ""
            pen.text(corner, f"{name}\n{SPEEDS[speed]:.1f} to {SPEEDS[speed + 1]:.1f} m/s", fill="black")
            corner = corner[0], corner[1] + TITLE
            for duty in range(rows):
                for place in range(columns):
                    elite = archive.elites.get((duty, (place + REARS // 4) % REARS, speed))
                    colour = EMPTY if elite is None else BEST + (WORST - BEST) * min(1.0, -elite.quality)
                    x, y = corner[0] + place * SIDE, corner[1] + (rows - 1 - duty) * SIDE
                    pen.rectangle((x, y, x + SIDE - 2, y + SIDE - 2), fill=tuple(int(one) for one in colour))
    image.save(file)
