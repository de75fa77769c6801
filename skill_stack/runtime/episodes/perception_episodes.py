"""Random scenes rendered, perceived with a noisy depth camera, and scored; only the score uses truth."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import CameraSpec, rotation_of
from skill_stack.core.spatial.relations import Viewing, side_of
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.evaluation.scenes.perception_scenes import AWAY, SCREEN, Eye, PerceptionScene, random_scene
from skill_stack.evaluation.scores.harder_score import HarderScore
from skill_stack.evaluation.scores.perception_score import LEAST_SHARE, SceneScore, matched
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.hardware.rendering.harder_pictures import Pictures, load_pictures
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap

Array = np.ndarray
CAMERA = CameraSpec(xyz=(0.0, 0.0, 0.0))
"""The camera of the evaluation: that of a RealSense D435i, wherever a scene has it."""
TILT, HEIGHT = math.radians(0.3), 0.005
"""Standard deviations of the camera's pose error, rad and m."""
EVERY = 0.4  # s between looks from other places
HIDDEN_LOOKS = 6  # one each second: five seconds from the first to the last
BEFORE = (0, 1, 2, 1, 0)
"""Camera positions before an object is hidden."""
SEEN_OF_HIDDEN = 0.2
"""Share of an object's pixels up to which it counts as hidden."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look and its truth.

    Attributes:
        frame: The look.
        pixels: Pixels that show each thing, by id.
    """

    frame: CameraFrame
    pixels: dict[str, int]


def drawn_look(
    drawn: DrawnScene, stamp: float, eye: Eye, rng: np.random.Generator, camera: CameraSpec = CAMERA, count: bool = True
) -> Look:
    """Renders a look from a place.

    Args:
        drawn: The scene.
        stamp: Task time, s.
        eye: Where the camera is; the pose that is told has an error.
        rng: Draws the errors.
        camera: The camera.
        count: Whether to count pixels.
    """
    place = np.array(eye.place)
    colour, depth, shown = drawn.look((place, eye.rotation), rng, count)
    tilt = rotation_of((*rng.normal(0, TILT, 2).tolist(), 0.0)) @ eye.rotation
    told = place + (0.0, 0.0, float(rng.normal(0, HEIGHT)))
    return Look(CameraFrame("eval", stamp, colour, depth, camera.intrinsics, told, tilt), shown)


class SceneCamera:
    """Renders one scene with an erroneous camera pose; use it as a context manager."""

    def __init__(self, scene: PerceptionScene, camera: CameraSpec, pictures: Pictures | None = None) -> None:
        """Builds the scene; ``pictures`` makes it harder to see."""
        self._scene, self._camera = scene, camera
        self._drawn = DrawnScene(scene.setup(), camera, pictures)
        self._rng = np.random.default_rng([12, scene.seed])

    def screen(self, there: bool) -> None:
        """Places the screen in front of the object to be hidden, or removes it."""
        x, y, z, yaw = self._scene.screen if there else (*AWAY, 0.0)
        self._drawn.put(SCREEN, (x, y, z), yaw)

    def look(self, stamp: float, eye: Eye) -> Look:
        """Renders a look from a place; the stated pose has an error."""
        return drawn_look(self._drawn, stamp, eye, self._rng, self._camera)

    def __enter__(self) -> SceneCamera:
        """The camera."""
        return self

    def __exit__(self, *_: object) -> None:
        """Frees the renderer."""
        self._drawn.__exit__()


