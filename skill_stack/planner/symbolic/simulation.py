"""Simulation of a plan over facts, step by step, up to the first thing that cannot be done."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step, steps_of
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.planner.symbolic.assume import assumed
from skill_stack.planner.symbolic.together import Clash, compatible, merged
from skill_stack.planner.symbolic.tree import expanded, parts_of, put_in


@dataclass(frozen=True, slots=True)
class Violation:
    """Why a plan cannot be done.

    Attributes:
        skill: The step that cannot be done.
        condition: The fact that does not hold, or the argument that is wrong, in words of the data.
        number: Number of the step in nominal order, from 1; those that only another case reaches come after it.
    """

    skill: str
    condition: str
    number: int

    def __str__(self) -> str:
        return f"step {self.number} ({self.skill}) needs {self.condition}"


class _Stuck(SkillStackError):
    """Carries a violation out of the tree."""

    def __init__(self, found: Violation) -> None:
        super().__init__(str(found))
        self.found = found


def violation(library: SkillLibrary, tree: PlanNode, facts: frozenset[Fact]) -> Violation | None:
    """The first violation when a tree is done from some facts on, or None.

    Of a condition both sides are done, each from what is true there; of what is repeated until something is so two
    rounds. Branches of a parallel node each begin with the same facts and must not be in each other's way.

    Args:
        library: Skills.
        tree: Any tree.
        facts: What is true before.
    """
    try:
        _Simulation(library).node(tree, facts)
    except _Stuck as stuck:
        return stuck.found
    return None


@dataclass(slots=True)
class _Simulation:
    """One pass over a tree.

    Attributes:
        library: Skills.
        number: Steps so far.
    """

    library: SkillLibrary
    number: int = 0

    def node(self, node: PlanNode, facts: frozenset[Fact]) -> frozenset[Fact]:
        """The facts after a node."""
        if node.type == "skill":
            return self._skill(node, facts)
        if node.type == "parallel":
            return self._parallel(node, facts)
        if node.type == "condition":
            return self._condition(node, facts)
        if node.type == "repeat":
            return self._repeat(node, facts)
        return self._all(node, facts)

    def _all(self, node: PlanNode, facts: frozenset[Fact]) -> frozenset[Fact]:
        for child in node.children:
            facts = self.node(child, facts)
        return facts

    def _skill(self, node: PlanNode, facts: frozenset[Fact]) -> frozenset[Fact]:
        self.number += 1
        try:
            spec = self.library[node.skill]
            step = Step(spec, spec.complete(dict(node.arguments)))
        except SkillStackError as error:
            raise _Stuck(Violation(node.skill, str(error), self.number)) from error
        if spec.composite is not None:
            self.number -= 1
            return self.node(put_in(spec.composite.tree(), step.arguments), facts)
        broken = step.violated(facts)
        if broken is not None:
            raise _Stuck(Violation(node.skill, str(broken), self.number))
        return step.after(facts)

    def _repeat(self, node: PlanNode, facts: frozenset[Fact]) -> frozenset[Fact]:
        count = node.arguments.get("count", 1)
        if "until" not in node.arguments:
            for _ in range(count if isinstance(count, int) else 1):
                facts = self._all(node, facts)
            return facts
        literal = self._literal(node, "until")
        once = self._all(node, facts)
        return assumed(self.library, (literal,), once & self._all(node, once))

    def _condition(self, node: PlanNode, facts: frozenset[Fact]) -> frozenset[Fact]:
        literal = self._literal(node, "fact")
        yes = assumed(self.library, (literal,), facts)
        if not node.children:
            return yes
        no = assumed(self.library, (Literal(literal.predicate, literal.arguments, not literal.positive),), facts)
        after = self.node(node.children[0], yes)
        return after & (self.node(node.children[1], no) if len(node.children) > 1 else no)

    def _parallel(self, node: PlanNode, facts: frozenset[Fact]) -> frozenset[Fact]:
        first = self.number + 1
        after = [self.node(child, facts) for child in node.children]
        steps = [tuple(steps_of(expanded(parts_of(child, self.library), self.library))) for child in node.children]
        try:
            compatible(self.library, steps)
        except Clash as clash:
            names = [step.spec.name for branch in steps for step in branch]
            number = first + len(names) - 1 - names[::-1].index(clash.other)
            raise _Stuck(Violation(clash.other, clash.condition, number)) from clash
        return merged(facts, after, steps, node.arguments.get("main"))

    def _literal(self, node: PlanNode, key: str) -> Literal:
        try:
            return Literal.parse(str(node.arguments.get(key, "")))
        except DataError as error:
            raise _Stuck(Violation(node.type, str(error), self.number + 1)) from error
