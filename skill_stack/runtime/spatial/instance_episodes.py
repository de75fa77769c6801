"""One known thing among alike ones: shown once, looked for elsewhere and later; only the score uses truth."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.evaluation.scenes.instance_scenes import InstanceScene, instance_scene
from skill_stack.evaluation.scenes.perception_scenes import AWAY, Eye
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.perception.recognition.instances import InstanceMemory
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.runtime.episodes.perception_episodes import CAMERA, drawn_look
from skill_stack.runtime.spatial.part_episodes import Row

LOOKS, EVERY = 3, 0.4
NEAR = 0.06
"""Largest distance of the named thing from the true one, m."""
NAME = "mine"


def run_instance(seed: int) -> Row:
    """Whether the known thing is found, or its absence said.

    Args:
        seed: The scene.
    """
    scene, rng, memory = instance_scene(seed), np.random.default_rng([72, seed]), InstanceMemory()
    known = scene.things[0]
    with DrawnScene(scene.setup(), CAMERA) as drawn:
        for name, shade in scene.shades.items():
            drawn.paint(name, shade)
        for one in scene.things:
            drawn.put(one.id, scene.shown if one is known else AWAY, one.yaw)
        first = _seen(drawn, rng, memory, scene.eyes[:1])
        if not first.tracks:
            return "instance", known.kind, "", "not seen when it was shown", False
        track = min(first.tracks.values(), key=lambda one: math.dist(one.position, scene.shown))
        memory.learn(NAME, track)
        for one in scene.things:
            there = scene.present or one is not known
            drawn.put(one.id, one.position if there else AWAY, one.yaw)
        later = _seen(drawn, rng, memory, scene.eyes[1:])
    return _judged(scene, memory, later)


def _judged(scene: InstanceScene, memory: InstanceMemory, later: ObjectMap) -> Row:
    known, found = scene.things[0], memory.find(later.tracks.values())[NAME]
    if not scene.present:
        return "absence", known.kind, "", f"{found.answer} {found.unlike:.2f}", found.answer == "absent"
    said = f"{found.answer} {found.unlike:.2f}"
    right = found.answer == "found" and math.dist(later.tracks[found.track].position, known.position) < NEAR
    return "instance", known.kind, "", said, right


def _seen(drawn: DrawnScene, rng: np.random.Generator, memory: InstanceMemory, eyes: tuple[Eye, ...]) -> ObjectMap:
    """A scene that is seen for the first time, from some places."""
    living, observer, stamp = ObjectMap(), LookObserver(), 0.0
    for eye in eyes:
        for _ in range(LOOKS):
            frame = drawn_look(drawn, stamp, eye, rng, count=False).frame
            seen = observer.look(frame)
            living.update(seen)
            memory.take(seen, frame.colour, living.tracks.values())
            stamp += EVERY
    return living
