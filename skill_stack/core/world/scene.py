"""SceneGraph: named objects and places with poses in the ``map`` frame, and facts stated about them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from skill_stack.core.errors import UnknownName
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.fact import Fact

Change = Literal["appeared", "moved", "removed"]
MOVED = 0.08
"""Displacement from which a thing counts as moved, m: more than the error of a look."""
MOST_LIFTED = 2.0
"""How far a lid opens, rad."""
LOOSE = 0.6
"""The same as a share of its radius, if that is more: a camera sees two sides of a large thing and guesses the rest."""


@dataclass(frozen=True, slots=True)
class SceneObject:
    """One object or place.

    Attributes:
        id: Unique name, e.g. ``red_ball``.
        kind: Category in the words of people, e.g. ``ball``; ``place`` for a place, ``wall`` for a wall.
        position: Centre in ``map``, m.
        yaw: Heading in ``map``, rad.
        shape: ``box``, ``sphere``, ``cylinder``, ``mesh``, or ``point`` for a place.
        size: Extent along its own x, y, z, m (a sphere's diameter three times).
        colour: Colour name, or an empty string.
        names: Other names that people use.
        movable: Whether it moves when pushed.
        mass: What a movable one weighs, kg.
        friction: Friction coefficient of its surface.
        rolling: Rolling friction of a ball on it, m: the rolling resistance coefficient times the ball's radius.
            None where both state 0; else the greater counts, and what states 0 has 0.001.
        glides: Whether that alone counts on any floor, as under felt gliders; else the floor's, where it is greater.
        hinge: Upright axis about which it swings, as a door does: x, y from its centre, in its own frame, m; or None.
        swing: Heading of one with a hinge when it is shut, and when it is as far open as it goes, rad.
        lifted: How far a lid is open, rad; None for what is no lid. A lid is a movable box that swings up about the
            lower edge at the end of its own x axis; position and heading are those when it is shut.
        mounted_on: The object that carries its hinge, as a jar does that of its lid; empty for the ground.
        stiff: Torque with which its hinge resists, N·m; None: 0.8 of one that swings as a door does, 0.35 of a lid.
        mesh: Of one of that shape: an OBJ or STL file, or ``drawn:<family>:<seed>``, ``laid:`` too; stretched to it.
        confidence: How sure it is that the object is there, 0 to 1.
        last_seen: Task time of the last sight, s.
    """

    id: str
    kind: str
    position: tuple[float, float, float]
    yaw: float = 0.0
    shape: str = "box"
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    colour: str = ""
    names: tuple[str, ...] = ()
    movable: bool = False
    confidence: float = 1.0
    last_seen: float = 0.0
    mass: float = 0.5
    friction: float = 0.6
    rolling: float = 0.0
    glides: bool = False
    hinge: tuple[float, float] | None = None
    swing: tuple[float, float] = (0.0, 0.0)
    mounted_on: str = ""
    stiff: float | None = None
    mesh: str = ""
    lifted: float | None = None

    @property
    def rolls(self) -> bool:
        """Whether it is a ball that rolls on when it was touched."""
        return self.movable and self.shape == "sphere" and self.rolling > 0.0

    @property
    def opened(self) -> float:
        """How far a lid, or one with a hinge, is turned from where it is shut, rad; 0 of others."""
        if self.lifted is not None:
            return self.lifted
        return 0.0 if self.hinge is None else abs(wrap_angle(self.yaw - self.swing[0]))

    @property
    def axis(self) -> Pose2:
        """Where the hinge is, with the object's heading; without one, where the object is."""
        return Pose2(*self.position[:2], self.yaw).compose(Pose2(*(self.hinge or (0.0, 0.0)), 0.0))

    def turned(self, yaw: float) -> SceneObject:
        """The object with another heading, rad; one with a hinge swings about it."""
        if self.hinge is None:
            return replace(self, yaw=yaw)
        axis, away = self.axis, Pose2(-self.hinge[0], -self.hinge[1], 0.0)
        centre = Pose2(axis.x, axis.y, yaw).compose(away)
        return replace(self, position=(centre.x, centre.y, self.position[2]), yaw=yaw)

    def opened_by(self, angle: float) -> SceneObject:
        """A lid, or an object with a hinge, as it is when it is turned from where it is shut by an angle, rad."""
        if self.lifted is not None:
            return replace(self, lifted=max(0.0, angle))
        return self.turned(wrap_angle(self.swing[0] + angle * math.copysign(1.0, self.swing[1] - self.swing[0])))

    @property
    def leaf_headings(self) -> tuple[float, float]:
        """How the shut leaf points away from its hinge, and which way it opens from there, rad; of one with a hinge."""
        x, y = self.hinge or (0.0, 0.0)
        leaf = wrap_angle(math.atan2(-y, -x) + self.swing[0])
        return leaf, wrap_angle(leaf + math.copysign(math.pi / 2, self.swing[1] - self.swing[0]))

    def opens_towards(self, x: float, y: float) -> bool:
        """Whether it has a hinge, and as it opens comes to the side of it on which a point of the plane is, m."""
        return self.hinge is not None and Pose2(self.axis.x, self.axis.y, self.leaf_headings[1]).local(x, y)[0] > 0.0

    @property
    def radius(self) -> float:
        """Radius of the circle around the object in the ground plane, m."""
        if self.shape in ("sphere", "cylinder"):
            return self.size[0] / 2
        return math.hypot(self.size[0], self.size[1]) / 2

    @property
    def is_area(self) -> bool:
        """Whether it is a place with an extent, such as a room: floor that one may stand on."""
        return self.shape == "point" and max(self.size[:2]) > 0.0

    def kept_outline(self, place_radius: float) -> SceneObject:
        """What is not entered where it is kept away from, with a shape that has an outline.

        A place with an extent is a rectangle of its size in its pose, any other place a circle.

        Args:
            place_radius: Radius of a place without extent, m.
        """
        if self.shape != "point":
            return self
        if self.is_area:
            return replace(self, shape="box")
        return replace(self, shape="cylinder", size=(2 * place_radius, 2 * place_radius, 0.0))

    @property
    def label(self) -> str:
        """The object in words, e.g. ``red ball``."""
        return f"{self.colour} {self.kind}".strip() if self.kind not in ("place",) else self.id.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Pose2:
    """A pose on the ground.

    Attributes:
        x: m.
        y: m.
        yaw: rad.
    """

    x: float
    y: float
    yaw: float

    def distance_to(self, x: float, y: float) -> float:
        """Distance to a point, m."""
        return math.hypot(x - self.x, y - self.y)

    def bearing_to(self, x: float, y: float) -> float:
        """Angle from the heading to a point, rad in (-pi, pi], positive to the left."""
        angle = math.atan2(y - self.y, x - self.x) - self.yaw
        return math.atan2(math.sin(angle), math.cos(angle))

    def local(self, x: float, y: float) -> tuple[float, float]:
        """A point of the outer frame seen from this pose: ahead and to the left, m."""
        dx, dy, c, s = x - self.x, y - self.y, math.cos(self.yaw), math.sin(self.yaw)
        return c * dx + s * dy, c * dy - s * dx

    def compose(self, other: Pose2) -> Pose2:
        """The pose in the outer frame of ``other``, which is given in this pose's frame."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return Pose2(self.x + c * other.x - s * other.y, self.y + s * other.x + c * other.y, self.yaw + other.yaw)


@dataclass(frozen=True, slots=True)
class SceneChange:
    """One change.

    Attributes:
        change: What happened.
        stamp: Task time, s.
        before: The thing before it; None where it appeared.
        after: The thing afterwards; None where it is gone.
    """

    change: Change
    stamp: float
    before: SceneObject | None
    after: SceneObject | None

    @property
    def name(self) -> str:
        """Id of the thing."""
        thing = self.after or self.before
        return thing.id if thing is not None else ""


@dataclass(frozen=True, slots=True)
class SceneHistory:
    """The changes of a scene, the oldest first.

    Attributes:
        changes: What happened.
        began: Task time from which on the scene is known, s.
        entered: Task time at which the robot came into the room where it is, s.
        now: Present task time, s.
    """

    changes: tuple[SceneChange, ...] = ()
    began: float = 0.0
    entered: float = 0.0
    now: float = 0.0

    def since(self, stamp: float) -> list[SceneChange]:
        """What is otherwise than at a task time, s: one change for each thing, none for what came back."""
        first: dict[str, SceneObject | None] = {}
        last: dict[str, SceneChange] = {}
        for change in self.changes:
            if change.stamp > stamp:
                first.setdefault(change.name, change.before)
                last[change.name] = change
        out = []
        for name, change in last.items():
            before, after = first[name], change.after
            if before is not None and after is not None and moved(before, after):
                out.append(SceneChange("moved", change.stamp, before, after))
            elif (before is None) != (after is None):
                out.append(SceneChange("appeared" if before is None else "removed", change.stamp, before, after))
        return _carried(out)

    def things_at(self, stamp: float, things: Mapping[str, SceneObject]) -> dict[str, SceneObject]:
        """The things as they were at a task time, s.

        Args:
            stamp: The time.
            things: The present things by id.
        """
        then = dict(things)
        for change in self.since(stamp):
            if change.before is None:
                then.pop(change.name, None)
            else:
                then[change.name] = replace(change.before, id=change.name)
        return then


def _carried(changes: list[SceneChange]) -> list[SceneChange]:
    """Changes in which the only thing that is gone and the only new one of the same looks are one thing that moved."""
    gone = [one for one in changes if one.after is None]
    new = [one for one in changes if one.before is None]
    out = [one for one in changes if one not in gone and one not in new]
    for change in gone:
        fits = [one for one in new if alike(change.before, one.after)]
        rivals = [one for one in gone if alike(change.before, one.before)]
        if len(fits) == len(rivals) == 1:
            new.remove(fits[0])
            out.append(SceneChange("moved", fits[0].stamp, change.before, fits[0].after))
        else:
            out.append(change)
    return out + new


def alike(one: SceneObject | None, other: SceneObject | None) -> bool:
    """Whether two things look the same: of one colour, and about as long. Shapes may look different from elsewhere."""
    if one is None or other is None:
        return False
    a, b = max(one.size), max(other.size)
    same = one.colour == other.colour and (bool(one.colour) or one.kind == other.kind)
    return same and abs(a - b) <= 0.4 * max(a, b)


def moved(before: SceneObject, after: SceneObject) -> bool:
    """Whether a thing is elsewhere than before; of what is large, less of the outline is certain."""
    return math.dist(before.position, after.position) > max(MOVED, LOOSE * after.radius)


class SeenFloor(Protocol):
    """Which floor was seen."""

    def seen(self, x: float, y: float) -> bool:
        """Whether the floor at a place of ``map``, m, was seen, or what stands on it."""


@dataclass(frozen=True, slots=True)
class SceneGraph:
    """The scene: objects, places and facts.

    Attributes:
        objects: Objects and places by id.
        facts: Stated or observed facts that are not geometry.
        robot: Where the robot is in ``map``, or None when unknown.
        history: What changed until now.
        floor: Which floor was seen; None where all is known as stated.
    """

    objects: Mapping[str, SceneObject] = field(default_factory=dict)
    facts: frozenset[Fact] = frozenset()
    robot: Pose2 | None = None
    history: SceneHistory = field(default_factory=SceneHistory, compare=False)
    floor: SeenFloor | None = field(default=None, compare=False)

    def __getitem__(self, name: str) -> SceneObject:
        """An object by id; raises UnknownName."""
        if name not in self.objects:
            raise UnknownName("object", name, self.objects)
        return self.objects[name]

    @property
    def things(self) -> tuple[SceneObject, ...]:
        """Objects other than places and walls."""
        return tuple(thing for thing in self.objects.values() if thing.kind not in ("place", "wall"))


def as_name(words: Iterable[str]) -> str:
    """Words as a name of the scene, e.g. ``living_room``; empty when no valid character is left."""
    return re.sub(r"[^a-z0-9]+", "_", "_".join(words).casefold()).strip("_")
