"""Completion: from requested steps to the whole plan: missing steps inserted, checked, with its texts."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Certainty, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Part, steps_of
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import Answer, Language, Reading, refusal
from skill_stack.planner.memory import advice
from skill_stack.planner.plan_summary import summary
from skill_stack.planner.reading_plans import ReadingPlans
from skill_stack.planner.symbolic.checker import LONGEST_PLAN, Checker, Unreachable, length, node_of, without
from skill_stack.planner.symbolic.together import Clash
from skill_stack.planner.symbolic.tree import expanded


class Completion:
    """Makes plans of steps."""

    def __init__(self, language: Language, library: SkillLibrary | None = None) -> None:
        """Takes the skills, with what is known of their objects.

        Args:
            language: Understands both.
            library: The same skills with other lessons; None for those of the language.
        """
        self._language, self._library = language, library or language.library

    def finish(self, reading: Reading, scene: SceneGraph, facts: frozenset[Fact]) -> ReadingPlans | Answer:
        """Expands composites, inserts missing steps, checks the steps, and builds the tree.

        Args:
            reading: The requested steps.
            scene: What there is.
            facts: What is true now.

        Returns:
            The plan; the answer where there is none.
        """
        banned, notes = reading.banned, list(reading.notes)
        try:
            parts = expanded(list(reading.parts), self._library)
        except SkillStackError as error:
            return refusal(f"I cannot do that: {error}.")
        if forbidden := next((step.spec.name for step in steps_of(parts) if step.spec.name in banned), ""):
            return refusal(f"That needs {forbidden}, which I am not to do.")
        if length(parts) > LONGEST_PLAN:
            return refusal(f"That would be {length(parts)} steps; I plan up to {LONGEST_PLAN} at a time.")
        library = self._library if not banned else without(self._library, banned)
        things = tuple(thing.id for thing in scene.objects.values() if thing.kind != "wall")
        checker = Checker(library, things, functools.cache(self._language.unfit(library, scene)))
        try:
            done, after = advice.complete(checker, self._library, parts, facts, scene, notes)
        except Unreachable as error:
            # Every other reading of two things at once would lose one of them.
            return replace(refusal(f"I cannot do that: {error}."), final=isinstance(error.__cause__, Clash))
        if not done:
            return self._settled(reading, parts, scene, facts)
        tree = PlanNode("sequence", tuple(node_of(part) for part in done), why="asked for")
        wrong = checker.check(tree, facts)  # a second look at the whole, rounds that are repeated included
        if wrong is not None:
            return refusal(f"I cannot do that: {wrong}.")
        if length(done) > LONGEST_PLAN:
            return refusal(f"That would be {length(done)} steps; I plan up to {LONGEST_PLAN} at a time.")
        made = {(e.predicate, e.arguments) for step in steps_of(done) for e in step.effects if e.positive}
        true = tuple(sorted(str(fact) for fact in after if (fact.predicate, fact.arguments) in made))
        said = summary(done, scene, notes)
        certainty = _certainty(reading, done, parts, scene)
        return self._told(reading, ReadingPlans(tree, true, said, certainty, notes=reading.notes))

    def stop(self, facts: frozenset[Fact]) -> Reading | Answer:
        """Standing still where no motion is needed for that.

        Args:
            facts: What is true now.

        Returns:
            The reading; the answer where there is no such skill, or the robot is in another posture: stopping needs no
            step then.
        """
        step = next((step for step in self._language.halts() if step.violated(facts) is None), None)
        return Reading((step,)) if step is not None else Answer("statement", "I stop and stay as I am.")

    def _settled(
        self, reading: Reading, parts: list[Part], scene: SceneGraph, facts: frozenset[Fact]
    ) -> ReadingPlans | Answer:
        """Standing still, when everything requested already holds; the answer if nothing keeps still like this."""
        so = ", ".join(sorted({str(e) for step in steps_of(parts) for e in step.effects if e.positive}))
        for step in self._language.halts():
            if step.violated(facts) is None:
                tree = PlanNode("sequence", (node_of(step),), why="asked for")
                told = f"{so} holds already, so I {summary([step], scene)[2:]}"
                return self._told(reading, ReadingPlans(tree, (), told, reading.certainty))
        return Answer("statement", f"There is nothing to do: {so} holds already.", about="settled")

    def _told(self, reading: Reading, made: ReadingPlans) -> ReadingPlans:
        """A plan with its texts."""
        tree, facts, sentence = self._language.told(reading, made.tree, made.facts, made.summary)
        return made._replace(tree=tree, facts=facts, summary=sentence)


def _certainty(reading: Reading, done: Iterable[Part], asked: Iterable[Part], scene: SceneGraph) -> Certainty:
    """That of a reading; less where something is put where nobody said, to have a hand free."""
    named = {str(value) for step in steps_of(asked) for value in step.arguments.values()}
    effects = (effect for step in steps_of(done) for effect in step.effects if effect.positive)
    pairs = (effect.arguments for effect in effects if len(effect.arguments) == 2)
    aside = any(thing in scene.objects and place in scene.objects and place not in named for thing, place in pairs)
    return "inferred" if aside else reading.certainty
