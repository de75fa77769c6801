"""Plan: a checked tree of steps, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from skill_stack.core.world.building import Building
from skill_stack.core.world.clearing import Clearing

NodeType = Literal["sequence", "parallel", "repeat", "condition", "skill"]
PlanStatus = Literal["plan", "question", "statement", "refusal"]
Certainty = Literal["said", "inferred", "nearest", "disputed"]
"""Certainty of a reading: said (all words were read), inferred (from other words or a need), nearest (the most similar
that the robot can do), or disputed (planner and language model differ). Only a *said* reading runs without a person's
confirmation.
"""


@dataclass(frozen=True, slots=True)
class PlanNode:
    """One node of the tree.

    Attributes:
        type: What the node does with its children.
        children: Child nodes in order; empty for ``skill``.
        skill: Name of the skill, for ``skill``.
        arguments: Arguments of the skill, by name; ``count`` for ``repeat``, or ``until``, a fact that ends it at once,
            with ``seconds``, the longest that it may take; ``fact`` for ``condition``, whose first child is done when
            the fact holds and whose second, if there is one, when not.
        why: Why the step is there, for people.
    """

    type: NodeType
    children: tuple[PlanNode, ...] = ()
    skill: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """The node as plain data."""
        if self.type == "skill":
            return {"type": "skill", "skill": self.skill, "arguments": dict(self.arguments), "why": self.why}
        children = [child.to_json() for child in self.children]
        return {"type": self.type, "arguments": dict(self.arguments), "why": self.why, "children": children}

    def skills(self) -> Iterator[PlanNode]:
        """The nominal unrolling: every skill node in order of execution, repeats unrolled, conditions taken to hold."""
        if self.type == "skill":
            yield self
            return
        children = self.children[:1] if self.type == "condition" else self.children
        for _ in range(int(self.arguments.get("count", 1)) if self.type == "repeat" else 1):
            for child in children:
                yield from child.skills()

    def every_skill(self) -> Iterator[PlanNode]:
        """Every skill node once, including those that a condition may skip."""
        if self.type == "skill":
            yield self
        for child in self.children:
            yield from child.every_skill()

    @property
    def conditional(self) -> bool:
        """Whether the plan contains a condition that decides what is done."""
        decides = self.type == "condition" or "until" in self.arguments
        return decides or any(child.conditional for child in self.children)


def node_from_json(data: dict[str, Any]) -> PlanNode:
    """The node of the plain data that :meth:`PlanNode.to_json` made."""
    children = tuple(node_from_json(child) for child in data.get("children", ()))
    return PlanNode(data["type"], children, data.get("skill", ""), dict(data["arguments"]), data["why"])


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to an instruction: a plan to run, a question, a statement, or a refusal.

    Attributes:
        id: Name of the plan, unique in a session.
        instruction: The words it answers.
        status: What kind of answer it is.
        tree: The steps; for a question, the steps that run after *yes*; None where there are none.
        facts: What will be true afterwards (plan) or was learnt (statement), as text.
        reason: The answer in one sentence: the question, the refusal and why, or a summary of the plan.
        skill: A composite that was taught (statement), as the content of its ``skill.yaml``; the caller stores it.
        missing: Words for an object that is not in the scene (refusal); the robot may search for it.
        certainty: Certainty of the reading; only *said* steps run without a question.
        learnt: The phrase that gave the reading, where it was learnt from use; empty otherwise.
        others: Other readings of the words, with steps of their own, which a person may pick in place of this one; at
            most two.
        unread: Whether the reason for the answer is words that were not understood.
        settled: Whether nothing is to be done because everything requested holds already.
        building: The structure or clearing that its steps are for, the rest of which is planned from what is seen.
    """

    id: str
    instruction: str
    status: PlanStatus
    tree: PlanNode | None = None
    facts: tuple[str, ...] = ()
    reason: str = ""
    skill: dict[str, Any] | None = None
    missing: str = ""
    certainty: Certainty = "said"
    learnt: str = ""
    others: tuple[Plan, ...] = ()
    unread: bool = False
    settled: bool = False
    building: Building | Clearing | None = None

    @property
    def proposed(self) -> bool:
        """Whether the plan is a question, and the answer *yes* runs its steps."""
        return self.status == "question" and self.tree is not None

    @property
    def steps(self) -> tuple[PlanNode, ...]:
        """Skill nodes in nominal order."""
        return tuple(self.tree.skills()) if self.tree else ()

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack plan --json`` prints."""
        return {
            "id": self.id,
            "status": self.status,
            "tree": self.tree.to_json() if self.tree else None,
            "steps": [{"skill": step.skill, "arguments": dict(step.arguments)} for step in self.steps],
            "steps_complete": self.tree is not None and not self.tree.conditional,
            "facts": list(self.facts),
            "reason": self.reason,
            **({"skill": self.skill} if self.skill else {}),
            **({"certainty": self.certainty} if self.certainty != "said" else {}),
            **({"others": [one.to_json() for one in self.others]} if self.others else {}),
        }
