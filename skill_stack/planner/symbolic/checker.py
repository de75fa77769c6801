"""Checker: preconditions and effects simulated step by step, gaps closed, the violated condition named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Both, Branch, Loop, Part, Step, Test, Until, steps_of
from skill_stack.core.world.fact import Fact, Literal, negated
from skill_stack.planner.symbolic.achievable import Achievable
from skill_stack.planner.symbolic.assume import assumed
from skill_stack.planner.symbolic.grounding import Unfit, accepts_everything
from skill_stack.planner.symbolic.macros import with_macros
from skill_stack.planner.symbolic.search import GapSearch
from skill_stack.planner.symbolic.simulation import Violation, violation
from skill_stack.planner.symbolic.together import Clash, compatible, merged
from skill_stack.planner.symbolic.tree import expanded

LONGEST_PLAN = 120
"""Steps that a plan may have when its repetitions are unrolled."""


class Unreachable(SkillStackError):
    """A step is impossible: its condition does not hold and no skill achieves it, or another one prevents it."""

    def __init__(self, skill: str, condition: str, sentence: str) -> None:
        """Names skill and condition."""
        super().__init__(sentence)
        self.skill, self.condition = skill, condition


@dataclass(frozen=True, slots=True)
class Checker:
    """Simulates plans over facts.

    Attributes:
        library: Skills.
        objects: Ids of things and places that inserted steps may use.
        unfit: Returns which of them are implausible as an argument of an inserted step.
    """

    library: SkillLibrary
    objects: tuple[str, ...] = ()
    unfit: Unfit = accepts_everything

    def check(self, tree: PlanNode, facts: frozenset[Fact]) -> Violation | None:
        """The first violation when a tree is done from some facts on, or None.

        Args:
            tree: Any tree; both sides of a condition must be possible.
            facts: What is true before.
        """
        return violation(self.library, tree, facts)

    def complete(
        self, parts: Iterable[Part], facts: frozenset[Fact], settle: bool = False
    ) -> tuple[tuple[Part, ...], frozenset[Fact]]:
        """Inserts missing steps.

        Args:
            parts: The requested steps and loops.
            facts: What is true before.
            settle: Whether to leave out postures that the robot is in already.

        Returns:
            The parts with what was put in, and the facts afterwards.

        Raises:
            Unreachable: A condition does not hold and nothing brings it about.
        """
        out: list[Part] = []
        for part in parts:
            if settle and isinstance(part, Step) and part.settled(facts):
                continue
            new, facts = self._part(part, facts)
            out += new
        return tuple(out), facts

    def _part(self, part: Part, facts: frozenset[Fact]) -> tuple[tuple[Part, ...], frozenset[Fact]]:
        """One part with what must come before it."""
        if isinstance(part, Branch):
            return self._branch(part, facts)
        if isinstance(part, Until):
            return self._until(part, facts)
        if isinstance(part, Both):
            return self._both(part, facts)
        if isinstance(part, Test):
            return (part,), assumed(self.library, (part.literal,), facts)
        return self._loop(part, facts) if isinstance(part, Loop) else self._step(part, facts)

    def _branch(self, branch: Branch, facts: frozenset[Fact]) -> tuple[tuple[Part, ...], frozenset[Fact]]:
        """Both sides, each from what is true on it; afterwards only what is true after either counts."""
        then, after = self.complete(branch.then, assumed(self.library, branch.literals, facts))
        denied = assumed(self.library, [negated(one) for one in branch.literals[:1]], facts)
        other, after_other = self.complete(branch.otherwise, denied if len(branch.literals) == 1 else facts)
        return (Branch(branch.literals, then, other, branch.why),), after & after_other

    def _until(self, part: Until, facts: frozenset[Fact]) -> tuple[tuple[Part, ...], frozenset[Fact]]:
        """What must come before once, and the body, which may be done again and again; afterwards the fact holds."""
        undone = str(negated(part.literal))
        for step in steps_of(part.body):
            if not step.violated(facts) and any(str(effect) == undone for effect in step.effects):
                name = step.spec.name
                raise Unreachable(name, str(part.literal), f"{name} brings about {undone}, so it does not end that way")
        first, after = self.complete(part.body, facts)
        again, last = self.complete(part.body, after)
        lead = len(first) - len(again)
        same = lead >= 0 and _same(first[lead:], again)
        before, body = (first[:lead], again) if same else ((), first)
        return (*before, replace(part, body=body)), assumed(self.library, (part.literal,), after & last)

    def _step(self, step: Step, facts: frozenset[Fact]) -> tuple[tuple[Part, ...], frozenset[Fact]]:
        """One step with what must come before it."""
        broken = step.violated(facts)
        if broken is None:
            return (step,), step.after(facts)
        before = GapSearch(with_macros(self.library), self.objects, self.unfit).close(facts, step.needs)
        if before is None:
            name = step.spec.name
            lacking = Achievable(self.library, facts).lacking(step.needs)
            broken = broken if lacking is None else lacking.wanted
            sentence = f"{name} needs {broken}, and I know no way to bring that about"
            if lacking is not None and lacking.needs is not None:
                sentence += f": {lacking.skill} would, and needs {lacking.needs}"
            raise Unreachable(name, str(broken), sentence)
        named = tuple(one for put_in in before for one in self._named(put_in, step))
        for one in named:
            facts = one.after(facts)
        return (*named, step), step.after(facts)

    def _named(self, put_in: Step, step: Step) -> tuple[Step, ...]:
        """An inserted step with its reason; a composite as its steps."""
        why = f"{step.spec.name} needs {_served(put_in, step)}"
        if put_in.spec.composite is None:
            return (replace(put_in, why=why),)
        why += f" ({put_in.spec.name.replace('_', ' ')})"
        return tuple(replace(one, why=why) for one in steps_of(expanded([put_in], self.library)))

    def _both(self, both: Both, facts: frozenset[Fact]) -> tuple[tuple[Part, ...], frozenset[Fact]]:
        """The initial needs of all branches before them; then each branch by itself, without conflicts."""
        lead: list[Part] = []
        for branch in both.branches:
            for step in _put_in_first(branch, self.complete(branch, facts)[0]):
                lead.append(step)
                facts = step.after(facts)
        done = [self.complete(branch, facts) for branch in both.branches]
        steps = [tuple(steps_of(branch)) for branch, _ in done]
        try:
            told = compatible(self.library, steps)
        except Clash as clash:
            raise Unreachable(clash.other, clash.condition, str(clash)) from clash
        after = merged(facts, [one for _, one in done], steps, both.main)
        return (*lead, replace(both, branches=tuple(branch for branch, _ in done), told=told)), after

    def _loop(self, loop: Loop, facts: frozenset[Fact]) -> tuple[tuple[Part, ...], frozenset[Fact]]:
        """A loop whose body needs the same steps each time; else its rounds one after the other."""
        first, after = self.complete(loop.body, facts)
        second, last = self.complete(loop.body, after)
        if loop.count == 1:
            return first, after
        lead = len(first) - len(second)
        if lead >= 0 and _same(first[lead:], second) and _same(self.complete(loop.body, last)[0], second):
            return (*first[:lead], Loop(second, loop.count, loop.why)), last
        rounds: list[Part] = list(first)
        for _ in range(loop.count - 1):
            more, after = self.complete(loop.body, after)
            rounds += more
        return tuple(rounds), after


def _put_in_first(asked: Iterable[Part], done: Iterable[Part]) -> tuple[Step, ...]:
    """The steps with which completed parts begin that were not requested."""
    known = list(steps_of(asked))
    return tuple(p for p in takewhile(lambda p: isinstance(p, Step) and p not in known, done) if isinstance(p, Step))


def _served(before: Step, step: Step) -> str:
    """The needed literals that a put-in step serves, or what it makes true for a later one."""
    made = {str(effect) for effect in before.effects if effect.positive or "*" not in effect.arguments}
    needed = [str(literal) for literal in step.needs if str(literal) in made]
    return ", ".join(needed) or ", ".join(sorted(made)) or str(before.effects[0])


def _same(one: Iterable[Part], other: Iterable[Part]) -> bool:
    """Whether two sequences do the same."""

    def plain(part: Part) -> object:
        if isinstance(part, Loop):
            return part.count, tuple(plain(inner) for inner in part.body)
        if isinstance(part, Until):
            return part.literal, tuple(plain(inner) for inner in part.body)
        if isinstance(part, Both):
            return part.main, tuple(tuple(plain(inner) for inner in branch) for branch in part.branches)
        if isinstance(part, Test):
            return part.literal
        if isinstance(part, Branch):
            sides = tuple(plain(one) for one in part.then), tuple(plain(one) for one in part.otherwise)
            return part.literals, *sides
        return part.spec.name, tuple(sorted(part.arguments.items()))

    return [plain(part) for part in one] == [plain(part) for part in other]


_IF_SO: dict[bool, dict[str, Any]] = {True: {"independent": True}, False: {}}


def node_of(part: Part) -> PlanNode:
    """A part as a node of a plan."""
    if isinstance(part, Branch):
        return _branch_node(part, part.literals)
    if isinstance(part, Until):
        body = tuple(node_of(inner) for inner in part.body)
        return PlanNode("repeat", body, arguments={"until": str(part.literal), "seconds": part.seconds}, why=part.why)
    if isinstance(part, Test):
        return PlanNode("condition", arguments={"fact": str(part.literal)}, why=part.why)
    if isinstance(part, Both):
        return _both_node(part)
    if isinstance(part, Loop):
        return PlanNode(
            "repeat", tuple(node_of(inner) for inner in part.body), arguments={"count": part.count}, why=part.why
        )
    return PlanNode("skill", skill=part.spec.name, arguments=dict(part.arguments), why=part.why)


def without(library: SkillLibrary, names: frozenset[str]) -> SkillLibrary:
    """The library without some skills."""
    return replace(library, entries={name: one for name, one in library.entries.items() if name not in names})


def _both_node(both: Both) -> PlanNode:
    """Branches side by side; one of a single step is that step."""
    children = tuple(
        node_of(branch[0]) if len(branch) == 1 else PlanNode("sequence", tuple(node_of(part) for part in branch))
        for branch in both.branches
    )
    arguments = {"main": both.main} if both.main is not None else {}
    why = "; ".join(one for one in (both.why, *both.told) if one)
    return PlanNode("parallel", children, arguments={**arguments, **_IF_SO[both.independent]}, why=why)


def _branch_node(branch: Branch, literals: tuple[Literal, ...]) -> PlanNode:
    """A branch as one condition within the other, a node for each fact; ``otherwise`` stands in each."""
    other = PlanNode("sequence", tuple(node_of(part) for part in branch.otherwise), why="otherwise")
    if len(literals) > 1:
        then = _branch_node(branch, literals[1:])
    else:
        then = PlanNode("sequence", tuple(node_of(part) for part in branch.then), why="then")
    children = (then, other) if branch.otherwise else (then,)
    return PlanNode("condition", children, arguments={"fact": str(literals[0])}, why=branch.why)


def length(parts: Iterable[Part]) -> int:
    """Steps when repetitions are unrolled."""
    return sum(_length(part) for part in parts)


def _length(part: Part) -> int:
    """Steps of one part; of a branch the longer side."""
    if isinstance(part, Branch):
        return max(length(part.then), length(part.otherwise))
    if isinstance(part, Until):
        return length(part.body)
    if isinstance(part, Both):
        return sum(length(branch) for branch in part.branches)
    if isinstance(part, Test):
        return 0
    return part.count * length(part.body) if isinstance(part, Loop) else 1
