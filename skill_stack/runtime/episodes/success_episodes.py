"""Skills that succeed or fail in rendered scenes, and the cameras' verdicts; only the score uses truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scenes.perception_scenes import Eye, PerceptionScene, random_scene
from skill_stack.evaluation.scores.perception_score import matched
from skill_stack.evaluation.scores.success_score import SuccessScore
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.search.visual_success import AT, SceneSnapshot, watch
from skill_stack.runtime.episodes.perception_episodes import CAMERA, drawn_look

Array = np.ndarray
Point = tuple[float, float, float]
SKILLS = {"put_on": "on($thing, $other)", "bring": "at($thing, spot)", "pick_up": "holding(hand, $thing)"}
"""Skills and their visible effects."""
FAILURES = {
    "put_on": ("nothing", "beside", "wrong thing", "lost"),
    "bring": ("nothing", "short", "wrong thing", "lost"),
    "pick_up": ("nothing", "slipped", "wrong thing"),
}
"""Kinds of failure."""
FAILING = 0.5
"""Share of runs with a failure."""
LOOKS, EVERY = 4, 0.4
EYES = (1, 0, 2, 0, 2)
"""Viewpoints afterwards, one after the other while the answer is not clear."""
OTHER, _TRIES = 100_000, 20
OUT_OF_SIGHT = (0.0, 0.0, -20.0)  # m: in a hand that holds it out of view, or on the floor behind the table
LIFT = 0.12  # m: how high a hand lifts a thing that it shows


class Watched:
    """A rendered scene with movable objects, and its perception."""

    def __init__(self, scene: PerceptionScene) -> None:
        """Builds the scene."""
        self.scene, setup = scene, scene.setup()
        movable = {one.id for one in scene.things}
        objects = tuple(replace(one, movable=one.id in movable or one.movable) for one in setup.objects)
        self._drawn = DrawnScene(SceneSetup(**{**dict(setup), "objects": objects}), CAMERA)
        self._rng = np.random.default_rng([32, scene.seed])
        self._observer, self.living, self.stamp = LookObserver(), ObjectMap(), 0.0

    def close(self) -> None:
        """Frees the renderer."""
        self._drawn.__exit__()

    def put(self, thing: SceneObject, place: tuple[float, float, float]) -> None:
        """Moves an object, m."""
        self._drawn.put(thing.id, place, thing.yaw)

    def look(self, eye: int, spot: SceneObject | None = None, focus: Point | None = None) -> SceneSnapshot:
        """Some frames from one place; a spot is a known part of the scene, a focus the viewed point."""
        pose = self.scene.eyes[eye % len(self.scene.eyes)]
        pose = pose if focus is None else Eye(pose.place, focus)
        for _ in range(LOOKS):
            frame = drawn_look(self._drawn, self.stamp, pose, self._rng, count=False).frame
            self.living.update(self._observer.look(frame))
            self.stamp += EVERY
        seen = SceneSnapshot.from_map(self.living, self.stamp - EVERY, picture=frame.colour)
        if spot is None:
            return seen
        graph = SceneGraph({**seen.graph.objects, spot.id: spot}, seen.graph.facts)
        return replace(seen, graph=graph)


def run_success(seed: int) -> SuccessScore:
    """One run.

    Args:
        seed: The scene; where there is nothing that the skill could be done with, another one is taken.
    """
    for other in range(_TRIES):
        rng, watched = np.random.default_rng([31, seed, other]), Watched(random_scene(seed + OTHER * other))
        try:
            score = _run(seed, rng, watched)
        finally:
            watched.close()
        if score is not None:
            return score
    raise DataError(f"none of {_TRIES} scenes of seed {seed} has three things that can be moved")


def _run(seed: int, rng: np.random.Generator, watched: Watched) -> SuccessScore | None:
    skill = str(rng.choice(list(SKILLS)))
    for eye in (0, 2):
        watched.look(eye)
    watched.look(1)
    things = watched.scene.things
    known = matched(things, [one for one in watched.living.things(watched.stamp) if one.kind != "table"])
    chosen = _chosen(rng, skill, [one for one in things if one.id in known and not _bears(one, things)])
    if chosen is None:
        return None
    thing, other, wrong = chosen
    spot = _spot(rng, watched.scene, thing, things)
    before = watched.look(1, spot)
    failure = str(rng.choice(FAILURES[skill])) if rng.random() < FAILING else ""
    _act(rng, watched, skill, failure, (thing, other, wrong), spot)
    values = {"thing": known[thing.id], "other": known.get(other.id, "")}
    effects = [Literal.parse(SKILLS[skill]).ground(values)]
    should = {"bring": spot.position, "put_on": other.position}.get(skill, thing.position)
    goal = (None, should, thing.position, thing.position, should)  # where it is to be, and where it was
    verdict = watch(effects, before, lambda n: watched.look(EYES[n], spot, goal[n]), len(EYES))
    right = verdict.answer == ("failed" if failure else "succeeded")
    return SuccessScore(seed, skill, failure, verdict.answer, right, verdict.looks, verdict.sentence)


def _bears(thing: SceneObject, things: Sequence[SceneObject]) -> bool:
    """Whether an object carries another."""
    top = thing.position[2] + thing.size[2] / 2
    return any(
        abs(one.position[2] - one.size[2] / 2 - top) < 0.01 and math.dist(one.position[:2], thing.position[:2]) < 0.2
        for one in things
        if one.id != thing.id
    )


def _chosen(
    rng: np.random.Generator, skill: str, free: Sequence[SceneObject]
) -> tuple[SceneObject, SceneObject, SceneObject] | None:
    """The object, what it is put on, and the one taken instead in a failure."""
    order = [free[int(n)] for n in rng.permutation(len(free))]
    for thing in order:
        carriers = [one for one in order if one.id != thing.id and one.shape != "sphere"]
        if skill == "put_on":
            carriers = [one for one in carriers if min(one.size[:2]) > 0.8 * min(thing.size[:2])]
        for other in carriers:
            wrong = [one for one in order if one.id not in (thing.id, other.id)]
            if wrong:
                return thing, other, wrong[0]
    return None


def _spot(
    rng: np.random.Generator, scene: PerceptionScene, thing: SceneObject, things: Sequence[SceneObject]
) -> SceneObject:
    """A free place at some distance from the thing."""
    level = thing.position[2] - thing.size[2] / 2 if scene.kind == "floor" else scene.furniture[0].size[2]
    spread = (0.26, 0.36) if scene.kind == "table" else (1.1, 1.0)
    place = (0.0, 0.0)
    for _ in range(400):
        place = (float(rng.uniform(-spread[0], spread[0])), float(rng.uniform(-spread[1], spread[1])))
        far = math.dist(place, thing.position[:2]) > 2 * (AT + thing.radius)
        free = all(math.dist(place, o.position[:2]) > thing.radius + o.radius + 0.03 for o in things if o is not thing)
        if far and free:
            break
    return SceneObject("spot", "place", (*place, level), 0.0, "point")


def _act(
    rng: np.random.Generator,
    watched: Watched,
    skill: str,
    failure: str,
    things: tuple[SceneObject, SceneObject, SceneObject],
    spot: SceneObject,
) -> None:
    """The effect of the skill on the world."""
    thing, other, wrong = things
    if failure == "nothing":
        return
    if failure == "lost":
        watched.put(thing, OUT_OF_SIGHT)
        return
    moved = wrong if failure == "wrong thing" else thing
    half = moved.size[2] / 2
    if skill == "pick_up":
        away = (moved.position[0], moved.position[1], moved.position[2] + LIFT)
        shown = rng.random() < 0.5  # a hand shows what it holds, or takes it out of the view
        place = away if shown else OUT_OF_SIGHT
        if failure == "slipped":
            place = _free(rng, moved, moved.position, 0.05, watched.scene.things)
    elif skill == "bring":
        place = (spot.position[0], spot.position[1], spot.position[2] + half)
        if failure == "short":
            x, y = (a + 0.4 * (b - a) for a, b in zip(moved.position[:2], place[:2]))
            place = (x, y, moved.position[2])
    else:
        top = other.position[2] + other.size[2] / 2
        place = (other.position[0], other.position[1], top + half)
        if failure == "beside":
            gap = other.radius + moved.radius + 0.02
            beside = _free(rng, moved, other.position, gap, watched.scene.things)
            place = (beside[0], beside[1], other.position[2] - other.size[2] / 2 + half)
    watched.put(moved, (place[0], place[1], place[2]))


def _free(
    rng: np.random.Generator, thing: SceneObject, place: Point, far: float, things: Sequence[SceneObject]
) -> Point:
    """A free place at a distance from another one, found in some tries."""
    x, y, z = place
    for _ in range(50):
        angle = float(rng.uniform(-math.pi, math.pi))
        x, y = place[0] + far * math.cos(angle), place[1] + far * math.sin(angle)
        if all(math.dist((x, y), o.position[:2]) > thing.radius + o.radius for o in things if o.id != thing.id):
            break
    return x, y, z
