"""Random tables with blocks, and an instruction to build something of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile
from skill_stack.evaluation.scenes.relation_scenes import LATENCY, NOISE, PLACE, RIM, STRENGTH, TABLE, TABLE_TOP

KINDS = ("tower", "row", "pyramid", "bridge", "stack")
"""What is built; five seeds in a row have all kinds."""
COLOURS = ("red", "green", "blue", "yellow", "purple")
SIDE, DIFFERENT = (0.045, 0.055), 0.0015
"""Range of the side of a table's cubes, and largest difference of one from it, m."""
PLANK = (0.14, 0.16)
"""Range of the length of the block that lies across, m."""
MASS, FRICTION = (0.05, 0.12), (0.6, 1.0)
"""Ranges of mass, kg, and friction coefficient of blocks."""
APART = 0.14
"""Least distance between the middles of two blocks, m; more for the long one."""
SPARE = (0, 1)
"""Least and largest number of cubes that are not needed."""
NUMBERS = {2: "two", 3: "three", 4: "four"}
_TRIES = 4000


@dataclass(frozen=True, slots=True)
class BuildingScene:
    """One table and its instruction.

    Attributes:
        seed: Its seed.
        file: The scene.
        words: The instruction.
        kind: One of :data:`KINDS`.
        count: Blocks that it takes.
        colours: What the words say of colours: by place (``top``, ``bottom``, ``middle``, ``left``, ``right``).
    """

    seed: int
    file: SceneFile
    words: str
    kind: str
    count: int
    colours: dict[str, str]


def building_scene(seed: int, kinds: Sequence[str] = KINDS) -> BuildingScene:
    """The table of a seed.

    Args:
        seed: The seed.
        kinds: What may be built; as many seeds in a row have all of them.

    Raises:
        DataError: No layout was found.
    """
    rng = np.random.default_rng([53, seed])
    kind = kinds[seed % len(kinds)]
    count = {"pyramid": 3, "bridge": 3, "stack": 2}.get(kind) or int(rng.integers(3, 5))
    cubes = count - (kind == "bridge") + int(rng.integers(SPARE[0], SPARE[1] + 1))
    looks = [str(colour) for colour in rng.permutation(COLOURS)]
    things = _things(rng, cubes, kind == "bridge", looks)
    words, colours = _words(rng, kind, count, looks[: cubes if kind != "bridge" else cubes + 1])
    return _scene(seed, words, kind, count, colours, things)


def red_tower(seed: int) -> BuildingScene:
    """A table of a seed from whose blocks a tower of three with the red one on top can be built.

    Raises:
        DataError: No layout was found.
    """
    rng = np.random.default_rng([54, seed])
    looks = ["red", *(str(colour) for colour in rng.permutation([one for one in COLOURS if one != "red"]))]
    things = _things(rng, 3 + int(rng.integers(SPARE[0], SPARE[1] + 1)), False, looks)
    return _scene(seed, "build a tower of three, red on top", "tower", 3, {"top": "red"}, things)


def _scene(
    seed: int, words: str, kind: str, count: int, colours: dict[str, str], things: Sequence[ObjectFile]
) -> BuildingScene:
    """A table with things on it, and words."""
    table = ObjectFile(
        id="table", kind="table", size=(*TABLE, TABLE_TOP), position=PLACE, colour="brown", names=("table",)
    )
    variation = VariationFile(noise=NOISE, latency=LATENCY, motor_strength=STRENGTH)
    file = SceneFile(name="blocks", description=words, size=(3.0, 3.0), objects=(table, *things), variation=variation)
    return BuildingScene(seed, file, words, kind, count, colours)


def _things(rng: np.random.Generator, cubes: int, plank: bool, looks: list[str]) -> list[ObjectFile]:
    """Cubes, and one long block first where there is one, at random places."""
    side = float(rng.uniform(*SIDE))
    count = cubes + plank
    for _ in range(_TRIES):
        spots = [
            tuple(float(m + rng.uniform(-1, 1) * (size / 2 - RIM)) for m, size in zip(PLACE, TABLE))
            for _ in range(count)
        ]
        far = [APART + 0.06 * (plank and number == 0) for number in range(count)]
        pairs = [(a, b) for a in range(count) for b in range(a)]
        if all(math.dist(spots[a], spots[b]) >= max(far[a], far[b]) for a, b in pairs):
            break
    else:
        raise DataError("no table could be laid")
    made = []
    for number, spot in enumerate(spots):
        own = side + float(rng.uniform(-DIFFERENT, DIFFERENT))
        size = (own - 0.004, float(rng.uniform(*PLANK)), own - 0.004) if plank and not number else (own, own, own)
        made.append(
            ObjectFile(
                id=f"block_{number}",
                kind="box",
                shape="box",
                size=size,
                position=(*spot, TABLE_TOP + size[2] / 2),
                yaw=float(rng.uniform(-0.7, 0.7)),
                colour=looks[number % len(looks)],
                movable=True,
                mass=float(rng.uniform(*MASS)),
                friction=float(rng.uniform(*FRICTION)),
            )  # fmt: skip
        )
    return made


def _words(rng: np.random.Generator, kind: str, count: int, looks: list[str]) -> tuple[str, dict[str, str]]:
    """An instruction, and what it says of colours."""
    verb = str(rng.choice(["build", "please build", "make"]))
    noun = str(rng.choice(["blocks", "cubes"]))
    one, other = (str(colour) for colour in rng.permutation(looks)[:2])
    many = NUMBERS[count]
    if kind == "tower":
        said = [
            (f"{verb} a tower of {many}, {one} on top", {"top": one}),
            (f"{verb} a tower of {many} {noun} with the {one} one on top", {"top": one}),
            (f"{verb} a tower of {many} {noun}, {one} at the bottom and {other} on top", {"bottom": one, "top": other}),
            (f"stack {many} {noun} with {one} at the bottom", {"bottom": one}),
        ]
    elif kind == "row":
        said = [
            (f"{verb} a row of {many} {noun}", {}),
            (f"{verb} a row of {many} {noun} with the {one} one on the left", {"left": one}),
            (f"put {many} {noun} in a row, the {one} one on the right", {"right": one}),
        ]
    elif kind == "pyramid":
        said = [
            (f"{verb} a pyramid of three {noun} with a {one} top", {"top": one}),
            (f"{verb} a pyramid of three {noun}", {}),
        ]
    elif kind == "bridge":
        said = [(f"{verb} a bridge with the {looks[0]} block on top", {"top": looks[0]}), (f"{verb} a bridge", {})]
    else:
        said = [(f"stack the {one} block on the {other} block", {"top": one, "bottom": other})]
    words, colours = said[int(rng.integers(len(said)))]
    return words, colours
