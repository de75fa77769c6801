"""A skill whose arguments are reward terms, for tests of what is above it."""

from functools import cache
from pathlib import Path

from skill_stack.core.rewards.reward_goals import with_reward_goals
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SkillSpec

TOLD = {
    "name": "move_as_told", "kind": "sampled", "sampled": {}, "needs": ["legs"], "description": "Moves as terms say.",
    "preconditions": ["posture(robot, standing)"], "phases": [{"name": "moving", "stance": "stand"}],
    "enter_through": "rise", "envelope": {"tilt": 1.0, "angular_speed": 6.0}, "timeout": 60.0,
    "provenance": {"recipe": "a test"},
}  # fmt: skip


@cache
def told_skill(robot: str = "go2", hazard: str = "low") -> SkillSpec:
    """The skill of a four-legged robot, with every term that it can have."""
    body = load_robot(Path(__file__).parents[1] / "urdf" / robot)
    return with_reward_goals(SkillSpec.model_validate({**TOLD, "robot": robot, "hazard": hazard}), body)
