"""The planner: from words to a checked plan, and its execution as a behaviour tree. Import the executor from its own
module.
"""

from skill_stack.planner.planner import Planner

__all__ = ["Planner"]
