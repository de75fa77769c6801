"""In lock-step looks are as old in simulated time when perception is slow as when it is quick."""

import os
import signal
import threading
import time

import pytest
import yaml

from skill_stack.hardware.rendering.drawn_camera import DrawnCamera
from skill_stack.hardware.rendering.picture_strip import NoPictures
from test.eventually import eventually

PERIOD = 0.2  # s between two pictures of the camera
STRETCH = 3.0  # s of simulated time
SLOW = 0.5  # s that perception loses for each picture
DEPLOYMENT = {
    "name": "go2_lock_step",
    "description": "Go2 that sees, in lock-step.",
    "robot": "go2",
    "driver": "mujoco",
    "scene": "playground",
    "pace": "lock_step",
    "publish_clock": True,
    "rearm": "auto",
    "perception": {"camera": "front", "source": "simulator"},
}


@pytest.fixture
def stack(start, tmp_path):
    try:
        DrawnCamera("go2", "playground", 0, tmp_path / "ring", (24, 32)).close()
    except NoPictures as error:
        pytest.skip(str(error))
    file = tmp_path / "go2_lock_step.yaml"
    file.write_text(yaml.safe_dump(DEPLOYMENT))
    up = start(namespace="lock_step_waits", deployment=str(file))
    up.wait_up()
    yield up
    up.end()


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
def test_looks_are_as_old_with_slow_perception_as_with_quick(stack, until) -> None:
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
