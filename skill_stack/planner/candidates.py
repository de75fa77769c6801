"""Candidates: several checked plans for the same words, to be tried before one of them runs."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from skill_stack.core.errors import SkillStackError
from skill_stack.core.fact import Fact, Literal
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.skill import GoalParameter, SkillSpec
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.summary import summary
from skill_stack.planner.symbolic.checker import Checker, node_of, without
from skill_stack.planner.symbolic.search import same_end
from skill_stack.planner.symbolic.step import Step
from skill_stack.planner.ways import Way, ways_to

Item = TypeVar("Item")
USUAL = "the usual way"
"""Label of the plan that runs without a rehearsal."""

STAND_OFF = 0.4
"""Distance from base to outline at which going to a thing is taken to end, m."""

AHEAD = 0.6
"""Bearing up to which a way is walked without turning to the thing first, rad."""

SIDESTEPS = (0.8, 1.2)
"""How far to the side a walk of some distance may be shifted, m."""

SLOWER = 0.5
"""Part of a speed that nobody asked for by number."""

GAP = ("gap", "m")
"""Name and unit of a free space that a skill leaves before a thing."""

FARTHER = 0.05
"""What may be added to a gap that nobody asked for by number, m; less than what still counts as near."""

_ORDERED = re.compile(r"\b(then|first|second|after|afterwards|before|next|last|finally|order|once|when)\b", re.I)
_ANY = r"\b(?:an?|any|some|one of the)\s+((?:[a-z]+\s+){0,2}?)(%s)\b"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One checked plan.

    Attributes:
        plan: The plan.
        label: What is different about it, to go on from "I"; :data:`USUAL` for the first.
    """

    plan: Plan
    label: str


@dataclass(frozen=True, slots=True)
class Variation:
    """A tree that does the same in another way, not checked yet.

    Attributes:
        children: Steps of the sequence at the top.
        label: See :class:`Candidate`.
        retold: Whether the plan's own summary no longer says what is done.
    """

    children: tuple[PlanNode, ...]
    label: str
    retold: bool = False


