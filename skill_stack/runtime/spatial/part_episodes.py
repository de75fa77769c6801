"""Parts of composed things and free places on tables, found in rendered looks; only the score uses truth."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.spatial.parts import ScenePart, parts_of
from skill_stack.core.spatial.places import free_place
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.part_scenes import LEAST, PartScene, TruePart, part_scene
from skill_stack.evaluation.scenes.perception_scenes import Eye, random_scene
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.part_memory import PartMemory
from skill_stack.runtime.episodes.perception_episodes import CAMERA, drawn_look

Array = np.ndarray
LOOKS, EVERY = 3, 0.4
AXIS = math.radians(20.0)
"""Largest error of the direction of a part, rad."""
RADIUS = 0.05
"""Radius of what is to stand on a free place, m."""
Row = tuple[str, str, str, str, bool]


class PartCamera:
    """Looks at a drawn scene, with noise and an erroneous pose."""

    def __init__(self, drawn: DrawnScene, rng: np.random.Generator) -> None:
        """Takes the scene."""
        self._drawn, self._rng, self._observer, self._stamp = drawn, rng, LookObserver(), 0.0
        self.living, self.parts = ObjectMap(), PartMemory()
        self.pixels: dict[str, int] = {}

    def look(self, eye: Eye, count: int = LOOKS) -> None:
        """Some looks from one place."""
        for _ in range(count):
            look = drawn_look(self._drawn, self._stamp, eye, self._rng)
            seen = self._observer.look(look.frame)
            self.living.update(seen)
            self.parts.take(seen, self.living.tracks.values())
            for name, number in look.pixels.items():
                self.pixels[name] = max(self.pixels.get(name, 0), number)
            self._stamp += EVERY

    def things(self) -> list[SceneObject]:
        """What is known."""
        return self.living.things(self._stamp)


def run_parts(seed: int) -> list[Row]:
    """The parts of one thing, where they point, and a free place on a table.

    Args:
        seed: The scene.
    """
    scene = part_scene(seed)
    with DrawnScene(scene.setup(), CAMERA) as drawn:
        camera = PartCamera(drawn, np.random.default_rng([62, seed]))
        camera.look(scene.eye)
        found, shown = _found(scene, camera), camera.pixels
    rows: list[Row] = []
    for part in scene.parts:
        if part.shown_by and shown.get(part.shown_by, 0) < LEAST:
            continue
        rows += _judged(part, found.get(part.name), scene.kind)
    return rows + [_free(seed)]


def _found(scene: PartScene, camera: PartCamera) -> dict[str, ScenePart]:
    """Parts by what is stated of the thing, or by what the camera sees of the largest one there."""
    if scene.whole.names:
        return parts_of(scene.whole)
    things = [one for one in camera.things() if math.dist(one.position[:2], scene.whole.position[:2]) < 0.12]
    if not things:
        return {}
    best = max(things, key=lambda one: math.prod(one.size))
    return parts_of(best, camera.parts.facts(camera.living.tracks))


def _judged(part: TruePart, found: ScenePart | None, kind: str) -> list[Row]:
    """Whether the point lies in the part, and whether the direction is right."""
    said = "" if found is None else " ".join(f"{value:.2f}" for value in (*found.point, *found.outward))
    rows = [("parts", f"{part.name} of {kind}", "", said, found is not None and part.holds(np.array(found.point)))]
    if part.outward is not None and part.outward[2] == 0:
        so = found is not None and float(np.dot(found.outward, part.outward)) > math.cos(AXIS)
        rows.append(("axes", f"{part.name} of {kind}", "", said, so))
    return rows


def _free(seed: int) -> Row:
    """A free place on a table that was looked at: whether nothing stands there, and it is on the table."""
    scene = random_scene(2 * seed)  # even seeds are tables
    with DrawnScene(scene.setup(), CAMERA) as drawn:
        camera = PartCamera(drawn, np.random.default_rng([63, seed]))
        for eye in scene.eyes:
            camera.look(eye, 1)
    things = camera.things()
    table = next((one for one in things if one.kind == "table"), None)
    place = None if table is None else free_place(table, things, RADIUS)
    if place is None:
        return "free places", "table", "", "none", False
    (x, y, z), top = place[0], scene.furniture[0]
    on = abs(x) < top.size[0] / 2 - RADIUS + 0.01 and abs(y) < top.size[1] / 2 - RADIUS + 0.01
    clear = all(outline_distance(one, x, y) > RADIUS for one in scene.things)
    level = abs(z - top.size[2]) < 0.03
    return "free places", "table", "", f"{x:.2f} {y:.2f} {z:.2f}", on and clear and level
