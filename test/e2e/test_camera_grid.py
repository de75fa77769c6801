"""A crate that is on no map and has no name: the camera sees where the floor is taken, and the way leads around."""

import threading

import numpy as np
import pytest
import yaml

from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.rendering.drawn_camera import DrawnCamera
from skill_stack.hardware.rendering.picture_strip import NoPictures

SCENE = "unmapped_crate"
DEPLOYMENT = {
    "name": "go2_grid",
    "description": "Go2 that knows places, and sees where the floor is taken.",
    "robot": "go2",
    "driver": "mujoco",
    "scene": SCENE,
    "pace": "real_time",
    "rearm": "auto",
    "perception": {"camera": "front", "source": "simulator", "things": False},
}


@pytest.fixture
def stack(start, tmp_path):
    try:
        DrawnCamera("go2", SCENE, 0, tmp_path / "ring", (24, 32)).close()
    except NoPictures as error:
        pytest.skip(str(error))
    file = tmp_path / "go2_grid.yaml"
    file.write_text(yaml.safe_dump(DEPLOYMENT))
    up = start(namespace="camera_grid", deployment=str(file))
    up.wait_up()
    yield up
    up.end()


@pytest.mark.slow
def test_the_way_leads_around_what_only_the_camera_sees(stack, until) -> None:
    things = set_up(load_scene(Resources.from_environment({}).scene(SCENE)), 0).graph()
    nearest, aside = [], []

    def look() -> bool:
        place = stack.truth.position
        nearest.append(outline_distance(things["crate"], float(place[0]), float(place[1])))
        aside.append(abs(float(place[1])))
        return not walk.is_alive()

    said = []
    walk = threading.Thread(target=lambda: said.append(stack.say("walk to the corner")), daemon=True)
    walk.start()
    until(look, 120, "an end of the walk", lambda: said)
    assert said[0].outcome == "succeeded", said[0]
    assert np.hypot(*(stack.truth.position[:2] - np.array(things["corner"].position[:2]))) < 0.35
    assert min(nearest) > 0.2, "it touched what it saw"
    assert max(aside) > 0.5, "it went straight through"
