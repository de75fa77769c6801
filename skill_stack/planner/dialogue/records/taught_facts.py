"""TaughtFacts: stored facts that people stated, merged into the scene."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.planner.dialogue.records.record_file import RecordFile
from skill_stack.planner.teaching import taught

MOST_KEPT = 5000
"""Most facts that are kept; the oldest are dropped."""
_PLACES = ("on", "in")


@dataclass(frozen=True, slots=True)
class TaughtFact:
    """One fact as it was stated.

    Attributes:
        fact: As text, e.g. ``belongs_to(cup, speaker)``.
        words: What was said.
        scene: Scene that it is about.
        at: Where the robot was, x m, y m, yaw rad; None when that was not known.
        said: Wall time, s since 1970.
        operator: Who said it, or empty.
        id: Number; 0 before it is kept.
    """

    fact: str
    words: str
    scene: str
    at: tuple[float, float, float] | None = None
    said: float = 0.0
    operator: str = ""
    id: int = 0

    def to_json(self) -> dict[str, Any]:
        """The fact as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TaughtFact:
        """A fact as :meth:`to_json` gave it.

        Raises:
            DataError: It is none.
        """
        try:
            at = data.get("at")
            found = cls(**{**data, "at": None if at is None else (float(at[0]), float(at[1]), float(at[2]))})
            Literal.parse(found.fact)
        except (TypeError, ValueError, IndexError, KeyError) as error:
            raise DataError(f"this is no fact that was told: {error}") from error
        return found


class TaughtFacts:
    """The facts that one user stated, for all scenes."""

    def __init__(self, path: Path) -> None:
        """Takes the file, which is made with the first fact.

        Args:
            path: The file.
        """
        self.file = RecordFile(path, MOST_KEPT)

    def facts(self, scene: str = "") -> tuple[TaughtFact, ...]:
        """What is kept, oldest first; of one scene, or of all.

        Raises:
            DataError: The file cannot be read.
        """
        found = (TaughtFact.from_json({**content, "id": number}) for number, content in self.file.records())
        return tuple(fact for fact in found if scene in ("", fact.scene))

    def learn(self, told: Iterable[TaughtFact]) -> tuple[TaughtFact, ...]:
        """Stores facts, replacing those they contradict; returns the stored ones.

        What is about the robot itself (where it is, how it stands) is true only now and is not kept.

        Raises:
            DataError: They cannot be written, or one is no fact.
        """
        kept: list[TaughtFact] = []
        for fact in told:
            literal = Literal.parse(fact.fact)
            if literal.arguments[:1] == ("robot",):
                continue
            self.file.delete(old.id for old in self.facts(fact.scene) if _replaced(Literal.parse(old.fact), literal))
            content = fact.to_json()
            content.pop("id")
            kept.append(replace(fact, id=self.file.add(content)))
        return tuple(kept)

    def forget(self, numbers: Iterable[int]) -> int:
        """Deletes facts by their numbers and gives how many there were; raises DataError when it cannot."""
        return self.file.delete(numbers)

    def forget_facts(self, texts: Iterable[str], scene: str) -> int:
        """Deletes facts as they were stated and gives how many there were; raises DataError when it cannot."""
        wanted = {Literal.parse(text) for text in texts}
        return self.forget(old.id for old in self.facts(scene) if Literal.parse(old.fact) in wanted)

    def forget_about(self, name: str, scene: str) -> int:
        """Deletes all facts that name an object and returns their number; raises DataError when it cannot."""
        return self.forget(old.id for old in self.facts(scene) if name in Literal.parse(old.fact).arguments)


def with_taught_facts(scene: SceneGraph, facts: Iterable[TaughtFact]) -> SceneGraph:
    """A scene with stated facts; those about missing objects are left out.

    Args:
        scene: The scene without them.
        facts: The stated facts, oldest first.
    """
    for fact in facts:
        there = None if fact.at is None else Pose2(*fact.at)
        try:
            scene = replace(taught(replace(scene, robot=there), [fact.fact]), robot=scene.robot)
        except SkillStackError:
            continue
    return scene


def _replaced(old: Literal, new: Literal) -> bool:
    """Whether a new fact replaces an old one: the same, its opposite, another place, another owner."""
    if old.predicate == new.predicate and old.arguments == new.arguments:
        return True
    if not (old.positive and new.positive) or old.arguments[:1] != new.arguments[:1]:
        return False
    moved = old.predicate in _PLACES and new.predicate in _PLACES
    return moved or (old.predicate == new.predicate == "belongs_to")