def run_scene(
    seed: int,
    clock: Callable[[], float] = time.process_time,
    camera: CameraSpec = CAMERA,
    pictures: Pictures | None = None,
) -> SceneScore:
    """Renders, perceives and scores one scene.

    Args:
        seed: The scene.
        clock: Time on a core, s.
        camera: The camera.
        pictures: What makes its pictures harder, if anything.
    """
    scene = random_scene(seed, pictures.clutter if pictures else 0)
    observer, living, spent = LookObserver(), ObjectMap(), list[float]()
    visible: dict[str, list[int]] = {one.id: [] for one in scene.things}

    def take(look: Look) -> None:
        begin = clock()
        living.update(observer.look(look.frame))
        spent.append(clock() - begin)

    with SceneCamera(scene, camera, pictures) as eyes:
        for stamp, place in zip(_stamps(), BEFORE):
            look = eyes.look(stamp, scene.eyes[place])
            take(look)
            for name in visible:
                visible[name].append(look.pixels.get(name, 0))
        before = stamp
        least = LEAST_SHARE * camera.width * camera.height
        truth = [one for one in scene.things if sum(n >= least for n in visible[one.id]) >= 2]
        found = [one for one in living.things(before) if one.kind != "table"]
        pairs = matched(truth, found)
        spare = [one for one in (*scene.things, *scene.clutter) if one not in truth]
        false = len(found) - len(matched([*truth, *spare], found))
        hidden, kept = _hide(scene, eyes, take, living, pairs, visible, before)
    by_id = {one.id: one for one in found}
    eye = np.array(scene.eyes[1].place)
    true = {one.id: one for one in truth}
    return SceneScore(
        seed=seed,
        kind=scene.kind,
        things=len(truth),
        found=len(pairs),
        false=false,
        errors=tuple(_error(true[a], by_id[b], eye) for a, b in pairs.items()),
        colours=sum(true[a].colour == by_id[b].colour for a, b in pairs.items()),
        shapes=sum(true[a].shape == by_id[b].shape for a, b in pairs.items()),
        relations=_relations([(true[a], by_id[b]) for a, b in pairs.items()], living, scene),
        hidden=hidden,
        kept=kept,
        look_seconds=tuple(spent),
    )


def run_harder(seed: int) -> HarderScore:
    """One scene with each kind of pictures of ``config/harder_pictures.yaml``."""
    kinds = load_pictures(Resources.from_environment(os.environ))
    return HarderScore(seed, {name: run_scene(seed, pictures=kind) for name, kind in kinds.items()})


def _stamps() -> Iterator[float]:
    number = 0
    while True:
        yield number * EVERY
        number += 1


def _error(true: SceneObject, found: SceneObject, eye: Array) -> tuple[float, float, str]:
    return math.dist(true.position, found.position), math.dist(true.position, eye), true.shape


def _hide(
    scene: PerceptionScene,
    eyes: SceneCamera,
    take: Callable[[Look], None],
    living: ObjectMap,
    pairs: dict[str, str],
    visible: dict[str, list[int]],
    stamp: float,
) -> tuple[bool, bool]:
    """Five seconds behind a screen: whether it hid the object, and whether its identity was kept."""
    name, was = scene.hidden, pairs.get(scene.hidden)
    if was is None:
        return False, False
    eyes.screen(True)
    seen, there = [], []
    for second in range(HIDDEN_LOOKS):
        stamp += 1.0 if second else EVERY
        look = eyes.look(stamp, scene.eyes[0])
        take(look)
        seen.append(look.pixels.get(name, 0))
        there.append(was in living.tracks)
    eyes.screen(False)
    for _ in range(2):
        stamp += EVERY
        take(eyes.look(stamp, scene.eyes[0]))
    true = [one for one in scene.things if one.id in pairs]
    now = matched(true, [one for one in living.things(stamp) if one.kind != "table"])
    return max(seen) <= SEEN_OF_HIDDEN * max(visible[name]), all(there) and now.get(name) == was


def _relations(
    pairs: list[tuple[SceneObject, SceneObject]], living: ObjectMap, scene: PerceptionScene
) -> tuple[int, int]:
    """Left, right, before and behind for the viewer, and on: how many are right, of all pairs of things found."""
    x, y, _ = scene.eyes[1].place
    view = Viewing("viewer", Pose2(x, y, 0.0))
    right = total = 0
    for true, found in pairs:
        for other, seen in pairs:
            if true.id == other.id:
                continue
            total += 1
            stated = _rests(true, other)
            if stated or _rests(other, true):
                track = living.tracks.get(found.id)
                back = living.tracks.get(seen.id)
                says = track is not None and track.on == seen.id
                right += says == stated and (back is not None and back.on == found.id) == _rests(other, true)
                continue
            right += side_of(true, other, view) == side_of(found, seen, view)
    return right, total


def _rests(thing: SceneObject, other: SceneObject) -> bool:
    """Whether a thing stands on another one, in truth."""
    bottom, top = thing.position[2] - thing.size[2] / 2, other.position[2] + other.size[2] / 2
    return abs(bottom - top) < 0.005 and math.dist(thing.position[:2], other.position[:2]) < other.radius


def can_draw() -> None:
    """Renders one scene, so that a missing GL library is detected at once; raises the library's error."""
    scene = random_scene(0)
    with SceneCamera(scene, CAMERA.sized(64)) as eyes:
        eyes.look(0.0, scene.eyes[0])
