"""Pace: speed of a step as a factor of the usual one, and its time limit."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SkillSpec

FASTEST = 3.0
"""Largest pace; the ranges of a skill may limit it further."""
LONGEST_RUN = 1e6
"""Longest time that a request may be given, s, as a skill itself may state."""

_SPEEDS = ("m/s", "rad/s")


def checked_pace(pace: float) -> float:
    """The pace; raises DataError for one that is no number from 0 to :data:`FASTEST`."""
    number = isinstance(pace, int | float) and not isinstance(pace, bool)
    if not number or not math.isfinite(pace) or not 0 <= pace <= FASTEST:
        raise DataError(f"pace must be a number from 0 (hold) to {FASTEST:g}, not {pace!r}")
    return float(pace)


def check_deadline(deadline: float) -> None:
    """Raises DataError for a time limit that is not 0 (the skill's own) to :data:`LONGEST_RUN`, s."""
    if not 0.0 <= deadline <= LONGEST_RUN:
        raise DataError(f"deadline must be 0 (the skill's own) to {LONGEST_RUN:g} s, not {deadline!r}")


def own_settings(settings: ConnectorSettings, numbers: Mapping[str, float]) -> ConnectorSettings:
    """Settings with those that a skill overrides, e.g. ``speed``.

    Args:
        settings: The usual ones.
        numbers: ``guided.settings`` of the skill; names that are no setting are the guide's own.
    """
    mine = {name: value for name, value in numbers.items() if name in ConnectorSettings.model_fields}
    return settings.model_copy(update=mine) if mine else settings


def paced_settings(settings: ConnectorSettings, pace: float) -> ConnectorSettings:
    """Settings with speeds scaled by a pace; never below what a velocity policy follows.

    Args:
        settings: The usual ones.
        pace: Above 0.
    """
    if pace == 1.0:
        return settings
    speed = max(settings.creep_speed, settings.speed * pace)
    return settings.model_copy(
        update={"speed": speed, "turn_speed": max(settings.creep_turn, settings.turn_speed * pace)}
    )


def paced_goals(spec: SkillSpec, arguments: Mapping[str, float | str], pace: float) -> dict[str, float]:
    """Numeric arguments as goal values, velocities scaled by a pace and within the declared ranges."""
    out = spec.numbers(arguments)
    for name, value in out.items():
        parameter = spec.parameter(name)
        if pace != 1.0 and parameter.unit in _SPEEDS:
            assert parameter.lower is not None and parameter.upper is not None
            out[name] = min(max(value * pace, parameter.lower), parameter.upper)
    return out
