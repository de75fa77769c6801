"""Episodes of structures: words, camera, dialogue and robot in one process; only the score uses truth."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import load_camera
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import yaw_of
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.building import Building
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.building_scenes import KINDS, BuildingScene, building_scene
from skill_stack.evaluation.scores.building_score import STANDING, STILL, BuildingScore, standing
from skill_stack.hardware.mujoco.scene_geometry import FREE_JOINT_SUFFIX
from skill_stack.hardware.mujoco.standing_check import first_to_fall
from skill_stack.planner.planner import Planner
from skill_stack.runtime.building.post_camera import PostCamera
from skill_stack.runtime.building.talking_line import LOOKS, TalkingLine

ROBOT = "gantry_allegro_right"
"""The robot whose hand builds."""
DROP = 0.004
"""Height from which a block that was knocked down falls on the table, m."""
Picture = Callable[[str, TalkingLine], None]


class KnockedDown:
    """A person who knocks one block off the structure, once, after it was put on another one."""

    def __init__(self, scene: BuildingScene, line: TalkingLine) -> None:
        """Takes the table.

        Args:
            scene: The table.
            line: Where the blocks are.
        """
        self._line, self._rng, self.count = line, np.random.default_rng([59, scene.seed]), 0
        self._blocks = [one.resolve() for one in scene.file.objects if one.movable]

    def __call__(self) -> None:
        """Takes the highest block that stands on another one to a free spot of the table."""
        now = [true_block(self._line, one) for one in self._blocks]
        high = max(now, key=lambda one: one.position[2])
        low = min(one.position[2] for one in now)
        if self.count or high.position[2] - low < 0.5 * high.size[2]:
            return
        others = [one for one in now if one.id != high.id]
        for _ in range(1000):
            x, y = float(self._rng.uniform(0.14, 0.46)), float(self._rng.uniform(-0.3, 0.3))
            if all(math.dist((x, y), one.position[:2]) > high.radius + one.radius + 0.05 for one in others):
                break
        data, model = self._line.device.data, self._line.device.model
        at = int(model.joint(f"{high.id}{FREE_JOINT_SUFFIX}").qposadr[0])
        yaw = float(self._rng.uniform(-0.7, 0.7))
        data.qpos[at : at + 7] = (x, y, 0.4 + high.size[2] / 2 + DROP, math.cos(yaw / 2), 0, 0, math.sin(yaw / 2))
        speed = int(model.joint(f"{high.id}{FREE_JOINT_SUFFIX}").dofadr[0])
        data.qvel[speed : speed + 6] = 0.0
        self.count += 1


def true_block(line: TalkingLine, block: SceneObject) -> SceneObject:
    """A block where it really is."""
    body = line.device.data.body(block.id)
    x, y, z = (float(value) for value in body.xpos)
    return replace(block, position=(x, y, z), yaw=yaw_of(body.xquat))


def run_building(seed: int) -> BuildingScore:
    """Builds the structure of a seed."""
    return build(building_scene(seed), knock=False)


def run_repair(seed: int) -> BuildingScore:
    """Builds the structure of a seed, of which one block is knocked down meanwhile; a row has none to fall."""
    return build(building_scene(seed, [kind for kind in KINDS if kind != "row"]), knock=True)


def build(scene: BuildingScene, knock: bool, picture: Picture | None = None) -> BuildingScore:
    """Builds and judges one structure.

    Args:
        scene: The table and the instruction.
        knock: Whether a block is knocked down meanwhile.
        picture: Called at the end with the words and the line; or None.
    """
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot(ROBOT), found)
    library = load_library(found, robot)
    setup = set_up(scene.file, scene.seed)
    line = TalkingLine(robot, library, setup, Planner(library, falls=first_to_fall))
    camera = PostCamera(line, setup, load_camera(found.robot(ROBOT), "post"), scene.seed)
    try:
        line.idle(0.5)
        line.look(camera.look, LOOKS)
        knocked = KnockedDown(scene, line)
        line.left = knocked if knock else line.left
        began = line.now
        blocks = [one.resolve() for one in scene.file.objects if one.movable]
        before = [true_block(line, one) for one in blocks]
        outcome, reason = line.do(scene.words, camera.look)
        seconds = line.now - began
        planned = next((plan.building for plan in line.plans if isinstance(plan.building, Building)), None)
        at_end = [true_block(line, one) for one in blocks]
        line.idle(STANDING)
        after = [true_block(line, one) for one in blocks]
        if picture is not None:
            picture(scene.words, line)
    finally:
        camera.close()
    wrong, error = standing(scene.kind, scene.count, scene.colours, after)
    moved = max(math.dist(a.position, b.position) for a, b in zip(at_end, after))
    wrong = wrong or (f"a block moved by {moved:.3f} m while it was to stand" if moved > STILL else "")
    said = [f"the robot said: {outcome}: {reason}" if outcome != "succeeded" else "", wrong]
    placings = sum(kind == "step_ended" and text.startswith("step_back succeeded") for kind, text in line.said)
    stable = planned is not None and not first_to_fall(_true_building(planned, before), None, STANDING)
    return BuildingScore(
        seed=scene.seed, words=scene.words, kind=scene.kind, knocked=knocked.count, stable=stable,
        passed=not wrong, outcome=outcome, reason="; ".join(filter(None, said)), error=error, placings=placings,
        seconds=round(seconds, 2),
    )  # fmt: skip


def _true_building(building: Building, before: list[SceneObject]) -> list[SceneObject]:
    """The planned structure of the true blocks, on the floor."""
    made: list[SceneObject] = []
    for name, place in building.places.items():
        true = _true(building, name, before)
        top = max(
            (one.position[2] + one.size[2] / 2 for other in building.blueprint[name].on
             for one in made if one.id == _true(building, other, before).id),
            default=0.0,
        )  # fmt: skip
        made.append(replace(true, position=(place.x, place.y, top + true.size[2] / 2), yaw=place.yaw))
    return made


def _true(building: Building, name: str, before: list[SceneObject]) -> SceneObject:
    """The true block that stands for one of a structure."""
    seen = building.things[name]
    return min(before, key=lambda one: math.dist(one.position[:2], seen.position[:2]))
