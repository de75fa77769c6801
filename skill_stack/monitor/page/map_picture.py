"""A grid over the floor as a picture."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from skill_stack.core.world.occupancy_grid import UNKNOWN, OccupancyGrid

MOST = 2000
"""Largest side of a picture, pixels; a larger grid is thinned out."""


def map_png(grid: OccupancyGrid) -> bytes:
    """Free floor white, what is taken black, the unknown transparent; one pixel for a cell, y upwards."""
    cells = np.asarray(grid.cells)
    step = -(-max(cells.shape) // MOST)
    cells = cells[::step, ::step][::-1]
    known = cells != UNKNOWN
    grey = np.where(known, 255 - np.clip(cells, 0, 100).astype(np.float32) * 2.55, 128).astype(np.uint8)
    alpha = np.where(known, 255, 0).astype(np.uint8)
    packed = io.BytesIO()
    Image.fromarray(np.dstack([grey, alpha]), "LA").save(packed, "PNG", compress_level=3)
    return packed.getvalue()
