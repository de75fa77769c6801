"""Rooms for spatial questions: things on the floor and on one another, furniture with a front, and what changes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.evaluation.scenes.perception_scenes import Eye

COLOURS = ("red", "green", "blue", "yellow", "purple", "black")
KINDS = {"box": "box", "cylinder": "cylinder", "ball": "sphere"}
FURNITURE = {
    "chair": ((0.45, 0.5, 0.85), "brown"), "cabinet": ((0.4, 0.8, 0.9), "grey"), "sofa": ((0.7, 1.2, 0.6), "pink"),
    "desk": ((0.6, 1.0, 0.7), "orange"),
}  # fmt: skip
"""Things with a front of their own: extents along x, where the front is, y and z, m; and the colour."""
HALF = (1.3, 1.5)
"""Half of the floor on which things stand, m."""
SIZES = (0.16, 0.36)
"""Smallest and largest extent of a thing, m."""
APART = 0.14
"""Least free distance between two things, m."""
STACKED = 0.5
"""Share of rooms in which a thing stands on another one."""
AWAY = (0.0, 0.0, -20.0)
"""Where a thing is that is not there, m."""
NUMBER = (4, 5)
_TRIES = 300


@dataclass(frozen=True, slots=True)
class SpatialScene:
    """One room.

    Attributes:
        seed: Its seed.
        before: Everything that stands there at first.
        after: The same after the changes.
        furniture: Ids of furniture, of which the map tells kind and heading.
        eyes: Where the robot looks from: once ahead, then from other sides.
    """

    seed: int
    before: dict[str, SceneObject]
    after: dict[str, SceneObject]
    furniture: tuple[str, ...]
    eyes: tuple[Eye, ...]


def spatial_scene(seed: int) -> SpatialScene:
    """The room of a seed."""
    rng = np.random.default_rng([41, seed])
    furniture = [_furniture(rng, kind) for kind in rng.permutation(list(FURNITURE))[:2].tolist()]
    there: list[SceneObject] = []
    for thing in furniture:
        _place(rng, thing, there)
    colours = list(rng.permutation(COLOURS))
    for _ in range(int(rng.integers(NUMBER[0], NUMBER[1] + 1))):
        _place(rng, _thing(rng, str(colours.pop())), there)
    if rng.random() < STACKED:
        _stack(rng, there)
    before = {one.id: one for one in there}
    after = _changed(rng, before, [one.id for one in furniture], str(colours.pop()) if colours else "")
    turn = float(rng.uniform(-math.pi, math.pi))
    eyes = tuple(_eye(rng, turn + step) for step in (0.0, 2.1, -2.1, 1.0))
    return SpatialScene(seed, before, after, tuple(one.id for one in furniture), eyes)


def _furniture(rng: np.random.Generator, kind: str) -> SceneObject:
    size, colour = FURNITURE[kind]
    yaw = float(rng.uniform(-math.pi, math.pi))
    return SceneObject(kind, kind, (0.0, 0.0, size[2] / 2), yaw, "box", size, colour, (kind,))


def _thing(rng: np.random.Generator, colour: str) -> SceneObject:
    kind = str(rng.choice(list(KINDS)))
    a, b, c = (float(value) for value in rng.uniform(*SIZES, 3))
    size = {"box": (a, b, c), "cylinder": (a, a, max(c, 0.7 * a)), "ball": (a, a, a)}[kind]
    yaw = float(rng.uniform(-0.7, 0.7)) if kind == "box" else 0.0
    return SceneObject(f"{colour}_{kind}", kind, (0, 0, size[2] / 2), yaw, KINDS[kind], size, colour, movable=True)


def _place(rng: np.random.Generator, thing: SceneObject, there: list[SceneObject]) -> bool:
    """Puts a thing where there is room; whether there was."""
    for _ in range(_TRIES):
        x, y = (float(rng.uniform(-half, half)) for half in HALF)
        others = [one for one in there if one.id != thing.id]
        if all(math.dist((x, y), one.position[:2]) > thing.radius + one.radius + APART for one in others):
            there[:] = [*others, replace(thing, position=(x, y, thing.size[2] / 2))]
            return True
    return False


def _stack(rng: np.random.Generator, there: list[SceneObject]) -> None:
    """Puts one of the smaller things on a box."""
    bases = [one for one in there if one.kind in ("box", "desk")]
    for base in (bases[int(n)] for n in rng.permutation(len(bases))):
        fitting = [one for one in there if one.movable and one.id != base.id and one.radius < 0.45 * min(base.size[:2])]
        if fitting:
            thing = fitting[int(rng.integers(len(fitting)))]
            x, y, z = base.position
            there[there.index(thing)] = replace(thing, position=(x, y, z + base.size[2] / 2 + thing.size[2] / 2))
            return


def _changed(
    rng: np.random.Generator, before: dict[str, SceneObject], furniture: list[str], colour: str
) -> dict[str, SceneObject]:
    """The room after one or two things were moved, perhaps one taken away, and perhaps another one brought."""
    free = [name for name in before if name not in furniture and name not in _carrying(before)]
    order = [free[int(n)] for n in rng.permutation(len(free))]
    there = list(before.values())
    for name in order[: int(rng.integers(1, 3))]:
        for _ in range(_TRIES):
            _place(rng, before[name], there)
            if math.dist(before[name].position, {one.id: one for one in there}[name].position) > 0.4:
                break
    if rng.random() < 0.6 and len(order) > 3:
        there = [one for one in there if one.id != order[2]]
    if rng.random() < 0.6 and colour:
        _place(rng, _thing(rng, colour), there)
    return {one.id: one for one in there}


def _carrying(there: dict[str, SceneObject]) -> set[str]:
    """Ids of things on which others stand."""
    return {base.id for base in there.values() for one in there.values() if _on(one, base)}


def _on(thing: SceneObject, base: SceneObject) -> bool:
    low, high = thing.position[2] - thing.size[2] / 2, base.position[2] + base.size[2] / 2
    return abs(low - high) < 0.01 and math.dist(thing.position[:2], base.position[:2]) < base.radius


def _eye(rng: np.random.Generator, turn: float) -> Eye:
    """A place at the edge of the floor, from which all of it is in view."""
    away, height = float(rng.uniform(2.9, 3.3)), float(rng.uniform(0.9, 1.3))
    return Eye((away * math.cos(turn), away * math.sin(turn), height), (0.0, 0.0, 0.15))


def stance(eye: Eye) -> Pose2:
    """The robot's pose when its camera is at an eye."""
    (x, y, _), (tx, ty, _) = eye.place, eye.target
    return Pose2(x, y, math.atan2(ty - y, tx - x))
