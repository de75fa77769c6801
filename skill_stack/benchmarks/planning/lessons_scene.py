"""Scenes whose hidden rule is in the physics, drawn by seed: what is around things of a kind, or what they are like."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from pydantic import Field

from skill_stack.benchmarks.planning.lessons_devices import LessonDevice
from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import FloorPatch, ObjectFile, SceneSetup

COLOURS = ("red", "green", "blue", "yellow", "white", "black")
CONE = "orange_cone"
"""What loads are pushed to; the robot sees both, so that it need not trust its legs."""
FAR, NEAR_LOAD = (2.4, 3.2), (1.2, 1.35)
"""Distances of what is walked to, and of what is pushed, from the start, m."""
FRICTION, NOISE = (0.7, 1.0), (0.5, 1.5)
"""Ranges of the floor and of the factor on the sensors' noise."""


BESIDE = 1.6
"""Distance of the places of a device from the start, m."""
DOOR_SWING = math.radians(100)
"""Range of a door's hinge, rad."""


class LessonThing(DataModel):
    """What things of a kind are like; a seed draws colour and place.

    Attributes:
        kind: Their kind.
        shape: As in a scene file.
        size: The same.
        names: The same; what both kinds have in common leaves open which is meant.
        movable: The same.
        mass: The same.
        friction: The same.
        glides: The same.
        door: Whether it stands across the way, on a hinge at its right end, and swings away.
    """

    kind: str
    shape: str = "box"
    size: tuple[float, float, float]
    names: tuple[str, ...] = ()
    movable: bool = False
    mass: float = Field(0.5, gt=0, le=1000)
    friction: float = Field(0.6, ge=0, le=10)
    glides: bool = False
    door: bool = False

    def placed(self, colour: str, x: float, y: float) -> SceneObject:
        """One of them, with a name of its own."""
        fields = self.model_dump(exclude={"door"})
        if self.door:
            shut = math.atan2(y, x) + math.pi / 2
            fields |= {"yaw": shut, "hinge": (-self.size[0] / 2, 0.0), "swing": (shut, shut - DOOR_SWING)}
        return ObjectFile(id=f"{colour}_{self.kind}", colour=colour, position=(x, y), **fields).resolve()


class LessonScene(DataModel):
    """One scene.

    Attributes:
        name: Its name.
        description: One sentence, with the rule.
        words: The instruction that is judged; ``{thing}`` is a thing of the kind with the rule.
        trials: Instructions before, from which the robot learns; ``{usual}`` is a thing without the rule.
        thing: The kind with the rule.
        usual: The kind without.
        hidden: What stands around every thing of that kind and is on no map; in a frame whose x axis points from the
            start through the thing.
        patches: The same of the floor.
        device: What unlocks things of that kind, which are doors.
        expect: Conditions that a lesson may name; ``other`` where another thing is to be taken.
    """

    name: str
    description: str
    words: str
    trials: tuple[str, ...] = Field(min_length=1)
    thing: LessonThing
    usual: LessonThing
    hidden: tuple[ObjectFile, ...] = ()
    patches: tuple[FloorPatch, ...] = ()
    device: LessonDevice | None = None
    expect: tuple[str, ...] = Field(min_length=1)

    @property
    def pushes(self) -> bool:
        """Whether things are pushed, or else walked to or opened."""
        return self.thing.movable and not self.thing.door


@dataclass(frozen=True, slots=True)
class LessonFloor:
    """One floor of a scene.

    Attributes:
        scene: The scene.
        thing: The thing with the rule.
        usual: The one without.
        known: The robot's map.
    """

    scene: LessonScene
    thing: SceneObject
    usual: SceneObject
    known: SceneGraph

    def words(self, text: str) -> str:
        """An instruction with its things."""
        return text.format(thing=self.thing.label, usual=self.usual.label)

    def world(self, rng: np.random.Generator) -> SceneSetup:
        """The floor as it is in one run: with what is on no map, and with a start, a floor and noise of its own."""
        frame = Pose2(*self.thing.position[:2], math.atan2(self.thing.position[1], self.thing.position[0]))
        hidden = tuple(_around(one.resolve(), frame) for one in self.scene.hidden)
        patches = []
        for patch in self.scene.patches:
            at = frame.compose(Pose2(*patch.position, patch.yaw))
            patches.append(patch.model_copy(update={"position": (at.x, at.y), "yaw": at.yaw}))
        x, y, yaw = (float(value) for value in rng.uniform((-0.1, -0.1, -0.3), (0.1, 0.1, 0.3)))
        return SceneSetup(
            name=self.scene.name, seed=int(rng.integers(1, 2**31)), start=Pose2(x, y, yaw),
            objects=(*self.known.objects.values(), *hidden), patches=tuple(patches),
            friction=float(rng.uniform(*FRICTION)), noise=float(rng.uniform(*NOISE)),
        )  # fmt: skip


def lesson_floor(scene: LessonScene, seed: int, number: int) -> LessonFloor:
    """A floor of a scene; another number has other things of the same kinds elsewhere."""
    rng = np.random.default_rng([29, seed, number])
    colours = [str(colour) for colour in rng.permutation(COLOURS)]
    side = float(rng.choice([-1.0, 1.0]))
    if scene.pushes:
        far, angle = float(rng.uniform(*NEAR_LOAD)), 0.35 * side
        thing = _at(scene.thing, colours[2 * number], far, angle)
        usual = _at(scene.usual, colours[2 * number + 1], far + 0.15, -0.45 * side)
    else:
        angle = float(rng.uniform(-0.5, 0.5))
        thing = _at(scene.thing, colours[2 * number], float(rng.uniform(*FAR)), angle)
        usual = _at(scene.usual, colours[2 * number + 1], 2.4, angle + side * float(rng.uniform(1.7, 2.4)))
    places = () if scene.device is None else _places(scene.device, angle, side, rng)
    cone = SceneObject(CONE, "cone", (2.6, 0.0, 0.2), 0.0, "cylinder", (0.22, 0.22, 0.4), "orange")
    known = {one.id: one for one in (thing, usual, *places, *([cone] if scene.pushes else []))}
    return LessonFloor(scene, thing, usual, SceneGraph(known))


def _places(device: LessonDevice, angle: float, side: float, rng: np.random.Generator) -> list[SceneObject]:
    """Places on the side away from the second thing, beside the way to the first."""
    names = [str(name) for name in rng.permutation([device.unlocks, *device.places])]
    turns = (angle - 1.2 * side, angle - 2.2 * side, angle - 3.0 * side)
    spots = [(BESIDE * math.cos(turn), BESIDE * math.sin(turn)) for turn in turns]
    return [
        ObjectFile(id=name, kind="place", shape="point", position=spot).resolve()
        for name, spot in zip(names, spots, strict=False)
    ]


def _at(what: LessonThing, colour: str, far: float, angle: float) -> SceneObject:
    return what.placed(colour, far * math.cos(angle), far * math.sin(angle))


def _around(thing: SceneObject, frame: Pose2) -> SceneObject:
    """A hidden thing where it stands around another one."""
    at = frame.compose(Pose2(thing.position[0], thing.position[1], thing.yaw))
    return replace(thing, position=(at.x, at.y, thing.position[2]), yaw=at.yaw)


def load_scenes(resources: Resources) -> tuple[LessonScene, ...]:
    """All scenes, by name.

    Raises:
        DataError: There are none, or one is wrong.
    """
    found = tuple(load_model(LessonScene, path) for path in sorted(resources.list("config/lessons")))
    if not found:
        raise DataError("there is no scene in config/lessons")
    return found
