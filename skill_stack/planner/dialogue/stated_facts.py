"""StatedFacts: stores facts that people state, publishes them, and deletes those that they withdraw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph, as_name
from skill_stack.planner.dialogue.forgetting import Forgetting
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact, TaughtFacts


@dataclass(slots=True)
class StatedFacts:
    """The stated facts of one scene.

    Attributes:
        store: Where they are kept.
        scene: Name of the scene.
        spread: Makes them part of the scene.
        warn: Takes what went wrong.
    """

    store: TaughtFacts
    scene: str
    spread: Callable[[tuple[TaughtFact, ...]], None]
    warn: Callable[[str], None]
    _stamp: tuple[int, int] = (-1, -1)
    _passing: tuple[TaughtFact, ...] = ()

    def look(self) -> None:
        """Publishes the stored facts after a change, also by another process."""
        stamp = self.store.file.stamp
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self.spread(self._facts())
        except SkillStackError as error:
            self.warn(str(error))

    def _facts(self) -> tuple[TaughtFact, ...]:
        return (*self.store.facts(self.scene), *self._passing)

    def allow(self, fact: str, words: str, wall: float) -> None:
        """Takes what a person allows until the process ends: a camera may call another thing so some other day.

        Args:
            fact: The fact, as text.
            words: What it says.
            wall: Wall time, s since 1970.
        """
        self._passing = (*self._passing, TaughtFact(fact, words, self.scene, None, wall))
        self._stamp = (-1, -1)
        self.look()

    def learn(self, job: Job, plan: Plan, graph: SceneGraph, wall: float) -> str:
        """Stores the facts of a statement; returns an error, or an empty text."""
        pose = graph.robot
        at = None if pose is None else (pose.x, pose.y, pose.yaw)
        words, operator = job.instruction.text, job.instruction.operator
        told = [TaughtFact(fact, words, self.scene, at, wall, operator) for fact in plan.facts]
        try:
            self.store.learn(told)
        except SkillStackError as error:
            self.warn(str(error))
            return f"I cannot keep it: {error}"
        self.look()
        return ""

    def forget(self, wish: Forgetting, graph: SceneGraph, stated: tuple[str, ...] = ()) -> str:
        """Deletes or lists facts; returns the answer.

        Args:
            wish: The request.
            graph: The scene, for names of things.
            stated: For ``that``: the facts that the statement makes.

        Raises:
            SkillStackError: The store cannot be used.
        """
        if wish.kind == "list":
            told = ", ".join(fact.words.strip().rstrip(".") for fact in self._facts())
            return f"You told me: {told}." if told else "You have told me nothing that I keep."
        if wish.kind == "all":
            number = self.store.forget(fact.id for fact in self.store.facts(self.scene)) + self._withdraw(self._passing)
        elif wish.kind == "about":
            names = _names(wish.text, graph)
            number = sum(self.store.forget_about(name, self.scene) for name in names)
            number += self._withdraw(
                one for one in self._passing if not names.isdisjoint(Literal.parse(one.fact).arguments)
            )
        else:
            number = self.store.forget_facts(stated, self.scene)
        self.look()
        return f"Forgotten: {number} of what you told me." if number else "You have told me nothing of that kind."

    def _withdraw(self, facts: Iterable[TaughtFact]) -> int:
        """Takes back what was allowed; gives how much that was."""
        gone = tuple(facts)
        self._passing = tuple(one for one in self._passing if one not in gone)
        self._stamp = (-1, -1) if gone else self._stamp
        return len(gone)


def _names(text: str, graph: SceneGraph) -> set[str]:
    """Ids of objects that a text may mean, the text itself included."""
    wanted = as_name(text.split())
    called = {
        thing.id
        for thing in graph.objects.values()
        if wanted in {thing.id, as_name(thing.label.split()), *(as_name(name.split()) for name in thing.names)}
    }
    return called | {wanted}
