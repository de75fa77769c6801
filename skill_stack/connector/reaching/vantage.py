"""Guide ``vantage``: walks to where a hand reaches an object and the eyes see it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.waypoints import Waypoints
from skill_stack.connector.kinematics.reach_map import X, Y, stated_map
from skill_stack.connector.paths.object_outline import Outlines, outline_distance
from skill_stack.connector.paths.steering import speed_for, turn_for
from skill_stack.connector.reaching.planted import Halting
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject

SIDES = ("left", "right")
DIRECTIONS = 24
"""Headings that are looked at."""
GOOD = 3
"""Least score of a cell: nearer to a joint's limit there is nothing left to correct with."""
SEEN = 0.5
"""Largest bearing of a point that the eyes see, rad."""
ROOM = 0.04
"""Free space that is left before the toes, m."""
RUN_UP = 0.3
"""Way over which the robot comes straight to its place, m."""
HAND, BEFORE, LINE = 0.06, 0.1, 12
"""Room that a hand needs, m; from where on before the point it needs none; points of the line that is looked at."""
HIGHEST, LOWEST = 1.0, 0.7
"""Heights between which an object is touched, m."""
CENTRED = 0.1
"""What a step aside or a worse cell costs, m for one score."""
TURNED = 0.2  # m for 1 rad
_FAR = 10.0  # m; from where an object's outline is looked at
_ARRIVED = 0.2  # m around the beginning of the run-up
_SMOOTHED = 0.3  # s over which the velocity of a robot that sways is averaged
_REST, _REST_TURN = 0.03, 0.05  # m, rad


def touched_at(thing: SceneObject, heading: float) -> tuple[float, float, float]:
    """The point of an object that is touched by a robot with a heading, in ``map``, m.

    Raises:
        GuideFailure: The object is too high or too low.
    """
    x, y, z = thing.position
    half = thing.size[2] / 2
    height = z if thing.shape == "sphere" else min(max(z - half, HIGHEST - 0.1), z + half)
    if not LOWEST <= height <= HIGHEST:
        why = f"'{thing.id}' is {height:.2f} m high; {LOWEST:g} to {HIGHEST:g} m is within reach"
        raise GuideFailure("the place is within reach", why)
    c, s = math.cos(heading), math.sin(heading)
    depth = _FAR - outline_distance(thing, x - _FAR * c, y - _FAR * s)
    return x - depth * c, y - depth * s, height


def side_of(thing: SceneObject, pose: Pose2) -> str:
    """The hand on whose side an object is."""
    return "left" if pose.bearing_to(thing.position[0], thing.position[1]) > 0.0 else "right"


@dataclass(frozen=True, slots=True)
class Vantage:
    """A base pose from which an object is reached.

    Attributes:
        pose: In ``map``.
        side: The hand.
        score: Of the cell in the map of what is reached.
    """

    pose: Pose2
    side: str
    score: int


def vantages(context: GuideContext, view: GuideView, thing: SceneObject) -> list[Vantage]:
    """Base poses from which a hand reaches an object, the least effort first.

    Raises:
        GuideFailure: The object is too high or too low.
    """
    assert context.robot is not None, "a step knows its robot"
    reach, keep = stated_map(context.robot), context.footprint.front + ROOM
    found: list[tuple[float, Vantage]] = []
    for number in range(DIRECTIONS):
        yaw = wrap_angle(2 * math.pi * number / DIRECTIONS)
        point = touched_at(thing, yaw)
        for side in SIDES:
            layer = reach.layer(side, point[2] - context.numbers["height"])
            found += _of_layer(layer, side, point, yaw, view.pose)
    return free_of_things(context, view, found, keep)


