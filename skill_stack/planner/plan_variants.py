"""PlanVariants: a plan with other numbers, another skill, or other inserted steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill import GoalParameter
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step, same_end
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.candidate import Variation, children_of
from skill_stack.planner.symbolic.checker import Checker, node_of, without

SLOWER = 0.5
"""Part of a speed that the words leave open."""

GAP = ("gap", "m")
"""Name and unit of a free space that a skill leaves before a thing."""

FARTHER = 0.05
"""What may be added to a gap that the words leave open, m; less than what still counts as near."""


@dataclass(frozen=True, slots=True)
class PlanVariants:
    """Makes them; none is checked yet.

    Attributes:
        library: Skills of the robot.
    """

    library: SkillLibrary

    def numbers(self, plan: Plan) -> Iterator[Variation]:
        """A speed or gap that the words leave open, in every step that has one: slower, or a little farther off."""
        changes: list[tuple[str, Callable[[GoalParameter, float], float | None]]] = [
            ("go slower", lambda p, usual: SLOWER * usual if p.unit == "m/s" else None),
            ("stop a little farther off", lambda p, usual: usual + FARTHER if (p.name, p.unit) == GAP else None),
        ]
        for label, change in changes:
            yield Variation(tuple(self._changed(node, change) for node in children_of(plan)), label)

    def _changed(self, node: PlanNode, change: Callable[[GoalParameter, float], float | None]) -> PlanNode:
        """A step with some of its usual numbers changed; unchanged where a number was requested or leaves its range."""
        if node.type != "skill":
            return node
        arguments = dict(node.arguments)
        for parameter in self.library[node.skill].goal:
            usual = parameter.default
            if isinstance(usual, float | int) and arguments.get(parameter.name) == usual:
                other = change(parameter, float(usual))
                arguments[parameter.name] = usual if other is None else other
        if arguments == node.arguments:
            return node
        try:
            return replace(node, arguments=self.library[node.skill].complete(arguments))
        except SkillStackError:
            return node

    def skills(self, plan: Plan) -> Iterator[Variation]:
        """Another skill with the same effects."""
        children = children_of(plan)
        for number, node in enumerate(children):
            if node.type != "skill":
                continue
            spec = self.library[node.skill]
            for other in self.library:
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

    def put_in(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Iterator[Variation]:
        """Other inserted steps: the gap closed without the skill that closed it."""
        children = children_of(plan)
        if not all(node.type == "skill" for node in children):
            return
        asked = [node for node in children if node.why.startswith("asked")]
        names = {node.skill for node in children} - {node.skill for node in asked}
        parts = [Step(self.library[node.skill], node.arguments, node.why) for node in asked]
        for name in sorted(names):
            checker = Checker(without(self.library, frozenset({name})), tuple(scene.objects))
            try:
                done, _ = checker.complete(parts, facts)
            except SkillStackError:
                continue
            yield Variation(tuple(node_of(part) for part in done), f"do without {name.replace('_', ' ')}")
