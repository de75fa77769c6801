"""What cameras of a running stack see.

A crate that is on no map and has no name: the camera sees where the floor is taken, and the way leads around. In
lock-step looks are as old in simulated time when perception is slow as when it is quick.
"""

import os
import signal
import threading
import time

import numpy as np
import pytest
import yaml

from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.rendering.drawn_camera import DrawnCamera
from skill_stack.hardware.rendering.picture_strip import NoPictures
from test.eventually import eventually

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


SEEING = {"scene": "playground", "pace": "lock_step", "publish_clock": True}
PERIOD = 0.2  # s between two pictures of the camera
STRETCH = 3.0  # s of simulated time
SLOW = 0.5  # s that perception loses for each picture


@pytest.fixture
def seeing(start, tmp_path):
    """Starts a stack with a camera, from a deployment with changes."""
    started = []

    def make(namespace, **changes):
        deployment = {**DEPLOYMENT, **changes}
        try:
            DrawnCamera("go2", deployment["scene"], 0, tmp_path / "ring", (24, 32)).close()
        except NoPictures as error:
            pytest.skip(str(error))
        file = tmp_path / "go2_grid.yaml"
        file.write_text(yaml.safe_dump(deployment))
        started.append(start(namespace=namespace, deployment=str(file)))
        started[-1].wait_up()
        return started[-1]

    yield make
    for up in started:
        up.end()


@pytest.mark.slow
def test_the_way_leads_around_what_only_the_camera_sees(seeing, until) -> None:
    stack = seeing("camera_grid")
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


def ages(stack):
    """Oldest look that the connector went by while simulated time passed, s, and the wall time that took, s."""
    found, begun, start = [], time.monotonic(), stack.status.task_time

    def over():
        now = stack.status.task_time
        found.append(now - 1e-9 * stack.channels.common.get("look.heard"))
        return now > start + STRETCH

    eventually(over, 120, "the end of the stretch")
    return max(found), time.monotonic() - begun


def slowed(pid, taken, ended):
    """Stops perception for a while before each picture that it takes."""
    while not ended.is_set():
        before = taken()
        os.kill(pid, signal.SIGSTOP)
        ended.wait(SLOW)
        os.kill(pid, signal.SIGCONT)
        eventually(lambda before=before: taken() != before or ended.is_set(), 120, "the next look")


@pytest.mark.slow
def test_looks_are_as_old_with_slow_perception_as_with_quick(seeing, until) -> None:
    perception = {"camera": "front", "source": "simulator"}
    stack = seeing("lock_step_waits", **SEEING, perception=perception)
    words = stack.channels.common
    until(lambda: words.get("look.heard") > 0, 60, "a look that the connector heard of")
    quick, _ = ages(stack)
    ended = threading.Event()
    slow = threading.Thread(target=slowed, args=(stack.pid("perception"), lambda: words.get("look.taken"), ended))
    slow.start()
    try:
        walk = threading.Thread(target=stack.say, args=("walk forward 1 m",))
        walk.start()
        late, wall = ages(stack)
        walk.join(120)
    finally:
        ended.set()
        slow.join()
    assert wall > SLOW * (STRETCH / PERIOD - 2), "perception was not slowed"
    assert quick <= PERIOD + 0.03 and late <= PERIOD + 0.03, (quick, late)
