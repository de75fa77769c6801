"""ModelReadings: the readings of planner and model, and the one answer from both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.planner.model.plain_text import plain
from skill_stack.planner.model.proposal import Proposal
from skill_stack.planner.model.proposal_schema import ReadAs

ALIKE = 0.01
"""Relative difference up to which two numbers are the same: spoken numbers are rounded."""

QUOTED = 120
"""Characters of the planner's own answer that a question about a model's plan repeats."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """A model's reading of words.

    Attributes:
        name: Name of the endpoint.
        answer: What it takes them for.
        text: Its question or refusal, or what its plan does; in one short line.
        tree: The steps of a plan, checked and completed.
        facts: What will be true after them, as text.
        proposal: The plan as it proposed it.
    """

    name: str
    answer: ReadAs
    text: str
    tree: PlanNode | None = None
    facts: tuple[str, ...] = ()
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class ModelReadings:
    """Both readings and their combination.

    Attributes:
        own: The planner's own.
        theirs: The model's, or None where there is none.
        why: Why there is none; empty otherwise.
        answer: What comes of both.
    """

    own: Plan
    theirs: Theirs | None
    why: str
    answer: Plan

    def to_json(self) -> dict[str, Any]:
        """The answer as plain data, with the readings that it comes of."""
        theirs = self.theirs
        told = {"why": self.why} if theirs is None else {
            "name": theirs.name, "answer": theirs.answer, "text": theirs.text,
            "tree": theirs.tree.to_json() if theirs.tree else None,
        }  # fmt: skip
        return {**self.answer.to_json(), "own": self.own.to_json(), "model": told}


def certain(own: Plan) -> bool:
    """Whether words were read as said, completely, so that no second reading is needed.

    Args:
        own: The planner's answer: a plan from words that were all read, a fact or skill that was learnt, or the answer
            to a greeting or a question.
    """
    if own.certainty != "said" or own.status not in ("plan", "statement"):
        return False
    return own.status == "plan" or bool(own.facts) or own.skill is not None or not own.unread


def reconciled(own: Plan, theirs: Theirs | None, told: Callable[[PlanNode], str]) -> Plan:
    """The answer: a common plan runs; about any other motion a person is asked.

    Args:
        own: The planner's own answer.
        theirs: The model's reading, or None: then the own answer is the result.
        told: Returns a tree in a few words, as a continuation of "I will".
    """
    if theirs is None:
        return own
    if own.certainty == "nearest":  # what is only near stands against no reading
        asked = theirs.answer == "question" and theirs.tree is None
        own = own if theirs.tree is None and not asked else replace(own, tree=None, facts=(), others=())
        if theirs.tree is None:
            return replace(own, reason=theirs.text, certainty="said") if asked else own
    if theirs.tree is not None:
        return _two_plans(own, theirs, theirs.tree, told)
    if own.tree is not None:
        return replace(own, status="question", certainty="disputed", reason=f"{own.reason} ({_objection(theirs)})")
    if theirs.answer == "question" and own.status == "refusal" and not own.missing:
        return replace(own, status="question", facts=(), reason=theirs.text)
    return own


def _two_plans(own: Plan, theirs: Theirs, tree: PlanNode, told: Callable[[PlanNode], str]) -> Plan:
    """The answer to words for which the model has a plan."""
    if own.tree is None:
        question = f"{plain(own.reason, QUOTED)} {theirs.name} reads it as: {told(tree)}. Shall I?"
        return replace(own, status="question", tree=tree, facts=theirs.facts, reason=question, certainty="disputed")
    if same(own.tree, tree):
        return replace(own, status="plan", reason=f"I will {told(own.tree)} ({theirs.name} reads it so too).")
    question = f"I read that as (1) {told(own.tree)}; {theirs.name} reads it as (2) {told(tree)}. Which is meant?"
    other = Plan(f"{own.id}~{theirs.name}", own.instruction, "plan", tree, theirs.facts, f"I will {told(tree)}.")
    return replace(own, status="question", reason=question, certainty="disputed", others=(other,))


def _objection(theirs: Theirs) -> str:
    """Why a model does not read a plan in the words."""
    if theirs.answer == "nothing":
        return f"{theirs.name} reads nothing to do in it"
    return f"{theirs.name} {'asks' if theirs.answer == 'question' else 'says that it cannot be done'}: {theirs.text}"


def same(one: PlanNode, other: PlanNode) -> bool:
    """Whether two trees do the same steps in the same order; what only conditions decide is never the same."""
    if not (_plain(one) and _plain(other)):
        return False
    ours, theirs = list(one.skills()), list(other.skills())
    return len(ours) == len(theirs) and all(map(_same_step, ours, theirs))


def _plain(tree: PlanNode) -> bool:
    """Whether a tree is steps one after the other, repeated or not."""
    counted = tree.type == "repeat" and "until" not in tree.arguments
    return tree.type == "skill" or ((tree.type == "sequence" or counted) and all(map(_plain, tree.children)))


def _same_step(one: PlanNode, other: PlanNode) -> bool:
    """Whether two steps do the same."""
    if one.skill != other.skill or one.arguments.keys() != other.arguments.keys():
        return False
    return all(_same_value(value, other.arguments[name]) for name, value in one.arguments.items())


def _same_value(one: object, other: object) -> bool:
    """Whether two arguments mean the same."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=ALIKE)
    return one == other
