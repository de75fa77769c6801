"""Skills with a policy too slow for the control loop."""

from __future__ import annotations

from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary


def slow_skills(library: SkillLibrary, part: str) -> tuple[SkillEntry, ...]:
    """The usable skills of a part whose policy answers in chunks and needs a worker.

    Args:
        library: Skills of a robot.
        part: Actuated part.
    """
    return tuple(
        entry
        for entry in library.entries.values()
        if entry.usable
        and entry.spec is not None
        and entry.spec.part == part
        and entry.spec.policy is not None
        and entry.spec.policy.manifest is not None
        and entry.spec.policy.manifest.chunk is not None
    )
