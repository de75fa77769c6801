"""Reports of a task: events for people, the result for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skill_stack.commands.common import note

if TYPE_CHECKING:
    from skill_stack.nodes.clients.client import TaskResult
    from skill_stack.nodes.clients.fleet_client import FleetResult

_AS_OUTCOME = {"statement": "succeeded", "question": "failed", "refusal": "failed"}
"""Outcomes of answers: an answered question succeeds; a question back or a refusal does not."""


def print_event(kind: str, text: str) -> None:
    """Shows one event of a running task."""
    note(f"  {kind.replace('_', ' ')}: {text}")


def outcome_of(result: TaskResult | FleetResult) -> str:
    """``succeeded``, ``failed`` or ``interrupted``."""
    return _AS_OUTCOME.get(result.outcome, result.outcome)


def done(result: TaskResult | FleetResult) -> bool:
    """Whether the request was fulfilled."""
    return outcome_of(result) == "succeeded"


def result_json(result: TaskResult) -> dict[str, Any]:
    """The result as ``--json`` prints it."""
    steps = [
        {
            "request": step.request_id,
            "skill": step.skill,
            "outcome": step.outcome,
            "reason": step.reason,
            "violated": step.violated,
            "evidence": dict(step.evidence),
            "seconds": round(step.seconds, 3),
        }
        for step in result.steps
    ]
    return {
        "outcome": outcome_of(result),
        "steps": steps,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "simulated_seconds": round(result.simulated_seconds, 3),
    }


def failure_json(reason: str, seconds: float, outcome: str = "failed") -> dict[str, Any]:
    """The output of ``--json`` when no planner reported an outcome."""
    return {
        "outcome": outcome,
        "steps": [],
        "reason": reason,
        "seconds": round(seconds, 3),
        "simulated_seconds": 0.0,
    }


def print_result(result: TaskResult) -> None:
    """Shows how a task ended."""
    what = result.outcome if result.outcome != "statement" else "answer"
    took = f" after {result.simulated_seconds:.1f} s of task time, {result.seconds:.1f} s by the clock"
    print(f"{what}: {result.reason}" if result.reason else what, end="" if result.steps else "\n")
    if result.steps:
        print(took, flush=True)
