"""Random walls with a door that is to be opened: shut, ajar, or one that swings towards the robot."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.data_file import parse_model
from skill_stack.core.world.scene_file import SceneFile
from skill_stack.evaluation.scenes.blocked_scenes import VARIATION, ball_beyond, door_leaf, pen

KINDS = ("shut", "ajar", "and on", "towards")
"""A shut door; one ajar; a shut one with a ball behind it to go to; one that swings towards the robot."""
WORDS = {
    "shut": ("open the door", "push the door open"),
    "ajar": ("open the door", "push open the door"),
    "and on": ("open the door, then go to the red ball", "open the door and walk to the red ball"),
    "towards": ("open the door", "push the door open"),
}
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


def door_scene(seed: int) -> DoorScene:
    """Draws the floor of a seed; four seeds in a row have all kinds."""
    rng = np.random.default_rng((seed, 73))
    kind = KINDS[seed % len(KINDS)]
    near, wide, deep = float(rng.uniform(1.8, 2.3)), float(rng.uniform(1.0, 1.2)), 0.15
    gap = float(rng.uniform(-0.4, 0.4))
    door = door_leaf(rng, near + deep / 2, gap, wide, (5.0, 20.0) if kind == "ajar" else (0.0, 0.0))
    if kind == "towards":
        shut, _ = door["swing"]
        door["swing"] = (shut, shut + math.copysign(math.radians(100.0), shut))
    ball = ball_beyond(rng, near + deep)
    raw = {"name": f"door_{seed}", "description": "A wall with a door.", "size": [40.0, 40.0],
           "objects": [*pen(near, deep, [(gap, wide)]), ball, door], "variation": VARIATION}  # fmt: skip
    words = WORDS[kind][int(rng.integers(len(WORDS[kind])))]
    return DoorScene(seed, parse_model(SceneFile, raw, "door scene"), words, kind)
