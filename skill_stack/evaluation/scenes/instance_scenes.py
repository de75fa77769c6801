"""Alike things, one of which is known: shown once, and later elsewhere among others, or taken away."""

from __future__ import annotations

import colorsys
import math
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import PALETTE, SceneSetup
from skill_stack.evaluation.scenes.perception_scenes import Eye

Rgb = tuple[float, float, float]
COLOURS = ("red", "green", "blue", "yellow", "purple")
KINDS = {"box": "box", "cylinder": "cylinder", "ball": "sphere"}
ALIKE = (3, 5)
"""Number of others of the same kind and colour."""
TALLER, SHADE = 0.2, 0.045
"""Least difference of an extent, as a share, and of a shade of which each other one has at least one."""
HALF = (0.35, 0.35)
"""Half of the floor on which they stand, m."""
SIZES = (0.07, 0.14)
PRESENT = 0.55
"""Share of scenes in which the known one is there."""
_TRIES = 400


@dataclass(frozen=True, slots=True)
class InstanceScene:
    """One known thing and others that are alike.

    Attributes:
        seed: Its seed.
        things: All of them, the known one first, at the places where they are looked for.
        shades: Their colours by id, each 0 to 1.
        shown: The place of the known one when it is shown.
        present: Whether it is there when it is looked for.
        eyes: Where the camera looks from: first when it is shown, then when it is looked for.
    """

    seed: int
    things: tuple[SceneObject, ...]
    shades: dict[str, Rgb]
    shown: tuple[float, float, float]
    present: bool
    eyes: tuple[Eye, ...]

    def setup(self) -> SceneSetup:
        """The world to draw."""
        return SceneSetup(name="alike", seed=self.seed, start=Pose2(0, 0, 0), objects=self.things)


def instance_scene(seed: int) -> InstanceScene:
    """The scene of a seed."""
    rng = np.random.default_rng([71, seed])
    kind, colour = str(rng.choice(list(KINDS))), str(rng.choice(COLOURS))
    known, shade = _thing(rng, kind, colour, 0), _shade(rng, colour)
    made, shades = [known], {known.id: shade}
    for number in range(int(rng.integers(ALIKE[0], ALIKE[1] + 1))):
        other = _thing(rng, kind, colour, number + 1)
        tint = _shade(rng, colour)
        while not _differ(known, other) and _apart(shade, tint) < SHADE:
            other, tint = _thing(rng, kind, colour, number + 1), _shade(rng, colour)
        made.append(other)
        shades[other.id] = tint
    there: list[SceneObject] = []
    for one in made:
        there.append(_placed(rng, one, there))
    turn = float(rng.uniform(-math.pi, math.pi))
    eyes = tuple(_eye(rng, turn + step) for step in (0.0, 2.0, 2.6))
    x, y = (float(value) for value in rng.uniform(-0.1, 0.1, 2))
    present = bool(rng.random() < PRESENT)
    return InstanceScene(seed, tuple(there), shades, (x, y, known.size[2] / 2), present, eyes)


def _thing(rng: np.random.Generator, kind: str, colour: str, number: int) -> SceneObject:
    a, b, c = (float(value) for value in rng.uniform(*SIZES, 3))
    size = {"box": (a, b, c), "cylinder": (a, a, c), "ball": (a, a, a)}[kind]
    yaw = float(rng.uniform(-0.7, 0.7)) if kind == "box" else 0.0
    return SceneObject(f"thing_{number}", kind, (0, 0, c / 2), yaw, KINDS[kind], size, colour, movable=True)


def _shade(rng: np.random.Generator, colour: str) -> Rgb:
    """A shade that still has the name of the colour."""
    hue, saturation, value = colorsys.rgb_to_hsv(*PALETTE[colour])
    turned = (hue + float(rng.uniform(-0.02, 0.02))) % 1.0
    return colorsys.hsv_to_rgb(turned, saturation * float(rng.uniform(0.7, 1.0)), value * float(rng.uniform(0.75, 1.0)))


def _differ(one: SceneObject, other: SceneObject) -> bool:
    sizes = zip(sorted(one.size), sorted(other.size))
    return any(abs(a - b) > TALLER * max(a, b) for a, b in sizes)


def _apart(one: Rgb, other: Rgb) -> float:
    """Difference of two shades in hue and saturation, as points of the disc of colours."""
    (h, s, _), (g, t, _) = colorsys.rgb_to_hsv(*one), colorsys.rgb_to_hsv(*other)
    a, b = math.tau * h, math.tau * g
    return math.dist((s * math.cos(a), s * math.sin(a)), (t * math.cos(b), t * math.sin(b)))


def _placed(rng: np.random.Generator, thing: SceneObject, there: list[SceneObject]) -> SceneObject:
    x = y = 0.0
    for _ in range(_TRIES):
        x, y = (float(rng.uniform(-half, half)) for half in HALF)
        if all(math.dist((x, y), one.position[:2]) > thing.radius + one.radius + 0.06 for one in there):
            break
    return replace(thing, position=(x, y, thing.size[2] / 2))


def _eye(rng: np.random.Generator, turn: float) -> Eye:
    away, height = float(rng.uniform(0.9, 1.2)), float(rng.uniform(0.5, 0.8))
    return Eye((away * math.cos(turn), away * math.sin(turn), height), (0.0, 0.0, 0.05))
