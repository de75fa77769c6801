"""Random walls with a door that is to be opened or closed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.data_file import parse_model
from skill_stack.core.world.scene_file import SceneFile
from skill_stack.evaluation.scenes.blocked_scenes import VARIATION, BlockedScene, ball_beyond, door_leaf, pen

KINDS = ("shut", "ajar", "and on", "towards", "open beyond", "open here", "ajar here", "out of reach")
"""To be opened: a shut door; one ajar; a shut one with a ball behind it to go to; one that swings towards the robot. To
be closed: one that is open to the other side, or to this one, wide or a little; one with no way to the side from
which it could be pushed, since it stands open at the wall, or is ajar to the other side.
"""
TURNED = {"ajar": (5.0, 20.0), "open beyond": (65.0, 95.0), "open here": (45.0, 95.0), "ajar here": (15.0, 40.0)}
"""Ranges of the angle by which a door is open at first, degrees."""
AT_WALL, AJAR_BEYOND = (155.0, 168.0), (12.0, 25.0)
"""The same of doors out of reach."""
SWING, WIDE_SWING = math.radians(100.0), math.radians(170.0)
CLOSE = ("close the door", "shut the door", "push the door shut")
WORDS = {
    "shut": ("open the door", "push the door open"),
    "ajar": ("open the door", "push open the door"),
    "and on": ("open the door, then go to the red ball", "open the door and walk to the red ball"),
    "towards": ("open the door", "push the door open"),
    **dict.fromkeys(KINDS[4:], CLOSE),
}
HERE = ("towards", "open here", "ajar here")
"""Kinds of a door that swings towards the robot."""
DOOR, BALL = "door", "red_ball"


@dataclass(frozen=True, slots=True)
class DoorScene:
    """One floor and its instruction.

    Attributes:
        seed: Its seed.
        file: The scene.
        words: The instruction.
        kind: One of :data:`KINDS`.
    """

    seed: int
    file: SceneFile
    words: str
    kind: str

    @property
    def leaf(self) -> str:
        """Id of what is to be opened or closed."""
        return DOOR

    @property
    def closes(self) -> bool:
        """Whether the door is to be closed."""
        return self.words in CLOSE

    @property
    def refused(self) -> str:
        """What has to be told where the door cannot be pushed as the words ask; else empty."""
        return {"towards": "swings towards me", "out of reach": "from the other side"}.get(self.kind, "")


def door_scene(seed: int) -> DoorScene:
    """Draws the floor of a seed; eight seeds in a row have all kinds."""
    rng = np.random.default_rng((seed, 73))
    kind = KINDS[seed % len(KINDS)]
    near, wide, deep = float(rng.uniform(1.8, 2.3)), float(rng.uniform(1.0, 1.2)), 0.15
    gap = float(rng.uniform(-0.4, 0.4))
    at_wall = kind == "out of reach" and bool(rng.random() < 0.5)
    # A door that opens up to the wall hangs before it, not in it.
    door = door_leaf(rng, near + (deep + 0.06 if at_wall else deep / 2), gap, wide, (0.0, 0.0))
    ajar = AT_WALL if at_wall else AJAR_BEYOND if kind == "out of reach" else TURNED.get(kind, (0.0, 0.0))
    _turn(door, kind in HERE, WIDE_SWING if at_wall else SWING, math.radians(float(rng.uniform(*ajar))))
    ball = ball_beyond(rng, near + deep)
    raw = {"name": f"door_{seed}", "description": "A wall with a door.", "size": [40.0, 40.0],
           "objects": [*pen(near, deep, [(gap, wide)]), ball, door], "variation": VARIATION}  # fmt: skip
    words = WORDS[kind][int(rng.integers(len(WORDS[kind])))]
    return DoorScene(seed, parse_model(SceneFile, raw, "door scene"), words, kind)


def leaf_here(seed: int) -> BlockedScene:
    """Draws a floor whose only way leads through a doorway with a leaf that no map has, ajar towards the robot."""
    rng = np.random.default_rng((seed, 77))
    near, wide, deep, gap = (float(rng.uniform(*ends)) for ends in ((1.8, 2.3), (1.0, 1.2), (0.15, 0.15), (-0.4, 0.4)))
    door = door_leaf(rng, near + deep / 2, gap, wide, (0.0, 0.0))
    _turn(door, True, SWING, math.radians(float(rng.uniform(10.0, 35.0))))
    raw = {"name": f"leaf_here_{seed}", "description": "A doorway with a leaf.", "size": [40.0, 40.0],
           "objects": [*pen(near, deep, [(gap, wide)]), ball_beyond(rng, near + deep), door],
           "variation": VARIATION}  # fmt: skip
    file = parse_model(SceneFile, raw, "leaf scene")
    return BlockedScene(seed, file, "go to the red ball", "door", "refused", DOOR, (DOOR,), BALL)


def _turn(door: dict[str, Any], here: bool, most: float, by: float) -> None:
    """Has a shut door swing to a side, and opens it.

    Args:
        door: The door, which is changed.
        here: Whether it swings towards the robot.
        most: How far it opens, rad.
        by: How far it is open, rad.
    """
    shut, _ = door["swing"]
    sense = math.copysign(1.0, shut) * (1.0 if here else -1.0)
    door["swing"] = (shut, shut + sense * most)
    (x, y), half, yaw = door["position"], door["size"][0] / 2, shut + sense * by
    post = (x - half * math.cos(shut), y - half * math.sin(shut))
    door |= {"yaw": yaw, "position": [post[0] + half * math.cos(yaw), post[1] + half * math.sin(yaw)]}
