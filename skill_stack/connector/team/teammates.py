"""Teammates: other robots on the floor, as they were heard last."""

from __future__ import annotations

import math
from dataclasses import replace

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.team_member import TeamMember

SILENT = 1.0
"""Time after which a robot that says nothing is kept clear of where it was, s: ten messages."""
STANDING = 0.1
"""Speed up to which a robot that nothing moves counts as standing, m/s: the noise of an estimate by legs."""
ROOM = 0.1
"""How much wider than stated a standing robot counts, m: legs reach out beyond the outline of the standing body."""
DEVIATIONS, WIDEST = 2.0, 0.3
"""Standard deviations by which distances to robots are widened, and the most that this may be, m."""
FARTHEST = 1.0
"""Most by which the place of a silent robot is widened, m; it stops when its own connector is gone."""
_STEP = 0.25  # m by which that grows at once, so that outlines are not made anew in every cycle
_HEIGHT = 0.5  # m; only outlines on the floor count


def reach_of(member: TeamMember) -> float:
    """Radius of the circle around a robot's base that it needs to turn, m."""
    return math.hypot(max(member.front, member.back), member.side)


def spread_of(*members: TeamMember) -> float:
    """By how much a distance between robots is widened, since they know their places with an error, m."""
    return min(WIDEST, DEVIATIONS * math.hypot(*(one.deviation for one in members)))


class Teammates:
    """Keeps the newest message of each robot. A robot that has fallen silent is not forgotten: it stands somewhere."""

    def __init__(self) -> None:
        """Knows nobody."""
        self._heard: dict[str, tuple[TeamMember, float]] = {}
        self._made: tuple[object, tuple[SceneObject, ...], SceneGraph] | None = None

    def __bool__(self) -> bool:
        return bool(self._heard)

    def hear(self, member: TeamMember, now: float) -> None:
        """Takes a message.

        Args:
            member: The robot.
            now: Task time of this robot, s; the other one's clock does not count.
        """
        self._heard[member.name] = member, now

    def restart(self, now: float) -> None:
        """Counts ages from a new beginning of task time, s."""
        self._heard = {name: (member, now) for name, (member, _) in self._heard.items()}

    def ages(self, now: float) -> dict[str, float]:
        """Time since each robot was heard, s."""
        return {name: max(0.0, now - heard) for name, (_, heard) in self._heard.items()}

    def moving(self, now: float) -> list[TeamMember]:
        """Robots that walk, or are about to, or are driven."""
        ages = self.ages(now)
        return [one for name, (one, _) in self._heard.items() if ages[name] <= SILENT and _moves(one)]

    def standing(self, now: float) -> tuple[SceneObject, ...]:
        """The other ones, as things that are walked around: the silent ones wider than they are."""
        out = []
        for name, age in self.ages(now).items():
            one = self._heard[name][0]
            if age > SILENT:
                out.append(_silent(one, age))
            elif not _moves(one):
                out.append(_outline(one))
        return tuple(out)

    def world(self, scene: SceneGraph, now: float) -> SceneGraph:
        """A scene with the robots that stand in it; the very same objects as long as nothing has changed."""
        standing = self.standing(now)
        if not standing:
            return scene
        if self._made is None or self._made[0] is not scene.objects or self._made[1] != standing:
            objects = {**scene.objects, **{thing.id: thing for thing in standing}}
            self._made = scene.objects, standing, SceneGraph(objects)
        return replace(scene, objects=self._made[2].objects)


def _moves(one: TeamMember) -> bool:
    return one.avoids or math.hypot(*one.velocity) > STANDING


def _outline(one: TeamMember) -> SceneObject:
    """A standing robot as a box."""
    more = 2 * (ROOM + spread_of(one))
    size = (_rounded(one.front + one.back + more), _rounded(2 * one.side + more), _HEIGHT)
    ahead = (one.front - one.back) / 2
    place = (one.x + ahead * math.cos(one.yaw), one.y + ahead * math.sin(one.yaw))
    return _thing(one.name, place, size, "box", round(one.yaw, 1))


def _silent(one: TeamMember, age: float) -> SceneObject:
    """A silent robot as a circle that grows as far as it may have gone."""
    gone = min(FARTHEST, math.hypot(*one.velocity) * age)
    width = 2 * (reach_of(one) + ROOM + spread_of(one) + _STEP * math.ceil(gone / _STEP))
    return _thing(one.name, one.place, (_rounded(width), _rounded(width), _HEIGHT), "cylinder", 0.0)


def _thing(
    name: str, place: tuple[float, float], size: tuple[float, float, float], shape: str, yaw: float
) -> SceneObject:
    x, y = map(_rounded, place)
    return SceneObject(f"robot {name}", "robot", (x, y, _HEIGHT / 2), yaw, shape, size)


def _rounded(value: float) -> float:
    """A length in steps of 5 cm, so that noise of an estimate makes no new outlines."""
    return round(value * 20) / 20
