"""Draws scenes and understands them, for the figures; a process of its own, since a GL library is chosen once.

Example: ``MUJOCO_GL=egl python -m skill_stack.benchmarks.devices.perception_looks 10``: one line of JSON after ten
seconds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

import numpy as np

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.evaluation.scenes.perception_scenes import random_scene
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.threads import one_thread
from skill_stack.runtime.episodes.perception_episodes import can_draw
from skill_stack.runtime.episodes.perception_worker import READY

CAMERA = CameraSpec(xyz=(0.0, 0.0, 0.0))
LOOKS = 6  # of each scene


def measure(seconds: float) -> dict[str, list[float]]:
    """Times on a core of drawing and of every part of understanding a look of 640 x 480, s.

    Args:
        seconds: How long, s.
    """
    times: dict[str, list[float]] = {"look": [], "draw": [], "scene": [], "floor": []}
    clock, end, seed = time.process_time, time.monotonic() + seconds, 0
    while time.monotonic() < end or seed < 2:
        scene, rng = random_scene(seed), np.random.default_rng(seed)
        observer, living, floor = LookObserver(), ObjectMap(), FloorMap()
        with DrawnScene(scene.setup(), CAMERA) as drawn:
            for number in range(LOOKS):
                eye = scene.eyes[number % len(scene.eyes)]
                begin = clock()
                colour, depth, _ = drawn.look((np.array(eye.place), eye.rotation), rng)
                times["draw"].append(clock() - begin)
                place = (np.array(eye.place), eye.rotation)
                frame = CameraFrame("bench", float(number), colour, depth, CAMERA.intrinsics, *place)
                begin = clock()
                seen = observer.look(frame)
                middle = clock()
                living.update(seen)
                after = clock()
                floor.add(seen)
                times["floor"].append(clock() - after)
                times["scene"].append(after - middle)
                times["look"].append(middle - begin)
        seed += 1
    return times


def main(argv: Sequence[str] | None = None) -> int:
    """Measures for as many seconds as the first argument states."""
    one_thread()
    can_draw()
    print(READY, flush=True)
    print(json.dumps(measure(float((sys.argv[1:] if argv is None else argv)[0]))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
