"""Which plans are rehearsed before they run: hazardous ones, and those of which too little good was measured."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.skills.skill_results import read_results
from skill_stack.planner.rehearsal_record import lower_bound
from skill_stack.planner.symbolic.together import unmeasured_pairs

ENOUGH = 0.8
"""Lower bound of a plan's rate of success from which it runs without a rehearsal."""
DOUBT = 0.025
"""Chance that a skill's true rate is below its bound: that of the 95 % intervals of measured results."""

Need = Callable[[Plan, SkillLibrary], str]
"""Returns why a plan is rehearsed, in words; empty where it is not."""


def always(plan: Plan, library: SkillLibrary) -> str:
    """Rehearses every plan."""
    return "every plan is"


def doubtful(plan: Plan, library: SkillLibrary) -> str:
    """Why a plan is doubtful: a hazard, two skills never measured at once, or a lower bound of success below 80 %.

    The bound of a plan is the product of those of its steps, in nominal order; a skill without results has none, and
    counts as one that nothing is known of.

    Args:
        plan: The plan.
        library: Skills, with their folders.
    """
    if plan.tree is None:
        return ""
    hazards = sorted({step.skill for step in plan.steps if library.hazard(step.skill) == "high"})
    if hazards:
        return f"{hazards[0]} is hazardous"
    if pairs := unmeasured_pairs(library, plan.tree):
        return f"{pairs[0][0]} and {pairs[0][1]} were never measured at the same time"
    bound = math.prod(_bound(library, step.skill) for step in plan.steps)
    return f"its steps succeed together in no more than {bound:.0%} for certain" if bound < ENOUGH else ""


def _bound(library: SkillLibrary, skill: str) -> float:
    """Lower bound of a skill's rate of success, by its measured results; 1 for skills without a folder."""
    entry = library.entries.get(skill)
    if entry is None or entry.folder is None:
        return 1.0
    return _measured_bound(str(entry.folder), library.body)


@lru_cache(maxsize=512)
def _measured_bound(folder: str, body: str) -> float:
    """The bound of one folder's results, read once."""
    try:
        results = read_results(Path(folder), body)
    except SkillStackError:
        results = {}
    return lower_bound(results.get("successes", 0), results.get("episodes", 0), DOUBT)
