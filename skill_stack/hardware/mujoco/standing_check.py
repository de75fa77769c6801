"""StandingCheck: whether a structure stands by itself, in a simulation without motion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import mujoco
import numpy as np

from skill_stack.core.world.scene import SceneObject
from skill_stack.hardware.mujoco.scene_geometry import FREE_JOINT_SUFFIX, add_floor, add_objects

SECONDS = 3.0
"""Simulated time, s."""
ERROR = 0.004
"""Placing error that a structure must bear, m: what a hand with a camera leaves."""
SHIFTS = 3
"""Arrangements of such errors that are tried, besides none."""
MOVED = 0.015
"""Motion from which a block does not stand, m; it settles by less."""
TIPPED = math.cos(0.2)
"""Cosine of the tilt from which it does not."""


def first_to_fall(blocks: Sequence[SceneObject], ground: SceneObject | None = None, seconds: float = SECONDS) -> str:
    """Id of the first block that does not stay where it is; empty where all stay.

    The blocks begin at rest. What stands only as long as nothing is off by a millimetre counts as falling: it is tried
    with errors in some directions, too.

    Args:
        blocks: The blocks where they shall stand, in order of placing.
        ground: What they stand on; None for the floor.
        seconds: Simulated time, s.
    """
    for shift in range(SHIFTS + 1):
        moved = [_off(block, number, shift) for number, block in enumerate(blocks)]
        fallen = _fallen(moved, ground, seconds)
        if fallen:
            return fallen
    return ""


def _off(block: SceneObject, number: int, shift: int) -> SceneObject:
    """A block with the error of an arrangement; none has none."""
    angle = 2.0 * math.pi * (shift / SHIFTS + number * 0.382)  # the golden section: neighbours differ
    size = ERROR if shift else 0.0
    x, y, z = block.position
    return replace(block, movable=True, position=(x + size * math.cos(angle), y + size * math.sin(angle), z))


def _fallen(blocks: Sequence[SceneObject], ground: SceneObject | None, seconds: float) -> str:
    """The block that moves first, or an empty string."""
    spec = mujoco.MjSpec()
    add_floor(spec)
    add_objects(spec, [*blocks, *([replace(ground, movable=False)] if ground is not None else [])])
    model = spec.compile()
    data = mujoco.MjData(model)
    rows = [int(model.joint(f"{block.id}{FREE_JOINT_SUFFIX}").qposadr[0]) for block in blocks]
    begun = np.array([data.qpos[row : row + 3] for row in rows])
    steps = round(seconds / model.opt.timestep)
    every = max(steps // 20, 1)
    for step in range(steps):
        mujoco.mj_step(model, data)
        if step % every and step != steps - 1:
            continue
        for block, row, was in zip(blocks, rows, begun):
            w, x, y, z = data.qpos[row + 3 : row + 7]
            upright = 1.0 - 2.0 * (x * x + y * y)
            if np.linalg.norm(data.qpos[row : row + 3] - was) > MOVED or (block.shape != "sphere" and upright < TIPPED):
                return block.id
    return ""
