"""Random scenes for cameras: objects on tables and floors, some touching, some stacked, with viewpoints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup

Array = np.ndarray
Kind = Literal["table", "floor"]
KINDS: tuple[Kind, ...] = ("table", "floor")
COLOURS = ("red", "green", "blue", "yellow", "orange", "purple", "pink", "white", "black", "brown")
SCREEN = "screen"
"""The thing that is held before another one for a while."""
AWAY = (0.0, 0.0, -20.0)
"""Position of the screen while it is not used, m."""
TOUCHING, STACKED = 0.25, 0.35
"""Share of scenes in which two things touch, and in which one stands upon another."""
TABLE_TOP = 0.72  # m


@dataclass(frozen=True, slots=True)
class Eye:
    """A camera pose, given by its position and its target.

    Attributes:
        place: m.
        target: m.
    """

    place: tuple[float, float, float]
    target: tuple[float, float, float]

    @property
    def rotation(self) -> Array:
        """From the optical frame (x right, y down, z ahead) to the world, shape (3, 3)."""
        ahead = np.subtract(self.target, self.place)
        ahead = ahead / np.linalg.norm(ahead)
        right = np.cross(ahead, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        return np.column_stack([right, np.cross(ahead, right), ahead])


@dataclass(frozen=True, slots=True)
class PerceptionScene:
    """One scene with its truth.

    Attributes:
        kind: Table or floor.
        seed: Its seed.
        things: What is to be found, the table left out.
        furniture: What else stands there.
        eyes: Where the camera looks from, one after the other.
        hidden: Id of the thing that is hidden for a while.
        screen: Where the screen then is: x, y, z and yaw, m and rad.
        clutter: Small things that may be found or not.
    """

    kind: Kind
    seed: int
    things: tuple[SceneObject, ...]
    furniture: tuple[SceneObject, ...]
    eyes: tuple[Eye, ...]
    hidden: str
    screen: tuple[float, float, float, float]
    clutter: tuple[SceneObject, ...] = ()

    def setup(self) -> SceneSetup:
        """The world to draw, with the screen out of sight."""
        screen = SceneObject(SCREEN, "box", AWAY, size=_SCREEN[self.kind], colour="grey", movable=True)
        objects = (*self.furniture, *self.things, *self.clutter, screen)
        return SceneSetup(name=self.kind, seed=self.seed, start=Pose2(0, 0, 0), objects=objects)


_SCREEN = {"table": (0.02, 0.34, 0.34), "floor": (0.02, 0.6, 0.7)}
_SIZES = {"table": (0.05, 0.13), "floor": (0.16, 0.42)}
_TRIES = 200


def random_scene(seed: int, clutter: int = 0) -> PerceptionScene:
    """The scene of a seed: even ones on a table, odd ones on the floor.

    Args:
        seed: The seed.
        clutter: Small things besides, as far as there is room.
    """
    rng = np.random.default_rng([11, seed])
    kind = KINDS[seed % 2]
    level = TABLE_TOP if kind == "table" else 0.0
    spread = (0.26, 0.36) if kind == "table" else (1.1, 1.0)
    things: list[SceneObject] = []
    for _ in range(int(rng.integers(3, 7 if kind == "table" else 6))):
        _place(rng, kind, level, spread, things)
    if rng.random() < TOUCHING:
        _beside(rng, kind, things)
    if rng.random() < STACKED:
        _upon(rng, kind, things)
    furniture = _furniture(rng, kind)
    middle = (0.0, 0.0, level + 0.02) if kind == "table" else (0.0, 0.0, 0.1)
    eyes = _eyes(rng, kind, middle)
    hidden = things[int(rng.integers(len(things)))]
    small = _clutter(np.random.default_rng([13, seed]), kind, level, spread, things, clutter)
    return PerceptionScene(kind, seed, tuple(things), furniture, eyes, hidden.id, _before(hidden, eyes[0], kind), small)


def _clutter(
    rng: np.random.Generator,
    kind: Kind,
    level: float,
    spread: tuple[float, float],
    things: Sequence[SceneObject],
    count: int,
) -> tuple[SceneObject, ...]:
    """Things of half the size, which may touch one another."""
    out: list[SceneObject] = []
    for number in range(count):
        drawn = _thing(rng, kind, 100 + number, ())
        small = replace(drawn, size=(drawn.size[0] / 2, drawn.size[1] / 2, drawn.size[2] / 2))
        x, y = (float(rng.uniform(-s, s)) for s in spread)
        if all(math.dist((x, y), o.position[:2]) > small.radius + o.radius for o in things):
            out.append(_moved(small, x, y, level))
    return tuple(out)


def _furniture(rng: np.random.Generator, kind: Kind) -> tuple[SceneObject, ...]:
    if kind == "table":
        top = (0.9, 1.3, TABLE_TOP)
        return (SceneObject("table", "table", (0.0, 0.0, TABLE_TOP / 2), 0.0, "box", top, "grey"),)
    if rng.random() < 0.5:
        return ()
    return (SceneObject("wall", "wall", (2.2, 0.0, 0.3), 0.0, "box", (0.1, 7.0, 0.6), "grey"),)


def _eyes(rng: np.random.Generator, kind: Kind, middle: tuple[float, float, float]) -> tuple[Eye, ...]:
    """Three places on an arc."""
    turn = float(rng.uniform(-0.5, 0.5))
    if kind == "table":
        reach, height = float(rng.uniform(0.75, 0.95)), float(rng.uniform(0.45, 0.65))
    else:
        reach, height = float(rng.uniform(1.9, 2.3)), 0.40 - middle[2]
    places = [(turn + step, reach) for step in (-0.15, 0.0, 0.15)]
    return tuple(
        Eye((-r * math.cos(a), -r * math.sin(a), middle[2] + height), middle) for a, r in places
    )  # from behind, looking along x


def _thing(rng: np.random.Generator, kind: Kind, number: int, taken: Sequence[SceneObject]) -> SceneObject:
    """A thing at the origin of the plane, at height 0."""
    low, high = _SIZES[kind]
    colour = str(rng.choice([c for c in COLOURS if c not in {thing.colour for thing in taken}] or COLOURS))
    shape = str(rng.choice(["box", "cylinder", "sphere"]))
    a, b, c = (float(value) for value in rng.uniform(low, high, 3))
    size = {"box": (a, b, c), "cylinder": (a, a, min(c * 1.4, high)), "sphere": (a, a, a)}[shape]
    name = {"box": "box", "cylinder": "cylinder", "sphere": "ball"}[shape]
    yaw = float(rng.uniform(-math.pi / 4, math.pi / 4)) if shape == "box" else 0.0
    return SceneObject(f"{colour}_{name}_{number}", name, (0, 0, size[2] / 2), yaw, shape, size, colour)


def _moved(thing: SceneObject, x: float, y: float, level: float) -> SceneObject:
    return replace(thing, position=(x, y, level + thing.size[2] / 2))


def _place(
    rng: np.random.Generator, kind: Kind, level: float, spread: tuple[float, float], things: list[SceneObject]
) -> None:
    """Puts one more thing where there is room."""
    thing, room = _thing(rng, kind, len(things), things), 0.02 if kind == "table" else 0.08
    for _ in range(_TRIES):
        x, y = (float(rng.uniform(-s, s)) for s in spread)
        if all(math.dist((x, y), o.position[:2]) > thing.radius + o.radius + room for o in things):
            things.append(_moved(thing, x, y, level))
            return


def _beside(rng: np.random.Generator, kind: Kind, things: list[SceneObject]) -> None:
    """Puts a box against a box, face to face as seen from the camera."""
    boxes = [thing for thing in things if thing.shape == "box"]
    if not boxes:
        return
    first = boxes[0]
    a, b, c = (float(value) for value in rng.uniform(*_SIZES[kind], 3))
    size = (a, b, c)
    away = first.size[1] / 2 + size[1] / 2
    x, y = first.position[0] - math.sin(first.yaw) * away, first.position[1] + math.cos(first.yaw) * away
    others = [thing for thing in things if thing is not first]
    if any(math.dist((x, y), o.position[:2]) < math.hypot(*size[:2]) / 2 + o.radius for o in others):
        return
    colour = str(rng.choice([c for c in COLOURS if c not in {thing.colour for thing in things}] or COLOURS))
    level = first.position[2] - first.size[2] / 2
    name = f"{colour}_box_{len(things)}"
    things.append(SceneObject(name, "box", (x, y, level + size[2] / 2), first.yaw, "box", size, colour))


def _upon(rng: np.random.Generator, kind: Kind, things: list[SceneObject]) -> None:
    """Puts a smaller thing upon a box or cylinder."""
    bases = [thing for thing in things if thing.shape != "sphere" and min(thing.size[:2]) > _SIZES[kind][0] * 1.3]
    if not bases:
        return
    base = bases[-1]
    thing = _thing(rng, kind, len(things), things)
    fit = 0.75 * min(base.size[:2]) / max(math.hypot(*thing.size[:2]) / math.sqrt(2), 1e-6)
    scale = min(1.0, fit)
    if min(thing.size) * scale < 0.6 * _SIZES[kind][0]:
        return
    size = (thing.size[0] * scale, thing.size[1] * scale, thing.size[2] * scale)
    things.append(_moved(replace(thing, size=size), *base.position[:2], base.position[2] + base.size[2] / 2))


def _before(thing: SceneObject, eye: Eye, kind: Kind) -> tuple[float, float, float, float]:
    """Where the screen hides a thing from an eye: close before it, facing the camera."""
    dx, dy = eye.place[0] - thing.position[0], eye.place[1] - thing.position[1]
    reach = math.hypot(dx, dy)
    gap = thing.radius + (0.06 if kind == "table" else 0.15)
    x, y = thing.position[0] + dx / reach * gap, thing.position[1] + dy / reach * gap
    level = TABLE_TOP if kind == "table" else 0.0
    return x, y, level + _SCREEN[kind][2] / 2 + 0.005, math.atan2(dy, dx)
