"""Scene files (``config/scenes/*.yaml``): objects, and their variation by a seed."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError
from skill_stack.core.quantity import Interval, Mass, Metres, NonNegative, NonNegativeInterval, Positive, ordered
from skill_stack.core.robots.hardware_realism import HardwareRealism
from skill_stack.core.world.object_body import is_drawn
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_tags import SceneTags
from skill_stack.core.world.solid_file import load_solid

Triple = tuple[Metres, Metres, Metres]


class ObjectFile(DataModel):
    """One object of a scene file; see :class:`skill_stack.core.world.scene.SceneObject` for the meaning.

    Attributes:
        id: Unique name.
        kind: Category.
        shape: Geometry.
        size: Extents, m.
        position: Centre, m; z may be left out for an object on the floor.
        yaw: Heading, rad.
        colour: Colour name of the palette.
        names: Other names.
        movable: Whether it moves when pushed.
        mass: kg, for movable objects.
        friction: Friction coefficient of its surface.
        rolling: Rolling friction of a ball on it, m: the rolling resistance coefficient times the ball's radius.
            None where both state 0; else the greater counts, and what states 0 has 0.001.
        glides: Whether that alone counts on any floor, as under felt gliders.
        hinge: Upright axis about which a movable one swings, as a door does: x, y from its centre, in its own frame, m.
        swing: Heading of one with a hinge when it is shut, and when it is as far open as it goes, rad.
        lifted: How far a movable box that is a lid is open, rad; position and yaw are those when it is shut.
        mounted_on: The object, named before it, that carries its hinge; empty for the ground.
        stiff: Torque with which its hinge resists, N·m; left out: 0.8 of a door, 0.35 of a lid.
        around: What a seed puts it around, in any direction: ``start``, where the robot begins, or an object named
            before it; empty: its position is shifted.
        distance: Range of the distance from there, m.
        turned: Largest angle between its heading and the direction from there, rad.
        mesh: Of one of that shape: an OBJ or STL file in the folder of the scene file, or ``drawn:<family>:<seed>``.
            It is stretched to the size; without a size a file has its own.
        mesh_scale: Metres for each unit of such a file without a size.
        confidence: How sure it is that the object is there, 0 to 1.
        last_seen: Task time of the last sight, s; negative before the beginning.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")
    kind: str
    shape: Literal["box", "sphere", "cylinder", "mesh", "point"] = "box"
    size: Triple = (0.0, 0.0, 0.0)
    position: tuple[Metres, Metres] | Triple
    yaw: float = 0.0
    colour: str = ""
    names: tuple[str, ...] = ()
    movable: bool = False
    mass: Mass = 0.5
    friction: float = Field(0.6, ge=0)
    rolling: float = Field(0.0, ge=0)
    glides: bool = False
    hinge: tuple[float, float] | None = None
    swing: tuple[float, float] = (0.0, 0.0)
    lifted: float | None = Field(None, ge=0, le=2.0)
    mounted_on: str = ""
    stiff: float | None = Field(None, gt=0)
    around: str = ""
    distance: NonNegativeInterval = (0.0, 0.0)
    turned: float = Field(0.0, ge=0)
    mesh: str = ""
    mesh_scale: Positive = 1.0
    confidence: float = Field(1.0, ge=0, le=1)
    last_seen: float = 0.0

    def resolve(self, shift: tuple[float, float] = (0.0, 0.0)) -> SceneObject:
        """The object moved by a shift in the plane, m."""
        x, y, *rest = self.position
        z = rest[0] if rest else self.size[2] / 2
        return SceneObject(
            id=self.id,
            kind=self.kind,
            position=(x + shift[0], y + shift[1], z),
            yaw=self.yaw,
            shape=self.shape,
            size=self.size,
            colour=self.colour,
            names=self.names,
            movable=self.movable,
            confidence=self.confidence,
            last_seen=self.last_seen,
            mass=self.mass,
            friction=self.friction,
            rolling=self.rolling,
            glides=self.glides,
            hinge=self.hinge,
            swing=self.swing,
            mounted_on=self.mounted_on,
            stiff=self.stiff,
            mesh=self.mesh,
            lifted=self.lifted,
        )

    def with_mesh(self, folder: Path) -> ObjectFile:
        """The object with the full path of its mesh file, and with a size.

        Args:
            folder: Where its mesh file is.

        Raises:
            DataError: The file is elsewhere, missing or unusable; or a mesh belongs to another shape.
        """
        if (self.shape == "mesh") != bool(self.mesh):
            raise DataError(f"object '{self.id}': 'shape: mesh' and 'mesh' belong together")
        if not self.mesh or is_drawn(self.mesh):
            if self.mesh and min(self.size) <= 0.0:
                raise DataError(f"object '{self.id}': a drawn mesh needs a 'size'")
            return self
        path = (folder / self.mesh).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise DataError(f"object '{self.id}': its mesh '{self.mesh}' is not in the folder of its scene, {folder}")
        changes: dict[str, object] = {"mesh": str(path)}
        if min(self.size) <= 0.0:
            changes["size"] = tuple(load_solid(path, self.mesh_scale).size.tolist())
        return self.model_copy(update=changes)


