"""Preferences: recurring corrections become defaults of later plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner.dialogue.corrector import FASTEST, SLOWEST, gap_of, has_pace
from skill_stack.planner.dialogue.records.correction_log import CorrectionRecord

RECURS = 3
"""Consecutive newest corrections in the same direction that make a preference."""
PACE = "pace"


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's preference for a skill.

    Attributes:
        skill: The skill.
        parameter: ``pace`` or the name of a distance.
        value: What later plans begin with.
        usual: What they begin with otherwise.
        because: Numbers of the corrections that it comes from.
    """

    skill: str
    parameter: str
    value: float
    usual: float
    because: tuple[int, ...]

    @property
    def name(self) -> str:
        """``skill.parameter``."""
        return f"{self.skill}.{self.parameter}"

    @property
    def sentence(self) -> str:
        """What it means, for people."""
        if self.parameter == PACE:
            way = "slower" if self.value < self.usual else "faster"
            return f"{self.skill.replace('_', ' ')} {way} than usual ({100 * self.value:.0f} %)"
        way = "more" if self.value > self.usual else "less"
        return f"{self.skill.replace('_', ' ')} with {way} distance than usual ({self.value:g} m)"


def preferences(records: Iterable[CorrectionRecord], library: SkillLibrary) -> tuple[Preference, ...]:
    """Preferences derived from the corrections of one robot.

    The newest :data:`RECURS` corrections of a parameter must go the same way; one the other way ends the preference.
    One that was said to last counts at once.

    Args:
        records: Corrections, oldest first.
        library: Skills of the robot; preferences for other skills or arguments are ignored.
    """
    series: dict[tuple[str, str], list[CorrectionRecord]] = {}
    for record in records:
        for parameter in record.effect:
            if record.taken and _usual(library, record.skill, parameter) is not None:
                series.setdefault((record.skill, parameter), []).append(record)
    found = (_preference(library, *key, newest) for key, newest in series.items())
    return tuple(one for one in found if one is not None)


def _preference(
    library: SkillLibrary, skill: str, parameter: str, records: list[CorrectionRecord]
) -> Preference | None:
    """The preference that one series makes, or None."""
    usual = _usual(library, skill, parameter)
    newest = records[-1:] if records[-1].lasting else records[-RECURS:]
    pairs = [one.effect[parameter] for one in newest]
    if usual is None or not all(_number(before) and _number(after) for before, after in pairs):
        return None
    ways = {after > before for before, after in pairs}
    if len(ways) != 1 or (len(newest) < RECURS and not newest[-1].lasting):
        return None
    value = round(_within(library, skill, parameter, median(float(after) for _, after in pairs)), 3)
    if value == usual:
        return None
    return Preference(skill, parameter, value, usual, tuple(one.id for one in newest))


def _usual(library: SkillLibrary, skill: str, parameter: str) -> float | None:
    """The value without a preference; None where there can be none."""
    if skill not in library:
        return None
    spec = library[skill]
    if parameter == PACE:
        return 1.0 if has_pace(spec) else None
    gap = gap_of(spec)
    if gap is None or gap.name != parameter or not isinstance(gap.default, int | float):
        return None
    return float(gap.default)


def _within(library: SkillLibrary, skill: str, parameter: str, value: float) -> float:
    """The value within what the skill takes."""
    if parameter == PACE:
        return min(max(value, SLOWEST), FASTEST)
    spec = library[skill].parameter(parameter)
    assert spec.lower is not None and spec.upper is not None
    return min(max(value, spec.lower), spec.upper)


def _number(value: object) -> bool:
    """Whether it is one."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def preferred(plan: Plan, known: Iterable[Preference]) -> Plan:
    """A plan with preferences applied to open arguments; its reason states them.

    Args:
        plan: Any answer; only plans are changed.
        known: Preferences.
    """
    if plan.tree is None:
        return plan
    used: dict[str, Preference] = {}
    tree = _with(plan.tree, {(one.skill, one.parameter): one for one in known}, used)
    if not used:
        return plan
    told = ", ".join(one.sentence for one in used.values())
    return replace(plan, tree=tree, reason=f"{plan.reason} ({told}, since you corrected that before)".strip())


def _with(node: PlanNode, known: dict[tuple[str, str], Preference], used: dict[str, Preference]) -> PlanNode:
    """A node with preferred arguments; the pace is only noted, since a request carries it."""
    children = tuple(_with(child, known, used) for child in node.children)
    arguments: dict[str, Any] = dict(node.arguments)
    for (skill, parameter), one in known.items():
        if node.type != "skill" or skill != node.skill:
            continue
        if parameter == PACE:
            used[one.name] = one
        elif arguments.get(parameter, one.usual) == one.usual:
            arguments[parameter] = one.value
            used[one.name] = one
    return replace(node, arguments=arguments, children=children)


def paced(request: SkillRequest, known: Iterable[Preference]) -> SkillRequest:
    """A request at the preferred pace of its skill."""
    wanted = next((one.value for one in known if one.skill == request.skill and one.parameter == PACE), None)
    return request if wanted is None or request.pace != 1.0 else replace(request, pace=wanted)
