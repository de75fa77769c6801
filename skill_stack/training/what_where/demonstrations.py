"""Demonstrations: the simulated gantry takes a thing and puts it on a mat, seen by its camera from the post.

The demonstrator knows where everything is; kept are the view from above before it moves, the words, and where the hand
closed and let go. ``MUJOCO_GL`` must be set before this file is imported.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import CameraSpec, eye_of, load_camera
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.scene_geometry import FREE_JOINT_SUFFIX
from skill_stack.hardware.rendering.depth_noise import DepthNoise
from skill_stack.hardware.rendering.robot_eye import RobotEye
from skill_stack.perception.networks.heat_map import TopView
from skill_stack.perception.own_body.self_filter import SelfFilter
from skill_stack.perception.scene.cloud import cloud_of
from skill_stack.planner.planner import Planner
from skill_stack.runtime.building.talking_line import TalkingLine
from skill_stack.training.what_where.settings import WhatWhereSettings
from skill_stack.training.what_where.tables import TABLE, TableScene, mat, thing

ROBOT, CAMERA = "gantry_allegro_right", "post"
THUMB = ("right_hand_link_15.0", (0.0, 0.0, 0.0423))
FINGERS = (("right_hand_link_3.0", (0.0, 0.0, 0.0267)), ("right_hand_link_7.0", (0.0, 0.0, 0.0267)))
"""Links between whose tips the hand holds, and the tips in their frames (URDF), m: thumb, index and middle finger."""
MISS = 0.003
"""Standard deviation of the hand from the middle of what it takes along each axis, m."""
Array = np.ndarray
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Demonstration:
    """One demonstration.

    Attributes:
        seed: Of its table.
        colour: View from above, RGB, uint8, shape (rows, columns, 3).
        height: m above the map's zero, shape (rows, columns).
        words: What was taken, and on what it was put.
        places: Where the hand closed and let go, m.
    """

    seed: int
    colour: Array
    height: Array
    words: tuple[str, str]
    places: tuple[Spot, Spot]


@cache
def demonstrator() -> tuple[RobotSpec, SkillLibrary, Planner, CameraSpec]:
    """The robot, its skills, their planner, and its camera."""
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot(ROBOT), found)
    library = load_library(found, robot)
    return robot, library, Planner(library), load_camera(found.robot(ROBOT), CAMERA)


class HandWatch(TalkingLine):
    """A line that keeps where the hand was when steps ended.

    Attributes:
        hand: Middle between thumb and the two fingers opposite at the end of each step, m, by skill.
    """

    hand: dict[str, Spot]

    def _take(self, outcome: StepOutcome) -> None:
        bodies = ((self.device.data.body(name), tip) for name, tip in (THUMB, *FINGERS))
        thumb, *others = (body.xpos + body.xmat.reshape(3, 3) @ np.array(tip) for body, tip in bodies)
        x, y = ((thumb + np.mean(others, axis=0)) / 2)[:2].tolist()
        self.hand.setdefault(outcome.skill, (x, y))
        super()._take(outcome)


def demonstrate(scene: TableScene, settings: WhatWhereSettings) -> Demonstration | None:
    """Has the gantry do what a table asks for; None where it does not succeed, which is no demonstration."""
    robot, library, planner, _ = demonstrator()
    line = HandWatch(robot, library, scene.setup(), planner)
    line.hand = {}
    view = seen_from_above(scene, settings, line)
    things = {one.id: one for one in (TABLE, *scene.things)}
    graph = SceneGraph(things, robot=Pose2(0.0, 0.0, 0.0))
    line.look(lambda: graph, 1)
    outcome, _ = line.do(f"pick up the {scene.target} and put it on the {scene.mat}", lambda: graph)
    if outcome != "succeeded" or not {"close_on", "carry_to"} <= set(line.hand):
        return None
    places = line.hand["close_on"], line.hand["carry_to"]
    return Demonstration(scene.seed, view.colour, view.height, (scene.target, scene.mat), places)


def seen_from_above(scene: TableScene, settings: WhatWhereSettings, line: TalkingLine) -> TopView:
    """What the camera shows of a table from above, without the robot itself.

    Args:
        scene: The table.
        settings: The rectangle that is shown.
        line: The robot that is there.
    """
    with TableCamera(scene.setup(), line) as camera:
        return camera.view(line.device.data.qpos.copy(), scene.seed, settings)


class TableCamera:
    """The camera of a world, as a context manager."""

    def __init__(self, setup: SceneSetup, line: TalkingLine) -> None:
        """Opens the renderer of a world in which a robot is."""
        robot, _, _, self._camera = demonstrator()
        assert robot.fixed is not None
        self._base, self._own, self._now = np.array(robot.fixed.pose), SelfFilter(robot), line.now
        joints = line.device.sample().position
        for part, spec in robot.parts.items():
            self._own.note(part, line.now, joints[robot.indices(spec.joints)])
        self._eye, self._noise = RobotEye(robot, setup, self._camera), DepthNoise(self._camera)

    def __enter__(self) -> TableCamera:
        return self

    def __exit__(self, *told: object) -> None:
        self._eye.close()

    def view(self, state: Array, seed: int, settings: WhatWhereSettings) -> TopView:
        """A state of the world from above; the noise of the depth follows from the seed."""
        colour, depth = self._eye.draw(state)
        noisy = self._noise(depth, np.random.default_rng([92, seed]))
        pose = eye_of(self._base, self._camera)
        frame = CameraFrame(CAMERA, self._now, colour, noisy, self._camera.intrinsics, *pose)
        masked = self._own.taken_out(frame, self._base)
        assert masked is not None, "its joints are known"
        return TopView.from_cloud(cloud_of(masked), settings.low, settings.high, settings.step)


def drawn_views(scenes: Sequence[TableScene], settings: WhatWhereSettings, sizes: int) -> list[TopView]:
    """Views of tables as the resting gantry's camera shows them, in one world that holds every thing once.

    Args:
        scenes: The tables; things of one look have one size in all of them.
        settings: What is shown.
        sizes: Seed of these sizes.
    """
    robot, library, planner, _ = demonstrator()
    rng, away = np.random.default_rng([93, sizes]), (0.0, 0.0)
    looks = [(colour, shape) for colour in settings.colours for shape in settings.shapes]
    every = [*(thing(look, away, rng) for look in looks), *(mat(colour, away) for colour in settings.colours)]
    every = [replace(one, movable=True, position=(-1.0 - 0.2 * n, 0.0, 0.5)) for n, one in enumerate(every)]
    setup = SceneSetup(name="what_where", seed=sizes, start=Pose2(0, 0, 0), objects=(TABLE, *every))
    line = TalkingLine(robot, library, setup, planner)
    rest, high = line.device.data.qpos.copy(), {one.id: one.size[2] for one in every}
    at = {one.id: int(line.device.model.joint(f"{one.id}{FREE_JOINT_SUFFIX}").qposadr[0]) for one in every}
    found = []
    with TableCamera(setup, line) as camera:
        for scene in scenes:
            state = rest.copy()
            for one in scene.things:
                (x, y), half = one.position[:2], one.yaw / 2
                z = TABLE.size[2] + high[one.id] / 2
                state[at[one.id] : at[one.id] + 7] = (x, y, z, math.cos(half), 0.0, 0.0, math.sin(half))
            found.append(camera.view(state, scene.seed, settings))
    return found


def scripted(scenes: Sequence[TableScene], settings: WhatWhereSettings, sizes: int) -> list[Demonstration]:
    """Demonstrations without the motion: views, and where a hand would close and let go.

    The hand misses the middle by :data:`MISS`, as it did where the gantry carried demonstrations out.
    """
    found, rng = [], np.random.default_rng([94, sizes])
    for scene, view in zip(scenes, drawn_views(scenes, settings, sizes)):
        (x, y), (u, v) = ((np.array(scene.place(words)) + rng.normal(0, MISS, 2)).tolist()
                          for words in (scene.target, scene.mat))  # fmt: skip
        found.append(Demonstration(scene.seed, view.colour, view.height, (scene.target, scene.mat), ((x, y), (u, v))))
    return found


def save(path: Path, some: Sequence[Demonstration]) -> None:
    """Writes demonstrations into one file, which takes the place of an older one at once."""
    draft = path.with_suffix(".part.npz")
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        draft, seed=[one.seed for one in some], colour=np.array([one.colour for one in some], np.uint8),
        height=np.array([one.height for one in some], np.float32), words=[one.words for one in some],
        places=[one.places for one in some],
    )  # fmt: skip
    draft.replace(path)


def load(path: Path) -> list[Demonstration]:
    """Demonstrations of a file.

    Raises:
        DataError: It is no such file.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            columns = [data[name] for name in ("seed", "colour", "height", "words", "places")]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: is no file of demonstrations: {error}") from error
    return [
        Demonstration(int(seed), colour, height, (str(words[0]), str(words[1])),
                      ((float(places[0][0]), float(places[0][1])), (float(places[1][0]), float(places[1][1]))))
        for seed, colour, height, words, places in zip(*columns)
    ]  # fmt: skip
