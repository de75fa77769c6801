"""CorrectionLog: every correction with its situation and effect, in a file that the user can read and edit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.planner.dialogue.records.record_file import RecordFile

MOST_KEPT = 20_000
"""Most corrections that are kept; the oldest are dropped."""
RESTATED = "restated"
"""Kind of a correction by a new instruction that says the same with another argument or skill."""
TERMS = "terms"
"""Kind of a correction of a motion by its terms: about that one motion, so that no preference follows."""
LOOKS = "looks"
"""Name in a situation of kind and colour of the objects that a correction exchanged, by id."""
SKILL = "skill"
"""Name in an effect of the skill before and after."""


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """One correction.

    Attributes:
        words: What was said.
        kind: What was understood, e.g. ``slower``.
        robot: The robot.
        skill: Skill of the step that ran.
        arguments: Its arguments before.
        effect: By name of the argument, or ``pace``, or ``step`` for what ended or held it: the value before and after.
        taken: Whether it took effect.
        reason: What was answered.
        instruction: The words of the task.
        at: Wall time, s since 1970.
        task_time: Task time, s.
        operator: Who said it, or empty.
        lasting: Whether it was said for later too (*from now on*).
        situation: Where the robot was (``robot``: x m, y m, yaw rad), ``facts`` and ``objects`` by id (x m, y m), and
            :data:`LOOKS`.
        id: Number in the log; 0 before it is written.
    """

    words: str
    kind: str
    robot: str
    skill: str
    arguments: dict[str, Any]
    effect: dict[str, tuple[Any, Any]]
    taken: bool
    reason: str
    instruction: str
    at: float
    task_time: float
    operator: str = ""
    lasting: bool = False
    situation: dict[str, Any] = field(default_factory=dict)
    id: int = 0

    def to_json(self) -> dict[str, Any]:
        """The record as plain data."""
        return asdict(self)

    def pair(self) -> dict[str, Any]:
        """The record as a training pair: what was known, and the corrected arguments."""
        after = {name: values[1] for name, values in self.effect.items()}
        pace = {"pace": after.pop("pace")} if "pace" in after else {}
        skill = after.pop(SKILL, self.skill)
        given = {
            "instruction": self.instruction, "correction": self.words, "skill": self.skill,
            "arguments": self.arguments, "situation": self.situation,
        }  # fmt: skip
        kept = self.arguments if skill == self.skill else {}
        return {"input": given, "output": {"skill": skill, "arguments": {**kept, **after}, **pace}}


class CorrectionLog:
    """The corrections of one user, for all robots."""

    def __init__(self, path: Path) -> None:
        """Takes the file, which is made with the first correction.

        Args:
            path: The file.
        """
        self.file = RecordFile(path, MOST_KEPT)

    def add(self, record: CorrectionRecord) -> int:
        """Writes a record and gives its number; raises DataError when it cannot be written."""
        content = record.to_json()
        content.pop("id")
        return self.file.add(content)

    def records(self, robot: str = "") -> tuple[CorrectionRecord, ...]:
        """Everything that is kept, oldest first; of one robot, or of all. A file that is not there holds nothing.

        Raises:
            DataError: The file cannot be read.
        """
        found = (_record(number, content) for number, content in self.file.records())
        return tuple(record for record in found if robot in ("", record.robot))

    def delete(self, numbers: Iterable[int]) -> int:
        """Deletes records by their numbers and gives how many there were; raises DataError when it cannot."""
        return self.file.delete(numbers)


def _record(number: int, data: dict[str, Any]) -> CorrectionRecord:
    """A record as it was written; raises DataError for what is none."""
    try:
        effect = {name: (values[0], values[1]) for name, values in data["effect"].items()}
        return CorrectionRecord(**{**data, "effect": effect, "id": number})
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise DataError(f"correction {number} is no correction: {error}") from error