def free_of_things(
    context: GuideContext, view: GuideView, found: list[tuple[float, Vantage]], keep: float, run_up: float = RUN_UP
) -> list[Vantage]:
    """Those base poses, the least cost first, that stand free and can be come to straight.

    Args:
        context: Of the guide.
        view: The world.
        found: Base poses with their costs.
        keep: Free space that they need, m.
        run_up: Way over which they are come to straight, m.
    """
    if not found:
        return []
    places = np.array([(one.pose.x, one.pose.y) for _, one in found])
    back = places - run_up * np.array([(math.cos(one.pose.yaw), math.sin(one.pose.yaw)) for _, one in found])
    tight = context.footprint.side + context.settings.tight_clearance
    free = free_room(view, places) >= keep
    free &= free_room(view, back) >= tight
    return [one for (_, one), good in sorted(zip(found, free.tolist()), key=lambda pair: pair[0][0]) if good]


def _of_layer(
    layer: np.ndarray, side: str, point: tuple[float, float, float], yaw: float, here: Pose2
) -> list[tuple[float, Vantage]]:
    """Base poses of a heading, one for each good cell, with their costs, m."""
    c, s = math.cos(yaw), math.sin(yaw)
    out = []
    for i, j in np.argwhere(layer >= GOOD).tolist():
        x, y, score = float(X[i]), float(Y[j]), int(layer[i, j])
        if abs(math.atan2(y, x)) > SEEN:
            continue
        base = Pose2(point[0] - c * x + s * y, point[1] - s * x - c * y, yaw)
        way = here.distance_to(base.x, base.y) + TURNED * abs(wrap_angle(yaw - here.yaw))
        out.append((way - CENTRED * score, Vantage(base, side, score)))
    return out


def _unhindered(view: GuideView, thing: SceneObject, one: Vantage) -> bool:
    """Whether nothing as high as the point that is touched stands between body and point."""
    x, y, z = touched_at(thing, one.pose.yaw)
    tall = [
        other
        for other in view.scene.objects.values()
        if other.id != thing.id and other.shape != "point" and other.position[2] + other.size[2] / 2 > z - HAND
    ]
    if not tall:
        return True
    line = np.linspace((one.pose.x, one.pose.y), (x, y), LINE)
    line = line[np.hypot(*(line - (x, y)).T) > BEFORE]
    return bool((Outlines.from_objects(tall).distances(line) > HAND).all())


def free_room(view: GuideView, places: np.ndarray) -> np.ndarray:
    """Distance of points to the nearest outline, m."""
    if not len(places):
        return np.zeros(0)
    distances = view.outlines.distances(places)
    return distances.min(axis=1) if distances.size else np.full(len(places), math.inf)


