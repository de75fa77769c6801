"""A skill whose arguments are reward terms, for tests of what is above it."""

from typing import Any

from skill_stack.core.rewards.reward_arguments import DURATION, WEIGHT
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.core.skills.skill import SkillSpec

FEET = ("FL", "FR", "RL", "RR")


def told_skill(robot: str = "go2", hazard: str = "low", stand_height: float = 0.3) -> SkillSpec:
    """The skill of a four-legged robot, with every term that it can have."""
    goal: list[dict[str, Any]] = []
    for name, term in reward_terms().items():
        if term.effect == "penalty" or not term.fits(legged=True) or term.of not in (None, "foot"):
            continue
        low, high = term.range
        for slot in [name] if term.of is None else [f"{name}_{foot}" for foot in FEET]:
            number = {"type": "number", "unit": term.unit or "1", "description": term.meaning}
            goal += [
                {"name": slot, **number, "lower": low, "upper": high, "default": term.target(stand_height)},
                {"name": slot + WEIGHT, **number, "lower": 0.0, "upper": 10.0, "default": 0.0},
            ]  # fmt: skip
    goal.append({"name": DURATION, "type": "number", "unit": "s", "lower": 0.0, "upper": 60.0, "default": 0.0,
                 "description": "how long"})  # fmt: skip
    return SkillSpec.model_validate({
        "name": "move_as_told", "robot": robot, "kind": "posture", "needs": ["legs"],
        "description": "Moves as the terms say.", "goal": goal, "preconditions": ["posture(robot, standing)"],
        "phases": [{"name": "moving", "stance": "stand"}], "enter_through": "rise", "hazard": hazard,
        "envelope": {"tilt": 1.0, "angular_speed": 6.0}, "timeout": 10.0, "provenance": {"recipe": "a test"},
        "posture": {"keyframes": [{"pose": "stand", "duration": 1.0, "kp": 60.0, "kd": 3.0}]},
    })  # fmt: skip
