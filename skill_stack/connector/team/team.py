"""RobotTeam: how a robot walks among others: around them, behind them, or out of their way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.connector.guides.guide import GuideStep, GuideView
from skill_stack.connector.paths.clearance import Point
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.team.reciprocal import HORIZON, Disc, best_velocity, half_plane
from skill_stack.connector.team.right_of_way import Course, PassageClaim, has_to_wait, narrow, refuge
from skill_stack.connector.team.teammates import Teammates, reach_of, spread_of
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.team_member import TeamMember

Array = np.ndarray

MARGIN = 0.05
"""Room between the circles of two robots that walk, m."""
PASSING = 0.2
"""Further room that a robot leaves which waits, m; so much that the other one is not made to go around it."""
PATIENCE = 10.0
"""Time for which a robot waits where others stand in its way, s; then the step fails as with any obstacle."""
_LEAVE = 0.05  # m of that room below which a waiting robot goes out of the way
_STOP = 0.15  # m before the path of another robot where one stops that waits
_BRAKE = 0.9  # 1/s; speed for the way that is left, as everywhere
_WITHDRAW = 0.35  # m/s
_AHEAD = 1.5  # s by which a walk without a path is continued
_SOON = 0.5  # s within which a sidestep may come to no obstacle
_SMOOTHED = 0.2  # share of a message in the velocity of a robot that nothing moves; half a second at 10 Hz
_GRID = 0.1  # m/s between velocities that are compared


@dataclass(frozen=True, slots=True)
class Mobility:
    """What velocities a robot can walk with.

    Attributes:
        lower: Least vx and vy in the base frame, m/s.
        upper: Greatest ones, m/s.
        creep: Slowest walk that the policy answers, m/s.
        fastest: Fastest walk that is wanted, m/s.
        keep: Distance from the base to obstacles that a sidestep keeps, m.
    """

    lower: Point
    upper: Point
    creep: float
    fastest: float
    keep: float

    def velocities(self) -> Array:
        """Velocities in the base frame that are compared, standing still among them, m/s, shape (N, 2)."""
        axes = [np.arange(low, high + 1e-9, _GRID) for low, high in zip(self.lower, self.upper, strict=True)]
        all_ = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
        speed = np.hypot(*all_.T)
        return np.vstack([all_[(speed >= self.creep) & (speed <= self.fastest + 1e-9)], np.zeros((1, 2))])


class RobotTeam:
    """One robot among others. Without others nothing is changed, and nothing is computed.

    Attributes:
        name: This robot; a name orders who goes first where nothing else does. Empty: the robot tells nobody.
        mates: The others.
        yields: Names of robots that it lets go first.
        waiting_for: Why it waits or goes out of the way, in one sentence; empty where it does not.
    """

    def __init__(self, footprint: Footprint, name: str = "") -> None:
        """Alone so far.

        Args:
            footprint: Outline of the standing robot.
            name: This robot.
        """
        self.name, self.mates = name, Teammates()
        self._footprint = footprint
        self._waits_since: float | None = None
        self._avoids, self._drift = False, (0.0, 0.0)
        self._ahead, self._aside = 0.0, 0.0
        self.end()

    def begin(self) -> None:
        """Begins a cycle, in which a step may walk."""
        self._avoids = False

    def end(self) -> None:
        """Ends a cycle: where no step walks, the robot has no path, and others go around it."""
        if self._avoids:
            return
        self._velocity: Point = (0.0, 0.0)
        self._path: tuple[Point, ...] = ()
        self._load = 0.0
        self.yields: tuple[str, ...] = ()
        self.waiting_for = ""

    def carry(self, things: Iterable[SceneObject]) -> None:
        """Takes what the robot carries, which reaches ahead of it and may be wider than the robot is.

        Where hands hold it is not asked: each thing counts as right in front of the body, whichever way it is turned.

        Args:
            things: All that it carries now.
        """
        widths = [2 * thing.radius for thing in things]
        self._ahead, self._aside = max(widths, default=0.0), max(widths, default=0.0) / 2

    def hear(self, member: TeamMember, now: float) -> None:
        """Takes what another robot says of itself; what it says of this one's name is its own echo."""
        if member.name != self.name:
            self.mates.hear(member, now)

    def world(self, scene: SceneGraph, now: float) -> SceneGraph:
        """A scene with the robots that stand."""
        return self.mates.world(scene, now) if self.mates else scene

    def presence(self, pose: Pose2, velocity: Point, deviation: float) -> TeamMember:
        """What others are to know.

        Args:
            pose: This robot in ``map``.
            velocity: By its estimate, in the base frame, m/s; what is commanded counts while a step walks.
            deviation: Standard deviation of its position, m.
        """
        foot = self._footprint
        if not self._avoids:  # a humanoid that stands sways with its steps
            now = _turned(velocity, pose.yaw)
            x, y = (old + _SMOOTHED * (new - old) for old, new in zip(self._drift, now, strict=True))
            self._drift = (x, y)
        moves = self._velocity if self._avoids else self._drift
        return TeamMember(
            self.name, pose.x, pose.y, pose.yaw, moves, foot.front + max(self._load, self._ahead), foot.back,
            max(foot.side, self._aside), deviation, self._path, self._avoids and not self._load, self.yields,
        )  # fmt: skip

    def may_clear(self, now: float) -> bool:
        """Whether a way that is blocked may become free, since somebody stands there who may go on.

        Args:
            now: Task time, s.
        """
        self._waits_since = now if self._waits_since is None else self._waits_since
        if not self.mates.standing(now) or now - self._waits_since > PATIENCE:
            return False
        self.waiting_for = "waits for a free way"
        return True

    def in_the_way(self, now: float) -> str:
        """Robots that stand on the floor, as an addition to why there is no free way; empty for none.

        Args:
            now: Task time, s.
        """
        names = [thing.id for thing in self.mates.standing(now)]
        return f" while {' and '.join(names)} stand{'s' if len(names) == 1 else ''} there" if names else ""

    def steered(self, step: GuideStep, view: GuideView, body: Mobility) -> GuideStep:
        """A guide's step, changed so that it meets nobody.

        Args:
            step: What the guide wants; left as it is where no robot is near.
            view: What the guide saw.
            body: How the robot walks.
        """
        yaw, waiting = view.pose.yaw, step.waiting
        wanted = _turned((step.goals["vx"], step.goals["vy"]), yaw)
        self._load, self._avoids = step.load, True
        self._path = step.path or _continued(view.pose, wanted)
        if not waiting:
            self._waits_since, self.waiting_for = None, ""
        me = self.presence(view.pose, (0.0, 0.0), view.deviation)
        others = self.mates.moving(view.now)
        goals = self._let_go_first(me, others, step, view, body)
        wished = _turned((goals["vx"], goals["vy"]), yaw)
        planes = [half_plane(disc, self._velocity) for disc in _discs(me, others)]
        if all(_keeps(wished, plane) for plane in planes):
            chosen = wished
        else:
            chosen = tuple(best_velocity(wished, self._choices(wished, step, view, body), planes).tolist())
        self._velocity = chosen
        if chosen == wanted and goals["wz"] == step.goals["wz"]:
            return step
        vx, vy = _turned(chosen, -yaw) if chosen != wished else (goals["vx"], goals["vy"])
        return replace(step, goals={**step.goals, "vx": vx, "vy": vy, "wz": goals["wz"]}, waiting=True)

    def _choices(self, wished: Point, step: GuideStep, view: GuideView, body: Mobility) -> Array:
        """Velocities in ``map`` that lead to no obstacle soon, m/s; one that pushes something only slows down."""
        if step.load:
            shares = np.array([1.0, 0.75, 0.5, 0.25, 0.0])[:, None] * np.array(wished)
            return shares[(np.hypot(*shares.T) >= body.creep) | ~shares.any(axis=1)]
        pose = view.pose
        c, s = math.cos(pose.yaw), math.sin(pose.yaw)
        all_ = body.velocities() @ np.array([[c, s], [-s, c]])
        here = np.array([[pose.x, pose.y]])
        limits = np.minimum(body.keep, view.outlines.distances(here)[0] - 0.01)
        near = np.array([name in step.near for name in view.outlines.names], bool)
        limits[near] = -np.inf
        free = (view.outlines.distances(here + _SOON * all_) >= limits).all(axis=1)
        free[-1] = True  # standing still
        return np.asarray(all_[free])

    def _let_go_first(
        self, me: TeamMember, others: Sequence[TeamMember], step: GuideStep, view: GuideView, body: Mobility
    ) -> dict[str, float]:
        """Goals that stop before a narrow place into which others go first, or lead out of their way."""
        goals, mine = step.goals, Course.from_path(me.place, me.path)
        met = [(one, Course.from_path(one.place, one.path)) for one in others if one.avoids and one.path]
        met = [(one, course) for one, course in met if _waits(me, mine, one, course, view.outlines, body.keep)]
        self.yields = tuple(one.name for one, _ in met)
        if not met:
            return goals
        self.waiting_for = f"waits for {', '.join(self.yields)}"
        distance = max(_apart(me, one) for one, _ in met)
        courses = [course for _, course in met]
        if any(Course.from_path(me.place, ()).near(course, distance + _LEAVE).any() for course in courses):
            corner = refuge(view.outlines, me.place, courses, distance + PASSING, body.keep)
            away = _turned(_towards(me.place, corner or me.place, _WITHDRAW), -view.pose.yaw)
            return {**goals, "vx": away[0], "vy": away[1], "wz": 0.0}
        left = min(mine.first(mine.near(course, distance + PASSING)) or 0.0 for course in courses) - _STOP
        return _slowed(goals, _BRAKE * left if _BRAKE * left >= body.creep else 0.0)


