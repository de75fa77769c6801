"""StatedFacts: stores facts that people state, publishes them, and deletes those that they withdraw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skill_stack.core.errors import SkillStackError
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

    def look(self) -> None:
        """Publishes the stored facts after a change, also by another process."""
        stamp = self.store.file.stamp
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self.spread(self.store.facts(self.scene))
        except SkillStackError as error:
            self.warn(str(error))

    def learn(self, job: Job, facts: Iterable[str], graph: SceneGraph, wall: float, words: str = "") -> str:
        """Stores stated facts; returns an error, or an empty text.

        Args:
            job: The job of the words that state them.
            facts: The facts, as text.
            graph: The scene, for where the robot is.
            wall: Wall time, s since 1970.
            words: What they say, where the words of the job are only an answer.
        """
        pose = graph.robot
        at = None if pose is None else (pose.x, pose.y, pose.yaw)
        words, operator = words or job.instruction.text, job.instruction.operator
        told = [TaughtFact(fact, words, self.scene, at, wall, operator) for fact in facts]
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
            told = ", ".join(fact.words.strip().rstrip(".") for fact in self.store.facts(self.scene))
            return f"You told me: {told}." if told else "You have told me nothing that I keep."
        if wish.kind == "all":
            number = self.store.forget(fact.id for fact in self.store.facts(self.scene))
        elif wish.kind == "about":
            number = sum(self.store.forget_about(name, self.scene) for name in _names(wish.text, graph))
        else:
            number = self.store.forget_facts(stated, self.scene)
        self.look()
        return f"Forgotten: {number} of what you told me." if number else "You have told me nothing of that kind."


def _names(text: str, graph: SceneGraph) -> set[str]:
    """Ids of objects that a text may mean, the text itself included."""
    wanted = as_name(text.split())
    called = {
        thing.id
        for thing in graph.objects.values()
        if wanted in {thing.id, as_name(thing.label.split()), *(as_name(name.split()) for name in thing.names)}
    }
    return called | {wanted}
