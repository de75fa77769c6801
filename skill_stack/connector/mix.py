"""Mix: weights and goal values of a blended skill at one moment, and the interface of what computes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from skill_stack.core.setpoint import SkillWeight

Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights and goal values at one moment.

    Attributes:
        skills: Skills with weights and joints.
        goals: Goal values by name, SI.
        signals: What a skill in the mix measures, SI, by name.
    """

    skills: tuple[SkillWeight, ...]
    goals: dict[str, float]
    signals: dict[str, float] = field(default_factory=dict)


class Mixer(Protocol):
    """Created for every request."""

    def mix(self, goals: Numbers, signals: Numbers) -> Mix:
        """Weights and goal values now.

        Args:
            goals: Goal values of the blended skill.
            signals: What is measured; one that is not known is missing.
        """
