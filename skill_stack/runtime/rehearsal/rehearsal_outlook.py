"""Outlook: estimate of a plan's success by geometry alone, in a millisecond; it selects candidates for trials."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from skill_stack.connector.paths.clearance import Point, limits_from, way_is_free
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.paths.path_planner import find_way
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.world_facts import FACING_ANGLE, NEAR_GAP
from skill_stack.planner.trial import TrialSituation
from skill_stack.runtime.line.observed_line import clear_sight
from skill_stack.runtime.rehearsal.rehearsal_world import Doubt

Array = np.ndarray

DRAWS = 150
"""Worlds that are drawn; the outlook is then known within 0.04."""

SPACING = 0.06
"""Spacing of the points at which a path is checked, m."""

SWAY = 0.06
"""Margin of a walking robot beside its own width, m."""

SLIPPED = 0.4
"""Outlook of a plan across a slippery place: only a trial gives more information."""

BLOCKED = 0.02
"""Outlook of a plan that the stated map contradicts; a map may be wrong."""

_RING = (-0.02, 0.12)  # m; as the guide that approaches things searches
_SEED = 77


@dataclass(slots=True)
class _Walk:
    """A plan traced on the stated map.

    Attributes:
        pose: Where the robot is by now.
        points: Corners of what was walked so far, m.
        visits: Things that it visited, with the pose there.
        blocked: Whether it cannot work by the map.
    """

    pose: Pose2
    points: list[Point] = field(default_factory=list)
    visits: list[tuple[SceneObject, Pose2]] = field(default_factory=list)
    blocked: bool = False

    def go(self, point: Point, yaw: float) -> None:
        """Walks straight to a point and ends with a heading."""
        if not self.points:
            self.points.append((self.pose.x, self.pose.y))
        self.points.append(point)
        self.pose = Pose2(point[0], point[1], yaw)


class Outlook:
    """Estimates plans by their paths over the stated map and its uncertainty."""

    def __init__(
        self, library: SkillLibrary, footprint: Footprint, doubt: Doubt, settings: ConnectorSettings | None = None
    ) -> None:
        """Keeps its parts.

        Args:
            library: Skills.
            footprint: Outline of the standing robot.
            doubt: How far the world may differ from what is known.
            settings: Numbers of the connector; None for the usual ones.
        """
        self._library, self._foot, self._doubt = library, footprint, doubt
        self._settings = settings or ConnectorSettings()

    def chances_of(self, situation: TrialSituation, plans: Sequence[Plan]) -> list[float]:
        """Estimated chance of success of each plan, 0 to 1; 0.5 where nothing can be estimated.

        Args:
            situation: Where they begin.
            plans: The plans.
        """
        return [self._one(situation, plan) for plan in plans]

    def _one(self, situation: TrialSituation, plan: Plan) -> float:
        """The chance of one plan."""
        scene = situation.scene
        if scene.robot is None or plan.tree is None or plan.tree.conditional:
            return 0.5
        outlines, walk = Outlines.from_objects(scene.objects.values()), _Walk(scene.robot)
        for node in plan.steps:
            self._step(node, walk, situation, outlines)
        if walk.blocked:
            return BLOCKED
        chance = self._clear(walk, situation)
        return chance * SLIPPED if self._slips(walk, situation) else chance

    def _step(self, node: PlanNode, walk: _Walk, situation: TrialSituation, outlines: Outlines) -> None:
        """One step on the map; what does not move the robot is left out."""
        spec, objects = self._library[node.skill], situation.scene.objects
        made = {e.predicate for e in map(Literal.parse, spec.effects) if e.positive}
        names = [str(v) for k, v in node.arguments.items() if spec.parameter(k).type == "object"]
        named = [objects[name] for name in names if name in objects]
        if {"forward", "left"} <= {p.name for p in spec.goal}:
            way = Pose2(float(node.arguments["forward"]), float(node.arguments["left"]), 0.0)
            goal, here = walk.pose.compose(way), (walk.pose.x, walk.pose.y)
            reach = self._foot.front if way.x > abs(way.y) else self._foot.side
            if not way_is_free(outlines, here, (goal.x, goal.y), limits_from(outlines, here, reach)):
                walk.blocked = True
            walk.go((goal.x, goal.y), walk.pose.yaw)
        elif "near" in made and named:
            self._approach(named[0], walk, outlines, objects.values())
        elif "facing" in made and named:
            turn = walk.pose.bearing_to(*named[0].position[:2])
            walk.pose = Pose2(walk.pose.x, walk.pose.y, wrap_angle(walk.pose.yaw + turn))

    def _approach(
        self, target: SceneObject, walk: _Walk, outlines: Outlines, things: Iterable[SceneObject]
    ) -> None:
        """Straight to an object where that is free, else along the guide's path."""
        here, centre = (walk.pose.x, walk.pose.y), (target.position[0], target.position[1])
        place = target.shape == "point"
        stand = 0.0 if place else self._foot.front + 0.04
        length = math.dist(here, centre)
        part = max(0.0, length - stand - (0.0 if place else target.radius)) / max(length, 1e-6)
        end = (here[0] + part * (centre[0] - here[0]), here[1] + part * (centre[1] - here[1]))
        wide, tight = (self._foot.side + c for c in (self._settings.clearance, self._settings.tight_clearance))
        limits = limits_from(outlines, here, wide)
        if target.id in outlines.names:
            limits[outlines.names.index(target.id)] = -1e9
        corners: tuple[Point, ...] = (end,)
        if not way_is_free(outlines, here, end, limits):
            reach = (0.0, self._settings.place_radius) if place else (stand + _RING[0], stand + _RING[1])
            found = (find_way(outlines, here, centre, reach, clear, target.id) for clear in (wide, tight))
            corners = next((way for way in found if way), ())
        if not corners:
            walk.blocked = True
            return
        for corner in corners:
            walk.go(corner, math.atan2(centre[1] - corner[1], centre[0] - corner[0]))
        if not place:
            walk.visits.append((target, walk.pose))
            walk.blocked = walk.blocked or not clear_sight(walk.pose, target, things)

    def _clear(self, walk: _Walk, situation: TrialSituation) -> float:
        """Share of sampled worlds in which the path is free and the objects are where they are expected."""
        rng, points = np.random.default_rng(_SEED), _along(walk.points)
        fine, visited = np.ones(DRAWS, bool), {thing.id for thing, _ in walk.visits}
        for thing in situation.scene.objects.values():
            if thing.shape == "point":
                continue
            spread = math.hypot(self._doubt.spread(thing, situation.now), self._doubt.robot_position)
            shift = rng.normal(0.0, spread, (DRAWS, 2))
            if len(points) and thing.id not in visited:
                moved = (points[None, :, :] - shift[:, None, :]).reshape(-1, 2)
                gap = Outlines.from_objects((thing,)).distances(moved).reshape(DRAWS, -1).min(axis=1)
                fine &= gap > self._foot.side + SWAY
            for target, pose in walk.visits:
                if target.id == thing.id:
                    fine &= _there(thing, pose, shift)
        return float(fine.mean())

    def _slips(self, walk: _Walk, situation: TrialSituation) -> bool:
        """Whether the path crosses a place that is stated to be slippery."""
        points = _along(walk.points)
        for thing in situation.scene.objects.values():
            if Fact("slippery", (thing.id,)) in situation.scene.facts and thing.shape == "point" and len(points):
                solid = SceneObject(thing.id, "patch", thing.position, thing.yaw, "box", thing.size)
                if (Outlines.from_objects((solid,)).distances(points) < self._foot.side).any():
                    return True
        return False


def _there(thing: SceneObject, pose: Pose2, shift: Array) -> Array:
    """In which samples the robot is near an object and faces it, bool, shape (DRAWS,)."""
    dx, dy = thing.position[0] + shift[:, 0] - pose.x, thing.position[1] + shift[:, 1] - pose.y
    off = np.arctan2(dy, dx) - pose.yaw
    near = np.hypot(dx, dy) - thing.radius < NEAR_GAP
    found: Array = near & (np.abs(np.arctan2(np.sin(off), np.cos(off))) <= FACING_ANGLE)
    return found


def _along(corners: Iterable[Point]) -> Array:
    """Points along a path, m, shape (N, 2)."""
    listed = list(corners)
    parts = [
        np.linspace(a, b, max(2, math.ceil(math.dist(a, b) / SPACING) + 1))
        for a, b in zip(listed, listed[1:], strict=False)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 2))