def _waits(
    me: TeamMember, mine: Course, other: TeamMember, course: Course, outlines: Outlines, clearance: float
) -> bool:
    """Whether this robot lets another one go first."""
    distance = _apart(me, other) + PASSING
    together = mine.near(course, distance)
    if not together.any():
        return False
    where = mine.first(together & narrow(mine, outlines, clearance, distance - PASSING))
    theirs = clearance - me.side + other.side
    there = course.first(course.near(mine, distance) & narrow(course, outlines, theirs, distance - PASSING))
    if where is None or there is None:
        return False
    return has_to_wait(PassageClaim(me.name, where, me.yields), PassageClaim(other.name, there, other.yields))


def _slowed(goals: dict[str, float], fastest: float) -> dict[str, float]:
    """Goals in the same direction at no more than a speed, m/s."""
    speed = math.hypot(goals["vx"], goals["vy"])
    if speed <= fastest:
        return goals
    return {**goals, "vx": goals["vx"] * fastest / speed, "vy": goals["vy"] * fastest / speed}


def _apart(me: TeamMember, other: TeamMember) -> float:
    """Distance between two bases that is kept, m."""
    return reach_of(me) + reach_of(other) + MARGIN + spread_of(me, other)


def _discs(me: TeamMember, others: Sequence[TeamMember]) -> list[Disc]:
    """Robots that this one could meet soon."""
    out = []
    for one in others:
        offset, radius = (one.x - me.x, one.y - me.y), _apart(me, one)
        speed = math.hypot(*one.velocity) + 1.0
        if math.hypot(*offset) < radius + HORIZON * speed:
            out.append(Disc(offset, one.velocity, radius, 0.5 if one.avoids else 1.0))
    return out


def _keeps(velocity: Point, plane: tuple[Point, Point]) -> bool:
    """Whether a velocity lies in a half-plane."""
    (x, y), (nx, ny) = plane
    return (velocity[0] - x) * nx + (velocity[1] - y) * ny >= -1e-9


def _turned(vector: Point, angle: float) -> Point:
    c, s = math.cos(angle), math.sin(angle)
    return c * vector[0] - s * vector[1], s * vector[0] + c * vector[1]


def _towards(here: Point, there: Point, speed: float) -> Point:
    dx, dy = there[0] - here[0], there[1] - here[1]
    length = math.hypot(dx, dy) or 1.0
    return speed * dx / length, speed * dy / length


def _continued(pose: Pose2, velocity: Point) -> tuple[Point, ...]:
    """Where a walk without a path leads to."""
    return ((pose.x + _AHEAD * velocity[0], pose.y + _AHEAD * velocity[1]),)
