"""Tables with ten packed blocks that a hand clears by what its camera sees; only the score uses truth."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import load_camera
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.packed_scenes import COUNT, WORDS, PackedScene, packed_scene
from skill_stack.evaluation.scores.clearing_score import ClearingScore
from skill_stack.perception.scene.scene_merging import merge
from skill_stack.planner.planner import Planner
from skill_stack.runtime.building.building_episodes import ROBOT
from skill_stack.runtime.building.post_camera import PostCamera
from skill_stack.runtime.building.talking_line import LOOKS, TalkingLine

STATED = ("table", "tray")
"""What the map states."""
STANDING = 1.0
"""Time for which everything rests before it is judged, s."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """How a table was cleared.

    Attributes:
        blocks: Blocks on the tray at the end.
        fallen: Blocks off the table.
        picks: Attempts to take one.
        pushes: Pushes.
        seconds: Task time, s.
        reason: How the words ended.
    """

    blocks: int
    fallen: int
    picks: int
    pushes: int
    seconds: float
    reason: str


def run_clearing(seed: int) -> ClearingScore:
    """Clears the table of a seed with pushes and, in a world of its own, without."""
    one, other = clear(seed), clear(seed, pushes=False)
    return ClearingScore(
        seed, COUNT, one.blocks, other.blocks, one.fallen, one.picks, one.pushes, one.seconds, one.reason, other.reason
    )


def clear(seed: int, pushes: bool = True) -> Cleared:
    """Clears the table of a seed.

    Args:
        seed: The table.
        pushes: Whether the hand may push; else it takes what it can, the freest first.
    """
    scene = packed_scene(seed)
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot(ROBOT), found)
    library = load_library(found, robot)
    setup = set_up(scene.file, seed)
    line = TalkingLine(robot, library, setup, Planner(library))
    line.sees_crowds = pushes
    camera = PostCamera(line, setup, load_camera(found.robot(ROBOT), "post"), seed)
    stated = SceneGraph(
        {one.id: one.resolve() for one in scene.file.objects if one.id in STATED}, robot=Pose2(0.0, 0.0, 0.0)
    )

    def see() -> SceneGraph:
        return merge(stated, camera.look(), fixed=True)

    try:
        line.idle(0.5)
        line.look(see, LOOKS)
        began = line.now
        outcome, reason = line.do(WORDS, see)
        seconds = line.now - began
        line.idle(STANDING)
    finally:
        camera.close()
    ended = [text for kind, text in line.said if kind == "step_ended"]
    cleared, fallen = _counted(line, scene)
    return Cleared(
        cleared, fallen, sum(text.startswith("close_on ") for text in ended),
        sum(text.startswith("make_room succeeded") for text in ended), round(seconds, 1), f"{outcome}: {reason}",
    )  # fmt: skip


def _counted(line: TalkingLine, scene: PackedScene) -> tuple[int, int]:
    """Blocks on the tray, and those that fell off the table."""
    tray = next(one.resolve() for one in scene.file.objects if one.id == "tray")
    places = [line.device.data.body(name).xpos for name in scene.blocks]
    top = tray.position[2] + tray.size[2] / 2
    cleared = sum(
        all(abs(at - middle) < size / 2 for at, middle, size in zip(place[:2], tray.position, tray.size))
        and place[2] > top and math.isfinite(place[2])
        for place in places
    )  # fmt: skip
    return cleared, sum(bool(place[2] < top - 0.1) for place in places)
