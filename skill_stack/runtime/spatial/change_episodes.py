"""What a step changed among five alike things, judged as in the running stack from where the robot stands."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.evaluation.scores.perception_score import matched
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.search.effect_observer import EffectObserver
from skill_stack.perception.search.visual_success import SceneSnapshot, Verdict
from skill_stack.runtime.episodes.perception_episodes import CAMERA, drawn_look
from skill_stack.runtime.spatial.part_episodes import Row

ALIKE, EVERY, BEFORE = 5, 0.4, 4
"""Alike things, the time between two looks, s, and looks before the step."""
OUT_OF_SIGHT = (0.0, 0.0, -20.0)
TOP = 0.72
SKILLS = {"put": "on({thing}, {other})", "bring": "at({thing}, spot)", "pick": "holding(hand, {thing})"}
FAILURES = {"put": ("nothing", "wrong thing", "beside"), "bring": ("nothing", "wrong thing", "short"),
            "pick": ("nothing", "wrong thing", "slipped")}  # fmt: skip
FAILING = 0.5
Point = tuple[float, float, float]


class AlikeTable:
    """A drawn table with alike things, a plate of another colour, and a camera that stays where it is."""

    def __init__(self, seed: int) -> None:
        """Builds it."""
        self.rng = rng = np.random.default_rng([91, seed])
        a, b, c = (float(value) for value in rng.uniform(0.05, 0.09, 3))
        shape = str(rng.choice(["box", "cylinder", "sphere"]))
        size = {"box": (a, b, c), "cylinder": (a, a, c), "sphere": (a, a, a)}[shape]
        colour, other = (str(one) for one in rng.permutation(["red", "green", "blue", "yellow"])[:2])
        kind = {"sphere": "ball"}.get(shape, shape)
        spots = self._spots(ALIKE + 3)
        self.things = [
            SceneObject(f"thing_{n}", kind, (*spots[n], TOP + size[2] / 2), float(rng.uniform(-0.7, 0.7)), shape, size,
                        colour, movable=True) for n in range(ALIKE)
        ]  # fmt: skip
        plate = (0.13, 0.13, 0.05)
        self.plate = SceneObject("plate", "box", (*spots[ALIKE], TOP + 0.025), 0.2, "box", plate, other, movable=True)
        self.spot = SceneObject("spot", "place", (*spots[ALIKE + 1], TOP), 0.0, "point")
        self.beside = spots[ALIKE + 2]
        table = SceneObject("table", "table", (0.0, 0.0, TOP / 2), 0.0, "box", (0.9, 1.3, TOP), "grey")
        self._drawn = DrawnScene(
            SceneSetup(name="alike", seed=seed, start=Pose2(0, 0, 0), objects=(table, *self.things, self.plate)),
            CAMERA,
        )
        turn, away = float(rng.uniform(-0.4, 0.4)), float(rng.uniform(0.8, 0.95))
        place = (-away * math.cos(turn), -away * math.sin(turn), TOP + float(rng.uniform(0.5, 0.7)))
        self._eye = Eye(place, (0.0, 0.0, TOP))
        self.living, self._observer, self.stamp = ObjectMap(), LookObserver(), 0.0

    def _spots(self, number: int) -> list[tuple[float, float]]:
        """Places that are apart from one another."""
        found: list[tuple[float, float]] = []
        while len(found) < number:
            x, y = float(self.rng.uniform(-0.24, 0.24)), float(self.rng.uniform(-0.36, 0.36))
            if all(math.dist((x, y), one) > 0.16 for one in found):
                found.append((x, y))
            elif self.rng.random() < 0.002:
                found = []
        return found

    def put(self, thing: SceneObject, place: Point) -> None:
        """Moves a thing, m."""
        self._drawn.put(thing.id, place, thing.yaw)

    def look(self) -> SceneSnapshot:
        """One look from where the robot stands."""
        self.stamp += EVERY
        frame = drawn_look(self._drawn, self.stamp, self._eye, self.rng, CAMERA, count=False).frame
        self.living.update(self._observer.look(frame))
        seen = SceneSnapshot.from_map(self.living, self.stamp)
        return replace(seen, graph=SceneGraph({**seen.graph.objects, "spot": self.spot}, seen.graph.facts))

    def close(self) -> None:
        """Frees the renderer."""
        self._drawn.__exit__()


def run_change(seed: int) -> list[Row]:
    """Whether the thing that changed is named, and whether success is told from failure.

    Args:
        seed: The scene.
    """
    table = AlikeTable(seed)
    try:
        for _ in range(BEFORE):
            before = table.look()
        known = matched(table.things, [one for one in table.living.things(table.stamp) if one.kind != "table"])
        plate = matched([table.plate], table.living.things(table.stamp)).get("plate", "")
        return _step(table, before, known, plate)
    finally:
        table.close()


def _step(table: AlikeTable, before: SceneSnapshot, known: dict[str, str], plate: str) -> list[Row]:
    """One step that succeeds or fails, and what is made of it."""
    skill, failure, meant, wrong = _drawn(table)
    if meant.id not in known or wrong.id not in known or not plate:
        return [("changed thing", skill, failure, "not seen before the step", False)]
    effect = Literal.parse(SKILLS[skill].format(thing=known[meant.id], other=plate))
    moved = None if failure == "nothing" else wrong if failure == "wrong thing" else meant
    verdict = _watched(table, effect, before, moved, skill, failure)
    wanted = {known[moved.id]} if moved is not None else set()
    kind, said = f"{skill}, {failure or 'done'}", verdict.sentence
    rows: list[Row] = [("changed thing", kind, "", said, verdict.changed == wanted)]
    rows.append(("verdict", kind, "", said, verdict.answer == ("failed" if failure else "succeeded")))
    if failure:
        rows.append(("no false success", kind, "", said, verdict.answer != "succeeded"))
    return rows


def _drawn(table: AlikeTable) -> tuple[str, str, SceneObject, SceneObject]:
    """The skill, how it fails, the thing that is meant and another one."""
    rng = table.rng
    skill = str(rng.choice(list(SKILLS)))
    failure = str(rng.choice(FAILURES[skill])) if rng.random() < FAILING else ""
    meant, wrong = (table.things[int(n)] for n in rng.permutation(ALIKE)[:2])
    if meant.shape == "sphere" and skill == "put":  # it would roll off
        return "bring", "short" if failure == "beside" else failure, meant, wrong
    return skill, failure, meant, wrong


def _watched(
    table: AlikeTable, effect: Literal, before: SceneSnapshot, moved: SceneObject | None, skill: str, failure: str
) -> Verdict:
    """The verdict of the running stack on a step that moves a thing, or nothing."""
    watch = EffectObserver()
    watch.begin("step", [effect], before)
    if moved is not None:
        table.put(moved, _goal(table, skill, failure, moved))
    watch.end("step", table.stamp)
    while True:
        shots = [table.look()]
        if told := watch.look(table.stamp, shots.pop):
            return told[0][1]


def _goal(table: AlikeTable, skill: str, failure: str, moved: SceneObject) -> Point:
    """Where the moved thing ends."""
    half = moved.size[2] / 2
    if skill == "pick":
        return (*table.beside, TOP + half) if failure == "slipped" else OUT_OF_SIGHT
    if skill == "put":
        x, y, z = table.plate.position
        return (*table.beside, TOP + half) if failure == "beside" else (x, y, z + table.plate.size[2] / 2 + half)
    if failure == "short":
        x, y = (a + 0.5 * (b - a) for a, b in zip(moved.position[:2], table.spot.position[:2]))
        return (x, y, TOP + half)
    return (*table.spot.position[:2], TOP + half)