class VantageGuide:
    """Walks to a base pose from which a hand reaches ``target``. Signals: ``distance_error``, ``heading_error``.

    Settings: ``height`` of the pelvis, m, and ``coasting``, for how long the robot goes on at its speed when it is told
    to stand, s.

    Attributes:
        RUN_UP: Way over which the robot comes straight to its place, m.
        SQUARE: Heading error from which on it stays where the run-up begins until it has turned, rad.
    """

    RUN_UP, SQUARE = RUN_UP, math.inf

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``target``."""
        self._name = ""
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._context, self._settings = context, context.settings
        if self._name != str(context.arguments["target"]):
            self._name = str(context.arguments["target"])
            self._target, self._goal = TargetMemory(self._name, context.settings.lost_grace), None
        self._moving = [True, True, True]
        self._near = False
        self._halting = Halting()
        self._speed, self._before = (0.0, 0.0), (Pose2(0.0, 0.0, 0.0), math.nan)

    _goal: Vantage | None

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`; where it is near enough, it plants its feet."""
        return self._halting.step(self._walked(view), view.now)

    def _walked(self, view: GuideView) -> GuideStep:
        """The step of a robot that walks on."""
        thing = self._target.find(view)
        if self._goal is None:
            self._goal, self._way = self._chosen(view, thing)
            self._there = thing.position
        goal = self._goal.pose
        x, y, _ = np.subtract(thing.position, self._there).tolist()  # from near it is seen better
        goal = Pose2(goal.x + x, goal.y + y, goal.yaw)
        self._note(view)
        off, turn = view.pose.distance_to(goal.x, goal.y), wrap_angle(goal.yaw - view.pose.yaw)
        here = (view.pose.x, view.pose.y)
        self._near = self._near or self._way.left(here) < _ARRIVED or off < _ARRIVED
        if not self._near:
            left = self._way.left(here) + self.RUN_UP
            signals = {"distance_error": left, "heading_error": abs(turn), "remaining": left}
            return GuideStep(self._way.follow(view), signals, left + abs(turn), path=self._way.path)
        signals = {"distance_error": off, "heading_error": abs(turn), "remaining": off}
        return GuideStep(self._onto(view.pose, goal, turn), signals, off + abs(turn), tuple(view.outlines.names))

    def candidates(self, view: GuideView, thing: SceneObject) -> Iterable[Vantage]:
        """Base poses, the least effort first; raises GuideFailure where it is too high or too low."""
        return (one for one in vantages(self._context, view, thing) if _unhindered(view, thing, one))

    def _chosen(self, view: GuideView, thing: SceneObject) -> tuple[Vantage, Waypoints]:
        """The best base pose to which there is a way, and that way."""
        found = self.candidates(view, thing)
        for one in _spread(found):
            x, y, yaw = one.pose.x, one.pose.y, one.pose.yaw
            start = (x - self.RUN_UP * math.cos(yaw), y - self.RUN_UP * math.sin(yaw))
            way = Waypoints(self._context, [start])
            try:
                way.follow(view)
            except GuideFailure:
                continue
            return one, way
        raise GuideFailure("the place is within reach", f"from nowhere that I can get to I reach '{thing.id}'")

    def _onto(self, here: Pose2, goal: Pose2, turn: float) -> dict[str, float]:
        """Velocities that bring place and heading to the goal together, and what turns far from it first."""
        back = self.RUN_UP * min(1.0, abs(turn) / self.SQUARE)
        goal = goal.compose(Pose2(-back, 0.0, 0.0))
        coasting = self._context.numbers.get("coasting", 0.0)
        dx, dy = goal.x - here.x - coasting * self._speed[0], goal.y - here.y - coasting * self._speed[1]
        c, s = math.cos(here.yaw), math.sin(here.yaw)
        vx = speed_for(c * dx + s * dy, self._settings, _REST, self._moving[0])
        vy = speed_for(-s * dx + c * dy, self._settings, _REST, self._moving[1])
        wz = turn_for(turn, self._settings, _REST_TURN, self._moving[2])
        self._moving = [vx != 0.0, vy != 0.0, wz != 0.0]
        return {"vx": vx, "vy": vy, "wz": wz}

    def _note(self, view: GuideView) -> None:
        """Averages the velocity, m/s."""
        before, then = self._before
        self._before = (view.pose, view.now)
        if view.now > then:
            h = view.now - then
            share, (u, v) = min(1.0, h / _SMOOTHED), self._speed
            a, b = (view.pose.x - before.x) / h, (view.pose.y - before.y) / h
            self._speed = (u + share * (a - u), v + share * (b - v))


def _spread(found: Iterable[Vantage], apart: float = 0.2) -> Iterator[Vantage]:
    """The first of those that are near one another: a way to one is a way to all."""
    kept: list[Vantage] = []
    for one in found:
        if all(one.pose.distance_to(other.pose.x, other.pose.y) > apart for other in kept):
            kept.append(one)
            yield one


def spot_before(view: GuideView, thing: SceneObject) -> tuple[float, float, float]:
    """Where a robot touches an object from where it is: ahead and to the left of it and above the ground, m."""
    heading = view.pose.yaw + view.pose.bearing_to(thing.position[0], thing.position[1])
    x, y, z = touched_at(thing, heading)
    return *view.pose.local(x, y), z