class VariationFile(DataModel):
    """Ranges of the variation by a seed; all uniform.

    Attributes:
        object_shift: Largest shift of an object along x and y, m.
        object_mass: Range of the mass of movable objects, each drawn on its own, kg; None for what each states.
        start_shift: Largest shift of the robot's start along x and y, m.
        start_yaw: Largest change of the robot's start heading, rad.
        friction: Range of the floor's friction coefficient.
        added_mass: Range of mass added to the base, kg.
        latency: Range of the command latency, s.
        noise: Range of the factor on the sensors' declared noise.
        motor_strength: Range of the factor on every torque that the motors make.
        weak_motors: Further factor on the torque of single joints, by name; the same for every seed.
        harsh: What motors and bus do besides; the same for every seed.
    """

    object_shift: Metres = 0.0
    object_mass: Annotated[tuple[Mass, Mass], AfterValidator(ordered)] | None = None
    start_shift: Metres = 0.0
    start_yaw: float = 0.0
    friction: NonNegativeInterval = (0.8, 0.8)
    added_mass: Interval = (0.0, 0.0)
    latency: NonNegativeInterval = (0.0, 0.0)
    noise: NonNegativeInterval = (1.0, 1.0)
    motor_strength: NonNegativeInterval = (1.0, 1.0)
    weak_motors: dict[str, NonNegative] = Field(default_factory=dict)
    harsh: HardwareRealism = HardwareRealism()


class FloorPatch(DataModel):
    """An area of the floor with its own properties: wet, soft, raised as a step or a bar, or rising as a ramp.

    Attributes:
        position: Centre in the plane, m.
        yaw: Heading, rad.
        size: Extent along its own x and y, m.
        friction: Friction coefficient between it and feet; None for that of the floor.
        height: Height of its centre above the floor, m; 0 for a flat one.
        rise: Slope along its heading, positive upwards, rad.
        give: Time in which it gives way to a foot, s: the time constant of MuJoCo's contact. 0 is as hard as the floor.
    """

    position: tuple[Metres, Metres]
    yaw: float = 0.0
    size: tuple[Metres, Metres]
    friction: float | None = Field(None, ge=0)
    height: Metres = 0.0
    rise: float = Field(0.0, ge=-0.8, le=0.8)
    give: float = Field(0.0, ge=0.0, le=0.2)


class SceneFile(DataModel):
    """A scene as data.

    Attributes:
        name: Name of the scene.
        description: One sentence.
        start: Start of the robot: x, y in m, yaw in rad.
        size: Extent of the floor along x and y, m.
        wall_height: Height of the walls around the floor, m; 0 for none.
        objects: What stands in it.
        ground: Stretches of floor that are not like the rest; a seed shifts all of them together, as an object.
        tags: Fiducial markers in it, by which a robot with a camera localizes itself.
        takers: Who takes which movable thing when it is held out to them, by the ids of thing and person; no map
            states it.
        variation: What a seed changes.
    """

    name: str
    description: str
    start: Triple = (0.0, 0.0, 0.0)
    size: tuple[Metres, Metres] = (10.0, 10.0)
    wall_height: float = 0.0
    objects: tuple[ObjectFile, ...] = ()
    ground: tuple[FloorPatch, ...] = ()
    tags: SceneTags = SceneTags()
    takers: dict[str, str] = Field(default_factory=dict)
    variation: VariationFile = VariationFile()


