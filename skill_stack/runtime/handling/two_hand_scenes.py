"""Random tables with a task for two hands: a bar to hand over, a jar to unscrew, a tray to carry, a box to open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile

KINDS = ("over", "lid", "tray", "box")
"""A bar from the right table, handed over, to the left one; a lid turned while the jar is held; a tray with a mug; a
hinged lid swung open while the box is held."""
TOP = 0.4
"""Height of every table, m."""
VARIATION = VariationFile(latency=(0.0, 0.01), noise=(0.5, 1.5), motor_strength=(0.9, 1.1))
"""What the seed changes besides, as in the suite of the hand."""
WORDS = {
    "over": ("pass the bar to your left hand, then put it on the black table with your left hand",
             "hand the bar over to your left hand and place the bar on the black table with your left hand"),
    "lid": ("unscrew the lid of the jar", "twist the lid off the jar",
            "unscrew the lid of the jar with your left hand", "twist the lid off the jar with your left hand"),
    "box": ("open the lid of the box", "lift the lid of the box open",
            "open the lid of the box with your left hand", "lift the lid of the box open with your left hand"),
    "tray": ("carry the tray to the black table with both hands", "put the tray on the black table with both hands"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TwoHandScene:
    """One task.

    Attributes:
        seed: Its seed.
        kind: One of :data:`KINDS`.
        words: The instruction.
        file: The scene.
    """

    seed: int
    kind: str
    words: str
    file: SceneFile


def two_hand_scene(seed: int) -> TwoHandScene:
    """The task of a seed; four seeds in a row have all kinds."""
    rng, kind = np.random.default_rng([61, seed]), KINDS[seed % len(KINDS)]
    things = {"over": _bar, "lid": _jar, "tray": _tray, "box": _box}[kind](rng)
    words = WORDS[kind][int(rng.integers(len(WORDS[kind])))]
    file = SceneFile(
        name="two_hands", description="A task for two hands.", objects=tuple(things), variation=VARIATION
    )  # fmt: skip
    return TwoHandScene(seed, kind, words, file)


def _draw(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 4)


def _table(name: str, at: tuple[float, float], size: tuple[float, float], colour: str) -> ObjectFile:
    return ObjectFile(id=name, kind="table", size=(*size, TOP), position=(*at, TOP / 2), colour=colour)


def _bar(rng: np.random.Generator) -> list[ObjectFile]:
    """A bar that lies anyhow on the right table, which the left hand does not reach, and the left table."""
    size = (_draw(rng, 0.26, 0.34), _draw(rng, 0.025, 0.045), _draw(rng, 0.03, 0.05))
    at = (_draw(rng, 0.0, 0.2), _draw(rng, -0.55, -0.4), TOP + size[2] / 2)
    return [
        _table("grey_table", (0.1, -0.5), (0.5, 0.5), "grey"),
        _table("black_table", (_draw(rng, 0.05, 0.15), _draw(rng, 0.42, 0.5)), (0.3, 0.5), "black"),
        ObjectFile(
            id="bar", kind="bar", size=size, position=at, yaw=_draw(rng, -3.14, 3.14), colour="red", movable=True,
            mass=_draw(rng, 0.1, 0.3), friction=_draw(rng, 0.6, 1.0),
        ),
    ]  # fmt: skip


def _jar(rng: np.random.Generator) -> list[ObjectFile]:
    """A jar, which turns with its lid when nobody holds it."""
    wide, high, lid = _draw(rng, 0.06, 0.075), _draw(rng, 0.1, 0.13), _draw(rng, 0.025, 0.035)
    x, y, friction = _draw(rng, 0.09, 0.21), _draw(rng, -0.05, 0.05), _draw(rng, 0.6, 1.0)
    return [
        _table("grey_table", (0.15, 0.0), (0.5, 0.5), "grey"),
        ObjectFile(
            id="jar", kind="jar", shape="cylinder", size=(wide, wide, high), position=(x, y, TOP + high / 2),
            colour="blue", movable=True, mass=_draw(rng, 0.3, 0.6), friction=friction,
        ),
        ObjectFile(
            id="lid", kind="lid", shape="cylinder", size=(wide + 0.005, wide + 0.005, lid), colour="yellow",
            position=(x, y, TOP + high + lid / 2), movable=True, mass=0.05, friction=friction, mounted_on="jar",
            hinge=(0.0, 0.0), swing=(-3.0, 3.0), stiff=_draw(rng, 0.25, 0.5),
        ),
    ]  # fmt: skip


def _tray(rng: np.random.Generator) -> list[ObjectFile]:
    """A tray on a stand that is narrower, with a mug on it, and another stand further on."""
    x, y, thick = _draw(rng, -0.2, -0.1), _draw(rng, -0.04, 0.04), _draw(rng, 0.012, 0.02)
    wide, tall = _draw(rng, 0.05, 0.07), _draw(rng, 0.07, 0.1)
    mug = (x + _draw(rng, -0.05, 0.05), y + _draw(rng, -0.05, 0.05), TOP + thick + tall / 2)
    return [
        _table("grey_table", (x, y), (0.15, 0.15), "grey"),
        _table("black_table", (_draw(rng, 0.2, 0.32), _draw(rng, -0.05, 0.05)), (0.15, 0.15), "black"),
        ObjectFile(
            id="tray", kind="tray", size=(_draw(rng, 0.2, 0.24), _draw(rng, 0.32, 0.4), thick),
            position=(x, y, TOP + thick / 2), yaw=_draw(rng, -0.15, 0.15), colour="green", movable=True,
            mass=_draw(rng, 0.4, 0.8), friction=_draw(rng, 0.6, 1.0),
        ),
        ObjectFile(
            id="mug", kind="mug", shape="cylinder", size=(wide, wide, tall), position=mug, colour="white",
            movable=True, mass=_draw(rng, 0.1, 0.25), friction=_draw(rng, 0.5, 0.8),
        ),
    ]  # fmt: skip


def _box(rng: np.random.Generator) -> list[ObjectFile]:
    """A box, so light that it tips up with its stiff lid when nobody holds it; the lid stands out in front."""
    long, wide, high = _draw(rng, 0.06, 0.07), _draw(rng, 0.13, 0.18), _draw(rng, 0.09, 0.12)
    out, thick, yaw = _draw(rng, 0.035, 0.045), _draw(rng, 0.012, 0.016), _draw(rng, -0.35, 0.35)
    x, y, friction = _draw(rng, 0.08, 0.2), _draw(rng, -0.05, 0.05), _draw(rng, 0.6, 1.0)
    ahead = (x - out / 2 * float(np.cos(yaw)), y - out / 2 * float(np.sin(yaw)))
    return [
        _table("grey_table", (0.15, 0.0), (0.5, 0.5), "grey"),
        ObjectFile(
            id="box", kind="box", size=(long, wide, high), position=(x, y, TOP + high / 2), yaw=yaw, colour="blue",
            movable=True, mass=_draw(rng, 0.25, 0.5), friction=friction,
        ),
        ObjectFile(
            id="lid", kind="lid", size=(long + out, wide, thick), position=(*ahead, TOP + high + thick / 2), yaw=yaw,
            colour="yellow", movable=True, mass=_draw(rng, 0.08, 0.2), friction=friction, mounted_on="box", lifted=0.0,
            stiff=_draw(rng, 0.25, 0.45),
        ),
    ]  # fmt: skip
