"""SkillEntry: one skill folder, usable or with the reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from skill_stack.core.skills.skill import SkillSpec


@dataclass(frozen=True, slots=True)
class SkillEntry:
    """One skill folder.

    Attributes:
        name: Name of the folder.
        folder: The folder, or None for a skill that came from a library file.
        spec: The skill, or None when its file is wrong.
        reason: Why the skill cannot be used; empty when it can.
        elsewhere: Whether it can be used only in another deployment, where another controller moves the joints.
    """

    name: str
    folder: Path | None
    spec: SkillSpec | None
    reason: str = ""
    elsewhere: bool = False

    @property
    def usable(self) -> bool:
        """Whether the skill can be used."""
        return not self.reason
