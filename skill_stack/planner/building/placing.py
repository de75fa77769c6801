"""The skill that puts an object at a stated spot."""

from __future__ import annotations

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.blueprint_layout import Unbuildable

_PLACING = {"target", "place", "x", "y", "heading"}


def placing_skill(library: SkillLibrary) -> SkillSpec | None:
    """The skill that puts an object at a stated spot on another one; None where there is none."""
    placing = (spec for spec in library if spec.composite and {one.name for one in spec.goal} >= _PLACING)
    return next(placing, None)


def needed_placing(library: SkillLibrary) -> SkillSpec:
    """The skill that puts an object at a stated spot on another one.

    Raises:
        Unbuildable: There is none.
    """
    skill = placing_skill(library)
    if skill is None:
        raise Unbuildable("I have no skill that puts a thing at a stated spot")
    return skill