class SceneSetup(DataModel):
    """A scene with a seed applied: the world that a simulator builds and a map states.

    Attributes:
        name: Name of the scene.
        seed: The seed; 0 leaves everything as the file states it.
        start: Where the robot really starts; only the simulator and scoring may use it as truth.
        objects: Everything that stands there, walls included.
        friction: Friction coefficient of the floor.
        added_mass: kg.
        latency: s.
        noise: Factor on the sensors' declared noise.
        motor_strength: Factor on every torque that the motors make.
        weak_motors: Further factor on the torque of single joints, by name.
        harsh: What motors and bus do to commands and measurements.
        patches: Stretches of floor that are not like the rest; no map states them as such.
        tags: Markers that hang there.
        takers: Who takes which thing when it is held out to them, by the ids of thing and person.
    """

    name: str
    seed: int
    start: Pose2
    objects: tuple[SceneObject, ...]
    friction: float = 0.8
    added_mass: float = 0.0
    latency: float = 0.0
    noise: float = 1.0
    motor_strength: float = 1.0
    weak_motors: dict[str, float] = Field(default_factory=dict)
    harsh: HardwareRealism = HardwareRealism()
    patches: tuple[FloorPatch, ...] = ()
    tags: SceneTags = SceneTags()
    takers: dict[str, str] = Field(default_factory=dict)

    def graph(self) -> SceneGraph:
        """The scene as a stated map: objects, and the place ``start``."""
        start = SceneObject("start", "place", (self.start.x, self.start.y, 0.0), self.start.yaw, "point", names=_START)
        return SceneGraph({**{thing.id: thing for thing in self.objects}, "start": start})


_START = ("start", "here", "home", "starting point", "where you started")


def load_scene(path: Path) -> SceneFile:
    """Reads a scene file.

    Raises:
        DataError: The file or a mesh in it is missing or wrong, two objects share an id, a taker or lid is none,
            or an object lies around something that is not named before it.
    """
    scene = load_model(SceneFile, path)
    ids = [thing.id for thing in scene.objects]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise DataError(f"{path}: objects share the id {', '.join(twice)}")
    _check_moved(path, scene)
    for number, thing in enumerate(scene.objects):
        if thing.around and thing.around not in ("start", *ids[:number]):
            raise DataError(f"{path}: '{thing.id}' is around '{thing.around}', which is nothing named before it")
    return scene.model_copy(update={"objects": tuple(thing.with_mesh(path.parent) for thing in scene.objects)})


def _check_moved(path: Path, scene: SceneFile) -> None:
    """Raises DataError where a lid is none, or nobody is there who takes a thing, or nothing to be taken."""
    for thing in scene.objects:
        if thing.lifted is not None and not (thing.movable and thing.shape == "box" and thing.hinge is None):
            raise DataError(f"{path}: '{thing.id}' has 'lifted', so it is a lid: a movable box without a 'hinge'")
    free = [thing.id for thing in scene.objects if thing.movable and thing.hinge is None and thing.lifted is None]
    for taken, person in scene.takers.items():
        if taken not in free or person not in {thing.id for thing in scene.objects}:
            raise DataError(f"{path}: 'takers' wants the ids of a movable thing and of a person, not {taken}: {person}")


