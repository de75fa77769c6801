"""Markers of a scene are drawn where they hang, so that detectors find them there; physics does not know them."""

import json
import math
import os
import subprocess
import sys

import mujoco
import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")

from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.scene_tags import HungTag, SceneTags
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.mujoco.scene_geometry import add_floor
from skill_stack.hardware.rendering.tag_geometry import NOBODY, add_tags

FOUND = Resources.from_environment(os.environ)
TAG = HungTag(xyz=(2.0, 0.3, 0.5), rpy=(0.0, 0.1, math.pi + 0.7))  # seen so slantingly that no second pose fits
LOOK = """
import json, sys
import numpy as np
from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.core.world.scene_tags import SceneTags
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.perception.tags.tags import TagFinder
camera, tags = CameraSpec(xyz=(0, 0, 0)), SceneTags.model_validate_json(sys.argv[1])
eye = Eye((0.0, 0.0, 0.4), (2.0, 0.1, 0.45))
setup = SceneSetup(name="t", seed=0, start=Pose2(0, 0, 0), objects=(), tags=tags)
with DrawnScene(setup, camera) as drawn:
    colour, _, _ = drawn.look((np.array(eye.place), eye.rotation), np.random.default_rng(0))
found = TagFinder(tags.family, tags.edge).find(colour, camera.intrinsics)
turned = eye.rotation
rows = [(t.number, (eye.place + turned @ t.position).tolist(), (turned @ t.rotation).tolist()) for t in found]
print(json.dumps(rows))
"""


@pytest.mark.parametrize("family", ["tag36h11", "aruco_5x5"])
def test_a_drawn_marker_is_found_where_it_hangs(family):
    tags = SceneTags(family=family, places={7: TAG})
    environment = {**os.environ, "MUJOCO_GL": "egl", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", LOOK, tags.model_dump_json()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode and "EGL" in done.stderr:
        pytest.skip("there is no EGL here")
    ((number, place, turn),) = json.loads(done.stdout)
    assert number == 7 and np.abs(np.subtract(place, TAG.xyz)).max() < 0.02
    out = np.array(turn)[:, 2]
    assert out @ (math.cos(math.pi + 0.7), math.sin(math.pi + 0.7), -0.1) > 0.995
    assert np.array(turn)[2, 1] > 0.95, "upright"


def test_the_shipped_scene_has_markers_that_only_pictures_know():
    setup = set_up(load_scene(FOUND.scene("tagged_room")), 0)
    assert len(setup.tags.places) == 12
    robot = load_robot(FOUND.robot("go2"), FOUND)
    plain, drawn = build_model(robot, setup), build_model(robot, setup, drawn=True)
    assert (drawn.nq, drawn.nv) == (plain.nq, plain.nv)
    plates = drawn.geom_contype == NOBODY
    assert plates.sum() == drawn.ngeom - plain.ngeom > 12 * 5
    touched = np.bitwise_or.reduce(drawn.geom_conaffinity[~plates])
    assert not (drawn.geom_contype[plates] & touched).any(), "nothing runs into them"
    assert not drawn.geom_conaffinity[plates].any()


def test_no_such_family_is_refused():
    spec = mujoco.MjSpec()
    add_floor(spec)
    with pytest.raises(UnknownName, match="tag36h11"):
        add_tags(spec, SceneTags(family="tag99", places={1: TAG}))
