"""Candidate: one checked plan for an instruction, and the variations that alternatives are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph, SceneObject

Item = TypeVar("Item")
USUAL = "the usual way"
"""Label of the plan that runs without a rehearsal."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One checked plan.

    Attributes:
        plan: The plan.
        label: What is different about it, to go on from "I"; :data:`USUAL` for the first.
    """

    plan: Plan
    label: str


@dataclass(frozen=True, slots=True)
class Variation:
    """An alternative tree, not checked yet.

    Attributes:
        children: Steps of the sequence at the top.
        label: See :class:`Candidate`.
        retold: Whether the plan's own summary no longer describes the steps.
    """

    children: tuple[PlanNode, ...]
    label: str
    retold: bool = False


def things_in(node: PlanNode, library: SkillLibrary, scene: SceneGraph) -> list[SceneObject]:
    """Objects that a step is about, in the order of its skill's arguments."""
    if node.type != "skill":
        return []
    names = [node.arguments.get(p.name) for p in library[node.skill].goal if p.type == "object"]
    return [scene.objects[str(name)] for name in names if name in scene.objects]


def children_of(plan: Plan) -> tuple[PlanNode, ...]:
    """Steps of the sequence at the top of a plan."""
    return plan.tree.children if plan.tree is not None else ()


def key(tree: PlanNode) -> str:
    """What a tree does, regardless of its reasons."""
    if tree.type == "skill":
        return f"{tree.skill}{sorted(tree.arguments.items())}"
    return f"{tree.type}{sorted(tree.arguments.items())}[{','.join(key(child) for child in tree.children)}]"


def in_turn(streams: Sequence[Iterator[Item]]) -> Iterator[Item]:
    """Round robin over streams until all are empty."""
    left = list(streams)
    while left:
        for stream in list(left):
            try:
                yield next(stream)
            except StopIteration:
                left.remove(stream)
