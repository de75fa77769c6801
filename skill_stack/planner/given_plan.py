"""GivenPlan: a plan given instead of words; it is checked like any other, from the present state."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.plan_file import plan_text, tree_of_file
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import steps_of
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.composites import without_inserted_steps
from skill_stack.planner.plan_summary import summary
from skill_stack.planner.symbolic.checker import Checker, Unreachable, node_of
from skill_stack.planner.symbolic.tree import expanded, parts_of

LONGEST = 20_000
"""Most characters of a plan."""

_STEPS = re.compile(r"^steps:\s*$", re.M)
_ORIGIN = "the plan that was sent"


@dataclass(frozen=True, slots=True)
class GivenPlan:
    """A plan file as words.

    Attributes:
        words: What it is called: the instruction that it came from.
        tree: Its steps.
        facts: Additional facts stated by the sender, e.g. effects of another robot.
    """

    words: str
    tree: PlanNode
    facts: frozenset[Fact] = frozenset()

    @classmethod
    def parse(cls, text: str) -> GivenPlan | None:
        """The plan in a text, or None for words.

        Args:
            text: The text; a plan has a line ``steps:`` without anything else.

        Raises:
            DataError: It has the form of a plan but is not valid; the message states where.
        """
        if not _STEPS.search(text):
            return None
        if len(text) > LONGEST:
            raise DataError(f"{_ORIGIN} has {len(text)} characters; at most {LONGEST} are read")
        try:
            data = yaml.safe_load(text)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise DataError(f"{_ORIGIN} is not YAML: {error}") from error
        tree = tree_of_file(data, _ORIGIN)
        told = data.get("facts", [])
        if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
            raise DataError(f"{_ORIGIN}: 'facts' is a list such as ['in(cup, basket)']")
        facts = (Literal.parse(one) for one in told)
        words = str(data.get("instruction") or "a plan")
        return cls(words[:200], tree, frozenset(Fact(one.predicate, one.arguments) for one in facts if one.positive))

    def plan(self, library: SkillLibrary, scene: SceneGraph, facts: frozenset[Fact], time: float) -> Plan:
        """The plan with the steps that the present state requires; a refusal where it cannot be done.

        Args:
            library: Skills of the robot.
            scene: What there is.
            facts: What is true now.
            time: Task time, s.
        """
        digest = hashlib.sha256(f"{self.words}|{self.tree}|{time:.3f}".encode()).hexdigest()[:8]
        try:
            return checked_plan(self.tree, library, scene, facts | self.facts, (f"plan-{digest}", self.words))
        except (DataError, UnknownName) as error:
            return Plan(f"plan-{digest}", self.words, "refusal", reason=f"I cannot do that: {error}.")


def text_of(plan: Plan, facts: frozenset[Fact] = frozenset()) -> str:
    """A plan for sending to a robot: the requested steps; the robot inserts what they need.

    Args:
        plan: The plan.
        facts: What is true besides.

    Raises:
        DataError: It has no steps.
    """
    if plan.tree is None:
        raise DataError(f"there is no plan: {plan.reason}")
    head: dict[str, Any] = {"instruction": plan.instruction}
    return plan_text(without_inserted_steps(plan.tree), **head, **({"facts": sorted(map(str, facts))} if facts else {}))


def checked_plan(
    tree: PlanNode, library: SkillLibrary, scene: SceneGraph, facts: frozenset[Fact], about: tuple[str, str],
    repair: bool = True,
) -> Plan:  # fmt: skip
    """Checks a given tree; a refusal names the first violation.

    Args:
        tree: The steps.
        library: Skills.
        scene: What there is.
        facts: What is true before.
        about: Id of the plan, and the words that it came from.
        repair: Whether missing steps are put in.

    Raises:
        DataError: An argument is wrong.
        UnknownName: A skill, argument or object does not exist.
    """
    checker = Checker(library, tuple(thing.id for thing in scene.objects.values() if thing.kind != "wall"))
    parts = expanded(parts_of(tree, library), library)
    for step in steps_of(parts):
        named = {p.name: p.default for p in step.spec.goal if p.type == "object"}
        told = {name: str(value) for name, value in step.arguments.items() if name in named}
        _known({value for name, value in told.items() if value or named[name] != ""}, scene.objects)  # one left out
    found = checker.check(tree, facts)
    if found is not None and not repair:
        why = f"{found}; --repair puts in missing steps where there are some"
        return Plan(*about, "refusal", reason=f"I cannot do that: {why}.")
    try:
        done, _ = checker.complete(parts, facts)
    except Unreachable as error:
        return Plan(*about, "refusal", reason=f"I cannot do that: {error}.")
    whole = PlanNode("sequence", tuple(node_of(part) for part in done), why="asked for")
    return Plan(*about, "plan", whole, reason=summary(done, scene))


def _known(names: set[str], objects: Mapping[str, Any]) -> None:
    """Refuses objects missing in the scene."""
    for name in sorted(names - set(objects)):
        raise UnknownName("object", name, objects)
