"""Picks of what networks point at: two answers on a table, each tried in a world of its own; only the score uses truth.

The networks are stand-ins, which point at the true middle with an error that is drawn and say it in their convention.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os

import numpy as np
from PIL import Image

from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import plan_text
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import load_camera
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.relation_scenes import RelationScene, relation_scene
from skill_stack.evaluation.scores.pointing_score import PointingScore
from skill_stack.perception.recognition.pointing_answers import CONVENTIONS, Convention, points_of, position_at
from skill_stack.planner.planner import Planner
from skill_stack.runtime.building.building_episodes import ROBOT
from skill_stack.runtime.building.post_camera import PostCamera
from skill_stack.runtime.building.talking_line import LOOKS, TalkingLine
from skill_stack.runtime.line.pointed_out import pointed_out, skill_arguments

STRAY = (0.0, 15.0)
"""Range of the standard deviation of a stand-in's error along each axis of the picture, pixels."""
DIGITS = {"pixels": 0, "unit": 2, "percent": 0, "thousand": 0, "thousand_yx": 0}
"""Digits behind the point with which each convention is usually answered."""
LIFTED = 0.05
"""Height by which a thing that is picked up has risen, m."""
FOLDER, PICTURES = "eval", "pointed_{}.jpg"
"""Where pictures are kept, and their names by their SHA-256."""
Spot = tuple[float, float]


def run_pointing(seed: int) -> PointingScore:
    """Points twice on the table of a seed, and picks up what was pointed at."""
    scene, rng = relation_scene(seed), np.random.default_rng([95, seed])
    names = sorted(CONVENTIONS)
    conventions = [names[number] for number in rng.permutation(len(names))[:2]]
    stray = [rng.normal(0.0, rng.uniform(*STRAY), 2) for _ in conventions]
    tries = [_tried(scene, name, off) for name, off in zip(conventions, stray)]
    pixels, errors, picked, jpegs = zip(*tries)
    digest = hashlib.sha256(jpegs[0]).hexdigest()
    folder = Resources.from_environment(os.environ).writable_folder(FOLDER)
    (folder / PICTURES.format(digest)).write_bytes(jpegs[0])
    width, height = Image.open(io.BytesIO(jpegs[0])).size
    return PointingScore(seed, scene.words, digest, (width, height), conventions, pixels, errors, picked)


def _tried(scene: RelationScene, convention: Convention, off: np.ndarray) -> tuple[Spot, float, bool, bytes]:
    """Pixel of an answer, its distance from what was meant, m, whether that was picked up, and the picture."""
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot(ROBOT), found)
    library = load_library(found, robot)
    setup = set_up(scene.file, scene.seed)
    line = TalkingLine(robot, library, setup, Planner(library))
    camera = PostCamera(line, setup, load_camera(found.robot(ROBOT), "post"), scene.seed)
    target = next(one.resolve() for one in scene.file.objects if one.id == scene.target)
    try:
        line.idle(0.5)
        line.look(camera.look, LOOKS)
        frame = camera.frame
        assert frame is not None, "it has looked"
        pixel = _answered(frame, (*target.position[:2], target.position[2] + target.size[2] / 2), convention, off)
        point = position_at(frame, pixel)
        before = float(line.device.data.body(target.id).xpos[2])
        meant = pointed_out(point, line.scene) if point is not None else None
        if meant is not None and meant.thing:
            step = PlanNode("skill", skill="pick_up", arguments=skill_arguments(library["pick_up"], meant, {}))
            line.do(plan_text(PlanNode("sequence", (step,)), instruction=scene.words), camera.look)
        rose = float(line.device.data.body(target.id).xpos[2]) - before
    finally:
        camera.close()
    error = math.dist(point[:2], target.position[:2]) if point is not None else math.inf
    jpeg = io.BytesIO()
    Image.fromarray(frame.colour).save(jpeg, "JPEG", quality=90)
    return pixel, min(error, 1.0), rose > LIFTED, jpeg.getvalue()


def _answered(frame: CameraFrame, place: tuple[float, float, float], convention: Convention, off: np.ndarray) -> Spot:
    """The pixel of a stand-in's answer, as it is read from its text."""
    x, y, z = frame.into_camera(np.array(place)).tolist()
    i, (height, width) = frame.intrinsics, frame.depth.shape
    column = min(max(x / z * i.fx + i.cx + off[0], 0.0), width - 1.0)
    row = min(max(y / z * i.fy + i.cy + off[1], 0.0), height - 1.0)
    side, row_first = CONVENTIONS[convention]
    pair = [
        round(value / size * (side or size), DIGITS[convention]) for value, size in ((column, width), (row, height))
    ]
    return points_of(json.dumps({"points": [pair[::-1] if row_first else pair]}), convention, width, height)[0]
