"""Candidates: alternative checked plans for the same words, to be rehearsed before one runs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill import HAZARDS
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner.candidate import USUAL, Candidate, Variation, children_of, in_turn, key, things_in
from skill_stack.planner.detours import Detours
from skill_stack.planner.open_objects import fitting, left_open
from skill_stack.planner.plan_summary import summary
from skill_stack.planner.plan_variants import PlanVariants
from skill_stack.planner.planner_protocol import PlannerProtocol
from skill_stack.planner.symbolic.checker import Checker

_ORDERED = re.compile(r"\b(then|first|second|after|afterwards|before|next|last|finally|order|once|when)\b", re.I)


class Candidates:
    """Makes candidates; every one passes the checker that the planner uses, from the same facts."""

    def __init__(self, planner: PlannerProtocol) -> None:
        """Keeps the planner."""
        self._planner = planner

    @property
    def _library(self) -> SkillLibrary:
        """The planner's present library; it may learn."""
        return self._planner.library

    def for_instruction(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], most: int = 10
    ) -> tuple[Candidate, ...]:
        """The plan of an instruction, and alternatives; nothing when the words give no plan.

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
        """A given plan, and alternatives for the same words that are no more hazardous; see :meth:`for_instruction`."""
        if plan.tree is None:
            return ()
        found = [Candidate(plan, USUAL)]
        seen, hazard = {key(plan.tree)}, self._hazard(plan)
        for one in in_turn(self._kinds(plan, instruction, scene, facts)):
            if len(found) >= most:
                break
            if one.plan.tree is not None and key(one.plan.tree) not in seen and self._hazard(one.plan) <= hazard:
                seen.add(key(one.plan.tree))
                label = one.label if one.label not in {c.label for c in found} else f"{one.label} ({len(found)})"
                found.append(Candidate(replace(one.plan, id=f"{plan.id}-{len(found)}"), label))
        return tuple(found)

    def _hazard(self, plan: Plan) -> int:
        """How hazardous the worst step of a plan is, as an index."""
        return max(HAZARDS.index(self._library.hazard(step.skill)) for step in plan.steps) if plan.steps else 0

    def _kinds(
        self, plan: Plan, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]
    ) -> list[Iterator[Candidate]]:
        """One stream of candidates for each kind of variation."""
        streams = [self._objects(plan, instruction, scene, facts)]
        if plan.tree is not None and plan.tree.type == "sequence":
            detours, others = Detours(self._library), PlanVariants(self._library)
            made = [
                self._orders(plan, scene), detours.ways(plan, scene), detours.sidesteps(plan, scene),
                others.skills(plan), others.put_in(plan, scene, facts), detours.via(plan, scene), others.numbers(plan),
            ]  # fmt: skip
            streams += [self._checked(plan, variations, scene, facts) for variations in made]
        return streams

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
        """Effects of a tree, as text."""
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
        """Another object of the kind where the words leave it open (``a ball``, ``any box``)."""
        used = {str(value) for step in plan.steps for value in step.arguments.values() if value in scene.objects}
        for name in sorted(used):
            thing = scene.objects[name]
            words = left_open(instruction.text, thing)
            if words is None:
                continue
            for other in fitting(thing, words, scene):
                label = f"take the {other.label}"
                if sum(one.label == other.label for one in scene.things) > 1:  # no words mean this one alone
                    yield from self._exchanged(plan, name, other, label, scene, facts)
                    continue
                text = words.named(instruction.text, other)
                made = self._planner.plan(replace(instruction, text=text), scene, facts)
                taken = {value for step in made.steps for value in step.arguments.values()}
                if made.status == "plan" and other.id in taken and name not in taken:
                    yield Candidate(replace(made, instruction=plan.instruction), label)

    def _exchanged(
        self, plan: Plan, name: str, other: SceneObject, label: str, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Iterator[Candidate]:
        """A plan with one object replaced by another."""

        def changed(node: PlanNode) -> PlanNode:
            arguments = {key: other.id if value == name else value for key, value in node.arguments.items()}
            return replace(node, arguments=arguments, children=tuple(changed(child) for child in node.children))

        if plan.tree is not None and not plan.tree.conditional:
            one = Variation(changed(plan.tree).children, label, retold=True)
            yield from self._checked(plan, iter((one,)), scene, facts)

    # --- another order -------------------------------------------------------------------------------------------

    def _orders(self, plan: Plan, scene: SceneGraph) -> Iterator[Variation]:
        """Several objects of one clause in another order; what follows keeps the last one."""
        children = children_of(plan)
        begin = 0
        while begin < len(children):
            end = begin + 1
            while end < len(children) and _alike(children[begin], children[end]):
                end += 1
            run = children[begin:end]
            free = run if end == len(children) else run[:-1]
            if 2 <= len(free) <= 5 and not _ORDERED.search(run[0].why):
                for order in list(itertools.permutations(free))[1:]:
                    labels = [thing.label for node in order for thing in things_in(node, self._library, scene)[:1]]
                    rest = run[len(free) :]
                    yield Variation(
                        (*children[:begin], *order, *rest, *children[end:]),
                        "take another order" if len(labels) < 3 else f"go to the {', the '.join(labels)} in this order",
                        retold=True,
                    )
            begin = end


def _alike(one: PlanNode, other: PlanNode) -> bool:
    """Whether two steps come from the same clause and do the same with different objects."""
    return one.type == other.type == "skill" and one.skill == other.skill and one.why == other.why
