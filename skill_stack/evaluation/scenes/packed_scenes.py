"""Random tables with ten blocks packed side by side, and a tray beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile
from skill_stack.evaluation.scenes.relation_scenes import LATENCY, NOISE, STRENGTH, TABLE_TOP

COUNT = 10
"""Blocks on a table."""
GRID = (3, 4)
"""Rows and columns of cells in which they are packed; some stay empty."""
COLOURS = ("red", "green", "blue", "yellow")
SIDE, HIGH = (0.05, 0.056), (0.07, 0.08)
"""Ranges of the sides of the blocks, which all of one table share, and of the height of each, m."""
GAP = (0.0, 0.001)
"""Range of the gaps between neighbours, m."""
MASS, FRICTION = (0.15, 0.3), (0.6, 1.0)
"""Ranges of mass, kg, and friction coefficient."""
TABLE, PLACE = (0.56, 1.0), (0.3, 0.0)
TRAY, TRAY_PLACE = (0.46, 0.32, 0.02), (0.28, 0.33)
"""Sizes and middles of table and tray, m."""
MIDDLE, STRAY = (0.3, -0.14), 0.03
"""Middle of the packed blocks and its largest difference along each axis, m."""
WORDS = "put all the blocks on the tray"


@dataclass(frozen=True, slots=True)
class PackedScene:
    """One table.

    Attributes:
        seed: Its seed.
        file: The scene.
        blocks: Ids of the blocks.
    """

    seed: int
    file: SceneFile
    blocks: tuple[str, ...]


def packed_scene(seed: int) -> PackedScene:
    """The table of a seed: neighbours touch or nearly do, and differ in colour."""
    rng = np.random.default_rng([87, seed])
    side, turn = float(rng.uniform(*SIDE)), float(rng.uniform(-math.pi, math.pi))
    middle = np.array(MIDDLE) + rng.uniform(-STRAY, STRAY, 2)
    c, s = math.cos(turn), math.sin(turn)
    cells = [(row, column) for row in range(GRID[0]) for column in range(GRID[1])]
    left_out = {(0, 0), (0, GRID[1] - 1), (GRID[0] - 1, 0), (GRID[0] - 1, GRID[1] - 1)}
    corners = [sorted(left_out)[n] for n in rng.permutation(len(left_out))[: len(cells) - COUNT]]
    kept = [cell for cell in cells if cell not in corners]
    colours = [str(colour) for colour in rng.permutation(COLOURS)]
    blocks = []
    for number, (row, column) in enumerate(kept):
        pitch = side + float(np.mean(GAP))
        flat = np.array([(row - (GRID[0] - 1) / 2) * pitch, (column - (GRID[1] - 1) / 2) * pitch])
        flat += rng.uniform(-1, 1, 2) * (GAP[1] - GAP[0]) / 4
        x, y = (middle + np.array([[c, -s], [s, c]]) @ flat).tolist()
        high = float(rng.uniform(*HIGH))
        blocks.append(
            ObjectFile(
                id=f"block_{number}", kind="box", shape="box", size=(side, side, high),
                position=(x, y, TABLE_TOP + high / 2), yaw=turn,
                colour=colours[2 * (row % 2) + column % 2], movable=True,
                mass=float(rng.uniform(*MASS)), friction=float(rng.uniform(*FRICTION)),
            )  # fmt: skip
        )
    table = ObjectFile(
        id="table", kind="table", size=(*TABLE, TABLE_TOP), position=PLACE, colour="brown", names=("table",)
    )
    tray = ObjectFile(
        id="tray", kind="tray", shape="box", size=TRAY, position=(*TRAY_PLACE, TABLE_TOP + TRAY[2] / 2),
        colour="grey", names=("tray",),
    )  # fmt: skip
    variation = VariationFile(noise=NOISE, latency=LATENCY, motor_strength=STRENGTH)
    file = SceneFile(
        name="packed", description=WORDS, size=(3.0, 3.0), objects=(table, tray, *blocks), variation=variation
    )
    return PackedScene(seed, file, tuple(one.id for one in blocks))
