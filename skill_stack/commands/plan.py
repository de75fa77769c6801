"""``skill-stack plan``: words to a checked plan; nothing moves."""

from __future__ import annotations

from skill_stack.planner.plan_command import add_arguments, run

__all__ = ["add_arguments", "run"]
