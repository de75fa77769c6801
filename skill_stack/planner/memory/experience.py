"""Experience: the record of one task as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.setpoint import Outcome
from skill_stack.core.world.scene import SceneGraph, SceneObject

LONGEST_TEXT = 2000
"""Characters of a text that are kept."""
MOST_FACTS = 400
"""Facts that are kept of one moment."""
MOST_STEPS = 500
"""Steps that are kept of one task."""
MOST_OBJECTS = 300
"""Things that are kept of one scene."""


@dataclass(frozen=True, slots=True)
class ThingNote:
    """Stored data of one object of the scene.

    Attributes:
        id: Its name in facts.
        kind: Category.
        colour: Colour name, or an empty string.
        movable: Whether it moves when pushed.
        position: Centre in ``map``, m.
        confidence: How sure it was that it was there, 0 to 1.
    """

    id: str
    kind: str
    colour: str = ""
    movable: bool = False
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    confidence: float = 1.0

    @classmethod
    def from_object(cls, thing: SceneObject) -> ThingNote:
        """Stored data of an object."""
        x, y, z = (round(float(value), 3) for value in thing.position)
        return cls(thing.id, thing.kind, thing.colour, thing.movable, (x, y, z), round(thing.confidence, 2))


@dataclass(frozen=True, slots=True)
class StepRecord:
    """Record of one step.

    Attributes:
        skill: Its skill.
        arguments: Its arguments.
        outcome: How it ended.
        violated: The condition that was violated, or an empty string.
        reason: One sentence.
        seconds: Duration, s of task time.
        facts: What held when it began, sorted, as text.
        why: Why the plan had it.
        cause: Why it failed, as a type; empty where that was not told.
    """

    skill: str
    arguments: Mapping[str, Any]
    outcome: Outcome
    violated: str = ""
    reason: str = ""
    seconds: float = 0.0
    facts: tuple[str, ...] = ()
    why: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Experience:
    """Record of one task.

    Attributes:
        words: The instruction.
        robot: Name of the robot.
        time: When it ended, s since 1970 (wall time).
        seconds: How long it took, s of task time.
        outcome: ``succeeded``, ``failed`` or ``interrupted``; ``refusal`` and ``question`` where there was no plan.
        explanation: Why, in one sentence.
        things: The scene's things.
        facts: What held before, sorted, as text.
        tree: The plan's tree as plain data, or None.
        steps: Its steps in the order in which they ended.
        id: Number in the store; 0 before it is kept.
    """

    words: str
    robot: str
    time: float
    seconds: float
    outcome: str
    explanation: str = ""
    things: tuple[ThingNote, ...] = ()
    facts: tuple[str, ...] = ()
    tree: Mapping[str, Any] | None = None
    steps: tuple[StepRecord, ...] = ()
    id: int = 0

    def to_json(self) -> dict[str, Any]:
        """The experience as plain data, as ``skill-stack memory export`` writes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Experience:
        """The experience that plain data describe.

        Raises:
            DataError: They describe none.
        """
        try:
            given = dict(data)
            things = tuple(
                ThingNote(**{**one, "position": tuple(one.get("position", (0.0, 0.0, 0.0)))}) for one in given["things"]
            )
            steps = tuple(StepRecord(**{**one, "facts": tuple(one.get("facts", ()))}) for one in given["steps"])
            found = cls(**{**given, "things": things, "steps": steps, "facts": tuple(given.get("facts", ()))})
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise DataError(f"this is no experience: {error}; see 'skill-stack memory export' for the form") from error
        if not isinstance(found.words, str) or not isinstance(found.robot, str):
            raise DataError("this is no experience: 'words' and 'robot' are text")
        return found

    def limited(self) -> Experience:
        """The experience with everything cut to the stored lengths; what cannot be encoded becomes ``?``."""
        steps = tuple(
            replace(one, reason=_cut(one.reason), violated=_cut(one.violated), why=_cut(one.why),
                    facts=one.facts[:MOST_FACTS])
            for one in self.steps[:MOST_STEPS]
        )  # fmt: skip
        return replace(
            self, words=_cut(self.words), explanation=_cut(self.explanation), things=self.things[:MOST_OBJECTS],
            facts=self.facts[:MOST_FACTS], steps=steps,
        )  # fmt: skip


def things_of(scene: SceneGraph) -> tuple[ThingNote, ...]:
    """Stored data of a scene's objects; walls are left out."""
    return tuple(ThingNote.from_object(thing) for thing in scene.objects.values() if thing.kind != "wall")


def _cut(text: str) -> str:
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
