"""TaughtLibrary: a skill library that knows the lessons of its robot."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner.memory.lessons import Lessons


@dataclass(frozen=True, slots=True)
class TaughtLibrary(SkillLibrary):
    """A library with lessons.

    Attributes:
        lessons: What was learnt.
    """

    lessons: Lessons = field(default_factory=Lessons)