class MakesPlans(Protocol):
    """What answers words; see :class:`skill_stack.planner.planner.Planner`."""

    @property
    def library(self) -> SkillLibrary:
        """Skills of the robot."""

    def plan(self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """Answers an instruction."""


class Cancels(MakesPlans, Protocol):
    """A planner whose wait can be ended."""

    def cancel(self) -> None:
        """Ends it."""


class Candidates:
    """Makes candidates; every one passes the checker that the planner uses, from the same facts."""

    def __init__(self, planner: MakesPlans) -> None:
        """Keeps the planner."""
        self._planner = planner

    @property
    def _library(self) -> SkillLibrary:
        """The planner's library of the moment; it may learn."""
        return self._planner.library

    def of(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], most: int = 10
    ) -> tuple[Candidate, ...]:
        """The plan that the words give, and others that do the same; nothing when the words give no plan.

        Args:
            instruction: The words.
            scene: What is known.
            facts: What is true now.
            most: Candidates at most, the first included.
        """
        return self.beside(self._planner.plan(instruction, scene, facts), instruction, scene, facts, most)

    def beside(
        self, plan: Plan, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], most: int = 10
    ) -> tuple[Candidate, ...]:
        """A plan that was made already, and others for the same words; see :meth:`of`."""
        if plan.tree is None:
            return ()
        found = [Candidate(plan, USUAL)]
        seen = {_key(plan.tree)}
        for one in _in_turn(self._kinds(plan, instruction, scene, facts)):
            if len(found) >= most:
                break
            if one.plan.tree is not None and _key(one.plan.tree) not in seen:
                seen.add(_key(one.plan.tree))
                label = one.label if one.label not in {c.label for c in found} else f"{one.label} ({len(found)})"
                found.append(Candidate(replace(one.plan, id=f"{plan.id}-{len(found)}"), label))
        return tuple(found)

    def _kinds(
        self, plan: Plan, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]
    ) -> list[Iterator[Candidate]]:
        """One stream of candidates for each kind of difference."""
        makers: list[Callable[[Plan, SceneGraph, frozenset[Fact]], Iterator[Variation]]] = [
            self._orders, self._ways, self._sidesteps, self._skills, self._put_in, self._via, self._numbers,
        ]  # fmt: skip
        flat = plan.tree is not None and plan.tree.type == "sequence"
        streams = [self._checked(plan, make(plan, scene, facts), scene, facts) for make in makers] if flat else []
        return [self._objects(plan, instruction, scene, facts), *streams]

    def _checked(
        self, plan: Plan, variations: Iterator[Variation], scene: SceneGraph, facts: frozenset[Fact]
    ) -> Iterator[Candidate]:
        """Those variations that the checker accepts."""
        assert plan.tree is not None
        checker = Checker(self._library, tuple(scene.objects))
        for one in variations:
            tree = replace(plan.tree, children=one.children)
            if checker.check(tree, facts) is None:
                reason = self._summary(tree, scene) if one.retold else plan.reason
                new = replace(plan, tree=tree, facts=self._afterwards(tree, facts), reason=reason)
                yield Candidate(new, one.label)

    def _summary(self, tree: PlanNode, scene: SceneGraph) -> str:
        steps = [Step(self._library[node.skill], node.arguments, node.why) for node in tree.skills()]
        return summary(steps, scene)

    def _afterwards(self, tree: PlanNode, facts: frozenset[Fact]) -> tuple[str, ...]:
        """What a tree makes true, as text."""
        made: set[Fact] = set()
        for node in tree.skills():
            step = Step(self._library[node.skill], node.arguments)
            facts = step.after(facts)
            made |= {Fact(e.predicate, e.arguments) for e in step.effects if e.positive}
        return tuple(sorted(str(fact) for fact in made & facts))

    # --- another thing -------------------------------------------------------------------------------------------

    def _objects(
        self, plan: Plan, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Iterator[Candidate]:
        """Where the words leave open which thing (``a ball``, ``any box``): another one of that kind."""
        used = {str(value) for step in plan.steps for value in step.arguments.values() if value in scene.objects}
        for name in sorted(used):
            thing = scene.objects[name]
            words = "|".join(re.escape(w) for w in sorted({thing.kind, *thing.names}, key=len, reverse=True))
            match = re.search(_ANY % words, instruction.text, re.I)
            if match is None:
                continue
            wanted = set(match[1].lower().split())
            for other in self._others(thing, match[2].lower(), wanted, scene):
                label = f"take the {other.label}"
                if sum(one.label == other.label for one in scene.things) > 1:  # no words mean this one alone
                    yield from self._exchanged(plan, name, other, label, scene, facts)
                    continue
                text = f"{instruction.text[: match.start()]}the {other.label}{instruction.text[match.end() :]}"
                made = self._planner.plan(replace(instruction, text=text), scene, facts)
                taken = {value for step in made.steps for value in step.arguments.values()}
                if made.status == "plan" and other.id in taken and name not in taken:
                    yield Candidate(replace(made, instruction=plan.instruction), label)

    def _exchanged(
        self, plan: Plan, name: str, other: SceneObject, label: str, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Iterator[Candidate]:
        """A plan with one thing in place of another."""

        def changed(node: PlanNode) -> PlanNode:
            arguments = {key: other.id if value == name else value for key, value in node.arguments.items()}
            return replace(node, arguments=arguments, children=tuple(changed(child) for child in node.children))

        if plan.tree is not None and not plan.tree.conditional:
            one = Variation(changed(plan.tree).children, label, retold=True)
            yield from self._checked(plan, iter((one,)), scene, facts)

    def _others(
        self, thing: SceneObject, noun: str, adjectives: set[str], scene: SceneGraph
    ) -> list[SceneObject]:
        """Things that the same words may mean, the nearest first."""
        pose = scene.robot or Pose2(0.0, 0.0, 0.0)
        found = [
            other
            for other in scene.things
            if other.id != thing.id and noun in (other.kind, *other.names) and adjectives <= {other.colour}
        ]
        return sorted(found, key=lambda other: pose.distance_to(*other.position[:2]))

    # --- another order -------------------------------------------------------------------------------------------

    def _orders(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Iterator[Variation]:
        """Several things that one clause asks for, in another order; what follows keeps the last where it is."""
        children = _children(plan)
        begin = 0
        while begin < len(children):
            end = begin + 1
            while end < len(children) and _alike(children[begin], children[end]):
                end += 1
            run = children[begin:end]
            free = run if end == len(children) else run[:-1]
            if 2 <= len(free) <= 5 and not _ORDERED.search(run[0].why):
                for order in list(itertools.permutations(free))[1:]:
                    labels = [thing.label for node in order for thing in self._things(node, scene)[:1]]
                    rest = run[len(free) :]
                    yield Variation(
                        (*children[:begin], *order, *rest, *children[end:]),
                        "take another order" if len(labels) < 3 else f"go to the {', the '.join(labels)} in this order",
                        retold=True,
                    )
            begin = end

    def _things(self, node: PlanNode, scene: SceneGraph) -> list[SceneObject]:
        """Things that a step is about, in the order of its skill's arguments."""
        if node.type != "skill":
            return []
        spec = self._library[node.skill]
        names = [node.arguments.get(p.name) for p in spec.goal if p.type == "object"]
        return [scene.objects[str(name)] for name in names if name in scene.objects]

    # --- another way ---------------------------------------------------------------------------------------------

    def _ways(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Iterator[Variation]:
        """Before going to a thing: some distances, so that the robot goes round or comes from another side."""
        mover = next((spec for spec in self._library if _displaces(spec)), None)
        if mover is None or scene.robot is None:
            return
        children = _children(plan)
        things = list(scene.objects.values())
        streams = []
        pose: Pose2 | None = scene.robot
        for number, node in enumerate(children):
            if pose is not None and self._travels(node):
                target = next(iter(self._things(node, scene)), None)
                if target is not None:
                    ways = sorted(ways_to(pose, target, things), key=_length_from(pose, target))
                    streams.append(self._led(children, number, pose, target, ways, mover))
            pose = self._expected(node, pose, scene)
        yield from _in_turn(streams)

    def _led(
        self,
        children: Sequence[PlanNode],
        number: int,
        pose: Pose2,
        target: SceneObject,
        ways: Sequence[Way],
        mover: SkillSpec,
    ) -> Iterator[Variation]:
        """A step with each of the ways before it."""
        several = sum(self._travels(node) for node in children) > 1
        for way in ways:
            nodes, heading = [], pose.yaw
            if abs(pose.bearing_to(*way.points[0])) > AHEAD:
                turner = next((spec for spec in self._library if _faces(spec)), None)
                if turner is None:
                    return
                parameter = next(p.name for p in turner.goal if p.type == "object")
                arguments = turner.complete({parameter: target.id})
                nodes.append(PlanNode("skill", skill=turner.name, arguments=arguments, why=f"to {way.label}"))
                heading = pose.yaw + pose.bearing_to(*target.position[:2])
            nodes += _moves(mover, (pose.x, pose.y), heading, way)
            label = f"{way.label} to the {target.label}" if several else way.label
            yield Variation((*children[:number], *nodes, *children[number:]), label)

    def _via(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Iterator[Variation]:
        """Before going to a thing: a place of the map that lies about on the way."""
        children = _children(plan)
        pose = scene.robot
        for number, node in enumerate(children):
            target = next(iter(self._things(node, scene)), None)
            if pose is None or not self._travels(node) or target is None:
                continue
            parameter = next(p.name for p in self._library[node.skill].goal if p.type == "object")
            middle = ((pose.x + target.position[0]) / 2, (pose.y + target.position[1]) / 2)
            reach = pose.distance_to(*target.position[:2])
            places = [
                thing
                for thing in scene.objects.values()
                if thing.shape == "point" and thing.id not in ("start", target.id) and not _avoided(thing, scene)
                and math.dist(thing.position[:2], middle) < reach
            ]
            for place in sorted(places, key=lambda one: math.dist(one.position[:2], middle))[:2]:
                arguments = self._library[node.skill].complete({parameter: place.id})
                first = PlanNode("skill", skill=node.skill, arguments=arguments, why=f"by way of {place.label}")
                yield Variation((*children[:number], first, *children[number:]), f"go by way of {place.label}")
            pose = self._expected(node, pose, scene)

    def _sidesteps(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Iterator[Variation]:
        """A distance that is walked by itself: the same beside it, ending at the same place."""
        children = _children(plan)
        for number, node in enumerate(children):
            if node.type != "skill" or not _displaces(self._library[node.skill]):
                continue
            spec = self._library[node.skill]
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
        """Where the robot is after a step, as far as that can be told."""
        if pose is None or node.type != "skill":
            return None
        spec = self._library[node.skill]
        target = next(iter(self._things(node, scene)), None)
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
        """Whether a step ends near a thing."""
        return node.type == "skill" and any(
            e.positive and e.predicate == "near" and e.arguments[:1] == ("robot",)
            for e in map(Literal.parse, self._library[node.skill].effects)
        )

    # --- another number, skill or step before --------------------------------------------------------------------

    def _numbers(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Iterator[Variation]:
        """A speed or gap that nobody asked for, in every step that has one: slower, or a little farther off."""
        changes: list[tuple[str, Callable[[GoalParameter, float], float | None]]] = [
            ("go slower", lambda p, usual: SLOWER * usual if p.unit == "m/s" else None),
            ("stop a little farther off", lambda p, usual: usual + FARTHER if (p.name, p.unit) == GAP else None),
        ]
        for label, change in changes:
            yield Variation(tuple(self._changed(node, change) for node in _children(plan)), label)

    def _changed(self, node: PlanNode, change: Callable[[GoalParameter, float], float | None]) -> PlanNode:
        """A step with some of its usual numbers changed; as it is where a number was asked for or leaves its range."""
        if node.type != "skill":
            return node
        arguments = dict(node.arguments)
        for parameter in self._library[node.skill].goal:
            usual = parameter.default
            if isinstance(usual, float | int) and arguments.get(parameter.name) == usual:
                other = change(parameter, float(usual))
                arguments[parameter.name] = usual if other is None else other
        try:
            return replace(node, arguments=self._library[node.skill].complete(arguments))
        except SkillStackError:
            return node

    def _skills(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Iterator[Variation]:
        """Another skill that makes the same true."""
        children = _children(plan)
        for number, node in enumerate(children):
            if node.type != "skill":
                continue
            spec = self._library[node.skill]
            for other in self._library:
                lasting = any(not text.startswith("not ") for text in spec.effects)
                if other.name == spec.name or not lasting or not same_end(spec, other):
                    continue
                names = {p.name for p in other.goal}
                try:
                    arguments = other.complete({k: v for k, v in node.arguments.items() if k in names})
                except SkillStackError:
                    continue
                new = replace(node, skill=other.name, arguments=arguments)
                yield Variation(
                    (*children[:number], new, *children[number + 1 :]), f"use {other.name.replace('_', ' ')}"
                )

    def _put_in(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Iterator[Variation]:
        """Other steps in place of those that nobody asked for: the gap closed without the skill that closed it."""
        children = _children(plan)
        if not all(node.type == "skill" for node in children):
            return
        asked = [node for node in children if node.why.startswith("asked")]
        names = {node.skill for node in children} - {node.skill for node in asked}
        parts = [Step(self._library[node.skill], node.arguments, node.why) for node in asked]
        for name in sorted(names):
            checker = Checker(without(self._library, frozenset({name})), tuple(scene.objects))
            try:
                done, _ = checker.complete(parts, facts)
            except SkillStackError:
                continue
            yield Variation(tuple(node_of(part) for part in done), f"do without {name.replace('_', ' ')}")


def _moves(mover: SkillSpec, start: tuple[float, float], heading: float, way: Way) -> list[PlanNode]:
    """A way as distances along a heading that is kept."""
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


def _length_from(pose: Pose2, target: SceneObject) -> Callable[[Way], float]:
    end = (target.position[0], target.position[1])
    return lambda way: way.length((pose.x, pose.y), end)


def _displaces(spec: SkillSpec) -> bool:
    """Whether a skill walks a distance forwards and to the side."""
    units = {p.name: p.unit for p in spec.goal if p.type == "number"}
    return units.get("forward") == "m" and units.get("left") == "m" and len(units) == len(spec.goal)


def _faces(spec: SkillSpec) -> bool:
    """Whether a skill turns to a thing and does nothing else."""
    made = [e for e in map(Literal.parse, spec.effects) if e.positive]
    return [e.predicate for e in made] == ["facing"] and [p.type for p in spec.goal] == ["object"]


def _avoided(place: SceneObject, scene: SceneGraph) -> bool:
    return Fact("slippery", (place.id,)) in scene.facts


def _alike(one: PlanNode, other: PlanNode) -> bool:
    """Whether two steps come of the same clause and do the same with different things."""
    return one.type == other.type == "skill" and one.skill == other.skill and one.why == other.why


def _children(plan: Plan) -> tuple[PlanNode, ...]:
    return plan.tree.children if plan.tree is not None else ()


def _key(tree: PlanNode) -> str:
    """What a tree does, whatever it is for."""
    if tree.type == "skill":
        return f"{tree.skill}{sorted(tree.arguments.items())}"
    return f"{tree.type}{sorted(tree.arguments.items())}[{','.join(_key(child) for child in tree.children)}]"


def _in_turn(streams: Sequence[Iterator[Item]]) -> Iterator[Item]:
    """One from each stream, then the next from each, until all are empty."""
    left = list(streams)
    while left:
        for stream in list(left):
            try:
                yield next(stream)
            except StopIteration:
                left.remove(stream)
