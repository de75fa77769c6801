"""Remedies: causes of failures, advice, and alternatives to try, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from itertools import dropwhile
from typing import Any

import yaml

from skill_stack.core.errors import SkillStackError
from skill_stack.core.failure_cause import FailureCause
from skill_stack.core.plan import PlanNode
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.plan_summary import summary
from skill_stack.planner.symbolic.checker import without
from skill_stack.planner.symbolic.search import GapSearch

OTHERWISE = "to say what I shall do instead"
MAY_I = "May I push the"
"""Beginning of the question for leave to move what is in the way."""
HELPS = "so that it works the next time"
"""Why a robot does something before it tries again what failed."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Knowledge about one kind of failure.

    Attributes:
        violated: Beginning of the name of the violated condition.
        help: What a person can do.
        tries: Ways to go on, each a list of guides with arguments.
        cause: What it shows by itself.
        guide: Guide of the skills for which alone it counts; empty for all.
    """

    violated: str
    help: str
    tries: tuple[tuple[tuple[str, dict[str, Any]], ...], ...]
    cause: FailureCause = FailureCause.UNKNOWN
    guide: str = ""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    """The package's data."""
    found: dict[str, Any] = yaml.safe_load((files(__package__) / "remedies.yaml").read_text("utf-8"))
    return found


@lru_cache(maxsize=1)
def remedies() -> tuple[Remedy, ...]:
    """All of them, from the package's data."""
    raw = _data()["remedies"]
    return tuple(
        Remedy(
            str(one["violated"]),
            str(one["help"]),
            tuple(tuple((step["guide"], step["arguments"]) for step in way) for way in one["tries"]),
            FailureCause(one.get("cause", "unknown")),
            str(one.get("guide", "")),
        )
        for one in raw
    )


def remedy_for(outcome: StepOutcome, library: SkillLibrary) -> Remedy | None:
    """The remedy for a failure, one for the guide of its skill first; None without any."""
    guided = library[outcome.skill].guided if outcome.skill in library else None
    guide = guided.guide if guided is not None else ""
    fitting = [one for one in remedies() if outcome.violated.startswith(one.violated) and one.guide in ("", guide)]
    return max(fitting, key=lambda one: bool(one.guide), default=None)


def ways_on(
    outcome: StepOutcome, rest: PlanNode, library: SkillLibrary, scene: SceneGraph, facts: frozenset[Fact]
) -> Iterable[PlanNode]:
    """Alternatives after a failure, the unchanged rest first; each must still be completed and checked.

    Args:
        outcome: How the step ended.
        rest: What is left, the failed step first.
        library: Skills.
        scene: What there is.
        facts: What is true now.
    """
    remedy = remedy_for(outcome, library)
    if remedy is None or not remedy.tries:
        return
    yield rest
    for way in remedy.tries:
        steps = [_guided(library, guide, arguments) for guide, arguments in way]
        known = tuple(step for step in steps if step is not None)
        if len(known) == len(steps):
            yield PlanNode("sequence", (*known, rest), why="another try")
    failed = next(rest.every_skill(), None)
    if failed is not None and failed.skill == outcome.skill:
        other = _otherwise(failed, library, scene, facts)
        if other and rest.type == "sequence":
            yield PlanNode("sequence", (*other, *rest.children[1:]), why="another way")


def unhelped(rest: PlanNode) -> PlanNode:
    """What is left without what was to help its first step."""
    if rest.type != "sequence":
        return rest
    return replace(rest, children=tuple(dropwhile(lambda node: node.why == HELPS, rest.children)))


def _guided(library: SkillLibrary, guide: str, arguments: dict[str, Any]) -> PlanNode | None:
    """A step of a guided skill; None where the robot has none."""
    for spec in library:
        if spec.guided and spec.guided.guide == guide:
            try:
                spec.complete(arguments)
            except SkillStackError:
                continue
            return PlanNode("skill", skill=spec.name, arguments=dict(arguments), why=HELPS)
    return None


def _otherwise(
    failed: PlanNode, library: SkillLibrary, scene: SceneGraph, facts: frozenset[Fact]
) -> tuple[PlanNode, ...]:
    """Other skills with the effects of the failed one."""
    step = Step(library[failed.skill], library[failed.skill].complete(dict(failed.arguments)))
    wanted = tuple(effect for effect in step.effects if effect.positive)
    if not wanted or all(effect.holds(facts) for effect in wanted):
        return ()
    things = tuple(thing.id for thing in scene.objects.values() if thing.kind != "wall")
    found = GapSearch(without(library, frozenset({failed.skill})), things).close(facts, wanted)
    why = f"in place of {failed.skill}, which failed"
    return tuple(PlanNode("skill", skill=s.spec.name, arguments=dict(s.arguments), why=why) for s in found or ())


def explained(
    outcome: StepOutcome, node: PlanNode | None, library: SkillLibrary, scene: SceneGraph,
    cause: FailureCause = FailureCause.UNKNOWN, thing: str = "",
) -> str:  # fmt: skip
    """One sentence: what failed, its cause, the violated condition, and a remedy.

    Args:
        outcome: How the step ended.
        node: The step.
        library: Skills.
        scene: What there is.
        cause: Its cause.
        thing: Id of the object that the cause is about; empty for none.
    """
    remedy = remedy_for(outcome, library)
    reason = outcome.reason.rstrip(". ") or f"{outcome.skill} failed"
    broken = f" ({outcome.violated})" if outcome.violated and outcome.violated not in reason else ""
    helps = remedy.help if remedy else OTHERWISE
    label = scene.objects[thing].label if thing in scene.objects else thing.replace("_", " ")
    said = cause_said(cause.value, label)
    told = f"; {said}" if said else ""
    what = doing(node, library, scene) or outcome.skill or "go on"
    return f"I could not {what}: {reason}{broken}{told}; it would help {helps}."


def cause_said(cause: str, label: str) -> str:
    """A cause in words; empty where it is none that is said.

    Args:
        cause: A value of :class:`FailureCause`.
        label: What it is about, in words; empty for nothing.
    """
    return str(_data()["causes"].get(cause, "")).format(thing=f"the {label}" if label else "it")


def cause_in(sentence: str) -> str:
    """The cause that a sentence tells, a value of :class:`FailureCause`; empty for none.

    Args:
        sentence: As :func:`explained` makes it.
    """
    for cause, words in _data()["causes"].items():
        before, _, after = str(words).rpartition("{thing}")
        if f"; {before}" in sentence and f"{after}; it would help" in sentence:
            return str(cause)
    return ""


def doing(node: PlanNode | None, library: SkillLibrary, scene: SceneGraph) -> str:
    """A step in words without a subject: ``go to the red ball``."""
    if node is None or node.skill not in library:
        return ""
    try:
        step = Step(library[node.skill], library[node.skill].complete(dict(node.arguments)))
        return summary([step], scene).removeprefix("I will ").rstrip(".")
    except (SkillStackError, KeyError):
        return node.skill.replace("_", " ")