def set_up(scene: SceneFile, seed: int) -> SceneSetup:
    """Applies a seed to a scene: layout, start, and the physics that vary. The same seed gives the same world.

    Args:
        scene: The scene.
        seed: 0 keeps the file's own layout and the middle of every range.
    """
    variation = scene.variation
    rng = np.random.default_rng(seed)

    def draw(limits: tuple[float, float]) -> float:
        return float(rng.uniform(*limits)) if seed else (limits[0] + limits[1]) / 2

    def shift(size: float) -> float:
        return float(rng.uniform(-size, size)) if seed else 0.0

    x, y, yaw = scene.start
    start = Pose2(
        x + shift(variation.start_shift), y + shift(variation.start_shift), yaw + shift(variation.start_yaw)
    )
    things = [
        thing.resolve((shift(variation.object_shift), shift(variation.object_shift)))
        for thing in scene.objects
    ]
    if seed:
        _put_around(scene, things, start, rng)
    setup = SceneSetup(
        name=scene.name,
        seed=seed,
        start=start,
        objects=(*things, *_walls(scene)),
        friction=draw(variation.friction),
        added_mass=draw(variation.added_mass),
        latency=draw(variation.latency),
        noise=draw(variation.noise),
        motor_strength=draw(variation.motor_strength),
        weak_motors=variation.weak_motors,
        harsh=variation.harsh,
        tags=scene.tags,
        takers=scene.takers,
    )
    if scene.ground:  # drawn behind all that worlds without it draw
        dx, dy = shift(variation.object_shift), shift(variation.object_shift)
        moved = [
            patch.model_copy(update={"position": (patch.position[0] + dx, patch.position[1] + dy)})
            for patch in scene.ground
        ]
        setup = setup.model_copy(update={"patches": tuple(moved)})
    if variation.object_mass is None or not seed:
        return setup
    limits = variation.object_mass  # drawn last, so that worlds without it stay what they were
    weighed = [replace(thing, mass=draw(limits)) if thing.movable else thing for thing in setup.objects]
    return setup.model_copy(update={"objects": tuple(weighed)})


def _put_around(scene: SceneFile, things: list[SceneObject], start: Pose2, rng: np.random.Generator) -> None:
    """Puts what lies around something at a distance from it, in any direction."""
    places = {"start": (start.x, start.y)}
    for number, file in enumerate(scene.objects):
        if file.around:
            (x, y), angle = places[file.around], rng.uniform(-math.pi, math.pi)
            away = rng.uniform(*file.distance)
            position = (x + away * math.cos(angle), y + away * math.sin(angle), things[number].position[2])
            yaw = angle + rng.uniform(-file.turned, file.turned)
            things[number] = replace(things[number], position=position, yaw=yaw)
        places[file.id] = things[number].position[:2]


def _walls(scene: SceneFile) -> list[SceneObject]:
    """Four walls around the floor, 0.1 m thick."""
    if scene.wall_height <= 0:
        return []
    (length, width), height, thick = scene.size, scene.wall_height, 0.1
    sides = {
        "north_wall": (length / 2, 0.0, thick, width),
        "south_wall": (-length / 2, 0.0, thick, width),
        "west_wall": (0.0, width / 2, length, thick),
        "east_wall": (0.0, -width / 2, length, thick),
    }
    return [
        SceneObject(name, "wall", (x, y, height / 2), 0.0, "box", (sx, sy, height), "grey", (name.replace("_", " "),))
        for name, (x, y, sx, sy) in sides.items()
    ]


PALETTE: dict[str, Triple] = {
    "red": (0.85, 0.1, 0.1),
    "green": (0.1, 0.65, 0.2),
    "blue": (0.1, 0.25, 0.85),
    "yellow": (0.95, 0.85, 0.1),
    "orange": (0.95, 0.5, 0.1),
    "purple": (0.5, 0.2, 0.65),
    "pink": (0.95, 0.5, 0.7),
    "white": (0.95, 0.95, 0.95),
    "black": (0.1, 0.1, 0.1),
    "grey": (0.55, 0.55, 0.55),
    "brown": (0.45, 0.28, 0.15),
}
"""Colour names and their sRGB values, each 0 to 1."""


def colour_of(thing: SceneObject) -> Triple:
    """sRGB colour of an object, each 0 to 1; grey when it has none of the palette."""
    return PALETTE.get(thing.colour, PALETTE["grey"])
