"""Scenes to practise in: a floor with things on it that leave the robot the room that a goal needs."""

from __future__ import annotations

import math
import zlib

import numpy as np

from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile
from skill_stack.practice.goal import Goal

LEGGED = VariationFile(
    start_yaw=0.6, friction=(0.5, 1.1), added_mass=(-0.5, 2.0), latency=(0.0, 0.015), noise=(0.5, 1.5),
    motor_strength=(0.92, 1.08),
)  # fmt: skip
"""What a seed changes besides for a robot on feet, as in the suites."""
BOLTED = VariationFile(latency=(0.0, 0.015), noise=(0.5, 1.5), motor_strength=(0.92, 1.08))
ROOM, AWAY = 1.0, 2.5
"""Free radius about the start, m: for motions on the spot, and for those that lead away."""
LEADING = ("velocity_x", "velocity_y", "place_x", "place_y")
RING = 1.5
"""Width of the ring about the free circle in which things stand, m."""
APART = 0.25
"""Least distance between the outlines of two things, m."""
MOST = 5
KINDS = ("box", "ball", "cylinder", "table", "stack")
COLOURS = ("red", "green", "blue", "yellow", "purple")


def practice_scene(goal: Goal, seed: int, bolted: bool = False) -> SceneFile:
    """The scene of a goal in one world.

    Args:
        goal: The goal.
        seed: Of the world.
        bolted: Whether the robot is a hand on a stand, which has nothing around it.
    """
    rng = np.random.default_rng([seed, zlib.crc32(goal.key.encode())])
    name = f"practice_{zlib.crc32(goal.key.encode()):08x}_{seed}"
    if bolted:
        return SceneFile(name=name, description="Nothing but the stand.", variation=BOLTED)
    leads = goal.rewards is None or any(term.term in LEADING for term in goal.rewards.terms)
    free = AWAY if leads else ROOM
    taken: list[tuple[float, float, float]] = []
    things: list[ObjectFile] = []
    for number in range(int(rng.integers(1, MOST + 1))):
        kind = str(rng.choice(KINDS))
        made = _thing(rng, kind, number, COLOURS[number])
        radius = max(math.hypot(*one.size[:2]) / 2 for one in made)
        spot = _spot(rng, free, radius, taken)
        if spot is None:
            continue
        taken.append((*spot, radius))
        for one in made:
            x, y, z = one.position if len(one.position) == 3 else (*one.position, one.size[2] / 2)
            things.append(one.model_copy(update={"position": (x + spot[0], y + spot[1], z)}))
    size = 2.0 * (free + RING + 1.0)
    return SceneFile(
        name=name, description="A floor to practise on.", objects=tuple(things), size=(size, size), variation=LEGGED
    )


def _spot(
    rng: np.random.Generator, free: float, radius: float, taken: list[tuple[float, float, float]]
) -> tuple[float, float] | None:
    """Where a thing has room, m; None where nothing was found."""
    for _ in range(20):
        far, angle = free + radius + rng.uniform(0.0, RING), rng.uniform(-math.pi, math.pi)
        spot = (float(far * math.cos(angle)), float(far * math.sin(angle)))
        if all(math.dist(spot, other[:2]) > radius + other[2] + APART for other in taken):
            return spot
    return None


def _thing(rng: np.random.Generator, kind: str, number: int, colour: str) -> list[ObjectFile]:
    """A thing about the origin, or one on top of another."""
    yaw = float(rng.uniform(-math.pi, math.pi))
    if kind in ("table", "stack"):
        low = float(rng.uniform(0.3, 0.6)) if kind == "table" else float(rng.uniform(0.2, 0.35))
        wide = float(rng.uniform(0.5, 0.8)) if kind == "table" else float(rng.uniform(0.3, 0.5))
        edge = float(rng.uniform(0.08, 0.2))
        under = ObjectFile(
            id=f"{kind}_{number}", kind="table" if kind == "table" else "box", size=(wide, wide, low),
            position=(0.0, 0.0), yaw=yaw, colour="brown", movable=kind == "stack", mass=4.0,
        )  # fmt: skip
        over = ObjectFile(
            id=f"cube_{number}", kind="cube", size=(edge, edge, edge), position=(0.0, 0.0, low + edge / 2),
            yaw=float(rng.uniform(-math.pi, math.pi)), colour=colour, movable=True, mass=0.3,
        )  # fmt: skip
        return [under, over]
    size = float(rng.uniform(0.15, 0.4))
    shape = {"ball": "sphere", "cylinder": "cylinder"}.get(kind, "box")
    return [
        ObjectFile(
            id=f"{kind}_{number}", kind=kind, shape=shape, size=(size, size, size), position=(0.0, 0.0), yaw=yaw,
            colour=colour, movable=bool(rng.random() < 0.5), mass=float(rng.uniform(0.3, 3.0)),
        )
    ]  # fmt: skip
