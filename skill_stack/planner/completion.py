"""Completion: the steps that were asked for → the whole plan, with what is missing put in, checked and told."""

from __future__ import annotations

import functools

from skill_stack.core.errors import SkillStackError
from skill_stack.core.fact import Fact
from skill_stack.core.plan import PlanNode
from skill_stack.core.scene import SceneGraph
from skill_stack.core.steps import Part, Step, steps_of
from skill_stack.language.answers import Answer, refusal
from skill_stack.language.clauses.roles import Types, kinds_of
from skill_stack.language.implied.goals import Action
from skill_stack.language.made import Made
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.planner.memory import advice
from skill_stack.planner.summary import summary
from skill_stack.planner.symbolic.checker import LONGEST_PLAN, Checker, Unreachable, length, node_of, without
from skill_stack.planner.symbolic.tree import expanded


class Completion:
    """Makes plans of steps."""

    def __init__(self, spoken: SpokenLibrary) -> None:
        """Takes the skills.

        Args:
            spoken: The library.
        """
        self._spoken = spoken

    def finish(
        self,
        parts: list[Part],
        scene: SceneGraph,
        facts: frozenset[Fact],
        notes: list[str],
        banned: frozenset[str] = frozenset(),
    ) -> Made:
        """Puts in what composites stand for and what is missing, checks the steps, and builds the tree.

        Args:
            parts: The steps that were asked for.
            scene: What there is.
            facts: What is true now.
            notes: What was assumed, for people.
            banned: Skills that are not to be used.

        Raises:
            Answer: There is no plan.
        """
        try:
            parts = expanded(parts, self._spoken.library)
        except SkillStackError as error:
            raise refusal(f"I cannot do that: {error}.") from error
        if forbidden := next((step.spec.name for step in steps_of(parts) if step.spec.name in banned), ""):
            raise refusal(f"That needs {forbidden}, which I am not to do.")
        if length(parts) > LONGEST_PLAN:
            raise refusal(f"That would be {length(parts)} steps; I plan up to {LONGEST_PLAN} at a time.")
        library = self._spoken.library if not banned else without(self._spoken.library, banned)
        things = tuple(thing.id for thing in scene.objects.values() if thing.kind != "wall")
        checker = Checker(
            library, things, functools.cache(Types(self._spoken.lexicon, scene, kinds=kinds_of(library)).unfit)
        )
        try:
            done, after = advice.complete(checker, self._spoken.library, parts, facts, scene, notes)
        except Unreachable as error:
            raise refusal(f"I cannot do that: {error}.") from error
        if not done:
            return self._settled(parts, scene, facts, notes)
        tree = PlanNode("sequence", tuple(node_of(part) for part in done), why="asked for")
        wrong = checker.check(tree, facts)  # a second look at the whole, rounds that are repeated included
        if wrong is not None:
            raise refusal(f"I cannot do that: {wrong}.")
        if length(done) > LONGEST_PLAN:
            raise refusal(f"That would be {length(done)} steps; I plan up to {LONGEST_PLAN} at a time.")
        made = {(e.predicate, e.arguments) for step in steps_of(done) for e in step.effects if e.positive}
        true = tuple(sorted(str(fact) for fact in after if (fact.predicate, fact.arguments) in made))
        return Made.of(tree, true, summary(done, scene, notes), notes)

    def enacted(self, action: Action, scene: SceneGraph, facts: frozenset[Fact], notes: list[str]) -> Made:
        """Tree, facts afterwards and summary of what a remark implies.

        Args:
            action: What it implies.
            scene: What there is.
            facts: What is true now.
            notes: What was assumed, for people.

        Raises:
            Answer: It cannot be done.
        """
        try:
            step = Step(action.spec, action.spec.complete(dict(action.arguments)), "asked for by what was said")
        except SkillStackError as error:
            raise refusal(f"I cannot do that: {error}.") from error
        return self.finish([step], scene, facts, notes)

    def stop(self, facts: frozenset[Fact]) -> list[Part]:
        """Standing still where nothing has to move for that.

        Args:
            facts: What is true now.

        Raises:
            Answer: There is no such skill, or the robot is in another posture; stopping needs no step then.
        """
        step = next((step for step in self._spoken.halts() if step.violated(facts) is None), None)
        if step is None:
            raise Answer("statement", "I stop and stay as I am.")
        return [step]

    def _settled(self, parts: list[Part], scene: SceneGraph, facts: frozenset[Fact], notes: list[str]) -> Made:
        """Keeping still, when everything asked for is so already.

        Raises:
            Answer: Nothing keeps still in this posture.
        """
        so = ", ".join(sorted({str(e) for step in steps_of(parts) for e in step.effects if e.positive}))
        for step in self._spoken.halts():
            if step.violated(facts) is None:
                tree = PlanNode("sequence", (node_of(step),), why="asked for")
                return Made.of(tree, (), f"{so} holds already, so I {summary([step], scene)[2:]}", notes)
        raise Answer("statement", f"There is nothing to do: {so} holds already.")
