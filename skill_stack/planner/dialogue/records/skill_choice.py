"""SkillChoice: which skill a person wants in place of the planned one, trained on exported pairs of corrections.

A naive Bayes classifier over the words of the instruction and the kind of its objects, with counts that fade; it says
something only where enough corrections agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import words_of
from skill_stack.planner.symbolic.checker import Checker

RECURS = 3
"""Corrections to a skill from which on it may be chosen."""
SURE = 0.8
"""Least probability with which it is."""
FADES = 0.9
"""Weight of a correction relative to the next newer one: a few the other way end a choice."""
PRIOR = 0.5
"""Counts that every feature is taken to have had."""


@dataclass(frozen=True, slots=True)
class WantedSkill:
    """One correction of a skill.

    Attributes:
        planned: The skill that ran.
        wanted: The skill that was right.
        arguments: Its arguments.
        features: Words of the instruction, and kinds of its objects as ``kind:…``.
    """

    planned: str
    wanted: str
    arguments: Mapping[str, Any]
    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class SkillChoice:
    """The choice of one robot.

    Attributes:
        seen: Corrections of skills, oldest first.
    """

    seen: tuple[WantedSkill, ...] = ()

    @classmethod
    def from_pairs(cls, pairs: Iterable[Mapping[str, Any]]) -> SkillChoice:
        """Trains on pairs as ``skill-stack corrections export`` writes them; corrections of arguments are left out."""
        found = []
        for pair in pairs:
            given, right = pair["input"], pair["output"]
            if right["skill"] != given["skill"]:
                kinds = [look[0] for look in given.get("situation", {}).get("looks", {}).values()]
                features = features_of(str(given["instruction"]), kinds)
                found.append(WantedSkill(given["skill"], right["skill"], right["arguments"], features))
        return cls(tuple(found))

    def wanted(self, skill: str, features: frozenset[str]) -> WantedSkill | None:
        """The newest correction to the skill that is wanted in place of a planned one; None where it may stay.

        Args:
            skill: The planned skill.
            features: See :class:`WantedSkill`.
        """
        classes: dict[str, list[tuple[float, WantedSkill]]] = {}
        for age, one in enumerate(reversed(self.seen)):
            if skill in (one.planned, one.wanted):
                classes.setdefault(one.wanted, []).append((FADES**age, one))
        scores = {name: _score(weighed, features) for name, weighed in classes.items()}
        total = sum(scores.values())
        best = max(scores, key=lambda name: scores[name], default=skill)
        mine = [one for _, one in classes.get(best, ())]
        if best == skill or len(mine) < RECURS or scores[best] < SURE * total or not _alike(mine, features):
            return None
        return mine[0]

    def applied(self, plan: Plan, library: SkillLibrary, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """A plan with the wanted skills, where the checker accepts them and none is hazardous.

        Args:
            plan: Any answer; only plans are changed.
            library: Skills.
            scene: What there is.
            facts: What is true now.
        """
        if plan.tree is None or plan.tree.type != "sequence" or not self.seen:
            return plan
        told: list[str] = []
        steps = tuple(self._step(node, plan.instruction, library, scene, told) for node in plan.tree.children)
        tree = replace(plan.tree, children=steps)
        if not told or Checker(library, tuple(scene.objects)).check(tree, facts) is not None:
            return plan
        reason = f"{plan.reason} ({', '.join(told)}, since you corrected that before)"
        return replace(plan, tree=tree, reason=reason.strip())

    def _step(
        self, node: PlanNode, instruction: str, library: SkillLibrary, scene: SceneGraph, told: list[str]
    ) -> PlanNode:
        """A step by the wanted skill; as it is where there is none, or it cannot take its place."""
        kinds = [scene.objects[str(v)].kind for v in node.arguments.values() if str(v) in scene.objects]
        one = self.wanted(node.skill, features_of(instruction, kinds)) if node.type == "skill" else None
        if one is None or one.wanted not in library or library.hazard(one.wanted) == "high":
            return node
        spec = library[one.wanted]
        objects = {p.name: node.arguments[p.name] for p in spec.goal if p.type == "object" and p.name in node.arguments}
        known = {p.name: one.arguments[p.name] for p in spec.goal if p.name in one.arguments}
        try:
            arguments = spec.complete({**known, **objects})
        except SkillStackError:
            return node
        told.append(f"{one.wanted.replace('_', ' ')} instead of {node.skill.replace('_', ' ')}")
        return replace(node, skill=one.wanted, arguments=arguments)


def features_of(instruction: str, kinds: Sequence[str]) -> frozenset[str]:
    """Words of an instruction and kinds of its objects."""
    words = {token.text for token in words_of(instruction) if token.number is None}
    return frozenset(words | {f"kind:{kind}" for kind in kinds})


def _score(weighed: Sequence[tuple[float, WantedSkill]], features: frozenset[str]) -> float:
    """Weight of a class times the chance of the features in it."""
    total = sum(weight for weight, _ in weighed)
    logs = 0.0
    for feature in sorted(features):
        with_it = sum(weight for weight, one in weighed if feature in one.features)
        logs += math.log((with_it + PRIOR) / (total + 2 * PRIOR))
    return total * math.exp(logs)


def _alike(mine: Sequence[WantedSkill], features: frozenset[str]) -> bool:
    """Whether the corrections were of things of the same kind, where all of them were of things of one kind."""
    kinds = [{one for one in wanted.features if one.startswith("kind:")} for wanted in mine]
    common = set.intersection(*kinds)
    return common <= features
