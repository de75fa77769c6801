"""Skills with a policy too slow for the control loop, or with a planner of motions."""

from __future__ import annotations

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary


def slow_skills(library: SkillLibrary, part: str) -> tuple[SkillEntry, ...]:
    """The usable skills of a part whose actions come in chunks and need a worker.

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
        and _answered(entry.spec)
    )


def _answered(spec: SkillSpec) -> bool:
    """Whether the actions of a skill are answers to questions."""
    manifest = spec.policy.manifest if spec.policy is not None else None
    return spec.sampled is not None or (manifest is not None and manifest.chunk is not None)
