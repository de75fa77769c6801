"""Things put down as words say, by the simulated gantry; only the score uses truth."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import wrap_angle, yaw_of
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.planner.planner import Planner
from skill_stack.runtime.building.talking_line import TalkingLine
from skill_stack.runtime.spatial.part_episodes import AXIS, Row

ROBOT = "gantry_allegro_right"
TABLE = SceneObject("table", "table", (0.3, 0.0, 0.2), 0.0, "box", (0.56, 0.84, 0.4), "brown")
THINGS = {"mug": ("cylinder", {"handle": 0.0}), "teapot": ("cylinder", {"handle": math.pi, "spout": 0.0}),
          "radio": ("box", {"front": 0.0})}  # fmt: skip
"""Shapes of things, and where their parts point, relative to their headings, rad."""
TRAY = (0.16, 0.16, 0.02)
STATED = (0.003, math.radians(3.0))
"""Standard deviations of the stated positions and headings, m and rad."""
NEAR = 0.04
"""Largest distance from the middle of the tray, m."""
UPRIGHT = math.radians(10.0)
STANDING = 1.0
"""Time for which it stands before it is judged, s."""


@dataclass(frozen=True, slots=True)
class PlacingScene:
    """A table, a thing to be put on a tray, and how.

    Attributes:
        seed: Its seed.
        things: Everything on the table, the thing first, then the tray and another thing.
        words: The instruction.
        heading: The heading that the thing is to have, rad.
    """

    seed: int
    things: tuple[SceneObject, ...]
    words: str
    heading: float

    def setup(self) -> SceneSetup:
        """The world."""
        return SceneSetup(name="placing", seed=self.seed, start=Pose2(0, 0, 0), objects=(TABLE, *self.things))


def placing_scene(seed: int) -> PlacingScene:
    """The scene of a seed."""
    rng = np.random.default_rng([81, seed])
    kind = str(rng.choice(list(THINGS)))
    shape, axes = THINGS[kind]
    spots = [(float(rng.uniform(0.16, 0.44)), y + float(rng.uniform(-0.04, 0.04))) for y in (-0.26, 0.0, 0.26)]
    order = rng.permutation(3).tolist()
    wide, tall = float(rng.uniform(0.05, 0.06)), float(rng.uniform(0.08, 0.1))
    top = TABLE.size[2]
    thing = SceneObject(
        kind, kind, (*spots[order[0]], top + tall / 2), float(rng.uniform(-math.pi, math.pi)), shape,
        (wide, wide if shape == "cylinder" else 0.9 * wide, tall), "red", (kind,), True, mass=0.12, friction=0.8,
    )  # fmt: skip
    tray = SceneObject("tray", "tray", (*spots[order[1]], top + TRAY[2] / 2), 0.0, "box", TRAY, "grey", ("tray",))
    box = SceneObject("box", "box", (*spots[order[2]], top + 0.05), 0.3, "box", (0.06, 0.06, 0.1), "blue", ("box",))
    axis = str(rng.choice(list(axes)))
    said, direction = _wanted(rng, tray, box)
    how = said if axis == "front" else f"with the {axis} {said}"
    if axis == "front" and not said.startswith("facing"):
        how = said = "facing the box"
        direction = _towards(tray, box)
    words = f"pick up the {kind} and put it on the tray {how}"
    return PlacingScene(seed, (thing, tray, box), words, wrap_angle(direction - axes[axis]))


def _wanted(rng: np.random.Generator, tray: SceneObject, box: SceneObject) -> tuple[str, float]:
    """Words for a direction, and the direction as the robot at the origin sees it, rad."""
    ahead = math.atan2(tray.position[1], tray.position[0])
    ways = {
        "to the right": ahead - math.pi / 2, "to the left": ahead + math.pi / 2, "towards me": ahead + math.pi,
        "away from me": ahead, "towards the box": _towards(tray, box),
    }  # fmt: skip
    said = str(rng.choice(list(ways)))
    return said, ways[said]


def _towards(tray: SceneObject, box: SceneObject) -> float:
    return math.atan2(box.position[1] - tray.position[1], box.position[0] - tray.position[0])


@cache
def _robot() -> tuple[RobotSpec, SkillLibrary, Planner]:
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot(ROBOT), found)
    library = load_library(found, robot)
    return robot, library, Planner(library)


def run_placing(seed: int) -> Row:
    """Whether a thing stands on the tray, upright and turned as the words said.

    Args:
        seed: The scene.
    """
    scene = placing_scene(seed)
    line = TalkingLine(*_robot()[:2], scene.setup(), _robot()[2])
    stated = _as_stated(scene)
    line.look(lambda: stated, 1)
    outcome, reason = line.do(scene.words, lambda: stated)
    line.idle(STANDING)
    thing, tray = scene.things[0], scene.things[1]
    body = line.device.data.body(thing.id)
    x, y, z = (float(value) for value in body.xpos)
    off = abs(wrap_angle(yaw_of(body.xquat) - scene.heading))
    tilt = math.acos(float(np.clip(np.reshape(body.xmat, (3, 3))[2, 2], -1.0, 1.0)))
    away, high = math.dist((x, y), tray.position[:2]), z - TABLE.size[2] - TRAY[2] - thing.size[2] / 2
    right = off < AXIS and tilt < UPRIGHT and away < NEAR and abs(high) < 0.01
    said = f"{outcome} {math.degrees(off):.0f} deg off, {1e3 * away:.0f} mm, tilt {math.degrees(tilt):.0f} {reason}"
    return "placing", thing.kind, scene.words, said, right


def _as_stated(scene: PlacingScene) -> SceneGraph:
    """The table as a map has it."""
    rng = np.random.default_rng([82, scene.seed])
    objects = {TABLE.id: TABLE}
    for one in scene.things:
        x, y = (one.position[:2] + rng.normal(0.0, STATED[0], 2)).tolist()
        yaw = wrap_angle(one.yaw + float(rng.normal(0.0, STATED[1])))
        objects[one.id] = replace(one, position=(x, y, one.position[2]), yaw=yaw)
    return SceneGraph(objects, robot=Pose2(0.0, 0.0, 0.0))
