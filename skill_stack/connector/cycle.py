"""Cycle: result of one update of the connector."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.core.setpoint import SkillSetpoint, StepOutcome


@dataclass(frozen=True, slots=True)
class Cycle:
    """The result of one update.

    Attributes:
        setpoint: For the controller; None until the first request; without skills it only lets time advance.
        outcomes: Steps that ended since the update before.
        signals: Signals of the running step by name, SI.
        met: Conditions of the running step that hold now, as written in its skill.
    """

    setpoint: SkillSetpoint | None
    outcomes: tuple[StepOutcome, ...] = ()
    signals: dict[str, float] = field(default_factory=dict)
    met: tuple[str, ...] = ()
