"""Number types of data files, SI, with bounds of plausibility for every robot.

The bounds are wide: they only exclude nonsense. Every number is already finite and at most :data:`LARGEST` by
:class:`skill_stack.core.data_file.DataModel`.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import AfterValidator, Field

LARGEST = 1e12
"""Largest magnitude of any number in a data file, in its unit; time stamps in s are below it."""

FASTEST = 1000.0
"""Highest rate of a control loop, Hz; beyond it a period is shorter than a tick."""

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, 0 to 1."""
Rate = Annotated[float, Field(gt=0, le=FASTEST)]
"""Runs per second of a loop, network or sensor, Hz."""
Gain = Annotated[float, Field(ge=0, le=1e5)]
"""Position gain, N·m/rad or N/m, or damping gain, N·m·s/rad or N·s/m; rigid linear drives have some 1e4."""
Effort = Annotated[float, Field(gt=0, le=1e5)]
"""Largest torque, N·m, or force, N, of one joint."""
JointSpeed = Annotated[float, Field(gt=0, le=1e3)]
"""Largest speed of a joint, rad/s or m/s."""
JointPosition = Annotated[float, Field(ge=-1e4, le=1e4)]
"""Position of a joint, rad or m; continuous joints are counted in turns."""
Seconds = Annotated[float, Field(gt=0, le=1e6)]
"""Length of a run or motion, s; a million of them are eleven days."""
Mass = Annotated[float, Field(gt=0, le=1e5)]
"""Mass of an object, kg."""
Metres = Annotated[float, Field(ge=-1e5, le=1e5)]
"""Position or size in a scene, m."""


def ordered(pair: tuple[float, float]) -> tuple[float, float]:
    """The pair unchanged; raises ValueError where its low is above its high, for validators."""
    if pair[0] > pair[1]:
        raise ValueError(f"has its low above its high: {list(pair)}")
    return pair


Interval = Annotated[tuple[float, float], AfterValidator(ordered)]
"""Lowest and highest value."""
NonNegativeInterval = Annotated[tuple[NonNegative, NonNegative], AfterValidator(ordered)]
"""Lowest and highest value of a non-negative quantity."""


def implausible(value: Any) -> str:
    """Which number in a value is implausible and why, or an empty string.

    Args:
        value: Plain data of any depth; what is no number and holds none is left alone.
    """
    if isinstance(value, bool | str):
        return ""
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return f"{value} is not a finite number"
        return f"it is beyond ±{LARGEST:g}" if abs(value) > LARGEST else ""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, inner in items:
        if problem := implausible(inner):
            return f"{key}: {problem}"
    return ""
