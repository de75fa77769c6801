"""Spatial questions about rendered rooms: answered from what a noisy depth camera saw; only the score uses truth."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from skill_stack.core.instruction import Instruction
from skill_stack.core.spatial.history import SceneRecorder
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.core.world.world_facts import SEES, place_facts
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.evaluation.scenes.spatial_scenes import AWAY, SpatialScene, spatial_scene, stance
from skill_stack.evaluation.scenes.spatial_truth import SpatialTruth
from skill_stack.evaluation.scores.spatial_score import SpatialScore
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.language import load_lexicon
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.scene_merging import merge
from skill_stack.runtime.episodes.perception_episodes import CAMERA, drawn_look
from skill_stack.runtime.spatial.change_episodes import run_change
from skill_stack.runtime.spatial.instance_episodes import run_instance
from skill_stack.runtime.spatial.part_episodes import run_parts
from skill_stack.runtime.spatial.placing_episodes import run_placing
from skill_stack.runtime.spatial.pointing_episodes import run_pointing, walking_planner
from skill_stack.runtime.spatial.spatial_questions import (
    SIMPLE,
    VIEWS,
    Changes,
    QuestionMaker,
    SpatialQuestion,
    disputed_question,
    own_question,
    time_kinds,
)

LOOKS, EVERY = 3, 0.4
"""Looks from each place, and the time between two, s."""
LEAST = 400
"""Pixels that a thing fills in a look in order to count as seen."""
QUESTIONS = {"single view": 10, "several views": 10, "over time": 10, "frames": 14, "disagreement": 4}
"""Questions of each level about one room."""
GESTURES, COMPOSED, ALIKE, CHANGES = 5, 3, 2, 2
"""Gestures, composed things with parts, sets of alike things, and steps among alike things for each room."""
STATED = (0.03, 0.05)
"""Error of furniture in the map: standard deviations, m and rad."""


class SpatialRoom:
    """One rendered room, and what its camera makes of it."""

    def __init__(self, scene: SpatialScene) -> None:
        """Builds the room."""
        self.scene, rng = scene, np.random.default_rng([42, scene.seed])
        everything = {**scene.after, **scene.before}
        objects = tuple(replace(one, movable=True) for one in everything.values())
        self._everything, self._rng = everything, rng
        setup = SceneSetup(name="room", seed=scene.seed, start=stance(scene.eyes[0]), objects=objects)
        self._drawn = DrawnScene(setup, CAMERA)
        self._observer, self.living, self.floor, self.stamp = LookObserver(), ObjectMap(), FloorMap(), 0.0
        self._stated = SceneGraph({name: _as_stated(scene.before[name], rng) for name in scene.furniture})
        self._recorder = SceneRecorder()
        self.pixels: dict[str, int] = {}
        self.arrange(scene.before)

    def close(self) -> None:
        """Frees the renderer."""
        self._drawn.__exit__()

    def arrange(self, there: Mapping[str, SceneObject]) -> None:
        """Puts things where they are at a time."""
        for name, thing in self._everything.items():
            here = there.get(name)
            self._drawn.put(name, here.position if here is not None else AWAY, thing.yaw)
        self.pixels = {}

    def look(self, eye: Eye) -> None:
        """Some looks from one place."""
        for _ in range(LOOKS):
            look = drawn_look(self._drawn, self.stamp, eye, self._rng)
            seen = self._observer.look(look.frame)
            self.living.update(seen)
            self.floor.add(seen)
            for name, count in look.pixels.items():
                self.pixels[name] = max(self.pixels.get(name, 0), count)
            self.stamp += EVERY
        self._recorder.take(self.graph(eye).objects, self.stamp)

    def begin(self) -> None:
        """From now on changes count: the room is known."""
        self._recorder = SceneRecorder()

    def graph(self, eye: Eye) -> SceneGraph:
        """What is known, with the robot where its camera is."""
        known = merge(self._stated, self.living.graph(self.stamp))
        return replace(known, robot=stance(eye), facts=known.facts | {SEES},
                       history=self._recorder.history(self.stamp), floor=self.floor.grid())  # fmt: skip

    def seen(self) -> list[str]:
        """Ids of what was in view since things were arranged."""
        return [name for name, count in self.pixels.items() if count >= LEAST and name in self._everything]


def _as_stated(thing: SceneObject, rng: np.random.Generator) -> SceneObject:
    """Furniture as a map has it."""
    x, y, z = thing.position
    dx, dy = rng.normal(0.0, STATED[0], 2).tolist()
    return replace(thing, position=(x + dx, y + dy, z), yaw=thing.yaw + float(rng.normal(0.0, STATED[1])))


def run_spatial(seed: int) -> SpatialScore:
    """The questions about one room.

    Args:
        seed: The room.
    """
    scene = spatial_scene(seed)
    room = SpatialRoom(scene)
    try:
        return _asked(scene, room, np.random.default_rng([43, seed]))
    finally:
        room.close()


def _asked(scene: SpatialScene, room: SpatialRoom, rng: np.random.Generator) -> SpatialScore:
    answers: list[tuple[str, str, str, str, bool]] = []
    seconds: list[float] = []
    labels = {one.label for one in (*scene.before.values(), *scene.after.values())}

    def ask(level: str, graph: SceneGraph, questions: Iterable[SpatialQuestion]) -> None:
        for one in questions:
            begin = time.process_time()
            plan = walking_planner().plan(Instruction(one.text), graph, place_facts(graph))
            seconds.append(time.process_time() - begin)
            right = one.is_right(plan.status, plan.reason, sorted(labels))
            answers.append((level, one.kind, one.text, plan.reason, right))

    def maker(things: Mapping[str, SceneObject], eye: Eye, known: Sequence[str]) -> QuestionMaker:
        return QuestionMaker(SpatialTruth(things), known, stance(eye), load_lexicon(), rng)

    first, last = scene.eyes[0], scene.eyes[-1]
    room.look(first)
    make = maker(scene.before, first, room.seen())
    ask("single view", room.graph(first), make.draw(SIMPLE, QUESTIONS["single view"]))
    for eye in scene.eyes[1:]:
        room.look(eye)
    make = before = maker(scene.before, last, room.seen())
    graph = room.graph(last)
    ask("several views", graph, make.draw(VIEWS, QUESTIONS["several views"]))
    for frame in ("viewer", "own", "world"):
        ask(f"frame {frame}", graph, make.draw({frame: partial(own_question, frame=frame)}, QUESTIONS["frames"]))
    ask("disagreement", graph, make.draw({"dispute": disputed_question}, QUESTIONS["disagreement"]))
    room.begin()
    room.look(last)
    room.arrange(scene.after)
    for eye in scene.eyes:
        room.look(eye)
    make = maker(scene.after, last, room.seen())
    kinds = time_kinds(Changes(scene.before, scene.after), before)
    ask("over time", room.graph(last), make.draw(kinds, QUESTIONS["over time"]))
    for number in range(GESTURES):
        answers += run_pointing(GESTURES * scene.seed + number)
    for number in range(COMPOSED):
        answers += run_parts(COMPOSED * scene.seed + number)
    answers += [run_instance(ALIKE * scene.seed + number) for number in range(ALIKE)]
    for number in range(CHANGES):
        answers += run_change(CHANGES * scene.seed + number)
    answers.append(run_placing(scene.seed))
    return SpatialScore(scene.seed, tuple(answers), tuple(seconds))
