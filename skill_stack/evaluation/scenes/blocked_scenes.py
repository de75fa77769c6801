"""Random corridors that something blocks, some of it to be moved and some not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.data_file import parse_model
from skill_stack.core.world.scene_file import SceneFile

KINDS = ("crate", "door", "two", "left")
"""What blocks: a crate, a door ajar, two crates, something that must not be touched."""
MANNERS = ("around", "other", "refused", "said")
"""What is right where something must not be touched: a way around it, to move a crate elsewhere, to refuse, or a way
around it because the words say so."""
DEEP = (0.15, 1.2)
"""Length of a corridor, m."""
HIGH = 0.25
"""Height of walls, m."""
VARIATION = {"start_yaw": 0.3, "friction": [0.6, 1.0], "added_mass": [-1.0, 1.0], "latency": [0.0, 0.015],
             "noise": [0.5, 1.5]}  # fmt: skip
"""What the seed changes besides."""


@dataclass(frozen=True, slots=True)
class BlockedScene:
    """One floor and its instruction.

    Attributes:
        seed: Its seed.
        file: The scene.
        words: The instruction.
        kind: One of :data:`KINDS`.
        manner: One of :data:`MANNERS`; empty for other kinds.
        untouched: Id of what must not be touched; empty where all may be.
        hidden: Things that the map does not have.
        target: Id of the target.
    """

    seed: int
    file: SceneFile
    words: str
    kind: str
    manner: str
    untouched: str
    hidden: tuple[str, ...]
    target: str = "red_ball"

    @property
    def told(self) -> str:
        """Kind and manner, for people."""
        return f"{self.kind}: {self.manner}" if self.manner else self.kind

    @property
    def refused(self) -> bool:
        """Whether it is right not to get there."""
        return self.manner == "refused"


def blocked_scene(seed: int) -> BlockedScene:
    """Draws the floor of a seed; sixteen seeds in a row have all kinds and manners."""
    rng = np.random.default_rng((seed, 71))
    kind = KINDS[seed % len(KINDS)]
    manner = MANNERS[seed // len(KINDS) % len(MANNERS)] if kind == "left" else ""
    near, deep = float(rng.uniform(1.8, 2.3)), float(rng.uniform(*DEEP))
    wide = float(rng.uniform(1.0, 1.2)) if kind in ("door", "two") else float(rng.uniform(0.8, 1.0))
    deep = 0.15 if kind == "door" else deep
    gap = float(rng.uniform(-0.4, 0.4)) if manner in ("", "refused") else float(rng.uniform(0.8, 1.2))
    gaps = [(gap, wide)]
    if manner not in ("", "refused"):
        gaps.append((-gap, float(rng.uniform(0.8, 1.0))))
    things = pen(near, deep, gaps)
    things.append(ball_beyond(rng, near + deep))
    blockers = _blockers(rng, kind, manner, near, deep, gaps)
    hidden = tuple(one["id"] for one in blockers) if rng.random() < 0.5 else ()
    untouched = blockers[0]["id"] if kind == "left" else ""
    words = "go to the red ball"
    if manner == "said":
        words += ", without touching the blue crate"
        hidden = ()  # what nobody knows of cannot be spoken of
    raw = {"name": f"blocked_{seed}", "description": "A floor with a blocked way.", "size": [40.0, 40.0],
           "objects": [*things, *blockers], "variation": VARIATION}  # fmt: skip
    file = parse_model(SceneFile, raw, "blocked scene")
    return BlockedScene(seed, file, words, kind, manner, untouched, hidden)


def ball_beyond(rng: np.random.Generator, x: float) -> dict[str, Any]:
    """A ball to go to, 2.6 to 3.2 m beyond a wall that ends at x, m."""
    return {
        "id": "red_ball", "kind": "ball", "shape": "sphere", "size": [0.24, 0.24, 0.24], "colour": "red",
        "position": [x + float(rng.uniform(2.6, 3.2)), float(rng.uniform(-0.8, 0.8))],
    }  # fmt: skip


def pen(near: float, deep: float, gaps: list[tuple[float, float]]) -> list[dict[str, Any]]:
    """A pen, and across it a block of wall with gaps.

    Args:
        near: Where the block begins, m.
        deep: How thick it is, m.
        gaps: Middle and width of each gap, m.
    """
    far = near + deep + 4.2
    middle, length = (far - 1.6) / 2, far + 1.6
    out = [
        _wall("south", middle, -3.0, length, 0.15), _wall("north", middle, 3.0, length, 0.15),
        _wall("east", far, 0.0, 0.15, 6.0), _wall("west", -1.6, 0.0, 0.15, 6.0),
    ]  # fmt: skip
    begin = -3.0
    for number, (at, wide) in enumerate([*sorted(gaps), (3.0, 0.0)]):
        end = at - wide / 2
        out.append(_wall(f"block_{number}", near + deep / 2, (begin + end) / 2, deep, end - begin))
        begin = at + wide / 2
    return out


def _wall(name: str, x: float, y: float, long: float, wide: float) -> dict[str, Any]:
    return {"id": name, "kind": "wall", "shape": "box", "size": [long, wide, HIGH], "position": [x, y]}


def _blockers(
    rng: np.random.Generator, kind: str, manner: str, near: float, deep: float, gaps: list[tuple[float, float]]
) -> list[dict[str, Any]]:
    """What stands in the gaps."""
    (at, wide), x = gaps[0], near + float(rng.uniform(0.1, 0.9)) * deep
    if kind == "door":
        return [door_leaf(rng, near + deep / 2, at, wide)]
    if kind == "crate":
        return [_crate(rng, "blue_crate", "blue", x, at, wide)]
    if kind == "two":
        if rng.random() < 0.5:  # side by side
            off = wide / 4 + 0.01
            return [_crate(rng, f"{colour}_crate", colour, x, at + side * off, wide / 2)
                    for side, colour in ((1, "blue"), (-1, "green"))]  # fmt: skip
        return [_crate(rng, "blue_crate", "blue", near + 0.1, at, wide),
                _crate(rng, "green_crate", "green", near + deep + float(rng.uniform(0.4, 0.6)), at, wide)]  # fmt: skip
    if manner == "said":
        return [_crate(rng, "blue_crate", "blue", x, at, wide)]
    across = float(rng.uniform(0.3, 0.4))
    vase = {"id": "vase", "kind": "vase", "shape": "cylinder", "size": [across, across, 0.4], "position": [x, at],
            "colour": "white", "movable": True, "mass": 3.0}  # fmt: skip
    return [vase, _crate(rng, "blue_crate", "blue", x, *gaps[1])] if manner == "other" else [vase]


def _crate(rng: np.random.Generator, name: str, colour: str, x: float, y: float, wide: float) -> dict[str, Any]:
    """A crate that leaves no room beside it."""
    across = min(float(rng.uniform(0.42, 0.5)), wide - 0.06)
    off = float(rng.uniform(-1.0, 1.0)) * max(0.0, min(0.05, (wide - across) / 2 - 0.03))
    size = [float(rng.uniform(0.35, 0.45)), across, 0.3]
    return {"id": name, "kind": "crate", "shape": "box", "size": size, "position": [x, y + off], "colour": colour,
            "movable": True, "mass": float(rng.uniform(1.0, 2.5))}  # fmt: skip


def door_leaf(
    rng: np.random.Generator, x: float, at: float, wide: float, ajar: tuple[float, float] = (10.0, 35.0)
) -> dict[str, Any]:
    """A door whose leaf swings away from the robot, hung on one of its posts.

    Args:
        rng: Draws it.
        x: Where the wall is, m.
        at: Middle of the gap, m.
        wide: Its width, m.
        ajar: Range of the angle by which it is open, degrees.
    """
    side = 1.0 if rng.random() < 0.5 else -1.0  # of the hinge
    by, long = math.radians(float(rng.uniform(*ajar))), wide - 0.06
    post = (x, at + side * (wide / 2 - 0.03))
    yaw = -side * (math.pi / 2 - by)  # of the leaf, from the hinge on
    centre = (post[0] + long / 2 * math.cos(yaw), post[1] + long / 2 * math.sin(yaw))
    swing = (-side * math.pi / 2, side * math.pi / 18)
    return {"id": "door", "kind": "door", "shape": "box", "size": [long, 0.04, 0.6], "position": [*centre],
            "yaw": yaw, "colour": "brown", "movable": True, "mass": float(rng.uniform(3.0, 6.0)),
            "hinge": [-long / 2, 0.0], "swing": swing}  # fmt: skip
