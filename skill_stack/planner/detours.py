"""Detours: alternative paths for a plan's steps: around, via a place, or beside the straight line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.planner.candidate import Variation, children_of, in_turn, things_in
from skill_stack.planner.route_alternatives import RouteAlternative, ways_to

STAND_OFF = 0.4
"""Assumed distance from base to outline at the end of going to an object, m."""

AHEAD = 0.6
"""Bearing up to which a path is walked without turning to the object first, rad."""

SIDESTEPS = (0.8, 1.2)
"""How far to the side a walk of some distance may be shifted, m."""


@dataclass(frozen=True, slots=True)
class Detours:
    """Makes detours; none is checked yet.

    Attributes:
        library: Skills of the robot.
    """

    library: SkillLibrary

    def ways(self, plan: Plan, scene: SceneGraph) -> Iterator[Variation]:
        """Displacements before going to an object, so that the robot goes round or comes from another side."""
        mover = next((spec for spec in self.library if _displaces(spec)), None)
        if mover is None or scene.robot is None:
            return
        children = children_of(plan)
        things = list(scene.objects.values())
        streams = []
        pose: Pose2 | None = scene.robot
        for number, node in enumerate(children):
            if pose is not None and self._travels(node):
                target = next(iter(things_in(node, self.library, scene)), None)
                if target is not None:
                    ways = sorted(ways_to(pose, target, things), key=_length_from(pose, target))
                    streams.append(self._led(children, number, pose, target, ways, mover))
            pose = self._expected(node, pose, scene)
        yield from in_turn(streams)

    def _led(
        self,
        children: Sequence[PlanNode],
        number: int,
        pose: Pose2,
        target: SceneObject,
        ways: Sequence[RouteAlternative],
        mover: SkillSpec,
    ) -> Iterator[Variation]:
        """A step with each of the paths before it."""
        several = sum(self._travels(node) for node in children) > 1
        for way in ways:
            nodes, heading = [], pose.yaw
            if abs(pose.bearing_to(*way.points[0])) > AHEAD:
                turner = next((spec for spec in self.library if _faces(spec)), None)
                if turner is None:
                    return
                parameter = next(p.name for p in turner.goal if p.type == "object")
                arguments = turner.complete({parameter: target.id})
                nodes.append(PlanNode("skill", skill=turner.name, arguments=arguments, why=f"to {way.label}"))
                heading = pose.yaw + pose.bearing_to(*target.position[:2])
            nodes += _moves(mover, (pose.x, pose.y), heading, way)
            label = f"{way.label} to the {target.label}" if several else way.label
            yield Variation((*children[:number], *nodes, *children[number:]), label)

    def via(self, plan: Plan, scene: SceneGraph) -> Iterator[Variation]:
        """Via before going to an object: a place of the map near the path."""
        children = children_of(plan)
        pose = scene.robot
        for number, node in enumerate(children):
            target = next(iter(things_in(node, self.library, scene)), None)
            if pose is None or not self._travels(node) or target is None:
                continue
            parameter = next(p.name for p in self.library[node.skill].goal if p.type == "object")
            middle = ((pose.x + target.position[0]) / 2, (pose.y + target.position[1]) / 2)
            reach = pose.distance_to(*target.position[:2])
            places = [
                thing
                for thing in scene.objects.values()
                if thing.shape == "point"
                and thing.id not in ("start", target.id)
                and not _avoided(thing, scene)
                and math.dist(thing.position[:2], middle) < reach
            ]
            for place in sorted(places, key=lambda one: math.dist(one.position[:2], middle))[:2]:
                arguments = self.library[node.skill].complete({parameter: place.id})
                first = PlanNode("skill", skill=node.skill, arguments=arguments, why=f"by way of {place.label}")
                yield Variation((*children[:number], first, *children[number:]), f"go by way of {place.label}")
            pose = self._expected(node, pose, scene)

    def sidesteps(self, plan: Plan, scene: SceneGraph) -> Iterator[Variation]:
        """A displacement shifted to the side, with the same end."""
        children = children_of(plan)
        for number, node in enumerate(children):
            if node.type != "skill" or not _displaces(self.library[node.skill]):
                continue
            spec = self.library[node.skill]
            forward, left = float(node.arguments["forward"]), float(node.arguments["left"])
            aside, word = ("left", ("left", "right")) if abs(forward) >= abs(left) else ("forward", ("front", "back"))
            for size in SIDESTEPS:
                for sign in (1, -1):
                    out, back = (
                        PlanNode("skill", skill=spec.name, arguments=spec.complete({aside: way}), why=why)
                        for way, why in ((sign * size, "to go round"), (-sign * size, "to get back into line"))
                    )
                    label = f"go round, {size:g} m to the {word[0] if sign > 0 else word[1]}"
                    yield Variation((*children[:number], out, node, back, *children[number + 1 :]), label)

    def _expected(self, node: PlanNode, pose: Pose2 | None, scene: SceneGraph) -> Pose2 | None:
        """The expected pose of the robot after a step."""
        if pose is None or node.type != "skill":
            return None
        spec = self.library[node.skill]
        target = next(iter(things_in(node, self.library, scene)), None)
        if self._travels(node) and target is not None:
            yaw = wrap_angle(pose.yaw + pose.bearing_to(*target.position[:2]))
            stand = target.radius + STAND_OFF
            x, y = target.position[:2]
            return Pose2(x - stand * math.cos(yaw), y - stand * math.sin(yaw), yaw)
        if _faces(spec) and target is not None:
            return Pose2(pose.x, pose.y, wrap_angle(pose.yaw + pose.bearing_to(*target.position[:2])))
        if _displaces(spec):
            return pose.compose(Pose2(float(node.arguments["forward"]), float(node.arguments["left"]), 0.0))
        moved = any(Literal.parse(text).predicate in ("near", "facing") for text in spec.effects)
        return None if moved else pose

    def _travels(self, node: PlanNode) -> bool:
        """Whether a step ends near an object."""
        return node.type == "skill" and any(
            e.positive and e.predicate == "near" and e.arguments[:1] == ("robot",)
            for e in map(Literal.parse, self.library[node.skill].effects)
        )


def _moves(mover: SkillSpec, start: tuple[float, float], heading: float, way: RouteAlternative) -> list[PlanNode]:
    """A path as displacements at constant heading."""
    nodes, here = [], start
    c, s = math.cos(heading), math.sin(heading)
    for point in way.points:
        dx, dy = point[0] - here[0], point[1] - here[1]
        wanted = {"forward": round(c * dx + s * dy, 2), "left": round(c * dy - s * dx, 2)}
        try:
            arguments = mover.complete(wanted)
        except SkillStackError:
            return []
        nodes.append(PlanNode("skill", skill=mover.name, arguments=arguments, why=f"to {way.label}"))
        here = point
    return nodes


def _length_from(pose: Pose2, target: SceneObject) -> Callable[[RouteAlternative], float]:
    end = (target.position[0], target.position[1])
    return lambda way: way.length((pose.x, pose.y), end)


def _displaces(spec: SkillSpec) -> bool:
    """Whether a skill walks a displacement."""
    units = {p.name: p.unit for p in spec.goal if p.type == "number"}
    return units.get("forward") == "m" and units.get("left") == "m" and len(units) == len(spec.goal)


def _faces(spec: SkillSpec) -> bool:
    """Whether a skill only turns to an object."""
    changed = {e.predicate for e in map(Literal.parse, spec.effects)}
    return changed == {"facing"} and [p.type for p in spec.goal] == ["object"]


def _avoided(place: SceneObject, scene: SceneGraph) -> bool:
    return Fact("slippery", (place.id,)) in scene.facts
