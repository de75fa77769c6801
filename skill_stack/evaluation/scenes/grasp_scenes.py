"""Random table scenes for grasps from depth: separate small objects, and rows that stand too close for any jaw."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scenes.perception_scenes import COLOURS, TABLE_TOP, Eye, PerceptionScene

SHAPES = ("box", "cylinder", "sphere")
KINDS = {"box": "box", "cylinder": "cylinder", "sphere": "ball"}
NARROW, WIDE, TALL = (0.025, 0.058), (0.03, 0.11), (0.035, 0.14)
"""Shorter side, longer side and height of a thing, m: the shorter side fits a jaw of 8 cm with room to spare."""
DENSITY = (150.0, 500.0)  # kg/m³: from foam to soft wood
FRICTION = (0.5, 0.9)
PACKED = 0.4
"""Share of scenes with a row of boxes that touch."""
SPREAD = (0.14, 0.18)  # m
BETWEEN = 0.035
"""Gap kept between things that stand apart, m."""
_TRIES = 200


def grasp_scene(seed: int) -> PerceptionScene:
    """The scene of a seed; ``hidden`` names the middle of its row of boxes, or nothing."""
    rng = np.random.default_rng([21, seed])
    things: list[SceneObject] = []
    middle = _row(rng, things) if rng.random() < PACKED else ""
    for _ in range(int(rng.integers(2, 5))):
        _beside(rng, _drawn(rng, len(things)), things)
    turn, reach, height = rng.uniform(-0.5, 0.5), rng.uniform(0.40, 0.55), rng.uniform(0.35, 0.5)
    target = (0.0, 0.0, TABLE_TOP + 0.03)
    eyes = tuple(
        Eye((-reach * math.cos(a), -reach * math.sin(a), TABLE_TOP + height), target)
        for a in (turn - 0.15, turn, turn + 0.15)
    )
    table = SceneObject("table", "table", (0.0, 0.0, TABLE_TOP / 2), 0.0, "box", (0.9, 1.3, TABLE_TOP), "grey")
    return PerceptionScene("table", seed, tuple(things), (table,), eyes, middle, (0.0, 0.0, 0.0, 0.0))


def grasp_setup(scene: PerceptionScene) -> SceneSetup:
    """The world of a scene: its things can be moved."""
    return SceneSetup(name="grasps", seed=scene.seed, start=Pose2(0, 0, 0), objects=(*scene.furniture, *scene.things))


def _drawn(rng: np.random.Generator, number: int) -> SceneObject:
    """An object that fits between jaws in at least one orientation."""
    shape, narrow = str(rng.choice(SHAPES)), float(rng.uniform(*NARROW))
    tall = float(rng.uniform(max(TALL[0], 0.8 * narrow), min(TALL[1], 2.5 * narrow)))  # stands by itself
    wide = float(rng.uniform(max(narrow, WIDE[0]), WIDE[1]))
    size = {"box": (narrow, wide, tall), "cylinder": (narrow, narrow, tall), "sphere": (narrow, narrow, narrow)}[shape]
    return _made(rng, number, shape, size, float(rng.uniform(-math.pi / 2, math.pi / 2)))


def _made(
    rng: np.random.Generator, number: int, shape: str, size: tuple[float, float, float], yaw: float
) -> SceneObject:
    colour = COLOURS[(number + int(rng.integers(len(COLOURS)))) % len(COLOURS)]
    volume = size[0] * size[1] * size[2] * {"box": 1.0, "cylinder": math.pi / 4, "sphere": math.pi / 6}[shape]
    mass, friction = float(rng.uniform(*DENSITY)) * volume, float(rng.uniform(*FRICTION))
    place = (0.0, 0.0, TABLE_TOP + size[2] / 2)
    return SceneObject(
        f"{colour}_{KINDS[shape]}_{number}", KINDS[shape], place, yaw if shape == "box" else 0.0, shape, size, colour,
        movable=True, mass=max(mass, 0.02), friction=friction,
    )  # fmt: skip


def _at(thing: SceneObject, x: float, y: float) -> SceneObject:
    return SceneObject(
        thing.id, thing.kind, (x, y, thing.position[2]), thing.yaw, thing.shape, thing.size, thing.colour,
        movable=True, mass=thing.mass, friction=thing.friction,
    )  # fmt: skip


def _beside(rng: np.random.Generator, thing: SceneObject, things: list[SceneObject]) -> None:
    """Puts one more thing where there is room."""
    for _ in range(_TRIES):
        x, y = (float(rng.uniform(-s, s)) for s in SPREAD)
        if all(math.dist((x, y), o.position[:2]) > thing.radius + o.radius + BETWEEN for o in things):
            things.append(_at(thing, x, y))
            return


def _row(rng: np.random.Generator, things: list[SceneObject]) -> str:
    """Three boxes side by side that almost touch, the middle one too long to be taken the other way; its id."""
    yaw, long, tall = float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0.085, 0.11)), float(rng.uniform(0.05, 0.08))
    widths = [float(value) for value in rng.uniform(0.035, 0.05, 3)]
    across = np.array([math.cos(yaw), math.sin(yaw)])
    colours = rng.permutation(len(COLOURS))[:3]
    offset = -(widths[0] + widths[1]) / 2 - 0.002
    for number, width in enumerate(widths):
        made = _made(rng, number, "box", (width, long, tall), yaw)
        colour = COLOURS[int(colours[number])]
        named = SceneObject(
            f"{colour}_box_{number}", "box", made.position, yaw, "box", made.size, colour, movable=True,
            mass=made.mass, friction=made.friction,
        )  # fmt: skip
        things.append(_at(named, *(float(v) for v in across * offset)))
        offset += (width + (widths[number + 1] if number < 2 else 0.0)) / 2 + 0.002
    return things[1].id
