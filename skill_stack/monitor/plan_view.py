"""PlanView: a plan for people, one line a step with its state, and its path through the scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.world.scene import SceneGraph

Point = tuple[float, float, float]

STEP_COLOURS: dict[str, tuple[float, float, float]] = {
    "": (0.55, 0.58, 0.62),
    "waiting": (0.55, 0.58, 0.62),
    "running": (0.10, 0.45, 0.90),
    "succeeded": (0.13, 0.62, 0.27),
    "failed": (0.85, 0.15, 0.15),
    "interrupted": (0.93, 0.55, 0.10),
}
"""sRGB colour of a step by its state, each 0 to 1."""

STEP_MARKS = {"": "○", "waiting": "○", "running": "▶", "succeeded": "✔", "failed": "✖", "interrupted": "■"}
"""Sign of a step by its state."""

_PATH_HEIGHT = 0.03  # m, above the floor so that the line is not hidden by it


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a plan.

    Attributes:
        skill: Name of the skill.
        arguments: Its arguments by name.
        status: Empty or ``waiting``, ``running``, ``succeeded``, ``failed``, ``interrupted``.
        why: Why the step is there.
        times: How often it is done.
        beside: Whether it is done at the same time as what is listed before it.
    """

    skill: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    status: str = ""
    why: str = ""
    times: int = 1
    beside: bool = False

    @property
    def text(self) -> str:
        """The step as one short line, e.g. ``go to red ball``."""
        words = [self.skill.replace("_", " "), *(_in_words(name, value) for name, value in self.arguments.items())]
        return " ".join(word for word in words if word) + (f" × {self.times}" if self.times > 1 else "")


@dataclass(frozen=True, slots=True)
class TreeNodeView:
    """One node of a plan as a tree.

    Attributes:
        type: ``sequence``, ``parallel``, ``repeat``, ``condition`` or ``skill``.
        text: What it does in one short line; empty for ``sequence`` and ``parallel``.
        status: As of a step.
        why: Why it is there.
        skill: Name of its skill; empty for the other types.
        count: How often a repeat is done; None where that is not said.
        children: Nodes below, in order.
    """

    type: str
    text: str = ""
    status: str = ""
    why: str = ""
    skill: str = ""
    count: int | None = None
    children: tuple[TreeNodeView, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanView:
    """The planner's answer to an instruction.

    Attributes:
        id: Name of the plan.
        instruction: The words.
        status: ``plan``, ``question``, ``statement`` or ``refusal``.
        reason: The answer in one sentence.
        steps: The steps in order.
        facts: What will be true afterwards, or was learnt.
        tree: The steps as a tree; None where there are none.
    """

    id: str = ""
    instruction: str = ""
    status: str = ""
    reason: str = ""
    steps: tuple[StepView, ...] = ()
    facts: tuple[str, ...] = ()
    tree: TreeNodeView | None = None

    @property
    def current(self) -> int | None:
        """Index of the first step that runs, or None."""
        return next(iter(self.running), None)

    @property
    def running(self) -> tuple[int, ...]:
        """Indices of the running steps, several in a parallel."""
        return tuple(index for index, step in enumerate(self.steps) if step.status == "running")


def plan_view(plan: Plan, statuses: Sequence[str] = ()) -> PlanView:
    """A plan of the core with the states of its steps.

    Args:
        plan: The plan.
        statuses: States of its nominal steps in order; steps beyond them have none yet.
    """
    padded = [*statuses, *("" for _ in plan.steps)]
    apart = beside(plan.tree) if plan.tree else ()
    steps = tuple(
        StepView(s.skill, s.arguments, status, s.why, beside=b) for s, status, b in zip(plan.steps, padded, apart)
    )
    return PlanView(plan.id, plan.instruction, plan.status, plan.reason, steps)


def beside(node: PlanNode, first: bool = False) -> tuple[bool, ...]:
    """For each step in nominal order whether it begins a branch parallel to the one before it.

    Args:
        node: A node.
        first: Whether the node itself begins such a branch.
    """
    if node.type == "skill":
        return (first,)
    children = node.children[:1] if node.type == "condition" else node.children
    rounds = int(node.arguments.get("count", 1)) if node.type == "repeat" else 1
    out: list[bool] = []
    for _ in range(rounds):
        for number, child in enumerate(children):
            out += beside(child, (node.type == "parallel" and number > 0) or (first and not out))
    return tuple(out)


def plan_path(plan: PlanView, scene: SceneGraph) -> tuple[tuple[Point, StepView], ...]:
    """The places that a plan names, in order, each with its step.

    A step without a place of the scene among its arguments (sit, wait, turn) has no point.

    Args:
        plan: The plan.
        scene: Where its objects are.

    Returns:
        Points just above the floor in ``map``, m, with the steps that lead there.
    """
    out = []
    for step in plan.steps:
        place = next((scene.objects[v] for v in step.arguments.values() if isinstance(v, str) and v in scene.objects),
                     None)  # fmt: skip
        if place is not None:
            out.append(((place.position[0], place.position[1], _PATH_HEIGHT), step))
    return tuple(out)


def _in_words(name: str, value: Any) -> str:
    """One argument: names in words, numbers with their name; empty for 0."""
    if isinstance(value, str):
        return value.replace("_", " ")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"({name} {value})"
    return f"({name} {value:.3g})" if value else ""
