"""AdapterPart: low-rank adapters of one network, and which of them the known condition of the robot asks for.

An adapter (Hu et al. 2021, "LoRA") adds a product of two thin matrices to each weight of a network that itself stays as
it is, times a coefficient: 0 is the old network, 1 the whole adapter. The coefficients are goal values of the policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Positive

ROUNDING = 1e-6
"""How far a sum may be beyond its bound by rounding alone."""


@dataclass(frozen=True, slots=True)
class BodyCondition:
    """What is known of a robot's load, floor and motors, and the manner that is asked of it; None for nothing.

    Attributes:
        added_mass: What it carries, kg.
        foot_friction: Friction coefficient between feet and floor.
        motor_strength: Share of their rated torque that the motors make.
        base_height: Height of the base over the floor that it is to keep below, m.
        landing_speed: Downward speed at which feet are to land at most, m/s.
    """

    added_mass: float | None = None
    foot_friction: float | None = None
    motor_strength: float | None = None
    base_height: float | None = None
    landing_speed: float | None = None


class AdapterCondition(DataModel):
    """A condition for which there is an adapter.

    Attributes:
        goal: Goal value that is its coefficient.
        property: What of :class:`BodyCondition` it depends on.
        none: Value from which the coefficient is 0.
        full: Value at which it is 1; beyond it nothing was trained.
    """

    goal: str
    property: Literal["added_mass", "foot_friction", "motor_strength", "base_height", "landing_speed"]
    none: float
    full: float

    @model_validator(mode="after")
    def _differ(self) -> AdapterCondition:
        if self.none == self.full:
            raise ValueError(f"'{self.goal}' has the same value for no adapter and for all of it: {self.none:g}")
        return self

    def share(self, value: float) -> float:
        """Coefficient at a value, not limited."""
        return (value - self.none) / (self.full - self.none)


@dataclass(frozen=True, slots=True)
class AdapterChoice:
    """Coefficients for a condition.

    Attributes:
        goals: Coefficients by goal value; every one of the part.
        said: What of the condition is outside what was trained, for people; empty for nothing.
    """

    goals: dict[str, float]
    said: str = ""


class AdapterPart(DataModel):
    """The adapters of a policy; a section of ``skill.yaml`` and of the ONNX file's contract, which must agree.

    Attributes:
        base: Skill whose network they adapt.
        base_sha256: Hash of that skill's policy file, whose weights are unchanged within the adapted network.
        largest_sum: Largest sum of coefficients; sums beyond it overshoot.
        conditions: One for each adapter.
    """

    base: str
    base_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    largest_sum: Positive
    conditions: Annotated[tuple[AdapterCondition, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_each(self) -> AdapterPart:
        goals = self.goals
        if len(set(goals)) < len(goals):
            raise ValueError(f"adapters name a goal value twice: {', '.join(goals)}")
        return self

    @property
    def goals(self) -> tuple[str, ...]:
        """Goal values that are coefficients, in order."""
        return tuple(one.goal for one in self.conditions)

    def choose(self, condition: BodyCondition, asked: Mapping[str, float] | None = None) -> AdapterChoice:
        """Coefficients for what is known, each from 0 to 1, their sum at most :attr:`largest_sum`.

        Args:
            condition: What is known of the robot.
            asked: Goal values by name; a coefficient that is asked for counts where it is larger.
        """
        goals, said, asked = {}, [], asked or {}
        for one in self.conditions:
            value = getattr(condition, one.property)
            share = 0.0 if value is None else one.share(value)
            goals[one.goal] = min(max(share, asked.get(one.goal, 0.0), 0.0), 1.0)
            if share > 1.0 + ROUNDING:
                said.append(f"{one.property} = {value:g} is beyond {one.full:g}, for which '{one.goal}' was trained")
        total = sum(goals.values())
        if total > self.largest_sum + ROUNDING:
            parts = " + ".join(f"{name} {value:.2g}" for name, value in goals.items() if value > 0)
            said.append(f"{parts} = {total:.2g} is more at once than was trained, reduced to {self.largest_sum:g}")
            goals = {name: value * self.largest_sum / total for name, value in goals.items()}
        return AdapterChoice(goals, "; ".join(said))

    def problem(self, goals: Mapping[str, float]) -> str:
        """Why coefficients must not reach the network, or an empty string; a sum beyond the bound is an error.

        Args:
            goals: Goal values by name; others than coefficients do not matter.
        """
        values = {name: goals.get(name, 0.0) for name in self.goals}
        total = sum(values.values())
        if wrong := [name for name, value in values.items() if not -ROUNDING <= value <= 1.0 + ROUNDING]:
            return f"the adapter {wrong[0]} = {values[wrong[0]]:g} is outside 0…1"
        if total <= self.largest_sum + ROUNDING:
            return ""
        told = " + ".join(self.goals)
        return f"the adapters {told} sum to {total:g}, they were trained to {self.largest_sum:g} at most"
